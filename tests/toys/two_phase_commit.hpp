// Two-phase commit without time, after the TLA+ module TwoPhase of Gray and Lamport (Consensus on
// Transaction Commit, 2006). Known numbers of distinct states: 288 for 3 resource managers, 8 832
// for 5, 296 448 for 7. tests/bench/two_phase_commit.pml is the same for SPIN.
//
//  1. The agenda is exactly the set of enabled actions, each with the interval [0, never].
//  2. Messages are a set and are never taken out of it, so that a receiver may read one twice.
#pragma once

#include <array>
#include <compare>
#include <cstdint>

#include "sim/model.hpp"

namespace failback::toys {

class TwoPhaseCommit {
public:
    static constexpr std::uint8_t kMostManagers = 9;

    using Set = std::uint16_t;  // of managers, or of decisions

    enum class Manager : std::uint8_t { working, prepared, committed, aborted };
    enum class Coordinator : std::uint8_t { init, committed, aborted };
    enum class Action : std::uint8_t {
        coordinator_receives_prepared,
        coordinator_commits,
        coordinator_aborts,
        manager_prepares,
        manager_chooses_to_abort,
        manager_receives_commit,
        manager_receives_abort,
    };

    struct State {
        std::array<Manager, kMostManagers> managers;
        Coordinator coordinator;
        Set heard;      // of which managers the coordinator knows that they are prepared
        Set prepared;   // messages: Prepared(manager)
        Set decisions;  // messages: Commit, Abort
    };

    struct Event {
        Action action;
        std::uint8_t manager;  // 0 for what the coordinator does of its own

        friend auto operator<=>(const Event&, const Event&) = default;
    };

    explicit TwoPhaseCommit(std::uint8_t managers) : count_(managers) {}

    void initial(State& state, sim::Effects<Event>& effects) const {
        for_each_event([&](const Event& event) {
            if (enabled(state, event)) {
                effects.schedule(event, sim::any_time());
            }
        });
    }

    void apply(State& state, const Event& event, std::uint32_t,
               sim::Effects<Event>& effects) const {
        const State before = state;
        act(state, event);
        if (!consistent(state)) {
            effects.marks |= sim::kViolation;
        }
        for_each_event([&](const Event& other) {
            const bool pending = enabled(before, other) && other != event;
            const bool wanted = enabled(state, other);
            if (wanted && !pending) {
                effects.schedule(other, sim::any_time());
            } else if (pending && !wanted) {
                effects.cancel(other);
            }
        });
    }

private:
    static constexpr Set kCommit = 1;
    static constexpr Set kAbort = 2;

    static Set bit(std::uint8_t manager) { return static_cast<Set>(1U << manager); }
    static bool has(Set set, Set bits) { return (set & bits) != 0; }
    static void insert(Set& set, Set bits) { set = static_cast<Set>(set | bits); }

    template <class Visit>
    void for_each_event(Visit visit) const {
        for (std::uint8_t manager = 0; manager < count_; ++manager) {
            visit(Event{Action::coordinator_receives_prepared, manager});
            visit(Event{Action::manager_prepares, manager});
            visit(Event{Action::manager_chooses_to_abort, manager});
            visit(Event{Action::manager_receives_commit, manager});
            visit(Event{Action::manager_receives_abort, manager});
        }
        visit(Event{Action::coordinator_commits, 0});
        visit(Event{Action::coordinator_aborts, 0});
    }

    [[nodiscard]] bool enabled(const State& state, const Event& event) const {
        const bool undecided = state.coordinator == Coordinator::init;
        const bool working = state.managers[event.manager] == Manager::working;
        switch (event.action) {
            case Action::coordinator_receives_prepared:
                return undecided && has(state.prepared, bit(event.manager));
            case Action::coordinator_commits:
                return undecided && state.heard == (1U << count_) - 1U;
            case Action::coordinator_aborts: return undecided;
            case Action::manager_prepares: return working;
            case Action::manager_chooses_to_abort: return working;
            case Action::manager_receives_commit: return has(state.decisions, kCommit);
            case Action::manager_receives_abort: return has(state.decisions, kAbort);
        }
        return false;
    }

    static void act(State& state, const Event& event) {
        Manager& manager = state.managers[event.manager];
        switch (event.action) {
            case Action::coordinator_receives_prepared:
                insert(state.heard, bit(event.manager));
                break;
            case Action::coordinator_commits:
                state.coordinator = Coordinator::committed;
                insert(state.decisions, kCommit);
                break;
            case Action::coordinator_aborts:
                state.coordinator = Coordinator::aborted;
                insert(state.decisions, kAbort);
                break;
            case Action::manager_prepares:
                manager = Manager::prepared;
                insert(state.prepared, bit(event.manager));
                break;
            case Action::manager_chooses_to_abort: manager = Manager::aborted; break;
            case Action::manager_receives_commit: manager = Manager::committed; break;
            case Action::manager_receives_abort: manager = Manager::aborted; break;
        }
    }

    // No manager has committed while another has aborted.
    [[nodiscard]] bool consistent(const State& state) const {
        bool committed = false;
        bool aborted = false;
        for (std::uint8_t manager = 0; manager < count_; ++manager) {
            committed = committed || state.managers[manager] == Manager::committed;
            aborted = aborted || state.managers[manager] == Manager::aborted;
        }
        return !committed || !aborted;
    }

    std::uint8_t count_;
};

}  // namespace failback::toys
