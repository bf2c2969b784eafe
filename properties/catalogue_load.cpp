// Properties about servers that cannot do everything at once, and phones that come all at once.
#include <algorithm>

#include "model/duration.hpp"
#include "properties/bounds.hpp"
#include "properties/catalogue_parts.hpp"

namespace failback::properties {

namespace {

using namespace parts;

std::size_t index_of_server(const Design& design, const Subject& subject) {
    return phone_of(design, subject).servers[subject.entry].server;
}

bool is_limited(const Design& design, const Subject& subject) {
    return is_registered_leg(design, subject) &&
           design.servers[index_of_server(design, subject)].processing.has_value();
}

// What is about the server alone is told with the first line that registers there.
bool is_first_there(const Design& design, const Subject& subject) {
    const std::size_t server = index_of_server(design, subject);
    for (std::size_t phone = 0; phone < subject.phone; ++phone) {
        const auto& servers = design.phones[phone].servers;
        if (std::ranges::any_of(servers, [server](const model::ServerEntry& entry) {
                return entry.server == server && entry.registers;
            })) {
            return false;
        }
    }
    return subject.line == 0;
}

bool loses_power_with_others(const Design& design, const Subject& subject) {
    return std::ranges::any_of(design.faults, [&](const model::Fault& fault) {
        return fault.kind == model::FaultKind::power_cut &&
               model::switches_off(fault, subject.phone);
    });
}

bool may_be_full(const Design& design, const Subject& subject) {
    return is_registered_leg(design, subject) && !while_room(design, subject).empty();
}

std::string avalanche_text(const Design& design, const Subject& subject,
                           std::optional<sim::DelayMs> within) {
    const std::string where = at(design, subject);
    return "whenever boots" + where + " and reachable" + where + while_room(design, subject) +
           " then registered" + where +
           within_text(within, avalanche_bound(design, leg(subject))) + " unless not reachable" +
           where + or_restarts(design, subject);
}

// From the boot of a phone to the end of its third refresh, while the server is as busy as then.
sim::DelayMs lockstep_bound(const Design& design, Leg leg) {
    const auto times = model::times_of(design.phones[leg.phone], leg.entry);
    const std::int64_t refresh =
        model::refresh_after(times.refresh, counted_lifetime(design, leg));
    const std::int64_t bound = avalanche_bound(design, leg) +
                               3 * (refresh + std::int64_t{longest_exchange(design, leg)});
    return static_cast<sim::DelayMs>(std::min<std::int64_t>(bound, sim::kLongestDelay - 1));
}

std::string lockstep_text(const Design& design, const Subject& subject,
                          std::optional<sim::DelayMs> within) {
    const std::string where = at(design, subject);
    return "whenever boots" + where + " then not waits(" + server_of(design, subject) + ")" +
           within_text(within, lockstep_bound(design, leg(subject))) +
           " and stays unless not reachable" + where + or_restarts(design, subject);
}

std::string back_off_text(const Design& design, const Subject& subject,
                          std::optional<sim::DelayMs> within) {
    constexpr sim::DelayMs kLeastWait = 30'000;
    const std::string where = at(design, subject);
    return "whenever refused" + where + " or unanswered" + where + " then never requests" + where +
           before_text(within, kLeastWait) + until_restarts(design, subject);
}

// RFC 5626 4.5 with base-time 30 s: at least 30, 60, 120 and 240 s after the first four failures in
// a row. A grant begins anew: where a refresh comes later than that, five failures are in a row.
constexpr sim::DelayMs kFourWaits = 450'000;

bool grows(const Design& design, const Subject& subject) {
    const model::Phone& phone = phone_of(design, subject);
    if (!is_limited(design, subject) || restarts(design, subject)) {
        return false;
    }
    const auto times = model::times_of(phone, subject.entry);
    return model::refresh_after(times.refresh, least_lifetime(design, leg(subject))) >= kFourWaits;
}

std::string growth_text(const Design& design, const Subject& subject,
                        std::optional<sim::DelayMs> within) {
    const std::string where = at(design, subject);
    return "never refused" + where + " or unanswered" + where + " more than 4 times" +
           within_text(within, kFourWaits);
}

}  // namespace

std::vector<CatalogueEntry> about_load() {
    return {
        {"no-overflow", "P21",
         "The server is never offered more messages than it can work off and keep waiting.",
         "overload: copies of what waits keep the rest waiting", "",
         "RFC 5390 2 and REQ 14",
         [](const Design& design, const Subject& subject) {
             return is_limited(design, subject) && is_first_there(design, subject);
         },
         [](const Design& design, const Subject& subject, std::optional<sim::DelayMs>) {
             return "never overflows(" + server_of(design, subject) + ")";
         }},
        {"avalanche", "P21",
         "After a power cut each phone is registered within the time in which the server works off "
         "one registration of each line.",
         "phones that boot together at a server that is too slow for them",
         "that of no-lock-out at an idle server + requests of one registration of each line / "
         "capacity of the server",
         "RFC 5390 REQ 14; C >= A N / Timer F (PROPERTIES P21)",
         [](const Design& design, const Subject& subject) {
             return is_limited(design, subject) && loses_power_with_others(design, subject);
         },
         avalanche_text},
        {"no-lockstep", "P21",
         "From three refreshes after the first registration on, no phone keeps another one "
         "waiting: phones that booted together do not refresh together for ever.",
         "phones in step, whose refreshes are a burst at the server each time",
         "that of avalanche + three refreshes",
         "PROPERTIES P21 (c); RFC 5390 2",
         [](const Design& design, const Subject& subject) {
             return is_limited(design, subject) && is_first_there(design, subject);
         },
         lockstep_text},
        {"back-off", "P20",
         "After an attempt to register has failed, the phone waits at least as long as RFC 5626 "
         "demands before the next one.",
         "phones that add to an overload", "30 s, or what `within` says",
         "RFC 5626 4.5",
         [](const Design& design, const Subject& subject) {
             return is_limited(design, subject);
         },
         back_off_text},
        {"back-off-growth", "P20",
         "The pauses between attempts that fail in a row grow as RFC 5626 demands: no more than "
         "four of them in the time of its first four pauses.",
         "phones that knock at an overloaded server at a steady pace",
         "450 s, the sum of 30, 60, 120 and 240 s, or what `within` says",
         "RFC 5626 4.5", grows, growth_text},
        {"capacity", "P32",
         "A registrar without room refuses new bindings only: those that it has are refreshed.",
         "phones that lose the binding that they have, because others came", "",
         "design rule; Kamailio, whose full memory refuses new addresses of record only",
         may_be_full,
         [](const Design& design, const Subject& subject, std::optional<sim::DelayMs>) {
             return "never refuses_refresh" + swapped(design, subject);
         }},
    };
}

}  // namespace failback::properties
