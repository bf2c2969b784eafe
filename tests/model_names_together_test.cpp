// Look-ups of names by what else a phone does: subscriptions, challenges, restricted calls.
#include <catch2/catch.hpp>

#include "model/nodes/digest.hpp"
#include "tests/name_fixture.hpp"

namespace failback::tests::model_names_together_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

constexpr sim::TimeMs kSecond = 1000;

// Each request needs a look-up of 30 ms; one that nobody answers takes 30 s.
Design always_asking(std::size_t servers, const std::vector<std::vector<std::size_t>>& groups) {
    Design design = named(servers, groups);
    for (NameRecord& record : design.dns.records) {
        record.ttl = 0;
    }
    return design;
}

Design subscribing() {
    Design design = always_asking(1, {{0}});
    SubscriptionRules& rules = design.phones[0].subscription;
    rules.to = SubscribeTo::primary;
    rules.expires = 600'000;
    rules.retry = sim::exactly(30'000);
    return design;
}

std::size_t subscription(const Run& run) {
    const auto index = run.sip().lines()[0].subscription[0];
    REQUIRE(index.has_value());
    return *index;
}

Instants invites(const Run& run, std::uint8_t entry) {
    return run.sent([=](const Event& event) {
        return event.kind == EventKind::message_to_server && event.method == Method::invite &&
               event.key == entry && (event.flags & kRetransmission) == 0;
    });
}

}  // namespace

TEST_CASE("names: a subscription and its dialog begin with the SUBSCRIBE, not with the look-up") {
    Run run(subscribing());
    run.until(60);  // registered at 50 ms
    CHECK(run.usage(subscription(run)).open == kLookingUp);
    CHECK(run.usage(subscription(run)).armed == 0);  // no Timer N either
    run.until(80);
    CHECK(run.requests(Method::subscribe) == Instants{80});
    CHECK(run.usage(subscription(run)).armed != 0);
    run.until(100);
    CHECK(run.observed(Notice::registered, subscription(run)) == Instants{100});
}

TEST_CASE("names: a NOTIFY ends a subscription while the name is looked up for its refresh") {
    Design design = subscribing();
    design.faults.push_back(dns_outage(500'000, 300'000));
    Fault works = crash(0, 550'000, 60'000);
    works.kind = FaultKind::maintenance;
    works.notifies = EndReason::deactivated;
    design.faults.push_back(works);
    Run run(design);
    run.until(551 * kSecond);
    const std::size_t index = subscription(run);
    CHECK(run.observed(Notice::lapses, index) == Instants{550'010});
    CHECK(run.usage(index).open == kLookingUp);  // now for a new subscription
    run.until(571 * kSecond);
    CHECK(run.observed(Notice::unresolved, index) == Instants{540'100 + 30'000});
    CHECK(run.usage(index).open == 0);
    CHECK(run.requests(Method::subscribe) == Instants{80});
}

TEST_CASE("names: the answer to a challenge waits for the name like any request") {
    Design design = always_asking(1, {{0}});
    design.servers[0].authentication.of_register = true;
    Run run(design);
    run.until(kSecond);
    CHECK(run.requests(Method::register_) == Instants{30, 80});
    CHECK(run.responses(Method::register_, Status::unauthorized_401) == Instants{40});
    CHECK(run.responses(Method::register_, Status::ok_200) == Instants{90});
    CHECK(run.observed(Notice::registered, 0) == Instants{100});
}

TEST_CASE("names: a call that only goes where the line is registered asks for no other name") {
    Design design = always_asking(2, {{0}, {1}});
    design.phones[0].failover.only_registered = true;
    design.faults.push_back(crash(0, 0, 100'000));
    dial_at(design, 10'000);
    Run run(design);
    run.until(20 * kSecond);
    CHECK(invites(run, 0).empty());
    CHECK(invites(run, 1) == Instants{10'030});
    CHECK(run.observed(Notice::looks_up, 1) == Instants{0, 10'000});
}

TEST_CASE("names: what still rings is cancelled, and the next server's name looked up") {
    Design design = always_asking(2, {{1}});
    design.phones[0].calls.heeds_provisional = false;
    dial_at(design, 10'000);
    design.calls[0].callee.rings = true;
    design.calls[0].callee.answers_after = sim::exactly(300'000);
    Run run(design);
    run.until(200 * kSecond);
    const Instants cancelled = run.requests(Method::cancel);
    REQUIRE_FALSE(cancelled.empty());
    const Instants second = invites(run, 1);
    REQUIRE(second.size() == 1);
    CHECK(second.front() == cancelled.front() + 30);
}

}  // namespace failback::tests::model_names_together_test
