// What all pictures of a trace share: colours with a meaning, and the heading.
#pragma once

#include <string>
#include <string_view>

#include "traces/svg.hpp"
#include "traces/trace.hpp"

namespace failback::traces {

inline constexpr std::string_view kInk = "#1b2733";
inline constexpr std::string_view kFaint = "#5c6b7a";  // less important text
inline constexpr std::string_view kRule = "#e6eaee";   // lines behind everything
inline constexpr std::string_view kGood = "#007a5e";
inline constexpr std::string_view kBad = "#c8371b";

// Property, outcome and reason, from the top of the picture. Returns the y below it.
int draw_heading(Svg& svg, const Trace& trace, int x, int width);

[[nodiscard]] std::string picture_title(const Trace& trace);

// The colour of an outcome: red for a violation.
[[nodiscard]] std::string_view outcome_color(const Trace& trace);

}  // namespace failback::traces
