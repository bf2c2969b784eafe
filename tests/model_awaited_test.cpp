// Faults that wait for events of lines, calls, subscriptions and servers.
#include <catch2/catch.hpp>

#include "tests/awaited_fixture.hpp"

namespace failback::tests::model_awaited_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

constexpr DelayMs kSecond = 1000;

// The first server crashes for a second, so long after the event.
Design waiting_for(Design design, const AwaitedEvent& event, DelayMs at = 10 * kSecond) {
    design.faults.push_back(crash(0, at, kSecond));
    design.faults.back().after_event = event;
    return design;
}

// Of the first server.
Instants outages(const Design& design, DelayMs until) {
    Run run(design);
    run.until(until);
    return run.observed(Notice::fails, 0);
}

}  // namespace

TEST_CASE("awaited: a server that comes back, the first time or a later one") {
    Design design = design_with(2);
    Fault flaps = crash(1, 100 * kSecond, 50 * kSecond);
    flaps.count = 3;
    design.faults.push_back(flaps);
    CHECK(outages(waiting_for(design, awaited("recovers", 1)), 800 * kSecond) ==
          Instants{160'000});
    CHECK(outages(waiting_for(design, awaited("fails", 1)), 800 * kSecond) == Instants{110'000});
    CHECK(outages(waiting_for(design, awaited("recovers", 1, 3)), 800 * kSecond) ==
          Instants{460'000});
    CHECK(outages(waiting_for(design, awaited("recovers", 1, 4)), 800 * kSecond).empty());
}

TEST_CASE("awaited: overlapping outages are one, which ends with the last") {
    Design design = design_with(2);
    design.faults.push_back(crash(1, 100 * kSecond, 50 * kSecond));
    design.faults.push_back(unreachable(1, 120 * kSecond, 80 * kSecond));
    CHECK(outages(waiting_for(design, awaited("recovers", 1)), 800 * kSecond) ==
          Instants{210'000});
}

TEST_CASE("awaited: requests, grants and failures of a registration") {
    Design design = design_with(2);
    design.phones[0].expires = 120 * kSecond;
    design.faults.push_back(crash(1, 0, 40 * kSecond));
    CHECK(outages(waiting_for(design, awaited("requests", 1)), 800 * kSecond) ==
          Instants{10'000});
    CHECK(outages(waiting_for(design, awaited("unanswered", 1)), 800 * kSecond) ==
          Instants{42'000});
    CHECK(outages(waiting_for(design, awaited("registers", 1)), 800 * kSecond) ==
          Instants{72'020});
    CHECK(outages(waiting_for(design, awaited("accepts", 1, 2)), 800 * kSecond) ==
          Instants{132'030});
    CHECK(outages(waiting_for(design, awaited("lapses", 1)), 800 * kSecond).empty());
}

TEST_CASE("awaited: the server that a line works with") {
    Design design = design_with(2);
    design.phones[0].expires = 120 * kSecond;
    design.faults.push_back(crash(0, 30 * kSecond, 65 * kSecond));
    const auto second = waiting_for(design, awaited("switches", 1));
    CHECK(outages(second, 800 * kSecond) == Instants{30'000, 102'020});
    Run run(waiting_for(design, awaited("switches", 0, 2), 0));
    run.until(800 * kSecond);
    CHECK(run.observed(Notice::fails, 0).size() == 2);
    CHECK(run.observed(Notice::switches).size() >= 3);
    CHECK(run.observed(Notice::fails, 0)[1] == run.observed(Notice::switches)[2]);
}

TEST_CASE("awaited: calls, at any server or at one") {
    Design design = design_with(2);
    dial_at(design, 50 * kSecond);
    CHECK(outages(waiting_for(design, awaited("dials")), 800 * kSecond) == Instants{60'000});
    CHECK(outages(waiting_for(design, awaited("answered")), 800 * kSecond) == Instants{60'020});
    CHECK(outages(waiting_for(design, awaited("invites", 0)), 800 * kSecond) == Instants{60'000});
    design.calls[0].callee.rings = true;
    design.calls[0].callee.answers_after = sim::exactly(2 * kSecond);
    CHECK(outages(waiting_for(design, awaited("answers", 0)), 800 * kSecond) == Instants{62'010});
    CHECK(outages(waiting_for(design, awaited("invites", 1)), 800 * kSecond).empty());
    CHECK(outages(waiting_for(design, awaited("call_fails")), 800 * kSecond).empty());
}

TEST_CASE("awaited: subscriptions, and calls that come in") {
    Design design = design_with(1);
    design.phones[0].subscription.to = SubscribeTo::primary;
    design.phones[0].subscription.timer_n = 32 * kSecond;
    CHECK(outages(waiting_for(design, awaited("subscribes")), 800 * kSecond) ==
          Instants{10'020});
    CHECK(outages(waiting_for(design, awaited("notified")), 800 * kSecond) == Instants{10'040});
    design.incoming.push_back({});
    design.incoming[0].at = sim::exactly(50 * kSecond);
    CHECK(outages(waiting_for(design, awaited("offers")), 800 * kSecond) == Instants{60'000});
    CHECK(outages(waiting_for(design, awaited("rings")), 800 * kSecond) == Instants{60'010});
}

TEST_CASE("awaited: what is waited for decides how often a fault has struck") {
    Design design = design_with(1);
    Fault move;
    move.name = "network";
    move.kind = FaultKind::move;
    move.phone = 0;
    move.at = sim::exactly(0);
    move.after_event = awaited("registers", 0, 2);
    design.faults.push_back(move);
    design.phones[0].expires = 120 * kSecond;
    Run run(design);
    run.until(50 * kSecond);
    CHECK(run.requests(Method::register_) == Instants{0});
    run.until(70 * kSecond);
    CHECK(run.requests(Method::register_) == Instants{0, 60'020, 60'040});
}

}  // namespace failback::tests::model_awaited_test
