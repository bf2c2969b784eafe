// Designs with calls that last: slices and reductions against the whole, and the bound of zombies
// from both sides.
#include <catch2/catch.hpp>

#include "properties/bounds.hpp"
#include "tests/agreement.hpp"
#include "tests/check_fixture.hpp"
#include "tests/design_fixture.hpp"
#include "tests/drawn_designs.hpp"

namespace failback::tests::properties_dialog_test {
namespace {

using namespace failback::model;
using properties::Outcome;

constexpr DelayMs kSecond = 1000;

const char* const kQuestions[] = {
    "never zombie(line1, s1) for 33s",
    "never zombie(line1, s1) for 61s",
    "never zombie(line1, s2) for 61s",
    "never drops(line1, s1)",
    "never drops(line1, s2) until fails(s2)",
    "whenever hangs_up(line1, s1) then not dialog(s1, line1) within 33s",
    "never in_call(line1, s1) for 100s",
    "never released(line1, s1)",
};

Design drawn_dialogs(Draw& draw) {
    Design design = design_with(draw({1U, 2U}));
    Phone& phone = design.phones[0];
    design.default_delay = {0, draw({0, 100, 1000})};
    phone.expires = draw({3600, 120}) * kSecond;
    phone.failover.dialogs = draw({UnregisteredDialogs::kept, UnregisteredDialogs::silent,
                                   UnregisteredDialogs::ended});
    phone.calls.session_expires = draw({0, 90}) * kSecond;
    phone.calls.first = draw({CallFirst::working, CallFirst::primary});
    phone.transport = draw({Transport::udp, Transport::udp, Transport::tcp});
    design.servers[0].keeps_dialogs = draw({true, false});
    DialogPlan plan;
    plan.lasts = {draw({0, 20}) * kSecond, 80 * kSecond};
    plan.phone_hangs_up = draw({true, false});
    plan.other_hangs_up = !plan.phone_hangs_up || draw({true, false});
    if (draw({true, false})) {
        plan.mid_call = Interval{10 * kSecond, 30 * kSecond};
    }
    if (draw({true, true, false})) {
        dial_at(design, 1000);
        design.calls[0].callee.rings = draw({true, false});
        design.calls[0].dialog = plan;
    } else {
        design.incoming.push_back(
            {0, 0, 0, 1, sim::exactly(5 * kSecond), sim::exactly(500), {}, plan});
    }
    draw_fault(design, draw);
    if (draw({false, false, true})) {
        design.faults.push_back(restart(0, 0));
        design.faults.back().at = {0, 60 * kSecond};
        design.faults.back().lasts = {0, 20 * kSecond};
    }
    return design;
}

int compare(std::uint64_t seed, int designs) {
    Draw draw(seed);
    int compared = 0;
    for (int number = 0; number < designs; ++number) {
        const Design design = drawn_dialogs(draw);
        for (const char* question : kQuestions) {
            const bool is_of_second = std::string(question).find("s2") != std::string::npos;
            if (is_of_second && design.servers.size() == 1) {
                continue;
            }
            CAPTURE(seed, number);
            compared += agreeing(design, question);
        }
    }
    return compared;
}

// A call of up to 80 s, which an outage may cut off.
Design cut_off(DelayMs session) {
    Design design = design_with(1);
    design.default_delay = {0, kSecond};
    design.phones[0].calls.session_expires = session;
    dial_at(design, 5 * kSecond);
    design.calls[0].dialog.lasts = Interval{0, 80 * kSecond};
    design.faults = {crash(0, 0, 300 * kSecond)};
    design.faults[0].kind = FaultKind::unreachable;
    design.faults[0].at = {0, 300 * kSecond};
    return design;
}

bool holds(const Design& design, const std::string& says) {
    return properties::check(design, properties::parse_property(says, design)).outcome ==
           Outcome::holds;
}

}  // namespace

TEST_CASE("dialogs: with a session timer no end is alone for longer than the bound, exactly") {
    Design design = cut_off(90 * kSecond);
    CHECK(properties::zombie_bound(design, {0, 0}, 1) == 61 * kSecond);
    CHECK(holds(design, "never zombie(line1, s1) for 61s"));
    CHECK_FALSE(holds(design, "never zombie(line1, s1) for 60999ms"));
    design.calls[0].dialog.other_hangs_up = true;
    design.servers[0].keeps_dialogs = true;
    design.faults[0].kind = FaultKind::crash;
    CHECK(holds(design, "never zombie(line1, s1) for 61s"));
}

TEST_CASE("dialogs: a phone that restarts, or signals no more, leaves the other side alone") {
    Design design = cut_off(90 * kSecond);
    design.default_delay = sim::exactly(10);
    SECTION("restart") {
        design.faults = {restart(0, 0)};
        design.faults[0].at = {0, 100 * kSecond};
    }
    SECTION("silent") {
        design.phones[0].failover.dialogs = UnregisteredDialogs::silent;
    }
    CHECK(holds(design, "never zombie(line1, s1) for 60010ms"));
    CHECK_FALSE(holds(design, "never zombie(line1, s1) for 59s"));
}

TEST_CASE("dialogs: without a session timer it is Timer F where BYEs arrive, or no end") {
    Design design = cut_off(0);
    CHECK(properties::zombie_bound(design, {0, 0}, 1) == 33 * kSecond);
    CHECK_FALSE(holds(design, "never zombie(line1, s1) for 33s"));
    design.faults = {of_messages(FaultKind::loss, 2)};
    CHECK(holds(design, "never zombie(line1, s1) for 33s"));
}

TEST_CASE("dialogs: a call that lasts enlarges the slice where registrations count") {
    Design design = design_with(2);
    design.phones[0].calls.first = CallFirst::primary;
    dial_at(design, 0);
    design.calls[0].dialog.lasts = Interval{0, 1000};
    const auto parts = [&] {
        const auto property = properties::parse_property("never zombie(line1, s1)", design);
        return slice(design, properties::roots_of(property, design)).parts.size();
    };
    CHECK(parts() == 1);
    design.phones[0].failover.dialogs = UnregisteredDialogs::ended;
    CHECK(parts() == 3);
}

TEST_CASE("dialogs: properties are alike if calls last alike, whatever the names") {
    Design design = design_with(1);
    design.phones.push_back(design.phones[0]);
    design.phones[1].name = "other";
    design.phones[1].lines[0] = {"line2", "sip:1002@example.com", {}};
    dial_at(design, 1000);
    dial_at(design, 1000);
    design.calls[1].phone = 1;
    for (CallPlan& plan : design.calls) {
        plan.dialog = {sim::exactly(60 * kSecond), true, false, sim::exactly(kSecond)};
    }
    const auto alike = [](const Design& asked) {
        return key_of(asked, "never zombie(line1, s1) for 1m") ==
               key_of(asked, "never zombie(line2, s1) for 1m");
    };
    CHECK(alike(design));
    const auto differs = [&](auto change) {
        Design other = design;
        change(other);
        CHECK_FALSE(alike(other));
    };
    differs([](Design& other) { other.calls[1].dialog.lasts->latest += 1; });
    differs([](Design& other) { other.calls[1].dialog.mid_call.reset(); });
    differs([](Design& other) { other.calls[1].dialog.phone_hangs_up = false; });
    differs([](Design& other) { other.calls[1].dialog.other_hangs_up = true; });
    differs([](Design& other) { other.phones[1].calls.session_expires = 90 * kSecond; });
    differs([](Design& other) {
        other.phones[1].failover.dialogs = UnregisteredDialogs::ended;
    });
}

TEST_CASE("dialogs: drawn designs, sliced and reduced against whole and full") {
    CHECK(compare(4028, 6) > 20);
}

TEST_CASE("dialogs: many drawn designs, sliced and reduced against whole and full", "[.slow]") {
    CHECK(compare(3261, 40) > 150);
}

TEST_CASE("dialogs: what a design file may not say of them") {
    const json plan{{"phone", "phone"}, {"line", "line1"}};
    const auto with_key = [&plan](const char* key, const json& value, bool lasts = true) {
        json changed = plan;
        if (lasts) {
            changed["lasts"] = "1m";
        }
        changed[key] = value;
        return json::array({changed});
    };
    check_problem("/calls", with_key("count", 2), "or calls without \"lasts\"");
    check_problem("/calls", with_key("hangs_up", "nobody"), "one of \"phone\"");
    check_problem("/calls", with_key("hangs_up", "other", false),
                  "without \"lasts\" a call has no middle");
    check_problem("/calls", with_key("mid_call", "1m", false),
                  "without \"lasts\" a call has no middle");
    check_problem("/phones/0/failover", {{"dialogs", "lost"}}, "one of \"kept\"");
    check_problem("/phones/0/calls", {{"session_expires", "60s"}}, "at least 90s");
    check_problem("/servers/0/dialogs", "lost", "one of \"forgotten\"");
}

}  // namespace failback::tests::properties_dialog_test
