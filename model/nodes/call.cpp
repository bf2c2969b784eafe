#include "model/nodes/call.hpp"

#include <algorithm>
#include <bit>

#include "model/nodes/client_usage.hpp"
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

bool is_tried(const CallClient& call, std::uint8_t entry) {
    return ((call.tried >> entry) & 1U) != 0;
}

std::uint8_t tier_of(const CallConfig& config, std::uint8_t entry) {
    return config.tiers.empty() ? entry : config.tiers[entry];
}

// The servers of equal priority one of which is tried next, a bit for each entry.
std::uint64_t next_entries(const CallClient& call, const CallConfig& config) {
    const bool lower = config.rules.then == CallThen::lower;
    std::uint64_t next = 0;
    for (std::uint8_t entry = 0; entry < config.to.size(); ++entry) {
        const bool allowed = !lower || tier_of(config, entry) >= tier_of(config, call.first);
        const bool goes_on = next == 0 || tier_of(config, static_cast<std::uint8_t>(
                                                              std::countr_zero(next))) ==
                                              tier_of(config, entry);
        if (allowed && goes_on && !is_tried(call, entry)) {
            next |= std::uint64_t{1} << entry;
        }
    }
    return next;
}

// One of them, or kNoEntry.
std::uint8_t next_entry(const CallClient& call, const CallConfig& config, const CallInput& input,
                        Output& output) {
    return one_of(next_entries(call, config), input.pick, output.candidates);
}

// Timer A doubles without a cap (RFC 3261 17.1.1.2) but for the longest delay there is.
DelayMs timer_a(const CallConfig& config, int resends) {
    const std::int64_t doubled = std::int64_t{config.timers.t1} << resends;
    return static_cast<DelayMs>(std::min<std::int64_t>(doubled, sim::kLongestDelay));
}

// Polycom may set a constant spacing instead.
DelayMs spacing(const CallConfig& config, std::size_t entry, int resends) {
    const DelayMs constant = config.to[entry].retry_timeout;
    return constant > 0 ? constant : timer_a(config, resends);
}

// Is the server that is being tried given the whole of Timer B?
bool has_timer_b(const CallClient& call, const CallConfig& config) {
    return config.rules.give_up == GiveUp::timer_b || at_last_server(call, config);
}

// Sets the timers that follow a transmission.
void after_transmission(CallClient& call, const CallConfig& config, Output& output) {
    if (config.to[call.entry].transport == Transport::tcp) {
        return;
    }
    if (has_timer_b(call, config)) {
        const DelayMs next = timer_a(config, call.resends);
        if (next < config.timers.timer_b) {
            arm(call, Timer::invite_retransmit, next, output);
        }
    } else if (call.resends < config.to[call.entry].retry_count) {
        arm(call, Timer::invite_retransmit, spacing(config, call.entry, call.resends), output);
    } else {
        const bool wait = config.rules.give_up == GiveUp::one_interval_later;
        const DelayMs more = wait ? spacing(config, call.entry, call.resends) : 0;
        arm(call, Timer::invite_give_up, more, output);
    }
}

// A transaction of its own for each INVITE (RFC 3261 17.1.1).
void send_invite(CallClient& call, const CallConfig& config, Output& output) {
    call.calling = kCalling;
    call.resends = 0;
    output.send({.method = Method::invite, .cseq = call.attempt, .key = call.entry});
    if (has_timer_b(call, config) || config.to[call.entry].transport == Transport::tcp) {
        arm(call, Timer::invite_give_up, config.timers.timer_b, output);
    }
    after_transmission(call, config, output);
}

void invite(CallClient& call, const CallConfig& config, std::uint8_t entry, Output& output) {
    call.entry = entry;
    call.tried = static_cast<std::uint16_t>(call.tried | (1U << entry));
    send_invite(call, config, output);
    output.note(Notice::invites);
}

// `ended_by`: see CallClient.
void end(CallClient& call, std::uint8_t ended_by, Output& output) {
    disarm(call, Timer::invite_retransmit, output);
    disarm(call, Timer::invite_give_up, output);
    const CallClient ended = call;
    call = {};
    call.attempt = ended.attempt;
    call.dials_left = ended.dials_left;
    call.forgotten = ended.forgotten;
    call.ended_by = ended_by;
}

bool is_current(const CallClient& call, const CallInput& input) {
    return call.calling != 0 && input.attempt == call.attempt && input.entry == call.entry;
}

void end_by(CallClient& call, const CallConfig& config, const CallInput& input, Notice notice,
            Output& output) {
    end(call, static_cast<std::uint8_t>(config.callee_rings ? input.entry + 1 : 0), output);
    output.note(notice);
}

bool knows(const CallInput& input, std::size_t entry) { return ((input.known >> entry) & 1U) != 0; }

void look_up(CallClient& call, LooksUp looking, std::uint8_t entry, Output& output) {
    call.calling = kCalling;
    call.looking = looking;
    call.entry = entry;
    output.looks_up = true;
}

// The first entry from there on whose address is not known, or kNoEntry. Of `except` it was just
// asked for.
std::uint8_t next_unknown(const CallConfig& config, const CallInput& input, std::size_t from,
                          std::uint16_t except) {
    for (std::size_t entry = from; entry < config.to.size(); ++entry) {
        if (!knows(input, entry) && ((except >> entry) & 1U) == 0) {
            return static_cast<std::uint8_t>(entry);
        }
    }
    return kNoEntry;
}

// Only where the call turns to after a failure: the first server gets the INVITE in any case.
bool must_register(const CallClient& call, const CallConfig& config, const CallInput& input,
                   std::uint8_t entry) {
    return config.registers && entry != call.first && ((input.registered >> entry) & 1U) == 0;
}

void wait_for_registration(CallClient& call, std::uint8_t entry, Output& output) {
    call.calling = kCalling;
    call.looking = LooksUp::registration;
    call.entry = entry;
    output.registers = true;
}

// Turns to the server, or registers there or asks for its address first.
void turn_to(CallClient& call, const CallConfig& config, const CallInput& input,
             std::uint8_t entry, Output& output) {
    if (must_register(call, config, input, entry)) {
        wait_for_registration(call, entry, output);
    } else if (knows(input, entry) || config.resolves_all) {
        invite(call, config, entry, output);
    } else {
        look_up(call, LooksUp::next, entry, output);
    }
}

void dial(CallClient& call, const CallConfig& config, const CallInput& input, Output& output) {
    ensure(call.calling == 0 && call.dials_left > 0, "the user dials within the budget");
    call.calling = kCalling;
    ++call.attempt;
    --call.dials_left;
    call.ended_by = 0;
    output.note(Notice::dials);
    const bool to_working =
        config.rules.first == CallFirst::working && input.working != kNoEntry;
    if (config.only_registered) {  // all others count as tried
        const std::uint32_t all = (1U << config.to.size()) - 1U;
        call.tried = static_cast<std::uint16_t>(all & ~input.registered);
    }
    const bool may_call =
        input.may_call && (config.rules.unregistered || input.registered != 0);
    call.first = to_working ? input.working : std::uint8_t{0};
    if (may_call && (!to_working || is_tried(call, call.first))) {
        call.first = next_entry(call, config, input, output);
    }
    if (!may_call || call.first == kNoEntry) {
        end(call, 0, output);
        output.note(Notice::call_fails);
        return;
    }
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
    const std::uint8_t next = next_entry(call, config, input, output);
    if (next != kNoEntry) {
        output.failed_over = call.entry;
        turn_to(call, config, input, next, output);
    } else {
        end(call, 0, output);
        output.note(Notice::call_fails);
    }
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
    } else if (!is_tried(call, wanted) && must_register(call, config, input, wanted)) {
        wait_for_registration(call, wanted, output);
    } else if (!is_tried(call, wanted)) {
        invite(call, config, wanted, output);
    } else {
        call.entry = wanted;
        go_on(call, config, input, output);
    }
}

// A registration that fails is a failure of its server.
void registration_over(CallClient& call, const CallConfig& config, const CallInput& input,
                       Output& output) {
    ensure(call.looking == LooksUp::registration, "a call waited for it");
    call.looking = LooksUp::nothing;
    if (input.found) {
        turn_to(call, config, input, call.entry, output);
    } else {
        call.tried = static_cast<std::uint16_t>(call.tried | (1U << call.entry));
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
    if (call.calling == kProceeding) {
        output.send({.method = Method::cancel, .cseq = call.attempt, .key = call.entry});
    }
    go_on(call, config, input, output);
}

void on_refusal(CallClient& call, const CallConfig& config, const CallInput& input,
                Output& output) {
    const bool is_heard =
        !input.transport_error || hears(config.transport_errors, config.to[call.entry].transport);
    if (!is_heard || !is_current(call, input)) {
        return;
    }
    if (input.is_final || (config.rules.fails_after_503 && !input.transport_error)) {
        end(call, 0, output);
        output.note(Notice::call_fails);
    } else {
        go_on(call, config, input, output);
    }
}

// Whoever still rings through a server that was given up is to stop. A server that has answered
// does not heed a CANCEL (RFC 3261 9.2).
void on_provisional(CallClient& call, const CallConfig& config, const CallInput& input,
                    Output& output) {
    if (!is_current(call, input)) {
        const bool ended_it =
            input.attempt == call.attempt && call.ended_by == input.entry + 1;
        if (input.attempt > call.forgotten && !ended_it) {
            output.send({.method = Method::cancel, .cseq = input.attempt, .key = input.entry});
        }
    } else if (call.calling == kCalling) {
        call.calling = kProceeding;
        output.note(Notice::proceeds);
        if (config.rules.heeds_provisional) {
            disarm(call, Timer::invite_retransmit, output);
            disarm(call, Timer::invite_give_up, output);
        }
    }
}

}  // namespace

bool at_last_server(const CallClient& call, const CallConfig& config) {
    return next_entries(call, config) == 0;
}

std::vector<CallWay> ways_of_calls(const Phone& phone) {
    std::vector<CallWay> ways;
    for (const ServerEntry& entry : phone.servers) {
        ways.push_back({entry.transport.value_or(phone.transport),
                        entry.retry_timeout.value_or(phone.calls.retry_timeout),
                        entry.retry_count.value_or(phone.calls.retry_count)});
    }
    return ways;
}

std::int64_t give_up_after(const CallConfig& config, std::size_t entry) {
    if (config.rules.give_up == GiveUp::timer_b) {
        return config.timers.timer_b;
    }
    const bool waits = config.rules.give_up == GiveUp::one_interval_later;
    std::int64_t after = 0;
    const int pauses = config.to[entry].retry_count + static_cast<int>(waits);
    for (int resends = 0; resends < pauses; ++resends) {
        after += spacing(config, entry, resends);
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
        case CallInput::Kind::registered:
            registration_over(call, config, input, output);
            break;
        case CallInput::Kind::restart:
            end(call, 0, output);
            call.forgotten = call.attempt;
            break;
        case CallInput::Kind::answer:
        case CallInput::Kind::declined:
            if (input.attempt <= call.forgotten) {
                break;
            }
            // Every 200 is acknowledged (RFC 3261 13.2.2.4), also a late one of another server.
            output.send({.method = Method::ack,
                         .cseq = input.attempt,
                         .key = input.entry,
                         .flags = input.flags,
                         .expires = input.dialog});
            if (is_current(call, input)) {
                const bool answered = input.kind == CallInput::Kind::answer;
                end_by(call, config, input, answered ? Notice::answered : Notice::declined,
                       output);
            }
            break;
        case CallInput::Kind::again:
            disarm(call, Timer::invite_retransmit, output);
            disarm(call, Timer::invite_give_up, output);
            send_invite(call, config, output);
            break;
        case CallInput::Kind::denied:
            end(call, 0, output);
            output.note(Notice::call_fails);
            break;
        case CallInput::Kind::refusal:
            on_refusal(call, config, input, output);
            break;
        case CallInput::Kind::provisional:
            on_provisional(call, config, input, output);
            break;
    }
}

}  // namespace failback::model
