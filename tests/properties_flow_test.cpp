// Properties about flows, counted events, and the slow twins of designs with NATs and keep-alives.
#include <catch2/catch.hpp>

#include "model/file/design_file.hpp"
#include "properties/catalogue.hpp"
#include "tests/check_fixture.hpp"
#include "tests/design_fixture.hpp"
#include "tests/drawn_designs.hpp"

namespace failback::tests::properties_flow_test {
namespace {

using namespace failback::model;
using namespace failback::properties;

constexpr DelayMs kSecond = 1000;

void draw_flow(Design& design, Draw& draw) {
    Phone& phone = design.phones[0];
    FlowRules& flow = phone.flow;
    flow.rto = draw({100, 5'000});
    if (phone.transport == Transport::udp && draw({true, true, false})) {
        flow.nat = draw({Interval{30 * kSecond, 30 * kSecond}, {20 * kSecond, 70 * kSecond},
                         {100, 100}});  // less than a round trip
    } else if (draw({true, false})) {
        design.links.push_back({0, 0, design.default_delay, design.default_delay, 25 * kSecond});
    }
    flow.keep_alive.method =
        draw({KeepAliveMethod::none, KeepAliveMethod::crlf, KeepAliveMethod::options,
              phone.transport == Transport::udp ? KeepAliveMethod::stun : KeepAliveMethod::crlf});
    flow.keep_alive.every =
        draw({Interval{24 * kSecond, 29 * kSecond}, {40 * kSecond, 40 * kSecond}});
    flow.keep_alive.answered = phone.transport == Transport::tcp;
    flow.keep_alive.max_lost = draw({1, 2});
    if (flow.nat && design.faults.empty()) {
        Fault fault;
        fault.name = "router";
        fault.kind = FaultKind::rebinding;
        fault.phone = 0;
        fault.at = {0, 100 * kSecond};
        design.faults.push_back(fault);
    }
}

Verdict verdict_on(const Design& design, const std::string& says) {
    return check(design, parse_property(says, design));
}

}  // namespace

TEST_CASE("flow: slices and reductions of drawn designs say the same as the whole") {
    const std::string properties[] = {
        "never lapses(line1, s1)", "never flow_fails(line1, s1)",
        "never registered(line1, s1) and reachable(line1, s1) and not inbound(line1, s1) for 45s"};
    Draw draw(5626);
    int compared = 0;
    for (int combination = 0; combination < 24; ++combination) {
        Design design = design_with(draw({1U, 1U, 2U}));
        Phone& phone = design.phones[0];
        design.default_delay = {0, draw({0, 100})};
        phone.expires = 60 * kSecond;
        phone.refresh.lead = draw({5, 20}) * kSecond;
        phone.timers.timer_f = 5 * kSecond;
        phone.transport = draw({Transport::udp, Transport::udp, Transport::tcp});
        phone.retry = sim::exactly(30 * kSecond);
        draw_fault(design, draw);
        draw_flow(design, draw);
        for (const std::string& says : properties) {
            CAPTURE(combination, says);
            sim::Limits limits;
            limits.max_classes = 4'000;
            const Findings usual = search(design, says, kUsual, false, limits);
            for (const Way& way : {kFull, kSlowest}) {
                const Findings other = search(design, says, way, false, limits);
                const bool settled = (usual.complete || usual.violated) &&
                                     (other.complete || other.violated);
                if (settled) {
                    CAPTURE(way.name);
                    CHECK(usual == other);
                    ++compared;
                }
            }
        }
    }
    CHECK(compared > 60);
}

TEST_CASE("flow: a violation of a drawn design is executed again") {
    Draw draw(4787);
    int executed = 0;
    for (int combination = 0; combination < 12; ++combination) {
        Design design = design_with(1);
        design.default_delay = {0, 100};
        design.phones[0].expires = 120 * kSecond;
        draw_fault(design, draw);
        draw_flow(design, draw);
        const Verdict verdict = verdict_on(
            design, "never registered(line1, s1) and not inbound(line1, s1) for 10s");
        CAPTURE(combination);
        if (verdict.outcome == Outcome::violated) {
            CHECK(executes(verdict));
            ++executed;
        }
    }
    CHECK(executed > 4);
}

// A keep-alive just before the mapping is lost; the next one tells: 29 s, a way there and back, and
// the way of the REGISTER.
TEST_CASE("flow: the worst inbound silence with STUN is worked out by hand") {
    Design design = design_with(1);
    design.default_delay = {0, 100};
    Phone& phone = design.phones[0];
    phone.expires = 300 * kSecond;
    phone.flow.nat = sim::exactly(60 * kSecond);
    phone.flow.keep_alive.method = KeepAliveMethod::stun;
    phone.flow.keep_alive.every = {24 * kSecond, 29 * kSecond};
    Fault fault;
    fault.name = "router";
    fault.kind = FaultKind::rebinding;
    fault.phone = 0;
    fault.at = {70 * kSecond, 90 * kSecond};
    design.faults.push_back(fault);
    const std::string says = "never registered(line1, s1) and not inbound(line1, s1) for ";
    CHECK(verdict_on(design, says + "29300ms").outcome == Outcome::holds);
    CHECK(verdict_on(design, says + "29299ms").outcome == Outcome::violated);
}

TEST_CASE("flow: what nobody asks costs nothing") {
    Design design = design_with(1);
    design.faults.push_back(crash(0, 0, 0));
    design.faults[0].at = sim::any_time();
    const Findings without = search(design, "never gives_up(line1, s1)", kUsual);
    design.phones[0].flow.nat = sim::exactly(30 * kSecond);
    design.phones[0].flow.keep_alive.method = KeepAliveMethod::crlf;
    design.phones[0].flow.keep_alive.every = sim::exactly(20 * kSecond);
    const Findings with = search(design, "never gives_up(line1, s1)", kUsual);
    CHECK(with.complete);
    CHECK(with.classes == without.classes);
}

TEST_CASE("language: events are counted") {
    Design design = design_with(1);
    design.phones[0].expires = 120 * kSecond;
    design.faults.push_back(crash(0, 100 * kSecond, 50 * kSecond));
    design.faults[0].count = 2;
    CHECK(verdict_on(design, "never recovers(s1) more than 2 times").outcome == Outcome::holds);
    const Verdict twice = verdict_on(design, "never recovers(s1) more than 1 times");
    CHECK(twice.outcome == Outcome::violated);
    CHECK(executes(twice));
    CHECK(twice.reason.starts_with("it happens more than 1 times, at "));
    CHECK(verdict_on(design, "never recovers(s1) more than 1 times since fails(s1)").outcome ==
          Outcome::holds);
    CHECK(verdict_on(design, "never recovers(s1) more than 0 times").outcome ==
          Outcome::violated);
    // In the step in which it is set back it was counted before.
    CHECK(verdict_on(design, "never recovers(s1) more than 0 times since recovers(s1)").outcome ==
          Outcome::violated);
    const std::string says = "never fails(s1) and up(s1) more than 3 times since recovers(s1)";
    CHECK(to_text(parse_property(says, design), design) == says);
}

TEST_CASE("language: what cannot be counted is refused") {
    const Design design = design_with(1);
    const auto problem = [&design](const std::string& text) {
        try {
            (void)parse_property(text, design);
        } catch (const LanguageError& error) {
            return std::to_string(error.column()) + ": " + error.found() + " | " +
                   error.expected();
        }
        return std::string("none");
    };
    CHECK(problem("never up(s1) more than 2 times") ==
          "24: \"more than 2 times\" | an event after 'never', which can be counted");
    CHECK(problem("never fails(s1) more than two times").find("a whole number from 0 to 200") !=
          std::string::npos);
    CHECK(problem("never fails(s1) more than 201 times").find("from 0 to 200") !=
          std::string::npos);
    CHECK(problem("never fails(s1) more than 2").find("'times'") != std::string::npos);
    CHECK(problem("never fails(s1) more 2 times").find("'than' and a number") !=
          std::string::npos);
}

TEST_CASE("design file: NATs, keep-alives and ageing", "[design]") {
    const Design every = read_design(FAILBACK_SOURCE_DIR "/tests/data/every_key.json");
    const FlowRules& flow = every.phones[0].flow;
    CHECK(flow.rto == 100);
    CHECK(flow.keep_alive.method == KeepAliveMethod::crlf);
    CHECK(flow.keep_alive.every == sim::Interval{95 * kSecond, 120 * kSecond});
    CHECK(flow.keep_alive.answered);
    CHECK(flow.keep_alive.answer_within == 5 * kSecond);
    CHECK(flow.keep_alive.max_lost == 3);
    CHECK(every.phones[1].flow.nat == sim::Interval{30 * kSecond, 300 * kSecond});
    CHECK(ageing_of(every, 0, 1) == 60 * kSecond);
    CHECK_FALSE(ageing_of(every, 0, 0));
    const char* keep = "/phones/0/keep_alive";
    const json stun{{"method", "stun"}, {"every", "25s"}};
    CHECK(read(with(keep, stun)).phones[0].flow.keep_alive.method == KeepAliveMethod::stun);
    CHECK(read(with("/phones/0/nat", {{"lifetime", "30s"}})).phones[0].flow.nat->latest ==
          30 * kSecond);
    check_problem(keep, {{"every", "25s"}}, "no \"method\" in the keep-alives of a phone");
    check_problem(keep, {{"method", "stun"}}, "no \"every\" in the keep-alives of a phone");
    check_problem(keep, {{"method", "none"}, {"every", "1s"}}, "the method is \"none\"");
    check_problem(keep, {{"method", "stun"}, {"every", "1s"}, {"answered", true}},
                  "it belongs to the method \"crlf\"");
    check_problem(keep, {{"method", "crlf"}, {"every", "1s"}, {"answered", true}},
                  "over UDP an empty message has no answer");
    check_problem(keep, {{"method", "crlf"}, {"every", "1s"}, {"max_lost", 2}},
                  "without answers none is missed");
    check_problem(keep, {{"method", "crlf"}, {"every", "0s"}}, "at least 1ms");
    check_problem("/phones/0/nat", json::object(), "how long a mapping lasts");
    check_problem("/phones/0/rto", "1s", "it belongs to \"transport\": \"tcp\"");
    json router{{"name", "router"}, {"kind", "rebinding"}, {"phone", "phone"}};
    check_problem("/faults", json::array({router}), "a phone that has no NAT before it");
    router["lasts"] = "1s";
    json behind = with("/phones/0/nat", {{"lifetime", "30s"}});
    behind["faults"] = json::array({router});
    CHECK(problems_of(behind).find("forgets its mappings at one instant") != std::string::npos);
    behind["faults"][0].erase("lasts");
    CHECK(problems_of(behind) == "none");
    behind["links"] = json::array(
        {{{"phone", "phone"}, {"server", "primary"}, {"ageing", "60s"}}});
    CHECK(problems_of(behind).find("a port that ages behind a NAT") != std::string::npos);
    behind.erase("links");
    behind["faults"][0]["count"] = 4;
    CHECK(problems_of(behind).find("from 1 to 3") != std::string::npos);
}

}  // namespace failback::tests::properties_flow_test
