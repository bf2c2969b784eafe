// The agenda, and the execution that is built on it.
#include "sim/agenda.hpp"
#include "sim/discrete_graph.hpp"
#include "sim/execution.hpp"
#include "sim/explorer.hpp"
#include "tests/toys/timers.hpp"

#include <vector>

#include <catch2/catch.hpp>

namespace failback::tests::sim_agenda_test {
namespace {

using sim::exactly;
using sim::InternalError;
using toys::TwoTimers;

using Agenda = sim::Agenda<int, int>;  // the notes tell equal events apart

// The least that Agenda::take needs to know of a model.
struct Plain {
    using State = int;
};

struct Pruner {
    using State = int;
    using Event = int;

    bool enabled = true;

    [[nodiscard]] bool prunes() const { return enabled; }
    [[nodiscard]] bool idle(const int& state, const int& event) const { return event == state; }
};

struct Renamer {
    using State = int;
    using Event = int;

    // Events are numbered from the state on.
    void normalise(int& state, std::vector<int>& pending) const {
        for (int& event : pending) {
            event -= state;
        }
        state = 0;
    }
};

template <class M>
void take(Agenda& agenda, const M& model, int& state, const sim::Effects<int>& effects) {
    int next = 100;
    agenda.take(model, state, effects, [&next](sim::Interval) { return next++; });
}

template <class M>
void take(Agenda& agenda, const M& model, const sim::Effects<int>& effects) {
    int state = 0;
    take(agenda, model, state, effects);
}

TEST_CASE("sim: the agenda is sorted, equal events by age", "[sim]") {
    Agenda agenda;
    sim::Effects<int> effects;
    for (const int event : {5, 3, 5, 1, 3}) {
        effects.schedule(event, exactly(10));
    }
    take(agenda, Plain{}, effects);
    CHECK(agenda.events() == std::vector<int>{1, 3, 3, 5, 5});
    CHECK(agenda.notes() == std::vector<int>{103, 101, 104, 100, 102});
    agenda.add(3, 7);
    take(agenda, Plain{}, {});
    CHECK(agenda.events() == std::vector<int>{1, 3, 3, 3, 5, 5});
    CHECK(agenda.notes() == std::vector<int>{103, 101, 104, 7, 100, 102});
    CHECK(agenda.event(3) == 3);
    CHECK(agenda.note(3) == 7);
    agenda.clear();
    CHECK(agenda.size() == 0);
}

TEST_CASE("sim: the older of two equal events is cancelled", "[sim]") {
    Agenda agenda;
    agenda.add(3, 1);
    agenda.add(3, 2);
    agenda.cancel(3, false);
    CHECK(agenda.notes() == std::vector<int>{2});
    agenda.cancel(3, false);
    CHECK(agenda.size() == 0);
    CHECK_THROWS_AS(agenda.cancel(3, false), InternalError);
    CHECK_NOTHROW(agenda.cancel(3, true));
}

TEST_CASE("sim: cancelling comes before scheduling", "[sim]") {
    Agenda agenda;
    agenda.add(3, 1);
    sim::Effects<int> restart;
    restart.schedule(3, exactly(10));
    restart.cancel(3);
    take(agenda, Plain{}, restart);
    CHECK(agenda.notes() == std::vector<int>{100});
    sim::Effects<int> absent;
    absent.cancel(4);
    absent.schedule(4, exactly(10));  // too late to be what is cancelled
    CHECK_THROWS_AS(take(agenda, Plain{}, absent), InternalError);
}

TEST_CASE("sim: only what exists is removed and only valid intervals are scheduled", "[sim]") {
    Agenda agenda;
    agenda.add(3, 1);
    CHECK_THROWS_AS(agenda.remove(1), InternalError);
    CHECK_NOTHROW(agenda.remove(0));
    for (const sim::Interval bad : {sim::Interval{2, 1}, sim::Interval{-1, 1},
                                    sim::Interval{0, sim::kLongestDelay + 1}}) {
        sim::Effects<int> effects;
        effects.schedule(1, bad);
        CHECK_THROWS_AS(take(agenda, Plain{}, effects), InternalError);
    }
}

TEST_CASE("sim: idle events are pruned, and may be cancelled nevertheless", "[sim]") {
    Agenda agenda;
    sim::Effects<int> effects;
    for (const int event : {2, 7, 2, 9}) {
        effects.schedule(event, exactly(10));
    }
    int state = 2;
    take(agenda, Pruner{true}, state, effects);
    CHECK(agenda.events() == std::vector<int>{7, 9});
    CHECK(agenda.notes() == std::vector<int>{101, 103});
    sim::Effects<int> cancel;
    cancel.cancel(2);
    CHECK_NOTHROW(take(agenda, Pruner{true}, state, cancel));
    CHECK_THROWS_AS(take(agenda, Pruner{false}, state, cancel), InternalError);
    agenda.add(2, 5);
    take(agenda, Pruner{false}, state, {});
    CHECK(agenda.events() == std::vector<int>{2, 7, 9});
}

TEST_CASE("sim: events are renamed before they are sorted", "[sim]") {
    Agenda agenda;
    sim::Effects<int> effects;
    effects.schedule(8, exactly(10));
    effects.schedule(6, exactly(10));
    int state = 5;
    take(agenda, Renamer{}, state, effects);
    CHECK(agenda.events() == std::vector<int>{1, 3});
    CHECK(agenda.notes() == std::vector<int>{101, 100});
    CHECK(state == 0);
}

TEST_CASE("sim: a choice is legal between earliest and the first deadline", "[sim]") {
    const TwoTimers model{{2, 5}, {4, 7}};
    sim::Execution<TwoTimers> run(model);
    CHECK(run.now() == 0);
    CHECK(run.deadline() == sim::TimeMs{5});
    CHECK_FALSE(run.possible({0, 0, 1}));
    CHECK(run.possible({0, 0, 2}));
    CHECK(run.possible({0, 0, 5}));
    CHECK_FALSE(run.possible({0, 0, 6}));
    CHECK(run.possible({1, 0, 5}));
    CHECK_FALSE(run.possible({1, 0, 6}));  // a would be overdue
    CHECK_FALSE(run.possible({2, 0, 5}));
    CHECK_THROWS_AS(run.step({1, 0, 6}), InternalError);
    CHECK_THROWS_AS(run.step({1, 1, 5}), InternalError);  // no such form
    CHECK(run.next_id() == 3);
    run.step({1, 0, 5});
    CHECK(run.now() == 5);
    CHECK(run.state().fired == 2);
    CHECK(run.agenda().size() == 1);
    CHECK_FALSE(run.possible({0, 0, 4}));  // in the past
    CHECK(run.possible({0, 0, 5}));
}

TEST_CASE("sim: equal futures have equal hashes", "[sim]") {
    const TwoTimers model{{2, 5}, {2, 5}};
    sim::Execution<TwoTimers> one(model);
    sim::Execution<TwoTimers> other(model);
    CHECK(one.hash() == other.hash());
    one.step({0, 0, 3});
    CHECK(one.hash() != other.hash());
    other.step({0, 0, 4});
    CHECK(one.hash() != other.hash());  // what is left of b differs
    one.step({0, 0, 5});
    other.step({0, 0, 5});
    CHECK(one.hash() == other.hash());
}

// Starts the stopwatch at each tick although it runs.
struct TwiceStarted : toys::Drift {
    void apply(State& state, const Event& event, std::uint32_t form,
               sim::Effects<Event>& effects) const {
        toys::Drift::apply(state, event, form, effects);
        effects.watch = wanted;
    }

    sim::Watch wanted = sim::Watch::start;
};

TEST_CASE("sim: one stopwatch runs at a time", "[sim]") {
    TwiceStarted model;
    sim::DiscreteGraph<TwiceStarted> graph(model);
    const sim::NodeId started = graph.firings(0)[0].target;
    CHECK_THROWS_AS(graph.firings(started), InternalError);
    model.wanted = sim::Watch::restart;
    sim::DiscreteGraph<TwiceStarted> restarted(model);
    CHECK_THROWS_AS(restarted.firings(0), InternalError);
}

}  // namespace
}  // namespace failback::tests::sim_agenda_test
