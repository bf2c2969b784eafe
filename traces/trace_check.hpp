// Whether the members of a trace file fit together: the invariants of trace.hpp.
#pragma once

#include "model/file/design_input.hpp"
#include "traces/trace.hpp"

namespace failback::traces {

// Reports what does not fit. `trace` was read from `input` without a problem.
void check_trace(const Trace& trace, model::Input& input);

}  // namespace failback::traces
