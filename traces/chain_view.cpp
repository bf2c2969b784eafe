#include "traces/chain_view.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "traces/clock_text.hpp"
#include "traces/picture_style.hpp"

namespace failback::traces {
namespace {

constexpr int kRow = 22;
constexpr int kSize = 12;
constexpr int kTextLine = 15;
constexpr int kTextGap = 8;  // between a bracket and its text

sim::TimeMs sum_of(const Trace& trace) {
    sim::TimeMs sum = 0;
    for (const ChainLink& link : trace.chain) {
        sum += link.ms;
    }
    return sum;
}

// Its text stands on the side where there is more room, in as many lines as that takes.
struct Bracket {
    int from;
    int to;
    int y;
    std::string text;
    bool is_sum;
    bool is_left;
    std::vector<std::string> lines;

    [[nodiscard]] int low() const { return std::min(from, to); }
    [[nodiscard]] int high() const { return std::max(from, to); }
    [[nodiscard]] int bottom() const {
        return y + kRow + (static_cast<int>(lines.size()) - 1) * kTextLine;
    }
};

Bracket bracket_of(const TimeAxis& axis, sim::TimeMs from, sim::TimeMs to, int y,
                   const std::string& text) {
    Bracket bracket{axis.x_of(from), axis.x_of(to), y, text, false, false, {}};
    constexpr int kLeftEdge = 16;  // the names of the variables leave some room on the left
    const int left_room = bracket.low() - kLeftEdge - kTextGap;
    const int right_room = axis.right() - bracket.high() - kTextGap;
    bracket.is_left = left_room > right_room;
    bracket.lines = wrapped(text, std::max(left_room, right_room), kSize);
    return bracket;
}

void draw_bracket(Svg& svg, const Bracket& bracket) {
    const std::string_view color = bracket.is_sum ? kInk : "#0072b2";
    const LineStyle style{color, bracket.is_sum ? 25 : 20, {}};
    svg.begin(bracket.text);
    svg.line({bracket.from, bracket.y}, {bracket.to, bracket.y}, style);
    for (const int x : {bracket.low(), bracket.high()}) {
        svg.line({x, bracket.y - 5}, {x, bracket.y + 5}, style);
    }
    const int x = bracket.is_left ? bracket.low() - kTextGap : bracket.high() + kTextGap;
    int y = bracket.y + 4;
    for (const std::string& line : bracket.lines) {
        const Anchor anchor = bracket.is_left ? Anchor::end : Anchor::start;
        svg.text({x, y}, line, {kInk, kSize, anchor, bracket.is_sum, true});
        y += kTextLine;
    }
    svg.end();
}

}  // namespace

sim::TimeMs chain_start(const Trace& trace) {
    const sim::TimeMs end = trace.steps.empty() ? 0 : trace.steps.back().at;
    return std::max<sim::TimeMs>(end - sum_of(trace), 0);
}

sim::TimeMs chain_earliest(const Trace& trace) {
    sim::TimeMs at = chain_start(trace);
    sim::TimeMs earliest = at;
    for (const ChainLink& link : trace.chain) {
        at += link.ms;
        earliest = std::min(earliest, at);
    }
    return std::max<sim::TimeMs>(earliest, 0);
}

int draw_chain(Svg& svg, const Trace& trace, const TimeAxis& axis, int y) {
    const sim::TimeMs start = chain_start(trace);
    const int top = y;
    const LineStyle lead{"#9aa7b4", 10, "2 3"};
    std::vector<Bracket> brackets;
    sim::TimeMs at = start;
    for (const ChainLink& link : trace.chain) {
        const std::string text = span_text(link.ms) + ": " + link.what;
        brackets.push_back(bracket_of(axis, at, at + link.ms, y, text));
        at += link.ms;
        y = brackets.back().bottom();
        svg.line({axis.x_of(at), brackets.back().y}, {axis.x_of(at), y}, lead);
    }
    svg.line({axis.x_of(start), top}, {axis.x_of(start), y}, lead);
    const sim::TimeMs sum = sum_of(trace);
    const std::string text = fmt::format("= {} ({} ms)", span_text(sum), sum);
    brackets.push_back(bracket_of(axis, start, at, y, text));
    brackets.back().is_sum = true;
    for (const Bracket& bracket : brackets) {
        draw_bracket(svg, bracket);
    }
    return brackets.back().bottom();
}

}  // namespace failback::traces
