// Seeded simulation of a whole design with all its properties watched at once.
//
//  1. A run is settled by its seed. Run r of seed s has the seed run_seed(s, r).
//  2. A simulation never proves anything: it finds violations, or none.
//  3. A run goes on after a violation, so that each property is judged by all runs. It ends early
//     only when every property is violated.
//  4. The result is the same for every number of threads.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "properties/catalogue.hpp"
#include "properties/check.hpp"
#include "sim/execution.hpp"

namespace failback::properties {

struct SimulationOptions {
    std::uint64_t seed = 1;
    std::uint64_t runs = 1;
    sim::TimeMs until = 86'400'000;
    std::uint64_t max_steps = 10'000'000;   // of one run; more happen only if time stands still
    unsigned threads = 1;
    std::function<std::string()> stop;      // asked before each run; a text stops the simulation
};

// The first violation of a property that was met.
struct SimulatedViolation {
    std::size_t instance = 0;
    std::uint64_t run = 0;
    sim::TimeMs at = 0;
    // Of a run of the whole design with this property alone (Extent{Breadth::whole, false, false}).
    std::vector<sim::Choice> choices;
};

struct SimulationResult {
    std::uint64_t runs = 0;
    std::uint64_t steps = 0;
    std::string stopped_by;                 // empty if all runs were made
    std::vector<bool> triggered;            // by instance: its premise happened
    std::vector<SimulatedViolation> violations;  // in order of instance
};

[[nodiscard]] std::uint64_t run_seed(std::uint64_t seed, std::uint64_t run);

// THROWS model::InputError if the design does not fit; model::ModelLimit.
[[nodiscard]] SimulationResult simulate(const model::Design& design,
                                        const std::vector<Instance>& instances,
                                        const SimulationOptions& options);

// One run without properties, to be looked at. Same restrictions.
[[nodiscard]] std::vector<sim::Choice> simulate_once(const Setting& setting, std::uint64_t seed,
                                                     const SimulationOptions& options);

}  // namespace failback::properties
