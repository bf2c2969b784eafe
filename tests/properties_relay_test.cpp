// Gateways that pass requests on: bounds from both sides, and searches against their slow twins.
#include <catch2/catch.hpp>

#include "properties/bounds.hpp"
#include "properties/catalogue.hpp"
#include "tests/agreement.hpp"
#include "tests/check_fixture.hpp"
#include "tests/drawn_relays.hpp"

namespace failback::tests::properties_relay_test {
namespace {

using namespace failback::model;
using properties::Outcome;

constexpr DelayMs kSecond = 1000;

Outcome outcome(const Design& design, const std::string& says) {
    return properties::check(design, properties::parse_property(says, design)).outcome;
}

const char* const kQuestions[] = {
    "never registered(line1, s2)",
    "never working(line1) = none for 150s",
    "never registered(line1, s2) and not binding(s2, line1) and not forgotten(s2, line1) for 4s",
    "never binding(s1, line1) and emergency(s2)",
    "never registered(line1, s2) and not emergency(s2) and not binding(s1, line1) for 100s",
    ("whenever leaves_emergency(s2) and registered(line1, s2) then binding(s1, line1) within 20s "
     "unless not registered(line1, s2) or not sees_watched(s2)"),
    "never lapses(line1, s2)",
    "never refused(line1, s2)",
    "never unanswered(line1, s2)",
    "whenever registers(line1, s2) then never requests(line1, s2) before 20s",
    "whenever dials(line1) then answered(line1) within 5s",
    "never call_fails(line1)",
    "never offers(s1, line1)",
    "never unheard(s1, line1)",
};

}  // namespace

TEST_CASE("relays: drawn designs, sliced and reduced against whole and full") {
    CHECK(as_the_slowest(5, 6, drawn_relay, kQuestions, 1000) > 15);
}

TEST_CASE("relays: many drawn designs, sliced and reduced against whole and full", "[.slow]") {
    CHECK(as_the_slowest(51, 8, drawn_relay, kQuestions, 8000) > 20);
}

TEST_CASE("relays: the usual check gives the verdicts of the exact one, and each executes") {
    properties::CheckOptions exact;
    exact.approximate = false;
    Design design = relayed_with_outage();
    if (GENERATE(false, true)) {
        rules_of(design).re_registers = 1000;
    }
    for (const char* says : {"never registered(line1, s2) and not binding(s1, line1) for 50s",
                             "never working(line1) = none for 40s",
                             "never binding(s1, line1) and emergency(s2)",
                             "never lapses(line1, s2)"}) {
        CAPTURE(says);
        const auto property = properties::parse_property(says, design);
        const auto verdict = properties::check(design, property);
        CHECK(verdict.outcome == properties::check(design, property, exact).outcome);
        CHECK(executes(verdict) == (verdict.outcome == Outcome::violated));
    }
}

TEST_CASE("bound: the server behind a gateway knows the phone again, from both sides (P34)") {
    Design design = relayed_with_outage();
    const std::string begin =
        "whenever leaves_emergency(s2) and registered(line1, s2) then binding(s1, line1) within ";
    const std::string end =
        "ms unless not registered(line1, s2) or not sees_watched(s2) or not reachable(line1, s2)";
    SECTION("by the gateway: one delay") {
        rules_of(design).re_registers = 1000;
        CHECK(properties::known_bound(design, {0, 0}) == 100);
        CHECK(outcome(design, begin + "100" + end) == Outcome::holds);
        CHECK(outcome(design, begin + "99" + end) == Outcome::violated);
    }
    SECTION("by the refresh of the longest lifetime that the phone can have") {
        const DelayMs bound = properties::known_bound(design, {0, 0});
        CHECK(bound == 540 * kSecond + 400);
        CHECK(outcome(design, begin + std::to_string(bound) + end) == Outcome::holds);
        CHECK(outcome(design, begin + "59000" + end) == Outcome::violated);
    }
}

TEST_CASE("relays: the lifetimes of a gateway and of the server behind it") {
    Design design = relayed_with_outage();
    CHECK(properties::granted_lifetime(design, {0, 0}) == 600 * kSecond);
    CHECK(properties::least_lifetime(design, {0, 0}) == 120 * kSecond);
    rules_of(design).in_emergency = InNormal::refused;
    CHECK(properties::least_lifetime(design, {0, 0}) == 600 * kSecond);
}

TEST_CASE("relays: what the catalogue asks of them holds, and what is for others it does not ask") {
    Design design = relayed_with_outage();
    design.all_properties = true;
    std::vector<std::string> names;
    for (const auto& instance : properties::instances_of(design)) {
        names.push_back(instance.name);
        CAPTURE(instance.name, instance.says);
        const Outcome found = properties::check(design, instance.property).outcome;
        CHECK((found == Outcome::holds || found == Outcome::vacuous));
    }
    CHECK(std::ranges::count(names, "known-after-emergency(line1, s2)") == 1);
    CHECK(std::ranges::count(names, "eventual-registration(line1, s2)") == 1);
    CHECK(std::ranges::count(names, "emergency-bindings-end(line1, s2)") == 0);
}

}  // namespace failback::tests::properties_relay_test
