// Designs with a gateway that passes requests on to the server that it watches.
#pragma once

#include "tests/gateway_fixture.hpp"

namespace failback::tests {

// A phone that registers with s2 only, which passes everything on to s1. All links take 10 ms.
inline model::Design relayed() {
    model::Design design = watched(model::InNormal::passed_on);
    design.phones[0].servers = {{1, true, {}, {}}};
    return design;
}

inline model::Survivability& rules_of(model::Design& design) {
    return design.servers[1].survivability;
}

// Probes over TCP every 30 s, and an outage of the server behind the gateway in which it forgets
// its bindings, and its secret.
inline model::Design relayed_with_outage() {
    constexpr sim::DelayMs kSecond = 1000;
    model::Design design = relayed();
    design.default_delay = {0, 100};
    design.phones[0].transport = rules_of(design).transport = model::Transport::tcp;
    design.phones[0].expires = 600 * kSecond;
    design.phones[0].retry = sim::exactly(10 * kSecond);
    design.servers[1].max_expires = 120 * kSecond;
    rules_of(design).probe = rules_of(design).probe_in_emergency = 30 * kSecond;
    rules_of(design).timeout = 4 * kSecond;
    design.faults.push_back(crash(0, 0, 0));
    design.faults[0].keeps_bindings = false;
    design.faults[0].at = {0, 600 * kSecond};
    design.faults[0].lasts = {10 * kSecond, 600 * kSecond};
    return design;
}

}  // namespace failback::tests
