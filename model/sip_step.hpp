// Work space of one step of a SipModel. Private to its implementation.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "model/sip_model.hpp"

namespace failback::model {

struct SipModel::Step {
    State& state;
    sim::Effects<Event>& effects;
    StepLog& log;
    struct Parcel {
        Event message;
        Passage passage{};
    };
    std::vector<Parcel> outbox{};
    // Choices among servers of equal priority, in their order: what to pick, and out of what.
    std::vector<std::uint8_t> picks{};
    std::vector<std::vector<std::uint64_t>> weights{};

    // What to pick now.
    [[nodiscard]] std::uint8_t pick(std::vector<std::uint64_t> among) {
        weights.push_back(std::move(among));
        if (picks.size() < weights.size()) {
            picks.push_back(0);
        }
        return picks[weights.size() - 1];
    }

    void observe(Notice notice, std::size_t a, std::size_t b = 0) {
        log.observations.push_back(
            {notice, static_cast<std::uint8_t>(a), static_cast<std::uint8_t>(b)});
    }
};

[[nodiscard]] Event timer_event(std::size_t index, Timer timer, std::uint8_t key);

[[nodiscard]] Event message_event(EventKind kind, std::size_t index,
                                  const Output::Message& message);

// Of a timer that is pending, or that this very step started.
void cancel_timer(const Event& timer, sim::Effects<Event>& effects);

void carry_timers(const Output& output, std::size_t index, sim::Effects<Event>& effects);

}  // namespace failback::model
