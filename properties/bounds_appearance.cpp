#include <algorithm>

#include "properties/bounds.hpp"

namespace failback::properties {

namespace {

const model::Server& server_of(const Design& design, Leg leg) {
    return design.servers[design.phones[leg.phone].servers[leg.entry].server];
}

DelayMs clamp(std::int64_t delay) {
    return static_cast<DelayMs>(std::min<std::int64_t>(delay, sim::kLongestDelay - 1));
}

DelayMs longest_to_phone(const Design& design, Leg leg) {
    return model::delay_to_phone(design, leg.phone,
                                 design.phones[leg.phone].servers[leg.entry].server)
        .latest;
}

DelayMs longest_to_server(const Design& design, Leg leg) {
    return model::delay_to_server(design, leg.phone,
                                  design.phones[leg.phone].servers[leg.entry].server)
        .latest;
}

// May an answer of the server be lost, and come with a later copy of the request?
bool may_be_late(const Design& design, Leg leg) {
    const std::size_t server = design.phones[leg.phone].servers[leg.entry].server;
    return std::ranges::any_of(design.faults, [&](const model::Fault& fault) {
        return model::takes_messages(fault.kind) ||
               (model::is_outage(fault.kind) && fault.server == server);
    });
}

}  // namespace

DelayMs exclusion_bound(const Design& design, Leg leg) {
    const model::Phone& phone = design.phones[leg.phone];
    const DelayMs late = may_be_late(design, leg)
                             ? std::max(phone.timers.timer_f, longest_to_phone(design, leg))
                             : longest_to_phone(design, leg);
    return clamp(std::int64_t{late} + (server_of(design, leg).whole_seconds ? 1000 : 0));
}

DelayMs release_bound(const Design& design, Leg leg) {
    const model::Phone& phone = design.phones[leg.phone];
    if (phone.appearances.by == model::SeizeBy::subscribe) {
        return phone.appearances.expires;
    }
    const model::Server& server = server_of(design, leg);
    const std::int64_t told = std::int64_t{longest_to_phone(design, leg)} +
                              longest_to_server(design, leg) +
                              messages_that_may_be_lost(design) * phone.timers.timer_f;
    const std::int64_t expired = std::int64_t{granted_lifetime(design, leg)} +
                                 longest_to_server(design, leg) + server.expiry_sweep;
    std::int64_t total = 0;
    for (const model::Fault& fault : design.faults) {
        if (model::switches_off(fault, leg.phone)) {
            const std::int64_t boots = std::int64_t{fault.lasts.latest} + model::last_boot(phone) +
                                       first_attempt_bound(design, leg);
            total += fault.count * (std::min(boots, expired) + told);
        }
    }
    return clamp(total);
}

}  // namespace failback::properties
