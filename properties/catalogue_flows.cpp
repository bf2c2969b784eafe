// Properties about the flows between phones and servers: NATs, keep-alives, ageing ports.
#include <algorithm>

#include "model/duration.hpp"
#include "properties/bounds.hpp"
#include "properties/catalogue_flows.hpp"
#include "properties/catalogue_parts.hpp"

namespace failback::properties {

namespace {

using model::Design;
using model::Phone;

using parts::is_registered_leg;
using parts::line_of;
using parts::phone_of;
using parts::server_of;

std::string name_of(const Design& design, std::size_t server) {
    return "\"" + design.servers[server].name + "\"";
}

// A mapping of a NAT, or a connection that keep-alives test.
bool has_a_flow(const Design& design, const Subject& subject) {
    const Phone& phone = phone_of(design, subject);
    if (!is_registered_leg(design, subject)) {
        return false;
    }
    const bool tests = phone.transport == model::Transport::tcp &&
                       model::finds_failures(phone, phone.servers[subject.entry].server);
    return phone.flow.nat.has_value() || tests;
}

std::string inbound_text(const Design& design, const Subject& subject,
                         std::optional<sim::DelayMs> within) {
    const std::string line = line_of(design, subject);
    const std::string server = server_of(design, subject);
    const std::string at = "(" + line + ", " + server + ")";
    const sim::DelayMs bound =
        within.value_or(inbound_bound(design, {subject.phone, subject.entry}));
    return "never registered" + at + " and reachable" + at + " and not inbound" + at +
           " and not forgotten(" + server + ", " + line + ") for " + model::duration_text(bound);
}

// What is known to be dead is a connection that was closed; a NAT says nothing, nor does one that
// is half open in silence. Of the power-off of a phone its server does not hear.
bool has_a_connection(const Design& design, const Subject& subject) {
    const Phone& phone = phone_of(design, subject);
    const std::size_t server = phone.servers[subject.entry].server;
    return is_registered_leg(design, subject) &&
           model::transport_to(phone, server) == model::Transport::tcp && !phone.flow.nat &&
           !model::may_restart(design, subject.phone) &&
           !model::may_be_half_open(design, subject.phone, server) &&
           std::ranges::any_of(design.faults, [server](const model::Fault& fault) {
               return model::stops_process(fault.kind) && fault.server == server;
           });
}

std::string flow_truth_text(const Design& design, const Subject& subject,
                            std::optional<sim::DelayMs> within) {
    const std::string line = line_of(design, subject);
    const std::string server = server_of(design, subject);
    return "never binding(" + server + ", " + line + ") and not inbound(" + line + ", " + server +
           ")" + (within ? " for " + model::duration_text(*within) : "");
}

bool has_a_defect(const Design& design, const Subject& subject) {
    const auto& servers = phone_of(design, subject).servers;
    return is_registered_leg(design, subject) &&
           std::ranges::count_if(servers, &model::ServerEntry::registers) > 1 &&
           std::ranges::any_of(servers, [&](const model::ServerEntry& entry) {
               return model::ageing_of(design, subject.phone, entry.server).has_value();
           });
}

// The last fault may cause a change and, where answers are under way, one more; so may each message
// that is lost or comes twice.
std::int64_t changes_after_a_fault(const Design& design) {
    constexpr std::int64_t kAfterTheLast = 2;
    std::int64_t changes = kAfterTheLast;
    for (const model::Fault& fault : design.faults) {
        const bool is_single = !model::is_lasting(fault.kind);
        changes += is_single ? fault.count : 0;
    }
    return std::min<std::int64_t>(changes, kMostTimes);
}

std::string no_limit_cycle_text(const Design& design, const Subject& subject,
                                std::optional<sim::DelayMs> /*within*/) {
    std::string since;
    const auto add = [&since](const std::string& event) {
        since += (since.empty() ? " since " : " or ") + event;
    };
    for (const model::ServerEntry& entry : phone_of(design, subject).servers) {
        const bool fails = std::ranges::any_of(design.faults, [&entry](const model::Fault& fault) {
            return model::is_outage(fault.kind) && fault.server == entry.server;
        });
        if (fails) {
            add("fails(" + name_of(design, entry.server) + ")");
            add("recovers(" + name_of(design, entry.server) + ")");
        }
    }
    if (model::may_restart(design, subject.phone)) {
        add("restarts(" + line_of(design, subject) + ")");
    }
    return "never switches(" + line_of(design, subject) + ", " + server_of(design, subject) +
           ") more than " + std::to_string(changes_after_a_fault(design)) + " times" + since;
}

}  // namespace

std::vector<CatalogueEntry> about_flows() {
    return {
        {"inbound", "P37",
         "What a server sends to a registered phone reaches it over its flow, or does so again "
         "within the bound.",
         "keep-alives that are rarer than a NAT forgets, and connections that are dead unnoticed",
         "interval of the keep-alives + time until a flow counts as failed + one registration "
         "(without keep-alives those of RFC 5626, 29 s and 39.5 s), once more for each message "
         "that may be lost",
         "RFC 5626 4.4; RFC 4787 REQ-5", has_a_flow, inbound_text},
        {"flow-truth", "P38",
         "A server has no binding whose connection it has lost.",
         "bindings that survive a restart of the server: calls to them reach nobody", "",
         "RFC 5626 7: when a flow is known to be dead, all bindings on it are invalid; OpenSIPS, "
         "issue 1035",
         has_a_connection, flow_truth_text},
        {"no-limit-cycle", "P28",
         "After the last fault the line settles: no server becomes the working one more than "
         "twice.",
         "lines that go to and fro for ever although each part obeys its specification", "",
         "design rule; Cisco, Troubleshoot IP Phone Unregistration (200410), case 2", has_a_defect,
         no_limit_cycle_text},
    };
}

}  // namespace failback::properties
