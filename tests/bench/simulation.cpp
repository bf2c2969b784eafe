// Events per second of the simulator.
#include "properties/simulate.hpp"
#include "tests/bench/measure.hpp"

#include <vector>

namespace failback::bench {

namespace {

void simulate(benchmark::State& state, bool watched) {
    const model::Design design =
        model::read_design(FAILBACK_SOURCE_DIR "/designs/polycom-soundpoint.json");
    const auto instances =
        watched ? properties::instances_of(design) : std::vector<properties::Instance>{};
    properties::SimulationOptions options;
    options.runs = 20;
    properties::SimulationResult result;
    time_user(state, [&] { result = properties::simulate(design, instances, options); });
    report_rate(state, "events", "events_per_s", result.steps);
    report(state, "properties", instances.size());
}

}  // namespace

void add_simulation(const Extent&) {
    for (const bool watched : {true, false}) {
        const char* name = watched ? "simulation/polycom-soundpoint"
                                   : "simulation/polycom-soundpoint-without-properties";
        benchmark::RegisterBenchmark(
            name, [watched](benchmark::State& state) { simulate(state, watched); })
            ->UseManualTime()
            ->Unit(benchmark::kMillisecond);
    }
}

}  // namespace failback::bench
