#include <array>

#include <fmt/format.h>

#include "model/design_parts.hpp"
#include "model/design_text.hpp"
#include "model/duration.hpp"
#include "model/profiles.hpp"

namespace failback::model {
namespace {

constexpr std::array<Choice<ServerKind>, 2> kKinds{
    {{"registrar", ServerKind::registrar}, {"gateway", ServerKind::gateway}}};

constexpr std::array<Choice<TooBrief>, 3> kTooBrief{
    {{"423", TooBrief::reject_423},
     {"raise", TooBrief::raise},
     {"423-always", TooBrief::reject_423_always}}};

constexpr std::array<Choice<Status>, 2> kOutOfOrder{
    {{"500", Status::server_error_500}, {"400", Status::bad_request_400}}};

void read_lifetimes(ObjectReader& reader, Server& server) {
    server.min_expires = reader.duration("min_expires", server.min_expires, kLifetime);
    server.max_expires = reader.duration("max_expires", server.max_expires, kLifetime);
    if (server.min_expires > server.max_expires) {
        const bool is_min = reader.has("min_expires");
        const Node node = *reader.member(is_min ? "min_expires" : "max_expires");
        reader.input().report(node, {describe(*node.value),
                                     is_min ? "at most max_expires, which is " +
                                                  duration_text(server.max_expires)
                                            : "at least min_expires, which is " +
                                                  duration_text(server.min_expires)});
    }
}

Server read_server(DesignParts& parts, const Node& node) {
    ObjectReader reader(parts.input, node, "a server");
    Server server;
    server.position = reader.position();
    if (const auto name = reader.required_name("name")) {
        server.name = *name;
        parts.servers.add(parts.input, *reader.member("name"), *name,
                          parts.design.servers.size());
    } else {
        parts.servers.forgive_unknown();
    }
    read_remarks(reader, false);
    server.address = reader.text("address").value_or("");
    server.kind = reader.choice("kind", kKinds).value_or(server.kind);
    read_lifetimes(reader, server);
    server.too_brief = reader.choice("too_brief", kTooBrief).value_or(server.too_brief);
    server.expiry_sweep = reader.duration("expiry_sweep", server.expiry_sweep);
    server.whole_seconds = reader.boolean("whole_seconds", server.whole_seconds);
    server.stores_bindings = reader.boolean("stores_bindings", server.stores_bindings);
    read_packages(reader, server);
    server.timer_j = reader.duration("timer_j", server.timer_j);
    server.capacity = read_limit(reader, "capacity");
    server.contacts_per_aor = read_limit(reader, "contacts_per_aor");
    server.out_of_order = reader.choice("out_of_order", kOutOfOrder).value_or(server.out_of_order);
    server.repeat_window = reader.duration("repeat_window", server.repeat_window);
    reader.finish();
    return server;
}

}  // namespace

void read_servers(DesignParts& parts, ObjectReader& root) {
    const std::vector<Node> nodes = root.elements("servers", {1, kMostServers});
    if (nodes.empty()) {
        parts.servers.forgive_unknown();
    }
    for (const Node& node : nodes) {
        parts.design.servers.push_back(read_server(parts, node));
    }
}

void read_remarks(ObjectReader& part, bool of_phones) {
    if (const auto name = part.text("profile")) {
        const std::vector<std::string_view> known = profile_names(of_phones);
        const bool is_other = find_profile(*name).has_value();
        part.input().report(*part.member("profile"),
                            {in_quotes(*name) + (is_other ? of_phones ? ", a profile of a server"
                                                                      : ", a profile of a phone"
                                                          : ""),
                             fmt::format("a profile of a {}: {}", of_phones ? "phone" : "server",
                                         quoted_list(known)),
                             is_other ? "" : did_you_mean_profile(*name, known)});
    }
    part.skip_notes();
}

std::optional<std::size_t> required_reference(ObjectReader& reader, std::string_view key,
                                              const Names& names) {
    const auto index = reader.reference(key, names);
    if (!reader.has(key)) {
        (void)reader.required(key, "the name of what it applies to");
    }
    return index;
}

}  // namespace failback::model
