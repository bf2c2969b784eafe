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
    message.method = config.method;
    message.cseq = usage.cseq;
    message.key = usage.contact;
    message.expires = usage.wiping != 0 ? 0 : usage.requested;
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
        return;
    }
    if (usage.failures < most_failures(config)) {
        ++usage.failures;
    }
    arm(usage, Timer::retry, wait_after(wait, usage.failures), output);
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
    if (input.status == Status::ok_200) {
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

// A plain power-off: nothing is deregistered (RFC 3261 10.2.2 would have it with Expires 0).
void restart(ClientUsage& usage, const ClientUsageConfig& config, Output& output) {
    for (auto timer = Timer::retransmit; timer <= Timer::belief;
         timer = static_cast<Timer>(static_cast<int>(timer) + 1)) {
        disarm(usage, timer, output);
    }
    ClientUsage fresh;
    fresh.cseq = usage.cseq;
    fresh.boots = usage.boots;
    fresh.contact = static_cast<std::uint8_t>(std::min(usage.contact + 1, config.contacts - 1));
    const AfterRestart& after = config.after_restart;
    const bool is_told_apart = after.new_call_id || after.cseq_restarts;
    if (config.method == Method::register_ && is_told_apart) {
        fresh.boots = with_start(usage.boots, static_cast<std::uint8_t>(usage.cseq + 1));
    }
    usage = fresh;
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
            fail_attempt(usage, config, config.retry.unanswered, output);
            break;
        case Timer::refresh:
        case Timer::retry:
            if (input.wanted) {
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
        case ClientInput::Kind::timer:
            on_timer(usage, config, input, output);
            break;
        case ClientInput::Kind::response:
            on_response(usage, config, input, output);
            break;
        case ClientInput::Kind::restart:
            restart(usage, config, output);
            break;
    }
}

}  // namespace failback::model
