// What a node wants done after a step. The node itself does nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "model/event.hpp"
#include "sim/time.hpp"

namespace failback::model {

// What a step lets an observer know. `a` and `b` are a line or usage and a server, by kind.
enum class Notice : std::uint8_t {
    boots,          // a registration starts with its phone; a = usage
    registered,     // a usage is granted (also by a refresh), a subscription notified; a = usage
    lapses,         // the user agent stops believing in a usage; a = usage
    gives_up,       // a usage will never be tried again; a = usage
    refused,        // an attempt ended with an error response; a = usage
    accepted,       // a server accepted a request and stored it; a = usage
    fails,          // an outage of a server begins; a = server
    recovers,       // its last outage ends; a = server
    dials,          // a = call
    invites,        // a call attempt turns to a server; a = call, b = entry of the server list
    answered,       // a call is established; a = call, b = entry
    call_fails,     // a call attempt ended without answer; a = call
    leaves,         // the user agent drops a registration for a better one; a = usage
    switches,       // another server works; a = line, b = entry
    requests,       // a user agent begins a new request, no retransmission; a = usage
    unanswered,     // an attempt was given up without an answer; a = usage
    too_brief_again,  // a second 423 in one registration cycle; a = usage
    restarts,       // a phone goes off, and forgets; a = phone of the design
    flow_fails,     // keep-alives find a flow dead; a = usage
    challenged,     // the user agent receives a 401 or 407 to its open request; a = usage
    denied,         // it takes its credentials for wrong, or has none; a = usage
    misjudged,      // ... although only a nonce that it had kept was refused; a = usage
    replayed,       // it sends credentials again that were just refused; a = usage
    probe_answered,    // a gateway hears from the server that it watches; a = server, its own
    enters_emergency,  // a = server
    leaves_emergency,  // a = server
    alerts,         // whom a call reaches begins to ring; a = call, b = entry it came through
    answers,        // and takes the call; a = call, b = entry
    proceeds,       // the caller hears it ring; a = call, b = entry
    declined,       // a call attempt ended with a final refusal; a = call
    offers,         // a server offers a call that came in to the phone; a = incoming call
    responds,       // the first response of the phone arrives there
    rings,          // the phone rings
    rejects,        // the phone refuses a call
    unheard,        // a server gives an offer up, nobody has responded
    unavailable,    // a call comes in for a line without a binding
    rejected,       // a notifier ended a subscription for good; a = usage
    unresolved,     // an attempt was given up for the name of its server; a = usage
    looks_up,       // a look-up begins; a = name
    looked_up,      // it ends; a = name, b = whether it is of use
    hangs_up,       // the user of a phone ends a call; a = dialog
    drops,          // a phone ends a call that nobody has hung up; a = dialog
    released,       // a phone hears that the other side has ended a call; a = dialog
    asks,           // a station asks for an appearance; a = appearance
    seizes,         // it is granted
    seize_refused,
    seize_unanswered,
    releases,       // the station holds it no longer; a restart is no release
    grants,         // the server gives it to the station
    frees,          // and takes it back
    // As those of registrations, of an INVITE; a = call, b = entry
    call_challenged,
    call_denied,
    call_misjudged,
    call_replayed,
    heartbeats,     // a server answers a REGISTER with cisco-keep-alive with 200; a = usage
    removed,        // a REGISTER removes a binding; a = its usage, b = whether another phone does
    lengthened,     // a server grants a REGISTER more than it asks for; a = usage
    reordered,      // a server stores a REGISTER whose CSeq is not higher; a = usage
    out_of_order,   // ... or refuses it for that; a = usage
    told_to_wait,   // a request is refused with a Retry-After; a = usage
    changes,        // what a notifier tells of becomes something else; a = usage
    overflows,      // a server turns a message away, for too many wait; a = server
    refresh_refused,  // it refuses to refresh a binding for want of room; a = usage
    clock_runs,     // the clock of a phone turns out to have a rate; a = phone of the design, b =
                    // which one of its rates
    refers,         // a server asks a phone to transfer a call, no retransmission; a = dialog
    transferred,    // the phone does; a = dialog
    unconfirmed,    // it ends the call, for its user has not confirmed that; a = dialog
};

struct Observation {
    Notice notice = Notice::boots;
    std::uint8_t a = 0;
    std::uint8_t b = 0;

    friend bool operator==(const Observation&, const Observation&) = default;
};

struct Output {
    // Starts a timer, or cancels a pending one; carried out in order.
    struct TimerChange {
        Timer timer = Timer::none;
        std::uint8_t key = 0;   // CSeq of a transaction, where several may be pending
        bool starts = false;
        sim::Interval delay;
    };
    struct Message {
        Method method = Method::none;
        Status status = Status::none;
        std::uint8_t cseq = 0;
        std::uint8_t key = 0;       // calls: the entry of the server list it goes to
        std::uint8_t flags = 0;
        std::uint8_t nonce = 0;     // of the credentials of a request; 0: it has none
        sim::DelayMs expires = 0;
    };

    std::vector<Message> messages;
    std::vector<TimerChange> timers;
    std::vector<Notice> notices;
    std::optional<sim::Interval> failed;  // an attempt did, and this is the wait before another
    bool refresh_due = false;
    std::optional<bool> probed;           // was the probe answered?
    std::optional<std::uint8_t> failed_over;  // a call turns away from this entry
    std::uint64_t candidates = 0;         // a call picked its next server among these entries
    bool looks_up = false;                // the address of a server is sought
    bool registers = false;               // a call waits for a registration with its server
    bool unresolved = false;              // `failed`, and so do all addresses of the name
    bool relisted = false;                // nothing is sent: its name leads to other servers

    void send(const Message& message) { messages.push_back(message); }
    void start(Timer timer, sim::Interval delay, std::uint8_t key = 0) {
        timers.push_back({timer, key, true, delay});
    }
    void cancel(Timer timer, std::uint8_t key = 0) { timers.push_back({timer, key, false, {}}); }
    void note(Notice notice) { notices.push_back(notice); }
};

}  // namespace failback::model
