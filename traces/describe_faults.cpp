// Words for faults, and for servers at which messages wait.
#include "traces/describe.hpp"

namespace failback::traces {

using model::Event;
using model::EventKind;
using model::FaultKind;

std::string Describer::fault(const Event& event) const {
    const model::Fault& fault = model_->design().faults[event.index];
    const auto& resolvers = model_->design().dns.resolvers;
    const std::string target =
        fault.resolver                        ? " of " + resolvers[*fault.resolver]
        : fault.record
            ? " of " + model_->design().dns.records[*fault.record].name
        : fault.kind == FaultKind::rebinding  ? " before " + phone_name(*fault.phone)
        : fault.kind == FaultKind::restart    ? " of " + phone_name(*fault.phone)
        : fault.kind == FaultKind::move       ? " of " + phone_name(*fault.phone)
        : fault.kind == FaultKind::half_open
            ? " between " + phone_name(*fault.phone) + " and " + server_name(*fault.server)
        : fault.server                        ? " of " + server_name(*fault.server)
                                              : "";
    switch (event.kind) {
        case EventKind::fault_strikes:
            return fault.name + target +
                   (model::is_instant(fault.kind) ? " strikes" : " begins");
        case EventKind::fault_ends:
            return fault.name + target + " ends";
        case EventKind::window_opens:
            return fault.name + target + ": window opens";
        default:
            return fault.name + target + ": window closes";
    }
}

// Of several phones, the first that takes part.
std::string Describer::struck_by(const model::Fault& fault) const {
    if (fault.phone && (fault.kind == FaultKind::restart || model::is_instant(fault.kind))) {
        return phone_name(*fault.phone);
    }
    for (const std::size_t phone : fault.phones) {
        if (phones().contains(phone)) {
            return phone_name(phone);
        }
    }
    return fault.server ? server_name(*fault.server) : participants().front().name;
}

std::string Describer::served(const Event& event, const model::SipState& state,
                              const SequenceNumbers& numbers) const {
    return server_name(model_->loads()[event.index].server) + " is done with " +
           message(model_->message_of(state, event), state, numbers);
}

}  // namespace failback::traces
