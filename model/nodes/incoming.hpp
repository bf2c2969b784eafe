// A call that comes in at a server for a line of a phone: both sides of it.
//
//  1. The server offers the call to the phone's contact if it has a binding of it, and repeats the
//     INVITE until the first response (Timer A), or gives up (Timer B, RFC 3261 17.1.1.2). Without
//     a binding the caller is told at once. What goes to a contact that the phone no longer has
//     reaches nobody.
//  2. The phone rings until its user answers, and repeats the 200 until the ACK (13.3.1.4). One
//     that takes no calls from servers that it is not registered with refuses, or says nothing;
//     then a copy of the INVITE may find it registered.
//  3. Both forget in a crash or restart. A caller who hears it ring waits without end.
#pragma once

#include <cstdint>

#include "model/design.hpp"
#include "model/output.hpp"

namespace failback::model {

struct IncomingCall {
    enum class Offer : std::uint8_t { none, sent, sent_to_nobody, alerting };
    enum class Phone : std::uint8_t { idle, ringing, answered, confirmed, refused };

    Offer offer = Offer::none;
    std::uint8_t attempt = 0;        // number of the call
    std::uint8_t resends = 0;
    std::uint8_t calls_left = 0;
    Phone phone = Phone::idle;
    std::uint8_t heard_of = 0;       // by the phone: the call that it last saw
    std::uint8_t phone_resends = 0;
    std::uint8_t forgotten = 0;      // number of the last call before a crash of the server

    friend bool operator==(const IncomingCall&, const IncomingCall&) = default;
};

struct IncomingConfig {
    Transport transport = Transport::udp;
    TransactionTimers timers;        // of both sides
    Interval rings{0, 0};
    StrangeCalls strange_calls = StrangeCalls::taken;
};

struct IncomingInput {
    enum class Kind : std::uint8_t {
        call,        // somebody calls
        timer,
        // at the server
        response,    // `status`
        crash,
        // at the phone
        invite,
        ack,
        restart,
    } kind = Kind::call;
    Timer timer = Timer::none;
    Status status = Status::none;
    std::uint8_t attempt = 0;
    bool has_binding = false;        // call: of any contact that the phone ever had
    bool reaches_phone = false;      // call: of the one that it has
    std::uint8_t dialog = 0;         // response, ack: its number (dialog.hpp)
    bool is_registered = false;      // invite: the phone holds itself registered there
};

// Requests of the output go to the phone, responses to the server.
void step(IncomingCall& call, const IncomingConfig& config, const IncomingInput& input,
          Output& output);

}  // namespace failback::model
