#include "properties/catalogue_gateways.hpp"

#include <algorithm>

#include "model/duration.hpp"
#include "properties/bounds.hpp"
#include "properties/catalogue_parts.hpp"

namespace failback::properties {

namespace {

using model::Design;

std::size_t server_of(const Design& design, const Subject& subject) {
    return design.phones[subject.phone].servers[subject.entry].server;
}

// "(gateway)"
std::string of_gateway(const Design& design, const Subject& subject) {
    return "(\"" + design.servers[server_of(design, subject)].name + "\")";
}

std::string duration_text(std::optional<sim::DelayMs> given, sim::DelayMs computed) {
    return model::duration_text(given.value_or(computed));
}

bool watches(const Design& design, const Subject& subject) {
    return design.servers[server_of(design, subject)].watches.has_value();
}

bool is_first_to_list_it(const Design& design, const Subject& subject) {
    const std::size_t server = server_of(design, subject);
    return watches(design, subject) && subject.line == 0 &&
           std::none_of(design.phones.begin(),
                        design.phones.begin() + static_cast<std::ptrdiff_t>(subject.phone),
                        [server](const model::Phone& phone) {
                            return std::ranges::find(phone.servers, server,
                                                     &model::ServerEntry::server) !=
                                   phone.servers.end();
                        });
}

bool registers(const Design& design, const Subject& subject) {
    return design.phones[subject.phone].servers[subject.entry].registers;
}

bool passes_line_on(const Design& design, const Subject& subject) {
    return registers(design, subject) &&
           model::passes_on(design.servers[server_of(design, subject)]);
}

bool serves_line_in_emergency_only(const Design& design, const Subject& subject) {
    return registers(design, subject) && !passes_line_on(design, subject) &&
           model::serves_in_emergency_only(design.servers[server_of(design, subject)]);
}

bool may_be_attacked(const Design& design, const Subject& subject) {
    const std::string& aor = design.phones[subject.phone].lines[subject.line].aor;
    return std::ranges::any_of(design.faults, [&](const model::Fault& fault) {
        return fault.kind == model::FaultKind::rogue_register &&
               fault.server == server_of(design, subject) && fault.aor == aor;
    });
}

std::string authority_text(const Design& design, const Subject& subject,
                           std::optional<sim::DelayMs> /*within*/) {
    return "never hijacked(\"" + design.servers[server_of(design, subject)].name + "\", \"" +
           design.phones[subject.phone].lines[subject.line].name + "\")";
}

std::string needed_text(const Design& design, const Subject& subject,
                        std::optional<sim::DelayMs> within) {
    const std::string gateway = of_gateway(design, subject);
    return "whenever probe_answered" + gateway + " then never enters_emergency" + gateway +
           " before " +
           duration_text(within, least_silence(design, server_of(design, subject))) +
           " until fails" + gateway;
}

std::string begins_text(const Design& design, const Subject& subject,
                        std::optional<sim::DelayMs> within) {
    const std::string gateway = of_gateway(design, subject);
    return "never up" + gateway + " and not emergency" + gateway + " and not sees_watched" +
           gateway + " for " +
           duration_text(within, entry_bound(design, server_of(design, subject)));
}

std::string ends_text(const Design& design, const Subject& subject,
                      std::optional<sim::DelayMs> within) {
    const std::string gateway = of_gateway(design, subject);
    return "never emergency" + gateway + " and sees_watched" + gateway + " for " +
           duration_text(within, exit_bound(design, server_of(design, subject)));
}

std::string bindings_text(const Design& design, const Subject& subject,
                          std::optional<sim::DelayMs> within) {
    const model::Server& server = design.servers[server_of(design, subject)];
    const std::string gateway = of_gateway(design, subject);
    const sim::DelayMs lifetime =
        server.survivability.drops_at_exit
            ? 0
            : granted_lifetime(design, {subject.phone, subject.entry});
    return "whenever leaves_emergency" + gateway + " then not binding(\"" + server.name + "\", \"" +
           design.phones[subject.phone].lines[subject.line].name + "\") within " +
           duration_text(within, lifetime) + " unless enters_emergency" + gateway;
}

// What the phone gives up, or the next outage takes away, nobody has to bring back.
std::string known_text(const Design& design, const Subject& subject,
                       std::optional<sim::DelayMs> within) {
    const model::Phone& phone = design.phones[subject.phone];
    const std::string line = "\"" + phone.lines[subject.line].name + "\"";
    const std::size_t server = server_of(design, subject);
    const std::string gateway = "\"" + design.servers[server].name + "\"";
    const std::string watched =
        "\"" + design.servers[*design.servers[server].watches].name + "\"";
    const std::string registered = "registered(" + line + ", " + gateway + ")";
    return "whenever leaves_emergency(" + gateway + ") and " + registered + " then binding(" +
           watched + ", " + line + ") within " +
           duration_text(within, known_bound(design, {subject.phone, subject.entry})) +
           " unless not " + registered + " or not sees_watched(" + gateway + ") or not reachable(" +
           line + ", " + gateway + ")";
}

}  // namespace

std::vector<CatalogueEntry> about_gateways() {
    return {
        {"emergency-needed", "P34",
         "A gateway enters an emergency only after the server that it watches has not answered "
         "for as long as declared.",
         "gateways that take over at the first lost probe", "(pause + timeout) x enters_after",
         "AudioCodes SAS, Oracle ESBC, Cisco CUBE: a gateway serves only in its declared state",
         is_first_to_list_it, needed_text},
        {"emergency-begins", "P34",
         "A gateway that cannot see the server that it watches is in an emergency within the "
         "bound.",
         "slow detection", "answer delay + (pause + timeout) x enters_after",
         "AudioCodes SAS, Oracle ESBC, Cisco CUBE: detection by OPTIONS",
         is_first_to_list_it, begins_text},
        {"emergency-ends", "P34",
         "A gateway that sees the server that it watches again leaves its emergency within the "
         "bound.",
         "gateways that stay in an emergency: split brain",
         "(timeout - last transmission that is answered in time - least delay) + (pause + round "
         "trip) x leaves_after, plus one probe for each message that may be lost",
         "AudioCodes SAS, Oracle ESBC, Cisco CUBE: the end of an emergency",
         is_first_to_list_it, ends_text},
        {"emergency-bindings-end", "P34",
         "After an emergency the gateway's own bindings are gone within their lifetime, or at "
         "once if it drops them.",
         "calls that still ring by way of a gateway that has nothing to say",
         "granted lifetime, or 0 s", "AudioCodes SAS (20 s); Oracle ESBC invalidates at exit",
         serves_line_in_emergency_only, bindings_text},
        {"known-after-emergency", "P34",
         "After an emergency the server that the gateway passes requests on to has a binding of a "
         "line that is registered through it within the bound.",
         "callers from outside do not reach the phone until it refreshes by itself",
         "with re_registers all turns before it and one delay, else the refresh instant of the "
         "longest lifetime and one registration",
         "Cisco CUBE, line-side survivability: registration synchronisation",
         [](const Design& design, const Subject& subject) {
             return passes_line_on(design, subject) &&
                    !parts::may_be_denied_beyond(design, subject);
         },
         known_text},
        {"emergency-authority", "P36",
         "A server never has a binding for the line that somebody else registered.",
         "gateways that accept anyone in an emergency: calls reach an attacker", "",
         "Oracle ESBC accepts without authentication; RFC 3261 10.3 step 3",
         may_be_attacked, authority_text},
    };
}

}  // namespace failback::properties
