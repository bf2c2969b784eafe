// The bounds of the catalogue, from the parameters of a design (PROPERTIES: P03, P08, P22, P26).
// All in milliseconds. They are claims that the search then checks, not results.
#pragma once

#include <cstddef>
#include <cstdint>

#include "model/design.hpp"

namespace failback::properties {

using model::Design;
using sim::DelayMs;

// A line of a phone at one entry of the phone's server list.
struct Leg {
    std::size_t phone = 0;
    std::size_t entry = 0;
    std::size_t subscription = 0;  // of the phone, where it is about one
};

// The lifetime that the server grants to the phone's REGISTER.
[[nodiscard]] DelayMs granted_lifetime(const Design& design, Leg leg);
// The shortest that the phone counts, if a gateway passes requests on and may grant another one in
// an emergency.
[[nodiscard]] DelayMs least_lifetime(const Design& design, Leg leg);
// After an emergency: until the server that a gateway passes requests on to knows the line again.
[[nodiscard]] DelayMs known_bound(const Design& design, Leg leg);

// The same, as the phone counts it.
[[nodiscard]] DelayMs counted_lifetime(const Design& design, Leg leg);

// From the moment the server can be reached, and serves, until the phone is registered. The worst:
// the last transmission that could be answered in time just missed the server; what is left of
// Timer F, the longest wait after no answer and the round trip follow. If that is less than the
// pause between two transmissions, the one before such a pause just missed it. A server that
// forgets requests before Timer F, or by a brief crash, refuses the first copy that arrives; then
// the longest wait after a rejection follows. A phone may also boot only after the recovery. Each
// message that may be lost adds an attempt.
[[nodiscard]] DelayMs registration_bound(const Design& design, Leg leg);

// From the start of the run until a phone is registered with a server that never fails.
[[nodiscard]] DelayMs start_bound(const Design& design, Leg leg);

// From the boot of a phone until it is registered with a server that it can reach all the time.
[[nodiscard]] DelayMs first_attempt_bound(const Design& design, Leg leg);

// From the failure of a server until the phone no longer counts itself as registered there.
[[nodiscard]] DelayMs loss_bound(const Design& design, Leg leg);

// From the recovery of a server that is the first one of a succession until the phone is registered
// there, by the rule of its return. Others: as registration_bound.
[[nodiscard]] DelayMs return_bound(const Design& design, Leg leg);

// From the recovery of the first server until it works again, by the rule of failback. With one
// registration at a time: what is under way comes to its end, round the list, until some server
// grants; then its wait for the return. An outage of another server may begin that anew.
[[nodiscard]] DelayMs failback_bound(const Design& design, Leg leg);

// From the failure of the first server until a lower one works, if one can be reached.
[[nodiscard]] DelayMs takeover_bound(const Design& design, Leg leg);

// How long a call attempt may stay with a server that does not answer, if it is not the last one.
[[nodiscard]] DelayMs longest_call_attempt(const Design& design, Leg leg);

// From dialling until the INVITE goes to a server that can be reached: what those before it take.
[[nodiscard]] DelayMs failover_bound(const Design& design, Leg leg);

// How long a registrar may have a binding that the phone has given up: until the attempt after the
// one whose answer came too late (RFC 4321 1.1).
[[nodiscard]] DelayMs asymmetry_bound(const Design& design, Leg leg);

// How long an end may count a call as established that the other one does not, if the line has so
// many calls there. With a session timer both ends see that nothing refreshes it; without one a BYE
// has to arrive before Timer F.
[[nodiscard]] DelayMs zombie_bound(const Design& design, Leg leg, int calls);

// From dialling to the first INVITE of a phone whose resolvers answer, but 2 s at least, which is
// what a user may be asked to wait whatever becomes of DNS.
[[nodiscard]] DelayMs dialling_bound(const Design& design, std::size_t phone);

// How long phone and registrar may disagree: two one-way delays.
[[nodiscard]] DelayMs agreement_bound(const Design& design, Leg leg);

// How long what a server sends to a registered phone may be lost: until the next keep-alive, until
// that tells, and until the phone has registered again.
[[nodiscard]] DelayMs inbound_bound(const Design& design, Leg leg);
// From the moment a gateway can no longer see the server that it watches until it is in an
// emergency: the probe before was just answered; then all fail.
[[nodiscard]] DelayMs entry_bound(const Design& design, std::size_t gateway);

// How long a gateway has not heard from that server at least when it enters an emergency.
[[nodiscard]] DelayMs least_silence(const Design& design, std::size_t gateway);

// From the moment a gateway in an emergency can see that server until the emergency is over: the
// last transmission of a probe just missed the recovery; the pause and the probes that are answered
// follow. Each message that may be lost spoils a probe, and with it those before.
[[nodiscard]] DelayMs exit_bound(const Design& design, std::size_t gateway);
// From the moment the line works with a server until phone and server have its subscription. A
// subscription that the server has lost is refused at its refresh; an attempt that found the server
// dead ends with Timer F or N. A wait follows, perhaps for a refusal, and another one. Each message
// that may be lost adds an attempt.
[[nodiscard]] DelayMs resubscription_bound(const Design& design, Leg leg);

// How long a phone may count on a subscription that the server has lost: its lifetime.
[[nodiscard]] DelayMs subscription_agreement_bound(const Design& design, Leg leg);

// How long a server may have a subscription of a phone that has left it: a SUBSCRIBE may have been
// under way, and be repeated.
[[nodiscard]] DelayMs left_subscription_bound(const Design& design, Leg leg);

// How long a phone may show what is not so any more. It is told at once; where a NOTIFY may be
// lost, or never arrive, the phone may have to wait for the end of its subscription. Another change
// may come before that.
[[nodiscard]] DelayMs stale_bound(const Design& design, Leg leg);

// How long a phone may hold an appearance that its server has taken back: until the lifetime that
// the phone counts is over, too. That began with an answer, which may be that to a copy.
[[nodiscard]] DelayMs exclusion_bound(const Design& design, Leg leg);

// From a restart of the phone until its server has taken back what it held: it boots, registers and
// tells its full state, or its registration expires; each time that it restarts. A REGISTER may be
// under way when it does.
[[nodiscard]] DelayMs release_bound(const Design& design, Leg leg);

// From boot to registration when all phones come back at once: an idle server's time, and that in
// which a server with a limited rate works off one registration of each line.
[[nodiscard]] DelayMs avalanche_bound(const Design& design, Leg leg);

// How many messages the faults of a design may take.
[[nodiscard]] std::int64_t messages_that_may_be_lost(const Design& design);

// Is a REGISTER there challenged, by that server or by the one behind it?
[[nodiscard]] bool challenges_registers(const Design& design, Leg leg);

// From the first REGISTER until the answer to the last one: a 423, a 401, or a wipe may come
// between.
[[nodiscard]] DelayMs longest_exchange(const Design& design, Leg leg);

// An attempt that ends without an answer. Each challenge before that may take as long as Timer F.
[[nodiscard]] std::int64_t longest_failure(const Design& design, Leg leg);

// The instant of the last transmission (after the first) of a non-INVITE request that is certain to
// be answered before Timer F.
[[nodiscard]] DelayMs last_useful_transmission(const Design& design, Leg leg);

}  // namespace failback::properties
