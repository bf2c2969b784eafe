// A trace as a listing for a person.
//
//  1. Every step is there, but for cycles that are alike (fold.hpp), and for the timers that a step
//     starts and stops, which only the trace file has.
#pragma once

#include <string>

#include "traces/trace.hpp"

namespace failback::traces {

[[nodiscard]] std::string as_text(const Trace& trace);

}  // namespace failback::traces
