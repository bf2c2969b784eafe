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
    probe_to_watched,   // of a gateway: index = its server; `cseq` is the number of the probe
    answer_to_gateway,  // to such a probe
    gateway_timer,      // `timer`, as of a probe
    calls_in,        // index = incoming call: somebody calls a line
    query_ends,      // of a look-up: index = name, key = how (QueryEnd)
    name_expires,    // index = name
    wanted,          // index = appearance: the user of a station wants it
    relayed_to_server,   // by a gateway, for a phone; otherwise as a message to a server
    relayed_to_gateway,  // what comes back
    state_changes,   // index = subscription: what its notifier tells of becomes something else
    served,          // a server is done with a message: index = load, key = worker (load.hpp)
};

// offer, offer_ack: INVITE and ACK of a call that comes in at a server.
enum class Method : std::uint8_t {
    none,
    register_,
    subscribe,
    invite,
    ack,
    options,
    keep_alive,  // of a flow, by whatever means; its CSeq stays 0
    cancel,
    offer,
    offer_ack,
    notify,
    bye,     // of either end of a dialog
    update,  // of the phone in a dialog (RFC 3311); it stands for a re-INVITE, too
    seize,  // of an appearance, with `key` an Ask; its CSeq is the number of the request
    re_register,  // a REGISTER of a gateway for a phone; its CSeq is its number (relay.hpp)
    refer,   // of the server in a dialog (RFC 3515)
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
    probe,           // the next OPTIONS is due: to a better server, or of a gateway
    failback,        // of a line: better servers are tried again
    hold,            // of a line: the better server has been there long enough
    repeat_window,         // at the registrar: a REGISTER with the stored CSeq is refused now
    // Of a flow; they follow each other.
    keep_alive,            // the next one is due
    keep_alive_repeat,
    keep_alive_over,       // it went unanswered
    silence,               // the phone has sent nothing for too long
    nonce_age,             // at the server: a nonce is too old now; its name in place of a CSeq
    callee_answers,        // whom a call reaches, behind the server
    offer_retransmit,      // incoming calls: Timer A of the server
    offer_give_up,         // Timer B of the server
    user_answers,          // the phone has rung long enough
    taken_retransmit,      // 2xx of the phone, RFC 3261 13.3.1.4
    taken_give_up,
    notify_wait,           // Timer N of RFC 6665 4.1.2: the NOTIFY after a SUBSCRIBE is overdue
    notify_retransmit,     // Timer E of a NOTIFY
    notify_timeout,        // Timer F of a NOTIFY
    // Of a dialog; their key says which end, and for those of a BYE which dialog (dialog.hpp).
    hang_up,               // the user at that end hangs up
    mid_call,              // the user of the phone does something else, such as to hold the call
    session_refresh,       // half of the session interval is over (RFC 4028)
    session_expiry,
    update_retransmit,     // Timer E
    update_timeout,        // Timer F
    bye_retransmit,        // Timer E
    bye_timeout,           // Timer F
    transfer,              // a script at the server transfers the call
    refer_retransmit,      // Timer E
    refer_timeout,         // Timer F
    confirmed,             // the user of the phone confirms a transfer
    unconfirmed,           // the phone has waited long enough for that
    seize_retransmit,      // appearances: Timer E of what a station asks
    seize_timeout,         // Timer F
    seize_expires,         // at the server
    seize_over,            // the same, as the station counts
    user_releases,         // the user of a station has held it long enough
    call_nonce_age,        // at the server: the nonce of its last 407 is too old now
    invite_expires,        // an INVITE has rung as long as its Expires says
    // Of a gateway that passes requests on.
    relay_gives_up,        // nothing has come back
    re_register_due,
    re_register_retransmit,  // Timer E
    re_register_timeout,     // Timer F
};

[[nodiscard]] constexpr bool of_flow(Timer timer) {
    return timer >= Timer::keep_alive && timer <= Timer::silence;
}

[[nodiscard]] constexpr bool of_notifier(Timer timer) {
    return timer == Timer::notify_retransmit || timer == Timer::notify_timeout ||
           timer == Timer::subscription_expires;
}

[[nodiscard]] constexpr bool of_line(Timer timer) {
    return timer == Timer::failback || timer == Timer::hold;
}

[[nodiscard]] constexpr bool of_call(Timer timer) {
    return timer == Timer::invite_retransmit || timer == Timer::invite_give_up;
}

[[nodiscard]] constexpr bool of_call_server(Timer timer) {
    return timer == Timer::answer_retransmit || timer == Timer::answer_give_up ||
           timer == Timer::callee_answers || timer == Timer::call_nonce_age ||
           timer == Timer::invite_expires;
}

[[nodiscard]] constexpr bool of_incoming(Timer timer) {
    return timer >= Timer::offer_retransmit && timer <= Timer::taken_give_up;
}

[[nodiscard]] constexpr bool of_dialog(Timer timer) {
    return timer >= Timer::hang_up && timer <= Timer::unconfirmed;
}

[[nodiscard]] constexpr bool of_transfer(Timer timer) {
    return timer >= Timer::transfer && timer <= Timer::unconfirmed;
}

[[nodiscard]] constexpr bool of_appearance(Timer timer) {
    return timer >= Timer::seize_retransmit && timer <= Timer::user_releases;
}

[[nodiscard]] constexpr bool of_relay(Timer timer) {
    return timer >= Timer::relay_gives_up && timer <= Timer::re_register_timeout;
}

[[nodiscard]] constexpr bool is_relayed(EventKind kind) {
    return kind == EventKind::relayed_to_server || kind == EventKind::relayed_to_gateway;
}

[[nodiscard]] constexpr bool of_call(Method method) {
    return method == Method::invite || method == Method::ack || method == Method::cancel;
}

[[nodiscard]] constexpr bool of_incoming(Method method) {
    return method == Method::offer || method == Method::offer_ack;
}

[[nodiscard]] constexpr bool of_dialog(Method method) {
    return method == Method::bye || method == Method::update || method == Method::refer;
}

[[nodiscard]] constexpr bool of_appearance(Method method) { return method == Method::seize; }

[[nodiscard]] constexpr bool of_usage(Method method) {
    return !of_call(method) && !of_incoming(method) && !of_dialog(method) &&
           !of_appearance(method);
}

[[nodiscard]] constexpr bool is_message(EventKind kind) {
    return kind == EventKind::message_to_server || kind == EventKind::message_to_phone ||
           kind == EventKind::probe_to_watched || kind == EventKind::answer_to_gateway ||
           is_relayed(kind);
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
    unauthorized_401,
    proxy_authentication_required_407,
    ringing_180,
    busy_486,
    terminated_487,        // to an INVITE that was cancelled
    no_subscription_481,
    accepted_202,
    request_timeout_408,
};

inline constexpr std::size_t kStatuses = 19;

[[nodiscard]] constexpr int code_of(Status status) {
    constexpr int codes[kStatuses] = {0, 200, 400, 423, 489, 500, 403, 404, 480,
                                      503, 0, 401, 407, 180, 486, 487, 481, 202, 408};
    return codes[static_cast<std::size_t>(status)];
}

[[nodiscard]] constexpr bool is_challenge(Status status) {
    return status == Status::unauthorized_401 ||
           status == Status::proxy_authentication_required_407;
}

struct Event {
    EventKind kind = EventKind::boot;
    std::uint8_t index = 0;       // usage, call, record or fault, by kind
    Timer timer = Timer::none;    // requests: the nonce of their credentials (digest.hpp)
    Method method = Method::none;
    Status status = Status::none; // responses only
    std::uint8_t cseq = 0;        // also the branch: a new request has a new CSeq. Calls: attempt
    std::uint8_t key = 0;  // record slot, entry of a server list, dialog of a subscription, Ask
    std::uint8_t flags = 0;
    sim::DelayMs expires = 0;     // requested, granted, Min-Expires or Retry-After, by status

    friend auto operator<=>(const Event&, const Event&) = default;
};

// Key of a Timer J: of what the server remembers that a gateway passes requests on to.
inline constexpr std::uint8_t kAtRegistrar = 1;

inline constexpr std::uint8_t kWildcard = 1;        // flag: `Contact: *`
inline constexpr std::uint8_t kAckOfRefusal = 1;    // flag of an ACK: of a 407
// flag of a 200 to an INVITE and of its ACK, where calls last: of the server behind a gateway
inline constexpr std::uint8_t kFromBeyond = 4;
inline constexpr std::uint8_t kRetransmission = 2;  // flag: only while it is being sent, for traces
inline constexpr std::uint8_t kRemainder = 4;  // flag: of `expires` some time is over already
// flags: how often the phone's NAT had forgotten its mappings when a request was sent, of which
// its answer takes the way back
inline constexpr std::uint8_t kGenerationBit = 0x40;
inline constexpr std::uint8_t kGeneration = 0xc0;
inline constexpr int kMostGenerations = 3;
// flag of a message between a phone and a server, as there is no NAT then: the outbound proxy of
// the phone has yet to pass it on
inline constexpr std::uint8_t kToProxy = 0x80;
inline constexpr std::uint8_t kStale = 16;     // flag of a challenge: stale=true
inline constexpr std::uint8_t kOtherRealm = 32;  // flag of a challenge: of that of a fault
inline constexpr std::uint8_t kInitial = 8;  // flag: a SUBSCRIBE that begins a dialog
inline constexpr std::uint8_t kHeartbeat = 8;  // flag of a REGISTER: expires=0;cisco-keep-alive
inline constexpr std::uint8_t kSameCSeq = 16;  // flag of a REGISTER: its CSeq is that of the first

[[nodiscard]] constexpr bool is_heartbeat(const Event& event) {
    return event.method == Method::register_ && (event.flags & kHeartbeat) != 0;
}

// Why a notifier ends a subscription (RFC 6665 4.1.3); none: it goes on.
enum class EndReason : std::uint8_t {
    none,
    deactivated,
    probation,
    timeout,
    giveup,
    rejected,
    noresource,
    invariant,
};

// Stands in the flags of a NOTIFY.
[[nodiscard]] constexpr std::uint8_t flags_of(EndReason reason) {
    return static_cast<std::uint8_t>(static_cast<unsigned>(reason) << 4U);
}

[[nodiscard]] constexpr EndReason reason_of(const Event& notify) {
    return static_cast<EndReason>((notify.flags >> 4U) & 7U);
}

}  // namespace failback::model
