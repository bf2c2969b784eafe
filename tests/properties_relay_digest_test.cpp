// Digest through gateways that pass requests on, in searches: against their slow twins, and bounds.
#include <catch2/catch.hpp>

#include "properties/bounds.hpp"
#include "properties/catalogue.hpp"
#include "tests/agreement.hpp"
#include "tests/drawn_relays.hpp"

namespace failback::tests::properties_relay_digest_test {
namespace {

using namespace failback::model;
using properties::Outcome;

constexpr DelayMs kSecond = 1000;

const char* const kQuestions[] = {
    "never misjudges(line1, s2)",
    "never denied(line1, s2)",
    "never challenged(line1, s2) and registered(line1, s2)",
    "never challenged(line1, s2) and emergency(s2)",
    "never working(line1) = none for 150s",
    "never binding(s2, line1) and not binding(s1, line1) for 40s",
    "never registered(line1, s2) and not binding(s2, line1) and not forgotten(s2, line1) for 4s",
    ("whenever leaves_emergency(s2) and registered(line1, s2) then binding(s1, line1) within 20s "
     "unless not registered(line1, s2) or not sees_watched(s2)"),
    "never refused(line1, s2)",
    "never lapses(line1, s2)",
    "never call_challenged(line1, s2)",
    "never call_fails(line1)",
    "whenever dials(line1) then answered(line1) within 5s",
};

// As design_passing.cpp allows.
void draw_authentication(Design& design, Draw& draw) {
    Server& server = design.servers[0];
    Authentication& policy = server.authentication;
    policy.of_register = draw({true, true, true, false});
    policy.of_invite = draw({false, true});
    policy.stale = draw({true, false});
    const bool is_alone = design.phones[0].servers.size() == 1;
    policy.reuse = is_alone ? draw({NonceReuse::allowed, NonceReuse::counted, NonceReuse::one_time})
                            : NonceReuse::allowed;
    policy.shared_secret = draw({"", "", "cluster"});
    if (draw({true, true, false})) {
        policy.nonce_lifetime =
            rules_of(design).re_registers
                ? draw({Interval{100'000, 100'000}, {300'000, 301'000}})
                : draw({Interval{32'000, 32'000}, {300'000, 301'000}, {1000, 2000}});
    }
    design.servers[1].accepts = draw({Accepts::open, Accepts::known});
    design.phones[0].credentials.rules = {
        draw({true, false}), draw({NewNonce::accepted, NewNonce::if_stale, NewNonce::never}),
        draw({0, 2}), false, false};
    if (policy.of_register && draw({false, false, false, true})) {
        Fault fault = crash(0, 0, 0);
        fault.name = "changed";
        fault.kind = FaultKind::credentials;
        fault.at = {0, 100 * kSecond};
        fault.lasts = {10 * kSecond, 100 * kSecond};
        design.faults.push_back(fault);
    }
}

Design drawn(Draw& draw) {
    Design design = drawn_relay(draw);
    draw_authentication(design, draw);
    return design;
}

Design with_outage() {
    Design design = relayed_with_outage();
    design.servers[0].authentication.of_register = true;
    design.servers[0].authentication.nonce_lifetime = Interval{300 * kSecond, 301 * kSecond};
    design.servers[1].accepts = Accepts::open;
    return design;
}

Outcome outcome(const Design& design, const std::string& says) {
    return properties::check(design, properties::parse_property(says, design)).outcome;
}

}  // namespace

TEST_CASE("relay digest: drawn designs, sliced and reduced against whole and full") {
    CHECK(as_the_slowest(7, 6, drawn, kQuestions, 1000) > 5);
}

TEST_CASE("relay digest: many drawn designs, sliced and reduced against whole and full",
          "[.slow]") {
    CHECK(as_the_slowest(71, 8, drawn, kQuestions, 4000) > 18);
}

TEST_CASE("relay digest: the usual check gives the verdicts of the exact one, and each executes") {
    properties::CheckOptions exact;
    exact.approximate = false;
    Design design = with_outage();
    if (GENERATE(false, true)) {
        rules_of(design).re_registers = 1000;
    }
    for (const char* says : {"never registered(line1, s2) and not binding(s1, line1) for 50s",
                             "never challenged(line1, s2) and registered(line1, s2)",
                             "never denied(line1, s2)", "never lapses(line1, s2)"}) {
        CAPTURE(says);
        const auto property = properties::parse_property(says, design);
        const auto verdict = properties::check(design, property);
        CHECK(verdict.outcome == properties::check(design, property, exact).outcome);
        CHECK(executes(verdict) == (verdict.outcome == Outcome::violated));
    }
}

TEST_CASE("bound: with challenges the server behind a gateway knows the phone again (P34)") {
    Design design = with_outage();
    const std::string begin =
        "whenever leaves_emergency(s2) and registered(line1, s2) then binding(s1, line1) within ";
    const std::string end =
        "ms unless not registered(line1, s2) or not sees_watched(s2) or not reachable(line1, s2)";
    SECTION("by the gateway: there, back and there again") {
        rules_of(design).re_registers = 1000;
        CHECK(properties::known_bound(design, {0, 0}) == 300);
        CHECK(outcome(design, begin + "300" + end) == Outcome::holds);
        CHECK(outcome(design, begin + "299" + end) == Outcome::violated);
    }
    SECTION("by the phone") {
        const DelayMs bound = properties::known_bound(design, {0, 0});
        CHECK(outcome(design, begin + std::to_string(bound) + end) == Outcome::holds);
        CHECK(outcome(design, begin + "59000" + end) == Outcome::violated);
    }
}

TEST_CASE("relay digest: what the catalogue asks holds; of changed passwords it does not ask") {
    Design design = with_outage();
    design.all_properties = true;
    std::vector<std::string> names;
    const auto count = [&names](const char* name) { return std::ranges::count(names, name); };
    for (const auto& instance : properties::instances_of(design)) {
        names.push_back(instance.name);
        CAPTURE(instance.name, instance.says);
        const Outcome found = properties::check(design, instance.property).outcome;
        CHECK((found == Outcome::holds || found == Outcome::vacuous));
    }
    CHECK(count("nonce-independence(line1, s2)") == 1);
    CHECK(count("eventual-registration(line1, s2)") == 1);
    design.faults[0].kind = FaultKind::credentials;
    names.clear();
    for (const auto& instance : properties::instances_of(design)) {
        names.push_back(instance.name);
    }
    CHECK(count("eventual-registration(line1, s2)") == 0);
    CHECK(count("refresh-margin(line1, s2)") == 0);
    CHECK(count("known-after-emergency(line1, s2)") == 0);
}

}  // namespace failback::tests::properties_relay_digest_test
