#include "model/sip/scope.hpp"

#include <algorithm>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/breadth_first_search.hpp>

#include "model/sip/awaited.hpp"

namespace failback::model {

namespace {

// Edge u -> v: part u reads part v. A search from the roots finds what they depend on.
using ReadsGraph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;

const Line& line_of(const Design& design, const Part& part) {
    return design.phones[part.phone].lines[part.line];
}

bool same_line(const Part& a, const Part& b) { return a.phone == b.phone && a.line == b.line; }

std::size_t server_of(const Design& design, const Part& part) {
    return design.phones[part.phone].servers[part.entry].server;
}

bool call_reads(const Design& design, const Part& call, const Part& other) {
    const Phone& phone = design.phones[call.phone];
    if (other.kind == PartKind::appearance) {
        return same_line(call, other) && !phone.calls.unseized;
    }
    return other.kind == PartKind::registration && same_line(call, other) &&
           (bars_unregistered(design.servers[server_of(design, other)]) ||
            phone.calls.first == CallFirst::working || !phone.calls.unregistered ||
            phone.failover.only_registered || phone.failover.registers ||
            phone.failover.dialogs != UnregisteredDialogs::kept);
}

bool incoming_reads(const Part& incoming, const Part& other) {
    return other.kind == PartKind::registration && same_line(incoming, other) &&
           incoming.entry == other.entry;
}

int appearance_of(const Design& design, const Part& part) {
    const auto plan = std::ranges::find_if(design.seizures, [&part](const SeizurePlan& each) {
        return each.phone == part.phone && each.line == part.line && each.entry == part.entry;
    });
    return plan->appearance;
}

// A station seizes what no other station holds, and while it is registered.
bool appearance_reads(const Design& design, const Part& appearance, const Part& other) {
    if (other.kind == PartKind::registration) {
        return same_line(appearance, other) && appearance.entry == other.entry;
    }
    return other.kind == PartKind::appearance && other != appearance &&
           server_of(design, other) == server_of(design, appearance) &&
           line_of(design, other).aor == line_of(design, appearance).aor &&
           appearance_of(design, other) == appearance_of(design, appearance);
}

// Does a call that fails over end registrations of its line, or begin them? Where it ends them all
// of them decide when they begin again.
bool drives(const Design& design, const Part& call, const Part& registration) {
    return call.kind == PartKind::call && same_line(call, registration) &&
           (design.phones[call.phone].failover.forgets ||
            design.phones[call.phone].failover.registers);
}

// With one registration at a time, what becomes of one decides when the others begin.
bool succeed(const Design& design, const Part& a, const Part& b) {
    return a.kind == PartKind::registration && b.kind == PartKind::registration &&
           same_line(a, b) && (design.phones[a.phone].registration.order == Order::successive ||
                               design.phones[a.phone].failover.forgets);
}

bool subscription_reads(const Design& design, const Part& subscription, const Part& other) {
    if (other.kind != PartKind::registration || !same_line(subscription, other)) {
        return false;
    }
    const bool follows =
        subscription_rules(design.phones[subscription.phone], subscription.subscription).to ==
        SubscribeTo::working;
    return follows || other.entry == subscription.entry;
}

// A server, and the outbound proxy on the way there.
void add_way(const Phone& phone, std::size_t server, std::set<std::size_t>& servers) {
    servers.insert(server);
    if (const auto proxy = proxy_to(phone, server)) {
        servers.insert(*proxy);
    }
}

void add_servers(const Design& design, const Part& part, std::set<std::size_t>& servers) {
    if (part.kind != PartKind::call) {
        add_way(design.phones[part.phone], server_of(design, part), servers);
        return;
    }
    for (const ServerEntry& entry : design.phones[part.phone].servers) {
        add_way(design.phones[part.phone], entry.server, servers);
    }
}

// The servers at which messages of the part wait, or others may keep them waiting.
bool keeps_waiting(const Design& design, const Part& part,
                   const std::set<std::size_t>& servers) {
    std::set<std::size_t> own;
    add_servers(design, part, own);
    return std::ranges::any_of(own, [&](std::size_t server) {
        return servers.contains(server) && may_wait(design, server);
    });
}

// Probes wait at a watched server with all that phones send there.
void add_watched_of(const Design& design, std::set<std::size_t>& servers) {
    for (const std::size_t server : std::set(servers)) {
        if (design.servers[server].watches) {
            servers.insert(*design.servers[server].watches);
        }
    }
}

// All messages to a server at which some wait depend on each other.
bool share_a_queue(const Design& design, const Part& reader, const Part& other) {
    std::set<std::size_t> servers;
    add_servers(design, reader, servers);
    add_watched_of(design, servers);
    return reader != other && keeps_waiting(design, other, servers);
}

bool reads(const Design& design, const Part& reader, const Part& other) {
    if (share_name(design, reader, other)) {
        return true;
    }
    switch (reader.kind) {
        case PartKind::registration:
            return influences(design, other, reader) || succeed(design, other, reader) ||
                   drives(design, other, reader);
        case PartKind::subscription:
            return subscription_reads(design, reader, other);
        case PartKind::call:
            return call_reads(design, reader, other);
        case PartKind::incoming:
            return incoming_reads(reader, other);
        case PartKind::appearance:
            return appearance_reads(design, reader, other);
    }
    return false;
}

// The servers of a part, the modes that it reads, and the mapping that calls come in through.
void add_part(const Design& design, const Part& part, Scope& scope) {
    std::set<std::size_t> servers;
    add_servers(design, part, servers);
    if (part.kind == PartKind::incoming && design.phones[part.phone].flow.nat) {
        scope.flows.insert({PartKind::registration, part.phone, part.line, part.entry});
    }
    for (const std::size_t server : servers) {
        scope.servers.insert(server);
        if (mode_matters(design.servers[server])) {
            scope.gateways.insert(server);
        }
    }
}

// With the mode of each gateway, and what it reads. Somebody who attacks a gateway reads it, too.
void add_watched(const Design& design, Scope& scope) {
    for (const Fault& fault : design.faults) {
        if (fault.kind == FaultKind::rogue_register && scope.servers.contains(*fault.server) &&
            design.servers[*fault.server].watches) {
            scope.gateways.insert(*fault.server);
        }
    }
    const auto add_servers_of = [&] {
        for (const std::size_t gateway : scope.gateways) {
            scope.servers.insert(gateway);
            scope.servers.insert(*design.servers[gateway].watches);
        }
    };
    add_servers_of();
    for (std::size_t gateway = 0; gateway < design.servers.size(); ++gateway) {
        const auto watched = design.servers[gateway].watches;
        if (watched && scope.servers.contains(*watched) && may_wait(design, *watched)) {
            scope.gateways.insert(gateway);  // its probes keep others waiting
        }
    }
    add_servers_of();
}

}  // namespace

bool subscribes_to(const Phone& phone, std::size_t entry, std::size_t subscription) {
    switch (subscription_rules(phone, subscription).to) {
        case SubscribeTo::nobody:
            return false;
        case SubscribeTo::primary:
            return (entry == 0 || same_name(phone, 0, entry)) && phone.servers[entry].registers;
        case SubscribeTo::working:
        case SubscribeTo::all:
            return phone.servers[entry].registers;
    }
    return false;
}

bool involves(const Scope& scope, const Fault& fault) {
    if (fault.gateway && !is_outage(fault.kind)) {
        return scope.gateways.contains(*fault.gateway);
    }
    if (switches_off(fault.kind)) {
        return std::ranges::any_of(switched_off(fault), [&scope](std::size_t phone) {
            return scope.phones.contains(phone) ||
                   std::ranges::any_of(scope.parts, [phone](const Part& part) {
                       return part.phone == phone;
                   });
        });
    }
    if (is_of_dns(fault.kind)) {
        return scope.dns;
    }
    if (is_instant(fault.kind)) {
        return (!fault.server || scope.servers.contains(*fault.server)) &&
               std::ranges::any_of(scope.parts, [&fault](const Part& part) {
                   return part.phone == fault.phone;
               });
    }
    return !fault.server || scope.servers.contains(*fault.server);
}

bool wipes(const Design& design, const Part& wiper, const Part& registration) {
    return wiper.kind == PartKind::registration && wiper != registration &&
           design.phones[wiper.phone].wipe_at_boot &&
           server_of(design, wiper) == server_of(design, registration) &&
           line_of(design, wiper).aor == line_of(design, registration).aor;
}

bool asks_dns(const Design& design, const Part& part) {
    const Phone& phone = design.phones[part.phone];
    switch (part.kind) {
        case PartKind::call:
            return !phone.names.empty();
        case PartKind::appearance:  // has no names
        case PartKind::incoming:
            return false;  // the phone answers to where the INVITE came from
        case PartKind::registration:
        case PartKind::subscription:
            break;
    }
    return phone.servers[part.entry].name.has_value();
}

bool share_name(const Design& design, const Part& a, const Part& b) {
    if (a.phone != b.phone || !asks_dns(design, a) || !asks_dns(design, b)) {
        return false;
    }
    const bool is_any = a.kind == PartKind::call || b.kind == PartKind::call;
    return is_any || a.entry == b.entry ||
           same_name(design.phones[a.phone], a.entry, b.entry);
}

bool looks_beside(const Design& design, const Part& registration, const Part& other) {
    return registration.kind == PartKind::registration &&
           other.kind == PartKind::registration && registration != other &&
           same_line(registration, other) && 
           looks_beside(
               times_of(design.phones[registration.phone], registration.entry).retry);
}

bool influences(const Design& design, const Part& other, const Part& registration) {
    return wipes(design, other, registration) || compete(design, other, registration) ||
           looks_beside(design, registration, other);
}

std::string name_of(const Design& design, const Part& part) {
    const Phone& phone = design.phones[part.phone];
    const std::string& line = phone.lines[part.line].name;
    if (part.kind == PartKind::call) {
        return "calls of " + line;
    }
    const std::string& server = design.servers[phone.servers[part.entry].server].name;
    if (part.kind == PartKind::incoming) {
        return "calls for " + line + " at " + server;
    }
    if (part.kind == PartKind::appearance) {
        return "appearance of " + line + " at " + server;
    }
    if (part.kind == PartKind::registration) {
        return "registration of " + line + " at " + server;
    }
    const bool has_several = subscriptions_of(phone) > 1;
    return "subscription of " + line + " at " + server +
           (has_several ? " to " + subscription_rules(phone, part.subscription).event : "");
}

std::vector<Part> parts_of(const Design& design) {
    std::set<Part> parts;
    for (std::size_t p = 0; p < design.phones.size(); ++p) {
        const Phone& phone = design.phones[p];
        for (std::size_t l = 0; l < phone.lines.size(); ++l) {
            const bool calls = std::ranges::any_of(design.calls, [&](const CallPlan& plan) {
                return plan.phone == p && plan.line == l;
            });
            for (std::size_t e = 0; e < phone.servers.size(); ++e) {
                if (phone.servers[e].registers || (calls && registers_on_demand(phone, e))) {
                    parts.insert({PartKind::registration, p, l, e});
                }
                for (std::size_t which = 0; which < subscriptions_of(phone); ++which) {
                    if (subscribes_to(phone, e, which)) {
                        parts.insert({PartKind::subscription, p, l, e, which});
                    }
                }
            }
        }
    }
    for (const CallPlan& plan : design.calls) {
        parts.insert({PartKind::call, plan.phone, plan.line, 0});
    }
    for (const IncomingPlan& plan : design.incoming) {
        parts.insert({PartKind::incoming, plan.phone, plan.line, plan.entry});
    }
    for (const SeizurePlan& plan : design.seizures) {
        parts.insert({PartKind::appearance, plan.phone, plan.line, plan.entry});
    }
    return {parts.begin(), parts.end()};
}

Scope whole(const Design& design) {
    Scope scope;
    for (const Part& part : parts_of(design)) {
        scope.parts.insert(part);
        const bool has_nat = design.phones[part.phone].flow.nat.has_value();
        if (part.kind == PartKind::registration && has_nat) {
            scope.flows.insert(part);
        }
    }
    for (std::size_t server = 0; server < design.servers.size(); ++server) {
        scope.servers.insert(server);
        if (design.servers[server].watches) {
            scope.gateways.insert(server);
        }
    }
    for (std::size_t phone = 0; phone < design.phones.size(); ++phone) {
        scope.phones.insert(phone);
        scope.dns = scope.dns || !design.phones[phone].names.empty();
    }
    return scope;
}

namespace {

Scope slice_of_parts(const Design& design, const Scope& roots) {
    const std::vector<Part> parts = parts_of(design);
    bool some_wait = false;
    for (std::size_t server = 0; server < design.servers.size(); ++server) {
        some_wait = some_wait || may_wait(design, server);
    }
    ReadsGraph graph(parts.size());
    for (std::size_t reader = 0; reader < parts.size(); ++reader) {
        for (std::size_t other = 0; other < parts.size(); ++other) {
            if (reads(design, parts[reader], parts[other]) ||
                (some_wait && share_a_queue(design, parts[reader], parts[other]))) {
                boost::add_edge(reader, other, graph);
            }
        }
    }
    Scope scope;
    scope.servers = roots.servers;
    scope.phones = roots.phones;
    scope.flows = roots.flows;
    scope.gateways = roots.gateways;
    scope.dns = roots.dns;
    std::vector<boost::default_color_type> colors(parts.size());
    const auto color_map = boost::make_iterator_property_map(
        colors.begin(), boost::get(boost::vertex_index, graph));
    std::set<std::size_t> looked_at = roots.servers;
    looked_at.insert(roots.gateways.begin(), roots.gateways.end());
    add_watched_of(design, looked_at);
    for (std::size_t root = 0; root < parts.size(); ++root) {
        const bool is_root = roots.parts.contains(parts[root]) ||
                             keeps_waiting(design, parts[root], looked_at);
        if (is_root && colors[root] == boost::white_color) {
            boost::queue<std::size_t> buffer;
            boost::breadth_first_visit(graph, root, buffer, boost::bfs_visitor<>(), color_map);
        }
    }
    for (std::size_t part = 0; part < parts.size(); ++part) {
        if (colors[part] != boost::white_color) {
            scope.parts.insert(parts[part]);
            add_part(design, parts[part], scope);
            scope.dns = scope.dns || asks_dns(design, parts[part]);
        }
    }
    add_watched(design, scope);
    return scope;
}

}  // namespace

// What a fault waits for is looked at, and may be in the way of other faults.
Scope slice(const Design& design, const Scope& roots) {
    Scope wider = roots;
    while (true) {
        Scope scope = slice_of_parts(design, wider);
        if (!add_awaited(design, scope, wider)) {
            return scope;
        }
    }
}

Scope abstract(const Design& design, const Scope& roots, const Scope& slice,
               const std::set<Part>& registrations) {
    Scope scope;
    scope.parts = slice.parts;
    scope.servers = roots.servers;
    scope.phones = roots.phones;
    scope.flows = roots.flows;
    scope.gateways = roots.gateways;
    scope.abstracted = registrations;
    scope.dns = roots.dns;
    for (const Part& part : scope.parts) {
        if (!registrations.contains(part)) {
            add_part(design, part, scope);
            scope.dns = scope.dns || asks_dns(design, part);
        }
    }
    // Those of parts are among the parts of the slice, and in full.
    do {
        add_watched(design, scope);
    } while (add_awaited(design, Scope(scope), scope));
    return scope;
}

Scope context(const Design& design, const Scope& inner) {
    std::set<std::size_t> phones = inner.phones;
    for (const Part& part : inner.parts) {
        phones.insert(part.phone);
    }
    Scope roots = inner;
    for (const Part& part : parts_of(design)) {
        if (phones.contains(part.phone) || phones.empty()) {
            roots.parts.insert(part);
        }
    }
    return slice(design, roots);
}

}  // namespace failback::model
