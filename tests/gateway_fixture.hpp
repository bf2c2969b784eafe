// Designs with a gateway that watches the primary.
#pragma once

#include "tests/run_fixture.hpp"

namespace failback::tests {

// As design_with(2), where s2 watches s1 and does this in the normal state.
inline model::Design watched(model::InNormal in_normal = model::InNormal::ignored) {
    model::Design design = design_with(2);
    design.servers[1].kind = model::ServerKind::gateway;
    design.servers[1].watches = 0;
    design.servers[1].survivability.in_normal = in_normal;
    return design;
}

// The path between s2 and s1 only.
inline model::Fault centre_cut(sim::DelayMs at, sim::DelayMs lasts) {
    model::Fault fault = unreachable(0, at, lasts);
    fault.gateway = 1;
    return fault;
}

// Somebody registers the address of line1 at s2.
inline model::Fault attack(sim::DelayMs at, const model::Design& design) {
    model::Fault fault = crash(1, at, design.servers[1].max_expires);
    fault.name = "attack";
    fault.kind = model::FaultKind::rogue_register;
    fault.aor = design.phones[0].lines[0].aor;
    return fault;
}

}  // namespace failback::tests
