#include "traces/time_axis.hpp"

#include <algorithm>
#include <array>

#include "traces/clock_text.hpp"
#include "traces/picture_style.hpp"

namespace failback::traces {
namespace {

constexpr std::array<sim::TimeMs, 27> kTicks{
    1,         2,         5,          10,         20,         50,        100,
    200,       500,       1000,       2000,       5000,       10'000,    15'000,
    30'000,    60'000,    120'000,    300'000,    600'000,    900'000,   1'800'000,
    3'600'000, 7'200'000, 14'400'000, 21'600'000, 43'200'000, 86'400'000};

constexpr int kTickRoom = 85;

}  // namespace

TimeAxis::TimeAxis(sim::TimeMs from, sim::TimeMs to, int x, int width)
    : from_(from), to_(std::max(to, from + 1)), x_(x), width_(width) {}

int TimeAxis::x_of(sim::TimeMs instant) const {
    const sim::TimeMs passed = std::clamp(instant, from_, to_) - from_;
    return x_ + static_cast<int>(passed * width_ / (to_ - from_));
}

sim::TimeMs TimeAxis::tick() const {
    const sim::TimeMs wanted = (to_ - from_) * kTickRoom / width_;
    for (const sim::TimeMs tick : kTicks) {
        if (tick >= wanted) {
            return tick;
        }
    }
    return (wanted / kTicks.back() + 1) * kTicks.back();
}

void TimeAxis::draw(Svg& svg, int top, int bottom) const {
    const sim::TimeMs step = tick();
    for (sim::TimeMs at = (from_ + step - 1) / step * step; at <= to_; at += step) {
        const int x = x_of(at);
        svg.line({x, top}, {x, bottom}, {kRule, 10, {}});
        svg.line({x, bottom}, {x, bottom + 5}, {kFaint, 10, {}});
        svg.text({x, bottom + 17}, step < 1000 ? clock_text(at) : short_clock_text(at),
                 {kFaint, 11, Anchor::middle});
    }
    svg.line({left(), bottom}, {right(), bottom}, {kFaint, 10, {}});
}

}  // namespace failback::traces
