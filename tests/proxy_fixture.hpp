// Designs whose phone has an outbound proxy.
#pragma once

#include "tests/run_fixture.hpp"

namespace failback::tests {

// As design_with(servers), and the last server of the design is the proxy: 10 ms to it, and as long
// from there.
inline model::Design behind_proxy(std::size_t servers) {
    model::Design design = design_with(servers);
    model::Server proxy;
    proxy.name = "proxy";
    proxy.kind = model::ServerKind::proxy;
    design.phones[0].outbound_proxy = design.servers.size();
    design.servers.push_back(proxy);
    return design;
}

}  // namespace failback::tests
