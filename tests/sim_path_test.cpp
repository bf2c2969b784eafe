// Paths to a violation, against the enumeration of all integer timings and ordinary execution.
#include "sim/explorer.hpp"
#include "sim/path_search.hpp"
#include "sim/timing.hpp"
#include "tests/sim_paths.hpp"
#include "tests/toys/timers.hpp"

#include <utility>
#include <vector>

#include <catch2/catch.hpp>

namespace failback::tests::sim_path_test {
namespace {

using toys::GeneratedModel;

using Steps = std::vector<std::pair<std::uint32_t, std::uint32_t>>;  // entry, form

// The path to a violation in a graph that was explored like this before.
Steps path_after(const GeneratedModel& model, const sim::SearchOptions* options,
                 std::uint64_t max_classes) {
    GeneratedGraph graph(model);
    if (options != nullptr) {
        sim::Limits limits;
        limits.max_classes = max_classes;
        static_cast<void>(sim::Explorer(graph, *options).run(limits));
    }
    const auto found = sim::find_path(graph, marked(sim::kViolation));
    REQUIRE(found.path.has_value());
    Steps steps;
    for (const sim::PathStep& step : *found.path) {
        const sim::Firing firing = graph.firings(step.node)[step.firing];
        steps.emplace_back(firing.entry, firing.form);
    }
    return steps;
}

void check_independent_of_search(const GeneratedModel& model) {
    constexpr std::uint64_t kAll = 1'000'000;
    const Steps without = path_after(model, nullptr, 0);
    sim::SearchOptions options;
    CHECK(path_after(model, &options, kAll) == without);
    CHECK(path_after(model, &options, 5) == without);
    options.coverage = sim::Coverage::inclusion;
    options.largest_first = false;
    CHECK(path_after(model, &options, kAll) == without);
    CHECK(path_after(model, &options, 10) == without);
    options.faults_last = false;
    CHECK(path_after(model, &options, kAll) == without);
}

void check_violation(const GeneratedModel& model, const GeneratedTwin& twin) {
    GeneratedGraph graph(model);
    const auto found = sim::find_path(graph, marked(sim::kViolation));
    CHECK(found.statistics.complete);
    REQUIRE(found.path.has_value());
    CHECK(found.shortest);
    CHECK(cost_of(graph, *found.path) == twin.cheapest(sim::kViolation));
    const auto timing = sim::earliest_timing(graph, *found.path);
    CHECK(timing.instants.front() == 0);
    auto choices = choices_of(graph, *found.path, timing.instants);
    const auto run = execute(model, choices);
    REQUIRE(run.has_value());
    CHECK((run->effects().marks & sim::kViolation) != 0);
    // Each instant is the earliest of all timings of this path; so none can be earlier alone.
    for (sim::Choice& choice : choices) {
        --choice.at;
        CHECK_FALSE(execute(model, choices).has_value());
        ++choice.at;
    }
}

// Some path: possible, but perhaps with more faults and steps.
// Two clocks drift apart: each round makes the zone larger, and nothing else happens. Whenever it
// is armed, the violation follows after 1 ms.
struct Drift {
    struct State {
        std::uint8_t armed;
    };
    enum class Event : std::uint8_t { steady, loose, arm, violate };

    void initial(State&, sim::Effects<Event>& effects) const {
        effects.schedule(Event::steady, sim::exactly(100));
        effects.schedule(Event::loose, {99, 100});
        effects.schedule(Event::arm, {0, sim::kNever});
    }

    void apply(State& state, const Event& event, std::uint32_t,
               sim::Effects<Event>& effects) const {
        if (event == Event::violate) {
            effects.marks = sim::kViolation;
        } else if (event == Event::arm) {
            state.armed = 1;
            effects.schedule(Event::violate, sim::exactly(1));
        } else {
            effects.schedule(event, event == Event::steady ? sim::exactly(100)
                                                           : sim::Interval{99, 100});
        }
    }
};

void check_any(const GeneratedModel& model, const GeneratedTwin& twin) {
    GeneratedGraph graph(model);
    const auto found = sim::find_any_path(graph, marked(sim::kViolation));
    CHECK(found.statistics.complete);
    REQUIRE(found.path.has_value());
    CHECK(cost_of(graph, *found.path) >= twin.cheapest(sim::kViolation));
    const auto timing = sim::earliest_timing(graph, *found.path);
    const auto run = execute(model, choices_of(graph, *found.path, timing.instants));
    REQUIRE(run.has_value());
    CHECK((run->effects().marks & sim::kViolation) != 0);
}

TEST_CASE("sim: a path that need not be the shortest does not go in circles", "[sim]") {
    const Drift model;
    sim::DiscreteGraph<Drift> graph(model);
    const auto any = sim::find_any_path(graph, marked(sim::kViolation));
    REQUIRE(any.path.has_value());
    CHECK(any.path->size() < 70);  // a round is two steps, and the zone grows for a hundred of them
    CHECK(sim::find_shortest_path(graph, marked(sim::kViolation)).path->size() == 2);
}

TEST_CASE("sim: a violation has a shortest path, and it executes", "[sim][.slow]") {
    int violated = 0;
    for (std::uint64_t seed = 0; violated < 150; ++seed) {
        CAPTURE(seed);
        const GeneratedModel model(seed);
        const GeneratedTwin twin(model, kMostSituations);
        if (!twin.complete()) {
            continue;
        }
        if (!twin.cheapest(sim::kViolation)) {
            GeneratedGraph graph(model);
            const auto found = sim::find_path(graph, marked(sim::kViolation));
            CHECK_FALSE(found.path.has_value());
            CHECK(found.statistics.complete);
            CHECK_FALSE(sim::find_any_path(graph, marked(sim::kViolation)).path.has_value());
            continue;
        }
        ++violated;
        check_violation(model, twin);
        check_any(model, twin);
        check_independent_of_search(model);
    }
}

// Both timers must fire, in either order: two paths of two steps. The canonical one takes the first
// entry first, although `b` may be first as well.
struct BothFired : toys::TwoTimers {
    void apply(State& state, const Event& event, std::uint32_t form,
               sim::Effects<Event>& effects) const {
        toys::TwoTimers::apply(state, event, form, effects);
        effects.marks = state.fired == 3 ? sim::kViolation : 0;
        effects.forms = 2;
    }
};

TEST_CASE("sim: of equally short paths the first in canonical order is found", "[sim]") {
    const BothFired model{{{0, 5}, {0, 5}}};
    sim::DiscreteGraph<BothFired> graph(model);
    const auto found = sim::find_path(graph, marked(sim::kViolation));
    REQUIRE(found.path.has_value());
    REQUIRE(found.path->size() == 2);
    for (const sim::PathStep& step : *found.path) {
        CHECK(step.firing == 0);
    }
    CHECK(graph.configuration(found.path->back().node).state.fired == 1);
}

}  // namespace
}  // namespace failback::tests::sim_path_test
