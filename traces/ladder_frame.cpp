#include "traces/ladder_frame.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "traces/clock_text.hpp"
#include "traces/observables.hpp"
#include "traces/picture_style.hpp"

namespace failback::traces {
namespace {

// The height of a step in the picture; hidden steps share one.
int step_y(const LadderLayout& layout, std::size_t step) {
    if (const LadderRow* row = layout.row_of(step)) {
        return row->y;
    }
    const bool is_after_end = layout.rows.empty() || step > layout.rows.back().step;
    return is_after_end ? layout.bottom : layout.gap_y;
}

struct Stretch {
    int from;
    int to;
    std::string value;
};

// The spans of a variable from top to bottom of the picture.
std::vector<Stretch> stretches(const Trace& trace, const LadderLayout& layout,
                               const std::string& variable) {
    std::vector<Stretch> result;
    for (const ValueSpan& span : spans_of(trace, variable)) {
        const int from = result.empty() ? layout.top : result.back().to;
        result.push_back({from, step_y(layout, span.last), span.value});
    }
    return result;
}

void draw_bands(Svg& svg, const Trace& trace, const LadderLayout& layout,
                const LadderColumn& column) {
    for (std::size_t nth = 0; nth < column.working.size(); ++nth) {
        const std::string& variable = column.working[nth];
        for (const Stretch& stretch : stretches(trace, layout, variable)) {
            if (stretch.from < stretch.to) {
                svg.begin(fmt::format("{} = {}", variable, stretch.value));
                svg.rectangle({band_x(column, nth) - 3, stretch.from, 6, stretch.to - stretch.from},
                              fill_of(trace, variable, stretch.value).fill);
                svg.end();
            }
        }
    }
}

// An outage beside a running server is a cut path; the two look alike and differ in the tooltip. A
// phone is off with each of its lines, of which one is enough.
std::vector<std::string> failures_of(const Trace& trace, std::size_t index) {
    const std::string& name = trace.participants[index].name;
    if (!is_phone(trace.participants[index])) {
        return {fmt::format("outage({})", name), fmt::format("up({})", name)};
    }
    for (const Variable& variable : trace.variables) {
        if (term_of(variable.name).function == "off" && owner_of(trace, variable.name) == index) {
            return {variable.name};
        }
    }
    return {};
}

void draw_failures(Svg& svg, const Trace& trace, const LadderLayout& layout, std::size_t index) {
    for (const std::string& variable : failures_of(trace, index)) {
        for (const Stretch& stretch : stretches(trace, layout, variable)) {
            if (is_failure(variable, stretch.value) && stretch.from < stretch.to) {
                svg.begin(fmt::format("{} = {}", variable, stretch.value));
                svg.rectangle(
                    {layout.columns[index].x - 6, stretch.from, 12, stretch.to - stretch.from},
                    kHatched, kBad);
                svg.end();
            }
        }
    }
}

// Two slanted strokes with nothing between them.
void draw_break(Svg& svg, int left, int right, int y) {
    constexpr int kRise = 3;
    constexpr int kHalf = 3;
    svg.polygon({{left, y + kRise - kHalf},
                 {right, y - kRise - kHalf},
                 {right, y - kRise + kHalf},
                 {left, y + kRise + kHalf}},
                kBackground);
    for (const int edge : {-kHalf, kHalf}) {
        svg.line({left, y + kRise + edge}, {right, y - kRise + edge}, {kFaint, 12, {}});
    }
}

}  // namespace

int band_x(const LadderColumn& column, std::size_t nth) {
    return column.x - 10 - 7 * static_cast<int>(nth);
}

int draw_legend(Svg& svg, int x, int y) {
    constexpr int kSample = 30;
    const auto label = [&](const char* text) {
        svg.text({x, y + 4}, text, {kFaint, kLabelSize});
        x += text_width(text, kLabelSize) + 20;
    };
    const auto arrow = [&](const char* text, const LineStyle& style) {
        svg.arrow({x, y}, {x + kSample, y}, style);
        x += kSample + 6;
        label(text);
    };
    arrow("request", {kInk, 18, {}});
    arrow("2xx", {kGood, 14, {}});
    arrow("4xx to 6xx", {kBad, 14, {}});
    arrow("retransmission", {kInk, 18, "5 3"});
    svg.line({x, y}, {x + 20, y}, {kInk, 14, {}});
    svg.cross({x + 24, y}, kBad);
    x += kSample + 6;
    label("lost, or dropped");
    svg.rectangle({x, y - 7, 12, 14}, kHatched, kBad);
    x += 18;
    label("out of order");
    svg.rectangle({x, y - 7, 6, 14}, "#0072b2");
    x += 12;
    label("working server, in its colour");
    draw_break(svg, x, x + 24, y);
    x += kSample;
    label("time not to scale");
    return y + kLine;
}

void draw_participants(Svg& svg, const Trace& trace, const LadderLayout& layout, int y) {
    for (std::size_t i = 0; i < trace.participants.size(); ++i) {
        const Participant& participant = trace.participants[i];
        const int half = text_width(participant.name, 13, true) / 2 + 14;
        const int width = 2 * std::max(half, text_width(participant.kind, kLabelSize) / 2 + 10);
        const int x = layout.columns[i].x;
        svg.rectangle({x - width / 2, y, width, kParticipantBox}, "#f5f7f9", "#9aa7b4", 4);
        svg.rectangle({x - width / 2, y, width, 5}, server_color(trace, i), "none", 2);
        svg.text({x, y + 19}, participant.name, {kInk, 13, Anchor::middle, true});
        svg.text({x, y + 33}, participant.kind, {kFaint, kLabelSize, Anchor::middle});
    }
}

void draw_lifelines(Svg& svg, const Trace& trace, const LadderLayout& layout) {
    for (std::size_t i = 0; i < layout.columns.size(); ++i) {
        const LadderColumn& column = layout.columns[i];
        svg.line({column.x, layout.top}, {column.x, layout.bottom}, {"#7b8894", 15, {}});
        draw_bands(svg, trace, layout, column);
        draw_failures(svg, trace, layout, i);
    }
}

void draw_breaks(Svg& svg, const Trace& trace, const LadderLayout& layout) {
    for (const LadderRow& row : layout.rows) {
        if (row.is_break) {
            for (const LadderColumn& column : layout.columns) {
                const std::size_t bands = column.working.size();
                const int left = bands == 0 ? column.x : band_x(column, bands - 1);
                draw_break(svg, left - 9, column.x + 9, row.y - row.pause / 2 - kLine / 2);
            }
        }
    }
    if (layout.hidden_after == 0) {
        return;
    }
    const std::size_t first = layout.rows[layout.hidden_after - 1].step + 1;
    const std::size_t last = layout.rows[layout.hidden_after].step - 1;
    const std::string text = fmt::format(
        "{} steps are left out here: {} to {}, from {} to {}", last - first + 1, first + 1,
        last + 1, clock_text(trace.steps[first].at), clock_text(trace.steps[last].at));
    svg.rectangle({0, layout.gap_y - 13, layout.width, 26}, "#eef1f4");
    svg.text({layout.width / 2, layout.gap_y + 4}, text, {kInk, 12, Anchor::middle});
}

}  // namespace failback::traces
