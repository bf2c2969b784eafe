// The roles that a design has, and what is seen of those of a transfer.
#include "model/sip/coverage.hpp"

namespace failback::model {

// Events in the order of the table.
std::optional<Pair> pair_of_transfer(const SipModel& model, const SipState& state,
                                     const Event& event) {
    const bool is_timer = event.kind == EventKind::timer;
    if (is_relayed(event.kind) || (!is_timer && (event.flags & kToProxy) != 0 &&
                                   model.proxy_of(event))) {
        return std::nullopt;  // of no role
    }
    const Dialog& dialog = state.dialogs[event.index];
    const Transfer& transfer = state.transfers[event.index];
    if (event.kind == EventKind::message_to_phone || event.timer > Timer::refer_timeout) {
        const std::size_t phase = prompts(transfer) ? 2 : dialog.phone.has != 0 ? 1 : 0;
        const std::size_t what = !is_timer                            ? 0
                                 : event.timer == Timer::confirmed ? 1
                                                                   : 2;
        return Pair{Role::transferee, phase, what};
    }
    const std::size_t phase = refers(transfer) ? 2 : dialog.server.has != 0 ? 1 : 0;
    const std::size_t what =
        !is_timer ? (event.status == Status::accepted_202 ? 0 : 1)
                  : 2U + static_cast<std::size_t>(event.timer) -
                        static_cast<std::size_t>(Timer::transfer);
    return Pair{Role::transferor, phase, what};
}

std::array<bool, kRoles> roles_of(const SipModel& model) {
    std::array<bool, kRoles> has{};
    const auto set = [&has](Role role, bool value) {
        has[static_cast<std::size_t>(role)] = has[static_cast<std::size_t>(role)] || value;
    };
    for (const SipModel::UsageInfo& usage : model.usages()) {
        const bool subscribes = usage.part.kind == PartKind::subscription;
        set(subscribes ? Role::subscription : Role::registration, true);
        set(subscribes ? Role::notifier : Role::registrar, true);
        set(Role::flow, usage.flow.is_modelled());
    }
    for (const SipModel::LineInfo& line : model.lines()) {
        const FailbackRule rule = model.design().phones[line.phone].failback.rule;
        set(Role::line, rule == FailbackRule::after || rule == FailbackRule::hold ||
                            rule == FailbackRule::probe);
    }
    set(Role::name, !model.names().empty());
    set(Role::caller, !model.calls().empty());
    set(Role::callee, !model.calls().empty());
    set(Role::called, !model.incoming().empty());
    set(Role::offering, !model.incoming().empty());
    set(Role::dialog_of_phone, !model.dialogs().empty());
    set(Role::dialog_of_server, !model.dialogs().empty());
    set(Role::transferee, model.transfers_in_use() > 0);
    set(Role::transferor, model.transfers_in_use() > 0);
    set(Role::station, !model.appearances().empty());
    set(Role::granter, !model.appearances().empty());
    set(Role::gateway, !model.gateways().empty());
    set(Role::watched, !model.gateways().empty());
    for (std::size_t fault = 0; fault < model.design().faults.size(); ++fault) {
        set(Role::fault, model.fault_in_scope(fault));
    }
    return has;
}

}  // namespace failback::model
