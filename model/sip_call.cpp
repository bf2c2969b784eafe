// Calls of a SipModel that phones place: both ends of their INVITEs.
#include <algorithm>

#include "model/sip_step.hpp"

namespace failback::model {

namespace {

// Is its 200 waiting for the ACK?
bool has_answered(const CallServer& server) {
    return server.phase == CallServer::Phase::answered && server.final == Status::none;
}

}  // namespace

void SipModel::step_call(Step& step, std::uint8_t call, CallInput input) const {
    Output output;
    CallClient& client = step.state.calls[call];
    const std::uint8_t entry_before = client.entry;
    const std::size_t phone = lines_[calls_[call].line].phone;
    for (std::size_t entry = 0; entry < calls_[call].config.to.size(); ++entry) {
        const unsigned unknown = knows(step.state, phone, entry) ? 0U : 1U;
        input.known = static_cast<std::uint16_t>(input.known & ~(unknown << entry));
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
    carry_timers(output, call, step.effects);
    if (std::ranges::find(output.notices, Notice::invites) != output.notices.end()) {
        begin_branches(step.state, call, client.entry);
    }
    for (Output::Message message : output.messages) {
        sign(step.state, call, message);
        send(step, message_event(EventKind::message_to_server, call, message));
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
}

void SipModel::step_call_server(Step& step, std::uint8_t index,
                                const CallServerInput& input) const {
    const std::size_t call = call_of_call_server(index);
    const CallInfo& owner = calls_[call];
    const auto entry = static_cast<std::uint8_t>(index - owner.first_server);
    CallServerInput with_callee = input;
    with_callee.callee = owner.callee;
    with_callee.invite_expires = owner.config.rules.invite_expires;
    CallServer& server = step.state.call_servers[index];
    const bool was_answered = has_answered(server);
    Output output;
    model::step(server, owner.config.timers, with_callee, output);
    carry_timers(output, index, step.effects);
    if (owner.first_dialog) {
        follow_callee(step, *owner.first_dialog + entry, was_answered, has_answered(server),
                      news_of(input));
    }
    for (Output::Message message : output.messages) {
        message.key = entry;
        if (owner.first_dialog && message.status == Status::ok_200) {
            message.expires = step.state.dialogs[*owner.first_dialog + entry].latest;
        }
        send(step, message_event(EventKind::message_to_phone, call, message));
    }
    for (const Notice notice : output.notices) {
        step.observe(notice, call, entry);
    }
}

}  // namespace failback::model
