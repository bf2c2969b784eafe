// Every simulated run lies inside what exploration reached: its nodes, and its remaining delays.
#include "sim/chooser.hpp"
#include "sim/discrete_graph.hpp"
#include "sim/execution.hpp"
#include "sim/explorer.hpp"
#include "tests/toys/generated.hpp"
#include "tests/toys/ping.hpp"
#include "tests/toys/timers.hpp"
#include "tests/toys/two_phase_commit.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include <catch2/catch.hpp>

namespace failback::tests::sim_simulation_test {
namespace {

using sim::SeededChooser;
using sim::TimeMs;
using toys::GeneratedModel;

constexpr TimeMs kHorizon = 5'000;
constexpr int kSteps = 60;

template <sim::Model M>
class Explored {
public:
    explicit Explored(const M& model)
        : model_(&model), graph_(model), explorer_(graph_), result_(explorer_.run()) {
        REQUIRE(result_.statistics.complete);
    }

    // One run. Counts its steps; false if it leaves what was explored.
    bool run_inside(std::uint64_t seed, std::uint64_t& steps) const {
        sim::Execution<M> run(*model_);
        SeededChooser chooser(seed, kHorizon);
        for (int k = 0; k < kSteps; ++k) {
            if (!is_inside(run, chooser)) {
                return false;
            }
            const auto choice = chooser.next(run);
            if (!choice) {
                return true;
            }
            if (!run.possible(*choice)) {
                return false;
            }
            run.step(*choice);
            ++steps;
            if (!agrees(run)) {
                return false;
            }
            if ((run.effects().marks & sim::kViolation) != 0) {
                return true;
            }
        }
        return true;
    }

private:
    // The instants drawn for the agenda, seen from now, are a point of an alive zone of the node.
    bool is_inside(const sim::Execution<M>& run, SeededChooser& chooser) const {
        const bool watching = run.watch_started().has_value();
        const auto node = graph_.find(run.state(), run.agenda().events(), watching);
        if (!node) {
            return false;
        }
        std::vector<TimeMs> point{0};
        for (const sim::Due& due : run.agenda().notes()) {
            point.push_back(chooser.instant_of(due) - run.now());
        }
        if (watching) {
            point.push_back(*run.watch_started() - run.now());
        }
        const auto& zones = explorer_.zones();
        return std::ranges::any_of(zones.alive_zones(*node), [&](sim::ZoneId id) {
            return sim::contains(zones.zone(id), point);
        });
    }

    // What the last step showed is among what the search reports.
    bool agrees(const sim::Execution<M>& run) const {
        if ((run.effects().marks & ~result_.marks) != 0) {
            return false;
        }
        return !run.elapsed() ||
               (result_.elapsed && *run.elapsed() >= result_.elapsed->least &&
                *run.elapsed() <= result_.elapsed->most);
    }

    const M* model_;
    sim::DiscreteGraph<M> graph_;
    sim::Explorer explorer_;
    sim::SearchResult result_;
};

template <sim::Model M>
std::uint64_t check_runs(const M& model, std::uint64_t first_seed, std::uint64_t runs) {
    const Explored<M> explored(model);
    std::uint64_t steps = 0;
    for (std::uint64_t seed = first_seed; seed < first_seed + runs; ++seed) {
        if (!explored.run_inside(seed, steps)) {
            FAIL_CHECK("the run of seed " << seed << " leaves what was explored");
        }
    }
    return steps;
}

// 1 000 runs of ping, drift, two-phase commit, 500 each of two timers and race, 6 000 of generated
// models: 10 000 in all.
TEST_CASE("sim: simulated runs of toys lie inside the explored space", "[sim]") {
    CHECK(check_runs(toys::Ping{}, 0, 1'000) > 2'000);
    CHECK(check_runs(toys::Drift{}, 0, 1'000) == 60'000);
    CHECK(check_runs(toys::TwoPhaseCommit(3), 0, 1'000) > 20'000);
    CHECK(check_runs(toys::TwoTimers{{2, 5}, {4, 7}}, 0, 500) == 1'000);
    CHECK(check_runs(toys::Race{{3, 8}, 4}, 0, 500) > 500);
}

TEST_CASE("sim: simulated runs of generated models lie inside the explored space", "[sim]") {
    std::uint64_t steps = 0;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        CAPTURE(seed);
        steps += check_runs(GeneratedModel(seed), 1'000 * seed, 20);
    }
    CHECK(steps > 60'000);
}

std::vector<sim::Choice> choices_of(const GeneratedModel& model, std::uint64_t seed) {
    sim::Execution<GeneratedModel> run(model);
    SeededChooser chooser(seed, kHorizon);
    std::vector<sim::Choice> choices;
    while (choices.size() < 100) {
        const auto choice = chooser.next(run);
        if (!choice) {
            break;
        }
        run.step(*choice);
        choices.push_back(*choice);
    }
    return choices;
}

TEST_CASE("sim: the same seed makes the same choices", "[sim]") {
    int different = 0;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        const GeneratedModel model(seed);
        CHECK(choices_of(model, seed) == choices_of(model, seed));
        different += static_cast<int>(choices_of(model, seed) != choices_of(model, seed + 1));
    }
    CHECK(different > 60);
}

// Form 0 unless one draw in `usual` says other; with 1, every draw does, and half of the requests
// are lost.
TEST_CASE("sim: unusual forms are rare", "[sim]") {
    const auto lost = [](std::uint32_t usual) {
        int count = 0;
        for (std::uint64_t seed = 0; seed < 1'000; ++seed) {
            const toys::Ping ping;
            sim::Execution<toys::Ping> run(ping);
            SeededChooser chooser(seed, kHorizon, usual);
            const auto choice = chooser.next(run);
            REQUIRE(choice.has_value());
            count += static_cast<int>(choice->form == 1);
        }
        return count;
    };
    const int even = lost(1);
    CHECK(even > 400);
    CHECK(even < 600);
    const int eighth = lost(8);  // 1'000 / 8 / 2 = 62
    CHECK(eighth > 30);
    CHECK(eighth < 100);
}

TEST_CASE("sim: of events that are due together the first in canonical order fires", "[sim]") {
    const toys::TwoTimers model{{5, 5}, {5, 5}};
    sim::Execution<toys::TwoTimers> run(model);
    SeededChooser chooser(92, kHorizon);
    CHECK(chooser.next(run) == sim::Choice{0, 0, 5});
}

// The horizon cuts an interval without end: its instant may lie just behind it.
TEST_CASE("sim: nothing is chosen beyond the horizon", "[sim]") {
    const toys::TwoTimers model{{100, sim::kNever}, {40, 40}};
    bool fires = false;
    bool rests = false;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        sim::Execution<toys::TwoTimers> run(model);
        SeededChooser chooser(seed, 110);
        const auto b = chooser.next(run);
        REQUIRE(b.has_value());
        CHECK(*b == sim::Choice{1, 0, 40});
        run.step(*b);
        const auto a = chooser.next(run);
        fires = fires || a.has_value();
        rests = rests || !a.has_value();
        CHECK((!a || (a->at >= 100 && a->at <= 110)));
    }
    CHECK(fires);
    CHECK(rests);
    sim::Execution<toys::TwoTimers> run(model);
    SeededChooser early(1, 39);
    CHECK_FALSE(early.next(run).has_value());
}

}  // namespace
}  // namespace failback::tests::sim_simulation_test
