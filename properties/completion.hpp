// A run of the model that was searched as a run of the full one, which is shown.
//
// The full model has timers and messages that were left out of the search, since nothing can depend
// on them, and parts of the design that cannot influence the property. Each of their events is let
// happen as late as it may, or messages as soon as they may, whichever makes fewer steps. That the
// run of the search then goes through, step by step, is checked here, so that no counterexample
// rests on slicing or on the reduction. Only what an answer says that nobody heeds may differ.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "properties/monitored.hpp"
#include "sim/execution.hpp"

namespace failback::properties {

struct Completed {
    std::vector<sim::Choice> choices;       // of the full model
    std::vector<std::uint32_t> steps;       // steps[k]: where step k went; from 1
    std::uint32_t marks = 0;                // of the last step
    std::optional<sim::TimeMs> elapsed;     // of the stopwatch, if the last step stopped it
};

// REQUIRES: both models watch the same properties of the same design, `full` with at least the
// scope of `searched`; the choices are possible in `searched`.
// THROWS sim::InternalError if the full model cannot follow.
[[nodiscard]] Completed complete(const MonitoredModel& searched, const MonitoredModel& full,
                                 const std::vector<sim::Choice>& choices);

}  // namespace failback::properties
