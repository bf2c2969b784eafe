// For which values of a parameter a property holds.
//
//  1. Values are whole numbers: milliseconds, or what else a key counts.
//  2. Each end of an interval is exact: the property was checked there, and one step beyond it does
//     not hold, or the range is over. That it holds between two values that were tried, where it
//     holds at both, is an assumption; the more values are tried, the better it is founded.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "properties/check.hpp"

namespace failback::properties {

// low, low + step, ... up to high, which is always one of the values.
struct TuningRange {
    std::int64_t low = 0;
    std::int64_t high = 0;
    std::int64_t step = 1;
};

struct Trial {
    std::int64_t value = 0;
    Outcome outcome = Outcome::undecided;
    std::string reason;
};

struct HoldsBetween {
    std::int64_t low = 0;
    std::int64_t high = 0;

    friend bool operator==(const HoldsBetween&, const HoldsBetween&) = default;
};

struct Tuning {
    std::vector<HoldsBetween> intervals;    // in order; meaningless if a trial is undecided
    std::vector<Trial> trials;              // by value
    std::optional<Trial> undecided;         // the first, which ended the search
};

// Tries the ends of the range, `points` values evenly between them, and `present`; then halves the
// way between neighbours that differ. REQUIRES: low <= high, step >= 1.
[[nodiscard]] Tuning tune(const TuningRange& range, std::optional<std::int64_t> present,
                          int points, const std::function<Trial(std::int64_t)>& check);

}  // namespace failback::properties
