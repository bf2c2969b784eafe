// A passive transfer: a script at the server, such as a voice box, asks the phone by a REFER in the
// dialog of a call to go on with somebody else (RFC 3515, RFC 5589 6.1).
//
//  1. There is one REFER in a dialog, repeated by Timers E and F.
//  2. The phone accepts it by a 202 (RFC 3515 2.4.2). It follows at once, or when its user has
//     confirmed; if nobody does in time, it ends the call (SwyxWare 14.10 Administration 11.2.1.4).
//  3. A 481, or nothing until Timer F, ends the dialog at the server (RFC 3261 12.2.1.2).
//  4. What the phone asks its user, and what the script waits for, ends with the call.
#pragma once

#include "model/nodes/dialog.hpp"

namespace failback::model {

// One step of an end.
class Transferring {
public:
    // What becomes of the dialog by it.
    enum class Then : std::uint8_t { nothing, over, hung_up, dropped };

    Transferring(Transfer& transfer, const DialogConfig& config, const DialogInput& input,
                 Output& output)
        : transfer_(transfer), config_(config), input_(input), output_(output) {}

    // The end counts the call as established; it no longer does; it forgets.
    void begin();
    void end();
    void forget();

    // `has`: the number of the dialog that the end has; 0: none. A phone that may not signal with
    // the server cannot follow.
    Then on_timer(std::uint8_t has, bool may_signal);
    Then on_request(std::uint8_t has);
    Then on_response(std::uint8_t has);

private:
    [[nodiscard]] bool is_phone() const { return input_.side == DialogSide::phone; }
    [[nodiscard]] bool is_armed(Timer timer) const;
    void fired(Timer timer);
    void disarm(Timer timer);
    void arm(Timer timer, Interval delay);
    void send(std::uint8_t number, Status status, bool again = false);
    void transmit(std::uint8_t number, bool again);
    void close();
    void follow();

    Transfer& transfer_;
    const DialogConfig& config_;
    const DialogInput& input_;
    Output& output_;
};

}  // namespace failback::model
