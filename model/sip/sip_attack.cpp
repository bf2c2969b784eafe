// Somebody who registers what is not theirs (PROPERTIES: P36).
#include <algorithm>

#include "model/sip/sip_step.hpp"

namespace failback::model {

bool SipModel::hijacked(const State& state, std::size_t server, const std::string& aor) const {
    for (std::size_t i = 0; i < design_->faults.size(); ++i) {
        const Fault& fault = design_->faults[i];
        if (state.faults[i].active != 0 && fault.kind == FaultKind::rogue_register &&
            fault.server == server && fault.aor == aor) {
            return true;
        }
    }
    return false;
}

// The request comes from nowhere in particular, and arrives when it strikes. A gateway is open in
// an emergency; else the server that it watches would see to it.
bool SipModel::accepts_attack(const State& state, const Fault& fault) const {
    const std::size_t server = *fault.server;
    const bool is_cut = std::ranges::any_of(design_->faults, [&](const Fault& other) {
        return other.kind == FaultKind::unreachable && other.server == server && !other.phone &&
               !other.gateway && other.direction != Direction::to_phone &&
               state.faults[static_cast<std::size_t>(&other - design_->faults.data())].active != 0;
    });
    return design_->servers[server].accepts == Accepts::open && !is_cut && up(state, server) &&
           under(state, FaultKind::maintenance, server) == nullptr &&
           (!design_->servers[server].watches ||
            (in_emergency(state, server) && serves(state, server)));
}

void SipModel::on_attack(Step& step, const Event& event) const {
    const Fault& fault = design_->faults[event.index];
    const bool strikes = event.kind == EventKind::fault_strikes;
    if (strikes && !accepts_attack(step.state, fault)) {
        ++step.effects.faults;
        if (--step.state.faults[event.index].left > 0) {
            step.effects.schedule(event, fault.at);
        }
        return;
    }
    turn(step, event, fault);
    for (std::size_t i = 0; strikes && fault.replaces && i < records_.size(); ++i) {
        if (records_[i].server == *fault.server && records_[i].aor == fault.aor) {
            remove_bindings(step, i, false);
        }
    }
}

// As after a restart of the server, or because somebody else says so.
void SipModel::remove_bindings(Step& step, std::size_t record, bool are_lost) const {
    for (std::uint8_t slot = 0; slot < kContactsPerRecord; ++slot) {
        end_repeat_window(step, record, slot);
    }
    for (const std::uint8_t slot : forget_bindings(step.state.records[record])) {
        Event expiry;
        expiry.kind = EventKind::binding_expires;
        expiry.index = static_cast<std::uint8_t>(record);
        expiry.key = slot;
        step.effects.cancel(expiry);
        step.state.records[record].bindings[slot].lost = are_lost ? 1 : 0;
    }
}

// With all other bindings of the server.
void SipModel::end_attacks(Step& step, std::size_t server) const {
    for (std::size_t i = 0; i < design_->faults.size(); ++i) {
        const Fault& fault = design_->faults[i];
        if (fault.kind == FaultKind::rogue_register && fault.server == server &&
            step.state.faults[i].active != 0) {
            Event end;
            end.kind = EventKind::fault_ends;
            end.index = static_cast<std::uint8_t>(i);
            step.effects.cancel(end);
            turn(step, end, fault);
        }
    }
}

}  // namespace failback::model
