// Seeded simulation of a whole design with all its properties watched at once: a campaign.
//
//  1. A run is settled by its seed. Run r of seed s has the seed run_seed(s, r).
//  2. A simulation never proves anything: it finds violations, or none.
//  3. A run goes on after a violation, so that each property is judged by all runs. It ends early
//     only when every property is violated.
//  4. The result is the same for every number of threads: runs count in their order. That of the
//     runs 0 to m and that of the runs m to n, joined, are that of the runs 0 to n.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "model/sip/coverage.hpp"
#include "properties/catalogue.hpp"
#include "properties/check.hpp"
#include "properties/histogram.hpp"
#include "sim/execution.hpp"

namespace failback::properties {

struct SimulationOptions {
    std::uint64_t seed = 1;
    std::uint64_t first = 0;                // the first run
    std::uint64_t runs = 1;                 // the number behind the last run
    sim::TimeMs until = 86'400'000;
    std::uint64_t max_steps = 10'000'000;   // of one run; more happen only if time stands still
    unsigned threads = 1;
    bool coverage = false;                  // notes what is seen
    bool stop_at_first = false;             // behind the first run that violates a property
    // Violations are distinct by their property and the set of faults that came before. So many of
    // a property are told apart.
    std::size_t most_distinct = 20;
    // The design of a run, with the same servers, phones and lines; empty: all have the same.
    std::function<model::Design(std::uint64_t run)> design_of;
    // Asked before each run, and now and then in it; a text stops the simulation. It may be called
    // on any thread. A run that is stopped does not count.
    std::function<std::string()> stop;
};

struct SimulatedViolation {
    std::size_t instance = 0;
    std::vector<std::string> faults;        // in order of their names, each once
    std::uint64_t run = 0;                  // the first with it
    sim::TimeMs at = 0;
    std::uint64_t runs = 1;                 // in so many
    // Of a run of the whole design with this property alone (Extent{Breadth::whole, false, false}).
    // Empty if it is known from before.
    std::vector<sim::Choice> choices;
};

// Runs that ended early, since the model had no room for what happened.
struct CutShort {
    std::uint64_t runs = 0;
    std::uint64_t first = 0;
    std::string why;                        // the first one was
};

// What all runs say about one property.
struct Simulated {
    bool triggered = false;                 // its premise happened
    Histogram durations;                    // from premise to response; of A, with "never A for D"
    std::uint64_t late = 0;                 // responses that did not come in time
    std::uint64_t violating_runs = 0;
};

struct SimulationResult {
    std::uint64_t runs = 0;                 // all of the campaign
    std::uint64_t steps = 0;
    CutShort cut_short;
    std::string stopped_by;                 // empty if all runs were made
    std::vector<Simulated> properties;      // by instance
    std::vector<SimulatedViolation> violations;  // in order of instance, then of run
    model::Coverage coverage;               // if asked for
};

[[nodiscard]] std::uint64_t run_seed(std::uint64_t seed, std::uint64_t run);

// What a campaign calls a fault: by its name, and one that was drawn by its kind and target.
[[nodiscard]] std::string fault_label(const model::Design& design, const model::Fault& fault);

// Adds to what earlier runs of the same campaign have found, as if all had been made at once.
// THROWS model::InputError if the design does not fit.
[[nodiscard]] SimulationResult simulate(const model::Design& design,
                                        const std::vector<Instance>& instances,
                                        const SimulationOptions& options,
                                        SimulationResult before = {});

// One run without properties, to be looked at; its beginning, if it is stopped. Same restrictions.
[[nodiscard]] std::vector<sim::Choice> simulate_once(const Setting& setting, std::uint64_t seed,
                                                     const SimulationOptions& options);

}  // namespace failback::properties
