// For which values of a parameter a property holds.
//
//  1. Values are whole numbers: milliseconds, or what else a key counts.
//  2. Each end of an interval is exact: the property was checked there, and one step beyond it does
//     not hold, or the range is over.
//  3. That it holds between the ends is proved where one check can tell it of all values at once.
//     Else it is an assumption: the property holds at some values between them that lie unevenly,
//     so that no period of the design hides behind them.
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
    bool proved = false;   // of each value between

    friend bool operator==(const HoldsBetween&, const HoldsBetween&) = default;
};

// What can be told of values without trying them.
struct TuningRules {
    int points = 3;   // values that are tried first, evenly between the ends
    // Each value allows all that the lower ones allow, or each all that the higher ones do.
    bool nested = false;
    // Does it hold for all values between these? False if nobody can tell.
    std::function<bool(std::int64_t low, std::int64_t high)> holds_throughout;
};

struct Tuning {
    std::vector<HoldsBetween> intervals;    // in order; meaningless if a trial is undecided
    std::vector<Trial> trials;              // by value
    bool complete = false;                  // it holds for no value in the range but those
    std::optional<Trial> undecided;         // the first, which ended the search
};

// Tries the ends of the range, values evenly between them, and `present`; then halves the way
// between neighbours that differ; then tries more where nothing is proved. REQUIRES: low <= high,
// step >= 1.
[[nodiscard]] Tuning tune(const TuningRange& range, std::optional<std::int64_t> present,
                          const TuningRules& rules,
                          const std::function<Trial(std::int64_t)>& check);

}  // namespace failback::properties
