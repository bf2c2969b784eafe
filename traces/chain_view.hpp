// The chain that adds up to a bound, drawn under a time axis: a bracket for each link, one below
// the other, and their sum.
#pragma once

#include "traces/svg.hpp"
#include "traces/time_axis.hpp"
#include "traces/trace.hpp"

namespace failback::traces {

// The chain ends where the trace ends; this is where it begins.
[[nodiscard]] sim::TimeMs chain_start(const Trace& trace);

// The earliest instant that it touches; links may lead back in time.
[[nodiscard]] sim::TimeMs chain_earliest(const Trace& trace);

// From `y` on. Returns the y below it.
int draw_chain(Svg& svg, const Trace& trace, const TimeAxis& axis, int y);

}  // namespace failback::traces
