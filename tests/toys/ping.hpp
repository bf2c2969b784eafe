// The smallest complete model: a request that is sent again until its answer arrives.
#pragma once

#include <cstdint>

#include "sim/model.hpp"

namespace failback::toys {

struct Ping {
    struct State {
        std::uint8_t lost;  // messages, so far; at most two
    };
    enum class Event : std::uint8_t { request, answer, resend };

    void initial(State& state, sim::Effects<Event>& effects) const {
        effects.watch = sim::Watch::start;
        apply(state, Event::resend, 0, effects);
    }

    void apply(State& state, Event event, std::uint32_t form, sim::Effects<Event>& effects) const {
        if (event == Event::resend) {
            effects.schedule(Event::request, {10, 20});
            effects.schedule(Event::resend, sim::exactly(500));
            return;
        }
        effects.forms = state.lost < 2 ? 2 : 1;  // a message arrives (0) or is lost (1)
        if (form == 1) {
            ++state.lost;
            effects.faults = 1;
        } else if (event == Event::request) {
            effects.schedule(Event::answer, {10, 20});
        } else {
            effects.cancel(Event::resend);
            effects.watch = sim::Watch::stop;
        }
    }
};

}  // namespace failback::toys
