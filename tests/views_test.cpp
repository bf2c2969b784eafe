#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "tests/golden.hpp"
#include "traces/clock_text.hpp"
#include "traces/fold.hpp"
#include "traces/ladder_layout.hpp"
#include "traces/ladder_view.hpp"
#include "traces/observables.hpp"
#include "traces/svg.hpp"
#include "traces/text_view.hpp"
#include "traces/time_axis.hpp"
#include "traces/timeline_view.hpp"

namespace failback::tests::views_test {
namespace {

using traces::Step;
using traces::Trace;

std::size_t occurrences(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
        ++count;
    }
    return count;
}

bool contains(const std::string& text, const std::string& part) {
    return occurrences(text, part) > 0;
}

// A phone that refreshes its registration every hour less a minute, four steps each time.
Trace refreshes(int cycles) {
    Trace trace;
    trace.outcome = "simulated";
    trace.participants = {{"phone", "phone"}, {"primary", "registrar"}};
    trace.variables = {{"working(line1)", "none"}, {"up(primary)", "yes"}};
    int id = 0;
    for (int i = 0; i < cycles; ++i) {
        const sim::TimeMs at = sim::TimeMs{3'540'000} * i;
        const auto step = [&](const std::string& who, const std::string& event, sim::TimeMs after) {
            Step& added = trace.steps.emplace_back();
            added = {at + after, "message", who, event, 0, false, {}, {}, {}, {}, {}, ""};
            trace.choices.emplace_back();
            return &added;
        };
        const std::string request = fmt::format("REGISTER cseq {}", i + 1);
        Step* timer = step("phone", "Refresh (line1 at primary)", 0);
        timer->kind = "timer";
        timer->sent = {{++id, "phone", "primary", request, true, false, ""}};
        Step* arrival = step("primary", request + " from phone", 20);
        arrival->delivers = id;
        arrival->sent = {{id + 1, "primary", "phone", "200 to " + request, false, false, ""}};
        step("phone", "200 to " + request, 40)->delivers = ++id;
    }
    return trace;
}

// Every start tag has its end, and nothing else stands open.
bool is_balanced(const std::string& svg) {
    for (const std::string tag : {"g", "title", "text", "svg", "pattern", "defs"}) {
        const std::size_t starts =
            occurrences(svg, "<" + tag + ">") + occurrences(svg, "<" + tag + " ");
        if (starts != occurrences(svg, "</" + tag + ">")) {
            return false;
        }
    }
    return true;
}

}  // namespace

TEST_CASE("views of a trace are as they were") {
    for (const std::string name : {"crash", "loss", "phones"}) {
        const Trace trace = read_trace(name);
        check_golden(name + ".txt", traces::as_text(trace));
        check_golden(name + ".ladder.svg", traces::as_ladder(trace));
        check_golden(name + ".timeline.svg", traces::as_timeline(trace));
    }
}

TEST_CASE("instants and spans are written exactly") {
    CHECK(traces::clock_text(0) == "0:00:00.000");
    CHECK(traces::clock_text(3'753'500) == "1:02:33.500");
    CHECK(traces::clock_text(-1) == "-0:00:00.001");
    CHECK(traces::short_clock_text(36'000'000) == "10:00:00");
    CHECK(traces::short_clock_text(1) == "0:00:00.001");
    CHECK(traces::span_text(20) == "20 ms");
    CHECK(traces::span_text(31'500) == "31.5 s");
    CHECK(traces::span_text(-500) == "-0.5 s");
    CHECK(traces::span_text(3'541'000) == "0:59:01");
    CHECK(traces::span_text(7'200'000) == "2 h");
}

TEST_CASE("cycles that are alike are folded, and only those") {
    CHECK(traces::folds_of(refreshes(3)).empty());
    Trace trace = refreshes(10);
    // The first step has no pause before it; all others are the pattern, from the second one on.
    const std::vector<traces::Fold> folds = traces::folds_of(trace);
    REQUIRE(folds.size() == 1);
    CHECK(folds[0].first == 4);
    CHECK(folds[0].length == 3);
    CHECK(folds[0].repeats == 8);
    CHECK(contains(traces::as_text(trace),
                   "... 8 times more the same 3 steps, every 3540 s: "
                   "steps 5 to 28, until 8:51:00.000; only cseq counts on"));
    // One millisecond less in one of them.
    trace.steps[16].at -= 1;
    CHECK(traces::folds_of(trace).front().repeats == 4);
    trace = refreshes(10);
    trace.steps[15].kind = "fault";
    CHECK(traces::folds_of(trace).front().repeats == 3);
}

TEST_CASE("a fold says that cseq counts on only where it does") {
    Trace trace = refreshes(10);
    CHECK(traces::folds_of(trace).front().counts);
    for (std::size_t i = 0; i < trace.steps.size(); ++i) {
        trace.steps[i].event = "REGISTER cseq 1";
        for (traces::Sent& sent : trace.steps[i].sent) {
            sent.label = "REGISTER cseq 1";
        }
    }
    REQUIRE(traces::folds_of(trace).size() == 1);
    CHECK_FALSE(traces::folds_of(trace).front().counts);
    CHECK_FALSE(contains(traces::as_text(trace), "cseq counts on"));
    CHECK(contains(traces::as_text(trace), "times more the same"));
}

TEST_CASE("the columns of the text are as wide as their widest instant and pause") {
    Trace trace = refreshes(3);
    trace.steps[3].at += 7523;  // "+0:59:07.483" is wider than most
    trace.steps[4].at += 7523;
    std::vector<std::size_t> columns;
    const std::string text = traces::as_text(trace);
    for (auto at = text.find("primary  REG"); at != std::string::npos;
         at = text.find("primary  REG", at + 1)) {
        columns.push_back(at - text.rfind('\n', at));
    }
    for (auto at = text.find("phone    "); at != std::string::npos;
         at = text.find("phone    ", at + 1)) {
        columns.push_back(at - text.rfind('\n', at));
    }
    REQUIRE(columns.size() == trace.steps.size());
    CHECK(std::ranges::count(columns, columns.front()) == 9);
}

TEST_CASE("a term is a function with arguments") {
    const traces::Term term = traces::term_of("registered(line1, primary)");
    CHECK(term.function == "registered");
    CHECK(term.arguments == std::vector<std::string>{"line1", "primary"});
    CHECK(traces::term_of("calls").arguments.empty());
    CHECK(traces::term_of("odd(").arguments == std::vector<std::string>{""});
}

TEST_CASE("a variable belongs to the phone that it names, or that changes it") {
    const Trace phones = read_trace("phones");
    CHECK(traces::owner_of(phones, "working(desk.line2)") == 0);
    CHECK(traces::owner_of(phones, "working(lobby.line1)") == 1);
    CHECK(traces::owner_of(phones, "working(unheard)") == 0);
    Trace renamed = phones;
    for (Step& step : renamed.steps) {
        for (traces::Change& change : step.changes) {
            change.variable =
                change.variable == "working(lobby.line1)" ? "working(l)" : change.variable;
        }
    }
    CHECK(traces::owner_of(renamed, "working(l)") == 1);
}

TEST_CASE("pictures escape what a trace says") {
    Trace trace = read_trace("loss");
    trace.property = "a<b & \"c\"\x01";
    for (Step& step : trace.steps) {
        step.event += " <b> & c";
    }
    for (const std::string& svg : {traces::as_ladder(trace), traces::as_timeline(trace)}) {
        CHECK(contains(svg, "a&lt;b &amp; &quot;c&quot; "));
        CHECK_FALSE(contains(svg, "<b>"));
        CHECK(is_balanced(svg));
    }
}

TEST_CASE("pictures of an empty trace and of one at a single instant") {
    Trace trace;
    CHECK(is_balanced(traces::as_ladder(trace)));
    CHECK(is_balanced(traces::as_timeline(trace)));
    CHECK(contains(traces::as_text(trace), "simulation"));
    trace = refreshes(1);
    for (Step& step : trace.steps) {
        step.at = 0;
    }
    CHECK(is_balanced(traces::as_ladder(trace)));
    CHECK(is_balanced(traces::as_timeline(trace)));
    CHECK(contains(traces::as_timeline(trace), ">yes</text>"));  // up(primary), as it ended
}

TEST_CASE("a timeline writes out every link of a chain") {
    Trace trace = refreshes(2);
    const std::string what =
        "the last transmission that still reached the dead server, 27.5 s into its transaction, "
        "and whatever else there may be to say about a link that leads back in time";
    trace.chain = {{what, -1'000'000}, {what, 3'500'000}};
    const std::string svg = traces::as_timeline(trace);
    for (const std::string word : {"transmission", "transaction,", "whatever", "leads", "time<"}) {
        CHECK(occurrences(svg, word) >= 4);  // in the text and in the tooltip of both
    }
    CHECK_FALSE(contains(svg, "…"));
}

TEST_CASE("a ladder of a long trace leaves out its middle") {
    const Trace trace = refreshes(200);
    REQUIRE(trace.steps.size() == 600);
    const std::string svg = traces::as_ladder(trace);
    CHECK(contains(svg, "360 steps are left out here: 41 to 400, "));
    CHECK(is_balanced(svg));
    CHECK_FALSE(contains(traces::as_ladder(refreshes(133)), "left out"));
}

TEST_CASE("rows of a ladder keep the order of time and room for every text") {
    for (const std::string name : {"crash", "loss", "phones"}) {
        const Trace trace = read_trace(name);
        const traces::LadderLayout layout =
            traces::layout_of(trace, traces::flights_of(trace), 100);
        REQUIRE(layout.rows.size() == trace.steps.size());
        for (std::size_t i = 1; i < layout.rows.size(); ++i) {
            const traces::LadderRow& before = layout.rows[i - 1];
            CHECK(layout.rows[i].y - before.y >= before.lines * traces::kLine);
        }
        CHECK(layout.bottom > layout.rows.back().y);
    }
}

TEST_CASE("texts are fitted and wrapped by whole characters and words") {
    CHECK(traces::fitted("short", 100, 12) == "short");
    const std::string fitted = traces::fitted("REGISTER für größere Geräte", 90, 12);
    CHECK(fitted.substr(fitted.size() - 3) == "…");
    CHECK(traces::text_width(fitted, 12) <= 90);
    const std::vector<std::string> lines = traces::wrapped("one two three four five six", 60, 12);
    CHECK(lines.size() > 1);
    for (const std::string& line : lines) {
        CHECK(traces::text_width(line, 12) <= 60);
    }
}

TEST_CASE("a time axis maps its ends exactly") {
    const traces::TimeAxis axis(1000, 3000, 100, 500);
    CHECK(axis.x_of(1000) == 100);
    CHECK(axis.x_of(2000) == 350);
    CHECK(axis.x_of(3000) == 600);
    CHECK(axis.x_of(-5) == 100);
    CHECK(axis.x_of(traces::kLatestInstant) == 600);
    const traces::TimeAxis whole(0, traces::kLatestInstant, 0, 1000);
    CHECK(whole.x_of(traces::kLatestInstant / 2) == 500);
}

}  // namespace failback::tests::views_test
