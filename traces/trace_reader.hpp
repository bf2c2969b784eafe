// The members of a trace file as they stand: all there, of the right type, none unknown. Whether
// they fit together is asked by trace_check.hpp.
#pragma once

#include "model/file/design_input.hpp"
#include "traces/trace.hpp"

namespace failback::traces {

// Worth something only if the input has no problem afterwards.
[[nodiscard]] Trace read_members(model::Input& input);

}  // namespace failback::traces
