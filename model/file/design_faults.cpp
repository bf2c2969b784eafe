// What happens to the servers, phones and links of a design: delays, faults, calls.
#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "model/file/design_parts.hpp"
#include "model/file/design_text.hpp"

namespace failback::model {
namespace {

constexpr std::array<Choice<FaultKind>, 24> kKinds{{{"crash", FaultKind::crash},
                                                   {"unreachable", FaultKind::unreachable},
                                                   {"loss", FaultKind::loss},
                                                   {"duplication", FaultKind::duplication},
                                                   {"maintenance", FaultKind::maintenance},
                                                   {"refusal", FaultKind::refusal},
                                                   {"restart", FaultKind::restart},
                                                   {"rebinding", FaultKind::rebinding},
                                                   {"rogue-register",
                                                    FaultKind::rogue_register},
                                                   {"dns-outage", FaultKind::dns_outage},
                                                   {"dns-denial", FaultKind::dns_denial},
                                                   {"dns-delay", FaultKind::dns_delay},
                                                   {"latency", FaultKind::latency},
                                                   {"credentials", FaultKind::credentials},
                                                   {"hang", FaultKind::hang},
                                                   {"power-cut", FaultKind::power_cut},
                                                   {"full", FaultKind::full},
                                                   {"half-open", FaultKind::half_open},
                                                   {"move", FaultKind::move},
                                                   {"realm", FaultKind::realm},
                                                   {"dns-wrong", FaultKind::dns_wrong},
                                                   {"dns-change", FaultKind::dns_change},
                                                   {"late", FaultKind::late},
                                                   {"slowdown", FaultKind::slowdown}}};

constexpr std::array<Choice<bool>, 2> kBindings{{{"kept", true}, {"lost", false}}};

constexpr std::array<Choice<Direction>, 3> kDirections{{{"both", Direction::both},
                                                        {"to-server", Direction::to_server},
                                                        {"to-phone", Direction::to_phone}}};

void read_delays(ObjectReader& reader, Link& link) {
    if (reader.has("ageing")) {
        link.ageing = reader.duration("ageing", 0, kPositive);
    }
    (void)reader.member("ageing");
    if (reader.has("delay")) {
        constexpr std::string_view kWhy = R"("delay" is both directions)";
        link.to_server = link.to_phone = reader.interval("delay", link.to_server);
        reader.refuse("to_server", kWhy);
        reader.refuse("to_phone", kWhy);
        return;
    }
    link.to_server = reader.interval("to_server", link.to_server);
    link.to_phone = reader.interval("to_phone", link.to_phone);
    if (!reader.has("to_server") && !reader.has("to_phone") && !link.ageing) {
        (void)reader.required("delay", R"(an interval such as ["0ms", "1s"], or "ageing")");
    } else {
        (void)reader.member("delay");
    }
}

bool is_of_whole_server(FaultKind kind) {
    return is_outage(kind) && kind != FaultKind::unreachable;
}

// It happens in no time.
void read_rebinding(ObjectReader& reader, Fault& fault) {
    fault.at = reader.interval("at", fault.at, kOpen);
    if (fault.count < kUnlimited) {
        fault.count = reader.integer("count", fault.count, {1, kMostGenerations});
    }
    for (const std::string_view key : {"lasts", "bindings", "retry_after", "direction", "window"}) {
        reader.refuse(key, "a NAT forgets its mappings at one instant, in both directions");
    }
}

// Which keys a fault has depends on its kind: only what stops a process loses bindings.
void read_applicable(ObjectReader& reader, Fault& fault) {
    if (fault.kind == FaultKind::rebinding) {
        read_rebinding(reader, fault);
        return;
    }
    fault.at = reader.interval("at", fault.at, kOpen);
    fault.lasts = reader.interval("lasts", fault.lasts, kOpen);
    reader.refuse("window", R"(it belongs to faults of messages; here "at" says when)");
    if (stops_process(fault.kind)) {
        fault.keeps_bindings = reader.choice("bindings", kBindings).value_or(true);
    } else {
        reader.refuse("bindings", switches_off(fault.kind)
                                      ? "a phone has none"
                                      : R"(only a "crash" or a "refusal" can lose them)");
    }
    if (is_of_dns(fault.kind)) {
        reader.refuse("direction", "it concerns queries of all phones");
    } else if (switches_off(fault.kind)) {
        reader.refuse("direction", "a phone that is off neither receives nor sends");
    } else if (is_of_whole_server(fault.kind)) {
        reader.refuse("direction", fault.kind == FaultKind::crash
                                       ? "a crashed server neither receives nor sends"
                                       : "it concerns requests, which go to the server");
    } else {
        fault.direction = read_direction(reader);
    }
    if (fault.kind == FaultKind::maintenance) {
        fault.retry_after = reader.duration("retry_after", fault.retry_after, kLifetime);
        fault.notifies = read_end_reason(reader);
        return;
    }
    reader.refuse("notifies", R"(it belongs to "maintenance")");
    if (fault.kind == FaultKind::full) {
        read_full(reader, fault);
    } else {
        reader.refuse("retry_after", R"(it belongs to "maintenance" and "full")");
    }
}

}  // namespace

// Of one phone, so that an answer can tell which mapping it comes through.
void require_few_ways(DesignParts& parts, ObjectReader& reader, const Fault& fault) {
    if (!fault.phone) {
        return;
    }
    const Phone& phone = parts.design.phones[*fault.phone];
    int count = fault.count;
    for (const Fault& before : parts.design.faults) {
        const bool same = changes_way(before.kind) && before.phone == fault.phone;
        count += same ? before.count : 0;
    }
    if (!phone.flow.nat && fault.kind == FaultKind::rebinding) {
        parts.input.report(*reader.member("phone"), {"a phone that has no NAT before it",
                                                     R"(a phone with "nat")"});
    } else if (count > kMostGenerations) {
        parts.input.report(reader.node(),
                           {fmt::format("{} rebindings and moves of one phone", count),
                            fmt::format("at most {}", kMostGenerations)});
    }
}

namespace {

// Whether a restart before it was enabled leaves it so is nothing that the model keeps.
void require_enabled(DesignParts& parts, ObjectReader& reader, const Fault& fault) {
    const auto later = [](const Line& line) { return line.enabled.latest > 0; };
    for (std::size_t phone = 0; phone < parts.design.phones.size(); ++phone) {
        if (switches_off(fault, phone) &&
            std::ranges::any_of(parts.design.phones[phone].lines, later)) {
            reader.input().report(
                *reader.member(fault.phone ? "phone" : "phones"),
                {"a restart of a phone with a line that is enabled later",
                 R"(lines without "enabled")",
                 "a line that may be off when its phone restarts is not modelled"});
        }
    }
}

void read_target(DesignParts& parts, ObjectReader& reader, Fault& fault) {
    if (is_of_dns(fault.kind)) {
        fault.resolver = reader.reference("resolver", parts.resolvers);
        reader.refuse("server", R"(it strikes a "resolver", or all of them)");
        reader.refuse("phone", "it concerns queries of all phones");
        reader.refuse("gateway", "it concerns queries of all phones");
        return;
    }
    reader.refuse("resolver", R"(it belongs to "dns-outage", "dns-delay" and "dns-denial")");
    if (fault.kind == FaultKind::power_cut) {
        read_power_cut(parts, reader, fault);
        require_enabled(parts, reader, fault);
        return;
    }
    if (fault.kind == FaultKind::restart) {
        fault.phone = required_reference(reader, "phone", parts.phones);
        reader.refuse("server", R"(it is a phone that restarts; a server has a "crash")");
        reader.refuse("gateway", R"(it is a phone that restarts; a server has a "crash")");
        require_enabled(parts, reader, fault);
        return;
    }
    if (fault.kind == FaultKind::rebinding) {
        fault.phone = required_reference(reader, "phone", parts.phones);
        reader.refuse("server", "it concerns all flows of the phone");
        require_few_ways(parts, reader, fault);
        return;
    }
    fault.server = required_reference(reader, "server", parts.servers);
    if (is_of_whole_server(fault.kind)) {
        reader.refuse("gateway", "it concerns all that the server does");
    } else {
        read_gateway(parts, reader, fault);
    }
    if (is_of_whole_server(fault.kind)) {
        reader.refuse("phone", fault.kind == FaultKind::crash ? "a crash concerns all phones"
                                                              : "it concerns all phones");
    } else if (!fault.gateway) {
        fault.phone = reader.reference("phone", parts.phones);
    }
    if (fault.server && fault.phone) {
        require_listed(parts, reader, *fault.phone, *fault.server);
    }
}

// With "at" and "lasts" of no time, one strike would follow the other at the same instant.
void finish(ObjectReader& reader, const Fault& fault) {
    if (is_lasting(fault.kind) && fault.count == kUnlimited && fault.at.latest == 0 &&
        fault.lasts.latest == 0) {
        reader.input().report(*reader.member("count"),
                              {R"("unlimited" with an "at" and a "lasts" of no time)",
                               R"(an "at" or a "lasts" above 0s)",
                               "it would strike again and again at one instant"});
    }
    reader.finish();
}

Fault read_fault(DesignParts& parts, const Node& node) {
    ObjectReader reader(parts.input, node, "a fault");
    Fault fault;
    fault.position = reader.position();
    if (const auto name = reader.required_name("name")) {
        fault.name = *name;
        parts.faults.add(parts.input, *reader.member("name"), *name,
                         parts.design.faults.size());
    }
    const auto kind = reader.choice("kind", kKinds);
    if (!reader.has("kind")) {
        (void)reader.required("kind", R"("crash", "unreachable", "refusal", "maintenance", )"
                                      R"("restart", "rebinding", "loss", "duplication", "late", )"
                                      R"("latency", "credentials", "rogue-register", )"
                                      R"("dns-outage", "dns-delay", "dns-denial", "hang", )"
                                      R"("dns-wrong", "dns-change", "power-cut", "full", "realm", )"
                                      R"("half-open", "move" or "slowdown")");
    }
    fault.kind = kind.value_or(fault.kind);
    read_count(reader, fault, is_outage(fault.kind) || is_change(fault.kind) ||
                                  (is_of_dns(fault.kind) && !is_instant(fault.kind)));
    if (kind) {
        if (!is_of_messages(fault.kind)) {
            reader.refuse("ratio", R"(it belongs to "loss", "duplication" and "late")");
        }
        if (fault.kind != FaultKind::slowdown) {
            reader.refuse("time", R"(it belongs to "slowdown")");
        }
        if (fault.kind != FaultKind::realm) {
            reader.refuse("realm", R"(it belongs to "realm")");
        }
        if (!misleads(fault.kind)) {
            reader.refuse("record", R"(it belongs to "dns-wrong" and "dns-change")");
        }
        read_after(parts, reader, fault);
        if (fault.kind != FaultKind::power_cut) {
            reader.refuse("phones", R"(it belongs to "power-cut")");
        }
        if (fault.kind != FaultKind::half_open) {
            reader.refuse("answered_by", R"(it belongs to "half-open")");
        }
        if (fault.kind != FaultKind::full) {
            reader.refuse("answer", R"(it belongs to "full")");
            reader.refuse("refreshes", R"(it belongs to "full")");
        }
        if (is_of_messages(fault.kind)) {
            read_messages(parts, reader, fault);
        } else if (fault.kind == FaultKind::rogue_register) {
            reader.refuse("delay", R"(it belongs to "latency", "late" and "dns-delay")");
            read_attack(parts, reader, fault);
        } else if (fault.kind == FaultKind::half_open || fault.kind == FaultKind::move) {
            read_strike(parts, reader, fault);
        } else if (fault.kind == FaultKind::realm) {
            read_realm(parts, reader, fault);
        } else if (misleads(fault.kind)) {
            read_misleading(parts, reader, fault);
        } else if (is_change(fault.kind)) {
            reader.refuse("line", R"(it belongs to "rogue-register")");
            reader.refuse("replaces", R"(it belongs to "rogue-register")");
            read_change(parts, reader, fault);
        } else {
            reader.refuse("delay", R"(it belongs to "latency", "late" and "dns-delay")");
            constexpr std::string_view kWhy = R"(it belongs to "rogue-register")";
            reader.refuse("line", kWhy);
            reader.refuse("replaces", kWhy);
            read_target(parts, reader, fault);
            read_applicable(reader, fault);
        }
        finish(reader, fault);
    }
    return fault;
}

CallPlan read_call_plan(DesignParts& parts, const Node& node) {
    ObjectReader reader(parts.input, node, "a call plan");
    CallPlan plan;
    plan.position = reader.position();
    const auto line = required_line(parts, reader);
    plan.count = reader.integer("count", plan.count, {1, 10});
    plan.at = reader.interval("at", plan.at, kOpen);
    plan.callee = read_callee(reader);
    plan.dialog = read_dialog(reader, plan.count);
    if (line) {
        plan.phone = line->phone;
        plan.line = line->line;
        if (std::ranges::any_of(parts.design.calls, [&plan](const CallPlan& before) {
                return before.phone == plan.phone && before.line == plan.line;
            })) {
            parts.input.report(node, {"a second call plan of the same line",
                                      R"(each line once; "count" is for more calls)"});
        }
    }
    reader.finish();
    return plan;
}

}  // namespace

void read_gateway(DesignParts& parts, ObjectReader& reader, Fault& fault) {
    fault.gateway = reader.reference("gateway", parts.servers);
    if (!fault.gateway) {
        return;
    }
    const Server& gateway = parts.design.servers[*fault.gateway];
    const Node node = *reader.member("gateway");
    if (!gateway.watches) {
        parts.input.report(node, {in_quotes(gateway.name) + ", which watches no server",
                                  R"(a gateway with "watches")"});
    } else if (fault.server && fault.server != gateway.watches) {
        parts.input.report(*reader.member("server"),
                           {in_quotes(parts.design.servers[*fault.server].name),
                            "the server that the gateway watches, " +
                                in_quotes(parts.design.servers[*gateway.watches].name)});
    }
    reader.refuse("phone", R"("gateway" means the path between two servers)");
}

Direction read_direction(ObjectReader& fault) {
    return fault.choice("direction", kDirections).value_or(Direction::both);
}

void read_links(DesignParts& parts, ObjectReader& root) {
    parts.design.default_delay = root.interval("delay", parts.design.default_delay);
    std::set<std::pair<std::size_t, std::size_t>> seen;
    for (const Node& node : root.elements("links", {0, kMostEntries})) {
        ObjectReader reader(parts.input, node, "a link");
        Link link{0, 0, parts.design.default_delay, parts.design.default_delay, {}};
        const auto phone = required_reference(reader, "phone", parts.phones);
        const auto server = required_reference(reader, "server", parts.servers);
        read_delays(reader, link);
        reader.finish();
        if (phone && server) {
            link.phone = *phone;
            link.server = *server;
            require_listed(parts, reader, *phone, *server);
            if (link.ageing && parts.design.phones[*phone].flow.nat) {
                parts.input.report(*reader.member("ageing"),
                                   {"a port that ages behind a NAT", "one of the two",
                                    "they would forget the phone at the same silence"});
            }
            if (!seen.emplace(*phone, *server).second) {
                parts.input.report(node, {"a second link of the same phone and server",
                                          "each link once"});
            }
        }
        parts.design.links.push_back(link);
    }
}

void read_faults(DesignParts& parts, ObjectReader& root) {
    for (const Node& node : root.elements("faults", {0, kMostEntries})) {
        parts.design.faults.push_back(read_fault(parts, node));
    }
}

void read_call_plans(DesignParts& parts, ObjectReader& root) {
    for (const Node& node : root.elements("calls", {0, kMostEntries})) {
        parts.design.calls.push_back(read_call_plan(parts, node));
    }
}

}  // namespace failback::model
