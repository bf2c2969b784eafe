// What faults wait for besides other faults.
#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "model/file/design_parts.hpp"
#include "model/file/design_text.hpp"
#include "model/sip/awaited.hpp"

namespace failback::model {
namespace {

// The one word that says what is waited for.
std::optional<std::size_t> read_kind(ObjectReader& reader, const nlohmann::json& written) {
    std::optional<std::size_t> found;
    const auto kinds = awaited_kinds();
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        const std::optional<Node> node = reader.member(kinds[i].word);
        if (node && found) {
            reader.input().report(*node, {"a second event", "one event"});
        } else if (node) {
            found = i;
        }
    }
    const auto is_other = [](const auto& member) {
        return member.key() != "line" && member.key() != "server" && member.key() != "event" &&
               member.key() != "times";
    };
    const auto members = written.items();
    if (!found && std::ranges::none_of(members, is_other)) {
        (void)reader.required("registers", R"(an event, such as "registers", "answered" or )"
                                           R"("recovers")");
    }
    return found;
}

// By its event package, if the phone has several.
std::size_t read_package(DesignParts& parts, ObjectReader& reader, const Phone& phone) {
    const auto package = reader.text("event");
    if (!package && subscriptions_of(phone) == 1) {
        return 0;
    }
    std::vector<std::string_view> known;
    for (std::size_t which = 0; which < subscriptions_of(phone); ++which) {
        known.push_back(subscription_rules(phone, which).event);
    }
    const auto found = std::ranges::find(known, package.value_or(""));
    if (found == known.end()) {
        parts.input.report(reader.node(),
                           {package ? in_quotes(*package) : std::string("no \"event\""),
                            "the event package of a subscription of " + in_quotes(phone.name)});
        return 0;
    }
    return static_cast<std::size_t>(found - known.begin());
}

std::optional<std::size_t> entry_for(DesignParts& parts, ObjectReader& reader,
                                     const AwaitedKind& kind, std::size_t phone,
                                     std::size_t server) {
    if (kind.subject == AwaitedSubject::registration) {
        return registered_entry(parts, reader, phone, server);
    }
    const auto& servers = parts.design.phones[phone].servers;
    const auto found = std::ranges::find(servers, server, &ServerEntry::server);
    if (found != servers.end()) {
        return static_cast<std::size_t>(found - servers.begin());
    }
    const auto through = kind.subject == AwaitedSubject::incoming
                             ? entry_beyond(parts.design, phone, server)
                             : std::nullopt;
    if (!through) {
        require_listed(parts, reader, phone, server);
    }
    return through;
}

void read_of_line(DesignParts& parts, ObjectReader& reader, const AwaitedKind& kind,
                  AwaitedEvent& event, bool& is_right) {
    const std::string_view line_key = kind.server_first ? "line" : kind.word;
    const std::string_view server_key = kind.server_first ? kind.word : "server";
    const auto index = required_reference(reader, line_key, parts.lines);
    const bool is_at_server = kind.subject != AwaitedSubject::call;
    const auto server = is_at_server ? required_reference(reader, server_key, parts.servers)
                                     : std::nullopt;
    is_right = index && (server || !is_at_server);
    if (!is_right) {
        return;
    }
    event.phone = parts.line_indices[*index].phone;
    event.line = parts.line_indices[*index].line;
    if (kind.subject == AwaitedSubject::subscription) {
        event.subscription = read_package(parts, reader, parts.design.phones[event.phone]);
    }
    if (server) {
        const auto entry = entry_for(parts, reader, kind, event.phone, *server);
        event.entry = entry.value_or(0);
        is_right = entry.has_value();
        event.server = kind.subject == AwaitedSubject::incoming ? *server : 0;
    }
}

}  // namespace

bool read_awaited(DesignParts& parts, ObjectReader& fault_reader, Fault& fault) {
    const std::optional<Node> node = fault_reader.member("after");
    if (!node || !node->value->is_object()) {
        return false;
    }
    ObjectReader reader(fault_reader.input(), *node, "what a fault waits for");
    const auto found = read_kind(reader, *node->value);
    AwaitedEvent event;
    event.times = reader.integer("times", 1, {1, kMostAwaited});
    bool is_right = found.has_value();
    if (found) {
        event.kind = *found;
        const AwaitedKind& kind = awaited_kinds()[*found];
        if (kind.subject < AwaitedSubject::server) {
            read_of_line(parts, reader, kind, event, is_right);
        } else {
            const auto server = required_reference(reader, kind.word, parts.servers);
            event.server = server.value_or(0);
            is_right = server.has_value();
        }
    }
    reader.finish();
    if (is_right) {
        fault.after_event = event;
    }
    return true;
}

namespace {

// Is there a plan of calls that come in at the server itself, not at one through which they pass?
bool comes_in(const Design& design, const AwaitedEvent& event) {
    return std::ranges::any_of(design.incoming, [&](const IncomingPlan& plan) {
        const std::size_t entry = design.phones[plan.phone].servers[plan.entry].server;
        const std::size_t server = plan.is_beyond ? *design.servers[entry].watches : entry;
        return plan.phone == event.phone && plan.line == event.line &&
               plan.entry == event.entry && server == event.server;
    });
}

}  // namespace

// What is read after the faults may happen, or not: calls, those that come in, seizures.
void check_awaited(DesignParts& parts) {
    if (!parts.input.problems().empty()) {
        return;
    }
    const Design& design = parts.design;
    const std::vector<Part> all = parts_of(design);
    for (std::size_t i = 0; i < design.faults.size(); ++i) {
        const auto& event = design.faults[i].after_event;
        if (!event) {
            continue;
        }
        const AwaitedKind& kind = awaited_kinds()[event->kind];
        const Node node = parts.input.at(fmt::format("/faults/{}/after/{}", i, kind.word));
        const auto has = [&](const Part& part) { return std::ranges::count(all, part) > 0; };
        const std::set<Part> awaited = parts_awaited(design, design.faults[i]);
        if (kind.subject == AwaitedSubject::incoming && !comes_in(design, *event)) {
            parts.input.report(node, {"an event of calls that come in at " +
                                          in_quotes(design.servers[event->server].name) +
                                          ", which there are not",
                                      "the server of a plan of such calls"});
        } else if (!std::ranges::all_of(awaited, has)) {
            const auto lacking = std::ranges::find_if_not(awaited, has);
            parts.input.report(node, {"an event of the " + name_of(design, *lacking) +
                                          ", which there is not",
                                      "one that may happen in this design"});
        } else if (kind.subject == AwaitedSubject::gateway &&
                   !design.servers[event->server].watches) {
            parts.input.report(node, {in_quotes(design.servers[event->server].name) +
                                          ", which watches no server",
                                      R"(a gateway with "watches")"});
        }
    }
}

}  // namespace failback::model
