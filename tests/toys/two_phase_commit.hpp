// Two-phase commit without time, after the TLA+ module TwoPhase of Gray and Lamport (Consensus on
// Transaction Commit, 2006). Known numbers of distinct states: 288 for 3 resource managers, 8 832
// for 5, 296 448 for 7. tests/bench/two_phase_commit.pml is the same for SPIN.
//
//  1. The agenda is exactly the set of enabled actions, each with the interval [0, never].
//  2. Sets of managers are bit fields, and what a step enables is worked out for all managers at
//     once, so that the search is measured and not the model.
//  3. Messages are a set and are never taken out of it, so that a receiver may read one twice.
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>

#include "sim/model.hpp"

namespace failback::toys {

class TwoPhaseCommit {
public:
    static constexpr std::uint8_t kMostManagers = 9;

    using Set = std::uint16_t;  // of managers, or of decisions

    enum class Action : std::uint8_t {
        coordinator_receives_prepared,
        coordinator_commits,
        coordinator_aborts,
        manager_prepares,
        manager_chooses_to_abort,
        manager_receives_commit,
        manager_receives_abort,
    };

    // A manager is working (in neither set), prepared (settled), aborted (final), or committed
    // (both). The coordinator has decided once there is a decision.
    struct State {
        Set settled;
        Set final;
        Set heard;      // of which managers the coordinator knows that they are prepared
        Set prepared;   // messages: Prepared(manager)
        Set decisions;  // messages: Commit, Abort
    };

    struct Event {
        Action action;
        std::uint8_t manager;  // 0 for what the coordinator does of its own

        friend auto operator<=>(const Event&, const Event&) = default;
    };

    explicit TwoPhaseCommit(std::uint8_t managers)
        : all_(static_cast<Set>((1U << managers) - 1U)) {}

    void initial(State& state, sim::Effects<Event>& effects) const {
        change(Enabled{}, enabled(state), effects);
    }

    void apply(State& state, const Event& event, std::uint32_t,
               sim::Effects<Event>& effects) const {
        Enabled before = enabled(state);
        remove(before[index(event.action)], bit(event.manager));  // it has fired
        act(state, event);
        const Set committed = state.settled & state.final;
        const Set aborted = state.final & static_cast<Set>(~state.settled);
        if (committed != 0 && aborted != 0) {
            effects.marks |= sim::kViolation;
        }
        change(before, enabled(state), effects);
    }

private:
    static constexpr Set kCommit = 1;
    static constexpr Set kAbort = 2;
    static constexpr std::size_t kActions = 7;

    // For which managers each action is enabled; manager 0 for the coordinator's own.
    using Enabled = std::array<Set, kActions>;

    static std::size_t index(Action action) { return static_cast<std::size_t>(action); }
    static Set bit(std::uint8_t manager) { return static_cast<Set>(1U << manager); }
    static void insert(Set& set, Set bits) { set = static_cast<Set>(set | bits); }
    static void remove(Set& set, Set bits) { set = static_cast<Set>(set & ~bits); }

    [[nodiscard]] Enabled enabled(const State& state) const {
        const bool undecided = state.decisions == 0;
        const auto working = static_cast<Set>(all_ & ~(state.settled | state.final));
        const auto if_sent = [&](Set decision) {
            return (state.decisions & decision) != 0 ? all_ : Set{0};
        };
        return {undecided ? state.prepared : Set{0},
                static_cast<Set>(undecided && state.heard == all_),
                static_cast<Set>(undecided),
                working,
                working,
                if_sent(kCommit),
                if_sent(kAbort)};
    }

    static void change(const Enabled& before, const Enabled& after,
                       sim::Effects<Event>& effects) {
        for (std::size_t action = 0; action < kActions; ++action) {
            unsigned differing = before[action] ^ after[action];
            for (; differing != 0; differing &= differing - 1) {
                const auto manager = static_cast<std::uint8_t>(std::countr_zero(differing));
                const Event event{static_cast<Action>(action), manager};
                if ((after[action] & bit(manager)) != 0) {
                    effects.schedule(event, sim::any_time());
                } else {
                    effects.cancel(event);
                }
            }
        }
    }

    static void act(State& state, const Event& event) {
        const Set manager = bit(event.manager);
        switch (event.action) {
            case Action::coordinator_receives_prepared: insert(state.heard, manager); break;
            case Action::coordinator_commits: insert(state.decisions, kCommit); break;
            case Action::coordinator_aborts: insert(state.decisions, kAbort); break;
            case Action::manager_prepares:
                insert(state.settled, manager);
                insert(state.prepared, manager);
                break;
            case Action::manager_receives_commit:
                insert(state.settled, manager);
                insert(state.final, manager);
                break;
            case Action::manager_chooses_to_abort:
            case Action::manager_receives_abort:
                remove(state.settled, manager);
                insert(state.final, manager);
                break;
        }
    }

    Set all_;
};

}  // namespace failback::toys
