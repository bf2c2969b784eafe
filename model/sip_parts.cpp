// The tree of parts: servers with their faults, and the registrations at each.
#include <algorithm>

#include "model/sip_model.hpp"

namespace failback::model {

namespace {

bool of_usage(const Event& event) {
    switch (event.kind) {
        case EventKind::message_to_server:
        case EventKind::message_to_phone:
            return event.method == Method::register_ || event.method == Method::subscribe;
        case EventKind::timer:
            return !of_call(event.timer) && !of_call_server(event.timer);
        case EventKind::boot:
        case EventKind::belief_changes:
            return true;
        default:
            return false;
    }
}

}  // namespace

sim::PartId SipModel::part(const Event& event) const {
    if (of_usage(event)) {
        return part_of_usage(event.index);
    }
    switch (event.kind) {
        case EventKind::binding_expires: {
            const auto keeps = [&](const UsageInfo& usage) {
                return usage.part.kind == PartKind::registration &&
                       usage.record == event.index && usage.slot == event.key;
            };
            return part_of_usage(std::ranges::find_if(usages_, keeps) - usages_.begin());
        }
        case EventKind::fault_strikes:
        case EventKind::fault_ends: {
            const auto server = design_->faults[event.index].server;
            return {static_cast<std::uint8_t>(server ? *server + 1 : 0), 0};
        }
        default:
            return {};
    }
}

// A subscription goes with the registration at its server, which it depends on.
sim::PartId SipModel::part_of_usage(std::ptrdiff_t usage) const {
    const UsageInfo& info = usages_[static_cast<std::size_t>(usage)];
    const auto registration = lines_[info.line].registration[info.part.entry];
    const auto leaf = registration.value_or(static_cast<std::uint8_t>(usage));
    return {static_cast<std::uint8_t>(info.server + 1), static_cast<std::uint8_t>(leaf + 1)};
}

}  // namespace failback::model
