#include "properties/expression.hpp"

#include <algorithm>

#include "properties/atoms.hpp"
#include "properties/expression_parts.hpp"
#include "sim/check.hpp"

namespace failback::properties {

using model::Notice;
using model::PartKind;

std::optional<std::size_t> entry_of(const model::Design& design, std::size_t phone,
                                    std::size_t server) {
    const auto& servers = design.phones[phone].servers;
    const auto found = std::ranges::find(servers, server, &model::ServerEntry::server);
    if (found == servers.end()) {
        return std::nullopt;
    }
    return static_cast<std::size_t>(found - servers.begin());
}

bool observed(const Sight& sight, Notice notice, std::optional<std::size_t> subject) {
    return subject && std::ranges::any_of(sight.log.observations, [&](const auto& seen) {
        return seen.notice == notice && seen.a == *subject;
    });
}

namespace {

// The registration or subscription that an atom speaks of, if it is in scope.
std::optional<std::size_t> usage_of(const Atom& atom, const model::SipModel& model,
                                    PartKind kind) {
    const auto line = model.line_index(atom.phone, atom.line);
    const auto entry = entry_of(model.design(), atom.phone, *atom.server);
    if (!line || !entry) {
        return std::nullopt;
    }
    const auto& info = model.lines()[*line];
    return kind == PartKind::registration
               ? info.registration[*entry]
               : info.subscription[atom.subscription * info.registration.size() + *entry];
}

bool working_is(const Atom& atom, const Sight& sight) {
    const auto line = sight.model.line_index(atom.phone, atom.line);
    const std::uint8_t working =
        line ? sight.model.working(sight.state, *line) : model::kNoEntry;
    if (!atom.server) {
        return working == model::kNoEntry;
    }
    const auto entry = entry_of(sight.model.design(), atom.phone, *atom.server);
    return entry && working == *entry;
}

bool switches(const Atom& atom, const Sight& sight) {
    const auto line = sight.model.line_index(atom.phone, atom.line);
    const auto entry = entry_of(sight.model.design(), atom.phone, *atom.server);
    return line && entry && std::ranges::any_of(sight.log.observations, [&](const auto& seen) {
        return seen.notice == Notice::switches && seen.a == *line && seen.b == *entry;
    });
}

bool resolved(const Atom& atom, const Sight& sight) {
    const auto entry = entry_of(sight.model.design(), atom.phone, *atom.server);
    return entry && sight.model.knows(sight.state, atom.phone, *entry);
}

// Of the line itself, or through a gateway that passes requests on to the server.
bool has_binding(const Atom& atom, const Sight& sight) {
    const auto line = sight.model.line_index(atom.phone, atom.line);
    if (!line) {
        return false;
    }
    const auto& usages = sight.model.lines()[*line].registration;
    return std::ranges::any_of(usages, [&](const auto& usage) {
        if (!usage) {
            return false;
        }
        const auto& info = sight.model.usages()[*usage];
        return (info.server == *atom.server && sight.model.bound(sight.state, *usage)) ||
               (info.beyond && info.beyond->server == *atom.server &&
                sight.model.bound_beyond(sight.state, *usage));
    });
}

bool evicts(const Sight& sight, std::size_t usage) {
    return std::ranges::any_of(sight.log.observations, [usage](const auto& seen) {
        return seen.notice == Notice::removed && seen.a == usage && seen.b != 0;
    });
}

bool of_registration(const Atom& atom, const Sight& sight) {
    if (atom.kind == AtomKind::binding) {
        return has_binding(atom, sight);
    }
    const auto usage = usage_of(atom, sight.model, PartKind::registration);
    if (!usage) {
        return false;
    }
    switch (atom.kind) {
        case AtomKind::registered:
            return sight.state.usages[*usage].believes != 0;
        case AtomKind::forgotten:
            return sight.model.binding_lost(sight.state, *usage);
        case AtomKind::ghost:
            return sight.model.ghost(sight.state, *usage);
        case AtomKind::inbound:
            return sight.model.inbound(sight.state, *usage);
        case AtomKind::flow_fails:
            return observed(sight, Notice::flow_fails, usage);
        case AtomKind::boots:
            return observed(sight, Notice::boots, usage);
        case AtomKind::registers:
            return observed(sight, Notice::registered, usage);
        case AtomKind::accepts:
            return observed(sight, Notice::accepted, usage);
        case AtomKind::lapses:
            return observed(sight, Notice::lapses, usage);
        case AtomKind::leaves:
            return observed(sight, Notice::leaves, usage);
        case AtomKind::requests:
            return observed(sight, Notice::requests, usage);
        case AtomKind::unanswered:
            return observed(sight, Notice::unanswered, usage);
        case AtomKind::unresolved:
            return observed(sight, Notice::unresolved, usage);
        case AtomKind::gives_up:
            return observed(sight, Notice::gives_up, usage);
        case AtomKind::refused:
            return observed(sight, Notice::refused, usage);
        case AtomKind::too_brief_again:
            return observed(sight, Notice::too_brief_again, usage);
        case AtomKind::challenged:
            return observed(sight, Notice::challenged, usage);
        case AtomKind::denied:
            return observed(sight, Notice::denied, usage);
        case AtomKind::misjudges:
            return observed(sight, Notice::misjudged, usage);
        case AtomKind::replays:
            return observed(sight, Notice::replayed, usage);
        case AtomKind::heartbeats:
            return observed(sight, Notice::heartbeats, usage);
        case AtomKind::removes:
            return observed(sight, Notice::removed, usage);
        case AtomKind::evicts:
            return evicts(sight, *usage);
        case AtomKind::lengthens:
            return observed(sight, Notice::lengthened, usage);
        case AtomKind::reorders:
            return observed(sight, Notice::reordered, usage);
        case AtomKind::out_of_order:
            return observed(sight, Notice::out_of_order, usage);
        case AtomKind::told_to_wait:
            return observed(sight, Notice::told_to_wait, usage);
        case AtomKind::refuses_refresh:
            return observed(sight, Notice::refresh_refused, usage);
        default:
            sim::ensure(false, "an atom about a registration");
            return false;
    }
}

bool of_subscription(const Atom& atom, const Sight& sight) {
    const auto usage = usage_of(atom, sight.model, PartKind::subscription);
    if (!usage) {
        return false;
    }
    switch (atom.kind) {
        case AtomKind::subscribed:
            return sight.state.usages[*usage].believes != 0;
        case AtomKind::subscription:
            return sight.model.bound(sight.state, *usage);
        case AtomKind::subscribes:
            return observed(sight, Notice::requests, usage);
        case AtomKind::notified:
            return observed(sight, Notice::registered, usage);
        case AtomKind::subscription_ends:
            return observed(sight, Notice::lapses, usage);
        case AtomKind::subscription_refused:
            return observed(sight, Notice::refused, usage);
        case AtomKind::shows:
            return sight.state.usages[*usage].shown != model::Shown::unknown;
        case AtomKind::stale:
            return sight.state.usages[*usage].shown == model::Shown::stale;
        case AtomKind::changes:
            return observed(sight, Notice::changes, usage);
        default:
            return observed(sight, Notice::rejected, usage);
    }
}

bool is_of_gateway(AtomKind kind) {
    return kind == AtomKind::emergency || kind == AtomKind::sees_watched ||
           kind == AtomKind::probe_answered || kind == AtomKind::enters_emergency ||
           kind == AtomKind::leaves_emergency;
}

bool of_gateway(const Atom& atom, const Sight& sight) {
    switch (atom.kind) {
        case AtomKind::emergency:
            return sight.model.in_emergency(sight.state, *atom.server);
        case AtomKind::sees_watched:
            return sight.model.sees_watched(sight.state, *atom.server);
        case AtomKind::probe_answered:
            return observed(sight, Notice::probe_answered, atom.server);
        case AtomKind::enters_emergency:
            return observed(sight, Notice::enters_emergency, atom.server);
        default:
            return observed(sight, Notice::leaves_emergency, atom.server);
    }
}

// None: it is about something else.
std::optional<bool> of_load(const Atom& atom, const Sight& sight) {
    if (atom.kind == AtomKind::full) {
        return sight.model.under(sight.state, model::FaultKind::full, *atom.server) != nullptr;
    }
    if (atom.kind == AtomKind::waits) {
        return sight.model.keeps_waiting(sight.state, *atom.server);
    }
    return atom.kind == AtomKind::overflows
               ? std::optional(observed(sight, Notice::overflows, atom.server))
               : std::nullopt;
}

bool atom_holds(const Atom& atom, const Sight& sight) {
    const auto part = shape_of(atom.kind).part;
    if (part == PartKind::subscription || part == PartKind::appearance) {
        return (part == PartKind::appearance ? of_appearance : of_subscription)(atom, sight);
    }
    if (is_of_gateway(atom.kind)) {
        return of_gateway(atom, sight);
    }
    if (is_of_dialog(atom.kind)) {
        return of_dialog(atom, sight);
    }
    if (const auto is_so = of_load(atom, sight)) {
        return *is_so;
    }
    if (const auto notice = notice_of_call(atom.kind)) {
        return observed_of_call(atom, sight, *notice);
    }
    switch (atom.kind) {
        case AtomKind::working:
            return working_is(atom, sight);
        case AtomKind::switches:
            return switches(atom, sight);
        case AtomKind::up:
            return sight.model.up(sight.state, *atom.server);
        case AtomKind::reachable:
            return sight.model.reachable(sight.state, atom.phone, *atom.server);
        case AtomKind::calling: {
            const auto call = call_of(atom, sight.model);
            return call && sight.state.calls[*call].calling != 0;
        }
        case AtomKind::resolved:
            return resolved(atom, sight);
        case AtomKind::dns_up:
            return sight.model.dns_up(sight.state);
        case AtomKind::off:
            return sight.model.off(sight.state, atom.phone);
        case AtomKind::restarts:
            return observed(sight, Notice::restarts, atom.phone);
        case AtomKind::hijacked:
            return sight.model.hijacked(
                sight.state, *atom.server,
                sight.model.design().phones[atom.phone].lines[atom.line].aor);
        case AtomKind::fails:
            return observed(sight, Notice::fails, atom.server);
        case AtomKind::recovers:
            return observed(sight, Notice::recovers, atom.server);
        case AtomKind::dials:
            return observed(sight, Notice::dials, call_of(atom, sight.model));
        case AtomKind::declined:
            return observed(sight, Notice::declined, call_of(atom, sight.model));
        case AtomKind::offers:
            return observed_of_incoming(atom, sight, Notice::offers);
        case AtomKind::responds:
            return observed_of_incoming(atom, sight, Notice::responds);
        case AtomKind::rings:
            return observed_of_incoming(atom, sight, Notice::rings);
        case AtomKind::rejects:
            return observed_of_incoming(atom, sight, Notice::rejects);
        case AtomKind::unheard:
            return observed_of_incoming(atom, sight, Notice::unheard);
        case AtomKind::unavailable:
            return observed_of_incoming(atom, sight, Notice::unavailable);
        case AtomKind::answered:
            return observed(sight, Notice::answered, call_of(atom, sight.model));
        case AtomKind::call_fails:
            return observed(sight, Notice::call_fails, call_of(atom, sight.model));
        default:
            return of_registration(atom, sight);
    }
}

// working(line) = s, and when it begins, is settled by the registrations down to s, if a better one
// always wins.
void add_working(const Atom& atom, const model::Design& design, model::Scope& scope) {
    const model::Phone& phone = design.phones[atom.phone];
    std::size_t last = phone.servers.size() - 1;
    if (atom.server && phone.failback.rule == model::FailbackRule::immediate) {
        last = entry_of(design, atom.phone, *atom.server).value_or(last);
    }
    for (std::size_t entry = 0; entry <= last; ++entry) {
        scope.parts.insert({PartKind::registration, atom.phone, atom.line, entry});
    }
}

// All that look the server's name up bring its record.
void add_resolved(const Atom& atom, const model::Design& design, model::Scope& scope) {
    const auto entry = entry_of(design, atom.phone, *atom.server);
    if (!entry) {
        return;
    }
    const model::Part named{PartKind::registration, atom.phone, atom.line, *entry};
    for (const model::Part& part : model::parts_of(design)) {
        if (model::share_name(design, part, named)) {
            scope.parts.insert(part);
        }
    }
}

// A call that was placed, or that came in.
void add_dialog(const Atom& atom, const model::Design& design, model::Scope& scope) {
    const auto entry = entry_of(design, atom.phone, *atom.server);
    for (const model::CallPlan& plan : design.calls) {
        if (plan.phone == atom.phone && plan.line == atom.line) {
            scope.parts.insert({PartKind::call, atom.phone, atom.line, 0});
        }
    }
    for (const model::IncomingPlan& plan : design.incoming) {
        if (plan.phone == atom.phone && plan.line == atom.line && plan.entry == entry) {
            scope.parts.insert({PartKind::incoming, atom.phone, atom.line, *entry});
        }
    }
}

// The entries of its list through which a line may have a binding at a server.
void add_bindings(const Atom& atom, const model::Design& design, model::Scope& scope) {
    const auto& servers = design.phones[atom.phone].servers;
    for (std::size_t entry = 0; entry < servers.size(); ++entry) {
        const std::size_t server = servers[entry].server;
        const model::Server& gateway = design.servers[server];
        if (server == *atom.server ||
            (model::passes_on(gateway) && gateway.watches == *atom.server)) {
            scope.parts.insert({PartKind::registration, atom.phone, atom.line, entry});
        }
    }
}

void add_atom(const Atom& atom, const model::Design& design, model::Scope& scope) {
    const AtomShape& shape = shape_of(atom.kind);
    if (atom.kind == AtomKind::working || atom.kind == AtomKind::switches) {
        add_working(atom, design, scope);
    } else if (is_of_dialog(atom.kind)) {
        add_dialog(atom, design, scope);
    } else if (atom.kind == AtomKind::resolved) {
        add_resolved(atom, design, scope);
    } else if (atom.kind == AtomKind::dns_up) {
        scope.dns = true;
    } else if (atom.kind == AtomKind::binding) {
        add_bindings(atom, design, scope);
    } else if (shape.part) {
        std::size_t entry = 0;
        if (*shape.part != PartKind::call) {
            auto known = entry_of(design, atom.phone, *atom.server);
            if (!known && *shape.part == PartKind::incoming) {
                known = model::entry_beyond(design, atom.phone, *atom.server);
            }
            if (!known) {
                return;
            }
            entry = *known;
        }
        scope.parts.insert({*shape.part, atom.phone, atom.line, entry, atom.subscription});
        if (atom.kind == AtomKind::inbound) {
            scope.flows.insert({*shape.part, atom.phone, atom.line, entry});
        }
    } else if (shape.arguments == Arguments::line) {
        scope.phones.insert(atom.phone);
    } else {
        scope.servers.insert(*atom.server);
        if (is_of_gateway(atom.kind) && design.servers[*atom.server].watches) {
            scope.gateways.insert(*atom.server);
        }
    }
}

}  // namespace

bool holds(const Expression& expression, const Sight& sight) {
    const auto operand_holds = [&](const Expression& operand) { return holds(operand, sight); };
    switch (expression.op) {
        case Expression::Op::atom:
            return atom_holds(expression.atom, sight);
        case Expression::Op::negation:
            return !holds(expression.operands.front(), sight);
        case Expression::Op::conjunction:
            return std::ranges::all_of(expression.operands, operand_holds);
        case Expression::Op::disjunction:
            return std::ranges::any_of(expression.operands, operand_holds);
    }
    return false;
}

void add_reads(const Expression& expression, const model::Design& design, model::Scope& scope) {
    if (expression.op == Expression::Op::atom) {
        add_atom(expression.atom, design, scope);
    }
    for (const Expression& operand : expression.operands) {
        add_reads(operand, design, scope);
    }
}

}  // namespace failback::properties
