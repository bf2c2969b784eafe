// Restarts of phones in a SipModel: what they forget, and what their users do meanwhile.
#include <algorithm>

#include "model/sip/sip_step.hpp"

namespace failback::model {

void SipModel::on_restart(Step& step, const Event& event) const {
    const Fault& fault = design_->faults[event.index];
    const std::vector<std::size_t> phones = switched_off(fault);
    std::vector<bool> before;
    for (const std::size_t phone : phones) {
        before.push_back(off(step.state, phone));
    }
    turn(step, event, fault);
    for (std::size_t i = 0; i < phones.size(); ++i) {
        const bool after = off(step.state, phones[i]);
        if (!before[i] && after) {
            switch_off(step, phones[i]);
        } else if (before[i] && !after) {
            switch_on(step, phones[i]);
        }
    }
}

// All at once. Messages under way are left alone: servers process them, the phone does not know
// them any more.
void SipModel::switch_off(Step& step, std::size_t phone) const {
    for (std::uint8_t i = 0; i < usages_.size(); ++i) {
        if (usages_[i].part.phone == phone) {
            switch_off_usage(step, i);
        }
    }
    for (std::size_t i = lines_.size(); i < successions(); ++i) {
        if (lines_[line_of_succession(i)].phone == phone) {
            step_line(step, i, {.kind = LineInput::Kind::restarts});
        }
    }
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        if (lines_[i].phone == phone) {
            step_line(step, i, {.kind = LineInput::Kind::restarts});
            after_registration(step, i);
        }
    }
    end_users(step, phone);
    forget_names(step, phone);
    step.observe(Notice::restarts, phone);
}

// Calls of the phone, and the appearances that it has.
void SipModel::end_users(Step& step, std::size_t phone) const {
    for (std::uint8_t i = 0; i < calls_.size(); ++i) {
        if (lines_[calls_[i].line].phone != phone) {
            continue;
        }
        const bool calling = step.state.calls[i].calling != 0;
        step_call(step, i, {.kind = CallInput::Kind::restart});
        if (calling) {
            dial_again(step, i);
        }
    }
    for (std::uint8_t i = 0; i < incoming_.size(); ++i) {
        if (lines_[incoming_[i].line].phone == phone) {
            step_incoming(step, i, {.kind = IncomingInput::Kind::restart});
        }
    }
    for (std::size_t i = 0; i < dialogs_.size(); ++i) {
        if (lines_[dialogs_[i].line].phone == phone) {
            step_dialog(step, i, {.kind = DialogInput::Kind::forgets});
        }
    }
    for (std::uint8_t i = 0; i < appearances_.size(); ++i) {
        if (lines_[appearances_[i].line].phone == phone) {
            step_appearance(step, i, {.kind = AppearanceInput::Kind::restart});
        }
    }
}

// Registrations go on, and are made from the new address. All else of the phone begins anew, as
// after a restart: what it is part of leads to the old address. What a phone that is off does not
// notice it knows when it boots.
void SipModel::move(Step& step, std::size_t phone) const {
    for (std::uint8_t i = 0; i < usages_.size(); ++i) {
        const Part& part = usages_[i].part;
        if (part.phone != phone || part.kind != PartKind::registration ||
            scope_.abstracted.contains(part)) {
            continue;
        }
        const std::uint8_t contact = step.state.usages[i].contact;
        step_flow(step, i, {.kind = FlowInput::Kind::moves});
        step_client(step, i, {.kind = ClientInput::Kind::moved});
        leave_contact(step.state, i, contact);
    }
    for (std::uint8_t i = 0; i < usages_.size(); ++i) {
        if (usages_[i].part.phone == phone && usages_[i].part.kind == PartKind::subscription) {
            switch_off_usage(step, i);
        }
    }
    end_users(step, phone);
    for (std::uint8_t i = 0; i < incoming_.size(); ++i) {
        if (lines_[incoming_[i].line].phone == phone) {
            Output output;
            lose_phone(step.state.incoming[i], incoming_[i].config, output);
            carry_timers(output, i, step.effects);
        }
    }
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        if (lines_[i].phone == phone) {
            after_registration(step, i);
        }
    }
}

void SipModel::switch_off_usage(Step& step, std::uint8_t usage) const {
    ClientUsage& client = step.state.usages[usage];
    if (is_to_boot(step.state, usage)) {
        step.effects.cancel(boot_event(usage));
    }
    const std::uint8_t contact = client.contact;
    step_flow(step, usage, {.kind = FlowInput::Kind::restarts});
    step_client(step, usage, {.kind = ClientInput::Kind::restart});
    step.state.astray[usage] = 0;
    if (client.contact != contact) {
        leave_contact(step.state, usage, contact);
    }
}

// Nobody will register that one again.
void SipModel::leave_contact(State& state, std::size_t usage, std::uint8_t contact) const {
    bindings_of(state, usage)[contact].lost = 0;
    if (usages_[usage].beyond) {
        bindings_beyond(state, usage)[contact].lost = 0;
    }
}

void SipModel::switch_on(Step& step, std::size_t phone) const {
    for (std::size_t i = 0; i < usages_.size(); ++i) {
        if (usages_[i].part.phone == phone && boots_by_itself(i)) {
            step.effects.schedule(boot_event(i), design_->phones[phone].boot);
        }
    }
}

// With one registration at a time, the first one.
bool SipModel::boots_by_itself(std::size_t usage) const {
    const UsageInfo& info = usages_[usage];
    const Part& part = info.part;
    const bool waits = info.config.successive &&
                       part.entry != first_registrar(rules_of_succession(info.succession));
    return part.kind == PartKind::registration && !waits && !info.config.on_demand &&
           !scope_.abstracted.contains(part);
}

// The line alone does not tell: it is nowhere, too, when a registration has run out at the very
// instant at which its refresh is due.
bool SipModel::is_to_boot(const State& state, std::size_t usage) const {
    const ClientUsage& client = state.usages[usage];
    const UsageInfo& info = usages_[usage];
    const bool is_elsewhere =
        info.config.successive &&
        std::ranges::any_of(lines_[info.line].registration, [&](const auto& other) {
            return other && usages_[*other].succession == info.succession &&
                   state.usages[*other].started != 0;
        });
    return boots_by_itself(usage) && client.started == 0 && client.gave_up == 0 &&
           client.forgotten == 0 && !is_elsewhere;
}

Event SipModel::boot_event(std::size_t usage) {
    Event event;
    event.kind = EventKind::boot;
    event.index = static_cast<std::uint8_t>(usage);
    return event;
}

// Whoever finds the phone off has dialled in vain: that counts, and nobody notices.
void SipModel::dial(Step& step, std::uint8_t call) const {
    const std::size_t line = calls_[call].line;
    if (off(step.state, lines_[line].phone)) {
        --step.state.calls[call].dials_left;
        dial_again(step, call);
        return;
    }
    step_call(step, call,
              {.kind = CallInput::Kind::dial,
               .working = working(step.state, line),
               .registered = static_cast<std::uint16_t>(
                   registrations_of(step.state, line).believed),
               .may_call = calls_[call].config.rules.unseized ||
                           !shares_appearances(*design_, lines_[line].phone, lines_[line].line) ||
                           holds_appearance(step.state, line)});
}

void SipModel::dial_again(Step& step, std::uint8_t call) const {
    if (step.state.calls[call].dials_left == 0) {
        return;
    }
    Event dial;
    dial.kind = EventKind::dial;
    dial.index = call;
    step.effects.schedule(dial, calls_[call].at);
}

bool SipModel::off(const State& state, std::size_t phone) const {
    for (std::size_t i = 0; i < design_->faults.size(); ++i) {
        const Fault& fault = design_->faults[i];
        if (state.faults[i].active != 0 && switches_off(fault, phone)) {
            return true;
        }
    }
    return false;
}

std::span<Binding> SipModel::bindings_of(State& state, std::size_t usage) const {
    const UsageInfo& info = usages_[usage];
    if (info.part.kind != PartKind::registration) {
        return {};
    }
    return std::span(state.records[info.record].bindings)
        .subspan(info.slot, static_cast<std::size_t>(info.config.contacts));
}

std::span<const Binding> SipModel::bindings_of(const State& state, std::size_t usage) const {
    const UsageInfo& info = usages_[usage];
    if (info.part.kind != PartKind::registration) {
        return {};
    }
    return std::span(state.records[info.record].bindings)
        .subspan(info.slot, static_cast<std::size_t>(info.config.contacts));
}

}  // namespace failback::model
