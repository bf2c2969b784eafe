#include "model/nodes/client_steps.hpp"

#include <algorithm>

#include "sim/check.hpp"

namespace failback::model::client {

using sim::ensure;
using sim::exactly;

namespace {

// Timer N has the place of no timer at all, which is never armed.
constexpr std::uint16_t bit(Timer timer) {
    return static_cast<std::uint16_t>(
        1U << (timer == Timer::notify_wait ? 0U : static_cast<unsigned>(timer)));
}

}  // namespace

bool armed(const ClientUsage& usage, Timer timer) { return (usage.armed & bit(timer)) != 0; }

void disarm(ClientUsage& usage, Timer timer, Output& output) {
    if (armed(usage, timer)) {
        fired(usage, timer);
        output.cancel(timer);
    }
}

void fired(ClientUsage& usage, Timer timer) {
    usage.armed = static_cast<std::uint16_t>(usage.armed & ~bit(timer));
}

void arm(ClientUsage& usage, Timer timer, Interval delay, Output& output) {
    disarm(usage, timer, output);
    usage.armed = static_cast<std::uint16_t>(usage.armed | bit(timer));
    output.start(timer, delay);
}

namespace {

bool asks_for_a_grant(const ClientUsage& usage) {
    return usage.purpose == Purpose::grant || usage.purpose == Purpose::renewal;
}

bool asks_by_options(const ClientUsage& usage, const ClientUsageConfig& config) {
    return usage.purpose == Purpose::probe && !config.heartbeat;
}

std::uint8_t flags_of(const ClientUsage& usage, const ClientUsageConfig& config) {
    if (config.method == Method::subscribe) {
        return usage.purpose == Purpose::grant ? kInitial : std::uint8_t{0};
    }
    unsigned flags = usage.purpose == Purpose::wipe ? kWildcard : 0U;
    if (!asks_by_options(usage, config)) {
        flags |= usage.purpose == Purpose::probe ? kHeartbeat : 0U;
        flags |= config.raises_cseq ? 0U : kSameCSeq;
    }
    return static_cast<std::uint8_t>(flags);
}

}  // namespace

void transmit(ClientUsage& usage, const ClientUsageConfig& config, bool again, Output& output) {
    Output::Message message;
    message.method = asks_by_options(usage, config) ? Method::options : config.method;
    message.cseq = usage.cseq;
    message.key = config.method == Method::subscribe ? usage.dialog : usage.contact;
    message.expires = asks_for_a_grant(usage) ? usage.requested : 0;
    message.flags = flags_of(usage, config);
    if (!asks_by_options(usage, config)) {
        message.nonce = usage.nonce;
    }
    if (again) {
        message.flags = static_cast<std::uint8_t>(message.flags | kRetransmission);
    }
    output.send(message);
    if (config.transport == Transport::udp) {
        arm(usage, Timer::retransmit, exactly(retransmit_after(config.timers, usage.resends)),
            output);
    }
}

void send_request(ClientUsage& usage, const ClientUsageConfig& config, Output& output) {
    usage.open = 1;
    ++usage.cseq;
    usage.resends = 0;
    if (usage.purpose != Purpose::probe) {
        output.note(Notice::requests);
    }
    if (config.method == Method::subscribe) {
        begin_subscribe(usage, config, output);
    }
    transmit(usage, config, false, output);
    arm(usage, Timer::timeout, exactly(config.timers.timer_f), output);
}

// What the phone has asked for it asks another server. What it counts on stays.
void turn_away(ClientUsage& usage, const ClientUsageConfig& config, Output& output) {
    close_transaction(usage, output);
    end_challenges(usage, config);
    output.relisted = usage.purpose != Purpose::removal;
    usage.purpose = Purpose::grant;
    usage.raised = 0;
}

void request(ClientUsage& usage, const ClientUsageConfig& config, const ClientInput& input,
             Output& output) {
    ensure(usage.open == 0, "one request is open at a time");
    if (input.found && input.unlisted) {
        turn_away(usage, config, output);
    } else if (input.found) {
        send_request(usage, config, output);
    } else {
        usage.open = kLookingUp;
        output.looks_up = true;
    }
}

void close_transaction(ClientUsage& usage, Output& output) {
    usage.open = 0;
    usage.resends = 0;
    if (usage.purpose == Purpose::renewal) {
        usage.purpose = Purpose::grant;
    }
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

namespace {

// The number of failures in a row from which on one more makes no difference.
int most_failures(const ClientUsageConfig& config) {
    if (config.max_retries > 0) {
        return config.max_retries;
    }
    int most = std::max(failures_that_count(config.retry.rejected),
                        failures_that_count(config.retry.unanswered));
    for (const AfterRefusal& after : config.refusals.on_status) {
        if (after.kind == AfterRefusal::Kind::wait) {
            most = std::max(most, failures_that_count(after.wait));
        }
    }
    return most;
}

}  // namespace

void end_challenges(ClientUsage& usage, const ClientUsageConfig& config) {
    usage.challenges = 0;
    if (!config.challenges.keeps_nonce) {
        usage.nonce = kNoNonce;
    }
}

void end_attempt(ClientUsage& usage, const ClientUsageConfig& config, Output& output) {
    close_transaction(usage, output);
    end_challenges(usage, config);
    usage.raised = 0;
    if (config.challenges.forgets_after_423) {
        usage.requested = config.expires;
    }
    if (config.belief == Belief::until_failed_refresh) {
        lose_belief(usage, output);
    }
}

void go_on(ClientUsage& usage, const ClientUsageConfig& config, const ClientInput& input,
           Output& output) {
    if (input.wanted) {
        usage.started = 1;
        request(usage, config, input, output);
    } else {
        usage.started = 0;
        usage.failures = 0;
    }
}

void give_up(ClientUsage& usage, Output& output) {
    usage.gave_up = 1;
    output.note(Notice::gives_up);
}

void pause(ClientUsage& usage, const ClientUsageConfig& config, Interval wait, Output& output) {
    if (config.successive) {
        output.failed = wait;
    } else if (usage.gave_up == 0) {
        arm(usage, Timer::retry, wait, output);
    }
}

void fail_attempt(ClientUsage& usage, const ClientUsageConfig& config, const RetryWait& wait,
                  Output& output) {
    end_attempt(usage, config, output);
    if (config.max_retries > 0 && usage.failures == config.max_retries) {
        give_up(usage, output);
    } else if (usage.failures < most_failures(config)) {
        ++usage.failures;
    }
    pause(usage, config, wait_after(wait, usage.failures), output);
}

}  // namespace failback::model::client
