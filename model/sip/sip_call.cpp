// Calls of a SipModel that phones place: both ends of their INVITEs.
#include <algorithm>

#include "model/sip/sip_step.hpp"

namespace failback::model {

namespace {

// Is its 200 waiting for the ACK?
bool has_answered(const CallServer& server) {
    return server.phase == CallServer::Phase::answered && server.final == Status::none;
}

CallServerInput::Kind kind_of(Method method) {
    return method == Method::invite   ? CallServerInput::Kind::invite
           : method == Method::cancel ? CallServerInput::Kind::cancel
                                      : CallServerInput::Kind::ack;
}

}  // namespace

// Has the phone no binding at a gateway that then refuses its calls? One that keeps silent, or
// refuses all, does so first.
bool SipModel::bars(const State& state, const Event& invite, std::size_t server) const {
    const InNormal what = reaction(state, server).what;
    if (!bars_unregistered(design_->servers[server]) || what == InNormal::ignored ||
        what == InNormal::refused) {
        return false;
    }
    const auto& usage = lines_[calls_[invite.index].line].registration[invite.key];
    return !usage || !bound(state, *usage);
}

// At a server whose process runs.
void SipModel::call_arrives(Step& step, const Event& event) const {
    if (event.method == Method::ack && (event.flags & kFromBeyond) != 0) {
        send(step, passed_on(event));
        return;
    }
    if (event.method == Method::ack &&
        ((event.flags & kAckOfRefusal) != 0 || of_other_dialog(step.state, event))) {
        return;
    }
    const auto index = static_cast<std::uint8_t>(calls_[event.index].first_server + event.key);
    const std::size_t server = server_of_call_server(index);
    const bool refuses = under(step.state, FaultKind::maintenance, server) != nullptr;
    const Status refusal = refuses ? Status::service_unavailable_503 : Status::none;
    const bool is_invite = event.method == Method::invite;
    const CallServer& own = step.state.call_servers[index];
    const bool is_own = own.phase != CallServer::Phase::none && own.attempt == event.cseq;
    if (!is_invite && !is_own && passes_on(design_->servers[server])) {
        send(step, passed_on(event));  // what it has not answered itself
        return;
    }
    if (is_invite && !refuses && !is_own && bars(step.state, event, server)) {
        step_call_server(step, index,
                         {.kind = CallServerInput::Kind::invite,
                          .attempt = event.cseq,
                          .refusal = design_->servers[server].survivability.to_unregistered});
        return;
    }
    if (is_invite && !refuses && !serves(step.state, server)) {
        if (!is_own && reaction(step.state, server).what == InNormal::passed_on) {
            send(step, passed_on(event));
        } else {
            turn_call_away(step, event, index);
        }
        return;
    }
    if (is_invite && !refuses && !passes_on(design_->servers[server]) &&
        challenges_call(step, event)) {
        return;
    }
    step_call_server(step, index,
                     {.kind = kind_of(event.method), .attempt = event.cseq, .refusal = refusal});
}

// At the server that a gateway passes requests on to, whose process runs.
void SipModel::call_arrives_beyond(Step& step, const Event& event) const {
    const CallInfo& info = calls_[event.index];
    if (event.method == Method::ack && of_other_dialog(step.state, event)) {
        return;
    }
    const auto index =
        static_cast<std::uint8_t>(info.first_server + info.config.to.size() + event.key);
    const bool refuses =
        under(step.state, FaultKind::maintenance, server_of_call_server(index)) != nullptr;
    if (event.method == Method::invite && !refuses && challenges_call(step, event)) {
        return;
    }
    const Status refusal = refuses ? Status::service_unavailable_503 : Status::none;
    step_call_server(step, index,
                     {.kind = kind_of(event.method), .attempt = event.cseq, .refusal = refusal});
}

void SipModel::step_call(Step& step, std::uint8_t call, CallInput input) const {
    Output output;
    CallClient& client = step.state.calls[call];
    const std::uint8_t entry_before = client.entry;
    const std::size_t phone = lines_[calls_[call].line].phone;
    for (std::size_t entry = 0; entry < calls_[call].config.to.size(); ++entry) {
        const unsigned unknown = knows(step.state, phone, entry) ? 0U : 1U;
        input.known = static_cast<std::uint16_t>(input.known & ~(unknown << entry));
    }
    if (calls_[call].config.registers) {
        input.registered = static_cast<std::uint16_t>(
            registrations_of(step.state, calls_[call].line).believed);
    }
    const CallClient before = client;
    model::step(client, calls_[call].config, input, output);
    if (output.candidates != 0) {
        input.pick = step.pick(weights_of(design_->phones[phone], output.candidates));
        client = before;
        output = {};
        model::step(client, calls_[call].config, input, output);
        step.log.picked.push_back(message_event(
            EventKind::message_to_server, call,
            {.method = Method::invite, .cseq = client.attempt, .key = client.entry}));
    }
    if (output.looks_up) {
        step_name(step, *name_index(phone, client.entry), NameInput::Kind::ask);
    }
    carry_timers(output, call, step.effects, clock_of(step, phone));
    if (std::ranges::find(output.notices, Notice::invites) != output.notices.end()) {
        begin_branches(step.state, call, client.entry);
    }
    for (Output::Message message : output.messages) {
        sign(step.state, call, message);
        if (message.method == Method::invite && (message.flags & kRetransmission) == 0) {
            direct_call(step, call, input.wrong);
        }
        const Event sent = message_event(EventKind::message_to_server, call, message);
        const bool is_astray =
            may_go_astray_ && step.state.astray[usages_.size() + call] != 0;
        send_on(step, sent, {.dropped = is_astray});
    }
    if (client.calling == 0 && may_go_astray_) {
        step.state.astray[usages_.size() + call] = 0;
    }
    if (client.calling == 0) {
        end_branches(step.state, call, input.kind == CallInput::Kind::restart);
    }
    for (const Notice notice : output.notices) {
        step.observe(notice, call, notice == Notice::answered ? entry_before : client.entry);
        if (notice == Notice::answered || notice == Notice::call_fails ||
            notice == Notice::declined) {
            dial_again(step, call);
        }
    }
    if (output.failed_over) {
        fail_over(step, calls_[call].line, *output.failed_over);
    }
    if (output.registers) {
        register_for_call(step, call);
    }
}

// Of one request at a time (RFC 3261 10.2): the call waits for the one that is open. Where the
// phone has given up it does not try again.
void SipModel::register_for_call(Step& step, std::uint8_t call) const {
    const std::uint8_t usage =
        *lines_[calls_[call].line].registration[step.state.calls[call].entry];
    const ClientUsage& registration = step.state.usages[usage];
    if (registration.gave_up != 0) {
        step_call(step, call, {.kind = CallInput::Kind::registered, .found = false});
    } else if (is_to_boot(step.state, usage)) {
        step.effects.cancel(boot_event(usage));
        boot(step, usage);
    } else if (registration.open == 0) {
        step_client(step, usage, {.kind = ClientInput::Kind::attempt});
    }
}

bool SipModel::is_waited_for(const State& state, std::size_t usage) const {
    const auto& call = lines_[usages_[usage].line].call;
    return call && state.calls[*call].looking == LooksUp::registration &&
           state.calls[*call].entry == usages_[usage].part.entry;
}

// The call that waited for a registration goes on when its request is over.
void SipModel::follow_call(Step& step, std::uint8_t usage) const {
    const ClientUsage& registration = step.state.usages[usage];
    if (registration.open == 0 && is_waited_for(step.state, usage)) {
        step_call(step, *lines_[usages_[usage].line].call,
                  {.kind = CallInput::Kind::registered, .found = registration.believes != 0});
    }
}

void SipModel::step_call_server(Step& step, std::uint8_t index,
                                const CallServerInput& input) const {
    const std::size_t call = call_of_call_server(index);
    const CallInfo& owner = calls_[call];
    const auto place = static_cast<std::size_t>(index - owner.first_server);
    const bool is_beyond = place >= owner.config.to.size();
    const auto entry = static_cast<std::uint8_t>(place % owner.config.to.size());
    CallServerInput with_callee = input;
    with_callee.callee = owner.callee;
    with_callee.invite_expires = owner.config.rules.invite_expires;
    CallServer& server = step.state.call_servers[index];
    const bool was_answered = has_answered(server);
    Output output;
    model::step(server, owner.config.timers, with_callee, output);
    carry_timers(output, index, step.effects);
    if (owner.first_dialog) {
        follow_callee(step, *owner.first_dialog + place, was_answered, has_answered(server),
                      news_of(input));
    }
    for (Output::Message message : output.messages) {
        message.key = entry;
        if (owner.first_dialog && message.status == Status::ok_200) {
            message.expires = step.state.dialogs[*owner.first_dialog + place].latest;
            message.flags = static_cast<std::uint8_t>(message.flags |
                                                      (is_beyond ? kFromBeyond : 0));
        }
        send(step, message_event(is_beyond ? EventKind::relayed_to_gateway
                                           : EventKind::message_to_phone,
                                 call, message));
    }
    for (const Notice notice : output.notices) {
        step.observe(notice, call, entry);
    }
}

}  // namespace failback::model
