// Timed models that are small enough to work out every class by hand (in sim_toys_test.cpp).
#pragma once

#include <compare>
#include <cstdint>

#include "sim/model.hpp"

namespace failback::toys {

// Two timers run at the same time, each fires once.
struct TwoTimers {
    struct State {
        std::uint8_t fired;  // bit 0: a, bit 1: b
    };
    enum class Event : std::uint8_t { a, b };

    sim::Interval a;
    sim::Interval b;

    void initial(State&, sim::Effects<Event>& effects) const {
        effects.schedule(Event::a, a);
        effects.schedule(Event::b, b);
    }

    void apply(State& state, const Event& event, std::uint32_t, sim::Effects<Event>&) const {
        const auto bit = static_cast<std::uint8_t>(event == Event::a ? 1 : 2);
        state.fired = static_cast<std::uint8_t>(state.fired | bit);
    }
};

// A request is sent once more if no answer came until `resend`. Each copy is answered; the first
// answer ends the wait. A second copy thus makes two equal answers pending.
struct Race {
    struct State {
        std::uint8_t sent;
        std::uint8_t answered;
    };
    enum class Event : std::uint8_t { answer, resend };

    sim::Interval round_trip;
    sim::DelayMs resend = 0;

    void initial(State& state, sim::Effects<Event>& effects) const {
        state.sent = 1;
        effects.watch = sim::Watch::start;
        effects.schedule(Event::answer, round_trip);
        effects.schedule(Event::resend, sim::exactly(resend));
    }

    void apply(State& state, const Event& event, std::uint32_t,
               sim::Effects<Event>& effects) const {
        if (event == Event::resend) {
            ++state.sent;
            effects.schedule(Event::answer, round_trip);
            return;
        }
        state.answered = 1;
        effects.watch = sim::Watch::stop;
        effects.cancel(state.sent == 1 ? Event::resend : Event::answer);
    }
};

// A clock that ticks every 1 to 2 ms drifts against a reference of exactly 4 ms.
struct Drift {
    struct State {
        std::uint8_t unused;
    };
    enum class Event : std::uint8_t { tick, reference };

    void initial(State&, sim::Effects<Event>& effects) const {
        effects.schedule(Event::tick, {1, 2});
        effects.schedule(Event::reference, sim::exactly(4));
    }

    void apply(State&, const Event& event, std::uint32_t, sim::Effects<Event>& effects) const {
        effects.schedule(event, event == Event::tick ? sim::Interval{1, 2} : sim::exactly(4));
    }
};

}  // namespace failback::toys
