// To which registration, call or server something belongs, and the tree of parts: servers with
// their faults, and the registrations at each.
#include <algorithm>

#include "model/sip/sip_model.hpp"
#include "sim/check.hpp"

namespace failback::model {

namespace {

bool of_usage(const Event& event) {
    switch (event.kind) {
        case EventKind::message_to_server:
        case EventKind::message_to_phone:
        case EventKind::relayed_to_server:
        case EventKind::relayed_to_gateway:
            return of_usage(event.method);
        case EventKind::timer:
            return !of_line(event.timer) && !of_call(event.timer) &&
                   !of_call_server(event.timer) && !of_incoming(event.timer) &&
                   !of_dialog(event.timer) && !of_appearance(event.timer);
        case EventKind::boot:
        case EventKind::belief_changes:
        case EventKind::state_changes:
            return true;
        default:
            return false;
    }
}

}  // namespace

std::size_t SipModel::usage_at(std::size_t record, std::uint8_t slot) const {
    const auto found = std::ranges::find_if(usages_, [&](const UsageInfo& usage) {
        const auto is_at = [&](std::size_t of_record, std::uint8_t first) {
            return of_record == record && slot >= first && slot < first + usage.config.contacts;
        };
        return usage.part.kind == PartKind::registration &&
               (is_at(usage.record, usage.slot) ||
                (usage.beyond && is_at(usage.beyond->record, usage.beyond->slot)));
    });
    sim::ensure(found != usages_.end(), "a binding belongs to a registration");
    return static_cast<std::size_t>(found - usages_.begin());
}

std::size_t SipModel::usage_of_binding(const Event& expiry) const {
    return usage_at(expiry.index, expiry.key);
}

std::size_t SipModel::call_of_call_server(std::size_t index) const {
    const auto found = std::ranges::find_if(calls_, [index](const CallInfo& call) {
        return index >= call.first_server &&
               index < std::size_t{call.first_server} + call.servers;
    });
    sim::ensure(found != calls_.end(), "a call server belongs to a call");
    return static_cast<std::size_t>(found - calls_.begin());
}

std::size_t SipModel::server_of_call_server(std::size_t index) const {
    const CallInfo& call = calls_[call_of_call_server(index)];
    const auto& servers = design_->phones[lines_[call.line].phone].servers;
    const std::size_t place = index - call.first_server;
    const std::size_t server = servers[place % servers.size()].server;
    return place < servers.size() ? server : design_->servers[server].watches.value_or(server);
}

sim::PartId SipModel::part(const Event& event) const {
    // A name goes with the first registration that looks it up.
    const auto part_of_name = [&] {
        const auto usage = std::ranges::find_if(usages_, [&event](const UsageInfo& info) {
            return info.name == event.index;
        });
        return usage == usages_.end()
                   ? sim::PartId{}
                   : part_of_usage(static_cast<std::size_t>(usage - usages_.begin()));
    };
    if (of_usage(event)) {
        return part_of_usage(event.index);
    }
    switch (event.kind) {
        case EventKind::binding_expires:
            return part_of_usage(usage_of_binding(event));
        case EventKind::fault_strikes:
        case EventKind::fault_ends: {
            const auto server = design_->faults[event.index].server;
            return {static_cast<std::uint8_t>(server ? *server + 1 : 0), 0};
        }
        case EventKind::served:
            return {static_cast<std::uint8_t>(loads_[event.index].server + 1), 0};
        case EventKind::query_ends:
        case EventKind::name_expires:
            return part_of_name();
        default:
            return {};
    }
}

// A subscription goes with the registration at its server, which it depends on, and all of a line
// at the addresses of one name with the first of them.
sim::PartId SipModel::part_of_usage(std::size_t usage) const {
    const UsageInfo& info = usages_[usage];
    const auto& registrations = lines_[info.line].registration;
    const Phone& phone = design_->phones[info.part.phone];
    std::size_t entry = info.part.entry;
    while (entry > 0 && model::same_name(phone, entry, entry - 1) && registrations[entry - 1]) {
        --entry;
    }
    const auto leaf = registrations[entry].value_or(static_cast<std::uint8_t>(usage));
    return {static_cast<std::uint8_t>(phone.servers[entry].server + 1),
            static_cast<std::uint8_t>(leaf + 1)};
}

}  // namespace failback::model
