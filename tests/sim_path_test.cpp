// Paths and their timing, against the enumeration of all integer timings and ordinary execution.
#include "sim/discrete_graph.hpp"
#include "sim/execution.hpp"
#include "sim/explorer.hpp"
#include "sim/path_search.hpp"
#include "sim/timing.hpp"
#include "tests/sim_integer_search.hpp"
#include "tests/toys/generated.hpp"
#include "tests/toys/timers.hpp"

#include <optional>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

namespace failback::tests {
namespace {

using sim::Extreme;
using sim::TimeMs;
using toys::GeneratedModel;
using Twin = IntegerSearch<GeneratedModel>;
using Graph = sim::DiscreteGraph<GeneratedModel>;
using Run = sim::Execution<GeneratedModel>;

constexpr std::size_t kSituations = 30'000;

sim::Goal marked(std::uint32_t marks) {
    sim::Goal goal;
    goal.marks = marks;
    return goal;
}

sim::Goal lasting_at_least(sim::DelayMs elapsed) {
    sim::Goal goal;
    goal.elapsed_at_least = elapsed;
    return goal;
}

sim::Goal lasting_at_most(sim::DelayMs elapsed) {
    sim::Goal goal;
    goal.elapsed_at_most = elapsed;
    return goal;
}

// The choices of a path with its timing.
std::vector<sim::Choice> choices_of(Graph& graph, const sim::Path& path,
                                    const std::vector<TimeMs>& instants) {
    REQUIRE(instants.size() == path.size() + 1);
    std::vector<sim::Choice> choices;
    for (std::size_t k = 0; k < path.size(); ++k) {
        const sim::Firing firing = graph.firings(path[k].node)[path[k].firing];
        choices.push_back({firing.entry, firing.form, instants[k + 1]});
    }
    return choices;
}

// The run after these choices; none if one of them is not legal.
std::optional<Run> execute(const GeneratedModel& model, const std::vector<sim::Choice>& choices) {
    Run run(model);
    for (const sim::Choice& choice : choices) {
        if (!run.possible(choice)) {
            return std::nullopt;
        }
        run.step(choice);
    }
    return run;
}

PathCost cost_of(Graph& graph, const sim::Path& path) {
    PathCost cost{0, 0};
    for (const sim::PathStep& step : path) {
        cost.first += graph.firings(step.node)[step.firing].faults;
        ++cost.second;
    }
    return cost;
}

using Steps = std::vector<std::pair<std::uint32_t, std::uint32_t>>;  // entry, form

// The path to a violation in a graph that was explored like this before.
Steps path_after(const GeneratedModel& model, const sim::SearchOptions* options,
                 std::uint64_t max_classes) {
    Graph graph(model);
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
    options.policy = sim::Policy::untimed;
    CHECK(path_after(model, &options, kAll) == without);
    CHECK(path_after(model, &options, 20) == without);
}

void check_violation(const GeneratedModel& model, const Twin& twin) {
    Graph graph(model);
    const auto found = sim::find_path(graph, marked(sim::kViolation));
    CHECK(found.statistics.complete);
    REQUIRE(found.path.has_value());
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

TEST_CASE("sim: a violation has a shortest path, and it executes", "[sim][.slow]") {
    int violated = 0;
    for (std::uint64_t seed = 0; violated < 150; ++seed) {
        CAPTURE(seed);
        const GeneratedModel model(seed);
        const Twin twin(model, kSituations);
        if (!twin.complete()) {
            continue;
        }
        if (!twin.cheapest(sim::kViolation)) {
            Graph graph(model);
            const auto found = sim::find_path(graph, marked(sim::kViolation));
            CHECK_FALSE(found.path.has_value());
            CHECK(found.statistics.complete);
            continue;
        }
        ++violated;
        check_violation(model, twin);
        check_independent_of_search(model);
    }
}

void check_chain(const sim::Timing& timing, std::uint32_t from, std::uint32_t to, TimeMs sum) {
    TimeMs total = 0;
    std::uint32_t at = from;
    for (const sim::Constraint& link : timing.chain) {
        CHECK(link.from == at);
        CHECK(timing.instants[link.to] - timing.instants[link.from] == link.weight);
        total += link.weight;
        at = link.to;
    }
    CHECK(at == to);
    CHECK(total == sum);
}

// The least cost over all durations that are long enough (or short enough).
std::optional<PathCost> cheapest(const Twin& twin, const sim::Goal& goal) {
    std::optional<PathCost> best;
    for (const auto& [elapsed, cost] : twin.elapsed()) {
        const bool fits = (!goal.elapsed_at_least || elapsed >= *goal.elapsed_at_least) &&
                          (!goal.elapsed_at_most || elapsed <= *goal.elapsed_at_most);
        if (fits && (!best || cost < *best)) {
            best = cost;
        }
    }
    return best;
}

void check_extreme(const GeneratedModel& model, const Twin& twin, Extreme extreme,
                   sim::DelayMs elapsed) {
    Graph graph(model);
    const bool longest = extreme == Extreme::longest;
    const auto goal = longest ? lasting_at_least(elapsed) : lasting_at_most(elapsed);
    const auto found = sim::find_path(graph, goal);
    REQUIRE(found.path.has_value());
    CHECK(cost_of(graph, *found.path) == cheapest(twin, goal));
    const auto span = sim::watch_span(graph, *found.path);
    REQUIRE(span.has_value());
    CHECK(span->stopped == found.path->size());
    const auto timing = sim::extreme_timing(graph, *found.path, *span, extreme);
    if (longest) {
        check_chain(timing, span->started, span->stopped, elapsed);
    } else {
        check_chain(timing, span->stopped, span->started, -elapsed);
    }
    const auto run = execute(model, choices_of(graph, *found.path, timing.instants));
    REQUIRE(run.has_value());
    CHECK(run->elapsed() == TimeMs{elapsed});
}

TEST_CASE("sim: bounds of a duration are attained", "[sim][.slow]") {
    int longest = 0;
    for (std::uint64_t seed = 0; longest < 150; ++seed) {
        CAPTURE(seed);
        const GeneratedModel model(seed);
        const Twin twin(model, kSituations);
        if (!twin.complete() || twin.elapsed().empty()) {
            continue;
        }
        Graph graph(model);
        const auto result = sim::Explorer(graph).run();
        REQUIRE(result.elapsed.has_value());
        check_extreme(model, twin, Extreme::shortest, result.elapsed->least);
        if (result.elapsed->most != sim::kNever) {
            ++longest;
            check_extreme(model, twin, Extreme::longest, result.elapsed->most);
            Graph again(model);
            const auto longer = sim::find_path(again, lasting_at_least(result.elapsed->most + 1));
            CHECK_FALSE(longer.path.has_value());
        }
    }
}

// The resend is at 4, the answer at 3 at the earliest and at 6 at the latest.
TEST_CASE("sim: a duration is explained by the constraints that it meets", "[sim]") {
    const toys::Race race{{3, 6}, 4};
    sim::DiscreteGraph<toys::Race> graph(race);
    const auto found = sim::find_path(graph, lasting_at_least(6));
    REQUIRE(found.path.has_value());
    const auto span = sim::watch_span(graph, *found.path);
    REQUIRE(span.has_value());
    const auto timing = sim::extreme_timing(graph, *found.path, *span, Extreme::longest);
    CHECK(timing.instants == std::vector<TimeMs>{0, 4, 6});
    REQUIRE(timing.chain.size() == 1);
    const sim::Constraint& answer = timing.chain.front();
    CHECK(answer.reason == sim::Reason::latest);
    CHECK(answer.fired);
    CHECK(answer.node == 0);
    CHECK(answer.entry == 0);  // `answer` comes before `resend`
    CHECK(answer.weight == 6);
}

TEST_CASE("sim: a path that no timing allows is refused", "[sim]") {
    // b, at 4 at the earliest, before a, at 3 at the latest.
    const toys::TwoTimers model{{2, 3}, {4, 7}};
    sim::DiscreteGraph<toys::TwoTimers> graph(model);
    CHECK_THROWS_AS(sim::earliest_timing(graph, {{0, 1}}), sim::InternalError);
    CHECK_NOTHROW(sim::earliest_timing(graph, {{0, 0}}));
    CHECK(sim::earliest_timing(graph, {}).instants == std::vector<TimeMs>{0});
}

TEST_CASE("sim: a duration without end has no longest timing", "[sim]") {
    const toys::TwoTimers model{{2, sim::kNever}, {4, 7}};
    sim::DiscreteGraph<toys::TwoTimers> graph(model);
    const sim::NodeId after_b = graph.firings(0)[1].target;
    const sim::Path b_then_a{{0, 1}, {after_b, 0}};
    CHECK_THROWS_AS(sim::extreme_timing(graph, b_then_a, {0, 2}, Extreme::longest),
                    sim::InternalError);
    const auto shortest = sim::extreme_timing(graph, b_then_a, {0, 2}, Extreme::shortest);
    CHECK(shortest.instants == std::vector<TimeMs>{0, 4, 4});
    CHECK_FALSE(sim::watch_span(graph, b_then_a).has_value());
}

}  // namespace
}  // namespace failback::tests
