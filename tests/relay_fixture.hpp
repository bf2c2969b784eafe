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

}  // namespace failback::tests
