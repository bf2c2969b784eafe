// Instants and spans of a run as the views write them. Exact, nothing is rounded.
#pragma once

#include <string>

#include "sim/time.hpp"

namespace failback::traces {

// 3'753'500 -> "1:02:33.500"; always with milliseconds, so that columns line up.
[[nodiscard]] std::string clock_text(sim::TimeMs instant);

// Without milliseconds where they are zero: "1:02:33".
[[nodiscard]] std::string short_clock_text(sim::TimeMs instant);

// "20 ms", "31.5 s", "59 min", and from 100 s on, if nothing is shorter, "0:59:01".
[[nodiscard]] std::string span_text(sim::TimeMs span);

}  // namespace failback::traces
