// Names of servers: the records of DNS, and how phones look them up.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "model/duration.hpp"
#include "model/file/design_parts.hpp"
#include "model/file/design_text.hpp"
#include "model/nodes/line.hpp"

namespace failback::model {
namespace {

constexpr int kMostTargets = 8;
constexpr int kMost16Bits = 65535;

constexpr std::array<Choice<int>, 3> kQueries{{{"naptr-srv-a", 3}, {"srv-a", 2}, {"a", 1}}};

constexpr std::array<Choice<Expired>, 4> kExpired{{{"unused", Expired::unused},
                                                   {"after-failure", Expired::after_failure},
                                                   {"refetched", Expired::refetched},
                                                   {"at-once", Expired::at_once}}};

constexpr std::array<Choice<bool>, 2> kPorts{{{"all", false}, {"of-first", true}}};

constexpr std::array<Choice<bool>, 2> kBeforeCalls{{{"next", false}, {"all", true}}};

std::optional<Target> read_target(DesignParts& parts, const Node& node) {
    ObjectReader reader(parts.input, node, "a target of SRV records");
    Target target;
    const auto server = required_reference(reader, "server", parts.servers);
    target.priority = reader.integer("priority", 0, {0, kMost16Bits});
    target.weight = reader.integer("weight", 0, {0, kMost16Bits});
    target.port = reader.integer("port", target.port, {1, kMost16Bits});
    reader.finish();
    target.server = server.value_or(0);
    return server ? std::optional(target) : std::nullopt;
}

std::optional<Target> read_address(DesignParts& parts, const Node& node) {
    const auto name = read_string(parts.input, node, "the name of a server");
    const auto server = name ? parts.servers.find(parts.input, node, *name) : std::nullopt;
    return server ? std::optional(Target{*server, 0, 1, 5060}) : std::nullopt;
}

void refuse_twice(DesignParts& parts, const Node& node, const std::vector<Target>& targets,
                  const Target& target) {
    if (std::ranges::count(targets, target.server, &Target::server) > 0) {
        parts.input.report(node, {"the same server a second time", "each server of a name once"});
    }
}

void read_targets(DesignParts& parts, ObjectReader& reader, NameRecord& record) {
    record.srv = reader.has("srv");
    if (record.srv) {
        reader.refuse("a", R"(the name has SRV records, with "srv")");
    } else if (!reader.has("a")) {
        (void)reader.required("srv", R"(the targets of its SRV records; or "a", its addresses)");
        (void)reader.member("a");
        return;
    }
    (void)reader.member("a");
    (void)reader.member("srv");
    for (const Node& node : reader.elements(record.srv ? "srv" : "a", {1, kMostTargets})) {
        const auto target =
            record.srv ? read_target(parts, node) : read_address(parts, node);
        if (target) {
            refuse_twice(parts, node, record.targets, *target);
            record.targets.push_back(*target);
        }
    }
    std::ranges::stable_sort(record.targets, {}, &Target::priority);
}

NameRecord read_record(DesignParts& parts, const Node& node) {
    ObjectReader reader(parts.input, node, "the records of a name");
    NameRecord record;
    if (const auto name = reader.required_name("name")) {
        record.name = *name;
        parts.records.add(parts.input, *reader.member("name"), *name,
                          parts.design.dns.records.size());
    } else {
        parts.records.forgive_unknown();
    }
    constexpr DelayMs kHour = 3'600'000;
    record.ttl = reader.duration("ttl", kHour);
    record.negative_ttl = reader.duration("negative_ttl", 0);
    read_targets(parts, reader, record);
    const bool changes = reader.member("later").has_value();
    for (const Node& later :
         changes ? reader.elements("later", {1, kMostTargets}) : std::vector<Node>{}) {
        if (const auto target = read_address(parts, later)) {
            refuse_twice(parts, later, record.later, *target);
            record.later.push_back(*target);
        }
    }
    reader.finish();
    return record;
}

void read_resolvers(DesignParts& parts, ObjectReader& reader) {
    std::vector<std::string>& resolvers = parts.design.dns.resolvers;
    if (!reader.has("resolvers")) {
        (void)reader.member("resolvers");
        return;
    }
    resolvers.clear();
    for (const Node& node : reader.elements("resolvers", {1, kMostResolvers})) {
        if (const auto name = read_name(parts.input, node)) {
            parts.resolvers.add(parts.input, node, *name, resolvers.size());
            resolvers.push_back(*name);
        }
    }
}

// Nothing would be as the design says; `servers` is where the names stand.
void refuse(DesignParts& parts, ObjectReader& phone, Wrong wrong) {
    parts.input.report(*phone.member("servers"), std::move(wrong));
}

void check_record(DesignParts& parts, ObjectReader& reader, const Phone& phone,
                  const NameRecord& record) {
    if (record.srv && phone.lookup.queries == 1) {
        refuse(parts, reader,
               {in_quotes(record.name) + ", which has SRV records",
                R"(a name with "a" records, as the phone asks for nothing else)"});
    }
    const auto equals = std::ranges::adjacent_find(record.targets, {}, &Target::priority);
    if (equals != record.targets.end() && phone.failback.rule == FailbackRule::probe) {
        refuse(parts, reader,
               {in_quotes(record.name) + R"(, two of whose servers are as good, and a "probe")",
                "one server that is the best, for the phone to ask whether it is back",
                R"("srv" records with different priorities)"});
    }
}

// As good as the first one: nobody returns from there.
bool is_among_best(const Phone& phone, std::size_t entry, std::uint8_t first) {
    const std::size_t best =
        first != kNoEntry ? first : phone.names[*phone.servers[entry].name].first;
    return tier_of(phone, entry) == tier_of(phone, best);
}

// That of the names which the line may have to return from: the entries but for `first` and its
// equals; with kNoEntry, those of names with several addresses.
DelayMs common_ttl(DesignParts& parts, ObjectReader& reader, std::string_view key,
                   const Phone& phone, std::uint8_t first) {
    std::optional<DelayMs> ttl;
    for (std::size_t entry = 0; entry < phone.servers.size(); ++entry) {
        const ServerEntry& listed = phone.servers[entry];
        const bool is_alone = !listed.name || phone.names[*listed.name].count == 1;
        if (!listed.registers || (first == kNoEntry && is_alone) ||
            (has_equals(phone) && is_among_best(phone, entry, first)) || entry == first) {
            continue;
        }
        const DelayMs own = listed.name ? phone.names[*listed.name].ttl : 0;
        if (own == 0 || own != ttl.value_or(own)) {
            parts.input.report(
                *reader.member(key),
                {R"("dns-ttl" beside )" +
                     in_quotes(parts.design.servers[listed.server].name) +
                     (!listed.name ? ", which has no name"
                      : own == 0   ? ", whose name has a time to live of 0"
                                   : ", whose name has another time to live"),
                 "servers of names with the same time to live, of more than 0",
                 "the manuals do not say what that mode does then; write {\"after\": ...}"});
            break;
        }
        ttl = own;
    }
    return ttl.value_or(1);
}

// A registration with one of several addresses cannot be given up by a call alone.
void check_forgetting(DesignParts& parts, ObjectReader& reader, const Phone& phone) {
    const bool has_addresses = std::ranges::any_of(
        phone.names, [](const ListedName& name) { return name.count > 1; });
    const bool is_moved = phone.failover.forgets || phone.failover.registers;
    if (is_moved && has_addresses && phone.registration.order == Order::concurrent) {
        refuse(parts, reader,
               {std::string("a name with several addresses, and a registration that ") +
                    (phone.failover.forgets ? "is forgotten after a call" : "a call waits for"),
                "names with one address each",
                R"(or "registration": {"order": "successive"})"});
    }
}

// Keep-alives that go where a name leads by itself need a name, and one place where it leads.
void check_keep_alives(DesignParts& parts, ObjectReader& reader, const Phone& phone) {
    if (!phone.flow.keep_alive.to_first) {
        return;
    }
    if (phone.names.empty() || has_equals(phone)) {
        refuse(parts, reader,
               {phone.names.empty() ? "keep-alives to the first address of a name, and no name"
                                    : "keep-alives to the first of servers of equal priority",
                "servers by a name whose addresses have priorities of their own",
                R"(or "to": "registered")"});
    }
    if (phone.flow.nat) {
        refuse(parts, reader,
               {"keep-alives to another server than the registered one, and a NAT",
                R"("to": "registered", or no NAT)",
                "mappings of a NAT are modelled for the servers that a line registers with"});
    }
}

}  // namespace

void read_dns(DesignParts& parts, ObjectReader& root) {
    const std::optional<Node> node = root.member("dns");
    if (node) {
        ObjectReader reader(parts.input, *node, "what DNS knows");
        read_resolvers(parts, reader);
        parts.design.dns.answer = reader.interval("answer", parts.design.dns.answer);
        for (const Node& record : reader.elements("records", {0, kMostEntries})) {
            parts.design.dns.records.push_back(read_record(parts, record));
        }
        reader.finish();
    }
    if (!node || !node->value->contains("resolvers")) {
        parts.resolvers.add(parts.input, node.value_or(root.node()), "dns", 0);
    }
}

LookupRules read_lookup(ObjectReader& phone) {
    LookupRules rules;
    const std::optional<Node> node = phone.member("lookup");
    if (!node) {
        return rules;
    }
    ObjectReader reader(phone.input(), *node, "the look-ups of a phone");
    rules.timeout = reader.duration("timeout", rules.timeout, kPositive);
    rules.tries = reader.integer("tries", rules.tries, {1, 10});
    rules.queries = reader.choice("queries", kQueries).value_or(rules.queries);
    rules.expired = reader.choice("expired", kExpired).value_or(rules.expired);
    rules.all_before_calls =
        reader.choice("before_calls", kBeforeCalls).value_or(rules.all_before_calls);
    if (rules.expired == Expired::unused) {
        rules.static_ttl = reader.duration("static_records", rules.static_ttl);
    } else {
        reader.refuse("static_records", R"(it belongs to "expired": "unused")");
    }
    reader.finish();
    return rules;
}

namespace {

// Those that the name does not have at first stand behind the others.
void add_later(const NameRecord& known, const ServerEntry& common, Position position,
               std::vector<ServerEntry>& entries, ListedName& name) {
    name.count_at_first = entries.size();
    for (const Target& target : known.later) {
        const auto found = std::ranges::find(entries, target.server, &ServerEntry::server);
        name.later.push_back(name.first + static_cast<std::size_t>(found - entries.begin()));
        if (found == entries.end()) {
            ServerEntry entry = common;
            entry.server = target.server;
            entry.name = entries.front().name;
            entry.position = position;
            entries.push_back(entry);
        }
    }
    name.count = entries.size();
}

}  // namespace

std::vector<ServerEntry> read_listed_name(DesignParts& parts, const Node& node, Phone& phone) {
    ObjectReader reader(parts.input, node, "an entry of a server list");
    const auto record = required_reference(reader, "name", parts.records);
    ServerEntry common;
    read_own_rules(reader, common);
    reader.refuse("server", R"("name" stands for the servers that it resolves to)");
    const bool of_first_port = reader.choice("ports", kPorts).value_or(false);
    reader.finish();
    std::vector<ServerEntry> entries;
    if (!record) {
        return entries;
    }
    const NameRecord& known = parts.design.dns.records[*record];
    int previous = 0;
    for (const Target& target : known.targets) {
        if (of_first_port && target.port != known.targets.front().port) {
            continue;
        }
        ServerEntry entry = common;
        entry.server = target.server;
        entry.name = phone.names.size();
        entry.equals_previous = !entries.empty() && target.priority == previous;
        entry.weight = target.weight;
        previous = target.priority;
        entry.position = parts.input.position(node);
        entries.push_back(entry);
    }
    ListedName name{known.name, *record, phone.servers.size(), entries.size(), known.ttl};
    add_later(known, common, parts.input.position(node), entries, name);
    if (of_first_port && !known.later.empty()) {
        parts.input.report(node, {in_quotes(known.name) + R"(, of "ports": "of-first")",
                                  R"("ports": "all", as the name has other servers "later")"});
    }
    phone.names.push_back(std::move(name));
    return entries;
}

void check_names(DesignParts& parts, ObjectReader& reader, Phone& phone) {
    const Dns& dns = parts.design.dns;
    if (!phone.names.empty() && dns.answer.latest >= phone.lookup.timeout) {
        refuse(parts, reader,
               {"a name whose answers may take " + duration_text(dns.answer.latest),
                "answers that come before the phone gives a query up, which is after " +
                    duration_text(phone.lookup.timeout),
                R"(a resolver whose answers come too late is one with a "dns-outage")"});
    }
    for (const ListedName& name : phone.names) {
        check_record(parts, reader, phone, dns.records[name.record]);
    }
    check_forgetting(parts, reader, phone);
    check_keep_alives(parts, reader, phone);
    if (phone.failback.of_dns) {
        phone.failback.after = common_ttl(parts, reader, "failback", phone, first_registrar(phone));
    }
    if (phone.address_failback.of_dns) {
        phone.address_failback.after =
            common_ttl(parts, reader, "address_failback", phone, kNoEntry);
    }
}

}  // namespace failback::model
