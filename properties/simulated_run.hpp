// One seeded run with everything that a campaign wants to know of it.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "properties/monitored.hpp"
#include "properties/simulate.hpp"

namespace failback::properties {

// A choice and the event that it fires, so that it can be found in another agenda.
struct Fired {
    model::Event event;
    sim::Choice choice;
    sim::Due due;
};

// The first violation of a property in a run.
struct Violated {
    std::size_t property = 0;
    std::size_t steps = 0;          // of the run, up to it
    std::set<std::string> faults;   // that came before
};

struct RunOutcome {
    std::vector<Fired> fired;
    std::vector<Violated> violated;
    std::vector<Simulated> seen;    // by property
    std::string limit;              // that the run has met, and ended; or empty
    std::string stopped;            // why the run was stopped: all else is of its beginning
    model::Coverage coverage;       // if asked for
};

// Steps until every property is violated, nothing happens before the horizon, or a limit is met.
[[nodiscard]] RunOutcome run_once(const MonitoredModel& model, std::uint64_t seed,
                                  const SimulationOptions& options);

// The run up to a violation with one property watched: its agenda has other entries, the events are
// the same but for the deadlines of other properties.
[[nodiscard]] std::vector<sim::Choice> with_one_property(const model::Design& design,
                                                         const Property& property,
                                                         const RunOutcome& outcome,
                                                         const Violated& violated);

}  // namespace failback::properties
