// Faults of a SipModel, and what can be asked about its state.
#include <algorithm>

#include "model/sip/sip_step.hpp"
#include "sim/check.hpp"

namespace failback::model {

void SipModel::on_fault(Step& step, const Event& event) const {
    const Fault& fault = design_->faults[event.index];
    FaultState& status = step.state.faults[event.index];
    // Another one begins after it, and nothing else of it matters.
    if (!involves(scope_, fault)) {
        turn(step, event, fault);
        return;
    }
    if (switches_off(fault.kind)) {
        on_restart(step, event);
        return;
    }
    if (is_instant(fault.kind)) {
        strike(step, event);
        return;
    }
    if (fault.kind == FaultKind::rogue_register) {
        on_attack(step, event);
        return;
    }
    if (event.kind == EventKind::window_opens) {
        status.active = 1;
        if (fault.window->latest != sim::kNever) {
            Event next = event;
            next.kind = EventKind::window_closes;
            step.effects.schedule(next,
                                  sim::exactly(fault.window->latest - fault.window->earliest));
        }
        return;
    }
    if (event.kind == EventKind::window_closes) {
        status = {};  // what is left of the budget can no longer be spent
        return;
    }
    if (is_of_dns(fault.kind) || fault.kind == FaultKind::latency) {
        turn(step, event, fault);
        return;
    }
    const std::size_t server = *fault.server;
    const bool before = in_outage(step.state, server);
    const bool hung = hangs(step.state, server);
    const bool was_other = has_other_realm(step.state, server);
    turn(step, event, fault);
    if (event.kind == EventKind::fault_strikes && stops_process(fault.kind)) {
        crash(step, fault);
    }
    if (was_other != has_other_realm(step.state, server)) {
        change_realm(step, server);
    }
    begin_or_end_hang(step, server, hung);
    start_or_stop_gateway(step, server);
    if (event.kind == EventKind::fault_strikes && fault.notifies != EndReason::none) {
        end_subscriptions(step, fault);
    }
    const bool after = in_outage(step.state, server);
    if (before != after) {
        step.observe(after ? Notice::fails : Notice::recovers, server);
    }
}

void SipModel::turn(Step& step, const Event& event, const Fault& fault) const {
    FaultState& status = step.state.faults[event.index];
    Event next = event;
    if (event.kind == EventKind::fault_strikes) {
        status.active = 1;
        status.left = static_cast<std::uint8_t>(status.left - (fault.count < kUnlimited ? 1 : 0));
        ++step.effects.faults;
        next.kind = EventKind::fault_ends;
        step.effects.schedule(next, fault.lasts);
    } else {
        status.active = 0;
        if (status.left + 1 == fault.count) {
            begin_after(step, event.index);
        }
        if (status.left > 0) {
            next.kind = EventKind::fault_strikes;
            step.effects.schedule(next, fault.at);
        }
    }
}

void SipModel::arm_fault(Step& step, std::size_t fault) const {
    Event event;
    event.kind = EventKind::fault_strikes;
    event.index = static_cast<std::uint8_t>(fault);
    step.effects.schedule(event, design_->faults[fault].at);
}

// It has ended for the first time.
void SipModel::begin_after(Step& step, std::size_t fault) const {
    for (std::size_t i = 0; i < design_->faults.size(); ++i) {
        if (design_->faults[i].after == fault && fault_in_scope_[i]) {
            arm_fault(step, i);
        }
    }
}

int SipModel::strikes_of(const State& state, std::size_t fault) const {
    const int left = state.faults[fault].left;
    return is_waiting(left) ? 0 : design_->faults[fault].count - left;
}

// A crash forgets transactions and calls; bindings and subscriptions only if they are not kept.
void SipModel::crash(Step& step, const Fault& fault) const {
    State& state = step.state;
    drop_queue(step, *fault.server);
    for (std::size_t i = 0; i < usages_.size(); ++i) {
        if (notifies(*fault.server, i)) {
            crash_notifier(step, static_cast<std::uint8_t>(i), fault.keeps_bindings);
        }
        if (usages_[i].server != *fault.server) {
            continue;
        }
        if (usages_[i].flow.connection) {
            step_flow(step, static_cast<std::uint8_t>(i), {.kind = FlowInput::Kind::broken});
        }
        Event timer;
        timer.kind = EventKind::timer;
        timer.index = static_cast<std::uint8_t>(i);
        for (ServerTransaction& transaction : state.transactions[i]) {
            if (transaction.used != 0) {
                timer.timer = Timer::forget;
                timer.cseq = transaction.cseq;
                step.effects.cancel(timer);
                transaction = {};
            }
        }
    }
    forget_beyond(step, *fault.server);
    forget_secret(step, *fault.server);
    if (!fault.keeps_bindings) {
        forget_records(step, *fault.server);
    }
    for (std::size_t i = 0; i < dialogs_.size(); ++i) {
        if (dialogs_[i].server == *fault.server && !keeps_dialog(state, i)) {
            step_dialog(step, i,
                        {.kind = DialogInput::Kind::forgets, .side = DialogSide::server});
        }
    }
    for (std::uint8_t i = 0; i < call_servers_; ++i) {
        if (server_of_call_server(i) == *fault.server && !keeps_call(state, i)) {
            step_call_server(step, i, {.kind = CallServerInput::Kind::crash});
        }
    }
    for (std::uint8_t i = 0; i < incoming_.size(); ++i) {
        if (incoming_[i].server == *fault.server) {
            step_incoming(step, i, {.kind = IncomingInput::Kind::crash});
        }
    }
    for (std::uint8_t i = 0; i < appearances_.size(); ++i) {
        if (appearances_[i].server == *fault.server) {
            step_appearance(step, i, {.kind = AppearanceInput::Kind::crash,
                                      .keeps = fault.keeps_bindings});
        }
    }
}

void SipModel::forget_records(Step& step, std::size_t server) const {
    for (std::size_t i = 0; i < records_.size(); ++i) {
        if (records_[i].server == server) {
            remove_bindings(step, i, true);
        }
    }
    end_attacks(step, server);
}

bool SipModel::is_recent(const State& state, const Event& window) const {
    return state.records[usages_[window.index].record].bindings[window.cseq].present == kRecent;
}

void SipModel::end_repeat_window(Step& step, std::size_t record, std::uint8_t slot) const {
    Binding& binding = step.state.records[record].bindings[slot];
    if (binding.present == kRecent) {
        Event window;
        window.kind = EventKind::timer;
        window.index = static_cast<std::uint8_t>(usage_at(record, slot));
        window.timer = Timer::repeat_window;
        window.cseq = slot;
        step.effects.cancel(window);
        binding.present = kStored;
    }
}

std::uint8_t SipModel::working(const State& state, std::size_t line) const {
    return state.lines[line].working;
}

bool SipModel::bound(const State& state, std::size_t usage) const {
    const UsageInfo& info = usages_[usage];
    if (info.part.kind == PartKind::subscription) {
        return state.subscriptions[usage].present != 0;
    }
    return bindings_of(state, usage)[state.usages[usage].contact].present != 0;
}

bool SipModel::binding_lost(const State& state, std::size_t usage) const {
    const UsageInfo& info = usages_[usage];
    if (info.part.kind != PartKind::registration) {
        return false;
    }
    const std::size_t contact = state.usages[usage].contact;
    return bindings_of(state, usage)[contact].lost != 0 ||
           (info.beyond &&
            state.records[info.beyond->record].bindings[info.beyond->slot + contact].lost != 0);
}

bool SipModel::ghost(const State& state, std::size_t usage) const {
    const auto bindings = bindings_of(state, usage);
    for (std::size_t contact = 0; contact < bindings.size(); ++contact) {
        if (contact != state.usages[usage].contact && bindings[contact].present != 0) {
            return true;
        }
    }
    return false;
}

std::optional<std::size_t> SipModel::line_index(std::size_t phone, std::size_t line) const {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        if (lines_[i].phone == phone && lines_[i].line == line) {
            return i;
        }
    }
    return std::nullopt;
}

}  // namespace failback::model
