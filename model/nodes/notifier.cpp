#include "model/nodes/notifier.hpp"

#include <algorithm>

#include "model/nodes/client_usage.hpp"
#include "sim/check.hpp"

namespace failback::model {

namespace {

using sim::exactly;

constexpr DelayMs kOneHour = 3'600'000;

void stop_timers(const Notifier& notifier, const NotifierConfig& config, Output& output) {
    if (notifier.open != 0 && config.transport == Transport::udp) {
        output.cancel(Timer::notify_retransmit);
    }
    if (notifier.open != 0) {
        output.cancel(Timer::notify_timeout);
    }
}

void close(Notifier& notifier) {
    notifier.open = notifier.resends = 0;
    notifier.reason = EndReason::none;
    notifier.expires = 0;
    notifier.uncertain = 0;
}

void forget_if_over(Subscription subscription) {
    if (subscription.record.present == 0 && subscription.notifier.open == 0) {
        subscription.notifier.dialog = 0;
    }
}

void transmit(const Notifier& notifier, const NotifierConfig& config, bool again, Output& output) {
    Output::Message message;
    message.method = Method::notify;
    message.cseq = notifier.sent;
    message.key = notifier.dialog;
    message.flags = flags_of(notifier.reason);
    if (notifier.uncertain != 0) {
        message.flags = static_cast<std::uint8_t>(message.flags | kRemainder);
    }
    if (again) {
        message.flags = static_cast<std::uint8_t>(message.flags | kRetransmission);
    }
    message.expires = notifier.expires;
    output.send(message);
    if (config.transport == Transport::udp) {
        output.start(Timer::notify_retransmit,
                     exactly(retransmit_after(config.timers, notifier.resends)));
    }
}

void notify(Notifier& notifier, const NotifierConfig& config, EndReason reason, DelayMs expires,
            Output& output, bool uncertain = false) {
    stop_timers(notifier, config, output);
    notifier.open = 1;
    notifier.resends = 0;
    notifier.uncertain = static_cast<std::uint8_t>(uncertain);
    ++notifier.sent;
    notifier.reason = reason;
    notifier.expires = expires;
    transmit(notifier, config, false, output);
    output.start(Timer::notify_timeout, exactly(config.timers.timer_f));
}

void drop(SubscriptionRecord& record, Output& output) {
    if (record.present != 0) {
        output.cancel(Timer::subscription_expires);
    }
    record = {};
}

// RFC 6665 4.2.2: what the answer to a NOTIFY says of the subscription.
bool is_gone(Status status) {
    return status == Status::not_found_404 || status == Status::temporarily_unavailable_480 ||
           status == Status::no_subscription_481 || status == Status::bad_event_489;
}

}  // namespace

NotifierConfig notifier_config(const Server& server, const Phone& phone,
                               std::size_t subscription) {
    NotifierConfig config;
    config.timers = phone.timers;
    config.has_package = has_package(server, subscription_rules(phone, subscription));
    config.without = server.subscriptions ? Status::bad_event_489 : server.subscribe_answer;
    config.min_expires = server.min_expires;
    config.max_expires = server.max_expires;
    config.refuses_long = server.too_brief == TooBrief::reject_423_always;
    if (server.out_of_order != Status::ok_200) {  // that is about bindings only
        config.out_of_order = server.out_of_order;
    }
    return config;
}

bool refuses_as_too_brief(const NotifierConfig& config, DelayMs requested) {
    return requested < config.min_expires && (requested < kOneHour || config.refuses_long);
}

SubscribeOutcome on_subscribe(Subscription subscription, const NotifierConfig& config,
                              const SubscribeRequest& request, Output& output) {
    auto& [record, notifier] = subscription;
    if (!config.has_package) {
        return {config.without, 0};
    }
    const bool is_known = record.present != 0 && notifier.dialog == request.dialog;
    if (!request.initial && !is_known) {
        return {Status::no_subscription_481, 0};
    }
    if (record.present != 0 && request.cseq <= record.cseq) {
        return {config.out_of_order, 0};  // RFC 3261 12.2.2
    }
    if (refuses_as_too_brief(config, request.expires)) {
        return {Status::interval_too_brief_423, config.min_expires};
    }
    const DelayMs granted = std::min(request.expires, config.max_expires);
    if (record.present != 0) {
        output.cancel(Timer::subscription_expires);
    }
    record = {1, request.cseq};
    notifier.dialog = request.dialog;
    output.start(Timer::subscription_expires, exactly(granted));
    output.note(Notice::accepted);
    notify(notifier, config, EndReason::none, granted, output);
    return {Status::ok_200, granted};
}

void on_notify_response(Subscription subscription, const NotifierConfig& config,
                        std::uint8_t number, Status status, Output& output) {
    auto& [record, notifier] = subscription;
    if (notifier.open == 0 || number != notifier.sent) {
        return;  // matches no open transaction
    }
    stop_timers(notifier, config, output);
    close(notifier);
    if (is_gone(status)) {
        drop(record, output);
    }
    forget_if_over(subscription);
}

void on_notifier_timer(Subscription subscription, const NotifierConfig& config, Timer timer,
                       bool server_up, Output& output) {
    auto& [record, notifier] = subscription;
    switch (timer) {
        case Timer::notify_retransmit:
            count_resend(config.timers, notifier.resends);
            transmit(notifier, config, true, output);
            break;
        case Timer::notify_timeout:
            if (config.transport == Transport::udp) {
                output.cancel(Timer::notify_retransmit);
            }
            close(notifier);
            drop(record, output);
            break;
        case Timer::subscription_expires:
            record = {};
            if (server_up) {
                notify(notifier, config, EndReason::timeout, 0, output);
            }
            break;
        default:
            sim::ensure(false, "a timer of a notifier");
    }
    forget_if_over(subscription);
}

void end_subscription(Subscription subscription, const NotifierConfig& config, EndReason reason,
                      DelayMs retry_after, Output& output) {
    if (subscription.record.present != 0) {
        drop(subscription.record, output);
        notify(subscription.notifier, config, reason, retry_after, output);
    }
}

void crash(Subscription subscription, const NotifierConfig& config, bool keeps_record,
           Output& output) {
    stop_timers(subscription.notifier, config, output);
    close(subscription.notifier);
    if (!keeps_record) {
        drop(subscription.record, output);
    }
    forget_if_over(subscription);
}

// It names no lifetime: the phone knows that of the NOTIFY after the 200. If that one is not
// answered yet, this one takes its place, and some of its lifetime is over.
void change(Subscription subscription, const NotifierConfig& config, bool server_up,
            Output& output) {
    auto& [record, notifier] = subscription;
    if (!server_up) {
        return;
    }
    notifier.old = notifier.sent;
    if (record.present != 0) {
        const DelayMs lifetime = notifier.open != 0 ? notifier.expires : 0;
        notify(notifier, config, EndReason::none, lifetime, output, lifetime > 0);
    }
}

}  // namespace failback::model
