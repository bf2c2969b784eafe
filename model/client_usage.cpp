#include "model/client_usage.hpp"

#include <algorithm>

#include "sim/check.hpp"

namespace failback::model {

namespace {

using sim::ensure;
using sim::exactly;

constexpr std::uint16_t bit(Timer timer) {
    return static_cast<std::uint16_t>(1U << static_cast<unsigned>(timer));
}

void disarm(ClientUsage& usage, Timer timer, Output& output) {
    if ((usage.armed & bit(timer)) != 0) {
        usage.armed = static_cast<std::uint16_t>(usage.armed & ~bit(timer));
        output.cancel(timer);
    }
}

void arm(ClientUsage& usage, Timer timer, Interval delay, Output& output) {
    disarm(usage, timer, output);
    usage.armed = static_cast<std::uint16_t>(usage.armed | bit(timer));
    output.start(timer, delay);
}

void transmit(ClientUsage& usage, const ClientUsageConfig& config, bool again, Output& output) {
    Output::Message message;
    const bool asks_for_nothing = usage.wiping != 0 || usage.leaving != 0 || usage.probing != 0;
    message.method = usage.probing != 0 ? Method::options : config.method;
    message.cseq = usage.cseq;
    message.expires = asks_for_nothing ? 0 : usage.requested;
    message.flags = usage.wiping != 0 ? kWildcard : std::uint8_t{0};
    if (again) {
        message.flags = static_cast<std::uint8_t>(message.flags | kRetransmission);
    }
    output.send(message);
    if (config.transport == Transport::udp) {
        arm(usage, Timer::retransmit, exactly(retransmit_after(config.timers, usage.resends)),
            output);
    }
}

// A new request: the next CSeq, a new transaction.
void request(ClientUsage& usage, const ClientUsageConfig& config, Output& output) {
    ensure(usage.open == 0, "one request is open at a time");
    usage.open = 1;
    ++usage.cseq;
    usage.resends = 0;
    if (usage.probing == 0) {
        output.note(Notice::requests);
    }
    transmit(usage, config, false, output);
    arm(usage, Timer::timeout, exactly(config.timers.timer_f), output);
}

void close_transaction(ClientUsage& usage, Output& output) {
    usage.open = 0;
    usage.resends = 0;
    disarm(usage, Timer::retransmit, output);
    disarm(usage, Timer::timeout, output);
}

// A refresh that is due at this very instant stays due: a user agent whose registration has run out
// registers again at once.
void lose_belief(ClientUsage& usage, Output& output) {
    disarm(usage, Timer::belief, output);
    if (usage.believes != 0) {
        usage.believes = 0;
        output.note(Notice::lapses);
    }
}

// The number of failures in a row from which on one more makes no difference.
int most_failures(const ClientUsageConfig& config) {
    return config.max_retries > 0 ? config.max_retries
                                  : std::max(failures_that_count(config.retry.rejected),
                                             failures_that_count(config.retry.unanswered));
}

// The open request failed, by timeout or by an error response; `wait` comes before the next one.
void fail_attempt(ClientUsage& usage, const ClientUsageConfig& config, const RetryWait& wait,
                  Output& output) {
    close_transaction(usage, output);
    if (config.belief == Belief::until_failed_refresh) {
        lose_belief(usage, output);
    }
    if (config.max_retries > 0 && usage.failures == config.max_retries) {
        usage.gave_up = 1;
        output.note(Notice::gives_up);
    } else if (usage.failures < most_failures(config)) {
        ++usage.failures;
    }
    const Interval pause = wait_after(wait, usage.failures);
    if (config.successive) {
        output.failed = pause;
    } else if (usage.gave_up == 0) {
        arm(usage, Timer::retry, pause, output);
    }
}

// A request other than for a registration is over.
void end_other_request(ClientUsage& usage, const ClientUsageConfig& config, bool answered,
                       Output& output) {
    close_transaction(usage, output);
    if (usage.leaving != 0) {
        usage.leaving = 0;  // without an answer, the binding ends with its lifetime
    } else {
        output.probed = answered;
        arm(usage, Timer::probe, exactly(config.probe), output);
    }
}

void attempt(ClientUsage& usage, const ClientUsageConfig& config, Output& output) {
    close_transaction(usage, output);  // of a removal, which is no longer wanted
    usage.leaving = 0;
    usage.started = 1;
    usage.requested = std::max(usage.requested, config.expires);
    disarm(usage, Timer::retry, output);
    disarm(usage, Timer::refresh, output);
    request(usage, config, output);
}

void stop(ClientUsage& usage, const ClientUsageConfig& config, Output& output) {
    const bool believed = usage.believes != 0;
    close_transaction(usage, output);
    for (const Timer timer : {Timer::refresh, Timer::retry, Timer::belief, Timer::probe}) {
        disarm(usage, timer, output);
    }
    usage.started = usage.believes = usage.probing = usage.wiping = usage.failures = 0;
    if (believed) {
        output.note(Notice::leaves);
    }
    if (believed && config.removes_old_binding) {
        usage.leaving = 1;
        request(usage, config, output);
    }
}

void granted(ClientUsage& usage, const ClientUsageConfig& config, DelayMs lifetime,
             Output& output) {
    usage.failures = 0;
    if (usage.wiping != 0) {  // the bindings are gone, now the real request
        usage.wiping = 0;
        request(usage, config, output);
        return;
    }
    usage.believes = 1;
    arm(usage, Timer::belief, exactly(lifetime), output);
    arm(usage, Timer::refresh, exactly(refresh_after(config.refresh, lifetime)), output);
    output.note(Notice::registered);
}

void on_response(ClientUsage& usage, const ClientUsageConfig& config, const ClientInput& input,
                 Output& output) {
    if (usage.open == 0 || input.cseq != usage.cseq) {
        return;  // matches no open transaction, or is absorbed by a completed one
    }
    if (config.transport == Transport::udp) {
        output.start(Timer::absorb, exactly(config.timers.t4), usage.cseq);
    }
    if (usage.leaving != 0 || usage.probing != 0) {
        end_other_request(usage, config, input.status == Status::ok_200, output);
    } else if (input.status == Status::ok_200) {
        close_transaction(usage, output);
        granted(usage, config, input.expires, output);
    } else if (input.status == Status::interval_too_brief_423) {
        // RFC 3261 10.2.8: retry at once with a lifetime of at least Min-Expires.
        close_transaction(usage, output);
        usage.requested = std::max(usage.requested, input.expires);
        request(usage, config, output);
    } else {
        output.note(Notice::refused);
        fail_attempt(usage, config, config.retry.rejected, output);
    }
}

void on_timer(ClientUsage& usage, const ClientUsageConfig& config, const ClientInput& input,
              Output& output) {
    usage.armed = static_cast<std::uint16_t>(usage.armed & ~bit(input.timer));
    switch (input.timer) {
        case Timer::retransmit:
            if (retransmit_after(config.timers, usage.resends) < config.timers.t2) {
                ++usage.resends;
            }
            transmit(usage, config, true, output);
            break;
        case Timer::timeout:
            if (usage.leaving != 0 || usage.probing != 0) {
                end_other_request(usage, config, false, output);
                break;
            }
            output.note(Notice::unanswered);
            fail_attempt(usage, config, config.retry.unanswered, output);
            break;
        case Timer::probe:
            request(usage, config, output);
            break;
        case Timer::refresh:
        case Timer::retry:
            if (config.successive && input.timer == Timer::refresh) {
                output.refresh_due = true;
            } else if (config.successive) {
                attempt(usage, config, output);
            } else if (input.wanted) {
                request(usage, config, output);
            } else {
                usage.started = 0;
                usage.failures = 0;
            }
            break;
        case Timer::belief:
            lose_belief(usage, output);
            break;
        case Timer::absorb:
            break;  // the completed transaction is forgotten; what it absorbed is now dropped
        default:
            ensure(false, "a timer of a user agent");
    }
}

}  // namespace

DelayMs refresh_after(const Refresh& refresh, DelayMs granted) {
    if (refresh.rule == RefreshRule::fraction) {
        return static_cast<DelayMs>(std::int64_t{granted} * refresh.percent / 100);
    }
    return granted < refresh.lead ? granted / 2 : granted - refresh.lead;
}

DelayMs retransmit_after(const TransactionTimers& timers, int resends) {
    const std::int64_t doubled = std::int64_t{timers.t1} << resends;
    return static_cast<DelayMs>(std::min<std::int64_t>(doubled, timers.t2));
}

void step(ClientUsage& usage, const ClientUsageConfig& config, const ClientInput& input,
          Output& output) {
    switch (input.kind) {
        case ClientInput::Kind::start: {
            ensure(usage.started == 0 && usage.open == 0, "a usage starts once");
            usage.started = 1;
            usage.wiping = static_cast<std::uint8_t>(config.wipe_at_boot);
            disarm(usage, Timer::refresh, output);
            usage.requested = std::max(usage.requested, config.expires);
            request(usage, config, output);
            break;
        }
        case ClientInput::Kind::attempt:
            attempt(usage, config, output);
            break;
        case ClientInput::Kind::wait:
            usage.started = 1;
            arm(usage, Timer::retry, input.wait, output);
            break;
        case ClientInput::Kind::probe:
            ensure(usage.open == 0 && usage.believes == 0, "it probes where it is not registered");
            usage.probing = 1;
            arm(usage, Timer::probe, exactly(config.probe), output);
            break;
        case ClientInput::Kind::stop:
            stop(usage, config, output);
            break;
        case ClientInput::Kind::timer:
            on_timer(usage, config, input, output);
            break;
        case ClientInput::Kind::response:
            on_response(usage, config, input, output);
            break;
    }
}

}  // namespace failback::model
