// A stretch of time on a horizontal stretch of pixels.
//
//  1. from < to. Instants outside of the stretch fall on its ends.
#pragma once

#include <string>
#include <vector>

#include "sim/time.hpp"
#include "traces/svg.hpp"

namespace failback::traces {

class TimeAxis {
public:
    TimeAxis(sim::TimeMs from, sim::TimeMs to, int x, int width);

    [[nodiscard]] int x_of(sim::TimeMs instant) const;
    [[nodiscard]] bool shows(sim::TimeMs instant) const {
        return from_ <= instant && instant <= to_;
    }
    [[nodiscard]] int left() const { return x_; }
    [[nodiscard]] int right() const { return x_ + width_; }

    // Vertical lines from `top` to `bottom` at round instants, and their labels below.
    void draw(Svg& svg, int top, int bottom) const;

private:
    // Distance of the round instants: as close as their labels allow.
    [[nodiscard]] sim::TimeMs tick() const;

    sim::TimeMs from_;
    sim::TimeMs to_;
    int x_;
    int width_;
};

}  // namespace failback::traces
