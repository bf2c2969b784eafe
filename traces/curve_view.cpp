#include "traces/curve_view.hpp"

#include <algorithm>

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

void draw_level(Svg& svg, const Heights& heights, sim::TimeMs duration, std::string_view color,
                bool strong) {
    const int y = heights.y_of(duration);
    svg.line({kLeft, y}, {kRight, y}, {strong ? color : kRule, 10, strong ? "6 4" : ""});
    svg.text({kLeft - 8, y + 4}, model::people_text(duration), {color, 11, Anchor::end});
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
                 {kFaint, 11, first ? Anchor::start : Anchor::end});
        if (end->longest) {
            draw_level(svg, heights, *end->longest, kFaint, false);
        }
    }
    if (curve.within) {
        draw_level(svg, heights, *curve.within, kBad, true);
    }
    draw_points(svg, curve, heights, axis);
    svg.text({(kLeft + kRight) / 2, kBottom + 36}, curve.parameter, {kInk, 12, Anchor::middle});
    svg.text({kLeft, kHeight - 12},
             "longest time from premise to response; green: the property holds",
             {kFaint, 11, Anchor::start});
    return svg.picture(kWidth, kHeight, curve.title);
}

}  // namespace failback::traces
