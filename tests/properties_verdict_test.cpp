// What a property means, step by step, and the four verdicts.
#include <catch2/catch.hpp>

#include "tests/check_fixture.hpp"

namespace failback::tests {
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
          Outcome::holds);
}

TEST_CASE("whenever P then never A: each P opens it again") {
    Design design = short_outage();
    design.faults[0].count = 2;
    CHECK(outcome(design, "whenever recovers(s1) then never fails(s1)") == Outcome::violated);
    CHECK(outcome(design, "whenever fails(s1) then never fails(s1) until recovers(s1)") ==
          Outcome::holds);
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

}  // namespace failback::tests
