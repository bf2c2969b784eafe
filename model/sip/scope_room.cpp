// Which registrations have to do with each other because a server has room for some of them only.
#include <algorithm>
#include <set>

#include "model/sip/scope.hpp"

namespace failback::model {

namespace {

const std::string& aor_of(const Design& design, const Part& part) {
    return design.phones[part.phone].lines[part.line].aor;
}

// How many contacts can register at a server, or there with one address of record. A phone that
// comes back with another address has had more than one.
int contacts_at(const Design& design, std::size_t server, const std::string* aor) {
    int contacts = 0;
    for (std::size_t index = 0; index < design.phones.size(); ++index) {
        const Phone& phone = design.phones[index];
        const bool registers = std::ranges::any_of(phone.servers, [&](const ServerEntry& entry) {
            return entry.server == server && may_register(phone, entry);
        });
        // And those that lead through gateways.
        const auto through = std::ranges::count_if(phone.servers, [&](const ServerEntry& entry) {
            return entry.registers && entry.server != server &&
                   challenger_of(design, entry.server) == server;
        });
        const auto lines = std::ranges::count_if(phone.lines, [&](const Line& line) {
            return aor == nullptr || line.aor == *aor;
        });
        contacts += static_cast<int>(lines * ((registers ? 1 : 0) + through)) *
                    contacts_of(design, index);
    }
    return contacts;
}

bool can_be_reached(const Limit& limit, int contacts) {
    return limit.bindings > 0 && contacts > limit.bindings;
}

bool can_be_full(const Design& design, std::size_t server) {
    return can_be_reached(design.servers[server].capacity, contacts_at(design, server, nullptr));
}

bool can_be_full(const Design& design, std::size_t server, const std::string& aor) {
    return can_be_reached(design.servers[server].contacts_per_aor,
                          contacts_at(design, server, &aor));
}

// The servers that have bindings of a registration: two, if one passes it on to the other.
std::set<std::size_t> places_of(const Design& design, const Part& registration) {
    const std::size_t server =
        design.phones[registration.phone].servers[registration.entry].server;
    return {server, challenger_of(design, server)};
}

}  // namespace

bool compete(const Design& design, const Part& a, const Part& b) {
    if (a.kind != PartKind::registration || b.kind != PartKind::registration || a == b) {
        return false;
    }
    const std::string& aor = aor_of(design, a);
    const std::set<std::size_t> others = places_of(design, b);
    return std::ranges::any_of(places_of(design, a), [&](std::size_t server) {
        return others.contains(server) &&
               (can_be_full(design, server) ||
                (aor == aor_of(design, b) && can_be_full(design, server, aor)));
    });
}

bool can_be_crowded_out(const Design& design, const Part& registration) {
    if (registration.kind != PartKind::registration) {
        return false;
    }
    return std::ranges::any_of(places_of(design, registration), [&](std::size_t server) {
        return can_be_full(design, server) ||
               can_be_full(design, server, aor_of(design, registration)) ||
               std::ranges::any_of(design.faults, [server](const Fault& fault) {
                   return fault.kind == FaultKind::full && fault.server == server;
               });
    });
}

}  // namespace failback::model
