// Calls that were answered, in a SipModel: dialogs between phones and servers.
#include <algorithm>

#include "model/sip/sip_step.hpp"

namespace failback::model {

namespace {

template <class Ask>
bool any_dialog(const std::vector<SipModel::DialogInfo>& dialogs, const SipState& state,
                std::size_t line, std::size_t entry, Ask ask) {
    for (std::size_t i = 0; i < dialogs.size(); ++i) {
        if (dialogs[i].line == line && dialogs[i].entry == entry && ask(state.dialogs[i])) {
            return true;
        }
    }
    return false;
}

}  // namespace

std::uint8_t SipModel::add_dialog(std::size_t line, std::size_t entry, const DialogPlan& plan,
                                  bool phone_is_callee, bool is_beyond) {
    const Phone& phone = design_->phones[lines_[line].phone];
    DialogInfo info;
    info.line = line;
    info.entry = entry;
    info.server = phone.servers[entry].server;
    info.call =
        static_cast<std::uint8_t>(phone_is_callee ? incoming_.size() : calls_.size());
    const Transport transport = transport_to(phone, info.server);
    const Server& gateway = design_->servers[info.server];
    const bool is_through = is_beyond && passes_on(gateway);
    if (is_through) {
        info.through = info.server;
        info.server = *gateway.watches;
    }
    info.config = {transport,
                   is_through ? gateway.survivability.transport : transport,
                   phone.timers,
                   *plan.lasts,
                   plan,
                   phone.calls.session_expires,
                   phone.failover.dialogs,
                   phone_is_callee,
                   hears(phone.refusals.transport_errors, transport),
                   phone.calls.confirmation};
    dialogs_.push_back(info);
    return static_cast<std::uint8_t>(dialogs_.size() - 1);
}

void SipModel::step_dialog(Step& step, std::size_t dialog, DialogInput input) const {
    const DialogInfo& info = dialogs_[dialog];
    const auto usage = lines_[info.line].registration[info.entry];
    const bool is_phone = input.side == DialogSide::phone;
    input.is_registered = usage && step.state.usages[*usage].believes != 0;
    input.is_up = is_phone || up(step.state, info.server);
    Output output;
    model::step(step.state.dialogs[dialog], step.state.transfers[dialog], info.config, input,
                output);
    carry_timers(output, dialog, step.effects, clock_of(step, lines_[info.line].phone));
    for (const Output::Message& message : output.messages) {
        send(step, message_event(is_phone       ? EventKind::message_to_server
                                 : info.through ? EventKind::relayed_to_gateway
                                                : EventKind::message_to_phone,
                                 dialog, message));
    }
    for (const Notice notice : output.notices) {
        step.observe(notice, dialog);
    }
}

void SipModel::on_dialog_timer(Step& step, const Event& event) const {
    step_dialog(step, event.index,
                {.kind = DialogInput::Kind::timer,
                 .side = side_of(event),
                 .timer = event.timer,
                 .number = dialog_of(event)});
}

// At the phone, at the server or at a gateway between them, after it was neither dropped nor
// refused. That has put itself on the route (RFC 3261 16.6 step 4), and passes on whatever comes.
// A callee whose call ends no longer waits for the ACK.
void SipModel::dialog_arrives(Step& step, const Event& event) const {
    const DialogInfo& info = dialogs_[event.index];
    if (info.through && event.kind == EventKind::message_to_server) {
        send(step, passed_on(event));
        return;
    }
    const bool at_server = event.kind != EventKind::message_to_phone;
    const bool is_request = event.status == Status::none;
    const bool works = under(step.state, FaultKind::maintenance, info.server) != nullptr;
    if (at_server && is_request && works) {
        Event refusal = event;
        refusal.kind =
            info.through ? EventKind::relayed_to_gateway : EventKind::message_to_phone;
        refusal.status = Status::service_unavailable_503;
        send(step, refusal);
        return;
    }
    step_dialog(step, event.index,
                {.kind = is_request ? DialogInput::Kind::request : DialogInput::Kind::response,
                 .side = at_server ? DialogSide::server : DialogSide::phone,
                 .method = event.method,
                 .status = event.status,
                 .number = event.cseq,
                 .update = event.key});
    if (at_server == info.config.phone_is_callee) {
        return;
    }
    if (at_server && step.state.dialogs[event.index].server.has == 0) {
        const std::size_t index = call_server_of(info);
        step_call_server(step, static_cast<std::uint8_t>(index),
                         {.kind = CallServerInput::Kind::ack,
                          .attempt = step.state.call_servers[index].attempt});
    } else if (!at_server && step.state.dialogs[event.index].phone.has == 0) {
        step_incoming(step, info.call,
                      {.kind = IncomingInput::Kind::ack,
                       .attempt = step.state.incoming[info.call].heard_of});
    }
}

std::size_t SipModel::dialog_of_call(const Event& message) const {
    const CallInfo& info = calls_[message.index];
    const bool is_beyond = (message.flags & kFromBeyond) != 0;
    return *info.first_dialog + message.key + (is_beyond ? info.config.to.size() : 0);
}

std::size_t SipModel::call_server_of(const DialogInfo& dialog) const {
    const CallInfo& info = calls_[dialog.call];
    return info.first_server + dialog.entry + (dialog.through ? info.config.to.size() : 0);
}

void SipModel::answer_arrived(Step& step, const Event& event, bool is_wanted) const {
    const bool at_server = event.kind != EventKind::message_to_phone;
    const auto first =
        at_server ? incoming_[event.index].dialog : calls_[event.index].first_dialog;
    if (first) {
        step_dialog(step, at_server ? *first : dialog_of_call(event),
                    {.kind = is_wanted ? DialogInput::Kind::accepted : DialogInput::Kind::unwanted,
                     .side = at_server ? DialogSide::server : DialogSide::phone,
                     .number = static_cast<std::uint8_t>(event.expires)});
    }
}

bool SipModel::of_other_dialog(const State& state, const Event& ack) const {
    const bool comes_in = of_incoming(ack.method);
    const auto first = comes_in ? incoming_[ack.index].dialog : calls_[ack.index].first_dialog;
    return first && ack.expires != 0 &&
           ack.expires != state.dialogs[comes_in ? *first : dialog_of_call(ack)].latest;
}

void SipModel::follow_callee(Step& step, std::size_t dialog, bool was_answered, bool is_answered,
                             DialogInput::Kind news) const {
    const DialogSide side =
        dialogs_[dialog].config.phone_is_callee ? DialogSide::phone : DialogSide::server;
    if (is_answered && !was_answered) {
        step_dialog(step, dialog, {.kind = DialogInput::Kind::answered, .side = side});
    } else if (was_answered && !is_answered) {
        step_dialog(step, dialog, {.kind = news, .side = side});
    }
}

// What is stored: a dialog whose ACK has arrived, and one whose 2xx the server has accepted.
bool SipModel::keeps_dialog(const State& state, std::size_t dialog) const {
    const DialogInfo& info = dialogs_[dialog];
    return design_->servers[info.server].keeps_dialogs &&
           (info.config.phone_is_callee ||
            keeps_call(state, call_server_of(info)));
}

bool SipModel::keeps_call(const State& state, std::size_t call_server) const {
    const CallInfo& call = calls_[call_of_call_server(call_server)];
    const Server& server = design_->servers[server_of_call_server(call_server)];
    return call.first_dialog && server.keeps_dialogs &&
           state.call_servers[call_server].phase == CallServer::Phase::confirmed;
}

void SipModel::end_dialogs_of(Step& step, std::size_t usage) const {
    const UsageInfo& info = usages_[usage];
    for (std::size_t i = 0; i < dialogs_.size(); ++i) {
        if (info.part.kind == PartKind::registration && dialogs_[i].line == info.line &&
            dialogs_[i].entry == info.part.entry) {
            step_dialog(step, i, {.kind = DialogInput::Kind::unregistered});
        }
    }
}

bool SipModel::in_call(const State& state, std::size_t line, std::size_t entry) const {
    return any_dialog(dialogs_, state, line, entry,
                      [](const Dialog& dialog) { return dialog.phone.has != 0; });
}

bool SipModel::has_dialog(const State& state, std::size_t line, std::size_t entry) const {
    return any_dialog(dialogs_, state, line, entry,
                      [](const Dialog& dialog) { return dialog.server.has != 0; });
}

bool SipModel::zombie(const State& state, std::size_t line, std::size_t entry) const {
    return any_dialog(dialogs_, state, line, entry, [](const Dialog& dialog) {
        return dialog.phone.has != dialog.server.has;
    });
}

bool SipModel::prompts(const State& state, std::size_t line, std::size_t entry) const {
    for (std::size_t i = 0; i < dialogs_.size(); ++i) {
        const DialogInfo& info = dialogs_[i];
        if (info.line == line && info.entry == entry && model::prompts(state.transfers[i])) {
            return true;
        }
    }
    return false;
}

std::size_t SipModel::transfers_in_use() const {
    const bool any = std::ranges::any_of(dialogs_, [](const DialogInfo& dialog) {
        return dialog.config.plan.transfer.has_value();
    });
    return any ? dialogs_.size() : 0;
}

std::uint8_t SipModel::same_dialog(std::size_t index, const SipModel& other) const {
    const DialogInfo& theirs = other.dialogs_[index];
    return same_place(*this, dialogs_, other, theirs, [&theirs](const DialogInfo& info) {
        return info.config.phone_is_callee == theirs.config.phone_is_callee &&
               info.server == theirs.server;
    });
}

}  // namespace failback::model
