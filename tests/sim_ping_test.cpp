// The model that the documentation shows, and what it says of it.
#include "sim/discrete_graph.hpp"
#include "sim/execution.hpp"
#include "sim/explorer.hpp"
#include "sim/path_search.hpp"
#include "sim/timing.hpp"
#include "tests/toys/ping.hpp"

#include <catch2/catch.hpp>

namespace failback::tests::sim_ping_test {
namespace {

using toys::Ping;

// Best: 10 ms there, 10 ms back. Worst: two messages are lost, each costs one resend of 500 ms; the
// third request and its answer take 20 ms each.
constexpr sim::DelayMs kBest = 10 + 10;
constexpr sim::DelayMs kWorst = 500 + 500 + 20 + 20;

TEST_CASE("sim: ping is answered within its bounds", "[sim]") {
    const Ping ping;
    sim::DiscreteGraph<Ping> graph(ping);
    const auto result = sim::Explorer(graph).run();
    CHECK(result.statistics.complete);
    REQUIRE(result.elapsed.has_value());
    CHECK(result.elapsed->least == kBest);
    CHECK(result.elapsed->most == kWorst);
}

// With n = 0, 1 or 2 messages lost so far, pending are {request, resend}, {answer, resend} or, when
// the last message was lost, only {resend}, not for n = 0: 8 states before the answer, and 3 in
// which it has come. The resend was set with the request that was lost, 10 to 20 ms ago, or with
// the request whose answer was lost, 20 to 40 ms ago: [480, 490] and [460, 480] are joined, so
// that each state has one class. Nodes that only bad timing would reach do not count.
TEST_CASE("sim: ping has eleven classes", "[sim]") {
    const Ping ping;
    sim::DiscreteGraph<Ping> graph(ping);
    const auto result = sim::Explorer(graph).run();
    CHECK(result.statistics.classes_stored == 11);
    CHECK(result.statistics.discrete_states > 11);
}

// The stopwatch runs from the start, not from a step.
TEST_CASE("sim: the worst case of ping has a run and a chain", "[sim]") {
    const Ping ping;
    sim::DiscreteGraph<Ping> graph(ping);
    const auto found = sim::find_path(
        graph, {.marks = 0, .elapsed_at_least = kWorst, .elapsed_at_most = std::nullopt});
    REQUIRE(found.path.has_value());
    const auto span = sim::watch_span(graph, *found.path);
    REQUIRE(span.has_value());
    CHECK(span->started == 0);
    CHECK(span->stopped == found.path->size());
    const auto timing = sim::extreme_timing(graph, *found.path, *span, sim::Extreme::longest);
    CHECK(timing.instants.back() == kWorst);
    // What adds up: two resends, the request, the answer.
    REQUIRE(timing.chain.size() == 4);
    CHECK(timing.chain[0].weight == 500);
    CHECK(timing.chain[1].weight == 500);
    CHECK(timing.chain[2].weight == 20);
    CHECK(timing.chain[3].weight == 20);

    sim::Execution<Ping> run(ping);
    for (std::size_t k = 0; k < found.path->size(); ++k) {
        const auto& step = (*found.path)[k];
        const sim::Firing firing = graph.firings(step.node)[step.firing];
        run.step({firing.entry, firing.form, timing.instants[k + 1]});
    }
    CHECK(run.elapsed() == sim::TimeMs{kWorst});
    CHECK(run.agenda().size() == 0);
}

}  // namespace
}  // namespace failback::tests::sim_ping_test
