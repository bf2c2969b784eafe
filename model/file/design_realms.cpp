// A server whose realm is another one for a while.
#include <algorithm>

#include "model/file/design_parts.hpp"
#include "model/file/design_text.hpp"

namespace failback::model {
namespace {

// With one registration at a time, a line has one nonce for all servers of a realm.
bool shares_nonces(const Design& design, const Phone& phone, const Fault& fault) {
    const auto is_of = [&](const ServerEntry& entry) {
        const std::string& realm = design.servers[entry.server].authentication.realm;
        return realm == fault.realm || realm == design.servers[*fault.server].authentication.realm;
    };
    const auto registers = [&](const ServerEntry& entry) {
        return entry.registers && entry.server == *fault.server;
    };
    const auto others = [&](const ServerEntry& entry) {
        return entry.registers && entry.server != *fault.server && is_of(entry);
    };
    const bool is_successive = phone.registration.order == Order::successive ||
                               std::ranges::any_of(phone.names, [](const ListedName& name) {
                                   return name.count > 1;
                               });
    return is_successive && std::ranges::any_of(phone.servers, registers) &&
           std::ranges::any_of(phone.servers, others);
}

void require_realm_of_its_own(DesignParts& parts, ObjectReader& reader, const Fault& fault) {
    const Design& design = parts.design;
    const Server& server = design.servers[*fault.server];
    if (!challenges(parts, fault)) {
        parts.input.report(*reader.member("server"),
                           {in_quotes(server.name) + ", which asks nobody for a password",
                            R"(a server with "authentication")"});
    }
    if (server.authentication.realm == fault.realm) {
        parts.input.report(*reader.member("realm"),
                           {"the realm that " + in_quotes(server.name) + " has", "another one"});
    }
    for (const Fault& before : design.faults) {
        if (before.kind == FaultKind::realm && before.server == fault.server &&
            before.realm != fault.realm) {
            parts.input.report(*reader.member("realm"),
                               {"a third realm of " + in_quotes(server.name),
                                in_quotes(before.realm) + ", as before",
                                "more than two are not modelled"});
        }
    }
    for (const Phone& phone : design.phones) {
        if (shares_nonces(design, phone, fault)) {
            parts.input.report(
                *reader.member("server"),
                {"a realm that " + in_quotes(phone.name) + " shares between servers",
                 R"(servers with realms of their own, or "concurrent" registration)",
                 "what a line makes of its one nonce then is not modelled"});
            return;
        }
    }
}

}  // namespace

void read_realm(DesignParts& parts, ObjectReader& reader, Fault& fault) {
    fault.server = required_reference(reader, "server", parts.servers);
    fault.realm = reader.text("realm").value_or("");
    if (!reader.has("realm")) {
        (void)reader.required("realm", "the other realm that the server has");
    } else if (fault.server) {
        require_realm_of_its_own(parts, reader, fault);
    }
    fault.at = reader.interval("at", fault.at, kOpen);
    fault.lasts = reader.interval("lasts", fault.lasts, kOpen);
    for (const char* key : {"phone", "gateway", "resolver", "direction", "line", "replaces",
                            "delay", "bindings", "retry_after", "window", "notifies"}) {
        reader.refuse(key, "it concerns requests that the server challenges");
    }
}

}  // namespace failback::model
