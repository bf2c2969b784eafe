// Notifiers in a SipModel, and the NOTIFYs between them and the phones.
#include "model/nodes/renaming.hpp"
#include "model/sip/sip_step.hpp"

namespace failback::model {

Subscription SipModel::subscription_of(State& state, std::size_t usage) const {
    return {state.subscriptions[usage], state.notifiers[usages_[usage].notifier]};
}

void SipModel::carry_notifier(Step& step, std::uint8_t usage, const Output& output) const {
    carry_timers(output, usage, step.effects);
    for (const Output::Message& message : output.messages) {
        send(step, message_event(usages_[usage].beyond ? EventKind::relayed_to_gateway
                                                       : EventKind::message_to_phone,
                                 usage, message));
    }
    for (const Notice notice : output.notices) {
        step.observe(notice, usage);
    }
}

bool SipModel::notifies(std::size_t server, std::size_t usage) const {
    return usages_[usage].part.kind == PartKind::subscription &&
           challenger_of(*design_, usages_[usage].server) == server;
}

void SipModel::process_subscribe(Step& step, const Event& event, Event& response) const {
    if (usages_[event.index].beyond && !is_relayed(event.kind)) {
        const Server& gateway = design_->servers[usages_[event.index].server];
        response.status =  // it has none of its own
            gateway.subscriptions ? Status::bad_event_489 : gateway.subscribe_answer;
        return;
    }
    Output output;
    const SubscribeRequest request{event.cseq, event.key, (event.flags & kInitial) != 0,
                                   event.expires};
    const SubscribeOutcome outcome =
        on_subscribe(subscription_of(step.state, event.index), usages_[event.index].notifying,
                     request, output);
    response.status = outcome.status;
    response.expires = outcome.expires;
    carry_notifier(step, event.index, output);
}

void SipModel::arrive_notify(Step& step, const Event& event) const {
    step_client(step, event.index,
                {.kind = ClientInput::Kind::notify,
                 .cseq = event.cseq,
                 .dialog = event.key,
                 .reason = reason_of(event),
                 .current = is_current(
                     step.state.notifiers[usages_[event.index].notifier], event.cseq),
                 .expires = event.expires,
                 .less = (event.flags & kRemainder) != 0
                             ? usages_[event.index].config.timers.timer_f
                             : 0,
                 .wanted = wants_subscription(step.state, event.index)});
}

Event SipModel::change_event(std::size_t usage) {
    Event event;
    event.kind = EventKind::state_changes;
    event.index = static_cast<std::uint8_t>(usage);
    return event;
}

// Whatever the phone shows is not so any more.
void SipModel::on_change(Step& step, const Event& event) const {
    const UsageInfo& info = usages_[event.index];
    Notifier& notifier = step.state.notifiers[info.notifier];
    --notifier.changes_left;
    if (notifier.changes_left > 0) {
        step.effects.schedule(event, info.changes->at);
    }
    const bool is_up = up(step.state, challenger_of(*design_, info.server));
    Shown& shown = step.state.usages[event.index].shown;
    if (is_up && shown == Shown::current) {
        shown = Shown::stale;
    }
    if (is_up) {
        step.observe(Notice::changes, event.index);
    }
    Output output;
    change(subscription_of(step.state, event.index), info.notifying, is_up, output);
    carry_notifier(step, event.index, output);
}

void SipModel::arrive_notify_response(Step& step, const Event& event) const {
    if (usages_[event.index].beyond && !is_relayed(event.kind)) {
        send(step, passed_on(event));
        return;
    }
    Output output;
    on_notify_response(subscription_of(step.state, event.index), usages_[event.index].notifying,
                       event.cseq, event.status, output);
    carry_notifier(step, event.index, output);
}

void SipModel::on_notifier_timer(Step& step, const Event& event) const {
    Output output;
    model::on_notifier_timer(subscription_of(step.state, event.index),
                             usages_[event.index].notifying, event.timer,
                             up(step.state, challenger_of(*design_, usages_[event.index].server)),
                             output);
    carry_notifier(step, event.index, output);
}

// A server that is taken down with notice tells those who subscribed.
void SipModel::end_subscriptions(Step& step, const Fault& fault) const {
    for (std::uint8_t i = 0; i < usages_.size(); ++i) {
        const UsageInfo& usage = usages_[i];
        if (notifies(*fault.server, i) && up(step.state, *fault.server)) {
            Output output;
            end_subscription(subscription_of(step.state, i), usage.notifying, fault.notifies,
                             fault.retry_after, output);
            carry_notifier(step, i, output);
        }
    }
}

void SipModel::crash_notifier(Step& step, std::uint8_t usage, bool keeps_record) const {
    Output output;
    model::crash(subscription_of(step.state, usage), usages_[usage].notifying, keeps_record,
                 output);
    carry_notifier(step, usage, output);
}

namespace {

bool is_notify(const Event& event, std::size_t usage) {
    return event.method == Method::notify && event.index == usage;
}

bool is_to_server(const Event& event) {
    return event.kind == EventKind::message_to_server ||
           event.kind == EventKind::relayed_to_server;
}

bool is_to_phone(const Event& event) {
    return event.kind == EventKind::message_to_phone ||
           event.kind == EventKind::relayed_to_gateway;
}

bool names_dialog(const Event& event, std::size_t usage) {
    const bool subscribe = event.method == Method::subscribe && is_to_server(event) &&
                           event.index == usage;
    return subscribe || (is_notify(event, usage) && is_to_phone(event));
}

}  // namespace

// Only the order of dialogs and of NOTIFYs matters: which is the present one, which came before.
// Where no NOTIFY is under way or may be repeated, the phone has heard the last one.
void SipModel::rename_dialogs(State& state, std::vector<Event>& pending) const {
    for (std::size_t i = 0; i < usages_.size(); ++i) {
        if (usages_[i].part.kind != PartKind::subscription) {
            continue;
        }
        ClientUsage& client = state.usages[i];
        Notifier& notifier = state.notifiers[usages_[i].notifier];
        std::vector<std::uint8_t*> dialogs{&notifier.dialog};
        std::vector<std::uint8_t*> numbers{&client.heard};
        bool may_arrive = notifier.open != 0;
        for (Event& event : pending) {
            if (names_dialog(event, i)) {
                dialogs.push_back(&event.key);
            }
            if (is_notify(event, i)) {
                numbers.push_back(&event.cseq);
                may_arrive = may_arrive || is_to_phone(event);
            }
        }
        if (!may_arrive) {
            notifier.old = 0;  // the next one tells the latest
        }
        numbers.push_back(&notifier.old);
        rename(client.dialog, dialogs, kCurrentDialog, "dialogs of one subscription");
        rename(notifier.sent, numbers, kCurrentNotify, "NOTIFYs of one subscription");
        if (!may_arrive) {
            client.heard = notifier.sent;
        }
    }
}

}  // namespace failback::model
