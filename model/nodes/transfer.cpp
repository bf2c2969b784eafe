#include "model/nodes/transfer.hpp"

#include "model/nodes/client_usage.hpp"
#include "sim/check.hpp"

namespace failback::model {

namespace {

using sim::exactly;
using Then = Transferring::Then;

unsigned mask_of(Timer timer) {
    return 1U << (static_cast<unsigned>(timer) - static_cast<unsigned>(Timer::transfer));
}

}  // namespace

bool Transferring::is_armed(Timer timer) const { return (transfer_.armed & mask_of(timer)) != 0; }

void Transferring::fired(Timer timer) {
    transfer_.armed = static_cast<std::uint8_t>(transfer_.armed & ~mask_of(timer));
}

void Transferring::disarm(Timer timer) {
    if (is_armed(timer)) {
        fired(timer);
        output_.cancel(timer, dialog_key(input_.side, 0));
    }
}

void Transferring::arm(Timer timer, Interval delay) {
    disarm(timer);
    transfer_.armed = static_cast<std::uint8_t>(transfer_.armed | mask_of(timer));
    output_.start(timer, delay, dialog_key(input_.side, 0));
}

void Transferring::send(std::uint8_t number, Status status, bool again) {
    if (input_.is_up) {
        output_.send({.method = Method::refer,
                      .status = status,
                      .cseq = number,
                      .flags = again ? kRetransmission : std::uint8_t{0}});
    }
}

void Transferring::transmit(std::uint8_t number, bool again) {
    send(number, Status::none, again);
    if (config_.server_transport == Transport::udp) {
        arm(Timer::refer_retransmit, exactly(retransmit_after(config_.timers, transfer_.resends)));
    }
}

void Transferring::close() {
    disarm(Timer::refer_retransmit);
    disarm(Timer::refer_timeout);
    transfer_.resends = 0;
}

void Transferring::follow() {
    disarm(Timer::confirmed);
    disarm(Timer::unconfirmed);
    output_.note(Notice::transferred);
}

void Transferring::begin() {
    if (!is_phone() && config_.plan.transfer) {
        arm(Timer::transfer, *config_.plan.transfer);
    }
}

void Transferring::end() {
    if (is_phone()) {
        disarm(Timer::confirmed);
        disarm(Timer::unconfirmed);
    } else {
        disarm(Timer::transfer);
        close();
    }
}

void Transferring::forget() {
    if (is_phone()) {
        transfer_.heard = 0;
    }
}

Then Transferring::on_timer(std::uint8_t has, bool may_signal) {
    fired(input_.timer);
    switch (input_.timer) {
        case Timer::transfer:
            output_.note(Notice::refers);
            arm(Timer::refer_timeout, exactly(64 * config_.timers.t1));
            transmit(has, false);
            return Then::nothing;
        case Timer::refer_retransmit:
            count_resend(config_.timers, transfer_.resends);
            transmit(has, true);
            return Then::nothing;
        case Timer::refer_timeout:
            return Then::hung_up;
        case Timer::confirmed:
            if (!may_signal) {
                return Then::dropped;
            }
            follow();
            return Then::nothing;
        default:
            sim::ensure(input_.timer == Timer::unconfirmed, "a timer of a transfer");
            output_.note(Notice::unconfirmed);
            return Then::dropped;
    }
}

// A copy is answered as the first one was, even if the call is over meanwhile (RFC 3261 17.2.2).
Then Transferring::on_request(std::uint8_t has) {
    const bool is_copy = transfer_.heard == input_.number;
    const bool is_new = !is_copy && has == input_.number;
    send(input_.number, is_copy || is_new ? Status::accepted_202 : Status::no_subscription_481);
    if (!is_new) {
        return Then::nothing;
    }
    transfer_.heard = input_.number;
    if (!config_.confirmation) {
        follow();
        return Then::nothing;
    }
    arm(Timer::unconfirmed, exactly(*config_.confirmation));
    if (config_.plan.confirms) {
        arm(Timer::confirmed, *config_.plan.confirms);
    }
    return Then::nothing;
}

Then Transferring::on_response(std::uint8_t has) {
    if (!is_armed(Timer::refer_timeout) || has != input_.number) {
        return Then::nothing;
    }
    close();
    return input_.status == Status::no_subscription_481 ? Then::over : Then::nothing;
}

bool prompts(const Transfer& transfer) {
    return (transfer.armed & mask_of(Timer::unconfirmed)) != 0;
}

bool refers(const Transfer& transfer) {
    return (transfer.armed & mask_of(Timer::refer_timeout)) != 0;
}

}  // namespace failback::model
