#include "model/nodes/flow.hpp"

#include <algorithm>

#include "model/nodes/client_usage.hpp"
#include "sim/check.hpp"

namespace failback::model {

namespace {

using sim::exactly;

// RFC 5626 4.4.2 and RFC 5389 7.2.1: seven requests, and failure 16 times the RTO after the last.
constexpr std::uint8_t kStunRequests = 7;
constexpr DelayMs kStunGiveUp = 79;  // times the RTO: 1 + 2 + 4 + 8 + 16 + 32 + 16

constexpr std::uint8_t bit(Timer timer) {
    return static_cast<std::uint8_t>(
        1U << (static_cast<unsigned>(timer) - static_cast<unsigned>(Timer::keep_alive)));
}

bool is_armed(const FlowState& flow, Timer timer) { return (flow.armed & bit(timer)) != 0; }

void disarm(FlowState& flow, Timer timer, Output& output) {
    if (is_armed(flow, timer)) {
        flow.armed = static_cast<std::uint8_t>(flow.armed & ~bit(timer));
        output.cancel(timer);
    }
}

void arm(FlowState& flow, Timer timer, Interval delay, Output& output) {
    disarm(flow, timer, output);
    flow.armed = static_cast<std::uint8_t>(flow.armed | bit(timer));
    output.start(timer, delay);
}

void end_exchange(FlowState& flow, Output& output) {
    flow.sends = 0;
    disarm(flow, Timer::keep_alive_repeat, output);
    disarm(flow, Timer::keep_alive_over, output);
}

void stop(FlowState& flow, Output& output) {
    end_exchange(flow, output);
    disarm(flow, Timer::keep_alive, output);
    flow.lost = 0;
}

// What follows goes over a new connection, of which the registrar does not know yet.
void reconnect(FlowState& flow, Output& output) {
    if (flow.quiet == kHalfOpen) {
        flow.quiet = flow.bound = 0;
        disarm(flow, Timer::silence, output);
    }
}

void fail(FlowState& flow, FlowOutput& output) {
    stop(flow, output.timers);
    reconnect(flow, output.timers);
    output.failed = true;
}

// The pause after the n-th transmission of a keep-alive.
DelayMs pause_after(const FlowConfig& config, std::uint8_t sends) {
    if (config.keep_alive.method == KeepAliveMethod::stun) {
        return config.timers.t1 << (sends - 1);
    }
    return retransmit_after(config.timers, sends - 1);
}

bool repeats(const FlowConfig& config, std::uint8_t sends) {
    const KeepAliveMethod method = config.keep_alive.method;
    return config.transport == Transport::udp &&
           (method == KeepAliveMethod::options || method == KeepAliveMethod::heartbeat ||
            (method == KeepAliveMethod::stun && sends < kStunRequests));
}

void transmit(FlowState& flow, const FlowConfig& config, FlowOutput& output) {
    output.keep_alive = true;
    if (repeats(config, flow.sends)) {
        arm(flow, Timer::keep_alive_repeat, exactly(pause_after(config, flow.sends)),
            output.timers);
    }
}

void begin(FlowState& flow, const FlowConfig& config, FlowOutput& output) {
    const KeepAlive& rules = config.keep_alive;
    arm(flow, Timer::keep_alive, rules.every, output.timers);
    if (!expects_answers(rules)) {
        output.keep_alive = true;
        return;
    }
    flow.sends = 1;
    arm(flow, Timer::keep_alive_over, exactly(keep_alive_give_up(rules, config.timers)),
        output.timers);
    transmit(flow, config, output);
}

// The next keep-alive waits for the end of the one before.
void go_on(FlowState& flow, const FlowConfig& config, FlowOutput& output) {
    if (!is_armed(flow, Timer::keep_alive)) {
        begin(flow, config, output);
    }
}

void answered(FlowState& flow, const FlowConfig& config, bool stale, FlowOutput& output) {
    if (flow.sends == 0) {
        return;
    }
    // RFC 5626 4.4.2: another mapped address than before is a flow that failed.
    if (stale && config.keep_alive.method == KeepAliveMethod::stun) {
        fail(flow, output);
        return;
    }
    end_exchange(flow, output.timers);
    flow.lost = 0;
    go_on(flow, config, output);
}

bool runs(const FlowState& flow) { return is_armed(flow, Timer::keep_alive) || flow.sends > 0; }

void tcp_gives_up(FlowState& flow, FlowOutput& output) {
    output.error = true;
    if (runs(flow)) {
        fail(flow, output);
    } else {
        reconnect(flow, output.timers);
    }
}

void on_timer(FlowState& flow, const FlowConfig& config, Timer timer, FlowOutput& output) {
    flow.armed = static_cast<std::uint8_t>(flow.armed & ~bit(timer));
    switch (timer) {
        case Timer::keep_alive:
            if (flow.sends == 0) {
                begin(flow, config, output);
            }
            break;
        case Timer::keep_alive_repeat: {
            const bool stun = config.keep_alive.method == KeepAliveMethod::stun;
            if (stun || pause_after(config, flow.sends) < config.timers.t2) {
                ++flow.sends;
            }
            output.repeated = true;
            transmit(flow, config, output);
            break;
        }
        case Timer::keep_alive_over:
            end_exchange(flow, output.timers);
            ++flow.lost;
            if (flow.lost >= config.keep_alive.max_lost) {
                fail(flow, output);
            } else {
                go_on(flow, config, output);
            }
            break;
        case Timer::silence:
            if (flow.quiet == kHalfOpen) {
                tcp_gives_up(flow, output);
                break;
            }
            flow.bound = 0;
            flow.quiet = static_cast<std::uint8_t>(config.ageing.has_value());
            break;
        default:
            sim::ensure(false, "a timer of a flow");
    }
}

void forget_mapping(FlowState& flow, Output& output, const FlowConfig& config) {
    flow.bound = 0;
    if (config.nat) {
        disarm(flow, Timer::silence, output);
    }
}

DelayMs held_after(const FlowConfig& config, std::uint8_t rounds) {
    return static_cast<DelayMs>(
        std::min<std::int64_t>(std::int64_t{config.rto} << rounds, kLongestRto));
}

}  // namespace

bool expects_answers(const KeepAlive& keep_alive) {
    return keep_alive.method != KeepAliveMethod::none &&
           (keep_alive.method != KeepAliveMethod::crlf || keep_alive.answered);
}

KeepAlive keep_alive_to(const Design& design, std::size_t phone, std::size_t server) {
    KeepAlive keep_alive = design.phones[phone].flow.keep_alive;
    const auto& flow_timer = design.servers[server].flow_timer;
    if (keep_alive.heeds_flow_timer && flow_timer) {
        constexpr std::int64_t kLeastPercent = 80;
        keep_alive.every = {static_cast<DelayMs>(kLeastPercent * *flow_timer / 100), *flow_timer};
    }
    return keep_alive;
}

// Keep-alives are those of the phone's transport.
bool finds_failures(const Phone& phone, std::size_t server) {
    const bool is_kept_alive = transport_to(phone, server) == phone.transport &&
                               phone.flow.keep_alive.method != KeepAliveMethod::none;
    return is_kept_alive && (expects_answers(phone.flow.keep_alive) ||
                             phone.transport == Transport::tcp);
}

DelayMs keep_alive_give_up(const KeepAlive& keep_alive, const TransactionTimers& timers) {
    switch (keep_alive.method) {
        case KeepAliveMethod::stun:
            return kStunGiveUp * timers.t1;
        case KeepAliveMethod::options:
        case KeepAliveMethod::heartbeat:
            return timers.timer_f;
        default:
            return keep_alive.answer_within;
    }
}

Passage pass(FlowState& flow, const FlowConfig& config, bool registered, Output& output) {
    Passage passage;
    if (flow.quiet == kHalfOpen) {
        passage.dropped = true;
        if (!is_armed(flow, Timer::silence)) {
            arm(flow, Timer::silence, *config.gives_up, output);
        }
        return passage;
    }
    if (config.nat) {
        arm(flow, Timer::silence, *config.nat, output);
    }
    if (!config.ageing) {
        return passage;
    }
    if (!registered || flow.quiet == 0) {
        flow.rounds = 0;  // a new connection, or a round-trip time is known again
    }
    if (flow.quiet != 0 && config.transport == Transport::udp) {
        passage.dropped = true;
    } else if (flow.quiet != 0) {
        passage.held = held_after(config, flow.rounds);
        if (registered && passage.held < kLongestRto) {
            ++flow.rounds;
        }
    }
    flow.quiet = 0;
    arm(flow, Timer::silence, exactly(passage.held + *config.ageing), output);
    return passage;
}

bool is_open(const FlowState& flow, const FlowConfig& config) {
    return !config.nat || is_armed(flow, Timer::silence);
}

void step(FlowState& flow, const FlowConfig& config, const FlowInput& input, FlowOutput& output) {
    switch (input.kind) {
        case FlowInput::Kind::registered:
            if (!runs(flow) && config.keep_alive.method != KeepAliveMethod::none) {
                arm(flow, Timer::keep_alive, config.keep_alive.every, output.timers);
            }
            break;
        case FlowInput::Kind::unregistered:
            stop(flow, output.timers);
            break;
        case FlowInput::Kind::timer:
            on_timer(flow, config, input.timer, output);
            break;
        case FlowInput::Kind::answered:
            answered(flow, config, input.stale, output);
            break;
        case FlowInput::Kind::unreachable:
            if (config.hears_errors &&
                (flow.sends > 0 || (runs(flow) && config.transport == Transport::tcp))) {
                fail(flow, output);
            }
            break;
        case FlowInput::Kind::accepted:
            flow.bound = static_cast<std::uint8_t>(config.binds() && is_open(flow, config) &&
                                                   flow.quiet != kHalfOpen);
            break;
        case FlowInput::Kind::broken:
            forget_mapping(flow, output.timers, config);
            break;
        case FlowInput::Kind::half_open:
            flow.bound = 0;
            flow.quiet = kHalfOpen;
            break;
        case FlowInput::Kind::given_up:
            if (flow.quiet == kHalfOpen && config.closes_unanswered) {
                stop(flow, output.timers);
                reconnect(flow, output.timers);
            }
            break;
        case FlowInput::Kind::moves:
            reconnect(flow, output.timers);
            if (config.binds()) {
                forget_mapping(flow, output.timers, config);
            }
            break;
        case FlowInput::Kind::restarts:
            stop(flow, output.timers);
            reconnect(flow, output.timers);
            flow.rounds = 0;
            if (config.binds()) {
                forget_mapping(flow, output.timers, config);
            }
            break;
    }
}

DelayMs longest_hold(const Design& design, std::size_t phone, std::size_t server) {
    return ageing_of(design, phone, server) ? kLongestRto : 0;
}

}  // namespace failback::model
