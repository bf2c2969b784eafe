// The way back of phones that register with one server after the other: the worst case worked out
// by hand, the bounds of the catalogue, and slow twins.
#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "properties/bounds.hpp"
#include "properties/catalogue.hpp"
#include "tests/check_fixture.hpp"
#include "tests/drawn_designs.hpp"

namespace failback::tests::properties_succession_test {
namespace {

using namespace failback::model;
using namespace failback::properties;

constexpr DelayMs kSecond = 1000;

const std::string kBack = "whenever recovers(s1) then working(line1) = s1 within ";

// Delays up to 1 s, and a first server that may be down once, for a minute to two hours.
Design successive(const Failback& failback) {
    Design design = design_with(2);
    design.default_delay = {0, 1 * kSecond};
    design.phones[0].registration.order = Order::successive;
    design.phones[0].failback = failback;
    Fault outage = crash(0, 0, 0);
    outage.at = sim::any_time();
    outage.lasts = {60 * kSecond, 7200 * kSecond};
    design.faults.push_back(outage);
    return design;
}

void check_worst(const Design& design, DelayMs worst) {
    const Property property = parse_property(kBack + "24h", design);
    const Measurement range = measure(design, property);
    REQUIRE(range.most);
    CHECK(range.most->ms == worst);
    CHECK(check(design, parse_property(fmt::format("{}{}ms", kBack, worst), design)).outcome ==
          Outcome::holds);
    const Verdict late =
        check(design, parse_property(fmt::format("{}{}ms", kBack, worst - 1), design));
    CHECK(late.outcome == Outcome::violated);
    CHECK(executes(late));
    CHECK(failback_bound(design, {0, 0}) >= worst);
}

}  // namespace

// Where an attempt at the first server just missed the recovery, its last copy that can be answered
// in time was sent 27.5 s after the first; 4.5 s are left of Timer F.
TEST_CASE("succession: the worst failback is what is left of Timer F and the time to the return") {
    // ... 3600 s, and a round trip of 2 s.
    check_worst(successive({FailbackRule::after, 3600 * kSecond, 0, 0}), 3'606'500);
}

TEST_CASE("succession: the worst failback at a refresh is a lifetime less its lead later") {
    // ... 2 s until the second server has granted, 3540 s to the refresh, and a round trip of 2 s.
    check_worst(successive({FailbackRule::at_refresh, 0, 0, 0}), 3'548'500);
}

TEST_CASE("succession: the worst failback after probes has a probe that fails, one that does not") {
    // The probe may have begun just before the recovery, over TCP: no copy of it is sent. 32 s of
    // Timer F, a pause of 30 s, 2 s for a probe, 120 s to hold, and a round trip of 2 s.
    Design design = successive({FailbackRule::probe, 0, 120 * kSecond, 30 * kSecond});
    design.phones[0].transport = Transport::tcp;
    check_worst(design, 186'000);
}

TEST_CASE("succession: a line that stays never comes back") {
    const Design design = successive({FailbackRule::stay, 0, 0, 0});
    CHECK(check(design, parse_property(kBack + "24h", design)).outcome == Outcome::violated);
}

TEST_CASE("succession: nothing works while better servers are tried, if the phone leaves before") {
    Design design = successive({FailbackRule::after, 120 * kSecond, 0, 0});
    const std::string says =
        "whenever switches(line1, s2) then never working(line1) = none until fails(s2)";
    CHECK(check(design, parse_property(says, design)).outcome == Outcome::holds);
    design.phones[0].registration.leaves_to_return = true;
    const Verdict gap = check(design, parse_property(says, design));
    CHECK(gap.outcome == Outcome::violated);
    CHECK(executes(gap));
}

TEST_CASE("succession: all registrations of a line are in one slice, and none is abstracted") {
    const Design design = successive({FailbackRule::stay, 0, 0, 0});
    const Property property = parse_property("never lapses(line1, s2)", design);
    const Scope scope = slice(design, roots_of(property, design));
    CHECK(scope.parts.contains({PartKind::registration, 0, 0, 0}));
    CHECK(scope.servers.contains(0));
}

TEST_CASE("succession: a hold-down of concurrent registrations passes before the line is back") {
    Design design = successive({FailbackRule::hold, 0, 120 * kSecond, 0});
    design.phones[0].registration.order = Order::concurrent;
    // As without it 4.5 s, 30 s of pause and 2 s; then 120 s.
    check_worst(design, 156'500);
}

// The refresh is due at the expiry, and either may come first.
TEST_CASE("succession: a line that lapses at its first server registers there again") {
    for (const FailbackRule rule : {FailbackRule::probe, FailbackRule::after}) {
        Design design = successive({rule, 150 * kSecond, 20 * kSecond, 30 * kSecond});
        design.faults.clear();
        design.phones[0].refresh.lead = 0;
        const std::string says =
            "whenever lapses(line1, s1) then registered(line1, s1) within 2s";
        CHECK(check(design, parse_property(says, design)).outcome == Outcome::holds);
    }
}

// What is not answered in time, or is refused because the server has forgotten it, may fail again
// and again: no bound holds.
bool is_bounded(const Design& design) {
    return 2 * design.default_delay.latest < design.phones[0].timers.timer_f;
}

TEST_CASE("succession: the bounds of the catalogue hold in drawn designs", "[.slow]") {
    Draw draw(2611);
    int settled = 0;
    for (int combination = 0; combination < 40; ++combination) {
        Design design = drawn_design(draw);
        design.phones[0].registration.order = Order::successive;
        if (design.phones[0].failback.rule == FailbackRule::immediate ||
            design.phones[0].failback.rule == FailbackRule::hold) {
            design.phones[0].failback = {FailbackRule::after, 150 * kSecond, 0, 0};
        }
        design.phones[0].max_retries = 0;
        for (Server& server : design.servers) {
            server.timer_j = 32 * kSecond;
        }
        PropertyUse use;
        use.name = use.use = "failback";
        design.properties.push_back(use);
        if (design.phones[0].failback.rule == FailbackRule::stay || design.faults.empty() ||
            !is_outage(design.faults[0].kind) || !is_bounded(design)) {
            continue;
        }
        for (const Instance& instance : instances_of(design)) {
            CAPTURE(combination, instance.says);
            sim::Limits limits;
            limits.max_classes = 100'000;
            const Findings usual = search(design, instance.property, kUsual, false, limits);
            CHECK_FALSE(usual.violated);
            settled += usual.complete ? 1 : 0;
        }
    }
    CHECK(settled > 5);
}

}  // namespace failback::tests::properties_succession_test
