// A gateway that watches the server that it stands in for, and serves only in an emergency.
//
//  1. It probes with OPTIONS, one at a time. A probe is answered by a 200 before its timeout, and
//     has failed otherwise; over UDP it is repeated as Timer E says (RFC 3261 17.1.2).
//  2. In the normal state failed probes in a row are counted, in an emergency answered ones.
//  3. While its process runs, either the pause before a probe is pending, or a probe is open with
//     its timers. A process that does not run knows nothing; it starts in the normal state.
//  4. An answer to an earlier probe changes nothing (RFC 3261 17.1.3).
#pragma once

#include <cstdint>
#include <optional>

#include "model/event.hpp"
#include "model/transport.hpp"
#include "sim/time.hpp"

namespace failback::model {

struct Output;

// What it does with REGISTER, SUBSCRIBE and INVITE while there is no emergency.
enum class InNormal : unsigned char {
    ignored,  // AudioCodes SASSurvivabilityMode 2
    refused,  // CUBE: 500
    served,   // AudioCodes SASSurvivabilityMode 3
    passed_on,  // to the server that it watches: SASSurvivabilityMode 0, a proxy (RFC 3261 16)
};

// Counts only if the gateway watches a server; else it always serves (SASSurvivabilityMode 1).
struct Survivability {
    std::optional<sim::Interval> delay;      // between the two, each way; none: that of the design
    Transport transport = Transport::udp;    // of the probes
    sim::DelayMs probe = 60'000;             // from the end of one probe to the next
    sim::DelayMs probe_in_emergency = 60'000;
    sim::DelayMs timeout = 32'000;           // from the first transmission of a probe; T1 is 500 ms
    int enters_after = 1;                    // failed probes
    int leaves_after = 1;                    // answered probes
    InNormal in_normal = InNormal::ignored;
    Status answer = Status::server_error_500;  // refused
    bool drops_at_exit = false;              // its bindings and subscriptions
    // Of one that passes requests on:
    InNormal in_emergency = InNormal::served;  // ignored, refused or served
    Status emergency_answer = Status::server_error_500;  // refused
    // To a request that was passed on, when nothing has come back for so long. None: it keeps no
    // transactions, or obeys RFC 4320 4.2, which forbids a 408 here.
    Status unanswered = Status::none;
    sim::DelayMs gives_up_after = 32'000;
    // After an emergency it registers its phones anew, one in so much time (CUBE reg-sync).
    std::optional<sim::DelayMs> re_registers;
    // In either mode, to an INVITE of a phone that has no binding there. None: it takes it.
    Status to_unregistered = Status::none;
};

// What it does with a request now; with which status, if it refuses.
struct Reaction {
    InNormal what = InNormal::served;
    Status answer = Status::none;
};

// The gateway's side.
struct GatewayMode {
    std::uint8_t running = 0;
    std::uint8_t emergency = 0;
    std::uint8_t open = 0;       // a probe is under way
    std::uint8_t resends = 0;    // how often Timer E has doubled; stays where T2 is reached
    std::uint8_t count = 0;      // of probes in a row, as in 2
    std::uint8_t number = 0;     // of the latest probe; kProbe when names are normal

    friend bool operator==(const GatewayMode&, const GatewayMode&) = default;
};

// Probes are renamed so that the latest one has this number, and all earlier ones a lower one.
inline constexpr std::uint8_t kProbe = 1;

struct GatewayInput {
    enum class Kind : std::uint8_t { start, stop, timer, answer } kind = Kind::start;
    Timer timer = Timer::none;
    Status status = Status::none;  // answer
    std::uint8_t number = 0;       // answer: to which probe
};

// Timers are Timer::probe, retransmit and timeout. A message is an OPTIONS whose `cseq` is the
// number of the probe.
void step(GatewayMode& gateway, const Survivability& rules, const GatewayInput& input,
          Output& output);

}  // namespace failback::model
