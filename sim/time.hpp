// Time, as every layer of failback counts it: whole milliseconds.
//
//  1. A delay or a duration is a DelayMs. kNever stands for "no upper limit" and absorbs addition.
//  2. An instant of a run is a TimeMs, counted from the start of the run.
//  3. All intervals are closed. With closed integer intervals every behaviour that is possible in
//     dense time is also possible at integer instants (Henzinger, Manna, Pnueli 1992), so that
//     milliseconds lose nothing.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

namespace failback::sim {

using DelayMs = std::int32_t;
using TimeMs = std::int64_t;

inline constexpr DelayMs kNever = std::numeric_limits<DelayMs>::max();

// Longest finite delay that a model may ask for (12.4 days). Sums of two stay below kNever.
inline constexpr DelayMs kLongestDelay = (kNever - 1) / 2;

// The closed interval of a remaining delay; `latest` may be kNever, `earliest` may not.
struct Interval {
    DelayMs earliest = 0;
    DelayMs latest = 0;

    friend auto operator<=>(const Interval&, const Interval&) = default;
};

[[nodiscard]] constexpr Interval exactly(DelayMs delay) { return {delay, delay}; }

[[nodiscard]] constexpr Interval any_time() { return {0, kNever}; }

[[nodiscard]] constexpr bool is_valid(Interval interval) {
    const bool bounded = interval.latest <= kLongestDelay || interval.latest == kNever;
    return interval.earliest >= 0 && interval.earliest <= kLongestDelay && bounded &&
           interval.earliest <= interval.latest;
}

}  // namespace failback::sim
