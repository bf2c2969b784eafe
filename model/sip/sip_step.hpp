// Work space of one step of a SipModel. Private to its implementation.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "model/sip/sip_model.hpp"
#include "sim/check.hpp"

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

// What the server offers of a call goes to an address that the phone has left.
void lose_phone(IncomingCall& call, const IncomingConfig& config, Output& output);

// The same message, as a gateway passes it on.
[[nodiscard]] inline Event passed_on(Event message) {
    message.kind = EventKind::relayed_to_server;
    return message;
}

// Of a timer that is pending, or that this very step started.
void cancel_timer(const Event& timer, sim::Effects<Event>& effects);

// Those that a phone runs, by its clock.
void carry_timers(const Output& output, std::size_t index, sim::Effects<Event>& effects,
                  int clock_ppm = 0);

// What becomes of the dialog of a 200 that no longer waits for its ACK.
template <class Input>
[[nodiscard]] DialogInput::Kind news_of(const Input& input) {
    using Kind = typename Input::Kind;
    return input.kind == Kind::ack     ? DialogInput::Kind::confirmed
           : input.kind == Kind::timer ? DialogInput::Kind::abandoned
                                       : DialogInput::Kind::forgets;
}

// The place, among `mine` of a model, of what is of the same line and entry as one of a smaller
// model. `is_it` tells those of one line and entry apart.
template <class Info, class IsIt>
[[nodiscard]] std::uint8_t same_place(const SipModel& model, const std::vector<Info>& mine,
                                      const SipModel& smaller, const Info& theirs, IsIt is_it) {
    const SipModel::LineInfo& line = smaller.lines()[theirs.line];
    const auto same_line = model.line_index(line.phone, line.line);
    const auto found = std::ranges::find_if(mine, [&](const Info& info) {
        return same_line == info.line && info.entry == theirs.entry && is_it(info);
    });
    sim::ensure(found != mine.end(), "the larger scope has all that a smaller one has");
    return static_cast<std::uint8_t>(found - mine.begin());
}

}  // namespace failback::model
