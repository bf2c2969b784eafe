// Cycles of a run that are alike to the millisecond, such as one refresh after the other.
//
//  1. Two steps are alike if they differ in nothing but their instant, their message ids, the
//     number behind "cseq" and their hash, and come the same time after the step before.
//  2. A fold has no step of kind "fault". Its cycles are alike step by step, and at least
//     kLeastRepeats of them follow the first one, which is not part of it.
#pragma once

#include <cstddef>
#include <vector>

#include "traces/trace.hpp"

namespace failback::traces {

inline constexpr std::size_t kLeastRepeats = 3;
inline constexpr std::size_t kLongestCycle = 32;

// `repeats` cycles of `length` steps each, from step `first` on, like the `length` steps before.
struct Fold {
    std::size_t first = 0;
    std::size_t length = 0;
    std::size_t repeats = 0;
    bool counts = false;  // the number behind "cseq" is not the same in all cycles

    [[nodiscard]] std::size_t end() const { return first + length * repeats; }
};

// In order of time, without overlaps.
[[nodiscard]] std::vector<Fold> folds_of(const Trace& trace);

}  // namespace failback::traces
