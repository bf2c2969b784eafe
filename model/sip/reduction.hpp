// Timers and memories that cannot matter: what may be left out of a run without changing anything
// that can be observed of it. Each rule is argued where it is computed; the tests compare every
// verdict with the full model (Fidelity::full), its slow twin.
#pragma once

#include <cstddef>

#include "model/design.hpp"
#include "model/sip/scope.hpp"

namespace failback::model {

enum class Fidelity : unsigned char {
    full,     // every timer of RFC 3261, every binding until it expires
    reduced,  // without what cannot matter; bindings at the registrar are not observable
};

// What of one usage cannot matter.
struct Idle {
    bool absorb = false;          // Timer K
    bool forget = false;          // Timer J
    bool memory = false;          // what a server remembers of requests that nobody repeats
    bool binding_expiry = false;  // at the registrar
    bool belief = false;          // the expiry as the phone counts it
    bool retransmit = false;      // Timer E
    bool timeout = false;         // Timer F
    bool keep_alive = false;      // the answers to keep-alives
    bool mapping = false;         // of a NAT, unless it is asked whether the phone is reached
    // Subscriptions only:
    bool notify_wait = false;         // Timer N
    bool notify_retransmit = false;   // Timer E of a NOTIFY
    bool notify_timeout = false;      // Timer F of a NOTIFY
};

// What of a call attempt at one server cannot matter.
struct IdleCall {
    bool retransmit = false;      // Timer A
    bool answer = false;          // repetitions of the 200
};

// What of the seizure of an appearance cannot matter.
struct IdleSeizure {
    bool retransmit = false;      // Timer E
    bool timeout = false;         // Timer F
};

// `is_looked_for`: the server looks for the binding when a call comes.
[[nodiscard]] Idle idle_parts(const Design& design, const Part& part, bool is_looked_for = false);

[[nodiscard]] IdleCall idle_call_parts(const Design& design, std::size_t phone, std::size_t entry);

[[nodiscard]] IdleSeizure idle_seizure_parts(const Design& design, std::size_t phone,
                                             std::size_t entry);

// Does a server look for the binding of a registration: for a call that comes in, or because the
// line holds an appearance?
[[nodiscard]] bool is_looked_for(const Design& design, const Scope& scope,
                                 const Part& registration);

// Can a nonce be too old for its server when the phone uses it?
[[nodiscard]] bool nonces_get_old(const Design& design, const Part& part);

// How many requests an attempt takes at most: what comes before the one that is granted or fails,
// each within Timer F. Many, if there is no end of them.
[[nodiscard]] int most_requests(const Design& design, const Part& part);

// The lifetime that a server grants to a phone's REGISTER or SUBSCRIBE: the longest, if it may pass
// the request on.
[[nodiscard]] DelayMs granted_lifetime(const Design& design, const Part& part);
[[nodiscard]] DelayMs granted_by(const Design& design, const Part& part, const Server& server);
[[nodiscard]] Interval granted_lifetimes(const Design& design, const Part& part);

// The same, as the phone counts them.
[[nodiscard]] DelayMs counted_lifetime(const Design& design, const Part& part);
[[nodiscard]] Interval counted_lifetimes(const Design& design, const Part& part);

}  // namespace failback::model
