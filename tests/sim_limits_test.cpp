// Limits end a search, say so, and never let it pass for a complete one.
#include "sim/discrete_graph.hpp"
#include "sim/explorer.hpp"
#include "sim/path_search.hpp"
#include "sim/untimed.hpp"
#include "tests/toys/timers.hpp"
#include "tests/toys/two_phase_commit.hpp"

#include <cstdint>
#include <string>

#include <catch2/catch.hpp>

namespace failback::tests::sim_limits_test {
namespace {

using toys::TwoPhaseCommit;
using Graph = sim::DiscreteGraph<TwoPhaseCommit>;

sim::Limits at_most_classes(std::uint64_t classes) {
    sim::Limits limits;
    limits.max_classes = classes;
    return limits;
}

sim::Limits at_most_memory(std::uint64_t bytes) {
    sim::Limits limits;
    limits.max_memory_bytes = bytes;
    return limits;
}

// 8 832 states; see sim_toys_test.cpp.
const TwoPhaseCommit& model() {
    static const TwoPhaseCommit five(5);
    return five;
}

// With and without time, a class is a state here.
sim::SearchResult search(bool timed, const sim::Limits& limits = {}) {
    if (timed) {
        Graph graph(model());
        return sim::Explorer(graph).run(limits);
    }
    return sim::UntimedSearch(model()).run(limits);
}

TEST_CASE("sim: the number of classes is limited", "[sim]") {
    const bool timed = GENERATE(true, false);
    for (const std::uint64_t most : {0U, 1U, 7U, 1'500U, 8'831U}) {
        const auto result = search(timed, at_most_classes(most));
        CHECK_FALSE(result.statistics.complete);
        CHECK(result.statistics.stopped_by == "limit on the number of classes");
        CHECK(result.statistics.classes_expanded == most);
        CHECK(result.statistics.waiting > 0);
        CHECK(result.statistics.classes_stored >= most);
    }
    const auto result = search(timed, at_most_classes(8'832));
    CHECK(result.statistics.complete);
    CHECK(result.statistics.stopped_by.empty());
}

TEST_CASE("sim: memory is limited", "[sim]") {
    const bool timed = GENERATE(true, false);
    const auto needed = search(timed).statistics.memory_bytes;
    const auto result = search(timed, at_most_memory(needed / 2));
    CHECK_FALSE(result.statistics.complete);
    CHECK(result.statistics.stopped_by == "memory limit");
    CHECK(result.statistics.classes_expanded > 0);
    CHECK(result.statistics.classes_expanded < 8'832);
    CHECK(result.statistics.memory_bytes > needed / 2);
    CHECK(result.statistics.memory_bytes <= needed);
}

TEST_CASE("sim: a poll stops the search with its own words", "[sim]") {
    const bool timed = GENERATE(true, false);
    sim::Limits limits;
    int polled = 0;
    limits.poll = [&polled](const sim::SearchStatistics& statistics) {
        ++polled;
        CHECK_FALSE(statistics.complete);
        CHECK(statistics.discrete_states >= statistics.classes_expanded);
        return statistics.classes_expanded >= 3'000 ? std::string("time limit") : std::string();
    };
    const auto result = search(timed, limits);
    CHECK_FALSE(result.statistics.complete);
    CHECK(result.statistics.stopped_by == "time limit");
    CHECK(result.statistics.classes_expanded >= 3'000);
    CHECK(result.statistics.classes_expanded < 8'832);
    CHECK(polled > 1);
}

template <class Search>
void check_goes_on(Search& search) {
    CHECK_FALSE(search.run(at_most_classes(5'000)).statistics.complete);
    const auto result = search.run();
    CHECK(result.statistics.complete);
    CHECK(result.statistics.stopped_by.empty());
    CHECK(result.statistics.discrete_states == 8'832);
    CHECK(result.statistics.classes_expanded == 8'832);
}

TEST_CASE("sim: a stopped search goes on where it stopped", "[sim]") {
    Graph graph(model());
    sim::Explorer timed(graph);
    check_goes_on(timed);
    sim::UntimedSearch untimed(model());
    check_goes_on(untimed);
}

// Counts on for ever; from the first step on, each step may violate.
struct Endless {
    struct State {
        std::uint32_t count;
    };
    enum class Event : std::uint8_t { tick };

    void initial(State&, sim::Effects<Event>& effects) const {
        effects.schedule(Event::tick, sim::exactly(1));
    }

    void apply(State& state, const Event& event, std::uint32_t form,
               sim::Effects<Event>& effects) const {
        ++state.count;
        effects.forms = 2;
        effects.marks = form == 1 ? sim::kViolation : 0;
        effects.schedule(event, sim::exactly(1));
    }
};

TEST_CASE("sim: a violation ends the search after a while", "[sim]") {
    const Endless endless;
    sim::DiscreteGraph<Endless> graph(endless);
    const auto result = sim::Explorer(graph).run();
    CHECK((result.marks & sim::kViolation) != 0);
    CHECK_FALSE(result.statistics.complete);
    CHECK(result.statistics.stopped_by == "a violation was found");
    sim::Goal goal;
    goal.marks = sim::kViolation;
    const auto found = sim::find_path(graph, goal);
    REQUIRE(found.path.has_value());
    CHECK(found.path->size() == 1);
}

TEST_CASE("sim: a search for a path is limited in the same way", "[sim]") {
    sim::Goal goal;
    goal.marks = sim::kViolation;  // never happens
    const auto find = [&](const sim::Limits& limits) {
        Graph graph(model());
        return sim::find_path(graph, goal, limits);
    };
    for (const std::uint64_t most : {0U, 1U, 100U}) {
        const auto found = find(at_most_classes(most));
        CHECK_FALSE(found.path.has_value());
        CHECK_FALSE(found.statistics.complete);
        CHECK(found.statistics.stopped_by == "limit on the number of classes");
        CHECK(found.statistics.classes_expanded == most);
    }
    Graph untouched(model());
    const auto any = sim::find_any_path(untouched, goal, at_most_classes(100));
    CHECK_FALSE(any.path.has_value());
    CHECK_FALSE(any.statistics.complete);
    CHECK(any.statistics.classes_expanded == 100);
    const auto starved = find(at_most_memory(1));
    CHECK_FALSE(starved.statistics.complete);
    CHECK(starved.statistics.stopped_by == "memory limit");
    sim::Limits interrupted;
    interrupted.poll = [](const sim::SearchStatistics&) { return std::string("interrupted"); };
    const auto stopped = find(interrupted);
    CHECK_FALSE(stopped.statistics.complete);
    CHECK(stopped.statistics.stopped_by == "interrupted");
}

TEST_CASE("sim: a goal that cannot happen has no path", "[sim]") {
    const toys::TwoTimers timers{{2, 5}, {4, 7}};
    sim::DiscreteGraph<toys::TwoTimers> graph(timers);
    sim::Goal goal;
    goal.marks = sim::kViolation;
    const auto found = sim::find_path(graph, goal);
    CHECK_FALSE(found.path.has_value());
    CHECK(found.statistics.complete);
    CHECK(found.statistics.stopped_by.empty());
}

}  // namespace
}  // namespace failback::tests::sim_limits_test
