// Subscriptions: when they begin, where, and what a refusal does.
#include <catch2/catch.hpp>

#include "tests/run_fixture.hpp"

namespace failback::tests {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

Design subscribing(SubscribeTo to, std::size_t servers) {
    Design design = design_with(servers);
    design.phones[0].subscription.to = to;
    design.phones[0].subscription.retry = sim::exactly(30'000);
    return design;
}

// The index of the subscription at an entry of the server list.
std::size_t subscription(const Run& run, std::size_t entry) {
    const auto index = run.sip().lines()[0].subscription[entry];
    REQUIRE(index.has_value());
    return *index;
}

}  // namespace

TEST_CASE("run: the phone subscribes as soon as it is registered there, not before") {
    Run run(subscribing(SubscribeTo::primary, 1));
    run.until(10'000);
    CHECK(run.observed(Notice::registered, 0) == Instants{20});
    CHECK(run.requests(Method::subscribe) == Instants{20});
    CHECK(run.observed(Notice::registered, subscription(run, 0)) == Instants{40});
    CHECK(run.sip().bound(run.state(), subscription(run, 0)));
}

TEST_CASE("run: without a registration there is no subscription") {
    Design design = subscribing(SubscribeTo::primary, 2);
    design.faults.push_back(crash(0, 0, 100'000));
    Run run(design);
    run.until(100'000);
    CHECK(run.observed(Notice::registered, 1).size() == 1);  // the gateway does not count
    CHECK(run.requests(Method::subscribe).empty());
    run.until(200'000);
    CHECK(run.requests(Method::subscribe).size() == 1);
}

TEST_CASE("run: a subscription to the working server follows it") {
    Design design = subscribing(SubscribeTo::working, 2);
    design.faults.push_back(crash(0, 0, 50'000));
    Run run(design);
    run.until(50'000);
    CHECK(run.observed(Notice::registered, subscription(run, 1)) == Instants{40});
    CHECK(run.observed(Notice::registered, subscription(run, 0)).empty());
    run.until(120'000);
    CHECK(run.observed(Notice::registered, subscription(run, 0)).size() == 1);
}

TEST_CASE("run: a subscription that was left ends with its lifetime and is not refreshed") {
    Design design = subscribing(SubscribeTo::working, 2);
    design.faults.push_back(crash(0, 0, 50'000));
    design.phones[0].subscription.expires = 600'000;
    Run run(design);
    run.until(700'000);
    const std::size_t left = subscription(run, 1);
    CHECK(run.observed(Notice::registered, left).size() == 1);
    CHECK(run.observed(Notice::lapses, left) == Instants{600'040});
    CHECK_FALSE(run.sip().bound(run.state(), left));
    CHECK(run.usage(left).started == 0);
}

TEST_CASE("run: a gateway without subscriptions answers 489; the registration stays") {
    Design design = subscribing(SubscribeTo::working, 1);
    design.servers[0].subscriptions = false;
    Run run(design);
    run.until(100'000);
    const std::size_t index = subscription(run, 0);
    // RFC 6665 4.1.2.1; one attempt for each retry interval, no loop.
    CHECK(run.requests(Method::subscribe) == Instants{20, 30'040, 60'060, 90'080});
    CHECK(run.responses(Method::subscribe, Status::bad_event_489).size() == 4);
    CHECK(run.observed(Notice::refused, index).size() == 4);
    CHECK(run.usage(index).believes == 0);
    CHECK(run.usage(0).believes == 1);
    CHECK(run.sip().working(run.state(), 0) == 0);
}

TEST_CASE("run: a failed refresh leaves a subscription valid until it expires") {
    // RFC 6665 4.1.2.2, whatever the phone believes of its registrations.
    Design design = subscribing(SubscribeTo::primary, 1);
    design.phones[0].subscription.expires = 600'000;
    design.faults.push_back(unreachable(0, 1000, 700'000));
    Run run(design);
    const std::size_t index = subscription(run, 0);
    run.until(600'000);
    CHECK(run.usage(index).believes == 1);
    CHECK(run.usage(index).failures == 0);
    run.until(700'000);
    CHECK(run.observed(Notice::lapses, index) == Instants{600'040});
}

TEST_CASE("run: a subscription that is refreshed at the very end goes on") {
    Design design = subscribing(SubscribeTo::primary, 1);
    design.phones[0].subscription.expires = 600'000;
    design.phones[0].subscription.refresh.lead = 0;
    Run run(design);
    run.until(600'039);
    REQUIRE(run.happens(
        [&](const Event& event) {
            return event.timer == Timer::belief && event.index == subscription(run, 0);
        },
        600'040));
    run.until(700'000);
    CHECK(run.observed(Notice::lapses, subscription(run, 0)) == Instants{600'040});
    CHECK(run.requests(Method::subscribe) == Instants{20, 600'040});
    CHECK(run.usage(subscription(run, 0)).believes == 1);
}

TEST_CASE("run: a subscription ends at the notifier when nobody refreshes it") {
    Design design = subscribing(SubscribeTo::primary, 1);
    design.phones[0].subscription.expires = 600'000;
    design.faults.push_back(unreachable(0, 1000, 7'000'000));
    Run run(design);
    run.until(600'029);
    CHECK(run.sip().bound(run.state(), subscription(run, 0)));
    run.until(600'030);
    CHECK_FALSE(run.sip().bound(run.state(), subscription(run, 0)));
}

TEST_CASE("run: the notifier grants no more than it may, and refreshes extend it") {
    Design design = subscribing(SubscribeTo::primary, 1);
    design.servers[0].max_expires = 600'000;
    Run run(design);
    run.until(1'200'000);
    CHECK(run.observed(Notice::registered, subscription(run, 0)) ==
          Instants{40, 540'060, 1'080'080});
}

TEST_CASE("run: a crash that loses bindings ends subscriptions, one that keeps them does not") {
    Design design = subscribing(SubscribeTo::primary, 1);
    design.faults.push_back(crash(0, 1000, 1000));
    design.faults[0].keeps_bindings = GENERATE(true, false);
    Run run(design);
    run.until(1000);
    CHECK(run.sip().bound(run.state(), subscription(run, 0)) == design.faults[0].keeps_bindings);
    CHECK(run.usage(subscription(run, 0)).believes == 1);  // the phone does not know
    run.until(10'000);
}

}  // namespace failback::tests
