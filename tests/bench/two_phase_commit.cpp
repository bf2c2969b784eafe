// Discrete states per second: two-phase commit, of which SPIN searches the same states.
#include "tests/toys/two_phase_commit.hpp"

#include "sim/untimed.hpp"
#include "tests/bench/measure.hpp"

#include <string>

namespace failback::bench {

namespace {

void search(benchmark::State& state, std::uint8_t managers, unsigned threads) {
    const toys::TwoPhaseCommit model(managers);
    sim::SearchResult result;
    time_user(state, [&] {
        result = sim::UntimedSearch(model, threads).run(limits_of(kNoLimit));
    });
    report_rate(state, "discrete_states", "states_per_s", result.statistics.discrete_states);
    report(state, "transitions", result.statistics.transitions);
    report(state, "memory_bytes", result.statistics.memory_bytes);
    report(state, "complete", result.statistics.complete ? 1 : 0);
}

}  // namespace

void add_two_phase_commit(const Extent& extent) {
    for (const std::uint8_t managers : {std::uint8_t{7}, std::uint8_t{8}, std::uint8_t{9}}) {
        for (const unsigned threads : {1U, 2U}) {
            if (managers == 9 && !extent.full) {
                continue;
            }
            const std::string name =
                "two-phase-commit/" + std::to_string(managers) + (threads > 1 ? "/2-threads" : "");
            benchmark::RegisterBenchmark(
                name.c_str(),
                [managers, threads](benchmark::State& state) { search(state, managers, threads); })
                ->UseManualTime()
                ->Unit(benchmark::kMillisecond);
        }
    }
}

}  // namespace failback::bench
