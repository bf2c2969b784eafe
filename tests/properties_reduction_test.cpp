// The reduced model against the full one. What it leaves out must never change a verdict.
#include <catch2/catch.hpp>

#include "model/sip/reduction.hpp"
#include "tests/check_fixture.hpp"
#include "tests/drawn_designs.hpp"

namespace failback::tests::properties_reduction_test {
namespace {

using namespace failback::model;

constexpr DelayMs kSecond = 1000;

void check_both(const Design& design, const char* says, bool violated) {
    CAPTURE(says);
    CHECK(search(design, says, kFull).violated == violated);
    CHECK(search(design, says, kUsual).violated == violated);
}

}  // namespace

TEST_CASE("reduction: retransmissions matter where the server forgets requests before Timer F") {
    // The copy is refused with 500 while the 200 is still under way.
    Design design = design_with(1);
    design.default_delay = {0, 1000};
    const char* const registers = "whenever boots(line1, s1) then registered(line1, s1) within 10s";
    check_both(design, registers, false);
    design.servers[0].timer_j = 100;
    check_both(design, registers, true);
    CHECK_FALSE(idle_parts(design, {PartKind::registration, 0, 0, 0}).retransmit);
}

TEST_CASE("reduction: Timer J matters where it ends in the same instant as Timer F") {
    // Then a copy is refused, and the phone hears of nothing else before.
    Design design = design_with(1);
    design.default_delay = {0, 20 * kSecond};
    design.phones[0].timers.timer_f = design.servers[0].timer_j = 5 * kSecond;
    const auto idle = [&design] { return idle_parts(design, {PartKind::registration, 0, 0, 0}); };
    CHECK_FALSE(idle().forget);
    CHECK_FALSE(idle().retransmit);
    check_both(design, "never refused(line1, s1)", true);
    SECTION("a millisecond later the request is over") {
        design.servers[0].timer_j += 1;
    }
    SECTION("the answer arrives before") {
        design.links.push_back({0, 0, {0, 20 * kSecond}, {0, 4999}, {}});
    }
    SECTION("no copy is so late") {
        design.links.push_back({0, 0, {0, 499}, {0, 20 * kSecond}, {}});
        design.phones[0].timers.t2 = 500;
        design.phones[0].timers.timer_f = design.servers[0].timer_j = 4999;
        CHECK_FALSE(idle().forget);
        design.links[0].to_server.latest = 498;
    }
    CHECK(idle().forget);
    check_both(design, "never refused(line1, s1)", false);
}

TEST_CASE("reduction: retransmissions of an INVITE matter where they lead to the next server") {
    Design design = design_with(2);
    design.default_delay = {0, 1000};
    for (ServerEntry& entry : design.phones[0].servers) {
        entry.registers = false;
    }
    dial_at(design, 0);
    CallRules& rules = design.phones[0].calls;
    rules.retry_timeout = 500;
    rules.retry_count = 5;
    check_both(design, "never invites(line1, s2)", false);
    rules.retry_count = 3;  // given up after 2 s, the longest round trip
    check_both(design, "never invites(line1, s2)", true);
}

TEST_CASE("reduction: retransmissions matter where the server may be down for the first copy") {
    Design design = design_with(1);
    design.faults.push_back(crash(0, 0, 5000));
    CHECK_FALSE(idle_parts(design, {PartKind::registration, 0, 0, 0}).retransmit);
    check_both(design, "never registered(line1, s1) until recovers(s1)", false);
    check_both(design, "whenever recovers(s1) then registered(line1, s1) within 3s", false);
}

TEST_CASE("reduction: properties about bindings are checked in full") {
    Design design = design_with(1);
    design.faults.push_back(unreachable(0, 10'000, 4'000'000));
    check_both(design, "never binding(s1, line1) for 3600s", true);  // refreshed, or not
    check_both(design, "whenever accepts(s1, line1) then not binding(s1, line1) within 1h unless "
                       "accepts(s1, line1)", false);
}

TEST_CASE("reduction: what is left out of an ordinary registration") {
    const Design design = design_with(1);
    const Idle idle = idle_parts(design, {PartKind::registration, 0, 0, 0});
    CHECK(idle.absorb);
    CHECK(idle.forget);
    CHECK(idle.binding_expiry);
    CHECK(idle.belief);
    CHECK(idle.retransmit);
    CHECK(idle.timeout);
}

TEST_CASE("reduction: what has to stay") {
    Design design = design_with(1);
    const auto idle = [&design] { return idle_parts(design, {PartKind::registration, 0, 0, 0}); };
    SECTION("the expiry of a lifetime that Timer F may outlast") {
        design.phones[0].expires = 32 * kSecond;
        design.servers[0].min_expires = 1 * kSecond;
        CHECK_FALSE(idle().binding_expiry);
        CHECK_FALSE(idle().belief);
    }
    SECTION("the end of the belief, if a failed refresh does not end it before") {
        design.phones[0].belief = Belief::until_expiry;
        CHECK_FALSE(idle().belief);
    }
    SECTION("bindings that somebody wipes") {
        design.phones[0].wipe_at_boot = true;
        CHECK_FALSE(idle().binding_expiry);
    }
    SECTION("transactions of a registrar that stores nothing") {
        design.servers[0].stores_bindings = false;
        CHECK_FALSE(idle().forget);
    }
    SECTION("Timer F where the answer may come after it") {
        design.default_delay = sim::exactly(16 * kSecond);
        CHECK_FALSE(idle().timeout);
        CHECK(idle().retransmit);
    }
    SECTION("Timer E where messages get lost") {
        design.faults.push_back(of_messages(FaultKind::loss, 1));
        CHECK_FALSE(idle().retransmit);
    }
}

namespace {

const char* const kQuestions[] = {
    "never registered(line1, s1) and working(line1) = none",
    "never lapses(line1, s1)",
    "never gives_up(line1, s1)",
    "whenever fails(s1) then not registered(line1, s1) within 100s unless recovers(s1)",
    "whenever recovers(s1) then working(line1) = s1 within 70s unless fails(s1)",
    "whenever boots(line1, s1) then registered(line1, s1) within 10s",
    "whenever accepts(s1, line1) then registered(line1, s1) within 10s",
    "never call_fails(line1)",
    "whenever dials(line1) then answered(line1) within 5s",
    "never calling(line1) for 8s",
    "whenever dials(line1) and up(s1) then never call_fails(line1) until not up(s1)",
    "whenever registers(line1, s1) then never requests(line1, s1) before 70s",
    "whenever requests(line1, s1) then never requests(line1, s1) before 31s until "
    "registers(line1, s1)",
    "whenever unanswered(line1, s1) or refused(line1, s1) then never registers(line1, s1) before "
    "31s",
    "whenever fails(s1) then never registered(line1, s1) until recovers(s1)",
    "whenever registered(line1, s1) then registers(line1, s1) within 118s",
    "whenever not registered(line1, s1) then registered(line1, s1) within 100s unless not up(s1)",
};

// How many questions about drawn designs could be answered in both ways.
int compare(std::uint64_t seed, int designs) {
    Draw draw(seed);
    sim::Limits limits;
    limits.max_classes = 4000;
    int compared = 0;
    for (int number = 0; number < designs; ++number) {
        const Design design = drawn_design(draw);
        for (const char* question : kQuestions) {
            const Findings usual = search(design, question, kUsual, false, limits);
            const Findings full = search(design, question, kSlowest, false, limits);
            if ((usual.complete || usual.violated) && (full.complete || full.violated)) {
                CAPTURE(seed, number, question);
                CHECK(usual == full);
                ++compared;
            }
        }
    }
    return compared;
}

}  // namespace

namespace {

// The shortest time from one event to another, against "never before": how many were compared.
int compare_with_least(std::uint64_t seed, int designs, const std::string& from,
                       const std::string& to) {
    Draw draw(seed);
    properties::CheckOptions options;
    options.limits.max_classes = 4000;
    int compared = 0;
    for (int number = 0; number < designs; ++number) {
        const Design design = drawn_design(draw);
        const auto read = [&](const std::string& says) {
            return properties::parse_property(says, design);
        };
        const auto measured = properties::measure(
            design, read("whenever " + from + " then " + to + " within 24h"), options);
        if (measured.outcome != properties::Outcome::holds || measured.least->ms == 0) {
            continue;
        }
        const auto before = [&](DelayMs pause) {
            return properties::check(design,
                                     read("whenever " + from + " then never " + to + " before " +
                                          std::to_string(pause) + "ms"),
                                     options).outcome;
        };
        CAPTURE(seed, number, measured.least->ms);
        CHECK(before(measured.least->ms) == properties::Outcome::holds);
        CHECK(before(measured.least->ms + 1) == properties::Outcome::violated);
        ++compared;
    }
    return compared;
}

}  // namespace

TEST_CASE("never before: what is measured as the least time is the longest pause that holds") {
    CHECK(compare_with_least(6, 20, "registers(line1, s1)", "requests(line1, s1)") > 5);
    CHECK(compare_with_least(18, 60, "fails(s1)", "recovers(s1)") > 5);
}

TEST_CASE("never before: many drawn designs, against what is measured", "[.slow]") {
    CHECK(compare_with_least(5626, 200, "registers(line1, s1)", "requests(line1, s1)") > 50);
    CHECK(compare_with_least(3263, 200, "fails(s1)", "recovers(s1)") > 30);
    CHECK(compare_with_least(26, 200, "unanswered(line1, s1)", "requests(line1, s1)") > 10);
}

TEST_CASE("reduction: what is measured is the same, sliced and reduced or not") {
    constexpr std::array kMeasured{
        "whenever recovers(s1) then registered(line1, s1) within 200s unless fails(s1)",
        "whenever registers(line1, s1) then not registers(line1, s1) within 200s",
        "whenever fails(s1) then requests(line1, s1) within 200s unless registered(line1, s1)",
        "whenever requests(line1, s1) then registered(line1, s1) and not registers(line1, s1) "
        "within 200s unless not up(s1)",
    };
    sim::Limits limits;
    limits.max_classes = 1500;
    Draw draw(2543);
    int compared = 0;
    for (int number = 0; number < 12; ++number) {
        const Design design = drawn_design(draw);
        for (const char* question : kMeasured) {
            CAPTURE(number, question);
            const Findings usual = search(design, question, kUsual, true, limits);
            const Findings slowest = search(design, question, kSlowest, true, limits);
            if (usual.complete && slowest.complete) {
                CHECK(usual == slowest);
                ++compared;
            }
        }
    }
    CHECK(compared > 20);
}

TEST_CASE("reduction: drawn designs, sliced and reduced against whole and full") {
    CHECK(compare(5844, 12) > 60);
}

TEST_CASE("reduction: many drawn designs, sliced and reduced against whole and full", "[.slow]") {
    CHECK(compare(3261, 30) > 150);
}

}  // namespace failback::tests::properties_reduction_test
