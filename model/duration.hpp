// Durations as text: in a design file ("500ms", "3600s", "60m", "2h") and for people ("66.5 s").
//
//  1. A duration of a file is a whole number with a unit; there is no default unit.
//  2. No constant of a design is longer than kLongestDuration, so that the sum of two fits into
//     32 bits and stays below sim::kNever.
//  3. Both ways of writing are exact: nothing is rounded.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/time.hpp"

namespace failback::model {

inline constexpr sim::DelayMs kLongestDuration = 864'000'000;  // 10 days
static_assert(kLongestDuration <= sim::kLongestDelay);

// A duration, or what is wrong with the text: what was expected, and a hint or nothing.
struct DurationReading {
    std::optional<sim::DelayMs> value;
    std::string expected;
    std::string hint;
};

[[nodiscard]] DurationReading parse_duration(std::string_view text);

// In the largest unit that is exact: 3'600'000 -> "1h", 66'500 -> "66500ms"; kNever -> "never".
// parse_duration() reads all but "never" back.
[[nodiscard]] std::string duration_text(sim::DelayMs delay);

// The shortest exact text: 66'500 -> "66.5 s", 20 -> "20 ms", 7'200'000 -> "2 h"; seconds if
// equally short. kNever -> "never"; an instant is never "never".
[[nodiscard]] std::string people_text(sim::DelayMs delay);
[[nodiscard]] std::string people_text(sim::TimeMs time);
// "30 s to 60 s", "1 s" if both ends are equal, "any time" for the whole axis.
[[nodiscard]] std::string people_text(sim::Interval interval);

}  // namespace failback::model
