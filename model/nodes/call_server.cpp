// The server's side of a call attempt.
#include "model/nodes/call.hpp"
#include "model/nodes/client_usage.hpp"
#include "sim/check.hpp"

namespace failback::model {

namespace {

using sim::ensure;
using sim::exactly;

Output::Message ringing(const CallServer& call) {
    return {.method = Method::invite, .status = Status::ringing_180, .cseq = call.attempt};
}

Output::Message refusal(const CallServer& call) {
    const Status status =
        call.final == Status::none ? Status::service_unavailable_503 : call.final;
    return {.method = Method::invite, .status = status, .cseq = call.attempt};
}

// The final response to an INVITE, which is repeated until the ACK.
Output::Message answer(const CallServer& call) {
    const Status status = call.final == Status::none ? Status::ok_200 : call.final;
    return {.method = Method::invite, .status = status, .cseq = call.attempt};
}

// One step of the server's side.
class Serving {
public:
    Serving(CallServer& call, const TransactionTimers& timers, const CallServerInput& input,
            Output& output)
        : call_(call), timers_(timers), input_(input), output_(output) {}

    void on_invite() {
        const bool rings = input_.callee.rings;
        if (call_.phase != Phase::none && call_.attempt == input_.attempt) {
            if (call_.phase == Phase::refused) {
                output_.send(refusal(call_));  // RFC 3261 17.2.1
            } else if (call_.phase == Phase::ringing) {
                output_.send(ringing(call_));
            }
            return;  // a retransmission, absorbed (RFC 6026); the 200 repeats itself
        }
        if (rings && input_.attempt < call_.attempt) {
            return;  // a late copy of a call before
        }
        stop(Phase::none);
        const bool refuses = input_.refusal != Status::none;
        call_ = {refuses ? Phase::refused : Phase::ringing, input_.attempt, 0, Status::none};
        if (refuses) {
            const bool is_usual = input_.refusal == Status::service_unavailable_503;
            call_.final = is_usual ? Status::none : input_.refusal;
            output_.send(refusal(call_));
        } else if (rings) {
            output_.send(ringing(call_));
            output_.start(Timer::callee_answers, input_.callee.answers_after);
            if (input_.invite_expires > 0) {
                output_.start(Timer::invite_expires, exactly(input_.invite_expires));
            }
            output_.note(Notice::alerts);
        } else {
            output_.note(Notice::answers);
            respond();
        }
    }

    void on_ack() {
        if (call_.phase == Phase::answered && call_.attempt == input_.attempt) {
            stop(Phase::confirmed);
        }
    }

    // A callee that has answered or declined does not heed it.
    void on_cancel() {
        if (call_.phase == Phase::ringing && call_.attempt == input_.attempt) {
            stop(Phase::refused);
            call_.final = Status::terminated_487;
        }
    }

    void on_timer() {
        if (input_.timer == Timer::callee_answers || input_.timer == Timer::invite_expires) {
            ensure(call_.phase == Phase::ringing, "who answers has rung");
            if (input_.timer == Timer::invite_expires) {  // RFC 3261 13.3.1
                output_.cancel(Timer::callee_answers);
                call_.final = Status::terminated_487;
            } else {
                decide();
            }
            respond();
            return;
        }
        ensure(call_.phase == Phase::answered, "the timers of an answer run until the ACK");
        if (input_.timer == Timer::answer_give_up) {
            output_.cancel(Timer::answer_retransmit);
            call_.phase = Phase::confirmed;  // given up; a late INVITE is absorbed
            call_.resends = 0;
            return;
        }
        count_resend(timers_, call_.resends);
        Output::Message again = answer(call_);
        again.flags = kRetransmission;
        output_.send(again);
        output_.start(Timer::answer_retransmit, exactly(retransmit_after(timers_, call_.resends)));
    }

    void crash() {
        stop(Phase::none);
        call_ = {};
    }

private:
    using Phase = CallServer::Phase;

    void decide() {
        if (input_.invite_expires > 0) {
            output_.cancel(Timer::invite_expires);
        }
        if (input_.callee.is_busy) {
            call_.final = Status::busy_486;
        } else {
            output_.note(Notice::answers);
        }
    }

    void respond() {
        call_.phase = Phase::answered;
        output_.send(answer(call_));
        output_.start(Timer::answer_retransmit, exactly(timers_.t1));
        output_.start(Timer::answer_give_up, exactly(64 * timers_.t1));
    }

    void stop(Phase phase) {
        if (call_.phase == Phase::answered) {
            output_.cancel(Timer::answer_retransmit);
            output_.cancel(Timer::answer_give_up);
        } else if (call_.phase == Phase::ringing) {
            output_.cancel(Timer::callee_answers);
            if (input_.invite_expires > 0) {
                output_.cancel(Timer::invite_expires);
            }
        }
        call_.phase = phase;
        call_.resends = 0;
    }

    CallServer& call_;
    const TransactionTimers& timers_;
    const CallServerInput& input_;
    Output& output_;
};

}  // namespace

void step(CallServer& call, const TransactionTimers& timers, const CallServerInput& input,
          Output& output) {
    Serving serving(call, timers, input, output);
    switch (input.kind) {
        case CallServerInput::Kind::invite:
            serving.on_invite();
            break;
        case CallServerInput::Kind::ack:
            serving.on_ack();
            break;
        case CallServerInput::Kind::cancel:
            serving.on_cancel();
            break;
        case CallServerInput::Kind::timer:
            serving.on_timer();
            break;
        case CallServerInput::Kind::crash:
            serving.crash();
            break;
    }
}

}  // namespace failback::model
