// What messages and timers are called in descriptions of runs.
#pragma once

#include "model/event.hpp"

namespace failback::traces {

[[nodiscard]] const char* method_name(model::Method method);
[[nodiscard]] const char* timer_name(model::Timer timer);

}  // namespace failback::traces
