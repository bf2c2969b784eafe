// The user agent's side of one registration (a line at a server) or one subscription.
//
//  1. At most one request is open at a time (RFC 3261 10.2); its client transaction follows
//     RFC 3261 17.1.2 with Timers E and F, and K afterwards. Reliable transports have no E and K.
//  2. `armed` has a bit for each pending timer; the step keeps both in agreement.
//  3. `cseq` is the CSeq of the last request. It only ever rises by one.
//  4. A transport error counts as a 503 (RFC 3261 8.1.3.1), or is not heard of.
//  5. A restart of the phone forgets everything but the number of the last request. That is no
//     lapse. Timer K may be left over; it absorbs nothing.
//  6. Before each new request the server's address is looked up, unless it is known (RFC 3263 4).
//     The CSeq and the timers are those of the request once it is sent.
//  7. A response that matches no open transaction changes nothing (RFC 3261 17.1.3, 18.1.2).
//  8. The answer to a challenge is a new request: the next CSeq, a new transaction (RFC 3261 22.2).
//  9. What is open when the phone gets another address begins anew from there: its answer goes to
//     the old one.
// 10. A subscription exists at the phone from the first NOTIFY on (RFC 6665 4.1.2.4). It has a
//     dialog of its own: `dialog` names it, and no later one has the same number.
#pragma once

#include <array>
#include <cstdint>

#include "model/design.hpp"
#include "model/nodes/boot_span.hpp"
#include "model/nodes/digest.hpp"
#include "model/output.hpp"
#include "model/retransmission.hpp"

namespace failback::model {

// What the open or next request of a usage is for.
enum class Purpose : std::uint8_t {
    grant,
    wipe,     // `Contact: *` with Expires 0
    removal,  // of the binding at a server that the line has left: Expires 0
    probe,    // an OPTIONS to a server that the line is not registered with
    renewal,  // of a subscription, within its dialog
};

inline constexpr std::uint8_t kLookingUp = 2;

// What a phone shows of that which it subscribes to. The notifier may know better meanwhile.
enum class Shown : std::uint8_t { unknown, current, stale };

struct ClientUsage {
    std::uint8_t started = 0;     // wants to be granted; a subscription may also be idle
    std::uint8_t believes = 0;    // counts itself as registered or subscribed
    std::uint8_t open = 0;        // a request is open; kLookingUp: its server's address is sought
    std::uint8_t gave_up = 0;
    std::uint8_t cseq = 0;
    std::uint8_t resends = 0;     // how often Timer E has doubled; stays where T2 is reached
    std::uint8_t failures = 0;    // in a row; counted as long as the number matters
    Purpose purpose = Purpose::grant;
    std::uint16_t armed = 0;      // bit per Timer
    std::uint8_t raised = 0;      // a 423 was answered with less than it named, in this cycle
    std::uint8_t contact = 0;     // number of the present contact; rises with restarts
    BootStarts boots = 0;         // stays 0 if the registrar cannot tell boots apart
    Nonce nonce = kNoNonce;       // of its next request, and of the open one
    std::uint8_t challenges = 0;  // answered in this attempt
    std::uint8_t forgotten = 0;   // stopped after a call failed over; until it is tried again
    std::uint8_t dialog = 0;      // of a subscription: the present or the last one
    std::uint8_t heard = 0;       // number of the latest NOTIFY in it
    Shown shown = Shown::unknown; // subscriptions whose state may change
    std::uint8_t realm = 0;       // its nonce is of the other realm that its server may have
    DelayMs requested = 0;        // lifetime to ask for; a 423 raises it

    friend bool operator==(const ClientUsage&, const ClientUsage&) = default;
};

struct ClientUsageConfig {
    Method method = Method::register_;
    Transport transport = Transport::udp;
    TransactionTimers timers;
    DelayMs expires = 3'600'000;
    Refresh refresh;
    Retry retry;
    DelayMs least_expires = 0;    // a shorter lifetime that is granted counts as this
    int max_retries = 0;
    Belief belief = Belief::until_failed_refresh;
    bool wipe_at_boot = false;
    bool successive = false;      // its line decides what follows a failure, and when to refresh
    DelayMs probe = 0;
    bool removes_old_binding = false;
    RefusalRules refusals;
    AfterRestart after_restart;
    int contacts = 1;             // how many the phone can have, one after the other
    AfterMove after_move;
    ChallengeRules challenges;
    bool can_answer = true;       // a challenge: it has credentials for the realm
    bool can_answer_other = true;  // and for the one that its server may have instead
    bool heartbeat = false;       // it probes with REGISTERs
    bool raises_cseq = true;
    bool until_stable = false;    // failures count until its flow is stable, not until a grant
    bool on_demand = false;       // only a call begins it; when it failed it may be `wanted`
    // Subscriptions only:
    DelayMs timer_n = 32'000;
    bool heeds_reasons = true;
    bool shows_state = false;     // there is a plan of what may change
    bool shows_last_known = false;
};

struct ClientInput {
    enum class Kind : std::uint8_t {
        start,
        timer,
        response,
        notify,
        restart,
        stable,   // its flow works
        renew,    // its flow failed: a request is sent at once, unless one is due or open anyway
        // Successive only:
        attempt,  // a request is sent, be it the first or a refresh
        wait,     // a request is sent after `wait`
        probe,    // OPTIONS are sent from now on
        stop,     // the registration or the probing is over
        looked_up,  // `found`: the address of the server
        moved,    // the phone has another address
    } kind = Kind::start;
    Timer timer = Timer::none;
    Interval wait{};
    Status status = Status::none;
    std::uint8_t cseq = 0;        // response; notify: its number
    std::uint8_t dialog = 0;      // notify
    EndReason reason = EndReason::none;  // notify
    bool current = true;          // notify: nothing has changed since it was first sent
    DelayMs expires = 0;          // granted, Min-Expires of a 423, else Retry-After
    DelayMs less = 0;             // granted: up to so much of it may be over already
    bool stale = false;           // challenge
    bool other_realm = false;     // challenge: not of the realm that its server has usually
    // May a request be sent now? Subscriptions: registered there. On demand: the line works there.
    bool wanted = true;
    bool found = true;            // is the address of the server known?
    bool wrong = false;           // looked_up: nobody is there; no matter to the phone
    bool unlisted = false;        // its name leads to other servers, as is known by now
};

// When a usage with this granted lifetime is refreshed, counted from the grant.
[[nodiscard]] DelayMs refresh_after(const Refresh& refresh, DelayMs granted);

// The same for any lifetime from `granted - less` to `granted`.
[[nodiscard]] Interval refresh_between(const Refresh& refresh, DelayMs granted, DelayMs less);

void step(ClientUsage& usage, const ClientUsageConfig& config, const ClientInput& input,
          Output& output);

}  // namespace failback::model
