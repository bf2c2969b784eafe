// Small timed models drawn from a seed: a few locations, three kinds of events, and for each
// (location, kind, form) a step that schedules, cancels or restarts events, tells marks, strikes
// faults and handles the stopwatch.
//
//  1. The number of states is finite: at most kMostPending events are pending, at most kMostFaults
//     faults strike, and the stopwatch runs for at most kMostWatched steps.
//  2. A finite duration on the stopwatch is at most kMostWatched * kLongest.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>

#include "sim/model.hpp"
#include "sim/random.hpp"

namespace failback::toys {

class GeneratedModel {
public:
    static constexpr std::size_t kLocations = 3;
    static constexpr std::size_t kKinds = 3;
    static constexpr std::size_t kForms = 3;
    static constexpr int kMostPending = 3;
    static constexpr int kMostOfOneKind = 2;
    static constexpr int kMostFaults = 2;
    static constexpr int kMostWatched = 3;
    static constexpr sim::DelayMs kLongest = 5;

    struct State {
        std::array<std::uint8_t, kKinds> pending;  // how many of each kind
        std::uint8_t location;
        std::uint8_t faults;
        std::uint8_t watching;
        std::uint8_t watched;  // steps since the stopwatch was started
    };

    struct Event {
        std::uint8_t kind;

        friend auto operator<=>(const Event&, const Event&) = default;
    };

    explicit GeneratedModel(std::uint64_t seed) {
        sim::Random random(seed);
        for (std::size_t location = 0; location < kLocations; ++location) {
            for (std::size_t kind = 0; kind < kKinds; ++kind) {
                delays_[location][kind] = draw_delay(random);
                forms_[location][kind] = static_cast<std::uint16_t>(1 + random.below(kForms));
                for (Step& step : steps_[location][kind]) {
                    step = draw_step(random);
                }
            }
        }
        starts_watching_ = random.below(4) == 0;
    }

    void initial(State& state, sim::Effects<Event>& effects) const {
        schedule(state, 0, effects);
        schedule(state, 1, effects);
        if (starts_watching_) {
            handle_watch(state, sim::Watch::start, effects);
        }
    }

    void apply(State& state, const Event& event, std::uint32_t form,
               sim::Effects<Event>& effects) const {
        const Step& step = steps_[state.location][event.kind][form];
        effects.forms = state.faults < kMostFaults ? forms_[state.location][event.kind]
                                                   : std::uint16_t{1};
        effects.marks = step.marks;
        if (form > 0 && step.fault) {
            effects.faults = 1;
            ++state.faults;
        }
        --state.pending[event.kind];
        state.location = step.next;
        for (std::uint8_t kind = 0; kind < kKinds; ++kind) {
            const Change change = step.changes[kind];
            if (change == Change::cancel || change == Change::restart) {
                cancel(state, kind, effects);
            }
            if (change == Change::schedule || change == Change::restart) {
                schedule(state, kind, effects);
            }
        }
        handle_watch(state, step.watch, effects);
    }

private:
    enum class Change : std::uint8_t { none, schedule, cancel, restart };

    struct Step {
        std::array<Change, kKinds> changes{};
        std::uint8_t next = 0;
        std::uint32_t marks = 0;
        bool fault = false;
        sim::Watch watch = sim::Watch::leave;
    };

    static sim::Interval draw_delay(sim::Random& random) {
        const auto earliest = static_cast<sim::DelayMs>(random.below(kLongest + 1));
        const auto room = static_cast<std::uint64_t>(kLongest - earliest);
        const auto latest = earliest + static_cast<sim::DelayMs>(random.below(room + 1));
        return {earliest, random.below(9) == 0 ? sim::kNever : latest};
    }

    static Step draw_step(sim::Random& random) {
        constexpr std::array kChanges{Change::none, Change::schedule, Change::schedule,
                                      Change::schedule, Change::cancel, Change::restart};
        Step step;
        for (Change& change : step.changes) {
            change = kChanges[random.below(kChanges.size())];
        }
        step.next = static_cast<std::uint8_t>(random.below(kLocations));
        step.marks = random.below(30) == 0 ? sim::kViolation : 0;
        step.marks |= random.below(4) == 0 ? sim::kTriggered : 0;
        step.fault = random.below(2) == 0;
        step.watch = static_cast<sim::Watch>(random.below(5));
        return step;
    }

    void schedule(State& state, std::uint8_t kind, sim::Effects<Event>& effects) const {
        int total = 0;
        for (const std::uint8_t count : state.pending) {
            total += count;
        }
        if (total < kMostPending && state.pending[kind] < kMostOfOneKind) {
            ++state.pending[kind];
            effects.schedule({kind}, delays_[state.location][kind]);
        }
    }

    static void cancel(State& state, std::uint8_t kind, sim::Effects<Event>& effects) {
        if (state.pending[kind] > 0) {
            --state.pending[kind];
            effects.cancel({kind});
        }
    }

    // Carries out `wanted` as far as the stopwatch allows it.
    static void handle_watch(State& state, sim::Watch wanted, sim::Effects<Event>& effects) {
        const bool running = state.watching != 0;
        if ((wanted == sim::Watch::start) == running) {
            wanted = sim::Watch::leave;
        }
        if (running && state.watched == kMostWatched - 1 && wanted == sim::Watch::leave) {
            wanted = sim::Watch::discard;
        }
        effects.watch = wanted;
        if (sim::starts(effects.watch)) {
            state.watching = 1;
            state.watched = 0;
        } else if (effects.watch != sim::Watch::leave) {
            state.watching = 0;
            state.watched = 0;
        } else if (running) {
            ++state.watched;
        }
    }

    std::array<std::array<sim::Interval, kKinds>, kLocations> delays_;
    std::array<std::array<std::uint16_t, kKinds>, kLocations> forms_;
    std::array<std::array<std::array<Step, kForms>, kKinds>, kLocations> steps_;
    bool starts_watching_ = false;
};

}  // namespace failback::toys
