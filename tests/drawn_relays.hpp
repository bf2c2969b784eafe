// Small designs drawn at random, in which s2 passes requests on to s1.
#pragma once

#include <algorithm>

#include "tests/drawn_designs.hpp"
#include "tests/relay_fixture.hpp"

namespace failback::tests {

inline model::Design drawn_relay(Draw& draw) {
    using namespace model;
    constexpr sim::DelayMs kSecond = 1000;
    Design design = drawn_design(draw);
    while (design.servers.size() < 2) {
        design.servers.push_back(design.servers[0]);
        design.servers[1].name = "s2";
    }
    for (Server& server : design.servers) {
        server.authentication = {};
        server.repeat_window = 0;
        server.capacity = server.contacts_per_aor = {};
    }
    for (Phone& phone : design.phones) {
        phone.wipe_at_boot = false;
        phone.subscription.to = SubscribeTo::nobody;
        const bool lists = std::ranges::any_of(
            phone.servers, [](const ServerEntry& entry) { return entry.server == 1; });
        if (!lists || draw({false, true})) {
            phone.servers = {{1, true, {}, {}}};
        }
    }
    design.incoming.clear();
    design.seizures.clear();
    for (CallPlan& plan : design.calls) {
        plan.dialog = {};
    }
    design.servers[1].kind = ServerKind::gateway;
    design.servers[1].watches = 0;
    design.servers[1].max_expires = draw({60, 3600}) * kSecond;
    design.servers[1].min_expires =
        std::min(design.servers[1].min_expires, design.servers[1].max_expires);
    Survivability& rules = design.servers[1].survivability;
    rules.in_normal = InNormal::passed_on;
    rules.in_emergency = draw({InNormal::served, InNormal::served, InNormal::refused,
                               InNormal::ignored});
    rules.delay = draw({Interval{0, 0}, {0, 100}, {10, 10}});
    rules.transport = draw({Transport::tcp, Transport::tcp, Transport::udp});
    rules.probe = rules.probe_in_emergency = draw({20, 60}) * kSecond;
    rules.timeout = draw({5, 32}) * kSecond;
    rules.unanswered = draw({Status::none, Status::none, Status::server_error_500});
    rules.gives_up_after = draw({5, 32}) * kSecond;
    rules.drops_at_exit = draw({false, false, true});
    if (rules.in_emergency == InNormal::served && !rules.drops_at_exit && draw({false, true})) {
        rules.re_registers = draw({1, 10}) * kSecond;
    }
    if (!design.faults.empty() && design.faults[0].server) {
        design.faults[0].server = draw({std::size_t{0}, std::size_t{0}, std::size_t{1}});
        if (design.faults[0].kind == FaultKind::unreachable && design.faults[0].server == 0U &&
            draw({false, true})) {
            design.faults[0].phone.reset();
            design.faults[0].gateway = 1;
        }
    }
    if (draw({false, false, true}) && entry_beyond(design, 0, 0)) {
        IncomingPlan plan;
        plan.entry = *entry_beyond(design, 0, 0);
        plan.is_beyond = true;
        design.incoming.push_back(plan);
    }
    return design;
}

}  // namespace failback::tests
