// Instants of paths, and the chains of constraints that explain durations.
#include "sim/discrete_graph.hpp"
#include "sim/explorer.hpp"
#include "sim/path_search.hpp"
#include "sim/timing.hpp"
#include "tests/sim_paths.hpp"
#include "tests/toys/timers.hpp"

#include <cstdint>
#include <optional>
#include <vector>

#include <catch2/catch.hpp>

namespace failback::tests::sim_timing_test {
namespace {

using sim::Extreme;
using sim::TimeMs;
using toys::GeneratedModel;

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
std::optional<PathCost> cheapest(const GeneratedTwin& twin, const sim::Goal& goal) {
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

void check_witness(const GeneratedModel& model, GeneratedGraph& graph, const sim::Path& path,
                   Extreme extreme, sim::DelayMs elapsed) {
    const auto span = sim::watch_span(graph, path);
    REQUIRE(span.has_value());
    CHECK(span->stopped == path.size());
    const auto timing = sim::extreme_timing(graph, path, *span, extreme);
    if (extreme == Extreme::longest) {
        check_chain(timing, span->started, span->stopped, elapsed);
    } else {
        check_chain(timing, span->stopped, span->started, -elapsed);
    }
    const auto run = execute(model, choices_of(graph, path, timing.instants));
    REQUIRE(run.has_value());
    CHECK(run->elapsed() == TimeMs{elapsed});
}

void check_extreme(const GeneratedModel& model, const GeneratedTwin& twin, Extreme extreme,
                   sim::DelayMs elapsed) {
    GeneratedGraph graph(model);
    const bool longest = extreme == Extreme::longest;
    const auto goal = longest ? lasting_at_least(elapsed) : lasting_at_most(elapsed);
    const auto shortest_path = sim::find_shortest_path(graph, goal);
    const auto eager_path = sim::find_shortest_path(graph, goal, {}, {.eager = true});
    const auto any_path = sim::find_any_path(graph, goal);
    CHECK(cost_of(graph, *eager_path.path) == cheapest(twin, goal));
    for (const sim::PathResult& found : {shortest_path, eager_path, any_path}) {
        REQUIRE(found.path.has_value());
        check_witness(model, graph, *found.path, extreme, elapsed);
    }
    const auto shortest = sim::find_path(graph, goal);
    REQUIRE(shortest.path.has_value());
    CHECK(cost_of(graph, *shortest.path) == cheapest(twin, goal));
}

TEST_CASE("sim: bounds of a duration are attained", "[sim][.slow]") {
    int longest = 0;
    for (std::uint64_t seed = 0; longest < 150; ++seed) {
        CAPTURE(seed);
        const GeneratedModel model(seed);
        const GeneratedTwin twin(model, kMostSituations);
        if (!twin.complete() || twin.elapsed().empty()) {
            continue;
        }
        GeneratedGraph graph(model);
        const auto result = sim::Explorer(graph).run();
        REQUIRE(result.elapsed.has_value());
        check_extreme(model, twin, Extreme::shortest, result.elapsed->least);
        if (result.elapsed->most != sim::kNever) {
            ++longest;
            check_extreme(model, twin, Extreme::longest, result.elapsed->most);
            GeneratedGraph again(model);
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
}  // namespace failback::tests::sim_timing_test
