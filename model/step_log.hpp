// What happened in one step of a SipModel.
#pragma once

#include <cstdint>
#include <vector>

#include "model/event.hpp"
#include "model/output.hpp"

namespace failback::model {

// dropped: by a port that had forgotten its sender; nothing else can become of such a message.
enum class Fate : std::uint8_t { delivered, lost, duplicated, late, dropped };

// By a fault of messages.
[[nodiscard]] constexpr bool is_struck(Fate fate) {
    return fate == Fate::lost || fate == Fate::duplicated || fate == Fate::late;
}

inline constexpr std::uint8_t kNoFault = 255;

// What becomes of a message, and the fault of the design that does it.
struct Treatment {
    Fate fate = Fate::delivered;
    std::uint8_t fault = kNoFault;

    friend bool operator==(const Treatment&, const Treatment&) = default;
};

// What happened in one step, for monitors and traces.
struct StepLog {
    struct Sent {
        Event event;
        Fate fate = Fate::delivered;
        std::uint8_t fault = kNoFault;   // that struck it
    };
    std::vector<Observation> observations;
    std::vector<Sent> sent;
    std::vector<Event> picked;  // of servers of equal priority: a boot of the registration that is
                                // tried, an INVITE to the server
    bool dropped = false;  // the arriving message

    void clear() {
        observations.clear();
        sent.clear();
        picked.clear();
        dropped = false;
    }
};

}  // namespace failback::model
