// What a server can do at once: how long a message takes it, and how many wait meanwhile.
//
//  1. A message that arrives while all workers are busy waits in order of arrival. It is not yet
//     part of any transaction: the server looks at it only when its turn comes (RFC 3261 17.2), so
//     that its copies wait, too. That is what makes overload collapse (RFC 5390 4).
//  2. A server without such rules handles each message at once, and one that hangs keeps what
//     arrives meanwhile, as the receive buffer of its socket does: the oldest are kept.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sim/time.hpp"

namespace failback::model {

inline constexpr int kUsualQueue = 16;
inline constexpr int kMostWaiting = 48;   // at one server
inline constexpr int kMostWorkers = 16;

struct Processing {
    sim::Interval time{0, 0};  // that a worker takes for a message
    int workers = 1;
    int queue = kUsualQueue;   // messages that may wait; one more is turned away
    bool refuses = false;      // by a 503, which takes no time; else without a word
    sim::DelayMs retry_after = 0;  // of that 503; 0: none

    friend bool operator==(const Processing&, const Processing&) = default;
};

// Of a server. The messages themselves are in SipState::queued.
struct ServerLoad {
    std::uint8_t waiting = 0;
    std::uint8_t missed = 0;   // timers that came due while it hung

    friend bool operator==(const ServerLoad&, const ServerLoad&) = default;
};

// Where that is. Its part of the queue begins with what its workers are at; what waits follows, and
// then the timers that it has missed.
struct LoadInfo {
    std::size_t server = 0;
    Processing rules;
    bool is_instant = false;   // each message is handled at once unless the server hangs
    std::size_t first = 0;
    std::size_t missed = 0;    // where those begin
    std::size_t end = 0;

    [[nodiscard]] std::size_t workers() const { return static_cast<std::size_t>(rules.workers); }
    [[nodiscard]] std::size_t first_waiting() const { return first + workers(); }
};

}  // namespace failback::model
