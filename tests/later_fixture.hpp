// A name that has other servers from some moment on.
#pragma once

#include <algorithm>
#include <utility>

#include "tests/name_fixture.hpp"

namespace failback::tests {

// The one name of `design` leads to the first `count` of its servers, and to `later` later.
inline void change_to(model::Design& design, std::size_t count, std::vector<std::size_t> later,
                      sim::Interval at) {
    model::Phone& phone = design.phones[0];
    model::NameRecord& record = design.dns.records[0];
    record.targets.resize(count);
    for (const std::size_t server : later) {
        record.later.push_back({server, 0, 1, 5060});
    }
    phone.names[0].count_at_first = count;
    phone.names[0].later = std::move(later);
    model::Fault fault;
    fault.name = "migration";
    fault.kind = model::FaultKind::dns_change;
    fault.record = 0;
    fault.at = at;
    design.faults.push_back(fault);
}

}  // namespace failback::tests
