// Toy models with counts known from elsewhere or worked out by hand.
#include "sim/discrete_graph.hpp"
#include "sim/explorer.hpp"
#include "sim/untimed.hpp"
#include "tests/toys/timers.hpp"
#include "tests/toys/two_phase_commit.hpp"

#include <catch2/catch.hpp>

namespace failback::tests::sim_toys_test {
namespace {

using sim::Coverage;

template <sim::Model M>
sim::SearchResult explore(const M& model, const sim::SearchOptions& options = {}) {
    sim::DiscreteGraph<M> graph(model);
    auto result = sim::Explorer(graph, options).run();
    CHECK(result.statistics.complete);
    CHECK(result.statistics.stopped_by.empty());
    CHECK(result.statistics.waiting == 0);
    return result;
}

sim::SearchOptions with(Coverage coverage) {
    sim::SearchOptions options;
    options.coverage = coverage;
    return options;
}

template <sim::Model M>
std::uint64_t classes_stored(const M& model, Coverage coverage) {
    return explore(model, with(coverage)).statistics.classes_stored;
}

void check_two_phase_commit(const sim::SearchResult& result, std::uint64_t states,
                            std::uint64_t transitions) {
    CHECK(result.statistics.complete);
    CHECK(result.statistics.discrete_states == states);
    CHECK(result.statistics.classes_expanded == states);
    CHECK(result.statistics.classes_stored == states);
    CHECK(result.statistics.transitions == transitions);
    CHECK((result.marks & sim::kViolation) == 0);
}

sim::SearchResult search_untimed(std::uint8_t managers) {
    const toys::TwoPhaseCommit model(managers);
    return sim::UntimedSearch(model).run();
}

TEST_CASE("sim: two-phase commit has its published number of states", "[sim]") {
    check_two_phase_commit(search_untimed(3), 288, 1'145);
    check_two_phase_commit(search_untimed(5), 8'832, 58'145);
}

TEST_CASE("sim: two-phase commit of eight managers", "[sim][.slow]") {
    check_two_phase_commit(search_untimed(8), 1'745'408, 18'507'777);
}

// All intervals are [0, never]. The bounds of such a zone are 0 <= x and nothing else: firing f
// adds x_f <= x_j, which says 0 <= x_j once f is the origin. One class for each state.
TEST_CASE("sim: zones add nothing to a model without time", "[sim]") {
    check_two_phase_commit(explore(toys::TwoPhaseCommit(3)), 288, 1'145);
}

// a in [2, 5], b in [4, 7]. Classes: {a, b} at the start; {b} after a; {a} after b, which needs
// b = 4 or 5 <= a = 4 or 5; {} after both. Steps: two from the start, one from each of {a}, {b}.
TEST_CASE("sim: two timers whose intervals overlap fire in both orders", "[sim]") {
    const toys::TwoTimers model{{2, 5}, {4, 7}};
    for (const auto coverage : {Coverage::equal, Coverage::inclusion, Coverage::merging}) {
        const auto result = explore(model, with(coverage));
        CHECK(result.statistics.classes_stored == 4);
        CHECK(result.statistics.classes_expanded == 4);
        CHECK(result.statistics.transitions == 4);
        CHECK(result.statistics.discrete_states == 4);
    }
}

TEST_CASE("sim: remaining delays of two timers", "[sim]") {
    const toys::TwoTimers model{{2, 5}, {4, 7}};
    sim::DiscreteGraph<toys::TwoTimers> graph(model);
    sim::Explorer explorer(graph);
    static_cast<void>(explorer.run());
    const auto zone_of = [&](std::uint8_t fired, const std::vector<toys::TwoTimers::Event>& left) {
        const auto node = graph.find({fired}, left, false);
        REQUIRE(node.has_value());
        REQUIRE(explorer.zones().alive_zones(*node).size() == 1);
        const auto zone = explorer.zones().zone(explorer.zones().alive_zones(*node).front());
        return std::vector<sim::DelayMs>(zone.begin(), zone.end());
    };
    using Event = toys::TwoTimers::Event;
    // Rows: present, a, b. a - b <= 5 - 4, b - a <= 7 - 2.
    CHECK(zone_of(0, {Event::a, Event::b}) ==
          std::vector<sim::DelayMs>{0, -2, -4, 5, 0, 1, 7, 5, 0});
    // b is left with 4 - 5, but not less than 0, to 7 - 2.
    CHECK(zone_of(1, {Event::b}) == std::vector<sim::DelayMs>{0, 0, 5, 0});
    // a is left with 0 to 5 - 4.
    CHECK(zone_of(2, {Event::a}) == std::vector<sim::DelayMs>{0, 0, 1, 0});
    CHECK(zone_of(3, {}) == std::vector<sim::DelayMs>{0});
}

// a in [2, 3], b in [4, 7]: a is always first. Classes {a, b}, {b}, {}. A search without time
// does not know that and adds {a}.
TEST_CASE("sim: a timer that is certain to be first is first", "[sim]") {
    const toys::TwoTimers model{{2, 3}, {4, 7}};
    CHECK(explore(model).statistics.classes_stored == 3);
    CHECK(explore(model).statistics.transitions == 2);
    CHECK(sim::UntimedSearch(model).run().statistics.classes_stored == 4);
}

// The answer takes 3 to 6 ms, the request is sent again after 4. Classes:
//   1. answer in [3, 6], resend in 4;
//   2. answered: the answer came at 3 or 4;
//   3. sent twice: first answer in [0, 2], second in [3, 6]; the second cannot be first;
//   4. answered after that.
// Steps: 1 -> 2, 1 -> 3, 3 -> 4. The wait lasts 3 ms to 6 ms.
TEST_CASE("sim: retransmission races the answer", "[sim]") {
    const auto result = explore(toys::Race{{3, 6}, 4});
    CHECK(result.statistics.classes_stored == 4);
    CHECK(result.statistics.transitions == 3);
    REQUIRE(result.elapsed.has_value());
    CHECK(result.elapsed->least == 3);
    CHECK(result.elapsed->most == 6);
}

// With 3 to 8 ms the first answer is left with [0, 4] when the second one, [3, 8], is sent: now
// either can be first, 3 -> 4 twice. Both lead to the same class. The wait lasts at most 8 ms: 4 ms
// to the resend and 4 ms for the first answer.
TEST_CASE("sim: the answer to a retransmission may overtake", "[sim]") {
    const auto result = explore(toys::Race{{3, 8}, 4});
    CHECK(result.statistics.classes_stored == 4);
    CHECK(result.statistics.transitions == 4);
    REQUIRE(result.elapsed.has_value());
    CHECK(result.elapsed->least == 3);
    CHECK(result.elapsed->most == 8);
}

// A tick of 5 ms or more never beats a resend at 4 ms, so that the answer comes to [5, 6] only
// after it: 1 -> 3 -> 4.
TEST_CASE("sim: a retransmission that always comes too early", "[sim]") {
    const auto result = explore(toys::Race{{5, 6}, 4});
    CHECK(result.statistics.classes_stored == 3);
    CHECK(result.statistics.transitions == 2);
    REQUIRE(result.elapsed.has_value());
    CHECK(result.elapsed->least == 5);
    CHECK(result.elapsed->most == 6);
}

TEST_CASE("sim: every possible transition is told", "[sim]") {
    std::uint64_t told = 0;
    sim::SearchOptions options;
    options.on_transition = [&told](sim::NodeId, const sim::Firing&) { ++told; };
    CHECK(explore(toys::Drift{}, options).statistics.transitions == told);
    CHECK(told > 0);
}

// One node: tick (T) and reference (R) are always pending. One of them was scheduled just now, so
// that every class is a box T x R.
//   a  [1,2] x [4,4]  start      tick -> b
//   b  [1,2] x [2,3]  1 tick     tick -> c, reference (T = R = 2) -> f
//   c  [1,2] x [0,2]  2 ticks    tick -> d, reference -> g
//   d  [1,2] x [0,1]  3 ticks    tick -> e, reference -> g
//   e  [1,2] x [0,0]  4 ticks    reference -> a
//   f  [0,0] x [4,4]             tick -> a
//   g  [0,2] x [4,4]             tick -> h
//   h  [1,2] x [2,4]             tick -> i, reference (T = R = 2) -> f
//   i  [1,2] x [0,3]             tick -> c, reference -> g
// Steps: 1 + 2 + 2 + 2 + 1 + 1 + 1 + 2 + 2 = 14.
// Inclusion keeps g (with a, f inside), h (a, b) and i (c, d, e). Merging joins h and i to
// [1,2] x [0,4]; with g that is no zone: (0, 3) would be missing.
TEST_CASE("sim: a periodic timer drifts against a reference", "[sim]") {
    const auto all = explore(toys::Drift{}, with(Coverage::equal));
    CHECK(all.statistics.classes_stored == 9);
    CHECK(all.statistics.transitions == 14);
    CHECK(all.statistics.discrete_states == 1);
    CHECK(classes_stored(toys::Drift{}, Coverage::inclusion) == 3);
    CHECK(classes_stored(toys::Drift{}, Coverage::merging) == 2);
}

}  // namespace
}  // namespace failback::tests::sim_toys_test
