// The variables of a trace over true time, in SVG: a band for each variable, faults as markers, and
// the chain that adds up to a bound as a sum of brackets below the axis.
//
//  1. If the first fault comes late, a slim overview of the whole run is above, and the part from
//     shortly before the first fault to the end below it.
#pragma once

#include <string>

#include "traces/trace.hpp"

namespace failback::traces {

[[nodiscard]] std::string as_timeline(const Trace& trace);

}  // namespace failback::traces
