// Moves, half-open connections and faults that wait for a phone, in searches; and their keys.
#include <catch2/catch.hpp>

#include "model/file/design_file.hpp"
#include "model/sip/scope_key.hpp"
#include "properties/alike.hpp"
#include "tests/agreement.hpp"
#include "tests/check_fixture.hpp"
#include "tests/design_fixture.hpp"
#include "tests/drawn_designs.hpp"

namespace failback::tests::properties_moves_test {
namespace {

using namespace failback::model;
using properties::Outcome;

constexpr DelayMs kSecond = 1000;

const char* const kQuestions[] = {
    "never working(line1) = none for 45s",
    "never registered(line1, s1) and not binding(s1, line1) for 3s",
    "never registered(line1, s1) and ghost(s1, line1) for 70s",
    "never inbound(line1, s1) and ghost(s1, line1)",
    "never lapses(line1, s1) until fails(s1)",
    "whenever accepts(s1, line1) then accepts(s1, line1) within 100s",
    "never registered(line1, s1) and reachable(line1, s1) and not inbound(line1, s1) for 50s",
    "never call_fails(line1)",
    "never fails(s1) until registers(line1, s1)",
};

void add_strike(Design& design, Draw& draw) {
    Fault fault;
    fault.name = "strike";
    fault.phone = 0;
    fault.at = draw({Interval{0, 2 * kSecond}, {20 * kSecond, 40 * kSecond}});
    fault.count = draw({1, 1, 2});
    Phone& phone = design.phones[0];
    if (draw({true, false})) {
        fault.kind = FaultKind::move;
        phone.after_move = {draw({true, true, false}), draw({true, false})};
    } else {
        fault.kind = FaultKind::half_open;
        fault.server = 0;
        fault.resets = draw({true, false, false});
        phone.transport = Transport::tcp;
        phone.flow.gives_up = draw({sim::exactly(20 * kSecond), Interval{100 * kSecond,
                                                                         120 * kSecond}});
        phone.flow.closes_unanswered = draw({true, false});
    }
    if (draw({true, false})) {
        phone.flow.keep_alive = {.method = draw({KeepAliveMethod::crlf, KeepAliveMethod::options}),
                                 .every = sim::exactly(40 * kSecond),
                                 .answered = phone.transport == Transport::tcp &&
                                             draw({true, false})};
    }
    design.faults.push_back(fault);
}

void let_wait(Design& design, Draw& draw) {
    for (Fault& fault : design.faults) {
        if (!is_of_messages(fault.kind) && draw({true, false, false})) {
            const std::size_t last = design.phones[0].servers.size() - 1;
            fault.after_event = {0, 0, draw({std::size_t{0}, last})};
        }
    }
}

Design drawn_with_strike(Draw& draw) {
    Design design = drawn_design(draw);
    add_strike(design, draw);
    let_wait(design, draw);
    return design;
}

int compare(std::uint64_t seed, int designs, std::uint64_t classes) {
    return over_drawn(seed, designs, drawn_with_strike, kQuestions,
                      within_limits([&](const Design& design, const char* question) {
                          return agreeing(design, question, classes) +
                                 approximation_agrees(design, question, classes);
                      }));
}

Design moving(AfterMove after) {
    Design design = design_with(1);
    design.default_delay = {0, kSecond};
    design.phones[0].expires = 120 * kSecond;
    design.phones[0].after_move = after;
    Fault fault;
    fault.name = "network";
    fault.kind = FaultKind::move;
    fault.phone = 0;
    design.faults.push_back(fault);
    return design;
}

json with_faults(const char* faults) {
    json design = with("/faults", json::parse(faults));
    design["phones"][0]["transport"] = "tcp";
    return design;
}

}  // namespace

TEST_CASE("moves: slices, reductions and approximations of drawn designs agree") {
    CHECK(compare(7, 5, 600) > 20);
}

TEST_CASE("moves: the same on many more", "[.slow]") { CHECK(compare(100, 25, 2000) > 300); }

TEST_CASE("moves: how long the old binding stays, exactly (PROPERTIES P09)") {
    CHECK(outcome_of_all(moving({}), "one-binding") == Outcome::violated);
    CHECK(outcome_of_all(moving({.replaces = true}), "one-binding") == Outcome::holds);
    const char* ghost = "never binding(s1, line1) and ghost(s1, line1) for ";
    // A REGISTER from the old address may arrive a second after the first one from the new.
    CHECK(outcome_of(moving({}), std::string(ghost) + "121s") == Outcome::holds);
    CHECK(outcome_of(moving({}), std::string(ghost) + "120s") == Outcome::violated);
    // Who waits for the refresh is not found until then.
    const char* lost = "never registered(line1, s1) and not binding(s1, line1) for ";
    CHECK(outcome_of(moving({}), std::string(lost) + "1s") == Outcome::holds);
    CHECK(outcome_of(moving({}), std::string(lost) + "999ms") == Outcome::violated);
    CHECK(outcome_of(moving({.registers_at_once = false}), std::string(lost) + "30s") ==
          Outcome::violated);
}

TEST_CASE("moves: a fault that waits for a line has that line in its slice") {
    Design design = design_with(2);
    design.phones.push_back(design.phones[0]);
    design.phones[1].name = "other";
    design.phones[1].lines[0] = {"line2", "sip:1002@example.com", {}};
    design.faults.push_back(crash(1, 0, 60 * kSecond));
    design.faults[0].after_event = {1, 0, 0};
    const auto slice_for = [&](const char* says) {
        const auto property = properties::parse_property(says, design);
        return slice(design, properties::roots_of(property, design));
    };
    const Part awaited{PartKind::registration, 1, 0, 0};
    CHECK(slice_for("never registered(line1, s2)").parts.contains(awaited));
    CHECK(slice_for("never fails(s2)").parts.contains(awaited));
    CHECK_FALSE(slice_for("never registered(line1, s1)").parts.contains(awaited));
    CHECK(outcome_of(design, "never fails(s2) until registers(line2, s1)") == Outcome::holds);
    CHECK(outcome_of(design, "never fails(s2)") == Outcome::violated);
}

TEST_CASE("moves: what the model of a scope reads of the new keys is in its key") {
    Design design = moving({});
    design.phones[0].transport = Transport::tcp;
    design.servers[0].authentication.of_register = true;
    design.faults.push_back(crash(0, 0, 0));
    design.faults.push_back(design.faults[0]);
    design.faults[1].kind = FaultKind::half_open;
    design.faults[1].phone = 0;
    design.faults[2].kind = FaultKind::realm;
    design.faults[2].server = 0;
    design.faults[2].phone.reset();
    design.faults[2].realm = "new";
    const auto key_of = [](const Design& each) { return ScopeKey(each, whole(each), {}).take(); };
    const auto before = key_of(design);
    const auto check_changed = [&](const auto& change) {
        Design other = design;
        change(other);
        CHECK(key_of(other) != before);
    };
    CHECK(key_of(design) == before);
    check_changed([](Design& each) { each.faults[1].resets = true; });
    check_changed([](Design& each) { each.phones[0].flow.gives_up.latest += 1; });
    check_changed([](Design& each) { each.phones[0].flow.closes_unanswered = true; });
    check_changed([](Design& each) { each.servers[0].authentication.forbids_wrong = true; });
    check_changed([](Design& each) { each.phones[0].after_move.replaces = true; });
    check_changed([](Design& each) { each.faults[1].after_event = {0, 0, 0}; });
    check_changed([](Design& each) {
        each.phones[0].credentials.accounts[0].realm = "";  // that of the server
    });
}

TEST_CASE("design file: moves, half-open connections and what faults wait for", "[design]") {
    const Design every = read_design(FAILBACK_SOURCE_DIR "/tests/data/every_key.json");
    CHECK_FALSE(every.phones[0].after_move.registers_at_once);
    CHECK(every.phones[0].after_move.replaces);
    CHECK(every.phones[0].flow.gives_up == sim::Interval{60 * kSecond, 900 * kSecond});
    CHECK(every.phones[0].flow.closes_unanswered);
    CHECK(every.servers[0].authentication.forbids_wrong);
    check_problem("/phones/0/connection", {{"unanswered", "closed"}},
                  "it belongs to \"transport\": \"tcp\"");
    check_problem("/phones/0/after_move", {{"registers", "never"}}, "one of");
    check_problem("/faults", json::parse(R"([{"name": "f", "kind": "move"}])"), "no \"phone\"");
    check_problem("/faults", json::parse(R"([{"name": "f", "kind": "move", "phone": "phone",
                  "lasts": "1s"}])"), "it happens at one instant");
    check_problem("/faults", json::parse(R"([{"name": "f", "kind": "move", "phone": "phone",
                  "count": 4}])"), "at most 3");
    check_problem("/faults", json::parse(R"([{"name": "f", "kind": "half-open", "phone": "phone",
                  "server": "primary"}])"), "a half-open connection over UDP");
    check_problem("/faults", json::parse(R"([{"name": "f", "kind": "crash", "server": "primary",
                  "answered_by": "reset"}])"), "it belongs to \"half-open\"");
    check_problem("/faults", json::parse(R"([{"name": "f", "kind": "crash", "server": "primary",
                  "after": {"registers": "line1"}}])"), "no \"server\"");
    check_problem("/faults", json::parse(R"([{"name": "f", "kind": "crash", "server": "primary",
                  "after": {"registers": "line9", "server": "primary"}}])"), "line9");
    json design = with_faults(R"([{"name": "f", "kind": "half-open", "phone": "phone",
                  "server": "primary", "after": {"registers": "line1", "server": "primary"}}])");
    CHECK(problems_of(design) == "none");
    CHECK(read(design).faults[0].after_event->entry == 0);
    design["phones"][0]["after_restart"] = {{"contact", "new"}};
    CHECK(problems_of(design) == "none");
    design["faults"][0] = json::parse(R"({"name": "f", "kind": "move", "phone": "phone"})");
    CHECK(problems_of(design).find("that moves") != std::string::npos);
}

}  // namespace failback::tests::properties_moves_test
