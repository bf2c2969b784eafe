// Faults that wait for events, in searches: slices, reductions and approximations of drawn designs
// agree; and what is said of them in files.
#include <catch2/catch.hpp>

#include "model/file/design_file.hpp"
#include "model/sip/scope_key.hpp"
#include "properties/alike.hpp"
#include "properties/awaited.hpp"
#include "tests/agreement.hpp"
#include "tests/awaited_fixture.hpp"
#include "tests/check_fixture.hpp"
#include "tests/design_fixture.hpp"
#include "tests/drawn_designs.hpp"
#include "tests/gateway_fixture.hpp"

namespace failback::tests::properties_awaited_test {
namespace {

using namespace failback::model;
using properties::Outcome;

constexpr DelayMs kSecond = 1000;

const char* const kQuestions[] = {
    "never working(line1) = none for 45s",
    "never fails(s1) until registers(line1, s1)",
    "never fails(s1) more than 1 times",
    "never registered(line1, s1) and not binding(s1, line1) for 3s",
    "whenever recovers(s1) then registered(line1, s1) within 65s unless fails(s1)",
    "never lapses(line1, s1) until fails(s1)",
    "never call_fails(line1)",
};

// Half of them of another server than that of the fault, if there is one.
AwaitedEvent drawn_event(const Design& design, Draw& draw) {
    const std::size_t last = design.servers.size() - 1;
    const std::size_t of = draw({std::size_t{0}, last});
    const int times = draw({1, 1, 2});
    if (!design.calls.empty() && draw({true, false})) {
        const char* const word = draw({"dials", "answered", "call_fails", "invites", "answers"});
        return awaited(word, of, times);
    }
    if (design.phones[0].subscription.to != SubscribeTo::nobody && draw({true, false})) {
        return awaited(draw({"subscribes", "notified", "subscription_ends"}), 0, times);
    }
    return awaited(draw({"registers", "requests", "accepts", "lapses", "unanswered", "refused",
                         "switches", "fails", "recovers"}),
                   of, times);
}

// One waits for an event of the phone or of a server, and strikes either server.
Design drawn_waiting(Draw& draw) {
    Design design = drawn_design(draw);
    if (draw({false, false, true})) {
        design.phones[0].subscription.to = SubscribeTo::primary;
        design.phones[0].subscription.expires = 120 * kSecond;
        design.phones[0].subscription.timer_n = 32 * kSecond;
    }
    Fault fault = crash(draw({std::size_t{0}, design.servers.size() - 1}), 0, 0);
    fault.kind = draw({FaultKind::crash, FaultKind::unreachable});
    fault.at = {0, draw({0, 1, 30}) * kSecond};
    fault.lasts = draw({Interval{60 * kSecond, 100 * kSecond}, {0, 20 * kSecond}});
    fault.after_event = drawn_event(design, draw);
    design.faults.push_back(fault);
    if (!is_of_messages(design.faults[0].kind) && draw({false, false, true})) {
        design.faults[0].after_event = drawn_event(design, draw);
    }
    return design;
}

bool asks_of_calls(const char* question) {
    return std::string_view(question).find("call") != std::string_view::npos;
}

int compare(std::uint64_t seed, int designs, std::uint64_t classes) {
    return over_drawn(seed, designs, drawn_waiting, kQuestions,
                      within_limits([&](const Design& design, const char* question) {
                          return asks_of_calls(question) && design.calls.empty()
                                     ? 0
                                     : agreeing(design, question, classes) +
                                           approximation_agrees(design, question, classes);
                      }));
}

// A gateway that watches a server, and calls that come in there.
Design drawn_gateway(Draw& draw) {
    Design design = watched(draw({InNormal::ignored, InNormal::refused, InNormal::served}));
    Survivability& rules = design.servers[1].survivability;
    rules.transport = Transport::tcp;
    rules.probe = 20 * kSecond;
    rules.timeout = 5 * kSecond;
    rules.enters_after = draw({1, 2});
    design.phones[0].expires = draw({120, 600}) * kSecond;
    if (draw({true, false})) {
        design.incoming.push_back({});
        design.incoming[0].at = {0, 100 * kSecond};
    }
    Fault first = crash(0, 0, 0);
    first.at = {0, draw({0, 100}) * kSecond};
    first.lasts = {60 * kSecond, 90 * kSecond};
    Fault second = crash(draw({std::size_t{0}, std::size_t{1}}), 0, 0);
    second.at = {0, draw({0, 10}) * kSecond};
    second.lasts = {0, draw({1, 60}) * kSecond};
    second.after_event =
        !design.incoming.empty() && draw({true, false})
            ? awaited(draw({"offers", "rings", "unavailable", "unheard"}), 0)
            : awaited(draw({"enters_emergency", "leaves_emergency", "probe_answered"}), 1,
                      draw({1, 1, 2}));
    design.faults = {first, second};
    return design;
}

int compare_gateways(std::uint64_t seed, int designs, std::uint64_t classes) {
    const auto questions = {"never registered(line1, s2)", "never fails(s1) more than 1 times",
                            "never fails(s2)",
                            "never emergency(s2) and registered(line1, s1) for 30s"};
    return over_drawn(seed, designs, drawn_gateway, questions,
                      within_limits([&](const Design& design, const char* question) {
                          return agreed(design, question, classes, {kWhole, kFull}).ways +
                                 approximation_agrees(design, question, classes);
                      }));
}

// Two phones at two servers of their own.
Design two_sites() {
    Design design = design_with(2);
    design.phones.push_back(design.phones[0]);
    design.phones[1].name = "other";
    design.phones[1].lines[0] = {"line2", "sip:1002@example.com", {}};
    design.phones[0].servers.pop_back();
    design.phones[1].servers.erase(design.phones[1].servers.begin());
    return design;
}

json with_fault(const char* after) {
    json fault = json::parse(R"({"name": "f", "kind": "crash", "server": "primary"})");
    fault["after"] = json::parse(after);
    return with("/faults", json::array({fault}));
}

}  // namespace

TEST_CASE("awaited: slices, reductions and approximations of drawn designs agree") {
    CHECK(compare(11, 4, 400) > 20);
}

TEST_CASE("awaited: gateways, and calls that come in") { CHECK(compare_gateways(2, 4, 400) > 6); }

TEST_CASE("awaited: the same on many more of those", "[.slow]") {
    CHECK(compare_gateways(20, 30, 3000) > 100);
}

TEST_CASE("awaited: the same on many more", "[.slow]") { CHECK(compare(200, 18, 2000) > 100); }

// Of a server with one outage that is the end of it, and its recovery.
TEST_CASE("awaited: the recovery from the only outage is as good as the end of that fault") {
    int compared = 0;
    Draw draw(21);
    sim::Limits limits;
    limits.max_classes = 1500;
    for (int number = 0; number < 12; ++number) {
        Design design = drawn_design(draw);
        design.faults = {crash(0, 0, 0), crash(design.servers.size() - 1, 0, 0)};
        design.faults[0].at = {0, draw({0, 1, 100}) * kSecond};
        design.faults[0].lasts = draw({Interval{60 * kSecond, 200 * kSecond}, {0, 20 * kSecond}});
        design.faults[1].at = {0, draw({0, 1, 30}) * kSecond};
        design.faults[1].lasts = {0, 20 * kSecond};
        Design by_name = design;
        by_name.faults[1].after = 0;
        design.faults[1].after_event = awaited("recovers", 0);
        if (design.servers.size() == 1) {
            continue;  // its own outage would be another one
        }
        for (const char* question : kQuestions) {
            CAPTURE(number, question);
            const Findings one = search(design, question, kUsual, false, limits);
            const Findings other = search(by_name, question, kUsual, false, limits);
            if (!asks_of_calls(question) && is_settled(one) && is_settled(other)) {
                CHECK(one == other);
                ++compared;
            }
        }
    }
    CHECK(compared > 5);
}

TEST_CASE("awaited: whose event it is belongs to the slice, and so do the faults of a server") {
    Design design = two_sites();
    design.faults = {crash(0, 0, 60 * kSecond), crash(1, 0, 60 * kSecond)};
    design.faults[1].at = {100 * kSecond, 200 * kSecond};
    design.faults[0].after_event = awaited("recovers", 1);
    const auto slice_for = [&](const char* says) {
        const auto property = properties::parse_property(says, design);
        return slice(design, properties::roots_of(property, design));
    };
    CHECK(slice_for("never registered(line1, s1)").servers.contains(1));
    CHECK(outcome_of(design, "never fails(s1)") == Outcome::violated);
    CHECK(outcome_of(design, "never fails(s1) until recovers(s2)") == Outcome::holds);
    design.faults[0].after_event = awaited("lapses", 0);
    design.faults[0].after_event->phone = 1;
    CHECK(slice_for("never registered(line1, s1)").parts.contains(
        {PartKind::registration, 1, 0, 0}));
    CHECK(outcome_of(design, "never fails(s1) until lapses(line2, s2)") == Outcome::holds);
    design.faults.pop_back();
    CHECK(outcome_of(design, "never fails(s1)") == Outcome::holds);
}

TEST_CASE("awaited: a server whose recovery is waited for stays where registrations are left out") {
    Design design = design_with(2);
    design.servers.push_back(design.servers[0]);
    design.servers[2].name = "s3";
    design.faults = {crash(0, 0, 60 * kSecond), crash(2, 0, 60 * kSecond)};
    design.faults[1].at = {100 * kSecond, 200 * kSecond};
    design.faults[0].after_event = awaited("recovers", 2);
    for (const char* question : {"never working(line1) = none for 45s", "never fails(s1)",
                                 "never registered(line1, s2) and working(line1) = s1"}) {
        CHECK(approximation_agrees(design, question, 5000) == 1);
    }
    CHECK(outcome_of(design, "never fails(s1)") == Outcome::violated);
}

TEST_CASE("awaited: the key of a scope has what is waited for") {
    Design design = design_with(2);
    dial_at(design, 0);
    design.faults = {crash(0, 0, 0), crash(1, 0, 0)};
    const auto key_of = [&](const AwaitedEvent& event) {
        design.faults[0].after_event = event;
        return ScopeKey(design, whole(design), {}).take();
    };
    std::set<ScopeKey::Values> keys;
    keys.insert(key_of(awaited("registers", 0)));
    keys.insert(key_of(awaited("registers", 1)));
    keys.insert(key_of(awaited("registers", 1, 2)));
    keys.insert(key_of(awaited("requests", 1)));
    keys.insert(key_of(awaited("answered")));
    keys.insert(key_of(awaited("recovers", 0)));
    keys.insert(key_of(awaited("recovers", 1)));
    CHECK(keys.size() == 7);
}

TEST_CASE("awaited: an event that never happens, or not so often, is found") {
    Design design = design_with(2);
    design.faults = {crash(0, 0, 60 * kSecond), crash(1, 0, 60 * kSecond)};
    const auto never = [&](const AwaitedEvent& event) {
        design.faults[1].after_event = event;
        const auto verdicts = properties::check_awaited(design, {});
        REQUIRE(verdicts.size() == 1);
        CHECK(verdicts[0].fault == 1);
        const auto says = properties::never_awaited(design, design.faults[1]);
        CHECK(verdicts[0].never == properties::check(design, says, {}).outcome);
        return verdicts[0].never;
    };
    CHECK(never(awaited("recovers", 0)) == Outcome::violated);
    CHECK(never(awaited("recovers", 0, 2)) == Outcome::holds);
    CHECK(never(awaited("recovers", 1)) == Outcome::holds);  // nothing else stops that server
    CHECK(never(awaited("registers", 1, 3)) == Outcome::violated);
    CHECK(never(awaited("refused", 1)) == Outcome::holds);
    CHECK(properties::to_text(properties::never_awaited(design, design.faults[1]), design) ==
          "never refused(line1, s2)");
    design.faults[1].after_event.reset();
    CHECK(properties::check_awaited(design, {}).empty());
}

TEST_CASE("awaited: the museum's verdicts depend on what is waited for") {
    json design = shipped("museum/updated-before-the-phones-were-back");
    const std::string says = properties::instances_of(read(design)).front().says;
    CHECK(outcome_of(read(design), says) == Outcome::violated);
    design["faults"][1]["after"] = json::parse(R"({"switches": "line1", "server": "primary",
                                                   "times": 2})");
    CHECK(outcome_of(read(design), says) == Outcome::holds);
}

TEST_CASE("design file: events that faults wait for", "[design]") {
    CHECK(read(with_fault(R"({"registers": "line1", "server": "primary"})"))
              .faults[0].after_event->times == 1);
    const Design design = read(with_fault(R"({"recovers": "gateway", "times": 3})"));
    CHECK(design.faults[0].after_event->server == 1);
    CHECK(design.faults[0].after_event->times == 3);
    CHECK(read(with_fault(R"({"accepts": "gateway", "line": "line1"})"))
              .faults[0].after_event->entry == 1);
    const auto complains = [](const char* after, const char* about) {
        CHECK_THAT(problems_of(with_fault(after)), Catch::Contains(about));
    };
    complains(R"({"recovers": "primary", "fails": "gateway"})", "a second event");
    complains(R"({"server": "primary"})", "an event, such as");
    complains(R"({"works": "line1"})", "a key of what a fault waits for");
    complains(R"({"requests": "line1"})", "no \"server\"");
    complains(R"({"accepts": "primary"})", "no \"line\"");
    complains(R"({"recovers": "primary", "line": "line1"})", "line");
    complains(R"({"recovers": "primary", "times": 11})", "11");
    complains(R"({"answered": "line1"})", "an event of the calls of line1, which there is not");
    complains(R"({"notified": "line1", "server": "primary"})",
              "an event of the subscription of line1 at primary, which there is not");
    complains(R"({"notified": "line1", "server": "primary", "event": "x"})", "the event package");
    complains(R"({"offers": "primary", "line": "line1"})", "which there are not");
    complains(R"({"enters_emergency": "gateway"})", "which watches no server");
}

// Its calls come in at the server behind the gateway, which passes them on.
TEST_CASE("awaited: calls that come in elsewhere are an error, and no fault that never strikes") {
    json written = json::parse(R"(
        {"format": 1, "name": "g", "servers": [{"name": "registrar"}, {"name": "gateway",
        "kind": "gateway", "watches": "registrar", "survivability": {"probe": "60s",
        "timeout": "4s", "transport": "tcp", "in_normal": "passed-on",
        "in_emergency": "ignored"}}], "phones": [{"name": "phone", "transport": "tcp",
        "expires": "120s", "refresh": {"rule": "fraction", "percent": 50}, "retry": "30s",
        "lines": [{"name": "line1", "aor": "sip:1001@e"}], "servers": ["gateway"]}],
        "delay": ["0ms", "100ms"], "incoming": [{"line": "line1", "server": "registrar",
        "phone": "phone"}], "faults": [{"name": "wan", "kind": "crash",
        "server": "registrar", "after": {"offers": "gateway", "line": "line1"}, "at": "1s",
        "lasts": ["10m", "2h"]}]})");
    CHECK(problems_of(written).find("calls that come in at \"gateway\", which there are not") !=
          std::string::npos);
    json& after = written["faults"][0]["after"];
    after["offers"] = "registrar";
    CHECK(outcome_of(read(written), "never fails(registrar)") == properties::Outcome::violated);
    after = {{"transferred", "line1"}};
    CHECK(problems_of(written).find("transferred") != std::string::npos);
}

}  // namespace failback::tests::properties_awaited_test
