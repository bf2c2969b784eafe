// Calls that register first: slices, reductions and abstractions against the whole, the bound of a
// failover from both sides, and what a design file may not say.
#include <catch2/catch.hpp>

#include "properties/bounds.hpp"
#include "tests/agreement.hpp"
#include "tests/check_fixture.hpp"
#include "tests/design_fixture.hpp"
#include "tests/drawn_designs.hpp"

namespace failback::tests::properties_registers_test {
namespace {

using namespace failback::model;

constexpr DelayMs kSecond = 1000;

const char* const kQuestions[] = {
    "never call_fails(line1)",
    "never answered(line1)",
    "whenever dials(line1) then invites(line1, s2) or answered(line1) within 42s",
    "never registered(line1, s2)",
    "never binding(s2, line1) and not registered(line1, s2) for 34s",
    "whenever switches(line1, s2) then working(line1) = s1 within 160s",
    "whenever recovers(s1) then working(line1) = s1 within 70s unless fails(s1)",
    "never working(line1) = none until fails(s1)",
    "never leaves(line1, s1)",
    "never lapses(line1, s2)",
};

Design drawn_registering(Draw& draw) {
    Design design = design_with(2);
    Phone& phone = design.phones[0];
    design.default_delay = {0, draw({0, 100, 1000})};
    phone.expires = draw({3600, 120}) * kSecond;
    phone.servers[1].registers = draw({false, false, true});
    phone.servers[0].registers = draw({true, true, false});
    phone.failback = draw({Failback{FailbackRule::after, 150 * kSecond, 0, 0},
                           Failback{FailbackRule::stay, 0, 0, 0}});
    phone.failover.registers = true;
    phone.failover.forgets = draw({true, false});
    phone.belief = draw({Belief::until_failed_refresh, Belief::until_expiry});
    if (!phone.failover.forgets) {
        phone.failback = draw({phone.failback, Failback{}});
    }
    phone.timers.timer_f = draw({32, 5}) * kSecond;
    phone.calls.first = draw({CallFirst::working, CallFirst::primary});
    phone.calls.retry_count = draw({3, 0});
    phone.calls.unregistered = draw({true, true, false});
    phone.max_retries = draw({0, 0, 1});
    dial_at(design, 1000);
    design.calls[0].at.latest = draw({1, 10, 200}) * kSecond;
    design.calls[0].count = draw({1, 1, 2});
    draw_fault(design, draw);
    draw_maintenance(design, draw);
    return design;
}

}  // namespace

TEST_CASE("registers: every way to search finds the same") {
    const Compared found = in_every_way(1, 5, drawn_registering, kQuestions, 2'500);
    CHECK(found.ways > 60);
    CHECK(found.violated > 8);
}

TEST_CASE("registers: every way to search finds the same, in more designs", "[.slow]") {
    Draw draw(71);
    int compared = 0;
    for (int number = 0; number < 16; ++number) {
        const Design design = drawn_registering(draw);
        for (const char* says : kQuestions) {
            CAPTURE(number);
            compared += agreed(design, says, 4'000, {kWhole, kFull, kSlowest}).ways;
            compared += approximation_agrees(design, says, 4'000);
        }
    }
    CHECK(compared > 250);
}

TEST_CASE("registers: a verdict that an abstraction gives is that of the search without it") {
    CHECK(approximations_agree(31, 33, drawn_registering, kQuestions, 2'000) > 10);
}

TEST_CASE("registers: calls and registrations of a line depend on each other") {
    Design design = design_with(2);
    design.phones[0].calls.first = CallFirst::primary;
    design.phones[0].servers[1].registers = false;
    const auto parts = [&](const char* says) {
        const auto property = properties::parse_property(says, design);
        return slice(design, properties::roots_of(property, design)).parts.size();
    };
    design.phones[0].failover.registers = true;
    CHECK(parts("never registered(line1, s1)") == 1);  // nobody calls
    dial_at(design, 0);
    CHECK(parts("never registered(line1, s1)") == 3);
    CHECK(parts("never call_fails(line1)") == 3);
    design.phones[0].failover.registers = false;
    CHECK(parts("never call_fails(line1)") == 1);
}

TEST_CASE("registers: the bound of a failover has the registrations, and holds") {
    Design design = design_with(3);
    design.phones[0].calls.first = CallFirst::primary;
    design.phones[0].servers[1].registers = design.phones[0].servers[2].registers = false;
    design.phones[0].failover.registers = true;
    design.faults.push_back(crash(0, 500, 600 * kSecond));
    design.faults.push_back(crash(1, 0, 600 * kSecond));
    dial_at(design, 1000);
    const auto reaches = [&](DelayMs within) {
        return !search(design,
                       "whenever dials(line1) then invites(line1, s3) within " +
                           std::to_string(within) + "ms",
                       kUsual)
                    .violated;
    };
    const DelayMs least = 7500 + 32 * kSecond + 20;  // s2 is not even sent an INVITE
    CHECK(reaches(least));
    CHECK_FALSE(reaches(least - 1));
    CHECK(properties::failover_bound(design, {0, 2}) >= least);
}

TEST_CASE("registers: what a design file may not say of it") {
    const json registers{{"calls_to", "registers"}};
    CHECK(problems_of(with("/phones/0/failover", registers)) == "none");
    check_problem("/phones/0/failover", {{"calls_to", "register"}}, "\"registers\"");
    json successive = with("/phones/0/failover", registers);
    successive["phones"][0]["registration"] = "successive";
    CHECK(problems_of(successive).find("one server at a time") != std::string::npos);
    json named = with("/phones/0/failover", registers);
    named["dns"]["records"] = {{{"name", "sip.example.com"}, {"ttl", "1h"},
                                {"a", {"primary", "gateway"}}}};
    named["phones"][0]["servers"] = {{{"name", "sip.example.com"}}};
    named["phones"][0]["lookup"] = {{"queries", "a"}};
    CHECK(problems_of(named).find("a registration that a call waits for") != std::string::npos);
}

}  // namespace failback::tests::properties_registers_test
