// Subscriptions by RFC 6665: when and where they begin, what ends them, and who is told.
#include <catch2/catch.hpp>

#include "tests/run_fixture.hpp"

namespace failback::tests::model_subscription_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

Design subscribing(SubscribeTo to, std::size_t servers) {
    Design design = design_with(servers);
    design.phones[0].subscription.to = to;
    design.phones[0].subscription.retry = sim::exactly(30'000);
    return design;
}

bool is_notify(const Event& event) {
    return event.method == Method::notify && event.kind == EventKind::message_to_phone;
}

Instants notifies(const Run& run) { return run.sent(is_notify); }

Instants told(const Run& run, EndReason reason) {
    return run.sent([reason](const Event& event) {
        return is_notify(event) && reason_of(event) == reason;
    });
}

Instants answers(const Run& run, Status status) {
    return run.sent([status](const Event& event) {
        return event.kind == EventKind::message_to_server && event.method == Method::notify &&
               event.status == status;
    });
}

Design losing(Design design, int messages) {
    design.faults.push_back(of_messages(FaultKind::loss, messages));
    return design;
}

Design maintained(EndReason reason, DelayMs retry_after = 0) {
    Design design = subscribing(SubscribeTo::primary, 1);
    Fault works = crash(0, 100'000, 60'000);
    works.kind = FaultKind::maintenance;
    works.notifies = reason;
    works.retry_after = retry_after;
    design.faults.push_back(works);
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
    CHECK(notifies(run) == Instants{30});  // RFC 6665 4.2.1.2: with the 200
    CHECK(run.observed(Notice::registered, subscription(run, 0)) == Instants{40});
    CHECK(run.sip().bound(run.state(), subscription(run, 0)));
}

TEST_CASE("run: the NOTIFY creates the subscription, and not the 200") {
    // RFC 6665 4.1.2.4. Without a NOTIFY, Timer N ends the attempt; the next one is another dialog.
    Run run(losing(subscribing(SubscribeTo::primary, 1), 40));
    run.fate = [](const Event& event) {
        return is_notify(event) ? Fate::lost : Fate::delivered;
    };
    run.until(32'019);
    CHECK(run.responses(Method::subscribe, Status::ok_200) == Instants{30});
    CHECK(run.usage(subscription(run, 0)).believes == 0);
    CHECK(run.usage(subscription(run, 0)).open == 0);
    run.until(32'020);
    CHECK(run.observed(Notice::unanswered, subscription(run, 0)) == Instants{32'020});
    run.until(62'020);
    CHECK(run.requests(Method::subscribe) == Instants{20, 62'020});
    CHECK(notifies(run).size() == 11);  // as any request, until the notifier's Timer F at 32.03 s
}

TEST_CASE("run: a NOTIFY may arrive before the 200, and without it") {
    Run run(losing(subscribing(SubscribeTo::primary, 1), 40));
    run.fate = [](const Event& event) {
        const bool answer = event.method == Method::subscribe && event.status == Status::ok_200;
        return answer ? Fate::lost : Fate::delivered;
    };
    run.until(40);
    const std::size_t index = subscription(run, 0);
    CHECK(run.observed(Notice::registered, index) == Instants{40});
    run.until(100'000);
    // Timer F ends the transaction and nothing else: the next SUBSCRIBE is the refresh.
    CHECK(run.usage(index).believes == 1);
    CHECK(run.observed(Notice::requests, index) == Instants{20});
    run.until(3'540'040);
    CHECK(run.observed(Notice::requests, index) == Instants{20, 3'540'040});
}

TEST_CASE("run: NOTIFYs are repeated until they are answered; a copy is answered alike") {
    Run run(losing(subscribing(SubscribeTo::primary, 1), 2));
    int lost = 0;
    run.fate = [&lost](const Event& event) {
        const bool answer = event.method == Method::notify && event.status != Status::none;
        return answer && lost < 2 ? Fate::lost : Fate::delivered;
    };
    run.until(540);  // sent at 30 ms and, as Timer E has it, half a second later
    CHECK(notifies(run) == Instants{30, 530});
    lost = 2;
    run.until(10'000);
    CHECK(notifies(run) == Instants{30, 530, 1530});
    CHECK(answers(run, Status::ok_200) == Instants{40, 540, 1540});
    CHECK(run.observed(Notice::registered, subscription(run, 0)) == Instants{40});
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

TEST_CASE("run: a server without subscriptions answers as it is told") {
    Design design = subscribing(SubscribeTo::primary, 1);
    design.servers[0].subscriptions = false;
    design.servers[0].subscribe_answer =
        GENERATE(Status::not_found_404, Status::service_unavailable_503, Status::bad_event_489);
    Run run(design);
    run.until(1000);
    CHECK(run.responses(Method::subscribe, design.servers[0].subscribe_answer).size() == 1);
}

TEST_CASE("run: after a refresh that nobody answers, Timer N ends the subscription") {
    // RFC 6665 4.1.2.2; Timer F alone would leave it (RFC 5057 5.2).
    Design design = subscribing(SubscribeTo::primary, 1);
    design.phones[0].subscription.expires = 600'000;
    design.phones[0].subscription.timer_n = GENERATE(32'000, 64'000);
    const DelayMs timer_n = design.phones[0].subscription.timer_n;
    design.faults.push_back(unreachable(0, 1000, 700'000));
    Run run(design);
    const std::size_t index = subscription(run, 0);
    run.until(540'040 + 32'000);
    CHECK(run.usage(index).believes == (timer_n > 32'000 ? 1 : 0));
    run.until(700'000);
    // With the longer Timer N the lifetime is over before it.
    CHECK(run.observed(Notice::lapses, index) ==
          Instants{timer_n > 32'000 ? 600'040 : 572'040});
}

TEST_CASE("run: a refresh that is refused otherwise leaves the subscription until it expires") {
    // RFC 6665 4.1.2.2: a 503 says nothing of the subscription.
    Design design = subscribing(SubscribeTo::primary, 1);
    design.phones[0].subscription.expires = 600'000;
    Fault works = crash(0, 500'000, 200'000);
    works.kind = FaultKind::maintenance;
    design.faults.push_back(works);
    Run run(design);
    const std::size_t index = subscription(run, 0);
    run.until(600'039);
    CHECK(run.observed(Notice::refused, index) == Instants{540'060, 570'080});
    CHECK(run.usage(index).believes == 1);
    run.until(600'040);
    CHECK(run.observed(Notice::lapses, index) == Instants{600'040});
    CHECK(told(run, EndReason::timeout) == Instants{600'030});
}

TEST_CASE("run: a refresh that is answered with 481 ends the subscription; the next is a new one") {
    Design design = subscribing(SubscribeTo::primary, 1);
    design.faults.push_back(crash(0, 1000, 1000));
    design.faults[0].keeps_bindings = false;
    Run run(design);
    const std::size_t index = subscription(run, 0);
    run.until(3'540'059);
    CHECK(run.usage(index).believes == 1);  // nobody has told the phone
    CHECK_FALSE(run.sip().bound(run.state(), index));
    run.until(3'700'000);
    CHECK(run.responses(Method::subscribe, Status::no_subscription_481) == Instants{3'540'050});
    CHECK(run.observed(Notice::lapses, index) == Instants{3'540'060});
    CHECK(run.observed(Notice::requests, index) == Instants{20, 3'540'040, 3'570'060});
    CHECK(run.usage(index).believes == 1);
    CHECK(run.sip().bound(run.state(), index));
    const auto initial = run.sent([](const Event& event) {
        return event.method == Method::subscribe && (event.flags & kInitial) != 0;
    });
    CHECK(initial == Instants{20, 3'570'060});
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

TEST_CASE("run: a subscription ends at the notifier when nobody refreshes it, and it says so") {
    Design design = subscribing(SubscribeTo::primary, 1);
    design.phones[0].subscription.expires = 600'000;
    design.faults.push_back(unreachable(0, 1000, 7'000'000));
    Run run(design);
    run.until(600'029);
    CHECK(run.sip().bound(run.state(), subscription(run, 0)));
    run.until(600'030);
    CHECK_FALSE(run.sip().bound(run.state(), subscription(run, 0)));
    CHECK(told(run, EndReason::timeout) == Instants{600'030});
}

TEST_CASE("run: a NOTIFY that is not answered ends the subscription at the notifier") {
    // RFC 6665 4.2.2. The refresh arrives, its 200 and the NOTIFY do not.
    Design design = subscribing(SubscribeTo::primary, 1);
    design.phones[0].subscription.expires = 600'000;
    design.faults.push_back(unreachable(0, 1000, 7'000'000, Direction::to_phone));
    Run run(design);
    const std::size_t index = subscription(run, 0);
    run.until(572'049);
    CHECK(run.sip().bound(run.state(), index));
    run.until(572'050);
    CHECK_FALSE(run.sip().bound(run.state(), index));
    CHECK(run.observed(Notice::lapses, index) == Instants{572'040});
}

TEST_CASE("run: a phone answers 481 to a NOTIFY of a subscription that it does not know") {
    // A restart forgets it; the next SUBSCRIBE would take its place, but the server is refused.
    Design design = subscribing(SubscribeTo::primary, 1);
    design.phones[0].subscription.expires = 600'000;
    design.phones[0].boot = sim::exactly(1'000'000);
    design.faults.push_back(restart(2'000'000, 1000));
    Run run(design);
    const std::size_t index = subscription(run, 0);
    run.until(2'601'000);
    CHECK(run.observed(Notice::requests, index).size() == 2);  // and one refresh
    CHECK_FALSE(run.sip().bound(run.state(), index));
    CHECK(told(run, EndReason::timeout).size() == 1);
    CHECK(answers(run, Status::no_subscription_481).size() == 1);
    CHECK(run.state().notifiers[0].open == 0);
}

TEST_CASE("run: what the reason of a terminated subscription leads to") {
    // RFC 6665 4.1.3.
    const auto subscribes = [](const Design& design) {
        Run run(design);
        run.until(400'000);
        Instants again = run.requests(Method::subscribe);
        again.erase(again.begin());
        return again;
    };
    // The server is under maintenance until 160 s: a SUBSCRIBE before is refused with 503.
    CHECK(subscribes(maintained(EndReason::deactivated)) == Instants{100'010, 130'030, 160'050});
    CHECK(subscribes(maintained(EndReason::timeout)) == Instants{100'010, 130'030, 160'050});
    CHECK(subscribes(maintained(EndReason::probation, 90'000)) == Instants{190'010});
    CHECK(subscribes(maintained(EndReason::giveup, 90'000)) == Instants{190'010});
    CHECK(subscribes(maintained(EndReason::probation)) == Instants{130'010, 160'030});
    for (const EndReason reason :
         {EndReason::rejected, EndReason::noresource, EndReason::invariant}) {
        CHECK(subscribes(maintained(reason)).empty());
        Design deaf = maintained(reason);
        deaf.phones[0].subscription.heeds_reasons = false;
        CHECK(subscribes(deaf) == Instants{100'010, 130'030, 160'050});
    }
}

TEST_CASE("run: a lifetime that is too brief for a subscription is refused, never raised") {
    // RFC 6665 4.2.1.1; Kamailio raises those of a REGISTER only.
    Design design = subscribing(SubscribeTo::primary, 1);
    design.servers[0].too_brief = GENERATE(TooBrief::reject_423, TooBrief::raise);
    design.phones[0].subscription.expires = 30'000;
    design.phones[0].subscription.refresh.lead = 5000;
    Run run(design);
    run.until(10'000);
    CHECK(run.responses(Method::subscribe, Status::interval_too_brief_423) == Instants{30});
    CHECK(run.requests(Method::subscribe) == Instants{20, 40});
    CHECK(run.usage(subscription(run, 0)).requested == 60'000);
    CHECK(run.usage(subscription(run, 0)).believes == 1);
}

TEST_CASE("run: a server answers 489 to event packages that it does not have") {
    Design design = subscribing(SubscribeTo::primary, 1);
    design.servers[0].packages = {"presence", "dialog"};
    design.phones[0].subscription.event = GENERATE("presence", "dialog", "line-seize", "");
    const std::string& event = design.phones[0].subscription.event;
    Run run(design);
    run.until(1000);
    const bool is_known = event == "presence" || event == "dialog";
    CHECK(run.usage(subscription(run, 0)).believes == (is_known ? 1 : 0));
    CHECK(run.responses(Method::subscribe, Status::bad_event_489).empty() == is_known);
}

TEST_CASE("run: a phone may subscribe with every server that it is registered with") {
    Run run(subscribing(SubscribeTo::all, 2));
    run.until(1000);
    CHECK(run.usage(subscription(run, 0)).believes == 1);
    CHECK(run.usage(subscription(run, 1)).believes == 1);
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

}  // namespace failback::tests::model_subscription_test
