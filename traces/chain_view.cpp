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

sim::TimeMs sum_of(const Trace& trace) {
    sim::TimeMs sum = 0;
    for (const ChainLink& link : trace.chain) {
        sum += link.ms;
    }
    return sum;
}

struct Bracket {
    int from;
    int to;
    int y;
    std::string text;
    bool is_sum;
};

void draw_bracket(Svg& svg, const TimeAxis& axis, const Bracket& bracket) {
    const int low = std::min(bracket.from, bracket.to);
    const int high = std::max(bracket.from, bracket.to);
    const std::string_view color = bracket.is_sum ? kInk : "#0072b2";
    const LineStyle style{color, bracket.is_sum ? 25 : 20, {}};
    svg.begin(bracket.text);
    svg.line({bracket.from, bracket.y}, {bracket.to, bracket.y}, style);
    for (const int x : {low, high}) {
        svg.line({x, bracket.y - 5}, {x, bracket.y + 5}, style);
    }
    // On the side where there is more room; the names of the variables leave some on the left.
    constexpr int kLeftEdge = 16;
    const int left_room = low - kLeftEdge - 8;
    const int right_room = axis.right() - high - 8;
    const bool is_left = left_room > right_room;
    svg.text({is_left ? low - 8 : high + 8, bracket.y + 4},
             fitted(bracket.text, std::max(left_room, right_room), kSize, bracket.is_sum),
             {kInk, kSize, is_left ? Anchor::end : Anchor::start, bracket.is_sum, true});
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
    const int bottom = y + kRow * static_cast<int>(trace.chain.size());
    const LineStyle lead{"#9aa7b4", 10, "2 3"};
    std::vector<Bracket> brackets;
    svg.line({axis.x_of(start), y}, {axis.x_of(start), bottom}, lead);
    sim::TimeMs at = start;
    for (const ChainLink& link : trace.chain) {
        const int x = axis.x_of(at);
        at += link.ms;
        brackets.push_back({x, axis.x_of(at), y, span_text(link.ms) + ": " + link.what, false});
        svg.line({axis.x_of(at), y}, {axis.x_of(at), y + kRow}, lead);
        y += kRow;
    }
    const sim::TimeMs sum = sum_of(trace);
    const std::string text = fmt::format("= {} ({} ms)", span_text(sum), sum);
    brackets.push_back({axis.x_of(start), axis.x_of(at), bottom, text, true});
    for (const Bracket& bracket : brackets) {
        draw_bracket(svg, axis, bracket);
    }
    return bottom + kRow;
}

}  // namespace failback::traces
