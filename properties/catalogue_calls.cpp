#include "properties/catalogue_calls.hpp"

#include <algorithm>

#include "model/duration.hpp"
#include "properties/bounds.hpp"
#include "properties/catalogue_parts.hpp"

namespace failback::properties {

namespace {

using model::Design;
using model::Phone;

using parts::entry_name;
using parts::line_of;
using parts::phone_of;

// "(line, server)"
std::string at(const Design& design, const Subject& subject, std::size_t entry) {
    return "(" + line_of(design, subject) + ", " + entry_name(design, subject, entry) + ")";
}

std::string swapped(const Design& design, const Subject& subject, std::size_t entry) {
    return "(" + entry_name(design, subject, entry) + ", " + line_of(design, subject) + ")";
}

// Joined by "or", of each server of the list but that of the subject: "invites(line, server)".
std::string of_others(const Design& design, const Subject& subject, const std::string& word,
                      bool server_first) {
    std::string text;
    for (std::size_t e = 0; e < phone_of(design, subject).servers.size(); ++e) {
        if (e != subject.entry) {
            text += (text.empty() ? "" : " or ") + word +
                    (server_first ? swapped(design, subject, e) : at(design, subject, e));
        }
    }
    return text;
}

const model::CallPlan* plan_of(const Design& design, const Subject& subject) {
    const auto plan = std::ranges::find_if(design.calls, [&](const model::CallPlan& each) {
        return each.phone == subject.phone && each.line == subject.line;
    });
    return plan == design.calls.end() ? nullptr : &*plan;
}

// Has the line other servers to turn to, and somebody to call who rings?
bool may_fail_over(const Design& design, const Subject& subject) {
    const model::CallPlan* plan = plan_of(design, subject);
    return plan != nullptr && plan->callee.rings && phone_of(design, subject).servers.size() > 1;
}

bool calls_come_in(const Design& design, const Subject& subject) {
    return std::ranges::any_of(design.incoming, [&](const model::IncomingPlan& plan) {
        return plan.phone == subject.phone && plan.line == subject.line &&
               plan.entry == subject.entry && !plan.is_beyond;
    });
}

bool restarts(const Design& design, const Subject& subject) {
    return model::may_restart(design, subject.phone);
}

std::string or_restarts(const Design& design, const Subject& subject) {
    return restarts(design, subject) ? " or restarts(" + line_of(design, subject) + ")" : "";
}

std::string while_on(const Design& design, const Subject& subject) {
    return restarts(design, subject) ? " and not off(" + line_of(design, subject) + ")" : "";
}

std::string within_text(std::optional<sim::DelayMs> given, sim::DelayMs computed) {
    return " within " + model::duration_text(given.value_or(computed));
}

std::string ends_text(const std::string& line) {
    return "answered(" + line + ") or declined(" + line + ") or call_fails(" + line + ")";
}

Leg leg(const Subject& subject) { return {subject.phone, subject.entry}; }

std::string latency_text(const Design& design, const Subject& subject,
                         std::optional<sim::DelayMs> within) {
    const std::string line = line_of(design, subject);
    const std::string here = at(design, subject, subject.entry);
    return "whenever dials(" + line + ") and reachable" + here +
           parts::while_seized(design, subject) + " then invites" + here +
           " or " + of_others(design, subject, "proceeds", false) + " or answered(" + line +
           ") or declined(" + line + ")" +
           within_text(within, failover_bound(design, leg(subject))) + " unless not reachable" +
           here + or_restarts(design, subject);
}

std::string no_duplicate_text(const Design& design, const Subject& subject,
                              std::optional<sim::DelayMs> /*within*/) {
    return "whenever alerts" + swapped(design, subject, subject.entry) + " then never " +
           of_others(design, subject, "alerts", true) + " until dials(" +
           line_of(design, subject) + ")";
}

std::string before_an_answer_text(const Design& design, const Subject& subject,
                                  std::optional<sim::DelayMs> /*within*/) {
    return "whenever proceeds" + at(design, subject, subject.entry) + " then never " +
           of_others(design, subject, "invites", false) + " until " +
           ends_text(line_of(design, subject)) + or_restarts(design, subject);
}

std::string single_routing_text(const Design& design, const Subject& subject,
                                std::optional<sim::DelayMs> within) {
    const std::string here = at(design, subject, subject.entry);
    const sim::DelayMs timer_b = 64 * phone_of(design, subject).timers.t1;
    return "whenever offers" + swapped(design, subject, subject.entry) + " and reachable" + here +
           while_on(design, subject) + " then responds" + here + within_text(within, timer_b) +
           " unless not reachable" + here + or_restarts(design, subject);
}

std::string asymmetry_text(const Design& design, const Subject& subject,
                           std::optional<sim::DelayMs> within) {
    const sim::DelayMs bound = within.value_or(asymmetry_bound(design, leg(subject)));
    return "never binding" + swapped(design, subject, subject.entry) + " and not registered" +
           at(design, subject, subject.entry) + while_on(design, subject) + " for " +
           model::duration_text(bound);
}

std::vector<CatalogueEntry> about_outgoing_calls() {
    return {
        {"failover-latency", "P22",
         "A call reaches a server that can be reached before the caller loses patience.",
         "servers that are given up late, one after the other",
         "what each server before it in the order of calls takes until it is given up; `within` is "
         "the patience",
         "Polycom SIP 3.x, INVITE fallback; Unify, Call transaction response timer",
         [](const Design& design, const Subject& subject) {
             return subject.entry > 0 && may_fail_over(design, subject);
         },
         latency_text},
        {"no-duplicate-call", "P23",
         "One call that is placed rings through one server only.",
         "a slow server that is given up, and lets the callee ring all the same", "",
         "RFC 3263 4.3 and 4.4; Microsoft Teams, which fails over before any answer only",
         may_fail_over, no_duplicate_text},
        {"failover-before-an-answer", "P25",
         "A call that rings through a server is not moved to another one.",
         "phones that count a callee who is slow to answer as a server that is dead", "",
         "RFC 3263 4.3 (failure means 503, transport error, or no response at all)",
         may_fail_over, before_an_answer_text},
    };
}

// Is an INVITE to that server challenged?
bool is_challenged(const Design& design, const Subject& subject) {
    const Phone& phone = phone_of(design, subject);
    const model::Server& server =
        design.servers[model::challenger_of(design, phone.servers[subject.entry].server)];
    return plan_of(design, subject) != nullptr &&
           model::login_of(server, phone, subject.line, model::Method::invite).challenged;
}

std::vector<CatalogueEntry> about_challenged_calls() {
    return {
        {"call-nonce-independence", "P13",
         "The challenge of an INVITE with another nonce than the phone had kept is answered, and "
         "not taken for a wrong password.",
         "calls that fail after a change of server or a restart of it", "",
         "RFC 7616 3.3, 3.4 and 3.6; RFC 3261 22.3",
         is_challenged,
         [](const Design& design, const Subject& subject, std::optional<sim::DelayMs>) {
             return "never call_misjudges" + at(design, subject, subject.entry);
         }},
        {"call-no-blind-replay", "P14",
         "Credentials of an INVITE that were refused, and not for a stale nonce, are not sent "
         "again.",
         "endless loops of 407", "", "RFC 3261 22.3, RFC 7616 3.4",
         is_challenged,
         [](const Design& design, const Subject& subject, std::optional<sim::DelayMs>) {
             return "never call_replays" + at(design, subject, subject.entry);
         }},
    };
}

std::vector<CatalogueEntry> about_incoming_calls() {
    return {
        {"single-routing", "P33",
         "A call that a server offers to the phone, while the path delivers both ways, is taken or "
         "refused: the phone responds.",
         "servers with a binding whose calls the phone ignores, and bindings of old addresses",
         "64 times T1, after which the server gives up",
         "Polycom bulletin 5844: calls may be received through either server",
         calls_come_in, single_routing_text},
        {"asymmetry-is-detected", "P35",
         "A server at which calls come in has no binding for long that the phone has given up.",
         "callers in silence: the server keeps a binding, the phone is elsewhere",
         "Timer F, the longest wait after no answer, and the longest round trip",
         "design rule; RFC 4321 1.1 allows a disagreement",
         calls_come_in, asymmetry_text},
    };
}

}  // namespace

bool may_be_declined(const Design& design, const Subject& subject) {
    const model::CallPlan* plan = plan_of(design, subject);
    return plan != nullptr && plan->callee.is_busy;
}

std::vector<CatalogueEntry> about_calls() {
    std::vector<CatalogueEntry> all = about_outgoing_calls();
    std::ranges::move(about_challenged_calls(), std::back_inserter(all));
    std::ranges::move(about_incoming_calls(), std::back_inserter(all));
    return all;
}

}  // namespace failback::properties
