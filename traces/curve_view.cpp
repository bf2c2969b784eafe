#include "traces/curve_view.hpp"

#include <algorithm>
#include <functional>

#include "model/duration.hpp"
#include "traces/picture_style.hpp"
#include "traces/time_axis.hpp"

namespace failback::traces {

namespace {

constexpr int kWidth = 760;
constexpr int kHeight = 420;
constexpr int kLeft = 110;
constexpr int kRight = 730;
constexpr int kTop = 70;
constexpr int kBottom = 350;
constexpr int kTitleSize = 13;
constexpr int kLabelSize = 11;

// Durations from nothing to a little more than the longest, upwards.
class Heights {
public:
    explicit Heights(const Curve& curve) : most_(curve.within.value_or(1)) {
        for (const CurvePoint& point : curve.points) {
            most_ = std::max(most_, point.longest.value_or(0));
        }
        most_ += most_ / 10 + 1;
    }

    [[nodiscard]] int y_of(sim::TimeMs duration) const {
        return kBottom - static_cast<int>(duration * (kBottom - kTop) / most_);
    }

private:
    sim::TimeMs most_;
};

std::string words(const Curve& curve, std::int64_t value) {
    return curve.is_duration ? model::people_text(sim::TimeMs{value}) : std::to_string(value);
}

// A duration that is written at the left.
struct Level {
    sim::TimeMs duration = 0;
    bool is_limit = false;

    friend bool operator==(const Level&, const Level&) = default;
};

// The longest times at both ends, and what the property allows: each once, the longest first.
std::vector<Level> levels_of(const Curve& curve) {
    std::vector<Level> levels;
    for (const CurvePoint* end : {&curve.points.front(), &curve.points.back()}) {
        if (end->longest && end->longest != curve.within) {
            levels.push_back({*end->longest, false});
        }
    }
    if (curve.within) {
        levels.push_back({*curve.within, true});
    }
    std::ranges::sort(levels, std::ranges::greater(), &Level::duration);
    levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
    return levels;
}

// Labels of durations that are close to each other stand below each other.
void draw_levels(Svg& svg, const Curve& curve, const Heights& heights) {
    int free = 0;   // the first height without a label
    for (const Level& level : levels_of(curve)) {
        const int y = heights.y_of(level.duration);
        svg.line({kLeft, y}, {kRight, y},
                 {level.is_limit ? kBad : kRule, 10, level.is_limit ? "6 4" : ""});
        const int label = std::max(y + 4, free);
        svg.text({kLeft - 8, label}, model::people_text(level.duration),
                 {level.is_limit ? kBad : kFaint, kLabelSize, Anchor::end});
        free = label + kLabelSize + 2;
    }
}

// Where the property begins to hold, and where it ceases to: between neighbours that were tried.
std::vector<const CurvePoint*> ends_of(const Curve& curve) {
    std::vector<const CurvePoint*> ends;
    const auto& points = curve.points;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const bool begins = i > 0 && !points[i - 1].holds;
        const bool ceases = i + 1 < points.size() && !points[i + 1].holds;
        if (points[i].holds && (begins || ceases)) {
            ends.push_back(&points[i]);
        }
    }
    return ends;
}

// Their labels stand above the axis, towards the middle; in rows where they are close.
void draw_ends(Svg& svg, const Curve& curve, const TimeAxis& axis) {
    constexpr int kClose = 100;
    constexpr int kRows = 4;
    int row = 0;
    std::optional<int> before;
    for (const CurvePoint* end : ends_of(curve)) {
        const int x = axis.x_of(end->value);
        const bool is_left = x < (kLeft + kRight) / 2;
        row = before && x - *before < kClose ? (row + 1) % kRows : 0;
        before = x;
        svg.line({x, kTop - 12}, {x, kBottom}, {kGood, 10, "3 3"});
        svg.text({is_left ? x + 6 : x - 6, kBottom - 6 - row * (kLabelSize + 2)},
                 words(curve, end->value),
                 {kGood, kLabelSize, is_left ? Anchor::start : Anchor::end});
    }
}

void draw_points(Svg& svg, const Curve& curve, const Heights& heights, const TimeAxis& axis) {
    const CurvePoint* before = nullptr;
    for (const CurvePoint& point : curve.points) {
        if (point.longest) {
            const Point here{axis.x_of(point.value), heights.y_of(*point.longest)};
            if (before != nullptr) {
                svg.line({axis.x_of(before->value), heights.y_of(*before->longest)}, here,
                         {kFaint, 15, {}});
            }
            before = &point;
        } else {
            before = nullptr;
        }
    }
    for (const CurvePoint& point : curve.points) {
        const std::string_view color = point.holds ? kGood : kBad;
        const int y = point.longest ? heights.y_of(*point.longest) : kTop - 6;
        svg.begin(words(curve, point.value) + ": " +
                  (point.longest ? model::people_text(*point.longest) : "no bound") +
                  (point.holds ? ", holds" : ", does not hold"));
        svg.circle({axis.x_of(point.value), y}, 4, color, color);
        svg.end();
    }
}

}  // namespace

std::string as_curve(const Curve& curve) {
    Svg svg;
    int y = 26;
    for (const std::string& line : wrapped(curve.title, kRight - kLeft, kTitleSize)) {
        svg.text({kLeft, y}, line, {kInk, kTitleSize, Anchor::start, true});
        y += kTitleSize + 5;
    }
    const Heights heights(curve);
    const TimeAxis axis(curve.points.front().value, curve.points.back().value, kLeft,
                        kRight - kLeft);
    svg.line({kLeft, kTop - 12}, {kLeft, kBottom}, {kFaint, 10, {}});
    svg.line({kLeft, kBottom}, {kRight, kBottom}, {kFaint, 10, {}});
    for (const CurvePoint* end : {&curve.points.front(), &curve.points.back()}) {
        const bool first = end == &curve.points.front();
        svg.text({axis.x_of(end->value), kBottom + 18}, words(curve, end->value),
                 {kFaint, kLabelSize, first ? Anchor::start : Anchor::end});
    }
    draw_levels(svg, curve, heights);
    draw_ends(svg, curve, axis);
    draw_points(svg, curve, heights, axis);
    svg.text({(kLeft + kRight) / 2, kBottom + 36}, curve.parameter, {kInk, 12, Anchor::middle});
    svg.text({kLeft, kHeight - 12},
             "longest time from premise to response; green: the property holds, dashed: how far",
             {kFaint, kLabelSize, Anchor::start});
    return svg.picture(kWidth, kHeight, curve.title);
}

}  // namespace failback::traces
