// What a property means, step by step, and the four verdicts.
#include <catch2/catch.hpp>

#include "tests/check_fixture.hpp"

namespace failback::tests::properties_verdict_test {
namespace {

using namespace failback::properties;
using model::Design;

constexpr sim::DelayMs kHour = 3'600'000;

// Down from 10 s to 20 s; registered from 20 ms to the end.
Design short_outage() {
    Design design = design_with(1);
    design.faults.push_back(crash(0, 10'000, 10'000));
    return design;
}

Verdict verdict(const Design& design, const std::string& says, const CheckOptions& options = {}) {
    return check(design, parse_property(says, design), options);
}

Outcome outcome(const Design& design, const std::string& says) {
    return verdict(design, says).outcome;
}

Outcome of_outage(const std::string& says) { return outcome(short_outage(), says); }

}  // namespace

TEST_CASE("never A: violated by the first step with A, and by no other") {
    CHECK(of_outage("never fails(s1)") == Outcome::violated);
    CHECK(of_outage("never lapses(line1, s1)") == Outcome::holds);
    const Design design = short_outage();
    const Verdict found = verdict(design, "never not up(s1)");
    CHECK(found.outcome == Outcome::violated);
    CHECK(found.choices.back().at == 10'000);
    CHECK(executes(found));
}

TEST_CASE("never A until U: after U anything may happen, in the step of U itself A may not") {
    CHECK(of_outage("never not up(s1) until registers(line1, s1)") == Outcome::holds);
    CHECK(of_outage("never not up(s1) until recovers(s1)") == Outcome::violated);
    CHECK(of_outage("never recovers(s1) until fails(s1)") == Outcome::holds);
    CHECK(of_outage("never fails(s1) until fails(s1)") == Outcome::violated);
}

TEST_CASE("never A for D: D itself is allowed, a millisecond more is not") {
    CHECK(of_outage("never not up(s1) for 10s") == Outcome::holds);
    CHECK(of_outage("never not up(s1) for 9999ms") == Outcome::violated);
    const Design design = short_outage();
    const Verdict found = verdict(design, "never not up(s1) for 5s");
    CHECK(found.choices.back().at == 15'001);
    CHECK(executes(found));
}

TEST_CASE("never A for D until U: U ends it for good") {
    CHECK(of_outage("never not up(s1) for 5s until fails(s1)") == Outcome::holds);
    CHECK(of_outage("never not up(s1) for 5s until recovers(s1)") == Outcome::violated);
    CHECK(of_outage("never not up(s1) for 5s until registers(line1, s1)") == Outcome::holds);
    CHECK(of_outage("never registered(line1, s1) for 1s until registers(line1, s1)") ==
          Outcome::holds);
}

TEST_CASE("whenever P then never A: from the step after P on") {
    CHECK(of_outage("whenever fails(s1) then never up(s1)") == Outcome::violated);
    CHECK(of_outage("whenever recovers(s1) then never not up(s1)") == Outcome::holds);
    CHECK(of_outage("whenever fails(s1) then never fails(s1)") == Outcome::holds);
    CHECK(of_outage("whenever fails(s1) then never up(s1) until recovers(s1)") ==
          Outcome::violated);  // the step of U counts
    CHECK(of_outage("whenever recovers(s1) then never fails(s1) until up(s1)") ==
          Outcome::vacuous);  // which is so already
}

TEST_CASE("whenever P then never A: each P opens it again") {
    Design design = short_outage();
    design.faults[0].count = 2;
    CHECK(outcome(design, "whenever recovers(s1) then never fails(s1)") == Outcome::violated);
    CHECK(outcome(design, "whenever fails(s1) then never fails(s1) until recovers(s1)") ==
          Outcome::holds);
}

TEST_CASE("whenever P then never A before D: D itself is late enough") {
    // The outage begins at 10 s and ends at 20 s.
    CHECK(of_outage("whenever fails(s1) then never recovers(s1) before 10s") == Outcome::holds);
    CHECK(of_outage("whenever fails(s1) then never recovers(s1) before 10001ms") ==
          Outcome::violated);
    CHECK(of_outage("whenever fails(s1) then never fails(s1) before 1h") == Outcome::holds);
    CHECK(of_outage("whenever gives_up(line1, s1) then never up(s1) before 1s") ==
          Outcome::vacuous);
    const Design design = short_outage();
    const Verdict found = verdict(design, "whenever fails(s1) then never recovers(s1) before 1m");
    CHECK(found.choices.back().at == 20'000);
    CHECK(executes(found));
    CHECK(found.reason == "it happens at 20 s, before 60 s have passed");
}

TEST_CASE("whenever P then never A before D: the end comes too late for what is due then") {
    Design design = short_outage();
    design.phones[0].expires = 120'000;  // refreshed after a minute
    CHECK(outcome(design, "whenever registers(line1, s1) then never requests(line1, s1) before "
                          "1m") == Outcome::holds);
    design.phones[0].refresh.lead = 120'000;  // at once
    CHECK(outcome(design, "whenever registers(line1, s1) then never requests(line1, s1) before "
                          "1ms") == Outcome::violated);
}

TEST_CASE("whenever P then never A before D until U: U ends it, but for the next P") {
    CHECK(of_outage("whenever boots(line1, s1) then never recovers(s1) before 1m until "
                    "fails(s1)") == Outcome::holds);
    CHECK(of_outage("whenever boots(line1, s1) then never recovers(s1) before 1m until "
                    "recovers(s1)") == Outcome::violated);  // the step of U counts
    CHECK(of_outage("whenever fails(s1) then never recovers(s1) before 1m until up(s1)") ==
          Outcome::violated);
    Design design = short_outage();
    design.faults[0].count = 2;  // down from 10 s to 20 s, and from 30 s to 40 s
    CHECK(outcome(design, "whenever boots(line1, s1) or recovers(s1) then never fails(s1) before "
                          "10s until fails(s1)") == Outcome::holds);
    CHECK(outcome(design, "whenever boots(line1, s1) or recovers(s1) then never fails(s1) before "
                          "10001ms until fails(s1)") == Outcome::violated);
}

TEST_CASE("whenever P then never A: what lasts is seen behind the step with P") {
    // There is a step during the outage, Timer K, but only where nothing is left out.
    Design design = short_outage();
    design.faults[0] = crash(0, 4'000, 2'000);
    const char* const says =
        GENERATE("whenever fails(s1) then never not up(s1)",
                 "whenever fails(s1) then never not up(s1) before 1ms",
                 "whenever fails(s1) then never not up(s1) until recovers(s1)");
    for (const Way& way : {kUsual, kWhole, kFull, kSlowest}) {
        CAPTURE(says, way.name);
        CHECK(search(design, says, way).violated);
    }
    const Verdict found = verdict(design, says);
    CHECK(found.choices.back().at == 4'000);
    CHECK(executes(found));
    CHECK(outcome(design, "whenever up(s1) then never up(s1)") == Outcome::violated);
}

TEST_CASE("whenever P then never A until U: what lasts of U is seen behind the step with P") {
    Design design = short_outage();
    design.faults[0].count = 2;
    const char* const says = GENERATE(
        "whenever recovers(s1) then never fails(s1) until up(s1)",
        "whenever recovers(s1) then never fails(s1) before 1h until up(s1)");
    for (const Way& way : {kUsual, kWhole, kFull, kSlowest}) {
        CAPTURE(says, way.name);
        CHECK_FALSE(search(design, says, way).violated);
    }
}

TEST_CASE("whenever P then R within D: what lasts of P is owed from the step of R on") {
    // Registered for good from 20 ms on, granted again at 3540.04 s. Timers K and J are between.
    const Design design = design_with(1);
    const auto violated = [&](const std::string& within, const Way& way) {
        return search(design, "whenever registered(line1, s1) then registers(line1, s1) within " +
                                  within, way).violated;
    };
    for (const Way& way : {kUsual, kWhole, kFull, kSlowest}) {
        CAPTURE(way.name);
        CHECK_FALSE(violated("3540020ms", way));
        CHECK(violated("3540019ms", way));
    }
}

TEST_CASE("whenever P then R within D unless U: nothing is owed while U lasts") {
    // Down until 40 s. The attempt fails at 32 s; the next one comes 30 s later.
    Design design = design_with(1);
    design.faults.push_back(crash(0, 0, 40'000));
    const auto violated = [&](const std::string& within, const Way& way) {
        return search(design, "whenever not registered(line1, s1) then registered(line1, s1) "
                              "within " + within + " unless not up(s1)", way).violated;
    };
    for (const Way& way : {kUsual, kWhole, kFull, kSlowest}) {
        CAPTURE(way.name);
        CHECK_FALSE(violated("22020ms", way));
        CHECK(violated("22019ms", way));
    }
}

TEST_CASE("whenever P then never A before D: each P begins it anew") {
    // The phone boots at 0 s; the server fails at 10 s and recovers at 20 s.
    CHECK(of_outage("whenever boots(line1, s1) then never recovers(s1) before 15s") ==
          Outcome::holds);
    CHECK(of_outage("whenever boots(line1, s1) or fails(s1) then never recovers(s1) before "
                    "15s") == Outcome::violated);
}

TEST_CASE("requests, refused, unanswered: a new REGISTER, and how an attempt fails") {
    // Refreshed at 3540 s into an outage: given up at 3572 s, tried again 30 to 60 s later.
    Design design = short_outage();
    design.default_delay = {0, 0};
    design.faults[0] = crash(0, 3'500'000, kHour);
    const auto retried = [&](const char* pause) {
        return outcome(design, "whenever unanswered(line1, s1) then never requests(line1, s1) "
                               "before " + std::string(pause));
    };
    CHECK(retried("30s") == Outcome::holds);
    CHECK(retried("30001ms") == Outcome::violated);
    CHECK(outcome(design, "never requests(line1, s1) and not up(s1) until unanswered(line1, s1)") ==
          Outcome::violated);
    CHECK(outcome(design, "whenever requests(line1, s1) then never requests(line1, s1) until "
                          "unanswered(line1, s1) or registers(line1, s1)") == Outcome::holds);
    CHECK(outcome(design, "whenever boots(line1, s1) then never unanswered(line1, s1) before "
                          "3572s") == Outcome::holds);
    CHECK(outcome(design, "whenever boots(line1, s1) then never unanswered(line1, s1) before "
                          "3572001ms") == Outcome::violated);
    CHECK(outcome(design, "never refused(line1, s1)") == Outcome::holds);
    CHECK(outcome(design, "never unanswered(line1, s1)") == Outcome::violated);
}

TEST_CASE("refused: the registrar answers with an error") {
    // It forgets a request after 100 ms and refuses the copy, whose answer comes first or not.
    Design design = design_with(1);
    design.default_delay = {0, 1000};
    CHECK(outcome(design, "never refused(line1, s1)") == Outcome::holds);
    design.servers[0].timer_j = 100;
    CHECK(outcome(design, "never refused(line1, s1)") == Outcome::violated);
    CHECK(outcome(design, "whenever refused(line1, s1) then never requests(line1, s1) before "
                          "30s") == Outcome::holds);
}

TEST_CASE("whenever P then R within D: D itself is in time") {
    CHECK(of_outage("whenever fails(s1) then recovers(s1) within 10s") == Outcome::holds);
    CHECK(of_outage("whenever fails(s1) then recovers(s1) within 9999ms") == Outcome::violated);
    CHECK(of_outage("whenever fails(s1) then not up(s1) within 0s") == Outcome::holds);
    CHECK(of_outage("whenever fails(s1) then up(s1) within 0s") == Outcome::violated);
}

TEST_CASE("whenever P then R within D unless U: U cancels what is owed") {
    CHECK(of_outage("whenever boots(line1, s1) then not registered(line1, s1) within 15s") ==
          Outcome::holds);  // at once
    CHECK(of_outage("whenever boots(line1, s1) then recovers(s1) within 15s unless fails(s1)") ==
          Outcome::holds);
    CHECK(of_outage("whenever boots(line1, s1) then recovers(s1) within 15s") ==
          Outcome::violated);
}

TEST_CASE("whenever P then R within D: while something is owed, the first deadline counts") {
    // The phone registers once a minute, from 20 ms on, and gives up when the server fails.
    Design design = design_with(1);
    design.phones[0].expires = 120'000;
    design.phones[0].max_retries = 1;
    design.faults.push_back(crash(0, 400'000, kHour));
    CHECK(outcome(design, "whenever registers(line1, s1) then fails(s1) within 399980ms") ==
          Outcome::holds);
    CHECK(outcome(design, "whenever registers(line1, s1) then fails(s1) within 399979ms") ==
          Outcome::violated);
}

TEST_CASE("vacuous: the premise of a response can never happen") {
    CHECK(of_outage("whenever gives_up(line1, s1) then up(s1) within 1s") == Outcome::vacuous);
    CHECK(of_outage("whenever lapses(line1, s1) then never up(s1)") == Outcome::vacuous);
    CHECK(outcome(design_with(1), "whenever recovers(s1) then up(s1) within 1s") ==
          Outcome::vacuous);
    CHECK(outcome(design_with(1), "never recovers(s1)") == Outcome::holds);
    const Design design = design_with(1);
    const Verdict none = verdict(design, "whenever fails(s1) then up(s1) within 1s");
    CHECK(none.statistics.complete);
    CHECK(none.reason == "its premise never happens in this design");
    CHECK(none.choices.empty());
}

// What is released before it can be owed asks for nothing.
TEST_CASE("vacuous: each form whose premise never happens") {
    for (const std::string says : {
             "whenever gives_up(line1, s1) then up(s1) within 1s",
             "whenever gives_up(line1, s1) then up(s1) within 1s unless fails(s1)",
             "whenever gives_up(line1, s1) then up(s1) within 1s and stays",
             "whenever gives_up(line1, s1) then never up(s1)",
             "whenever gives_up(line1, s1) then never up(s1) until fails(s1)",
             "whenever gives_up(line1, s1) then never fails(s1) before 1s",
             "whenever gives_up(line1, s1) then always up(s1)",
             "whenever gives_up(line1, s1) then always up(s1) for 1s",
         }) {
        CAPTURE(says);
        const Verdict none = verdict(short_outage(), says);
        CHECK(none.outcome == Outcome::vacuous);
        CHECK(none.reason == "its premise never happens in this design");
        CHECK(none.choices.empty());
    }
}

TEST_CASE("vacuous: each form that is released before it asks for anything") {
    const std::string moot = "whenever its premise happens, it is released at once";
    const std::string over = "its \"until\" comes true before anything happens";
    for (const auto& [says, reason] : {
             std::pair{"whenever fails(s1) then up(s1) within 1s unless not up(s1)", moot},
             std::pair{"whenever fails(s1) then up(s1) within 1s and stays unless not up(s1)",
                       moot},
             std::pair{"whenever fails(s1) then never lapses(line1, s1) until not up(s1)", moot},
             std::pair{"whenever fails(s1) then never lapses(line1, s1) before 1s until not up(s1)",
                       moot},
             std::pair{"whenever fails(s1) then always not up(s1) until not up(s1)", moot},
             std::pair{"never gives_up(line1, s1) until up(s1)", over},
             std::pair{"always up(s1) until not registered(line1, s1)", over},
             std::pair{"never not up(s1) for 1s until up(s1)", over},
         }) {
        CAPTURE(says);
        const Verdict none = verdict(short_outage(), says);
        CHECK(none.reason == reason);
        CHECK(none.outcome == Outcome::vacuous);
        CHECK(none.statistics.complete);
    }
}

TEST_CASE("vacuous: a release that comes later leaves something to say") {
    for (const std::string says : {
             "whenever fails(s1) then recovers(s1) within 10s unless recovers(s1)",
             "whenever recovers(s1) then up(s1) within 0s unless fails(s1)",
             "never gives_up(line1, s1) until fails(s1)",
             "never gives_up(line1, s1) more than 1 times since up(s1)",
         }) {
        CAPTURE(says);
        CHECK(outcome(short_outage(), says) == Outcome::holds);
    }
}

TEST_CASE("vacuous: a measurement of what never happens, or never follows") {
    const Design design = short_outage();
    const auto measured = [&](const std::string& says) {
        return measure(design, parse_property(says, design)).outcome;
    };
    CHECK(measured("whenever gives_up(line1, s1) then up(s1) within 1h") == Outcome::vacuous);
    CHECK(measured("whenever fails(s1) then lapses(line1, s1) within 1h unless recovers(s1)") ==
          Outcome::vacuous);
}

TEST_CASE("undecided: a limit of the search is never a verdict") {
    Design design = short_outage();
    design.faults[0].at = sim::any_time();
    CheckOptions options;
    options.limits.max_classes = 5;
    const Verdict stopped = verdict(design, "never gives_up(line1, s1)", options);
    CHECK(stopped.outcome == Outcome::undecided);
    CHECK_FALSE(stopped.statistics.complete);
    CHECK_FALSE(stopped.reason.empty());
    const Measurement unmeasured = measure(
        design,
        parse_property("whenever recovers(s1) then registered(line1, s1) within 2h", design),
        options);
    CHECK(unmeasured.outcome == Outcome::undecided);
    CHECK_FALSE(unmeasured.most.has_value());
}

TEST_CASE("undecided: a design that the state has no room for") {
    Design design = design_with(1);
    design.phones[0].expires = 2000;  // refreshed at its half, 32 requests within Timer J
    design.servers[0].min_expires = 1000;
    const Verdict limited = verdict(design, "never lapses(line1, s1)");
    CHECK(limited.outcome == Outcome::undecided);
    CHECK(limited.reason.find("raise the retry wait") != std::string::npos);
    const Measurement unmeasured = measure(
        design, parse_property("whenever boots(line1, s1) then lapses(line1, s1) within 1h",
                               design));
    CHECK(unmeasured.outcome == Outcome::undecided);
}

TEST_CASE("a measurement knows both ends, and what has none") {
    Design design = short_outage();
    design.faults[0].lasts = {5'000, 8'000};
    const Measurement range = measure(
        design, parse_property("whenever fails(s1) then recovers(s1) within 1h", design));
    CHECK(range.outcome == Outcome::holds);
    REQUIRE(range.least);
    REQUIRE(range.most);
    CHECK(range.least->ms == 5'000);
    CHECK(range.most->ms == 8'000);
    design.faults[0].lasts = {5'000, sim::kNever};
    const Measurement endless = measure(
        design, parse_property("whenever fails(s1) then recovers(s1) within 1h", design));
    CHECK(endless.outcome == Outcome::violated);
    CHECK(endless.endless.back().at == 10'000 + kHour + 1);
}

TEST_CASE("a measurement looks at what lasts behind each step, whatever is left out") {
    const Design design = short_outage();
    for (const bool all : {false, true}) {
        CheckOptions options;
        options.slice = options.reduce = !all;
        const auto measured = [&](const char* says) {
            return measure(design, parse_property(says, design), options);
        };
        const Measurement over =
            measured("whenever registers(line1, s1) then not registers(line1, s1) within 1h");
        REQUIRE(over.most);
        CHECK(over.most->ms == 0);
        CHECK(measured("whenever fails(s1) then recovers(s1) within 1h unless "
                       "registered(line1, s1)")
                  .outcome == Outcome::vacuous);
    }
}

TEST_CASE("a response in the step of its premise takes no time") {
    const Design design = short_outage();
    const Measurement none = measure(
        design, parse_property("whenever fails(s1) then not up(s1) within 1h", design));
    REQUIRE(none.most);
    CHECK(none.least->ms == 0);
    CHECK(none.most->ms == 0);
}

TEST_CASE("atoms about what a design does not have are false") {
    Design design = short_outage();
    design.servers.push_back(design.servers[0]);
    design.servers[1].name = "s2";  // in no phone's list
    CHECK(outcome(design, "never registered(line1, s2)") == Outcome::holds);
    CHECK(outcome(design, "never working(line1) = s2") == Outcome::holds);
    CHECK(outcome(design, "never subscribed(line1, s1)") == Outcome::holds);
    CHECK(outcome(design, "never calling(line1) or dials(line1)") == Outcome::holds);
    design.phones[0].servers[0].registers = false;
    CHECK(outcome(design, "never registered(line1, s1)") == Outcome::holds);
}

}  // namespace failback::tests::properties_verdict_test
