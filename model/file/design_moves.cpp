// Phones that get another address, connections that are half open, and names that mislead.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "model/file/design_parts.hpp"
#include "model/file/design_text.hpp"

namespace failback::model {
namespace {

constexpr std::array<Choice<bool>, 2> kWhen{{{"at-once", true}, {"at-refresh", false}}};

constexpr std::array<Choice<bool>, 2> kOldBinding{{{"left", false}, {"removed", true}}};

constexpr std::array<Choice<bool>, 2> kUnanswered{{{"kept", false}, {"closed", true}}};

constexpr std::array<Choice<bool>, 2> kAnsweredBy{{{"silence", false}, {"reset", true}}};

void require_connection(DesignParts& parts, ObjectReader& reader, const Fault& fault) {
    const Phone& phone = parts.design.phones[*fault.phone];
    require_listed(parts, reader, *fault.phone, *fault.server);
    if (transport_to(phone, *fault.server) != Transport::tcp) {
        parts.input.report(reader.node(), {"a half-open connection over UDP",
                                           R"("transport": "tcp" at the phone, or at its entry)"});
    }
    if (ageing_of(parts.design, *fault.phone, *fault.server)) {
        parts.input.report(reader.node(), {"a half-open connection through a port that ages",
                                           R"(a link without "ageing")"});
    }
}

// Which contacts it has had is counted, not why.
void require_one_reason(DesignParts& parts, ObjectReader& reader, const Fault& fault) {
    if (parts.design.phones[*fault.phone].after_restart.new_contact) {
        parts.input.report(*reader.member("phone"),
                           {R"(a phone with "after_restart": {"contact": "new"} that moves)",
                            "one of the two",
                            "its contacts would not be told apart by why they are new"});
    }
}

// Without a name it is about all of them, which may move one by one only.
void read_record(DesignParts& parts, ObjectReader& reader, Fault& fault) {
    const auto name = reader.text("record");
    if (!name) {
        if (fault.kind == FaultKind::dns_change) {
            (void)reader.required("record", "the name whose servers have other addresses");
        }
        return;
    }
    const auto& records = parts.design.dns.records;
    const auto found = std::ranges::find(records, *name, &NameRecord::name);
    if (found == records.end()) {
        parts.input.report(*reader.member("record"),
                           {in_quotes(*name), R"(a name among the "records" of "dns")"});
    } else {
        fault.record = static_cast<std::size_t>(found - records.begin());
    }
}

// Who lists a server without its name would know the new address, or never.
void require_looked_up(DesignParts& parts, ObjectReader& reader, std::size_t record) {
    for (const Target& target : parts.design.dns.records[record].targets) {
        for (const Phone& phone : parts.design.phones) {
            const bool otherwise =
                std::ranges::any_of(phone.servers, [&](const ServerEntry& entry) {
                    return entry.server == target.server &&
                           (!entry.name || phone.names[*entry.name].record != record);
                });
            if (otherwise) {
                parts.input.report(
                    *reader.member("record"),
                    {"a name of " + in_quotes(parts.design.servers[target.server].name) +
                         ", which " + in_quotes(phone.name) + " does not list by it",
                     "a name by which all phones list its servers"});
                return;
            }
        }
    }
}

}  // namespace

AfterMove read_after_move(ObjectReader& phone) {
    AfterMove after;
    const std::optional<Node> node = phone.member("after_move");
    if (!node) {
        return after;
    }
    ObjectReader reader(phone.input(), *node, "what a phone does at another address");
    after.registers_at_once = reader.choice("registers", kWhen).value_or(after.registers_at_once);
    const bool has_instance = reader.boolean("instance_id", false);
    const bool removes = reader.choice("old_binding", kOldBinding).value_or(false);
    after.replaces = has_instance || removes;
    reader.finish();
    return after;
}

void read_connection(ObjectReader& phone, Transport transport, FlowRules& flow) {
    const std::optional<Node> node = phone.member("connection");
    if (!node) {
        return;
    }
    if (transport != Transport::tcp) {
        phone.refuse("connection", R"(it belongs to "transport": "tcp")");
        return;
    }
    ObjectReader reader(phone.input(), *node, "the connections of a phone");
    flow.gives_up = reader.interval("gives_up_after", flow.gives_up, {1, false});
    flow.closes_unanswered =
        reader.choice("unanswered", kUnanswered).value_or(flow.closes_unanswered);
    reader.finish();
}

void read_strike(DesignParts& parts, ObjectReader& reader, Fault& fault) {
    fault.phone = required_reference(reader, "phone", parts.phones);
    if (fault.kind == FaultKind::move) {
        reader.refuse("server", "it concerns all servers of the phone");
        if (fault.phone) {
            require_few_ways(parts, reader, fault);
            require_one_reason(parts, reader, fault);
        }
    } else {
        fault.server = required_reference(reader, "server", parts.servers);
        fault.resets = reader.choice("answered_by", kAnsweredBy).value_or(fault.resets);
        if (fault.phone && fault.server) {
            require_connection(parts, reader, fault);
        }
    }
    fault.at = reader.interval("at", fault.at, kOpen);
    for (const char* key : {"gateway", "resolver", "line", "replaces", "delay"}) {
        reader.refuse(key, "it strikes a phone");
    }
    for (const char* key :
         {"lasts", "bindings", "retry_after", "direction", "window", "notifies"}) {
        reader.refuse(key, "it happens at one instant");
    }
}

void read_misleading(DesignParts& parts, ObjectReader& reader, Fault& fault) {
    const bool changes = fault.kind == FaultKind::dns_change;
    read_record(parts, reader, fault);
    if (changes) {
        reader.refuse("resolver", "all of them know the new addresses");
        reader.refuse("lasts", "it happens at one instant");
        if (fault.record && parts.design.dns.records[*fault.record].later.empty()) {
            require_looked_up(parts, reader, *fault.record);
        } else if (fault.record && fault.count > 1) {
            parts.input.report(*reader.member("count"),
                               {"a second change of a name that has other servers later",
                                "one change"});
        }
    } else {
        fault.resolver = reader.reference("resolver", parts.resolvers);
        fault.lasts = reader.interval("lasts", fault.lasts, kOpen);
    }
    fault.at = reader.interval("at", fault.at, kOpen);
    for (const char* key : {"server", "phone", "gateway", "direction", "line", "replaces", "delay",
                            "bindings", "retry_after", "window", "notifies"}) {
        reader.refuse(key, "it is about what DNS says to all phones");
    }
}

}  // namespace failback::model
