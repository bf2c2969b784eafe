// What can be pending in a run: messages under way, timers of the nodes, faults, users.
//
//  1. An Event is twelve bytes without padding; unused fields are zero.
//  2. Its order by value is the canonical order of the agenda.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>

#include "sim/time.hpp"

namespace failback::model {

// No entry of a phone's server list.
inline constexpr std::uint8_t kNoEntry = 0xff;

enum class EventKind : std::uint8_t {
    message_to_server,
    message_to_phone,
    timer,           // of a usage, call or line: `timer`, and for K and J the CSeq
    binding_expires, // of an address-of-record: index = record, key = slot
    fault_strikes,   // index = fault
    fault_ends,
    window_opens,    // of a loss or duplication fault
    window_closes,
    boot,            // index = usage: begins to register
    dial,            // index = call
    deadline,        // of a monitor: index = monitor (only in Monitored models)
    belief_changes,  // of an abstracted registration: index = usage (scope.hpp)
};

enum class Method : std::uint8_t {
    none,
    register_,
    subscribe,
    invite,
    ack,
    options,
    keep_alive,  // of a flow, by whatever means; its CSeq stays 0
};

// Timers of RFC 3261 17, and what a user agent waits for.
enum class Timer : std::uint8_t {
    none,
    retransmit,      // Timer E
    timeout,         // Timer F
    absorb,          // Timer K
    refresh,         // the granted lifetime nears its end
    retry,           // wait after a failed attempt
    belief,          // the granted lifetime is over, as the user agent counts it
    forget,          // Timer J
    subscription_expires,  // at the notifier
    invite_retransmit,     // Timer A
    invite_give_up,        // Timer B, or the give-up rule of the phone
    answer_retransmit,     // 2xx to INVITE, RFC 3261 13.3.1.4
    answer_give_up,
    probe,           // the next OPTIONS to a better server is due
    failback,        // of a line: better servers are tried again
    hold,            // of a line: the better server has been there long enough
    repeat_window,         // at the registrar: a REGISTER with the stored CSeq is refused now
    // Of a flow; they follow each other.
    keep_alive,            // the next one is due
    keep_alive_repeat,
    keep_alive_over,       // it went unanswered
    silence,               // the phone has sent nothing for too long
};

[[nodiscard]] constexpr bool of_flow(Timer timer) {
    return timer >= Timer::keep_alive && timer <= Timer::silence;
}

[[nodiscard]] constexpr bool of_line(Timer timer) {
    return timer == Timer::failback || timer == Timer::hold;
}

[[nodiscard]] constexpr bool of_call(Timer timer) {
    return timer == Timer::invite_retransmit || timer == Timer::invite_give_up;
}

[[nodiscard]] constexpr bool of_call_server(Timer timer) {
    return timer == Timer::answer_retransmit || timer == Timer::answer_give_up;
}

[[nodiscard]] constexpr bool of_call(Method method) {
    return method == Method::invite || method == Method::ack;
}

// Status codes that the model uses, small so that an event stays small.
enum class Status : std::uint8_t {
    none,
    ok_200,
    bad_request_400,
    interval_too_brief_423,
    bad_event_489,
    server_error_500,
    forbidden_403,
    not_found_404,
    temporarily_unavailable_480,
    service_unavailable_503,
    transport_error,       // no response: an ICMP error or a reset connection
};

inline constexpr std::size_t kStatuses = 11;

[[nodiscard]] constexpr int code_of(Status status) {
    constexpr int codes[kStatuses] = {0, 200, 400, 423, 489, 500, 403, 404, 480, 503, 0};
    return codes[static_cast<std::size_t>(status)];
}

struct Event {
    EventKind kind = EventKind::boot;
    std::uint8_t index = 0;       // usage, call, record or fault, by kind
    Timer timer = Timer::none;
    Method method = Method::none;
    Status status = Status::none; // responses only
    std::uint8_t cseq = 0;        // also the branch: a new request has a new CSeq. Calls: attempt
    std::uint8_t key = 0;         // record slot, or the entry of a phone's server list
    std::uint8_t flags = 0;
    sim::DelayMs expires = 0;     // requested, granted, Min-Expires or Retry-After, by status

    friend auto operator<=>(const Event&, const Event&) = default;
};

inline constexpr std::uint8_t kWildcard = 1;        // flag: `Contact: *`
inline constexpr std::uint8_t kRetransmission = 2;  // flag: only while it is being sent, for traces
inline constexpr std::uint8_t kRemainder = 4;  // flag: of `expires` some time is over already
// flags: how often the phone's NAT had forgotten its mappings when a request was sent, of which
// its answer takes the way back
inline constexpr std::uint8_t kGenerationBit = 0x40;
inline constexpr std::uint8_t kGeneration = 0xc0;
inline constexpr int kMostGenerations = 3;

}  // namespace failback::model
