// Gateways that watch the primary: bounds from both sides, and searches against their slow twins.
#include <catch2/catch.hpp>

#include "properties/bounds.hpp"
#include "properties/catalogue.hpp"
#include "tests/agreement.hpp"
#include "tests/check_fixture.hpp"
#include "tests/drawn_designs.hpp"
#include "tests/gateway_fixture.hpp"

namespace failback::tests::properties_gateway_test {
namespace {

using namespace failback::model;
using properties::Outcome;

constexpr DelayMs kSecond = 1000;

// An outage of the primary at any time, and probes every 60 s that take up to 100 ms each way.
Design with_outage(FaultKind kind, InNormal in_normal = InNormal::ignored) {
    Design design = watched(in_normal);
    design.default_delay = {0, 100};
    design.faults.push_back(crash(0, 0, 0));
    design.faults[0].kind = kind;
    design.faults[0].at = sim::any_time();
    design.faults[0].lasts = {60 * kSecond, 7200 * kSecond};
    return design;
}

Outcome outcome(const Design& design, const char* use, DelayMs within) {
    Design one = design;
    PropertyUse property;
    property.name = property.use = use;
    property.within = within;
    one.properties = {property};
    const auto instances = properties::instances_of(one);
    REQUIRE(instances.size() == 1);
    return properties::check(one, instances[0].property).outcome;
}

void check_bound(const Design& design, const char* use, DelayMs computed, DelayMs expected) {
    CAPTURE(use);
    CHECK(computed == expected);
    CHECK(outcome(design, use, expected) == Outcome::holds);
    CHECK(outcome(design, use, expected - 1) == Outcome::violated);
}

}  // namespace

TEST_CASE("bound: from the last answer to the emergency, from both sides (P34)") {
    Design design = with_outage(FaultKind::crash);
    Survivability& rules = design.servers[1].survivability;
    const auto entry = [&design] { return properties::entry_bound(design, 1); };
    SECTION("one probe") {
        check_bound(design, "emergency-begins", entry(), 100 + 92'000);
    }
    SECTION("two probes, without copies") {
        rules.enters_after = 2;
        rules.transport = Transport::tcp;
        check_bound(design, "emergency-begins", entry(), 100 + 2 * 92'000);
    }
}

TEST_CASE("bound: from the recovery to the end of the emergency, from both sides (P34)") {
    Design design = with_outage(FaultKind::crash);
    Survivability& rules = design.servers[1].survivability;
    const auto exit = [&design] { return properties::exit_bound(design, 1); };
    SECTION("the last copy, at 31.5 s, just missed it") {
        check_bound(design, "emergency-ends", exit(), 500 + 60'000 + 200);
    }
    SECTION("without copies, and two answers") {
        rules.transport = Transport::tcp;
        rules.timeout = 4 * kSecond;
        rules.leaves_after = 2;
        check_bound(design, "emergency-ends", exit(), 4000 + 2 * 60'200);
    }
    SECTION("copies further apart than the pause is long") {
        rules.probe_in_emergency = 1 * kSecond;
        check_bound(design, "emergency-ends", exit(), 4000 + 200);
    }
    SECTION("a 503 that is under way") {
        design.faults[0].kind = FaultKind::maintenance;
        rules.timeout = 31'800;
        CHECK(exit() >= 100 + 60'200);
        CHECK(outcome(design, "emergency-ends", exit()) == Outcome::holds);
        CHECK(outcome(design, "emergency-ends", 100 + 60'199) == Outcome::violated);
    }
    SECTION("a message that may be lost") {
        rules.timeout = 400;  // no copies
        design.faults.push_back(of_messages(FaultKind::loss, 1));
        check_bound(design, "emergency-ends", exit(), 2 * 60'400 + 200);
    }
}

TEST_CASE("bound: how long the primary has not answered at least, from both sides (P34)") {
    const auto needed = [](const Design& design, DelayMs least) {
        CHECK(properties::least_silence(design, 1) == least);
        CHECK(outcome(design, "emergency-needed", least) == Outcome::holds);
        CHECK(outcome(design, "emergency-needed", least + 1) == Outcome::violated);
    };
    Design design = with_outage(FaultKind::crash);
    design.servers[1].survivability.enters_after = 2;
    needed(design, 2 * 92'000);
    design.faults[0].kind = FaultKind::maintenance;
    needed(design, 2 * 60'000);
    design.faults[0] = centre_cut(0, 0);
    design.faults[0].at = sim::any_time();
    design.faults[0].lasts = {60 * kSecond, 7200 * kSecond};
    needed(design, 2 * 92'000);
}

TEST_CASE("bound: a phone that stays is pushed back by a gateway that stops to serve (P26)") {
    Design design = with_outage(FaultKind::crash);
    design.phones[0].registration.order = Order::successive;
    design.phones[0].failback.rule = FailbackRule::stay;
    design.servers[1].max_expires = 60 * kSecond;
    design.phones[0].refresh = {RefreshRule::fraction, 0, 50};
    const DelayMs bound = properties::failback_bound(design, {0, 0});
    CHECK(bound < 400 * kSecond);
    CHECK(outcome(design, "failback", bound) == Outcome::holds);
    design.servers[1].survivability.in_normal = InNormal::served;
    CHECK(outcome(design, "failback", bound) == Outcome::violated);
}

TEST_CASE("bound: a takeover waits for the gateway's detection") {
    const auto in_normal = GENERATE(InNormal::ignored, InNormal::refused);
    Design design = with_outage(FaultKind::crash, in_normal);
    design.phones[0].registration.order = Order::successive;
    design.phones[0].failback.rule = FailbackRule::stay;
    design.phones[0].expires = 300 * kSecond;
    design.servers[1].survivability.transport = Transport::tcp;
    const DelayMs bound = properties::takeover_bound(design, {0, 0});
    CAPTURE(bound);
    CHECK(outcome(design, "takeover", bound) == Outcome::holds);
    CHECK(outcome(design, "takeover", 60 * kSecond) == Outcome::violated);
}

TEST_CASE("split brain: cut off from the centre alone, a gateway serves beside the primary (F3)") {
    Design design = watched();
    design.faults.push_back(centre_cut(0, 0));
    design.faults[0].at = sim::any_time();
    design.faults[0].lasts = {60 * kSecond, 7200 * kSecond};
    const auto property =
        properties::parse_property("never emergency(s2) and reachable(line1, s1)", design);
    const auto verdict = properties::check(design, property);
    CHECK(verdict.outcome == Outcome::violated);
    CHECK(executes(verdict));
    design.faults[0].gateway.reset();
    design.faults[0].phone = 0;
    CHECK(properties::check(design, property).outcome == Outcome::holds);
}

namespace {

const char* const kQuestions[] = {
    "never registered(line1, s2)",
    "never working(line1) = none for 150s",
    "never emergency(s2) and registered(line1, s1) for 30s",
    "never registered(line1, s2) and not binding(s2, line1) and not forgotten(s2, line1) for 4s",
    "never lapses(line1, s2)",
    "never refused(line1, s2)",
    ("whenever enters_emergency(s2) then registered(line1, s2) within 40s unless "
     "leaves_emergency(s2)"),
    "whenever probe_answered(s2) then never enters_emergency(s2) before 90s",
    "whenever dials(line1) then answered(line1) within 5s",
    "never call_fails(line1)",
    "never hijacked(s2, line1)",
    "never hijacked(s2, line1) and not binding(s2, line1) and registered(line1, s2)",
};

Design drawn_gateway(Draw& draw) {
    Design design = drawn_design(draw);
    if (design.servers.size() < 2) {
        design.servers.push_back(design.servers[0]);
        design.servers[1].name = "s2";
        design.phones[0].servers.push_back({1, true, {}, {}});
    }
    design.servers[1].kind = ServerKind::gateway;
    design.servers[1].watches = 0;
    design.servers[1].max_expires = draw({60, 3600}) * kSecond;
    design.servers[1].min_expires = std::min(design.servers[1].min_expires,
                                             design.servers[1].max_expires);
    Survivability& rules = design.servers[1].survivability;
    rules.delay = draw({Interval{0, 0}, {0, 100}, {10, 10}, {0, 3000}});
    rules.transport = draw({Transport::tcp, Transport::tcp, Transport::udp});
    rules.probe = draw({20, 60}) * kSecond;
    rules.probe_in_emergency = draw({20, 60}) * kSecond;
    rules.timeout = draw({5, 32}) * kSecond;
    rules.enters_after = draw({1, 1, 2});
    rules.leaves_after = draw({1, 1, 2});
    rules.in_normal = draw({InNormal::ignored, InNormal::refused, InNormal::served});
    rules.drops_at_exit = draw({false, true});
    if (!design.faults.empty() && design.faults[0].kind == FaultKind::unreachable &&
        draw({false, true})) {
        design.faults[0].gateway = 1;
    }
    if (draw({false, false, true})) {
        design.servers[1].accepts = draw({Accepts::open, Accepts::open, Accepts::known});
        design.faults.push_back(attack(draw({0, 100}) * kSecond, design));
        design.faults.back().replaces = draw({false, true});
        design.faults.back().count = draw({1, 2});
    }
    return design;
}

}  // namespace

TEST_CASE("gateways: drawn designs, sliced and reduced against whole and full") {
    CHECK(as_the_slowest(8, 6, drawn_gateway, kQuestions, 1000) > 15);
}

TEST_CASE("gateways: many drawn designs, sliced and reduced against whole and full", "[.slow]") {
    CHECK(as_the_slowest(81, 8, drawn_gateway, kQuestions, 6000) > 25);
}

TEST_CASE("gateways: the usual check gives the verdicts of the exact one, and each executes") {
    properties::CheckOptions exact;
    exact.approximate = false;
    for (const FaultKind kind : {FaultKind::crash, FaultKind::unreachable}) {
        Design design = with_outage(kind, InNormal::refused);
        design.phones[0].transport = design.servers[1].survivability.transport = Transport::tcp;
        design.phones[0].expires = 120 * kSecond;
        design.servers[1].survivability.drops_at_exit = kind == FaultKind::crash;
        design.faults[0].at = {0, 100 * kSecond};
        design.faults[0].lasts = {60 * kSecond, 200 * kSecond};
        for (const char* says : {"never working(line1) = none for 100s",
                                 "never working(line1) = none for 200s",
                                 "never registered(line1, s2) and not emergency(s2)",
                                 "never emergency(s2) and working(line1) = s1"}) {
            CAPTURE(says);
            const auto property = properties::parse_property(says, design);
            const auto verdict = properties::check(design, property);
            CHECK(verdict.outcome == properties::check(design, property, exact).outcome);
            CHECK(executes(verdict) == (verdict.outcome == Outcome::violated));
        }
    }
}

}  // namespace failback::tests::properties_gateway_test
