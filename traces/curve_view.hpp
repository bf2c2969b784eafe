// A duration over a parameter, as a picture: where the property holds, and how long it takes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/time.hpp"

namespace failback::traces {

struct CurvePoint {
    std::int64_t value = 0;             // of the parameter
    std::optional<sim::TimeMs> longest; // none: no exact bound
    bool holds = false;
};

struct Curve {
    std::string title;
    std::string parameter;
    bool is_duration = true;            // values are milliseconds
    std::optional<sim::TimeMs> within;  // what the property allows
    std::vector<CurvePoint> points;     // by value, at least one
};

// An SVG. Between two points a straight line is drawn; only the points are exact.
[[nodiscard]] std::string as_curve(const Curve& curve);

}  // namespace failback::traces
