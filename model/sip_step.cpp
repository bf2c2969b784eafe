// What happens when a pending event of a SipModel fires.
#include <algorithm>

#include "model/sip_step.hpp"
#include "sim/check.hpp"

namespace failback::model {

namespace {

using sim::ensure;

Event timer_event(std::size_t index, Timer timer, std::uint8_t key) {
    Event event;
    event.kind = EventKind::timer;
    event.index = static_cast<std::uint8_t>(index);
    event.timer = timer;
    event.cseq = key;
    return event;
}

Event expiry_event(std::size_t record, std::uint8_t slot) {
    Event event;
    event.kind = EventKind::binding_expires;
    event.index = static_cast<std::uint8_t>(record);
    event.key = slot;
    return event;
}

Event message_event(EventKind kind, std::size_t index, const Output::Message& message) {
    Event event;
    event.kind = kind;
    event.index = static_cast<std::uint8_t>(index);
    event.method = message.method;
    event.status = message.status;
    event.cseq = message.cseq;
    event.key = message.key;
    event.flags = message.flags;
    event.expires = message.expires;
    return event;
}

void carry_timers(const Output& output, std::size_t index, sim::Effects<Event>& effects) {
    for (const Output::TimerChange& change : output.timers) {
        const Event event = timer_event(index, change.timer, change.key);
        if (change.starts) {
            effects.schedule(event, change.delay);
            continue;
        }
        // A timer that this very step started is not pending yet.
        const auto started =
            std::ranges::find(effects.scheduled, event, &sim::Effects<Event>::Schedule::event);
        if (started != effects.scheduled.end()) {
            effects.scheduled.erase(started);
        } else {
            effects.cancel(event);
        }
    }
}

}  // namespace

void SipModel::apply(State& state, const Event& event, std::uint32_t form,
                     sim::Effects<Event>& effects) const {
    StepLog log;
    step(state, event, form, effects, log);
}

void SipModel::step(State& state, const Event& event, std::uint32_t form,
                    sim::Effects<Event>& effects, StepLog& log) const {
    Step step{state, effects, log};
    switch (event.kind) {
        case EventKind::message_to_server:
            arrive_at_server(step, event);
            break;
        case EventKind::message_to_phone:
            arrive_at_phone(step, event);
            break;
        case EventKind::timer:
            on_timer(step, event);
            break;
        case EventKind::binding_expires:
            expire(state.records[event.index], event.key);
            break;
        case EventKind::fault_strikes:
        case EventKind::fault_ends:
        case EventKind::window_opens:
        case EventKind::window_closes:
            on_fault(step, event);
            break;
        case EventKind::boot:
            step.observe(Notice::boots, event.index);
            step_client(step, event.index, {.kind = ClientInput::Kind::start});
            break;
        case EventKind::belief_changes:
            state.usages[event.index].believes ^= 1;
            after_registration(step, usages_[event.index].line);
            effects.schedule(event, sim::any_time());
            break;
        case EventKind::dial:
            dial(step, event.index);
            break;
        case EventKind::deadline:
            ensure(false, "a deadline belongs to a monitor");
    }
    dispatch(step, form);
}

void SipModel::on_timer(Step& step, const Event& event) const {
    if (of_call(event.timer)) {
        step_call(step, event.index, {.kind = CallInput::Kind::timer, .timer = event.timer});
    } else if (of_call_server(event.timer)) {
        step_call_server(step, event.index,
                         {.kind = CallServerInput::Kind::timer, .timer = event.timer});
    } else if (event.timer == Timer::forget) {
        forget(step.state.transactions[event.index], event.cseq);
    } else if (event.timer == Timer::subscription_expires) {
        step.state.subscriptions[event.index] = {};
    } else {
        const bool subscription = usages_[event.index].part.kind == PartKind::subscription;
        step_client(step, event.index,
                    {.kind = ClientInput::Kind::timer,
                     .timer = event.timer,
                     .wanted = !subscription || wants_subscription(step.state, event.index)});
    }
}

void SipModel::arrive_at_phone(Step& step, const Event& event) const {
    const Flow flow = flow_of(event);
    if (off(step.state, flow.phone) ||
        cut(step.state, flow.phone, flow.server, Direction::to_phone)) {
        step.log.dropped = true;
        return;
    }
    if (event.method == Method::invite) {
        step_call(step, event.index,
                  {.kind = CallInput::Kind::answer, .entry = event.key, .attempt = event.cseq});
        return;
    }
    step_client(step, event.index,
                {.kind = ClientInput::Kind::response,
                 .status = event.status,
                 .cseq = event.cseq,
                 .expires = event.expires});
}

void SipModel::step_client(Step& step, std::uint8_t usage, const ClientInput& input) const {
    Output output;
    model::step(step.state.usages[usage], usages_[usage].config, input, output);
    carry_timers(output, usage, step.effects);
    for (const Output::Message& message : output.messages) {
        send(step, message_event(EventKind::message_to_server, usage, message));
    }
    for (const Notice notice : output.notices) {
        step.observe(notice, usage);
    }
    if (usages_[usage].part.kind == PartKind::registration && !output.notices.empty()) {
        after_registration(step, usages_[usage].line);
    }
}

// A registration changed: the working server may be another one, subscriptions may begin.
void SipModel::after_registration(Step& step, std::size_t line) const {
    const LineInfo& info = lines_[line];
    const auto registered = [&](std::size_t entry) {
        return info.registration[entry] &&
               step.state.usages[*info.registration[entry]].believes != 0;
    };
    std::uint8_t best = kNoEntry;
    for (std::size_t entry = info.registration.size(); entry-- > 0;) {
        if (registered(entry)) {
            best = static_cast<std::uint8_t>(entry);
        }
    }
    std::uint8_t& current = step.state.working[line];
    const bool stays = design_->phones[info.phone].failback == Failback::stay &&
                       current != kNoEntry && registered(current);
    if (!stays) {
        current = best;
    }
    for (const auto& subscription : info.subscription) {
        if (subscription && step.state.usages[*subscription].started == 0 &&
            wants_subscription(step.state, *subscription)) {
            step_client(step, *subscription, {.kind = ClientInput::Kind::start});
        }
    }
}

bool SipModel::wants_subscription(const State& state, std::size_t usage) const {
    const UsageInfo& info = usages_[usage];
    const LineInfo& line = lines_[info.line];
    if (design_->phones[info.part.phone].subscription.to == SubscribeTo::working) {
        return state.working[info.line] == info.part.entry;
    }
    const auto registration = line.registration[info.part.entry];
    return registration && state.usages[*registration].believes != 0;
}

void SipModel::step_call(Step& step, std::uint8_t call, const CallInput& input) const {
    Output output;
    CallClient& client = step.state.calls[call];
    const std::uint8_t entry_before = client.entry;
    model::step(client, calls_[call].config, input, output);
    carry_timers(output, call, step.effects);
    for (const Output::Message& message : output.messages) {
        send(step, message_event(EventKind::message_to_server, call, message));
    }
    for (const Notice notice : output.notices) {
        step.observe(notice, call, notice == Notice::answered ? entry_before : client.entry);
        if (notice == Notice::answered || notice == Notice::call_fails) {
            dial_again(step, call);
        }
    }
}

void SipModel::step_call_server(Step& step, std::uint8_t index,
                                const CallServerInput& input) const {
    const std::size_t call = call_of_call_server(index);
    const CallInfo& owner = calls_[call];
    Output output;
    model::step(step.state.call_servers[index], owner.config.timers, input, output);
    carry_timers(output, index, step.effects);
    for (Output::Message message : output.messages) {
        message.key = static_cast<std::uint8_t>(index - owner.first_server);
        send(step, message_event(EventKind::message_to_phone, call, message));
    }
}

void SipModel::arrive_at_server(Step& step, const Event& event) const {
    const Flow flow = flow_of(event);
    if (!up(step.state, flow.server) ||
        cut(step.state, flow.phone, flow.server, Direction::to_server)) {
        step.log.dropped = true;
        return;
    }
    if (event.method == Method::register_ || event.method == Method::subscribe) {
        process_request(step, event);
        return;
    }
    const auto index = static_cast<std::uint8_t>(calls_[event.index].first_server + event.key);
    const auto kind = event.method == Method::invite ? CallServerInput::Kind::invite
                                                     : CallServerInput::Kind::ack;
    step_call_server(step, index, {.kind = kind, .attempt = event.cseq});
}

// The server transaction: a retransmission is answered again, anything else is processed.
void SipModel::process_request(Step& step, const Event& event) const {
    ServerTransactions& memory = step.state.transactions[event.index];
    Event response;
    response.kind = EventKind::message_to_phone;
    response.index = event.index;
    response.method = event.method;
    response.cseq = event.cseq;
    if (const auto known = recall(memory, event.cseq)) {
        response.status = known->status;
        response.expires = known->expires;
        response.flags = kRetransmission;
        send(step, response);
        return;
    }
    if (event.method == Method::register_) {
        process_register(step, event, response);
    } else {
        process_subscribe(step, event, response);
    }
    if (usages_[event.index].config.transport == Transport::udp) {
        remember(memory, {1, event.cseq, response.status, 0, response.expires});
        const DelayMs timer_j = design_->servers[usages_[event.index].server].timer_j;
        step.effects.schedule(timer_event(event.index, Timer::forget, event.cseq),
                              sim::exactly(timer_j));
    }
    send(step, response);
}

void SipModel::process_register(Step& step, const Event& event, Event& response) const {
    const UsageInfo& usage = usages_[event.index];
    const Server& server = design_->servers[usage.server];
    const RegistrarConfig config{server.min_expires, server.max_expires, server.too_brief,
                                 server.expiry_sweep, server.stores_bindings};
    RegisterRequest request;
    request.wildcard = (event.flags & kWildcard) != 0;
    if (!request.wildcard) {
        request.contact = static_cast<std::uint8_t>(usage.slot + event.key);
    }
    // A Call-ID for each registration: it changes with a restart of the phone only (RFC 3261
    // 10.2.4), and `boot` tells those apart.
    request.call_id = static_cast<std::uint8_t>(usage.slot + 1);
    const AfterRestart& after = usage.config.after_restart;
    request.boot = boot_of(step.state.usages[event.index].boots, event.cseq);
    request.same_call_id = !after.new_call_id;
    if (after.instance_id) {
        request.instance = {usage.slot, static_cast<std::uint8_t>(usage.config.contacts)};
    }
    request.cseq = event.cseq;
    request.expires = event.expires;
    const RegisterOutcome outcome = model::step(step.state.records[usage.record], config, request);
    for (const std::uint8_t slot : outcome.cancelled) {
        step.effects.cancel(expiry_event(usage.record, slot));
    }
    for (const RegisterOutcome::Expiry& expiry : outcome.scheduled) {
        step.effects.schedule(expiry_event(usage.record, expiry.slot), expiry.delay);
    }
    response.status = outcome.status;
    response.expires = outcome.expires;
    if (outcome.status == Status::ok_200) {
        step.observe(Notice::accepted, event.index);
    }
}

void SipModel::process_subscribe(Step& step, const Event& event, Event& response) const {
    const UsageInfo& usage = usages_[event.index];
    const Server& server = design_->servers[usage.server];
    SubscriptionRecord& record = step.state.subscriptions[event.index];
    if (!server.subscriptions) {
        response.status = Status::bad_event_489;
        return;
    }
    if (record.present != 0 && event.cseq <= record.cseq) {
        response.status = Status::server_error_500;  // RFC 3261 12.2.2
        return;
    }
    const Event expiry = timer_event(event.index, Timer::subscription_expires, 0);
    if (record.present != 0) {
        step.effects.cancel(expiry);
    }
    record = {1, event.cseq};
    response.status = Status::ok_200;
    response.expires = std::min(event.expires, server.max_expires);
    step.effects.schedule(expiry, sim::exactly(response.expires));
    step.observe(Notice::accepted, event.index);
}

}  // namespace failback::model
