// Designs whose phone finds servers by name.
#pragma once

#include <string>
#include <vector>

#include "tests/run_fixture.hpp"

namespace failback::tests {

// As design_with(servers); the entries of each group, neighbours, are the addresses of one name.
// Answers take 10 ms, records live for 5 minutes, and queries are NAPTR, SRV and A.
inline model::Design named(std::size_t servers,
                           const std::vector<std::vector<std::size_t>>& groups) {
    model::Design design = design_with(servers);
    model::Phone& phone = design.phones[0];
    design.dns.answer = sim::exactly(10);
    for (const auto& group : groups) {
        model::NameRecord record;
        record.name = "name" + std::to_string(design.dns.records.size() + 1);
        record.srv = true;
        record.ttl = 300'000;
        for (const std::size_t entry : group) {
            record.targets.push_back({entry, static_cast<int>(entry), 0});
            phone.servers[entry].name = phone.names.size();
        }
        phone.names.push_back({record.name, design.dns.records.size(), group.front(),
                               group.size(), record.ttl});
        design.dns.records.push_back(record);
    }
    return design;
}

inline model::Fault dns_outage(sim::DelayMs at, sim::DelayMs lasts) {
    model::Fault fault;
    fault.name = "no-dns";
    fault.kind = model::FaultKind::dns_outage;
    fault.at = sim::exactly(at);
    fault.lasts = sim::exactly(lasts);
    return fault;
}

}  // namespace failback::tests
