// Calls that last through gateways, in searches: against their slow twins, and bounds.
#include <catch2/catch.hpp>

#include "properties/bounds.hpp"
#include "properties/catalogue.hpp"
#include "tests/agreement.hpp"
#include "tests/drawn_relays.hpp"

namespace failback::tests::properties_relay_dialog_test {
namespace {

using namespace failback::model;
using properties::Outcome;

constexpr DelayMs kSecond = 1000;

const char* const kQuestions[] = {
    "never zombie(line1, s2) for 33s",
    "never zombie(line1, s2) for 61s",
    "never drops(line1, s2)",
    "never in_call(line1, s2) and emergency(s2)",
    "never in_call(line1, s2) for 100s",
    "never released(line1, s2)",
    "whenever hangs_up(line1, s2) then not dialog(s2, line1) within 33s",
};

Design drawn(Draw& draw) {
    Design design = drawn_relay(draw);
    Phone& phone = design.phones[0];
    phone.failover.dialogs = draw({UnregisteredDialogs::kept, UnregisteredDialogs::silent,
                                   UnregisteredDialogs::ended});
    phone.calls.session_expires = draw({0, 90}) * kSecond;
    design.servers[0].keeps_dialogs = draw({true, false});
    DialogPlan plan;
    plan.lasts = {draw({0, 20}) * kSecond, 80 * kSecond};
    plan.phone_hangs_up = draw({true, false});
    plan.other_hangs_up = !plan.phone_hangs_up || draw({true, false});
    if (draw({false, false, true})) {
        plan.mid_call = Interval{10 * kSecond, 30 * kSecond};
    }
    design.calls.clear();
    design.incoming.clear();
    if (entry_beyond(design, 0, 0) && draw({false, false, true})) {
        IncomingPlan incoming;
        incoming.at = sim::exactly(5 * kSecond);
        incoming.rings = sim::exactly(500);
        incoming.entry = *entry_beyond(design, 0, 0);
        incoming.is_beyond = true;
        incoming.dialog = plan;
        design.incoming.push_back(incoming);
    } else {
        dial_at(design, 1000);
        design.calls[0].callee.rings = draw({true, false});
        design.calls[0].dialog = plan;
    }
    return design;
}

// A call of up to 80 s, while the link behind the gateway may be cut.
Design cut_off(DelayMs session) {
    Design design = relayed();
    design.default_delay = {0, 100};
    design.phones[0].calls.session_expires = session;
    design.phones[0].transport = rules_of(design).transport = Transport::tcp;
    dial_at(design, 5 * kSecond);
    design.calls[0].dialog.lasts = Interval{0, 80 * kSecond};
    design.faults = {centre_cut(0, 300 * kSecond)};
    design.faults[0].at = {0, 300 * kSecond};
    rules_of(design).timeout = 4 * kSecond;
    return design;
}

bool holds(const Design& design, const std::string& says) {
    return properties::check(design, properties::parse_property(says, design)).outcome ==
           Outcome::holds;
}

}  // namespace

TEST_CASE("relay dialogs: drawn designs, sliced and reduced against whole and full") {
    CHECK(as_the_slowest(23, 6, drawn, kQuestions, 1000) > 2);
}

TEST_CASE("relay dialogs: many drawn designs, sliced and reduced against whole and full",
          "[.slow]") {
    CHECK(as_the_slowest(231, 12, drawn, kQuestions, 6000) > 15);
}

TEST_CASE("relay dialogs: with a session timer no end is alone for longer than the bound") {
    const Design design = cut_off(90 * kSecond);
    CHECK(properties::zombie_bound(design, {0, 0}, 1) == 60 * kSecond + 200);
    CHECK(holds(design, "never zombie(line1, s2) for 60200ms"));
    CHECK_FALSE(holds(design, "never zombie(line1, s2) for 59s"));
}

TEST_CASE("relay dialogs: what the catalogue asks of them holds") {
    Design design = cut_off(90 * kSecond);
    design.all_properties = true;
    std::vector<std::string> names;
    for (const auto& instance : properties::instances_of(design)) {
        const bool is_of_dialogs = instance.name.starts_with("no-zombie") ||
                                   instance.name.starts_with("calls-survive");
        if (is_of_dialogs) {
            names.push_back(instance.name);
            CAPTURE(instance.name, instance.says);
            CHECK(properties::check(design, instance.property).outcome == Outcome::holds);
        }
    }
    CHECK(names.size() == 2);
}

}  // namespace failback::tests::properties_relay_dialog_test
