// Designs with callees who ring, calls that come in and registrations that are forgotten: slices
// and reductions against the whole, and the bounds of the catalogue from both sides.
#include <catch2/catch.hpp>

#include "model/sip/reduction.hpp"
#include "properties/bounds.hpp"
#include "tests/agreement.hpp"
#include "tests/awaited_fixture.hpp"
#include "tests/check_fixture.hpp"
#include "tests/design_fixture.hpp"
#include "tests/drawn_designs.hpp"

namespace failback::tests::properties_calls_test {
namespace {

using namespace failback::model;

constexpr DelayMs kSecond = 1000;

const char* const kQuestions[] = {
    "whenever dials(line1) and reachable(line1, s2) then invites(line1, s2) or proceeds(line1, s1) "
    "or answered(line1) or declined(line1) within 7s unless not reachable(line1, s2)",
    "whenever alerts(s1, line1) then never alerts(s2, line1) until dials(line1)",
    "never call_fails(line1)",
    "never declined(line1)",
    "whenever offers(s1, line1) and reachable(line1, s1) then responds(line1, s1) within 32s "
    "unless not reachable(line1, s1)",
    "never unheard(s1, line1)",
    "never unavailable(s1, line1)",
    "never rings(line1, s1)",
    "never binding(s1, line1) and not registered(line1, s1) for 34s",
    "whenever switches(line1, s2) then working(line1) = s1 within 160s",
    "never working(line1) = none until fails(s1)",
    "never leaves(line1, s1)",
};

Design drawn_calls(Draw& draw) {
    Design design = design_with(2);
    Phone& phone = design.phones[0];
    design.default_delay = {0, draw({0, 100, 1000})};
    phone.expires = draw({3600, 120}) * kSecond;
    phone.failback = draw({Failback{FailbackRule::after, 150 * kSecond, 0, 0},
                           Failback{FailbackRule::stay, 0, 0, 0}});
    phone.failover = {draw({true, true, false}), draw({true, true, false}),
                      draw({StrangeCalls::taken, StrangeCalls::refused, StrangeCalls::ignored})};
    phone.calls.retry_count = draw({3, 0});
    phone.calls.give_up = draw({GiveUp::one_interval_later, GiveUp::timer_b});
    phone.timers.timer_b = draw({32'000, 3'700});
    phone.calls.unregistered = draw({true, false});
    phone.calls.heeds_provisional = draw({true, true, false});
    dial_at(design, 1000);
    design.calls[0].at.latest = draw({1, 10}) * kSecond;
    design.calls[0].callee = {draw({true, true, false}), {0, draw({0, 20}) * kSecond},
                              draw({false, false, true})};
    const DelayMs called = draw({1, 15, 40}) * kSecond;
    design.incoming.push_back(
        {0, 0, 0, 1, {called, called + draw({0, 5}) * kSecond}, sim::exactly(500), {}});
    draw_fault(design, draw);
    return design;
}

bool is_sound(const Design& design) {  // as the reader of designs would have it
    return design.calls[0].callee.rings || !design.calls[0].callee.is_busy;
}

}  // namespace

TEST_CASE("calls: every way to search finds the same") {
    int compared = 0;
    int violated = 0;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        Draw draw(seed);
        const Design design = drawn_calls(draw);
        if (!is_sound(design)) {
            continue;
        }
        for (const char* says : kQuestions) {
            CAPTURE(seed);
            const Agreed found = agreed(design, says, 3'000, {kWhole, kFull, kInclusion});
            compared += found.ways;
            violated += static_cast<int>(found.violated);
        }
    }
    CHECK(compared > 120);
    CHECK(violated > 20);
}

TEST_CASE("calls: a verdict that an abstraction gives is that of the search without it") {
    int compared = 0;
    for (std::uint64_t seed = 31; seed <= 36; ++seed) {
        Draw draw(seed);
        const Design design = drawn_calls(draw);
        if (!is_sound(design)) {
            continue;
        }
        for (const char* says : kQuestions) {
            CAPTURE(seed, says);
            compared += approximation_agrees(design, says, 3'000);
        }
    }
    CHECK(compared > 20);
}

TEST_CASE("calls: what comes in, or fails over, enlarges the slice") {
    Design design = design_with(2);
    design.phones[0].calls.first = CallFirst::primary;
    dial_at(design, 0);
    design.incoming.push_back({});
    const auto parts = [&](const char* says) {
        const auto property = properties::parse_property(says, design);
        std::vector<std::string> names;
        for (const Part& part : slice(design, properties::roots_of(property, design)).parts) {
            names.push_back(name_of(design, part));
        }
        return names;
    };
    using Names = std::vector<std::string>;
    CHECK(parts("never offers(s1, line1)") ==
          Names{"registration of line1 at s1", "calls for line1 at s1"});
    CHECK(parts("never offers(s2, line1)").empty());  // no such calls
    CHECK(parts("never call_fails(line1)") == Names{"calls of line1"});
    CHECK(parts("never registered(line1, s1)") == Names{"registration of line1 at s1"});
    design.phones[0].failback = {FailbackRule::after, 1000, 0, 0};
    design.phones[0].failover.forgets = true;
    CHECK(parts("never registered(line1, s1)").size() == 3);
    CHECK(parts("never offers(s1, line1)").size() == 4);
}

TEST_CASE("calls: bindings that calls come in for are not left out") {
    const Design design = design_with(1);
    const Part registration{PartKind::registration, 0, 0, 0};
    CHECK(idle_parts(design, registration).binding_expiry);
    CHECK_FALSE(idle_parts(design, registration, true).binding_expiry);
    CHECK_FALSE(idle_parts(design, registration, true).forget);
}

TEST_CASE("calls: the bound of a failover is what the dead servers before take, and no less") {
    Design design = design_with(3);
    design.phones[0].calls.first = CallFirst::primary;
    design.faults.push_back(crash(0, 0, 600 * kSecond));
    design.faults.push_back(crash(1, 0, 600 * kSecond));
    dial_at(design, 1000);
    CHECK(properties::failover_bound(design, {0, 2}) == 15 * kSecond);
    const auto reaches = [&](DelayMs within) {
        return !search(design,
                       "whenever dials(line1) then invites(line1, s3) within " +
                           std::to_string(within) + "ms",
                       kUsual)
                    .violated;
    };
    CHECK(reaches(15 * kSecond));
    CHECK_FALSE(reaches(15 * kSecond - 1));
    design.phones[0].calls.give_up = GiveUp::timer_b;
    design.phones[0].timers.timer_b = 3700;
    CHECK(properties::failover_bound(design, {0, 2}) == 7400);
    CHECK(reaches(7400));
    CHECK_FALSE(reaches(7399));
}

TEST_CASE("calls: what a design file may not say of them") {
    const json plan{{"phone", "phone"}, {"line", "line1"}, {"server", "primary"}};
    const auto without = [&plan](const char* key, const json& value) {
        json changed = plan;
        changed[key] = value;
        return json::array({changed});
    };
    check_problem("/incoming", json::array({plan, plan}), "a second plan of the same line");
    check_problem("/incoming", without("server", "gatewy"), "did you mean \"gateway\"?");
    check_problem("/incoming", without("rings", json::array({"2s", "1s"})), "the earliest first");
    check_problem("/incoming", without("callee", "busy"), "/incoming/0/callee");
    json apart = with("/phones/0/servers", json::array({"gateway"}));
    apart["incoming"] = json::array({plan});
    CHECK(problems_of(apart).find("a server of the phone's own list") != std::string::npos);
    apart["phones"][0]["servers"] = {"gateway", {{"server", "primary"}, {"register", false}}};
    CHECK(problems_of(apart).find("a server that the phone registers with") !=
          std::string::npos);
    check_problem("/calls", json::array({{{"phone", "phone"}, {"line", "line1"},
                                          {"callee", "busy"}}}),
                  "without \"rings\" a call is answered as soon as it arrives");
    const json forgets{{"old_registration", "forgotten"}};
    check_problem("/phones/0/failover", forgets, "the registration is tried again when failback");
    check_problem("/phones/0/failover", {{"old_registration", "lost"}}, "one of \"kept\"");
    json successive = with("/phones/0/failover", forgets);
    successive["phones"][0]["registration"] = "successive";
    CHECK(problems_of(successive).find("one server at a time") != std::string::npos);
    successive["phones"][0].erase("registration");
    successive["phones"][0]["failback"] = "stay";
    CHECK(problems_of(successive) == "none");
}

TEST_CASE("calls: who does not ring takes the call, too") {
    Design design = design_with(1);
    dial_at(design, 1000);
    CHECK(outcome_of(design, "never answers(s1, line1)") == properties::Outcome::violated);
    CHECK(outcome_of(design, "whenever answered(line1) then never answers(s1, line1)") ==
          properties::Outcome::holds);
    CHECK(outcome_of(design, "never answered(line1) until answers(s1, line1)") ==
          properties::Outcome::holds);
    Fault fault = crash(0, 0, 5 * kSecond);
    fault.after_event = awaited("answers", 0);
    design.faults = {fault};
    CHECK(outcome_of(design, "never fails(s1)") == properties::Outcome::violated);
    // An INVITE that comes when its caller has given up.
    design.faults = {of_messages(FaultKind::late, 20)};
    design.faults[0].delay = sim::exactly(40 * kSecond);
    design.faults[0].direction = Direction::to_server;
    for (const Way& way : {kUsual, kFull, kWhole}) {
        CAPTURE(way.name);
        CHECK(search(design, "whenever call_fails(line1) then never answers(s1, line1)", way)
                  .violated);
    }
}

}  // namespace failback::tests::properties_calls_test
