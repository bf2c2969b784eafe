// What happens when a pending event of a SipModel fires.
#include <algorithm>

#include "model/sip/clock.hpp"
#include "model/sip/sip_step.hpp"
#include "sim/check.hpp"

namespace failback::model {

namespace {

using sim::ensure;

// What a caller makes of a response to its INVITE (RFC 3263 4.3: only a 503, or a transport error,
// makes it turn to another server).
CallInput::Kind response_kind(Status status) {
    switch (status) {
        case Status::ok_200:
            return CallInput::Kind::answer;
        case Status::ringing_180:
            return CallInput::Kind::provisional;
        case Status::busy_486:
        case Status::terminated_487:
            return CallInput::Kind::declined;
        default:
            return CallInput::Kind::refusal;
    }
}

}  // namespace

Event timer_event(std::size_t index, Timer timer, std::uint8_t key) {
    Event event;
    event.kind = EventKind::timer;
    event.index = static_cast<std::uint8_t>(index);
    event.timer = timer;
    event.cseq = key;
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
    set_nonce(event, message.nonce);
    event.expires = message.expires;
    return event;
}

void cancel_timer(const Event& timer, sim::Effects<Event>& effects) {
    // A timer that this very step started is not pending yet.
    const auto started =
        std::ranges::find(effects.scheduled, timer, &sim::Effects<Event>::Schedule::event);
    if (started != effects.scheduled.end()) {
        effects.scheduled.erase(started);
    } else {
        effects.cancel(timer);
    }
}

void carry_timers(const Output& output, std::size_t index, sim::Effects<Event>& effects,
                  int clock_ppm) {
    for (const Output::TimerChange& change : output.timers) {
        const Event event = timer_event(index, change.timer, change.key);
        if (change.starts) {
            const bool by_clock = clock_ppm != 0 && is_of_clock(event);
            effects.schedule(event, true_time(change.delay, by_clock ? clock_ppm : 0));
        } else {
            cancel_timer(event, effects);
        }
    }
}

void SipModel::apply(State& state, const Event& event, std::uint32_t form,
                     sim::Effects<Event>& effects) const {
    StepLog log;
    step(state, event, form, effects, log);
}

void SipModel::step(State& state, const Event& event, std::uint32_t form,
                    sim::Effects<Event>& effects, StepLog& log) const {
    if (has_equals_ || draws_clocks_) {
        step_choosing(state, event, form, effects, log);
        return;
    }
    Step step{state, effects, log};
    act(step, event);
    const Forms forms = forms_of(step, form);
    ensure(form < forms.count, "a form of a step exists");
    effects.forms = static_cast<std::uint16_t>(forms.count);
    effects.form_weights = forms.weights;
    dispatch(step, forms.treated);
}

void SipModel::act(Step& step, const Event& event) const {
    const std::size_t first = step.log.observations.size();
    switch (event.kind) {
        case EventKind::message_to_server:
        case EventKind::message_to_phone:
            arrive(step, event);
            break;
        case EventKind::timer:
            if (!misses(step, event)) {
                on_timer(step, event);
            }
            break;
        case EventKind::served:
            on_served(step, event);
            break;
        case EventKind::binding_expires:
            end_repeat_window(step, event.index, event.key);
            expire(step.state.records[event.index], event.key);
            break;
        case EventKind::fault_strikes:
        case EventKind::fault_ends:
        case EventKind::window_opens:
        case EventKind::window_closes:
            on_fault(step, event);
            break;
        case EventKind::boot:
            boot(step, event.index);
            break;
        case EventKind::belief_changes:
            step.state.usages[event.index].believes ^= 1;
            if (step.state.usages[event.index].believes == 0) {
                end_dialogs_of(step, event.index);
            }
            after_registration(step, usages_[event.index].line);
            step.effects.schedule(event, sim::any_time());
            break;
        case EventKind::dial:
            dial(step, event.index);
            break;
        case EventKind::probe_to_watched:
        case EventKind::answer_to_gateway:
        case EventKind::gateway_timer:
            on_gateway_event(step, event);
            break;
        case EventKind::relayed_to_server:
        case EventKind::relayed_to_gateway:
            on_relayed(step, event);
            break;
        case EventKind::calls_in:
            call_in(step, event.index);
            break;
        case EventKind::wanted:
            want_appearance(step, event.index);
            break;
        case EventKind::state_changes:
            on_change(step, event);
            break;
        case EventKind::query_ends:
            step_name(step, event.index, NameInput::Kind::query_ends);
            break;
        case EventKind::name_expires:
            step_name(step, event.index, NameInput::Kind::expires);
            break;
        case EventKind::deadline:
            ensure(false, "a deadline belongs to a monitor");
    }
    free_of_unregistered(step);
    begin_awaited(step, first);
}

void SipModel::on_timer(Step& step, const Event& event) const {
    if (of_line(event.timer)) {
        on_line_timer(step, event);
    } else if (of_flow(event.timer)) {
        step_flow(step, event.index, {.kind = FlowInput::Kind::timer, .timer = event.timer});
    } else if (of_call(event.timer)) {
        step_call(step, event.index, {.kind = CallInput::Kind::timer, .timer = event.timer});
    } else if (event.timer == Timer::call_nonce_age) {
        on_call_nonce_age(step.state, event.index);
    } else if (of_call_server(event.timer)) {
        step_call_server(step, event.index,
                         {.kind = CallServerInput::Kind::timer, .timer = event.timer});
    } else if (of_dialog(event.timer)) {
        on_dialog_timer(step, event);
    } else if (of_incoming(event.timer)) {
        step_incoming(step, event.index,
                      {.kind = IncomingInput::Kind::timer, .timer = event.timer});
    } else if (of_appearance(event.timer)) {
        step_appearance(step, event.index,
                        {.kind = AppearanceInput::Kind::timer, .timer = event.timer});
    } else if (of_relay(event.timer)) {
        on_relay_timer(step, event);
    } else if (event.timer == Timer::forget) {
        forget(memory_of(step.state, event), event.cseq);
    } else if (event.timer == Timer::repeat_window) {
        const std::size_t record = usages_[event.index].record;
        step.state.records[record].bindings[event.cseq].present = kStored;
    } else if (event.timer == Timer::nonce_age) {
        on_nonce_age(step, event);
    } else if (of_notifier(event.timer)) {
        on_notifier_timer(step, event);
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
        cut(step.state, flow.phone, flow.server, Direction::to_phone) ||
        lost_at_nat(step.state, event)) {
        step.log.dropped = true;
        return;
    }
    if (event.method == Method::keep_alive) {
        const bool is_answer = event.status == Status::ok_200;
        step_flow(step, owner_of(event),
                  {.kind = is_answer ? FlowInput::Kind::answered : FlowInput::Kind::unreachable,
                   .stale = event.expires != 0});
        return;
    }
    if (of_incoming(event.method)) {
        offer_arrives(step, event);
        return;
    }
    if (of_dialog(event.method)) {
        dialog_arrives(step, event);
        return;
    }
    if (of_appearance(event.method)) {
        seizure_arrives(step, event);
        return;
    }
    if (event.method == Method::invite && is_challenge(event.status)) {
        call_challenged(step, event);
        return;
    }
    if (event.method == Method::invite) {
        const CallClient before = step.state.calls[event.index];
        step_call(step, event.index,
                  {.kind = response_kind(event.status),
                   .entry = event.key,
                   .attempt = event.cseq,
                   .transport_error = event.status == Status::transport_error,
                   .is_final = event.status == Status::forbidden_403,
                   .dialog = static_cast<std::uint8_t>(event.expires),
                   .flags = static_cast<std::uint8_t>(event.flags & kFromBeyond)});
        if (event.status == Status::ok_200 && event.cseq > before.forgotten) {
            answer_arrived(step, event,
                           before.calling != 0 && before.attempt == event.cseq &&
                               before.entry == event.key);
        }
        return;
    }
    if (event.method == Method::notify) {
        arrive_notify(step, event);
        return;
    }
    const bool is_remainder = (event.flags & kRemainder) != 0;
    step_client(step, event.index,
                {.kind = ClientInput::Kind::response,
                 .status = event.status,
                 .cseq = event.cseq,
                 .expires = event.expires,
                 .less = is_remainder ? design_->servers[ends_of(event).server].repeat_window : 0,
                 .stale = (event.flags & kStale) != 0,
                 .other_realm = (event.flags & kOtherRealm) != 0});
}

void SipModel::arrive_at_server(Step& step, const Event& event) const {
    const Flow flow = flow_of(event);
    if (under(step.state, FaultKind::crash, flow.server) != nullptr ||
        cut(step.state, flow.phone, flow.server, Direction::to_server)) {
        step.log.dropped = true;
        return;
    }
    if (under(step.state, FaultKind::refusal, flow.server) != nullptr) {
        refuse_connection(step, event);
        return;
    }
    if (!waits(step, event, flow.server)) {
        handle(step, event);
    }
}

// What has arrived, when its turn comes.
void SipModel::handle(Step& step, const Event& event) const {
    if (event.kind == EventKind::probe_to_watched) {
        answer_probe(step, event);
        return;
    }
    if (of_incoming(event.method)) {
        if (incoming_[event.index].through) {
            send(step, passed_on(event));
        } else {
            offer_arrives(step, event);
        }
        return;
    }
    if (of_appearance(event.method)) {
        seizure_arrives(step, event);
        return;
    }
    if (event.method == Method::notify) {
        arrive_notify_response(step, event);
        return;
    }
    if (of_dialog(event.method)) {
        dialog_arrives(step, event);
        return;
    }
    if (!of_call(event.method)) {
        process_request(step, event);
        return;
    }
    call_arrives(step, event);
}

// The server transaction: a retransmission is answered again, anything else is processed.
void SipModel::process_request(Step& step, const Event& event) const {
    ServerTransactions& memory = step.state.transactions[event.index];
    Event response;
    response.kind = EventKind::message_to_phone;
    response.index = event.index;
    response.method = event.method;
    response.cseq = event.cseq;
    response.flags = event.flags & kGeneration;
    const std::size_t server = usages_[event.index].server;
    const Fault* works = under(step.state, FaultKind::maintenance, server);
    if (event.method == Method::keep_alive) {
        answer_keep_alive(step, event, response);
        return;
    }
    if (event.method == Method::options) {  // answered each time it arrives
        response.status = works != nullptr ? Status::service_unavailable_503 : Status::ok_200;
        send(step, response);
        return;
    }
    if (answer_again(step, memory, response)) {
        return;
    }
    const Reaction reaction = works == nullptr ? this->reaction(step.state, server) : Reaction{};
    if (reaction.what == InNormal::ignored) {
        step.log.dropped = true;
        return;
    }
    if (reaction.what == InNormal::passed_on) {
        pass_on(step, event);
        return;
    }
    if (works != nullptr) {
        response.status = Status::service_unavailable_503;
        response.expires = works->retry_after;
    } else if (reaction.what == InNormal::refused) {
        response.status = reaction.answer;
    } else if (is_heartbeat(event) && design_->servers[server].knows_heartbeat) {
        response.status = Status::ok_200;
        step.observe(Notice::heartbeats, event.index);
    } else if (!admits(step, event, response)) {
        // The response says why.
    } else if (event.method == Method::register_) {
        process_register(step, event, response);
    } else {
        process_subscribe(step, event, response);
    }
    remember_answer(step, event, response, timer_event(event.index, Timer::forget, event.cseq));
    send(step, response);
}

bool SipModel::answer_again(Step& step, const ServerTransactions& memory, Event response) const {
    const auto known = recall(memory, response.cseq);
    if (known) {
        response.status = known->status;
        response.expires = known->expires;
        response.flags =
            static_cast<std::uint8_t>(response.flags | known->flags | kRetransmission);
        send(step, response);
    }
    return known.has_value();
}

void SipModel::remember_answer(Step& step, const Event& request, const Event& response,
                               const Event& forget) const {
    const Flow flow = flow_of(request);
    const DelayMs timer_j = design_->servers[flow.server].timer_j;
    if (flow.transport == Transport::udp && timer_j > 0) {
        const auto flags = static_cast<std::uint8_t>(response.flags & ~kGeneration);
        remember(memory_of(step.state, forget),
                 {1, request.cseq, response.status, flags, response.expires});
        step.effects.schedule(forget, sim::exactly(timer_j));
    }
}

}  // namespace failback::model
