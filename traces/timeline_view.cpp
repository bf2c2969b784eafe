#include "traces/timeline_view.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "traces/chain_view.hpp"
#include "traces/clock_text.hpp"
#include "traces/flight.hpp"
#include "traces/marker_levels.hpp"
#include "traces/observables.hpp"
#include "traces/picture_style.hpp"
#include "traces/svg.hpp"
#include "traces/time_axis.hpp"

namespace failback::traces {
namespace {

constexpr int kMargin = 16;
constexpr int kPlot = 1000;  // width of the time axis
constexpr int kLabelSize = 11;
constexpr int kAxisHeight = 26;
constexpr int kLevelHeight = 16;

// How a panel draws the bands.
struct BandStyle {
    int height;
    int pitch;
    int size;    // of its texts
    bool texts;  // the values stand in the blocks
};

constexpr BandStyle kSlim{8, 13, 10, false};
constexpr BandStyle kFull{22, 28, 12, true};

struct Marker {
    sim::TimeMs at;
    std::string text;
    std::string_view color;
};

class TimelineDrawing {
public:
    explicit TimelineDrawing(const Trace& trace)
        : trace_(trace),
          flights_(flights_of(trace)),
          last_(trace.steps.empty() ? 0 : trace.steps.back().at),
          end_(std::max<sim::TimeMs>(last_, 1)) {
        for (const Variable& variable : trace.variables) {
            label_width_ = std::max(label_width_, text_width(variable.name, kFull.size));
        }
        label_width_ = std::clamp(label_width_, 70, 280);
        find_markers();
    }

    std::string picture() && {
        int y = draw_heading(svg_, trace_, kMargin, left() + kPlot - kMargin);
        const sim::TimeMs from = zoom_start();
        if (from > 0) {
            y = overview(y, from);
        }
        y = detail(y, {from, end_, left(), kPlot});
        return svg_.picture(left() + kPlot + 3 * kMargin, y + kMargin, picture_title(trace_));
    }

private:
    int left() const { return kMargin + label_width_ + 10; }

    void find_markers() {
        for (const Step& step : trace_.steps) {
            if (step.kind == "fault") {
                markers_.push_back({step.at, step.event, is_recovery(step) ? kGood : kBad});
            } else if (step.kind == "user") {
                markers_.push_back({step.at, step.event, kInk});
            }
        }
        if (trace_.outcome == "violated") {
            markers_.push_back({last_, "violated", kBad});
        }
    }

    // Where the interesting part begins; 0 if it is better seen as a whole.
    sim::TimeMs zoom_start() const {
        const auto fault = first_of_kind(trace_, "fault");
        if (!fault) {
            return 0;
        }
        const sim::TimeMs strikes = trace_.steps[*fault].at;
        const sim::TimeMs lead = std::max<sim::TimeMs>((end_ - strikes) / 12, 1);
        sim::TimeMs start = strikes - lead;
        if (!trace_.chain.empty()) {
            start = std::min(start, chain_earliest(trace_));
        }
        return start > end_ * 2 / 5 ? start : 0;
    }

    sim::TimeMs instant(const ValueSpan& span, bool is_end) const {
        const std::size_t step = is_end ? span.last : span.first;
        return step < trace_.steps.size() ? trace_.steps[step].at : end_;
    }

    // A band for each variable. Returns the y below the last one.
    int bands(const TimeAxis& axis, int y, const BandStyle& style) {
        for (const Variable& variable : trace_.variables) {
            svg_.text({axis.left() - 10, y + style.height / 2 + style.size / 3},
                      fitted(variable.name, label_width_, style.size),
                      {kInk, style.size, Anchor::end});
            const std::vector<ValueSpan> spans = spans_of(trace_, variable.name);
            for (std::size_t i = 0; i < spans.size(); ++i) {
                const sim::TimeMs from = i == 0 ? 0 : instant(spans[i], false);
                block(axis, y, style,
                      {variable.name, spans[i].value, from, instant(spans[i], true)});
            }
            y += style.pitch;
        }
        return y;
    }

    struct ValueText {
        Point baseline;
        std::string value;
        TextStyle style;
    };

    struct Block {
        const std::string& variable;
        const std::string& value;
        sim::TimeMs from;
        sim::TimeMs to;
    };

    void block(const TimeAxis& axis, int y, const BandStyle& style, const Block& block) {
        if (block.from == block.to || !(axis.shows(block.to) || axis.shows(block.from))) {
            return;
        }
        const int x = axis.x_of(block.from);
        const int width = std::max(axis.x_of(block.to) - x, 1);
        const Fill fill = fill_of(trace_, block.variable, block.value);
        svg_.begin(fmt::format("{} = {}\n{} to {} ({})", block.variable, block.value,
                               clock_text(block.from), clock_text(block.to),
                               span_text(block.to - block.from)));
        svg_.rectangle({x, y, width, style.height}, fill.fill);
        if (style.texts && width >= 12) {
            svg_.line({x, y}, {x, y + style.height}, {kBackground, 10, {}});
        }
        svg_.end();
        if (style.texts && text_width(block.value, style.size) + 10 <= width) {
            const bool is_hatched = fill.fill == kHatched;
            texts_.push_back({{x + 6, y + style.height / 2 + 4},
                              block.value,
                              {fill.text, style.size, Anchor::start, is_hatched, is_hatched}});
        }
    }

    // Returns the y below the panel.
    int overview(int y, sim::TimeMs from) {
        const TimeAxis axis(0, end_, left(), kPlot);
        const int bottom = y + kSlim.pitch * static_cast<int>(trace_.variables.size()) + 4;
        axis.draw(svg_, y, bottom);
        bands(axis, y + 3, kSlim);
        const int x = axis.x_of(from);
        svg_.begin("the part that is drawn below");
        svg_.rectangle({x - 1, y - 2, axis.right() - x + 3, bottom - y + 3}, "none", kInk, 2);
        svg_.end();
        // The part, opening to the full width below.
        const int below = bottom + kAxisHeight + 14;
        const LineStyle style{"#9aa7b4", 10, "3 3"};
        const int labels =
            bottom + kAxisHeight - 3;  // the lines begin below the labels of the axis
        svg_.line({x - 1, labels}, {axis.left(), below}, style);
        svg_.line({axis.right() + 2, labels}, {axis.right(), below}, style);
        return below + 8;
    }

    int detail(int y, const TimeAxis& axis) {
        const int top = y;
        MarkerLevels levels;
        std::vector<Point> places;  // of the texts; y is a level
        for (const Marker& marker : markers_) {
            places.push_back(place(axis, marker, levels));
        }
        const int bands_y = y + kLevelHeight * static_cast<int>(levels.count()) + 10;
        const int lanes_y = bands_y + kFull.pitch * static_cast<int>(trace_.variables.size());
        const int bottom = lanes_y + 44;
        axis.draw(svg_, bands_y - 4, bottom);
        bands(axis, bands_y, kFull);
        lanes(axis, lanes_y);
        for (std::size_t i = 0; i < markers_.size(); ++i) {
            draw_marker(axis, markers_[i], places[i], {top, bands_y - 8, bottom});
        }
        for (const ValueText& text : texts_) {
            svg_.text(text.baseline, text.value, text.style);
        }
        y = bottom + kAxisHeight;
        return trace_.chain.empty() ? y : draw_chain(svg_, trace_, axis, y + 14);
    }

    static Point place(const TimeAxis& axis, const Marker& marker, MarkerLevels& levels) {
        const int width = text_width(marker.text, kLabelSize, true) + 12;
        const int x = axis.x_of(marker.at);
        const int left = x + width > axis.right() + kMargin ? x - width : x;
        return {left, static_cast<int>(levels.place(left - 4, left + width + 4))};
    }

    struct MarkerRoom {
        int top;
        int below_texts;
        int bottom;
    };

    // A dashed line through all bands, with its text beside it at its level.
    void draw_marker(const TimeAxis& axis, const Marker& marker, Point place,
                     const MarkerRoom& panel) {
        const int x = axis.x_of(marker.at);
        const bool has_text = place.y < static_cast<int>(kMarkerLevels);
        const int y = has_text ? panel.top + kLevelHeight * place.y : panel.below_texts;
        svg_.begin(fmt::format("{}\n{}", marker.text, clock_text(marker.at)));
        svg_.line({x, y + 2}, {x, panel.bottom}, {marker.color, 14, "4 3"});
        svg_.polygon({{x - 4, y}, {x + 4, y}, {x, y + 7}}, marker.color);
        if (has_text) {
            const bool is_left = place.x < x;
            svg_.text(
                {is_left ? x - 7 : x + 7, y + 9}, marker.text,
                {marker.color, kLabelSize, is_left ? Anchor::end : Anchor::start, true, true});
        }
        svg_.end();
    }

    // Messages and timers as ticks. Of ticks that would touch, the worst one is drawn.
    void lanes(const TimeAxis& axis, int y) {
        std::map<int, std::string_view> messages;
        std::map<int, std::string_view> timers;
        const auto add = [&](std::map<int, std::string_view>& lane, sim::TimeMs at,
                             std::string_view color) {
            if (axis.shows(at)) {
                constexpr int kGrain = 3;
                const int grains = (axis.x_of(at) - axis.left()) / kGrain;
                std::string_view& tick = lane[axis.left() + grains * kGrain];
                tick = tick == kBad ? tick : color;
            }
        };
        for (const Flight& flight : flights_) {
            const bool is_bad = flight.dropped || flight.lost();
            const std::string_view color = is_bad ? kBad : flight.sent->request ? kInk : kGood;
            add(messages, trace_.steps[flight.sent_in].at, color);
        }
        for (const Step& step : trace_.steps) {
            if (step.kind == "timer" || step.kind == "expiry") {
                add(timers, step.at, kInk);
            }
        }
        draw_lane("messages", messages, axis, y);
        draw_lane("timers", timers, axis, y + 20);
    }

    void draw_lane(const char* name, const std::map<int, std::string_view>& ticks,
                   const TimeAxis& axis, int y) {
        svg_.text({axis.left() - 10, y + 12}, name, {kFaint, kLabelSize, Anchor::end});
        for (const auto& [x, color] : ticks) {
            svg_.line({x, y + 2}, {x, y + 14}, {color, 15, {}});
        }
    }

    const Trace& trace_;
    std::vector<Flight> flights_;
    std::vector<Marker> markers_;
    std::vector<ValueText> texts_;  // of the blocks; they come above the markers
    int label_width_ = 0;
    sim::TimeMs last_ = 0;  // instant
    sim::TimeMs end_ = 0;   // of the picture: a run at one instant shows how it ended
    Svg svg_;
};

}  // namespace

std::string as_timeline(const Trace& trace) { return TimelineDrawing(trace).picture(); }

}  // namespace failback::traces
