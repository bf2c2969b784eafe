// Ladder pictures: texts that are clear of arrows and of the line that marks a violation.
#include <string>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "tests/golden.hpp"
#include "traces/ladder_labels.hpp"
#include "traces/ladder_layout.hpp"
#include "traces/ladder_view.hpp"

namespace failback::tests::ladder_test {
namespace {

using traces::Anchor;
using traces::LabelPlacer;
using traces::Trace;

constexpr int kWidth = 100;  // of a text

// The crash, violated by an event of the first participant with a long name.
Trace violated(const std::string& event) {
    Trace trace = read_trace("crash");
    trace.outcome = "violated";
    traces::Step last;
    last.at = trace.steps.back().at + 1000;
    last.kind = "deadline";
    last.participant = trace.participants.front().name;
    last.event = event;
    trace.steps.push_back(last);
    trace.choices.emplace_back();
    return trace;
}

}  // namespace

TEST_CASE("ladder: a text stands at the start of its arrow if nothing is in its way") {
    LabelPlacer placer;
    const LabelPlacer::Place right = placer.place(placer.add_arrow({10, 50}, {310, 70}), kWidth);
    CHECK(right.baseline.x == 16);
    CHECK(right.baseline.y == 46);
    CHECK(right.anchor == Anchor::start);
    const LabelPlacer::Place left = placer.place(placer.add_arrow({310, 150}, {10, 170}), kWidth);
    CHECK(left.baseline.x == 304);
    CHECK(left.baseline.y == 146);
    CHECK(left.anchor == Anchor::end);
}

TEST_CASE("ladder: a text moves along its arrow, away from other arrows and texts") {
    LabelPlacer placer;
    const auto arrow = placer.add_arrow({10, 50}, {310, 70});
    placer.add_arrow({200, 0}, {12, 60});  // through the start of the text
    const LabelPlacer::Place moved = placer.place(arrow, kWidth);
    CHECK(moved.baseline.x > 50);
    CHECK(moved.baseline.x <= 160);
    CHECK(moved.baseline.y > 46);  // still above its own arrow, which falls
    LabelPlacer texts;
    texts.add_text({10, 36, 20, 12});
    CHECK(texts.place(texts.add_arrow({10, 50}, {310, 70}), kWidth).baseline.x >= 30);
}

TEST_CASE("ladder: a text without a free place stays near the sender") {
    LabelPlacer placer;
    const auto arrow = placer.add_arrow({10, 50}, {60, 51});
    CHECK(placer.place(arrow, kWidth).baseline.x == 16);
    const auto steep = placer.add_arrow({10, 500}, {910, 510});
    placer.add_text({0, 480, 1000, 40});
    CHECK(placer.place(steep, kWidth).baseline.x <= 160);
}

TEST_CASE("ladder: the line of a violation strikes no text through") {
    const Trace trace = violated("deadline");
    const traces::LadderLayout layout = traces::layout_of(trace, traces::flights_of(trace), 100);
    const std::string svg = traces::as_ladder(trace);
    const auto at = svg.find("stroke=\"#c8371b\" stroke-width=\"2\"/>");
    REQUIRE(at != std::string::npos);
    const std::string line = svg.substr(svg.rfind("<line", at), 40);
    CHECK(line.find(fmt::format("x1=\"{}\"", layout.columns.front().x + 8)) != std::string::npos);
}

TEST_CASE("ladder: the notes take the room of their longest text") {
    const std::string event = "200 to REGISTER cseq 1 arrives at the phone in the lobby";
    const std::string svg = traces::as_ladder(violated(event));
    CHECK(svg.find(">violated: " + event + "</text>") != std::string::npos);
}

}  // namespace failback::tests::ladder_test
