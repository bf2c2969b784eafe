// A call that was answered, as its two ends know it (RFC 3261 12): the phone, and the server with
// whoever is behind it.
//
//  1. Whoever answers a call gives its dialog a number (the tag of RFC 3261 12.1.1). A call has one
//     dialog, and another one only if a restart forgot the first and a late INVITE was answered.
//  2. An end that sends a BYE has ended the call by that (RFC 3261 15.1.1), whatever becomes of the
//     BYE, which is repeated by Timers E and F. A BYE or UPDATE in a dialog that the other end does
//     not have earns a 481 (12.2.2).
//  3. The callee hangs up only after the ACK. Without one it gives up, with a BYE (13.3.1.4). The
//     caller ends dialogs that it does not want, with a BYE (13.2.2.4).
//  4. With a session timer the phone refreshes at half of the interval; an end that saw no refresh
//     sends a BYE somewhat before its end (RFC 4028 10). A refresh that is answered by 481, or not
//     at all, ends the call (RFC 3261 12.2.1.2); any other failure does not.
//  5. A script at the server transfers a call by a REFER in its dialog (RFC 3515), once. The phone
//     accepts it by a 202, follows at once or when its user has confirmed, and ends the call if
//     nobody confirms in time. The dialog goes on, with another party behind the server. A REFER
//     that is answered by 481, or not at all, ends the call at the server (RFC 3261 12.2.1.2).
//  6. A phone that does not signal with servers that the line is not registered with sends no BYE
//     and no UPDATE there, and does not hear any.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "model/design.hpp"
#include "model/output.hpp"

namespace failback::model {

inline constexpr std::size_t kDialogNumbers = 4;

enum class DialogSide : std::uint8_t { phone, server };

struct DialogEnd {
    std::uint8_t has = 0;   // number of the dialog that it counts as established; 0: none
    std::uint8_t seen = 0;  // caller: bit per number of which it has heard
    // By number - 1, of a BYE that is open: one more than how often Timer E has doubled.
    std::array<std::uint8_t, kDialogNumbers> byes{};

    friend bool operator==(const DialogEnd&, const DialogEnd&) = default;
};

struct Dialog {
    DialogEnd phone;
    DialogEnd server;
    std::uint8_t latest = 0;   // number
    std::uint8_t resends = 0;  // of the UPDATE: how often Timer E has doubled
    std::uint8_t updates = 0;  // number of the latest UPDATE, and of the latest that arrived
    std::uint8_t armed = 0;    // bit per timer but those of BYEs

    friend bool operator==(const Dialog&, const Dialog&) = default;
};

// What there is of a transfer besides; in use where calls may be transferred.
struct Transfer {
    std::uint8_t armed = 0;    // bit per timer, from Timer::transfer on
    std::uint8_t resends = 0;  // of the REFER: how often Timer E has doubled
    std::uint8_t heard = 0;    // number of the dialog of the latest REFER that the phone accepted

    friend bool operator==(const Transfer&, const Transfer&) = default;
};

struct DialogConfig {
    Transport transport = Transport::udp;         // of the phone
    Transport server_transport = Transport::udp;  // of the server, which may have a gateway next
    TransactionTimers timers;  // of both ends
    Interval lasts{0, 0};
    DialogPlan plan;
    DelayMs session_expires = 0;
    UnregisteredDialogs unregistered = UnregisteredDialogs::kept;
    bool phone_is_callee = false;
    bool hears_errors = true;   // the phone, that nobody is there (refusals.hpp)
    std::optional<DelayMs> confirmation;  // of transfers, within so long
};

struct DialogInput {
    enum class Kind : std::uint8_t {
        answered,   // by the callee
        confirmed,  // the ACK has arrived at the callee
        abandoned,  // no ACK has come
        accepted,   // a 2xx has arrived at the caller, who wants the call
        unwanted,   // the same, but the caller has turned away, or knows the dialog already
        timer,
        request,    // BYE, UPDATE, REFER
        response,   // to such
        forgets,    // the end, in a restart
        unregistered,  // the phone lost its registration, or gave it up
    } kind = Kind::answered;
    DialogSide side = DialogSide::phone;
    Timer timer = Timer::none;
    Method method = Method::none;
    Status status = Status::none;
    std::uint8_t number = 0;      // of the dialog
    std::uint8_t update = 0;      // its number
    bool is_registered = true;    // the phone holds itself registered there
    bool is_up = true;            // the process of the server runs
};

// RFC 4028 10: when an end that has seen no refresh sends a BYE.
[[nodiscard]] DelayMs session_end(DelayMs session_expires);

// The key of a timer of a dialog, and back.
[[nodiscard]] constexpr std::uint8_t dialog_key(DialogSide side, std::uint8_t number) {
    return static_cast<std::uint8_t>((side == DialogSide::server ? 16U : 0U) + number);
}
[[nodiscard]] constexpr DialogSide side_of(const Event& timer) {
    return timer.cseq >= 16 ? DialogSide::server : DialogSide::phone;
}
[[nodiscard]] constexpr std::uint8_t dialog_of(const Event& timer) {
    return static_cast<std::uint8_t>(timer.cseq % 16U);
}

// Messages of the output are those of the side of the input.
// THROWS ModelLimit if a call is answered too often.
void step(Dialog& dialog, Transfer& transfer, const DialogConfig& config,
          const DialogInput& input, Output& output);

// Does the phone ask its user to confirm a transfer?
[[nodiscard]] bool prompts(const Transfer& transfer);
// Is a REFER of the server open?
[[nodiscard]] bool refers(const Transfer& transfer);

}  // namespace failback::model
