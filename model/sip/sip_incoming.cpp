// Calls that come in at the servers of a SipModel, and registrations that end as calls fail over.
#include <algorithm>
#include <utility>

#include "model/sip/sip_step.hpp"

namespace failback::model {

void SipModel::build_incoming() {
    for (const IncomingPlan& plan : design_->incoming) {
        if (!scope_.parts.contains(
                {PartKind::incoming, plan.phone, plan.line, plan.entry})) {
            continue;
        }
        const Phone& phone = design_->phones[plan.phone];
        IncomingInfo info;
        info.line = *line_index(plan.phone, plan.line);
        info.entry = plan.entry;
        info.server = phone.servers[plan.entry].server;
        info.config = {transport_to(phone, info.server), phone.timers, plan.rings,
                       phone.failover.strange_calls};
        if (plan.is_beyond) {
            info.through = info.server;
            info.server = *design_->servers[info.server].watches;
        }
        info.at = plan.at;
        info.count = plan.count;
        if (plan.dialog.lasts) {
            info.dialog =
                add_dialog(info.line, info.entry, plan.dialog, true, plan.is_beyond);
        }
        incoming_.push_back(info);
    }
}

// Somebody calls. A server that is down serves no caller; one under maintenance tells them so.
void SipModel::call_in(Step& step, std::uint8_t index) const {
    const IncomingInfo& info = incoming_[index];
    IncomingCall& call = step.state.incoming[index];
    const bool takes_calls = up(step.state, info.server) && serves(step.state, info.server) &&
                             under(step.state, FaultKind::maintenance, info.server) == nullptr;
    if (!takes_calls) {
        --call.calls_left;
        call_in_again(step, index);
        return;
    }
    IncomingInput input;
    if (const auto usage = lines_[info.line].registration[info.entry]) {
        const std::span<const Binding> bindings =
            info.through ? bindings_beyond(step.state, *usage)
                         : bindings_of(std::as_const(step.state), *usage);
        input.has_binding = std::ranges::any_of(
            bindings, [](const Binding& binding) { return binding.present != 0; });
        input.reaches_phone = info.through ? bound_beyond(step.state, *usage)
                                           : bound(step.state, *usage);
    }
    input.reaches_phone = input.reaches_phone && passes_nat(step.state, info);
    step_incoming(step, index, input);
}

void SipModel::call_in_again(Step& step, std::uint8_t index) const {
    if (step.state.incoming[index].calls_left > 0) {
        Event call;
        call.kind = EventKind::calls_in;
        call.index = index;
        step.effects.schedule(call, incoming_[index].at);
    }
}

void SipModel::step_incoming(Step& step, std::uint8_t index, const IncomingInput& input) const {
    IncomingCall& call = step.state.incoming[index];
    const bool begins = input.kind == IncomingInput::Kind::call;
    const bool was_open = begins || call.offer != IncomingCall::Offer::none;
    const auto dialog = incoming_[index].dialog;
    const bool was_answered = call.phone == IncomingCall::Phone::answered;
    Output output;
    model::step(call, incoming_[index].config, input, output);
    carry_timers(output, index, step.effects,
                 clock_of(step, lines_[incoming_[index].line].phone));
    if (dialog) {
        follow_callee(step, *dialog, was_answered, call.phone == IncomingCall::Phone::answered,
                      news_of(input));
    }
    for (Output::Message message : output.messages) {
        const bool is_response = message.status != Status::none;
        if (dialog && message.status == Status::ok_200) {
            message.expires = step.state.dialogs[*dialog].latest;
        } else if (message.method == Method::offer_ack) {
            message.expires = input.dialog;
        }
        send(step, message_event(is_response ? EventKind::message_to_server
                                 : incoming_[index].through
                                     ? EventKind::relayed_to_gateway
                                     : EventKind::message_to_phone,
                                 index, message));
    }
    for (const Notice notice : output.notices) {
        step.observe(notice, index);
    }
    if (was_open && call.offer == IncomingCall::Offer::none) {
        call_in_again(step, index);
    }
}

// At the phone or at the server, after it was neither dropped nor refused.
void SipModel::offer_arrives(Step& step, const Event& event) const {
    using Kind = IncomingInput::Kind;
    IncomingInput input{.status = event.status,
                        .attempt = event.cseq,
                        .dialog = static_cast<std::uint8_t>(event.expires)};
    if (event.method == Method::offer_ack && of_other_dialog(step.state, event)) {
        return;
    }
    const IncomingCall before = step.state.incoming[event.index];
    if (event.kind != EventKind::message_to_phone) {
        input.kind = Kind::response;
    } else {
        const IncomingInfo& info = incoming_[event.index];
        const auto usage = lines_[info.line].registration[info.entry];
        input.kind = event.method == Method::offer ? Kind::invite : Kind::ack;
        input.is_registered = usage && step.state.usages[*usage].believes != 0;
    }
    step_incoming(step, event.index, input);
    if (event.status == Status::ok_200 && event.cseq > before.forgotten) {
        answer_arrived(step, event,
                       before.offer != IncomingCall::Offer::none && before.attempt == event.cseq);
    }
}

// A call turned from a server to the next one: the phone forgets its registration there.
void SipModel::fail_over(Step& step, std::size_t line, std::uint8_t entry) const {
    if (design_->phones[lines_[line].phone].failover.forgets) {
        step_line(step, line, {.kind = LineInput::Kind::fails_over, .entry = entry});
        after_registration(step, line);
    }
}

std::uint8_t SipModel::same_incoming(std::size_t index, const SipModel& other) const {
    return same_place(*this, incoming_, other, other.incoming_[index],
                      [](const IncomingInfo&) { return true; });
}

}  // namespace failback::model
