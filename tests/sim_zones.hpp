// Random zones, and zones as what they stand for: sets of integer points.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "sim/check.hpp"
#include "sim/dbm.hpp"
#include "sim/random.hpp"

namespace failback::tests {

using Bounds = std::vector<sim::DelayMs>;

// All entries of the box lowest..highest, in each coordinate but the first, which is 0.
inline void for_each_point(std::size_t dimension, sim::TimeMs lowest, sim::TimeMs highest,
                           const std::function<void(std::span<const sim::TimeMs>)>& visit) {
    std::vector<sim::TimeMs> point(dimension, lowest);
    point[0] = 0;
    while (true) {
        visit(point);
        std::size_t at = 1;
        while (at < dimension && point[at] == highest) {
            point[at++] = lowest;
        }
        if (at >= dimension) {
            return;
        }
        ++point[at];
    }
}

// A closed matrix around a random point, with bounds in -size..size, a third of them missing.
inline Bounds random_zone(sim::Random& random, std::size_t dimension, sim::DelayMs size) {
    const auto below = [&random](sim::DelayMs limit) {
        return static_cast<sim::DelayMs>(random.below(static_cast<std::uint64_t>(limit)));
    };
    Bounds point(dimension, 0);
    for (std::size_t i = 1; i < dimension; ++i) {
        point[i] = below(size + 1) - size / 2;
    }
    Bounds zone(dimension * dimension, sim::kNever);
    for (std::size_t i = 0; i < dimension; ++i) {
        for (std::size_t j = 0; j < dimension; ++j) {
            if (i == j) {
                zone[i * dimension + j] = 0;
            } else if (below(3) != 0) {
                zone[i * dimension + j] = std::min(size, point[i] - point[j] + below(size));
            }
        }
    }
    sim::ensure(sim::close(zone, dimension), "a zone around a point is not empty");
    return zone;
}

}  // namespace failback::tests
