#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "model/file/design_parts.hpp"
#include "model/file/design_text.hpp"

namespace failback::model {
namespace {

constexpr std::array<Choice<Transport>, 2> kTransports{
    {{"udp", Transport::udp}, {"tcp", Transport::tcp}}};

constexpr std::array<Choice<Belief>, 2> kBeliefs{
    {{"until-failed-refresh", Belief::until_failed_refresh},
     {"until-expiry", Belief::until_expiry}}};

constexpr std::array<Choice<bool>, 2> kFailuresUntil{{{"granted", false}, {"stable", true}}};

constexpr std::array<Choice<bool>, 2> kCSeqs{{{"rises", true}, {"stays", false}}};

bool is_aor(std::string_view text) {
    const bool has_scheme = text.starts_with("sip:") || text.starts_with("sips:");
    return has_scheme && text.size() > text.find(':') + 1 &&
           text.find_first_of(" \t<>\"") == std::string_view::npos;
}

std::string read_aor(ObjectReader& reader) {
    constexpr std::string_view kExpected = R"(an address of record such as "sip:1001@example.com")";
    const std::string aor = reader.text("aor").value_or("");
    if (!reader.has("aor")) {
        (void)reader.required("aor", kExpected);
    } else if (!aor.empty() && !is_aor(aor)) {
        reader.input().report(*reader.member("aor"), {in_quotes(aor), std::string(kExpected)});
    }
    return aor;
}

void read_lines(DesignParts& parts, ObjectReader& reader, Phone& phone) {
    const std::vector<Node> nodes = reader.elements("lines", {1, kMostLines});
    if (nodes.empty()) {
        parts.lines.forgive_unknown();
    }
    for (const Node& node : nodes) {
        ObjectReader line_reader(parts.input, node, "a line");
        Line line;
        line.position = line_reader.position();
        if (const auto name = line_reader.required_name("name")) {
            line.name = *name;
            parts.lines.add(parts.input, *line_reader.member("name"), *name,
                            parts.line_indices.size());
        } else {
            parts.lines.forgive_unknown();
        }
        line.aor = read_aor(line_reader);
        line.enabled = line_reader.interval("enabled", line.enabled);
        line_reader.finish();
        parts.line_indices.push_back({parts.design.phones.size(), phone.lines.size()});
        phone.lines.push_back(line);
    }
}

// A server's name, or an object with more than the name.
std::optional<std::size_t> read_entry(DesignParts& parts, const Node& node, ServerEntry& entry) {
    entry.position = parts.input.position(node);
    if (!node.value->is_object()) {
        const auto name =
            read_string(parts.input, node,
                        R"(the name of a server, {"server": ..., "register": false} or )"
                        R"({"name": ...})");
        return name ? parts.servers.find(parts.input, node, *name) : std::nullopt;
    }
    ObjectReader reader(parts.input, node, "an entry of a server list");
    const auto server = required_reference(reader, "server", parts.servers);
    read_own_rules(reader, entry);
    reader.finish();
    return server;
}

void refuse_circle(Input& input, const Node& node, const std::string& server) {
    input.report(node, {fmt::format("the server {} a second time", in_quotes(server)),
                        "each server once in a phone's list",
                        fmt::format("the order of priority would be circular: {} would stand "
                                    "both above and below itself",
                                    in_quotes(server))});
}

std::vector<ServerEntry> read_entries(DesignParts& parts, const Node& node, Phone& phone) {
    if (node.value->is_object() && node.value->contains("name")) {
        return read_listed_name(parts, node, phone);
    }
    ServerEntry entry;
    const auto server = read_entry(parts, node, entry);
    entry.server = server.value_or(0);
    return server ? std::vector{entry} : std::vector<ServerEntry>{};
}

void read_server_list(DesignParts& parts, ObjectReader& reader, Phone& phone) {
    std::size_t place = 0;
    for (const Node& node : reader.elements("servers", {1, kMostServers})) {
        for (ServerEntry& entry : read_entries(parts, node, phone)) {
            entry.listed = place;
            for (const ServerEntry& above : phone.servers) {
                if (above.server == entry.server) {
                    refuse_circle(parts.input, node, parts.design.servers[entry.server].name);
                    break;
                }
            }
            phone.servers.push_back(entry);
        }
        ++place;
    }
}

// A NAT is before a phone, and what it does to connections is not modelled.
void check_nat(ObjectReader& reader, const Phone& phone) {
    const bool connects = std::ranges::any_of(phone.servers, [](const ServerEntry& entry) {
        return entry.transport == Transport::tcp;
    });
    if (phone.flow.nat && connects) {
        reader.input().report(*reader.member("nat"),
                              {"a NAT before a phone with TCP to one of its servers",
                               R"("transport": "udp")",
                               "what a NAT does to connections is not modelled"});
    }
}

// Of its `calls`.
void read_patience(ObjectReader& entry_reader, ServerEntry& entry) {
    const std::optional<Node> node = entry_reader.member("calls");
    if (!node) {
        return;
    }
    ObjectReader reader(entry_reader.input(), *node, "the call rules of an entry");
    if (reader.has("retry_timeout")) {
        entry.retry_timeout = reader.duration("retry_timeout", 0);
    }
    if (reader.has("retry_count")) {
        entry.retry_count = reader.integer("retry_count", 0, {0, 20});
    }
    reader.finish();
}

Phone read_phone(DesignParts& parts, const Node& node) {
    ObjectReader reader(parts.input, node, "a phone");
    Phone phone;
    phone.position = reader.position();
    if (const auto name = reader.required_name("name")) {
        phone.name = *name;
        parts.phones.add(parts.input, *reader.member("name"), *name, parts.design.phones.size());
    } else {
        parts.phones.forgive_unknown();
    }
    read_remarks(reader, true);
    read_lines(parts, reader, phone);
    read_server_list(parts, reader, phone);
    phone.lookup = read_lookup(reader);
    phone.transport = reader.choice("transport", kTransports).value_or(phone.transport);
    phone.timers = read_timers(reader);
    phone.expires = reader.duration("expires", phone.expires, kLifetime);
    phone.refresh = read_refresh(reader);
    phone.retry = read_retry(reader, true);
    phone.least_expires = reader.duration("least_expires", phone.least_expires, {0, true});
    phone.max_retries = reader.integer("max_retries", phone.max_retries, {0, 255});
    phone.belief = reader.choice("belief", kBeliefs).value_or(phone.belief);
    phone.registration = read_registration(reader);
    phone.failback = read_failback(reader, "failback", phone.registration.order);
    phone.failover = read_failover(reader, phone.registration.order, phone.failback.rule);
    phone.address_failback = read_failback(reader, "address_failback", Order::successive);
    phone.boot = reader.interval("boot", phone.boot);
    phone.wipe_at_boot = reader.boolean("wipe_at_boot", phone.wipe_at_boot);
    phone.refusals = read_refusals(reader);
    phone.after_restart = read_after_restart(reader);
    phone.after_move = read_after_move(reader);
    phone.flow = read_flow(reader, phone.transport);
    read_connection(reader, phone.transport, phone.flow);
    check_nat(reader, phone);
    read_clock(reader, phone);
    phone.calls = read_call_rules(reader);
    read_subscriptions_of(reader, phone);
    phone.failures_until_stable =
        reader.choice("failures_until", kFailuresUntil).value_or(phone.failures_until_stable);
    phone.outbound_proxy = reader.reference("outbound_proxy", parts.servers);
    phone.raises_cseq = reader.choice("cseq", kCSeqs).value_or(phone.raises_cseq);
    phone.appearances = read_seizure_rules(reader);
    phone.credentials = read_credentials(parts, reader);
    check_names(parts, reader, phone);
    reader.finish();
    return phone;
}

}  // namespace

void read_own_rules(ObjectReader& reader, ServerEntry& entry) {
    entry.transport = reader.choice("transport", kTransports);
    read_patience(reader, entry);
    entry.registers = reader.boolean("register", entry.registers);
    entry.direct = !reader.boolean("outbound_proxy", true);
    if (!entry.registers) {
        for (const std::string_view key : {"expires", "refresh", "retry"}) {
            reader.refuse(key, "the phone does not register there");
        }
        return;
    }
    if (reader.has("expires")) {
        entry.expires = reader.duration("expires", 0, kLifetime);
    }
    if (reader.has("refresh")) {
        entry.refresh = read_refresh(reader);
    }
    if (reader.has("retry")) {
        entry.retry = read_retry(reader, true);
    }
}

void read_phones(DesignParts& parts, ObjectReader& root) {
    const std::vector<Node> nodes = root.elements("phones", {1, kMostPhones});
    if (nodes.empty()) {
        parts.phones.forgive_unknown();
        parts.lines.forgive_unknown();
    }
    for (const Node& node : nodes) {
        parts.design.phones.push_back(read_phone(parts, node));
    }
}

void require_listed(DesignParts& parts, const ObjectReader& reader, std::size_t phone,
                    std::size_t server) {
    const Phone& owner = parts.design.phones[phone];
    if (owner.outbound_proxy == server) {
        return;
    }
    for (const ServerEntry& entry : owner.servers) {
        if (entry.server == server) {
            return;
        }
    }
    parts.input.report(reader.node(),
                       {fmt::format("phone {} with server {}", in_quotes(owner.name),
                                    in_quotes(parts.design.servers[server].name)),
                        "a server of the phone's own list; nothing goes between these two"});
}

}  // namespace failback::model
