// Goals, and paths of generated models as runs.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "sim/discrete_graph.hpp"
#include "sim/execution.hpp"
#include "sim/path_search.hpp"
#include "tests/sim_integer_search.hpp"
#include "tests/toys/generated.hpp"

namespace failback::tests {

using GeneratedTwin = IntegerSearch<toys::GeneratedModel>;
using GeneratedGraph = sim::DiscreteGraph<toys::GeneratedModel>;
using GeneratedRun = sim::Execution<toys::GeneratedModel>;

// Models with more integer situations are left out.
inline constexpr std::size_t kMostSituations = 30'000;

inline sim::Goal marked(std::uint32_t marks) {
    sim::Goal goal;
    goal.marks = marks;
    return goal;
}

inline sim::Goal lasting_at_least(sim::DelayMs elapsed) {
    sim::Goal goal;
    goal.elapsed_at_least = elapsed;
    return goal;
}

inline sim::Goal lasting_at_most(sim::DelayMs elapsed) {
    sim::Goal goal;
    goal.elapsed_at_most = elapsed;
    return goal;
}

// The choices of a path with its timing. REQUIRES: one instant for each step and the start.
inline std::vector<sim::Choice> choices_of(GeneratedGraph& graph, const sim::Path& path,
                                           const std::vector<sim::TimeMs>& instants) {
    sim::ensure(instants.size() == path.size() + 1, "each step has an instant");
    std::vector<sim::Choice> choices;
    for (std::size_t k = 0; k < path.size(); ++k) {
        const sim::Firing firing = graph.firings(path[k].node)[path[k].firing];
        choices.push_back({firing.entry, firing.form, instants[k + 1]});
    }
    return choices;
}

// The run after these choices; none if one of them is not legal.
inline std::optional<GeneratedRun> execute(const toys::GeneratedModel& model,
                                           const std::vector<sim::Choice>& choices) {
    GeneratedRun run(model);
    for (const sim::Choice& choice : choices) {
        if (!run.possible(choice)) {
            return std::nullopt;
        }
        run.step(choice);
    }
    return run;
}

inline PathCost cost_of(GeneratedGraph& graph, const sim::Path& path) {
    PathCost cost{0, 0};
    for (const sim::PathStep& step : path) {
        cost.first += graph.firings(step.node)[step.firing].faults;
        ++cost.second;
    }
    return cost;
}

}  // namespace failback::tests
