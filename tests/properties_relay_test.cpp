// Gateways that pass requests on: bounds from both sides, and searches against their slow twins.
#include <catch2/catch.hpp>

#include "properties/bounds.hpp"
#include "properties/catalogue.hpp"
#include "tests/agreement.hpp"
#include "tests/check_fixture.hpp"
#include "tests/drawn_designs.hpp"
#include "tests/relay_fixture.hpp"

namespace failback::tests::properties_relay_test {
namespace {

using namespace failback::model;
using properties::Outcome;

constexpr DelayMs kSecond = 1000;

// Probes over TCP every 30 s, and an outage of the server behind the gateway in which it forgets.
Design with_outage() {
    Design design = relayed();
    design.default_delay = {0, 100};
    design.phones[0].transport = rules_of(design).transport = Transport::tcp;
    design.phones[0].expires = 600 * kSecond;
    design.phones[0].retry = sim::exactly(10 * kSecond);
    design.servers[1].max_expires = 120 * kSecond;
    rules_of(design).probe = rules_of(design).probe_in_emergency = 30 * kSecond;
    rules_of(design).timeout = 4 * kSecond;
    design.faults.push_back(crash(0, 0, 0));
    design.faults[0].keeps_bindings = false;
    design.faults[0].at = {0, 600 * kSecond};
    design.faults[0].lasts = {10 * kSecond, 600 * kSecond};
    return design;
}

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

Design drawn_relay(Draw& draw) {
    Design design = drawn_design(draw);
    while (design.servers.size() < 2) {
        design.servers.push_back(design.servers[0]);
        design.servers[1].name = "s2";
    }
    for (Server& server : design.servers) {
        server.authentication = {};
        server.repeat_window = 0;
        server.capacity = server.contacts_per_aor = {};
    }
    for (Phone& phone : design.phones) {
        phone.wipe_at_boot = false;
        phone.subscription.to = SubscribeTo::nobody;
        const bool lists = std::ranges::any_of(
            phone.servers, [](const ServerEntry& entry) { return entry.server == 1; });
        if (!lists || draw({false, true})) {
            phone.servers = {{1, true, {}, {}}};
        }
    }
    design.incoming.clear();
    design.seizures.clear();
    for (CallPlan& plan : design.calls) {
        plan.dialog = {};
    }
    design.servers[1].kind = ServerKind::gateway;
    design.servers[1].watches = 0;
    design.servers[1].max_expires = draw({60, 3600}) * kSecond;
    design.servers[1].min_expires =
        std::min(design.servers[1].min_expires, design.servers[1].max_expires);
    Survivability& rules = design.servers[1].survivability;
    rules.in_normal = InNormal::passed_on;
    rules.in_emergency = draw({InNormal::served, InNormal::served, InNormal::refused,
                               InNormal::ignored});
    rules.delay = draw({Interval{0, 0}, {0, 100}, {10, 10}});
    rules.transport = draw({Transport::tcp, Transport::tcp, Transport::udp});
    rules.probe = rules.probe_in_emergency = draw({20, 60}) * kSecond;
    rules.timeout = draw({5, 32}) * kSecond;
    rules.unanswered = draw({Status::none, Status::none, Status::server_error_500});
    rules.gives_up_after = draw({5, 32}) * kSecond;
    rules.drops_at_exit = draw({false, false, true});
    if (rules.in_emergency == InNormal::served && !rules.drops_at_exit && draw({false, true})) {
        rules.re_registers = draw({1, 10}) * kSecond;
    }
    if (!design.faults.empty() && design.faults[0].server) {
        design.faults[0].server = draw({std::size_t{0}, std::size_t{0}, std::size_t{1}});
        if (design.faults[0].kind == FaultKind::unreachable && design.faults[0].server == 0U &&
            draw({false, true})) {
            design.faults[0].phone.reset();
            design.faults[0].gateway = 1;
        }
    }
    if (draw({false, false, true}) && entry_beyond(design, 0, 0)) {
        IncomingPlan plan;
        plan.entry = *entry_beyond(design, 0, 0);
        plan.is_beyond = true;
        design.incoming.push_back(plan);
    }
    return design;
}

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
    Design design = with_outage();
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
    Design design = with_outage();
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
    Design design = with_outage();
    CHECK(properties::granted_lifetime(design, {0, 0}) == 600 * kSecond);
    CHECK(properties::least_lifetime(design, {0, 0}) == 120 * kSecond);
    rules_of(design).in_emergency = InNormal::refused;
    CHECK(properties::least_lifetime(design, {0, 0}) == 600 * kSecond);
}

TEST_CASE("relays: what the catalogue asks of them holds, and what is for others it does not ask") {
    Design design = with_outage();
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
