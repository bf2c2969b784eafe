#include "model/nodes/incoming.hpp"

#include <algorithm>

#include "model/nodes/client_usage.hpp"
#include "sim/check.hpp"

namespace failback::model {

namespace {

using sim::ensure;
using sim::exactly;

// One step of the server that a call comes in at.
class Offering {
public:
    using Offer = IncomingCall::Offer;

    Offering(IncomingCall& call, const IncomingConfig& config, Output& output)
        : call_(call), config_(config), output_(output) {}

    void begin(const IncomingInput& input) {
        ensure(call_.offer == Offer::none && call_.calls_left > 0, "a call within the budget");
        ++call_.attempt;
        --call_.calls_left;
        if (!input.has_binding) {
            output_.note(Notice::unavailable);
            return;
        }
        call_.offer = input.reaches_phone ? Offer::sent : Offer::sent_to_nobody;
        call_.resends = 0;
        output_.note(Notice::offers);
        output_.start(Timer::offer_give_up, exactly(64 * config_.timers.t1));
        transmit(false);
    }

    void on_timer(Timer timer) {
        if (timer == Timer::offer_retransmit) {
            ++call_.resends;
            transmit(true);
            return;
        }
        if (repeats()) {
            output_.cancel(Timer::offer_retransmit);
        }
        call_.offer = Offer::none;
        call_.resends = 0;
        output_.note(Notice::unheard);
    }

    void on_response(const IncomingInput& input) {
        if (input.attempt <= call_.forgotten) {
            return;
        }
        const bool is_answer = input.status == Status::ok_200;
        if (is_answer) {  // each copy (RFC 3261 13.2.2.4)
            output_.send({.method = Method::offer_ack, .cseq = input.attempt});
        }
        if (call_.offer == Offer::none || input.attempt != call_.attempt) {
            return;
        }
        if (is_open()) {  // a response that was under way when the phone moved counts, too
            stop_timers();
            output_.note(Notice::responds);
        }
        call_.resends = 0;
        call_.offer = input.status == Status::ringing_180 ? Offer::alerting : Offer::none;
    }

    // What is offered goes to an address where nobody is any more.
    void lose_phone() {
        if (call_.offer == Offer::sent) {
            if (repeats()) {
                output_.cancel(Timer::offer_retransmit);
            }
            call_.offer = Offer::sent_to_nobody;
            call_.resends = 0;
        }
    }

    void crash() {
        if (is_open()) {
            stop_timers();
        }
        call_.offer = Offer::none;
        call_.resends = 0;
        call_.forgotten = call_.attempt;
    }

private:
    [[nodiscard]] bool is_open() const {
        return call_.offer == Offer::sent || call_.offer == Offer::sent_to_nobody;
    }

    // Timer A doubles without a cap, up to Timer B. Nobody sees what goes to nobody.
    void transmit(bool again) {
        if (call_.offer == Offer::sent_to_nobody) {
            return;
        }
        output_.send({.method = Method::offer,
                      .cseq = call_.attempt,
                      .flags = again ? kRetransmission : std::uint8_t{0}});
        if (repeats()) {
            output_.start(Timer::offer_retransmit, exactly(config_.timers.t1 << call_.resends));
        }
    }

    // Is another copy to follow before Timer B?
    [[nodiscard]] bool repeats() const {
        constexpr int kCopies = 7;
        return call_.offer == Offer::sent && config_.transport == Transport::udp &&
               call_.resends + 1 < kCopies;
    }

    // Of an open offer.
    void stop_timers() {
        if (repeats()) {
            output_.cancel(Timer::offer_retransmit);
        }
        output_.cancel(Timer::offer_give_up);
    }

    IncomingCall& call_;
    const IncomingConfig& config_;
    Output& output_;
};

// One step of the phone.
class Taking {
public:
    using Phone = IncomingCall::Phone;

    Taking(IncomingCall& call, const IncomingConfig& config, Output& output)
        : call_(call), config_(config), output_(output) {}

    void on_invite(const IncomingInput& input) {
        if (input.attempt == call_.heard_of) {
            respond();
            return;
        }
        if (input.attempt < call_.heard_of) {
            return;  // a late copy
        }
        const bool takes =
            config_.strange_calls == StrangeCalls::taken || input.is_registered;
        if (!takes && config_.strange_calls == StrangeCalls::ignored) {
            return;
        }
        stop(takes ? Phone::ringing : Phone::refused);
        call_.heard_of = input.attempt;
        output_.note(takes ? Notice::rings : Notice::rejects);
        if (takes) {
            output_.start(Timer::user_answers, config_.rings);
        }
        respond();
    }

    void on_ack(const IncomingInput& input) {
        if (call_.phone == Phone::answered && input.attempt == call_.heard_of) {
            stop(Phone::confirmed);
        }
    }

    void on_timer(Timer timer) {
        if (timer == Timer::user_answers) {
            call_.phone = Phone::answered;
            send(Status::ok_200, false);
            output_.start(Timer::taken_retransmit, exactly(config_.timers.t1));
            output_.start(Timer::taken_give_up, exactly(64 * config_.timers.t1));
        } else if (timer == Timer::taken_give_up) {
            output_.cancel(Timer::taken_retransmit);
            call_.phone = Phone::confirmed;
            call_.phone_resends = 0;
        } else {
            const TransactionTimers& timers = config_.timers;
            count_resend(timers, call_.phone_resends);
            send(Status::ok_200, true);
            output_.start(Timer::taken_retransmit,
                          exactly(retransmit_after(timers, call_.phone_resends)));
        }
    }

    void restart() {
        stop(Phone::idle);
        call_.heard_of = 0;
    }

private:
    void send(Status status, bool again) {
        output_.send({.method = Method::offer,
                      .status = status,
                      .cseq = call_.heard_of,
                      .flags = again ? kRetransmission : std::uint8_t{0}});
    }

    // To an INVITE, or a copy of it. The 200 repeats itself.
    void respond() {
        if (call_.phone == Phone::ringing) {
            send(Status::ringing_180, false);
        } else if (call_.phone == Phone::refused) {
            send(Status::forbidden_403, false);
        }
    }

    void stop(Phone phone) {
        if (call_.phone == Phone::ringing) {
            output_.cancel(Timer::user_answers);
        } else if (call_.phone == Phone::answered) {
            output_.cancel(Timer::taken_retransmit);
            output_.cancel(Timer::taken_give_up);
        }
        call_.phone = phone;
        call_.phone_resends = 0;
    }

    IncomingCall& call_;
    const IncomingConfig& config_;
    Output& output_;
};

}  // namespace

void step(IncomingCall& call, const IncomingConfig& config, const IncomingInput& input,
          Output& output) {
    using Kind = IncomingInput::Kind;
    Offering server(call, config, output);
    Taking phone(call, config, output);
    switch (input.kind) {
        case Kind::call:
            server.begin(input);
            break;
        case Kind::response:
            server.on_response(input);
            break;
        case Kind::crash:
            server.crash();
            break;
        case Kind::invite:
            phone.on_invite(input);
            break;
        case Kind::ack:
            phone.on_ack(input);
            break;
        case Kind::restart:
            phone.restart();
            break;
        case Kind::timer: {
            const bool is_offer = input.timer == Timer::offer_retransmit ||
                                  input.timer == Timer::offer_give_up;
            is_offer ? server.on_timer(input.timer) : phone.on_timer(input.timer);
            break;
        }
    }
}

void lose_phone(IncomingCall& call, const IncomingConfig& config, Output& output) {
    Offering(call, config, output).lose_phone();
}

}  // namespace failback::model
