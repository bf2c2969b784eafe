#include "model/call.hpp"

#include <algorithm>

#include "model/client_usage.hpp"
#include "sim/check.hpp"

namespace failback::model {

namespace {

using sim::ensure;
using sim::exactly;

constexpr std::uint16_t bit(Timer timer) {
    return static_cast<std::uint16_t>(1U << static_cast<unsigned>(timer));
}

void disarm(CallClient& call, Timer timer, Output& output) {
    if ((call.armed & bit(timer)) != 0) {
        call.armed = static_cast<std::uint16_t>(call.armed & ~bit(timer));
        output.cancel(timer);
    }
}

void arm(CallClient& call, Timer timer, DelayMs delay, Output& output) {
    disarm(call, timer, output);
    call.armed = static_cast<std::uint16_t>(call.armed | bit(timer));
    output.start(timer, exactly(delay));
}

// The next server to try, or kNoEntry.
std::uint8_t next_entry(const CallClient& call, const CallConfig& config) {
    const bool lower = config.rules.then == CallThen::lower;
    for (std::uint8_t entry = 0; entry < config.entries; ++entry) {
        const bool allowed = !lower || entry > call.first;
        if (allowed && ((call.tried >> entry) & 1U) == 0) {
            return entry;
        }
    }
    return kNoEntry;
}

// Timer A doubles without a cap (RFC 3261 17.1.1.2) but for the longest delay there is.
DelayMs timer_a(const CallConfig& config, int resends) {
    const std::int64_t doubled = std::int64_t{config.timers.t1} << resends;
    return static_cast<DelayMs>(std::min<std::int64_t>(doubled, sim::kLongestDelay));
}

// Polycom may set a constant spacing instead.
DelayMs spacing(const CallConfig& config, int resends) {
    return config.rules.retry_timeout > 0 ? config.rules.retry_timeout : timer_a(config, resends);
}

// Sets the timers that follow a transmission.
void after_transmission(CallClient& call, const CallConfig& config, Output& output) {
    if (config.transport == Transport::tcp) {
        return;
    }
    if (at_last_server(call, config)) {
        const DelayMs next = timer_a(config, call.resends);
        if (next < config.timers.timer_b) {
            arm(call, Timer::invite_retransmit, next, output);
        }
    } else if (call.resends < config.rules.retry_count) {
        arm(call, Timer::invite_retransmit, spacing(config, call.resends), output);
    } else {
        const bool wait = config.rules.give_up == GiveUp::one_interval_later;
        arm(call, Timer::invite_give_up, wait ? spacing(config, call.resends) : 0, output);
    }
}

void invite(CallClient& call, const CallConfig& config, std::uint8_t entry, Output& output) {
    call.entry = entry;
    call.resends = 0;
    call.tried = static_cast<std::uint16_t>(call.tried | (1U << entry));
    output.send({.method = Method::invite, .cseq = call.attempt, .key = entry});
    output.note(Notice::invites);
    if (at_last_server(call, config) || config.transport == Transport::tcp) {
        arm(call, Timer::invite_give_up, config.timers.timer_b, output);
    }
    after_transmission(call, config, output);
}

void end(CallClient& call, Output& output) {
    disarm(call, Timer::invite_retransmit, output);
    disarm(call, Timer::invite_give_up, output);
    const CallClient ended = call;
    call = {};
    call.attempt = ended.attempt;
    call.dials_left = ended.dials_left;
    call.forgotten = ended.forgotten;
}

bool knows(const CallInput& input, std::size_t entry) { return ((input.known >> entry) & 1U) != 0; }

void look_up(CallClient& call, LooksUp looking, std::uint8_t entry, Output& output) {
    call.looking = looking;
    call.entry = entry;
    output.looks_up = true;
}

// The first entry from there on whose address is not known, or kNoEntry. Of `except` it was just
// asked for.
std::uint8_t next_unknown(const CallConfig& config, const CallInput& input, std::size_t from,
                          std::uint16_t except) {
    for (std::size_t entry = from; entry < config.entries; ++entry) {
        if (!knows(input, entry) && ((except >> entry) & 1U) == 0) {
            return static_cast<std::uint8_t>(entry);
        }
    }
    return kNoEntry;
}

// Turns to the server, or asks for its address first.
void turn_to(CallClient& call, const CallConfig& config, const CallInput& input,
             std::uint8_t entry, Output& output) {
    if (knows(input, entry) || config.resolves_all) {
        invite(call, config, entry, output);
    } else {
        look_up(call, LooksUp::next, entry, output);
    }
}

void dial(CallClient& call, const CallConfig& config, const CallInput& input, Output& output) {
    ensure(call.calling == 0 && call.dials_left > 0, "the user dials within the budget");
    call.calling = 1;
    ++call.attempt;
    --call.dials_left;
    output.note(Notice::dials);
    const bool to_working =
        config.rules.first == CallFirst::working && input.working != kNoEntry;
    call.first = to_working ? input.working : std::uint8_t{0};
    const std::uint8_t unknown =
        config.resolves_all ? next_unknown(config, input, 0, 0) : kNoEntry;
    if (unknown != kNoEntry) {
        look_up(call, LooksUp::all, unknown, output);
    } else {
        turn_to(call, config, input, call.first, output);
    }
}

// The server that is being tried is given up.
void go_on(CallClient& call, const CallConfig& config, const CallInput& input, Output& output) {
    disarm(call, Timer::invite_retransmit, output);
    disarm(call, Timer::invite_give_up, output);
    const std::uint8_t next = next_entry(call, config);
    if (next != kNoEntry) {
        turn_to(call, config, input, next, output);
    } else {
        end(call, output);
        output.note(Notice::call_fails);
    }
}

bool is_tried(const CallClient& call, std::uint8_t entry) {
    return ((call.tried >> entry) & 1U) != 0;
}

void looked_up(CallClient& call, const CallConfig& config, const CallInput& input,
               Output& output) {
    const bool all = call.looking == LooksUp::all;
    const std::uint16_t name = config.names[call.entry];
    call.looking = LooksUp::nothing;
    if (!input.found) {
        call.tried = static_cast<std::uint16_t>(call.tried | name);
    }
    const std::uint8_t unknown =
        all ? next_unknown(config, input, call.entry, name) : kNoEntry;
    const std::uint8_t wanted = all ? call.first : call.entry;
    if (unknown != kNoEntry) {
        look_up(call, LooksUp::all, unknown, output);
    } else if (!is_tried(call, wanted)) {
        invite(call, config, wanted, output);
    } else {
        go_on(call, config, input, output);
    }
}

void on_timer(CallClient& call, const CallConfig& config, const CallInput& input,
              Output& output) {
    call.armed = static_cast<std::uint16_t>(call.armed & ~bit(input.timer));
    if (input.timer == Timer::invite_retransmit) {
        ++call.resends;
        output.send({.method = Method::invite,
                     .cseq = call.attempt,
                     .key = call.entry,
                     .flags = kRetransmission});
        after_transmission(call, config, output);
        return;
    }
    ensure(input.timer == Timer::invite_give_up, "a timer of a call");
    go_on(call, config, input, output);
}

void on_refusal(CallClient& call, const CallConfig& config, const CallInput& input,
                Output& output) {
    const bool is_heard = !input.transport_error || config.transport == Transport::tcp ||
                          config.transport_errors == TransportErrors::fail_attempt;
    if (is_heard && call.calling != 0 && input.attempt == call.attempt &&
        input.entry == call.entry) {
        go_on(call, config, input, output);
    }
}

Output::Message refusal(const CallServer& call) {
    return {.method = Method::invite,
            .status = Status::service_unavailable_503,
            .cseq = call.attempt};
}

}  // namespace

bool at_last_server(const CallClient& call, const CallConfig& config) {
    return next_entry(call, config) == kNoEntry;
}

std::int64_t give_up_after(const CallConfig& config) {
    const bool waits = config.rules.give_up == GiveUp::one_interval_later;
    std::int64_t after = 0;
    for (int resends = 0; resends < config.rules.retry_count + static_cast<int>(waits); ++resends) {
        after += spacing(config, resends);
    }
    return after;
}

void step(CallClient& call, const CallConfig& config, const CallInput& input, Output& output) {
    switch (input.kind) {
        case CallInput::Kind::dial:
            dial(call, config, input, output);
            break;
        case CallInput::Kind::timer:
            on_timer(call, config, input, output);
            break;
        case CallInput::Kind::looked_up:
            looked_up(call, config, input, output);
            break;
        case CallInput::Kind::restart:
            end(call, output);
            call.forgotten = call.attempt;
            break;
        case CallInput::Kind::answer:
            if (input.attempt <= call.forgotten) {
                break;
            }
            // Every 200 is acknowledged (RFC 3261 13.2.2.4), also a late one of another server.
            output.send({.method = Method::ack, .cseq = input.attempt, .key = input.entry});
            if (call.calling != 0 && input.attempt == call.attempt && input.entry == call.entry) {
                end(call, output);
                output.note(Notice::answered);
            }
            break;
        case CallInput::Kind::refusal:
            on_refusal(call, config, input, output);
            break;
    }
}

void step(CallServer& call, const TransactionTimers& timers, const CallServerInput& input,
          Output& output) {
    const bool answered = call.phase == CallServer::Phase::answered;
    const auto stop = [&](CallServer::Phase phase) {
        output.cancel(Timer::answer_retransmit);
        output.cancel(Timer::answer_give_up);
        call.phase = phase;
        call.resends = 0;
    };
    switch (input.kind) {
        case CallServerInput::Kind::invite:
            if (call.phase != CallServer::Phase::none && call.attempt == input.attempt) {
                if (call.phase == CallServer::Phase::refused) {
                    output.send(refusal(call));  // RFC 3261 17.2.1
                }
                break;  // a retransmission, absorbed (RFC 6026); the 200 repeats itself
            }
            if (answered) {
                stop(CallServer::Phase::none);
            }
            if (input.refuses) {
                call = {CallServer::Phase::refused, input.attempt, 0, 0};
                output.send(refusal(call));
                break;
            }
            call = {CallServer::Phase::answered, input.attempt, 0, 0};
            output.send({.method = Method::invite, .status = Status::ok_200, .cseq = call.attempt});
            output.start(Timer::answer_retransmit, exactly(timers.t1));
            output.start(Timer::answer_give_up, exactly(64 * timers.t1));
            break;
        case CallServerInput::Kind::ack:
            if (answered && call.attempt == input.attempt) {
                stop(CallServer::Phase::confirmed);
            }
            break;
        case CallServerInput::Kind::timer:
            ensure(answered, "the timers of an answer run until the ACK");
            if (input.timer == Timer::answer_retransmit) {
                if (retransmit_after(timers, call.resends) < timers.t2) {
                    ++call.resends;
                }
                output.send({.method = Method::invite,
                             .status = Status::ok_200,
                             .cseq = call.attempt,
                             .flags = kRetransmission});
                output.start(Timer::answer_retransmit,
                             exactly(retransmit_after(timers, call.resends)));
            } else {
                output.cancel(Timer::answer_retransmit);
                call.phase = CallServer::Phase::confirmed;  // given up; a late INVITE is absorbed
                call.resends = 0;
            }
            break;
        case CallServerInput::Kind::crash:
            if (answered) {
                stop(CallServer::Phase::none);
            }
            call = {};
            break;
    }
}

}  // namespace failback::model
