#include "model/nodes/client_usage.hpp"

#include <algorithm>

#include "model/nodes/client_steps.hpp"
#include "sim/check.hpp"

namespace failback::model {

using sim::ensure;
using sim::exactly;

namespace {

using namespace client;

bool is_other(Purpose purpose) {
    return purpose == Purpose::removal || purpose == Purpose::probe;
}

// A request other than for a registration is over.
void end_other_request(ClientUsage& usage, const ClientUsageConfig& config, bool answered,
                       Output& output) {
    close_transaction(usage, output);
    end_challenges(usage, config);
    if (usage.purpose == Purpose::removal) {
        usage.purpose = Purpose::grant;  // without an answer, the binding ends with its lifetime
    } else {
        output.probed = answered;
        arm(usage, Timer::probe, exactly(config.probe), output);
    }
}

void attempt(ClientUsage& usage, const ClientUsageConfig& config, const ClientInput& input,
             Output& output) {
    close_transaction(usage, output);  // of a removal, which is no longer wanted
    if (is_other(usage.purpose)) {
        usage.purpose = Purpose::grant;
    }
    usage.started = 1;
    usage.challenges = 0;
    usage.forgotten = 0;
    usage.requested = std::max(usage.requested, config.expires);
    disarm(usage, Timer::retry, output);
    disarm(usage, Timer::refresh, output);
    request(usage, config, input, output);
}

void stop(ClientUsage& usage, const ClientUsageConfig& config, const ClientInput& input,
          Output& output) {
    const bool believed = usage.believes != 0;
    close_transaction(usage, output);
    for (const Timer timer : {Timer::refresh, Timer::retry, Timer::belief, Timer::probe}) {
        disarm(usage, timer, output);
    }
    end_challenges(usage, config);
    usage.started = usage.believes = usage.failures = 0;
    usage.forgotten = static_cast<std::uint8_t>(!config.successive);
    usage.purpose = Purpose::grant;
    if (believed) {
        output.note(Notice::leaves);
    }
    if (believed && config.removes_old_binding) {
        usage.purpose = Purpose::removal;
        request(usage, config, input, output);
    }
}

// The open request was refused. A Retry-After that is honoured is an appointment and no failure
// that counts (RFC 3261 21.5.4).
void refuse(ClientUsage& usage, const ClientUsageConfig& config, Status status,
            DelayMs retry_after, Output& output) {
    output.note(Notice::refused);
    if (retry_after > 0) {
        output.note(Notice::told_to_wait);
    }
    if (config.method == Method::subscribe) {
        on_subscribe_refused(usage, status, output);
    }
    const AfterRefusal& after = config.refusals.after(status);
    if (retry_after > 0 && config.refusals.retry_after == RetryAfter::honoured) {
        end_attempt(usage, config, output);
        pause(usage, config, exactly(retry_after), output);
    } else if (after.kind == AfterRefusal::Kind::give_up) {
        end_attempt(usage, config, output);
        give_up(usage, output);
        pause(usage, config, wait_after(config.retry.rejected, usage.failures), output);
    } else {
        const bool has_own = after.kind == AfterRefusal::Kind::wait;
        fail_attempt(usage, config, has_own ? after.wait : config.retry.rejected, output);
    }
}

// The request that the server has just refused, with what it asks for. No NOTIFY follows from the
// refusal while the server's name is looked up.
void repeat(ClientUsage& usage, const ClientUsageConfig& config, const ClientInput& input,
            Output& output) {
    disarm(usage, Timer::notify_wait, output);
    request(usage, config, input, output);
}

// RFC 3261 10.2.8: retried at once with a lifetime of at least Min-Expires, or with the most that
// the user agent asks for. A second 423 can only come after the latter.
void raise(ClientUsage& usage, const ClientUsageConfig& config, const ClientInput& input,
           Output& output) {
    const DelayMs min_expires = input.expires;
    close_transaction(usage, output);
    if (usage.raised != 0) {
        output.note(Notice::too_brief_again);
    }
    const DelayMs most = config.refusals.max_min_expires;
    const bool is_too_much = most > 0 && min_expires > most;
    usage.raised = static_cast<std::uint8_t>(is_too_much);
    usage.requested = std::max(usage.requested, is_too_much ? most : min_expires);
    if (config.challenges.forgets_after_423) {
        usage.nonce = kNoNonce;
    }
    repeat(usage, config, input, output);
}

// RFC 3261 22.2: sent again with credentials, or it ends as any request that is refused.
void challenged(ClientUsage& usage, const ClientUsageConfig& config, const ClientInput& input,
                Output& output) {
    output.note(Notice::challenged);
    // Nothing is said about credentials for another realm (RFC 3261 22.1).
    const bool is_new = usage.nonce != kNoNonce && (usage.realm != 0) != input.other_realm;
    const bool can_answer = input.other_realm ? config.can_answer_other : config.can_answer;
    const Reply reply =
        reply_to(config.challenges, {is_new ? 0 : usage.challenges, is_new ? kNoNonce : usage.nonce,
                                     input.stale, can_answer});
    if (reply == Reply::answer || reply == Reply::replay) {
        if (reply == Reply::replay) {
            output.note(Notice::replayed);
        } else {
            usage.nonce = nonce_for(usage.cseq);
            usage.realm = static_cast<std::uint8_t>(input.other_realm);
        }
        const int answered = std::min(usage.challenges + 1, most_answered(config.challenges));
        usage.challenges = static_cast<std::uint8_t>(answered);
        close_transaction(usage, output);
        repeat(usage, config, input, output);
        return;
    }
    output.note(Notice::denied);
    if (reply == Reply::misjudge) {
        output.note(Notice::misjudged);
    }
    usage.nonce = kNoNonce;
    if (is_other(usage.purpose)) {
        end_other_request(usage, config, true, output);
    } else {
        refuse(usage, config, input.status, 0, output);
    }
}

void granted(ClientUsage& usage, const ClientUsageConfig& config, const ClientInput& input,
             Output& output) {
    usage.failures = config.until_stable ? usage.failures : std::uint8_t{0};
    usage.raised = 0;
    if (usage.purpose == Purpose::wipe) {  // the bindings are gone, now the real request
        usage.purpose = Purpose::grant;
        usage.challenges = 0;
        request(usage, config, input, output);
        return;
    }
    end_challenges(usage, config);
    usage.believes = 1;
    const DelayMs least =
        std::max(input.expires - std::min(input.expires, input.less), config.least_expires);
    const DelayMs lifetime = std::max(input.expires, config.least_expires);
    arm(usage, Timer::belief, {least, lifetime}, output);
    arm(usage, Timer::refresh, refresh_between(config.refresh, lifetime, lifetime - least),
        output);
    output.note(Notice::registered);
}

void on_response(ClientUsage& usage, const ClientUsageConfig& config, const ClientInput& input,
                 Output& output) {
    if (usage.open != 1 || input.cseq != usage.cseq) {
        return;  // matches no open transaction, or is absorbed by a completed one
    }
    const bool is_error = input.status == Status::transport_error;
    if (is_error && !hears(config.refusals.transport_errors, config.transport)) {
        return;
    }
    if (!is_error && config.transport == Transport::udp) {
        output.start(Timer::absorb, exactly(config.timers.t4), usage.cseq);
    }
    if (is_challenge(input.status)) {
        challenged(usage, config, input, output);
    } else if (is_other(usage.purpose)) {
        end_other_request(usage, config, input.status == Status::ok_200, output);
    } else if (is_error) {  // the transaction ends at once: RFC 3261 17.1.2.2
        refuse(usage, config, Status::service_unavailable_503, 0, output);
    } else if (input.status == Status::ok_200) {
        close_transaction(usage, output);
        if (config.method == Method::subscribe) {
            end_challenges(usage, config);
            on_subscribe_accepted(usage, config, input, output);
        } else {
            granted(usage, config, input, output);
        }
    } else if (input.status == Status::interval_too_brief_423) {
        raise(usage, config, input, output);
    } else {
        refuse(usage, config, input.status, input.expires, output);
    }
}

// A name that cannot be resolved is a failure of its server (Polycom SIP 3.1 p. 4-58).
void looked_up(ClientUsage& usage, const ClientUsageConfig& config, const ClientInput& input,
               Output& output) {
    ensure(usage.open == kLookingUp, "a look-up was asked for");
    if (input.found && input.unlisted) {
        turn_away(usage, config, output);
    } else if (input.found) {
        send_request(usage, config, output);
    } else if (is_other(usage.purpose)) {
        end_other_request(usage, config, false, output);
    } else {
        output.unresolved = true;
        output.note(Notice::unresolved);
        if (config.method == Method::subscribe) {
            on_subscribe_unresolved(usage, output);
        }
        fail_attempt(usage, config, config.retry.unanswered, output);
    }
}

// A new flow takes the place of one that failed, with a refresh that comes early. What follows a
// failed attempt goes before.
void renew(ClientUsage& usage, const ClientUsageConfig& config, const ClientInput& input,
           Output& output) {
    const bool is_pending = usage.open != 0 || armed(usage, Timer::retry);
    if (usage.believes == 0 || is_pending) {
        return;
    }
    disarm(usage, Timer::refresh, output);
    if (config.successive) {
        output.refresh_due = true;
    } else {
        request(usage, config, input, output);
    }
}

std::uint8_t next_contact(const ClientUsage& usage, const ClientUsageConfig& config) {
    return static_cast<std::uint8_t>(std::min(usage.contact + 1, config.contacts - 1));
}

// Unless it waits for its next attempt anyway.
void moved(ClientUsage& usage, const ClientUsageConfig& config, const ClientInput& input,
           Output& output) {
    usage.contact = next_contact(usage, config);
    if (usage.open == 1 && !is_other(usage.purpose)) {
        close_transaction(usage, output);
        request(usage, config, input, output);
    } else if (config.after_move.registers_at_once) {
        renew(usage, config, input, output);
    }
}

// A plain power-off: nothing is deregistered (RFC 3261 10.2.2 would have it with Expires 0).
void restart(ClientUsage& usage, const ClientUsageConfig& config, Output& output) {
    for (auto timer = Timer::retransmit; timer <= Timer::belief;
         timer = static_cast<Timer>(static_cast<int>(timer) + 1)) {
        disarm(usage, timer, output);
    }
    disarm(usage, Timer::probe, output);
    disarm(usage, Timer::notify_wait, output);
    ClientUsage fresh;
    fresh.cseq = usage.cseq;
    fresh.dialog = usage.dialog;
    fresh.boots = usage.boots;
    const AfterRestart& after = config.after_restart;
    fresh.contact = after.new_contact ? next_contact(usage, config) : usage.contact;
    const bool is_told_apart = after.new_call_id || after.cseq_restarts;
    if (config.method == Method::register_ && is_told_apart) {
        fresh.boots = with_start(usage.boots, static_cast<std::uint8_t>(usage.cseq + 1));
    }
    usage = fresh;
}

void on_timer(ClientUsage& usage, const ClientUsageConfig& config, const ClientInput& input,
              Output& output) {
    fired(usage, input.timer);
    switch (input.timer) {
        case Timer::retransmit:
            count_resend(config.timers, usage.resends);
            transmit(usage, config, true, output);
            break;
        case Timer::timeout:
            if (is_other(usage.purpose)) {
                end_other_request(usage, config, false, output);
                break;
            }
            output.note(Notice::unanswered);
            if (config.method == Method::subscribe) {
                on_subscribe_unanswered(usage, config, output);
            } else {
                fail_attempt(usage, config, config.retry.unanswered, output);
            }
            break;
        case Timer::notify_wait:
            on_notify_overdue(usage, config, output);
            break;
        case Timer::probe:
            request(usage, config, input, output);
            break;
        case Timer::refresh:
        case Timer::retry:
            if (config.successive && input.timer == Timer::refresh) {
                output.refresh_due = true;
            } else if (config.successive) {
                attempt(usage, config, input, output);
            } else if (usage.open == 0) {  // else when it is over: on_subscribe_accepted()
                go_on(usage, config, input, output);
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

void step(ClientUsage& usage, const ClientUsageConfig& config, const ClientInput& input,
          Output& output) {
    switch (input.kind) {
        case ClientInput::Kind::start: {
            ensure(usage.started == 0 && usage.open == 0, "a usage starts once");
            usage.started = 1;
            usage.purpose = config.wipe_at_boot ? Purpose::wipe : Purpose::grant;
            disarm(usage, Timer::refresh, output);
            usage.requested = std::max(usage.requested, config.expires);
            request(usage, config, input, output);
            break;
        }
        case ClientInput::Kind::attempt:
            attempt(usage, config, input, output);
            break;
        case ClientInput::Kind::wait:
            usage.started = 1;
            arm(usage, Timer::retry, input.wait, output);
            break;
        case ClientInput::Kind::probe:
            ensure(usage.believes == 0, "it probes where it is not registered");
            close_transaction(usage, output);  // of a removal, which is not repeated then
            usage.purpose = Purpose::probe;
            arm(usage, Timer::probe, exactly(config.probe), output);
            break;
        case ClientInput::Kind::stop:
            stop(usage, config, input, output);
            break;
        case ClientInput::Kind::timer:
            on_timer(usage, config, input, output);
            break;
        case ClientInput::Kind::response:
            on_response(usage, config, input, output);
            break;
        case ClientInput::Kind::notify:
            on_notify(usage, config, input, output);
            break;
        case ClientInput::Kind::restart:
            restart(usage, config, output);
            break;
        case ClientInput::Kind::looked_up:
            looked_up(usage, config, input, output);
            break;
        case ClientInput::Kind::moved:
            moved(usage, config, input, output);
            break;
        case ClientInput::Kind::stable:
            usage.failures = 0;
            break;
        case ClientInput::Kind::renew:
            renew(usage, config, input, output);
            break;
    }
    if (usage.believes == 0 && !config.shows_last_known) {
        usage.shown = Shown::unknown;  // RFC 6665 4.1.2.4
    }
}

}  // namespace failback::model
