// A registration that a gateway passes on to the server that it watches (RFC 3261 16, RFC 3327).
//
//  1. Each copy of a request is passed on as it comes, and each answer goes back. The gateway
//     learns from a 200 what it has to serve in an emergency.
//  2. One that gives up answers a request when nothing has come back in time; what comes later
//     goes nowhere, and copies of the request no further (RFC 6026 8.9).
//  3. After an emergency it may register its phones anew, each once: `phase` says how far it is.
//     Such a REGISTER has a number; names are normal if the latest one has the number 1.
//  4. Where that is challenged the gateway answers with the password of the phone, once.
#pragma once

#include <cstdint>

#include "model/nodes/server_transactions.hpp"
#include "model/output.hpp"
#include "model/survivability.hpp"

namespace failback::model {

struct Relay {
    enum class Phase : std::uint8_t { none, due, open };

    ServerTransactions at_registrar{};  // what the server that is watched remembers of the phone
    std::uint8_t waits = 0;       // CSeq of what was passed on last and is not answered; 0: none
    std::uint8_t given_up = 0;    // CSeq of the last one that was given up
    Phase phase = Phase::none;
    std::uint8_t resends = 0;     // how often Timer E has doubled
    std::uint8_t number = 0;      // of the latest REGISTER of the gateway
    std::uint8_t heard = 0;       // at the server that is watched: the latest one that arrived
    std::uint8_t signs = 0;       // the latest REGISTER of the gateway has credentials
    std::uint8_t nonce = 0;       // at the server that is watched: it would accept their nonce

    friend bool operator==(const Relay&, const Relay&) = default;
};

// A Call-ID that no phone has: that of a REGISTER of the gateway.
inline constexpr std::uint8_t kGatewayCallId = 0x7f;

// Something with that CSeq is passed on. False: it was given up before.
[[nodiscard]] bool passes(Relay& relay, const Survivability& rules, std::uint8_t cseq,
                          Output& output);
// Something has come back. False: it comes too late.
[[nodiscard]] bool comes_back(Relay& relay, const Survivability& rules, std::uint8_t cseq,
                              Output& output);
// The gateway may register the phone anew within `when`.
void begin_re_registration(Relay& relay, sim::Interval when, Output& output);
// `may`: of re_register_due, whether there is a binding to be registered.
void on_timer(Relay& relay, const Survivability& rules, Timer timer, bool may, Output& output);
// A final answer to the REGISTER with that number.
void on_re_registered(Relay& relay, const Survivability& rules, std::uint8_t number, Status status,
                      Output& output);
void end_re_registration(Relay& relay, const Survivability& rules, Output& output);
// The gateway's process stops.
void stop(Relay& relay, const Survivability& rules, Output& output);

}  // namespace failback::model
