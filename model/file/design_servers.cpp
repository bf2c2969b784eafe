#include <array>

#include <fmt/format.h>

#include "model/duration.hpp"
#include "model/file/design_parts.hpp"
#include "model/file/design_text.hpp"
#include "model/file/profiles.hpp"

namespace failback::model {
namespace {

constexpr std::array<Choice<ServerKind>, 3> kKinds{{{"registrar", ServerKind::registrar},
                                                   {"gateway", ServerKind::gateway},
                                                   {"proxy", ServerKind::proxy}}};

constexpr std::array<Choice<TooBrief>, 3> kTooBrief{
    {{"423", TooBrief::reject_423},
     {"raise", TooBrief::raise},
     {"423-always", TooBrief::reject_423_always}}};

constexpr std::array<Choice<Status>, 3> kOutOfOrder{{{"500", Status::server_error_500},
                                                     {"400", Status::bad_request_400},
                                                     {"stored", Status::ok_200}}};

constexpr std::array<Choice<bool>, 2> kHeartbeats{{{"literal", false}, {"known", true}}};

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

constexpr std::array<Choice<Status>, 6> kSubscribeAnswers{
    {{"489", Status::bad_event_489},
     {"403", Status::forbidden_403},
     {"404", Status::not_found_404},
     {"480", Status::temporarily_unavailable_480},
     {"500", Status::server_error_500},
     {"503", Status::service_unavailable_503}}};

constexpr std::array<Choice<bool>, 2> kDialogs{{{"forgotten", false}, {"kept", true}}};

constexpr std::array<Choice<Accepts>, 3> kAccepts{{{"verified", Accepts::verified},
                                                   {"known", Accepts::known},
                                                   {"open", Accepts::open}}};

void read_subscriptions(ObjectReader& reader, Server& server) {
    read_packages(reader, server);
    if (server.subscriptions) {
        reader.refuse("subscribe_answer", R"(it belongs to "subscriptions": false)");
    } else {
        server.subscribe_answer =
            reader.choice("subscribe_answer", kSubscribeAnswers).value_or(server.subscribe_answer);
    }
}

// Whether or not a gateway watches, its profile may say how.
void read_watching(DesignParts& parts, ObjectReader& reader, Server& server,
                   std::vector<Watching>& watching) {
    if (server.kind != ServerKind::gateway) {
        constexpr std::string_view kWhy = R"(it belongs to the kind "gateway")";
        reader.refuse("watches", kWhy);
        reader.refuse("survivability", kWhy);
        return;
    }
    if (const auto name = reader.name("watches")) {
        watching.push_back({parts.design.servers.size(), *reader.member("watches"), *name});
    }
    server.survivability = read_survivability(reader);
}

Server read_server(DesignParts& parts, const Node& node, std::vector<Watching>& watching) {
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
    if (server.kind == ServerKind::proxy) {  // without any state
        reader.finish();
        return server;
    }
    read_lifetimes(reader, server);
    server.too_brief = reader.choice("too_brief", kTooBrief).value_or(server.too_brief);
    server.expiry_sweep = reader.duration("expiry_sweep", server.expiry_sweep);
    server.whole_seconds = reader.boolean("whole_seconds", server.whole_seconds);
    server.stores_bindings = reader.boolean("stores_bindings", server.stores_bindings);
    read_subscriptions(reader, server);
    read_watching(parts, reader, server, watching);
    server.accepts = reader.choice("accepts", kAccepts).value_or(server.accepts);
    server.keeps_dialogs = reader.choice("dialogs", kDialogs).value_or(server.keeps_dialogs);
    server.timer_j = reader.duration("timer_j", server.timer_j);
    server.capacity = read_limit(reader, "capacity");
    server.contacts_per_aor = read_limit(reader, "contacts_per_aor");
    server.out_of_order = reader.choice("out_of_order", kOutOfOrder).value_or(server.out_of_order);
    server.repeat_window = reader.duration("repeat_window", server.repeat_window);
    if (server.out_of_order == Status::ok_200) {
        reader.refuse("repeat_window", R"(with "out_of_order": "stored" nobody looks at CSeqs)");
    }
    server.knows_heartbeat =
        reader.choice("cisco_keep_alive", kHeartbeats).value_or(server.knows_heartbeat);
    if (reader.has("flow_timer")) {
        server.flow_timer = reader.duration("flow_timer", 0, kPositive);
    }
    server.authentication = read_authentication(reader);
    server.processing = read_processing(reader);
    reader.finish();
    return server;
}

}  // namespace

void read_servers(DesignParts& parts, ObjectReader& root) {
    const std::vector<Node> nodes = root.elements("servers", {1, kMostServers});
    if (nodes.empty()) {
        parts.servers.forgive_unknown();
    }
    std::vector<Watching> watching;
    for (const Node& node : nodes) {
        parts.design.servers.push_back(read_server(parts, node, watching));
    }
    resolve_watched(parts, watching);
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
