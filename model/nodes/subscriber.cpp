// A subscription at the phone (RFC 6665 4.1.2): the SUBSCRIBE asks, the NOTIFY creates.
//
//  1. Timer N is pending from a SUBSCRIBE until a NOTIFY or a refusal. The phone is in the dialog
//     while it believes in the subscription or waits for that NOTIFY; outside, it answers 481.
//  2. While the name of the server is looked up, nothing has been sent: the dialog is the old one,
//     and Timer N begins with the SUBSCRIBE.
//  3. A NOTIFY that tells a change says nothing of the lifetime; Timer N waits for one that does.
//  4. The refresh is due after a NOTIFY only, and never while a failed attempt waits for the next.
#include <algorithm>

#include "model/nodes/client_steps.hpp"
#include "sim/check.hpp"

namespace failback::model::client {

namespace {

using sim::exactly;

// RFC 6665 4.1.2.2, as far as the model has these responses; RFC 5057 5.1.
bool destroys_subscription(Status status) {
    return status == Status::not_found_404 || status == Status::temporarily_unavailable_480 ||
           status == Status::no_subscription_481 || status == Status::bad_event_489;
}

bool is_final(EndReason reason) {
    return reason == EndReason::rejected || reason == EndReason::noresource ||
           reason == EndReason::invariant;
}

void answer(const ClientInput& notify, Status status, Output& output) {
    Output::Message response;
    response.method = Method::notify;
    response.status = status;
    response.cseq = notify.cseq;
    output.send(response);
}

// The state of the resource. Its lifetime is the one that counts, whatever the 200 said. A NOTIFY
// that tells a change has none, or that of a NOTIFY before, which may have been heard.
void go_on_with_state(ClientUsage& usage, const ClientUsageConfig& config,
                      const ClientInput& notify, Output& output) {
    const bool was_awaited = armed(usage, Timer::notify_wait);
    const bool has_lifetime = notify.expires > 0 && (notify.less == 0 || was_awaited);
    usage.failures = 0;
    usage.believes = 1;
    if (config.shows_state) {
        usage.shown = notify.current ? Shown::current : Shown::stale;
    }
    if (has_lifetime) {
        const DelayMs lifetime = std::max(notify.expires, config.least_expires);
        const DelayMs least = notify.expires - std::min(notify.expires, notify.less);
        const DelayMs less = lifetime - std::max(least, config.least_expires);
        disarm(usage, Timer::notify_wait, output);
        disarm(usage, Timer::retry, output);
        arm(usage, Timer::belief, {lifetime - less, lifetime}, output);
        arm(usage, Timer::refresh, refresh_between(config.refresh, lifetime, less), output);
    }
    output.note(Notice::registered);
}

// RFC 6665 4.1.3: what follows a NOTIFY with the state "terminated".
void end(ClientUsage& usage, const ClientUsageConfig& config, const ClientInput& notify,
         Output& output) {
    disarm(usage, Timer::notify_wait, output);
    close_transaction(usage, output);
    disarm(usage, Timer::refresh, output);
    disarm(usage, Timer::retry, output);
    lose_belief(usage, output);
    if (is_final(notify.reason)) {
        output.note(Notice::rejected);
    }
    const bool is_moved =
        notify.reason == EndReason::deactivated || notify.reason == EndReason::timeout;
    if (is_moved || !config.heeds_reasons) {
        go_on(usage, config, notify, output);
        return;
    }
    usage.started = 1;  // even if it was idle: a registration must not begin it before its time
    if (is_final(notify.reason)) {
        give_up(usage, output);
    } else if (notify.expires > 0) {
        arm(usage, Timer::retry, exactly(notify.expires), output);
    } else {
        fail_attempt(usage, config, config.retry.rejected, output);
    }
}

}  // namespace

void begin_subscribe(ClientUsage& usage, const ClientUsageConfig& config, Output& output) {
    if (usage.believes != 0) {
        usage.purpose = Purpose::renewal;
    } else {  // a new Call-ID and tag
        usage.purpose = Purpose::grant;
        ++usage.dialog;
        usage.heard = 0;
    }
    disarm(usage, Timer::refresh, output);
    disarm(usage, Timer::retry, output);
    arm(usage, Timer::notify_wait, exactly(config.timer_n), output);
}

// A 200. What it grants holds until the NOTIFY comes, if the phone is subscribed already. If the
// NOTIFY came before, the refresh may have become due meanwhile.
void on_subscribe_accepted(ClientUsage& usage, const ClientUsageConfig& config,
                           const ClientInput& input, Output& output) {
    usage.raised = 0;
    if (armed(usage, Timer::notify_wait)) {
        if (usage.believes != 0) {
            arm(usage, Timer::belief, exactly(std::max(input.expires, config.least_expires)),
                output);
        }
    } else if (!armed(usage, Timer::refresh)) {
        arm(usage, Timer::refresh, exactly(0), output);
    }
}

void on_subscribe_refused(ClientUsage& usage, Status status, Output& output) {
    disarm(usage, Timer::notify_wait, output);
    disarm(usage, Timer::refresh, output);
    if (destroys_subscription(status)) {
        lose_belief(usage, output);
    }
}

// What was granted before ends by itself, and the next attempt renews it.
void on_subscribe_unresolved(ClientUsage& usage, Output& output) {
    disarm(usage, Timer::refresh, output);
}

// Timer F. The NOTIFY may have shown that the SUBSCRIBE was accepted; otherwise the subscription is
// left to Timer N (RFC 5057 5.2 has the doubt).
void on_subscribe_unanswered(ClientUsage& usage, const ClientUsageConfig& config, Output& output) {
    if (!armed(usage, Timer::notify_wait) && usage.believes != 0) {
        close_transaction(usage, output);
        if (!armed(usage, Timer::refresh)) {
            arm(usage, Timer::refresh, exactly(0), output);
        }
    } else {
        fail_attempt(usage, config, config.retry.unanswered, output);
    }
}

void on_notify(ClientUsage& usage, const ClientUsageConfig& config, const ClientInput& input,
               Output& output) {
    const bool is_same_dialog = input.dialog == usage.dialog;
    const bool in_dialog = usage.believes != 0 || armed(usage, Timer::notify_wait);
    if (is_same_dialog && input.cseq == usage.heard) {
        answer(input, Status::ok_200, output);  // a retransmission
    } else if (!is_same_dialog || !in_dialog) {
        answer(input, Status::no_subscription_481, output);
    } else if (input.cseq < usage.heard) {
        answer(input, Status::server_error_500, output);  // RFC 3261 12.2.2
    } else {
        usage.heard = input.cseq;
        answer(input, Status::ok_200, output);
        if (input.reason == EndReason::none) {
            go_on_with_state(usage, config, input, output);
        } else {
            end(usage, config, input, output);
        }
    }
}

// Timer N. Where Timer F is as long, it may have ended the attempt at this very instant; where it
// is shorter, the phone may have left the server since. The next attempt may be waiting for the
// server's address by then.
void on_notify_overdue(ClientUsage& usage, const ClientUsageConfig& config, Output& output) {
    disarm(usage, Timer::refresh, output);
    lose_belief(usage, output);
    const bool is_wanted = usage.started != 0;
    if (is_wanted && !armed(usage, Timer::retry) && usage.open != kLookingUp) {
        output.note(Notice::unanswered);
        fail_attempt(usage, config, config.retry.unanswered, output);
    }
}

}  // namespace failback::model::client
