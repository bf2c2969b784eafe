// Restarts of phones in searches: bounds, slices, reductions and approximations with them.
#include <catch2/catch.hpp>

#include "model/file/design_file.hpp"
#include "properties/alike.hpp"
#include "properties/bounds.hpp"
#include "tests/agreement.hpp"
#include "tests/check_fixture.hpp"
#include "tests/drawn_designs.hpp"

namespace failback::tests::properties_restart_test {
namespace {

using namespace failback::model;
using properties::Outcome;
using properties::Property;

constexpr DelayMs kSecond = 1000;

constexpr AfterRestart kAfter[] = {{true, false, false, false},
                                   {false, false, false, false},
                                   {false, true, false, false},
                                   {true, false, true, false},
                                   {true, false, true, true}};

// A restart at any time of the phone of a design with `servers` servers.
Design restarting(std::size_t servers, AfterRestart after = {}) {
    Design design = design_with(servers);
    design.default_delay = {0, kSecond};
    design.phones[0].expires = 120 * kSecond;
    design.phones[0].after_restart = after;
    design.faults.push_back(restart(0, 0));
    design.faults[0].at = sim::any_time();
    design.faults[0].lasts = {10 * kSecond, 40 * kSecond};
    return design;
}

const char* const kQuestions[] = {
    "never working(line1) = none for 45s",
    ("whenever boots(line1, s1) and reachable(line1, s1) then registered(line1, s1) within 2s "
     "unless restarts(line1)"),
    "whenever restarts(line1) then working(line1) = s1 within 42s",
    "never lapses(line1, s1) until fails(s1)",
    "never off(line1) and registered(line1, s1)",
    "whenever accepts(s1, line1) then accepts(s1, line1) within 100s",
    "never call_fails(line1)",
};

Design drawn_with_restart(Draw& draw) {
    Design design = drawn_design(draw);
    Fault fault = restart(0, 0);
    fault.at = draw({Interval{0, 2 * kSecond}, {20 * kSecond, 40 * kSecond}});
    fault.lasts = draw({Interval{0, kSecond}, {10 * kSecond, 10 * kSecond}});
    fault.count = draw({1, 1, 2});
    design.faults.push_back(fault);
    design.phones[0].after_restart = kAfter[draw({0U, 1U, 2U, 3U, 4U})];
    design.phones[0].boot = draw({Interval{0, 0}, {0, 5 * kSecond}});
    design.phones[0].wipe_at_boot = draw({false, false, true});
    return design;
}

int compare(std::uint64_t seed, int designs) {
    return over_drawn(seed, designs, drawn_with_restart, kQuestions,
                      within_limits([](const Design& design, const char* question) {
                          return agreeing(design, question, 3000);
                      }));
}

}  // namespace

TEST_CASE("restart: a slice has the restarts of its phones, and no others") {
    Design design = restarting(2);
    design.phones.push_back(design.phones[0]);
    design.phones[1].name = "other";
    design.phones[1].lines[0] = {"line2", "sip:1002@example.com", {}};
    const auto involved = [&](const char* says) {
        const Property property = properties::parse_property(says, design);
        return involves(slice(design, properties::roots_of(property, design)), design.faults[0]);
    };
    CHECK(involved("never registered(line1, s1)"));
    CHECK(involved("never restarts(line1)"));
    CHECK(involved("never off(line1)"));
    CHECK_FALSE(involved("never registered(line2, s1)"));
    CHECK_FALSE(involved("never fails(s1)"));
}

TEST_CASE("restart: atoms about it alone need nothing else") {
    const Design design = restarting(2);
    CHECK(outcome_of(design, "never restarts(line1)") == Outcome::violated);
    CHECK(outcome_of(design, "never off(line1) for 40s") == Outcome::holds);
    CHECK(outcome_of(design, "never off(line1) for 39999ms") == Outcome::violated);
    CHECK(outcome_of(design, "whenever restarts(line1) then never restarts(line1)") ==
          Outcome::holds);
}

TEST_CASE("restart: registered again after boot and round trip, exactly") {
    Design design = restarting(1);
    design.phones[0].boot = {0, 5 * kSecond};
    const auto property = properties::parse_property(
        "whenever restarts(line1) then registered(line1, s1) within 100s", design);
    const auto range = properties::measure(design, property);
    REQUIRE(range.outcome == Outcome::holds);
    CHECK(range.least->ms == 10 * kSecond);
    CHECK(range.most->ms == 47 * kSecond);  // off 40 s, boot 5 s, round trip 2 s
}

TEST_CASE("restart: a lock-out ends with the old binding, exactly") {
    Design design = restarting(1, {false, true, false, false});
    design.default_delay = sim::exactly(10);
    design.faults[0].at = sim::exactly(30 * kSecond);
    design.faults[0].lasts = sim::exactly(kSecond);
    const auto property = properties::parse_property(
        "whenever restarts(line1) then registered(line1, s1) within 1h", design);
    const auto range = properties::measure(design, property);
    REQUIRE(range.outcome == Outcome::holds);
    CHECK(range.least->ms == 91'080);  // as in the run of the model's tests, at 121 080
    CHECK(range.most->ms == 91'080);
}

TEST_CASE("restart: who keeps Call-ID and CSeq, or changes the Call-ID, is not locked out") {
    for (const AfterRestart& after : kAfter) {
        const Design design = restarting(1, after);
        const bool locked_out = after.cseq_restarts;
        const Outcome expected = locked_out ? Outcome::violated : Outcome::holds;
        CHECK(outcome_of_all(design, "no-lock-out") == expected);
        CHECK(outcome_of_all(design, "eventual-registration") == expected);
    }
}

TEST_CASE("restart: the old contact stays for what is left of its lifetime") {
    const Design design = restarting(1, {true, false, true, false});
    CHECK(outcome_of_all(design, "one-binding") == Outcome::violated);
    // A REGISTER that arrives 1 s after the restart, a lifetime of 120 s, less 10 s off.
    CHECK(outcome_of(design, "never registered(line1, s1) and ghost(s1, line1) for 111s") ==
          Outcome::holds);
    CHECK(outcome_of(design, "never registered(line1, s1) and ghost(s1, line1) for 110999ms") ==
          Outcome::violated);
    CHECK(outcome_of_all(restarting(1), "one-binding") == Outcome::holds);
}

TEST_CASE("restart: what the catalogue asks of a primary that fails holds with restarts") {
    Design design = restarting(2);
    design.phones[0].transport = Transport::tcp;
    design.faults.push_back(crash(0, 0, 0));
    design.faults[1].at = {0, 100 * kSecond};
    design.faults[1].lasts = {60 * kSecond, 100 * kSecond};
    design.phones[0].boot = {0, 10 * kSecond};
    for (const char* id : {"failback", "takeover", "eventual-registration", "best-server",
                           "refresh-margin"}) {
        CAPTURE(id);
        CHECK(outcome_of_all(design, id) == Outcome::holds);
    }
}

TEST_CASE("restart: a boot is no refresh, no retry and no return") {
    Design design = restarting(2);
    design.default_delay = sim::exactly(10);
    design.phones[0].failback.rule = FailbackRule::hold;
    design.phones[0].failback.hold = 30 * kSecond;
    Fault refuses = crash(0, 60 * kSecond, 100 * kSecond);
    refuses.kind = FaultKind::maintenance;
    design.faults.push_back(refuses);
    for (const char* id : {"refresh-rule", "no-hammering", "hold-down"}) {
        CAPTURE(id);
        CHECK(outcome_of_all(design, id) == Outcome::holds);
    }
}

TEST_CASE("restart: a boot after the recovery counts in the bound of a registration") {
    Design design = restarting(1);
    design.phones[0].boot = {0, 200 * kSecond};
    design.faults.push_back(crash(0, 300 * kSecond, 60 * kSecond));
    CHECK(properties::registration_bound(design, {0, 0}) == 202 * kSecond);
    design.faults.erase(design.faults.begin());
    CHECK(properties::registration_bound(design, {0, 0}) < 100 * kSecond);
}

TEST_CASE("restart: beliefs that end in one step are one step of the approximation") {
    Design design = restarting(2);
    design.phones[0].transport = Transport::tcp;
    const char* const questions[] = {
        "whenever restarts(line1) then never working(line1) = s2 until registered(line1, s2)",
        "never registered(line1, s1) and working(line1) = none",
        "never restarts(line1) and working(line1) = s2",
        "never off(line1) and working(line1) = s1",
        "never off(line1) and not working(line1) = none",
    };
    for (const char* question : questions) {
        CAPTURE(question);
        const Property property = properties::parse_property(question, design);
        properties::CheckOptions exact;
        exact.approximate = false;
        CHECK(properties::check(design, property).outcome ==
              properties::check(design, property, exact).outcome);
    }
    CHECK(outcome_of(design, questions[2]) == Outcome::holds);
}

TEST_CASE("restart: phones that restart alike share a search, others do not") {
    Design design = restarting(1);
    design.phones.push_back(design.phones[0]);
    design.phones[1].name = "other";
    design.phones[1].lines[0] = {"line2", "sip:1002@example.com", {}};
    const auto alike = [&] {
        std::vector<Property> properties;
        for (const char* says : {"never registered(line1, s1) for 1h",
                                 "never registered(line2, s1) for 1h"}) {
            properties.push_back(properties::parse_property(says, design));
        }
        return properties::key_of(properties[0], design) ==
               properties::key_of(properties[1], design);
    };
    CHECK_FALSE(alike());
    design.faults.push_back(design.faults[0]);
    design.faults[1].phone = 1;
    CHECK(alike());
    design.phones[1].after_restart.new_call_id = false;
    CHECK_FALSE(alike());
}

TEST_CASE("restart: drawn designs, sliced and reduced against whole and full") {
    CHECK(compare(641, 8) > 60);
}

TEST_CASE("restart: many drawn designs, sliced and reduced against whole and full", "[.slow]") {
    CHECK(compare(5844, 50) > 370);
}

}  // namespace failback::tests::properties_restart_test
