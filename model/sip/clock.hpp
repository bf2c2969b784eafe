// The clock of a phone, which may run faster or slower than the time of a run (PROPERTIES: P40).
//
//  1. Its rate is constant. What it counts as d takes d / (1 + ppm / 10^6) of true time, with the
//     same ppm for all timers of the phone: none of them drifts against another.
//  2. A run has whole milliseconds, so that what falls between two of them ends at either.
#pragma once

#include <cstdint>

#include "model/event.hpp"
#include "sim/time.hpp"

namespace failback::model {

inline constexpr int kMostPpm = 100'000;

// How long it takes until a clock that is so many millionths faster has counted that.
[[nodiscard]] sim::Interval true_time(sim::Interval counted, int ppm);

// No sum of timers of a phone is longer than that, or shorter, whatever is added to each of them to
// reach a whole millisecond.
[[nodiscard]] std::int64_t at_longest(std::int64_t counted, int ppm);
[[nodiscard]] std::int64_t at_shortest(std::int64_t counted, int ppm);

// Does the phone run that timer, by its clock? Others are those of servers and of the way between
// them, and what people do.
[[nodiscard]] bool is_of_clock(const Event& timer);

}  // namespace failback::model
