// A trace as a sequence chart in SVG: participants side by side, time from top to bottom.
#pragma once

#include <string>

#include "traces/trace.hpp"

namespace failback::traces {

[[nodiscard]] std::string as_ladder(const Trace& trace);

}  // namespace failback::traces
