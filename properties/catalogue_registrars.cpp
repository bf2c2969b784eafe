// The catalogue's entries about what registrars do with REGISTERs, and phones with refusals.
#include <algorithm>

#include "model/nodes/line.hpp"
#include "properties/catalogue_parts.hpp"

namespace failback::properties {

namespace {

using namespace parts;
using model::Phone;

const model::Server& server(const Design& design, const Subject& subject) {
    return design.servers[phone_of(design, subject).servers[subject.entry].server];
}

// Or what the server behind a gateway that passes requests on may have.
const model::Server& server_beyond(const Design& design, const Subject& subject) {
    return design.servers[model::challenger_of(
        design, phone_of(design, subject).servers[subject.entry].server)];
}

bool asks_for_little(const Design& design, const Subject& subject) {
    return is_registered_leg(design, subject) &&
           model::times_of(phone_of(design, subject), subject.entry).expires <
               std::max(server(design, subject).min_expires,
                        server_beyond(design, subject).min_expires);
}

// Another phone registers the same address of record there.
bool shares_its_address(const Design& design, const Subject& subject) {
    const Phone& own = phone_of(design, subject);
    const std::size_t at_server = own.servers[subject.entry].server;
    const std::string& aor = own.lines[subject.line].aor;
    return is_registered_leg(design, subject) &&
           std::ranges::any_of(design.phones, [&](const Phone& phone) {
               const bool registers =
                   std::ranges::any_of(phone.servers, [&](const model::ServerEntry& entry) {
                       return entry.server == at_server && entry.registers;
                   });
               return &phone != &own && registers &&
                      std::ranges::find(phone.lines, aor, &model::Line::aor) !=
                          phone.lines.end();
           });
}

// A copy of a message, one that is late, or a registrar that does not care.
bool may_be_out_of_order(const Design& design, const Subject& subject) {
    const std::size_t index = phone_of(design, subject).servers[subject.entry].server;
    const std::size_t beyond = model::challenger_of(design, index);
    const bool may_come_last = std::ranges::any_of(design.faults, [&](const model::Fault& fault) {
        return (fault.kind == model::FaultKind::duplication ||
                fault.kind == model::FaultKind::late) &&
               (fault.server.value_or(index) == index || fault.server == beyond) &&
               fault.phone.value_or(subject.phone) == subject.phone;
    });
    return is_registered_leg(design, subject) &&
           (may_come_last || design.servers[index].out_of_order == model::Status::ok_200 ||
            design.servers[beyond].out_of_order == model::Status::ok_200);
}

bool sends_heartbeats(const Design& design, const Subject& subject) {
    const Phone& phone = phone_of(design, subject);
    const bool probes = phone.registration.order == model::Order::successive &&
                        phone.failback.heartbeat &&
                        subject.entry == model::first_registrar(phone);
    return is_registered_leg(design, subject) &&
           (probes || phone.flow.keep_alive.method == model::KeepAliveMethod::heartbeat);
}

// The least of those that the server may name to the phone; 0: it names none.
sim::DelayMs least_retry_after(const Design& design, const Subject& subject) {
    const std::size_t index = phone_of(design, subject).servers[subject.entry].server;
    const model::Part part{model::PartKind::registration, subject.phone, subject.line,
                           subject.entry};
    sim::DelayMs least = 0;
    const auto count = [&least](sim::DelayMs retry_after) {
        if (retry_after > 0 && (least == 0 || retry_after < least)) {
            least = retry_after;
        }
    };
    for (const model::Fault& fault : design.faults) {
        if (fault.kind == model::FaultKind::maintenance &&
            (fault.server == index || fault.server == model::challenger_of(design, index))) {
            count(fault.retry_after);
        }
    }
    if (model::can_be_crowded_out(design, part)) {
        for (const std::size_t server : {index, model::challenger_of(design, index)}) {
            count(design.servers[server].capacity.retry_after);
            count(design.servers[server].contacts_per_aor.retry_after);
        }
    }
    return least;
}

std::string retry_after_text(const Design& design, const Subject& subject,
                             std::optional<sim::DelayMs> within) {
    const std::string where = at(design, subject);
    return "whenever told_to_wait" + where + " then never requests" + where +
           before_text(within, least_retry_after(design, subject)) +
           until_restarts(design, subject);
}

// Addresses of one name, of which keep-alives find those that are dead.
bool probes_an_address(const Design& design, const Subject& subject) {
    const Phone& phone = phone_of(design, subject);
    const auto& name = phone.servers[subject.entry].name;
    return is_registered_leg(design, subject) && name && phone.names[*name].count > 1 &&
           phone.flow.keep_alive.method == model::KeepAliveMethod::options &&
           messages_that_may_be_lost(design) == 0;
}

template <class Text>
auto with_subject(Text text) {
    return [text](const Design& design, const Subject& subject, std::optional<sim::DelayMs>) {
        return text(at(design, subject), swapped(design, subject), server_of(design, subject));
    };
}

}  // namespace

std::vector<CatalogueEntry> about_registrars() {
    using Name = const std::string&;
    return {
        {"cseq-order", "P10",
         "A registrar stores no REGISTER whose CSeq is not higher than the stored one of its "
         "Call-ID.",
         "copies of old requests that undo newer ones", "", "RFC 3261 10.3 steps 6 and 7",
         may_be_out_of_order,
         with_subject([](Name, Name swapped, Name) { return "never reorders" + swapped; })},
        {"own-bindings", "P12",
         "A REGISTER of one phone removes no binding of another one.",
         "phones that wipe the bindings of their address of record at boot", "",
         "RFC 3261 10.2.2 to 10.2.4", shares_its_address,
         with_subject([](Name, Name swapped, Name) { return "never evicts" + swapped; })},
        {"lifetime-law", "P15",
         "A registrar grants no longer lifetime than it is asked for.",
         "registrars that raise what is too brief, which only some of their clients expect", "",
         "RFC 3261 10.3 step 7: the registrar may shorten it", asks_for_little,
         with_subject([](Name, Name swapped, Name) { return "never lengthens" + swapped; })},
        {"heartbeat-changes-nothing", "P15",
         "A REGISTER that is a heartbeat removes no binding.",
         "registrars that take cisco-keep-alive with expires=0 for a removal", "",
         "Cisco, Troubleshoot IP Phone Unregistration (200410); usecallmanagernz/patches",
         sends_heartbeats,
         with_subject([](Name, Name swapped, Name) {
             return "never heartbeats" + swapped + " and removes" + swapped;
         })},
        {"retry-after", "P19",
         "After a refusal with a Retry-After the phone sends that server no REGISTER before it is "
         "over.",
         "phones that come back at once to a server that is overloaded",
         "the least Retry-After that the server may name", "RFC 3261 21.5.4; RFC 5626 4.2.1",
         [](const Design& design, const Subject& subject) {
             return is_registered_leg(design, subject) && least_retry_after(design, subject) > 0;
         },
         retry_after_text},
        {"probe-agrees", "P02",
         "Keep-alives find no flow dead before its server has failed.",
         "probes that are sent to another address of the name than the registration", "",
         "Asterisk, issue 1927", probes_an_address,
         with_subject([](Name at, Name, Name server) {
             return "never flow_fails" + at + " until fails(" + server + ")";
         })},
    };
}

}  // namespace failback::properties
