#include "properties/catalogue.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

#include "model/duration.hpp"
#include "model/nodes/flow.hpp"
#include "model/nodes/line.hpp"
#include "model/nodes/registrar.hpp"
#include "model/sip/clock_rates.hpp"
#include "properties/bounds.hpp"
#include "properties/catalogue_calls.hpp"
#include "properties/catalogue_flows.hpp"
#include "properties/catalogue_gateways.hpp"
#include "properties/catalogue_parts.hpp"

namespace failback::properties {

namespace {

using namespace parts;
using model::Phone;

bool may_be_too_brief(const Design& design, const Subject& subject) {
    const Phone& phone = phone_of(design, subject);
    if (!is_registered_leg(design, subject)) {
        return false;
    }
    const model::Server& server = design.servers[phone.servers[subject.entry].server];
    return model::refuses_as_too_brief(model::registrar_config(server),
                                       model::times_of(phone, subject.entry).expires);
}

bool calls(const Design& design, const Subject& subject) {
    return std::ranges::any_of(design.calls, [&](const model::CallPlan& plan) {
        return plan.phone == subject.phone && plan.line == subject.line;
    });
}

std::string failback_text(const Design& design, const Subject& subject,
                          std::optional<sim::DelayMs> within) {
    const std::string server = server_of(design, subject);
    const std::string working = of_equals(design, subject, [&](const Subject& equal) {
        return "working(" + line_of(design, equal) + ") = " + server_of(design, equal);
    });
    return "whenever recovers(" + server + ")" + while_on(design, subject) + " then " + working +
           within_text(within, failback_bound(design, leg(subject))) + " unless fails(" + server +
           ")" + or_restarts(design, subject);
}

bool has_lower_registrar(const Design& design, const Subject& subject) {
    for (std::size_t entry = 1; entry < phone_of(design, subject).servers.size(); ++entry) {
        if (registers(design, subject, entry)) {
            return true;
        }
    }
    return false;
}

std::string takeover_text(const Design& design, const Subject& subject,
                          std::optional<sim::DelayMs> within) {
    const std::string line = line_of(design, subject);
    const std::string primary = server_of(design, subject);
    std::string reachable;
    std::string working;
    std::string release = "recovers(" + primary + ")";
    for (std::size_t entry = 1; entry < phone_of(design, subject).servers.size(); ++entry) {
        const std::string server = entry_name(design, subject, entry);
        if (!registers(design, subject, entry)) {
            continue;
        }
        const char* sep = reachable.empty() ? "" : " or ";
        reachable += sep + ("reachable(" + line + ", " + server + ")");
        working += sep + ("working(" + line + ") = " + server);
        release += " or fails(" + server + ")";
    }
    // An outage may concern other phones only.
    return "whenever fails(" + primary + ") and not reachable" + at(design, subject) + " and (" +
           reachable + ")" + while_on(design, subject) + " then " + working +
           within_text(within, takeover_bound(design, leg(subject))) + " unless " + release +
           or_restarts(design, subject);
}

bool passes_on(const Design& design, const Subject& subject) {
    const std::size_t server = phone_of(design, subject).servers[subject.entry].server;
    return model::passes_on(design.servers[server]);
}

// A gateway that watches a server need not serve because it can be reached.
bool in_emergency_only(const Design& design, const Subject& subject) {
    const std::size_t server = phone_of(design, subject).servers[subject.entry].server;
    return model::serves_in_emergency_only(design.servers[server]) && !passes_on(design, subject);
}

// With one registration at a time, the first server only, and if the line ever goes back to it. So
// it is with the addresses of a name.
bool registers_in_the_end(const Design& design, const Subject& subject) {
    const Phone& phone = phone_of(design, subject);
    const bool concurrent = phone.registration.order == model::Order::concurrent;
    const bool stays_away = concurrent && phone.failover.forgets &&
                            phone.failback.rule == model::FailbackRule::stay;
    if (!is_registered_leg(design, subject) || in_emergency_only(design, subject) || stays_away ||
        may_be_denied_beyond(design, subject)) {
        return false;
    }
    if (!model::is_successive(phone, subject.entry)) {
        return true;
    }
    const Phone rules = model::rules_among(phone, subject.entry);
    return subject.entry == model::first_registrar(rules) &&
           (concurrent || subject.entry == 0) &&
           (rules.failback.rule != model::FailbackRule::stay ||
            (has_equals(design, subject) && model::all_are_equal(rules)));
}

std::string eventual_text(const Design& design, const Subject& subject,
                          std::optional<sim::DelayMs> within) {
    const std::string server = server_of(design, subject);
    const std::string where = at(design, subject);
    const bool may_be_forgotten = phone_of(design, subject).failover.forgets;
    const sim::DelayMs bound = may_be_forgotten ? failback_bound(design, leg(subject))
                                                : return_bound(design, leg(subject));
    const std::string recovers = "recovers(" + server + ")" + while_on(design, subject);
    return "whenever " + (restarts(design, subject) ? "(" + recovers + ")" : recovers) +
           " or (boots" + where + " and reachable" + where + while_room(design, subject) +
           ") then " +
           of_equals(design, subject,
                     [&](const Subject& equal) { return "registered" + at(design, equal); }) +
           within_text(within, bound) + " unless fails(" + server + ")" +
           or_restarts(design, subject);
}

// Else a timer keeps a worse server for a while, as declared.
bool prefers_at_once(const Design& design, const Subject& subject) {
    const model::FailbackRule rule = phone_of(design, subject).failback.rule;
    return is_registered_leg(design, subject) && rule != model::FailbackRule::after &&
           rule != model::FailbackRule::hold;
}

std::string no_lock_out_text(const Design& design, const Subject& subject,
                             std::optional<sim::DelayMs> within) {
    const std::string where = at(design, subject);
    const std::string room = while_room(design, subject);
    return "whenever boots" + where + " and reachable" + where + room + " then registered" +
           where + within_text(within, first_attempt_bound(design, leg(subject))) +
           " unless not reachable" + where + or_restarts(design, subject) +
           (room.empty() ? "" : " or fails(" + server_of(design, subject) + ")");
}

std::string one_binding_text(const Design& design, const Subject& subject,
                             std::optional<sim::DelayMs> within) {
    // While it moves a phone counts itself as registered.
    const bool moves = model::may_move(design, subject.phone);
    return "never registered" + at(design, subject) + " and ghost" + swapped(design, subject) +
           (moves ? " and binding" + swapped(design, subject) : "") +
           (within ? " for " + model::duration_text(*within) : "");
}

std::string best_server_text(const Design& design, const Subject& subject,
                             std::optional<sim::DelayMs> /*within*/) {
    const std::string line = line_of(design, subject);
    std::string worse = "working(" + line + ") = none";
    for (std::size_t e = subject.entry + 1; e < phone_of(design, subject).servers.size(); ++e) {
        if (model::tier_of(phone_of(design, subject), e) <= subject.entry) {
            continue;  // as good
        }
        worse += " or working(" + line + ") = " + entry_name(design, subject, e);
    }
    return "never registered" + at(design, subject) + " and (" + worse + ")";
}

std::string hold_down_text(const Design& design, const Subject& subject,
                           std::optional<sim::DelayMs> within) {
    const std::string back = "switches" + at(design, subject);
    return "whenever " + back + " then never " + back +
           before_text(within, phone_of(design, subject).failback.hold) +
           until_restarts(design, subject);
}

std::string one_working_text(const Design& design, const Subject& subject,
                             std::optional<sim::DelayMs> /*within*/) {
    const std::string line = line_of(design, subject);
    return "never dials(" + line + ")" + while_seized(design, subject) + " and working(" + line +
           ") = " + server_of(design, subject) +
           " and not invites" + at(design, subject);
}

std::string agreement_text(const Design& design, const Subject& subject,
                           std::optional<sim::DelayMs> within) {
    const std::string here = swapped(design, subject);
    const sim::DelayMs bound = within.value_or(agreement_bound(design, leg(subject)));
    return "never registered" + at(design, subject) + " and not binding" + here +
           " and not forgotten" + here + " for " + model::duration_text(bound);
}

std::string refresh_rule_text(const Design& design, const Subject& subject,
                              std::optional<sim::DelayMs> within) {
    const std::string where = at(design, subject);
    const sim::DelayMs half = least_lifetime(design, leg(subject)) / 2;
    // A flow that failed is replaced at once.
    const bool renews = model::finds_failures(
        phone_of(design, subject),
        phone_of(design, subject).servers[subject.entry].server);
    return "whenever registers" + where + " then never requests" + where +
           (renews ? " and not flow_fails" + where : "") + before_text(within, half) +
           (renews ? " until flow_fails" + where + or_restarts(design, subject)
                   : until_restarts(design, subject));
}

std::string refresh_margin_text(const Design& design, const Subject& subject,
                                std::optional<sim::DelayMs> /*within*/) {
    const std::string server = server_of(design, subject);
    return "never lapses" + at(design, subject) + " until fails(" + server + ")" +
           (in_emergency_only(design, subject) ? " or leaves_emergency(" + server + ")"
            : passes_on(design, subject)       ? " or not sees_watched(" + server + ")"
                                               : "");
}

// The server may fail with bindings, or lose them.
std::string clock_margin_text(const Design& design, const Subject& subject,
                              std::optional<sim::DelayMs> within) {
    const std::string server = server_of(design, subject);
    return "never registered" + at(design, subject) + " and not binding" +
           swapped(design, subject) +
           (within ? " for " + model::duration_text(*within) : "") + " until fails(" + server +
           ")" + (in_emergency_only(design, subject) ? " or leaves_emergency(" + server + ")" : "");
}

std::string no_hammering_text(const Design& design, const Subject& subject,
                              std::optional<sim::DelayMs> within) {
    constexpr sim::DelayMs kShortestPause = 1000;
    const std::string where = at(design, subject);
    return "whenever refused" + where + " or unanswered" + where + " then never requests" + where +
           before_text(within, kShortestPause) + until_restarts(design, subject);
}

std::string ghost_text(const Design& design, const Subject& subject,
                       std::optional<sim::DelayMs> within) {
    const std::string here = swapped(design, subject);
    return "whenever accepts" + here + " then not binding" + here +
           within_text(within, granted_lifetime(design, leg(subject))) + " unless accepts" + here;
}

std::string call_text(const Design& design, const Subject& subject,
                      std::optional<sim::DelayMs> /*within*/) {
    const std::string line = line_of(design, subject);
    const std::string reachable = "reachable" + at(design, subject);
    const std::string emergency = "emergency(" + server_of(design, subject) + ")";
    const std::string sees = "sees_watched(" + server_of(design, subject) + ")";
    const bool is_passed_on = passes_on(design, subject);
    const bool is_needed = in_emergency_only(design, subject);
    return "whenever dials(" + line + ") and " + reachable + while_seized(design, subject) +
           (is_needed      ? " and " + emergency
            : is_passed_on ? " and " + sees
                           : "") +
           " then never call_fails(" + line + ") until not " + reachable +
           (is_needed      ? " or not " + emergency
            : is_passed_on ? " or not " + sees
                           : "") +
           " or answered(" + line + ")" +
           (may_be_declined(design, subject) ? " or declined(" + line + ")" : "");
}

std::vector<CatalogueEntry> about_the_working_server() {
    return {
        {"failback", "P26",
         "After the primary has recovered, it is the working server again within the bound.",
         "lines that stay on the gateway, slow failback",
         "(Timer F - last transmission that is answered in time - least delay) + longest retry "
         "wait + round trip, plus one attempt for each message that may be lost",
         "Polycom bulletin 5844: as soon as the primary registration succeeds it returns to being "
         "the working server",
         [](const Design& design, const Subject& subject) {
             return is_primary(design, subject) && subject_fails(design, subject);
         },
         failback_text},
        {"best-server", "P02",
         "The working server is the best one with an active registration, at every moment.",
         "the wrong server after a recovery", "",
         "Polycom bulletin 5844: the highest-priority server with an active registration",
         prefers_at_once, best_server_text},
        {"one-working-server", "P01",
         "A call that is placed goes to the one working server first.",
         "a phone that treats two servers as the working one", "",
         "Polycom bulletin 5844: exactly one working server at any moment",
         [](const Design& design, const Subject& subject) {
             return is_registered_leg(design, subject) && calls(design, subject);
         },
         one_working_text},
        {"hold-down", "P27",
         "Between two returns to the primary the hold-down passes.",
         "lines that swing between two servers while a link flaps", "the phone's hold-down",
         "Cisco Unified Communications Manager, Connection Monitor Duration",
         [](const Design& design, const Subject& subject) {
             return is_primary(design, subject) && subject_fails(design, subject) &&
                    phone_of(design, subject).failback.hold > 0;
         },
         hold_down_text},
        {"takeover", "P22",
         "After the primary has failed while a gateway can be reached, a gateway is the working "
         "server within the bound.",
         "a gateway that never takes over",
         "answer delay + refresh instant + Timer F (belief until the failed refresh), or answer "
         "delay + granted lifetime (belief until expiry)",
         "Polycom bulletin 5844: while the primary registration is unavailable, the next highest "
         "priority server serves as the working server",
         [](const Design& design, const Subject& subject) {
             return is_primary(design, subject) && subject_fails(design, subject) &&
                    has_lower_registrar(design, subject);
         },
         takeover_text},
    };
}

std::vector<CatalogueEntry> about_registrations() {
    return {
        {"eventual-registration", "P03",
         "Once a server can be reached, the line is registered there within the bound.",
         "clients that stop trying, slow retries", "as failback",
         "Polycom bulletin 5844 (retry until the registration is successful); RFC 5626 4.5",
         registers_in_the_end, eventual_text},
        {"never-give-up", "P04", "The phone never stops trying to register.",
         "bounded retries: an outage that outlasts them is final", "",
         "design rule; Polycom bulletin 5844",
         is_registered_leg,
         [](const Design& design, const Subject& subject, std::optional<sim::DelayMs>) {
             return "never gives_up" + at(design, subject);
         }},
        {"one-423", "P16",
         "A registration is refused as too brief once in a row at most: then the phone asks for "
         "what the server named.",
         "an endless loop of 423, where the phone's ceiling is below the server's minimum", "",
         "RFC 3261 10.2.8",
         may_be_too_brief,
         [](const Design& design, const Subject& subject, std::optional<sim::DelayMs>) {
             return "never too_brief_again" + at(design, subject);
         }},
        {"refresh-margin", "P05",
         "A registration does not lapse before its server has ever failed: refreshes begin early "
         "enough for the delays and losses of the design.",
         "lead times that a few lost packets use up", "",
         "RFC 3261 10.2.4 (refresh before expiry)",
         [](const Design& design, const Subject& subject) {
             return is_registered_leg(design, subject) && !may_be_denied_beyond(design, subject);
         },
         refresh_margin_text},
        {"clock-margin", "P40",
         "A registrar has the binding as long as the phone counts itself as registered, before "
         "the server has ever failed: the lead of the refresh covers how far the clocks drift "
         "apart, delays and losses.",
         "refreshes after the binding has expired, by a clock that is slow", "",
         "design rule; RFC 3261 10.2.4",
         [](const Design& design, const Subject& subject) {
             return is_registered_leg(design, subject) &&
                    model::has_clock(phone_of(design, subject));
         },
         clock_margin_text},
        {"refresh-rule", "P06",
         "A registration is not refreshed before half of its lifetime has passed.",
         "refreshes that follow the grant at once, and storms of them", "half the granted lifetime",
         "design rule; RFC 3261 10.3 (step 7 lets a registrar protect itself from frequent "
         "refreshes)",
         only_refreshes, refresh_rule_text},
        {"no-hammering", "P18",
         "After an attempt to register has failed, a pause comes before the next one.",
         "packet storms at a server that is down or refuses", "1 s, or what `within` says",
         "RFC 3261 10.2.7 (a phone should not try the same registrar again at once)",
         [](const Design& design, const Subject& subject) {
             return is_registered_leg(design, subject) && subject_fails(design, subject);
         },
         no_hammering_text},
        {"agreement", "P07",
         "While the phone counts itself as registered the registrar has its binding, but for two "
         "one-way delays and what a restart forgot.",
         "a 200 without a stored binding; a phone that believes too long",
         "longest round trip", "RFC 3261 10.3 steps 7 and 8",
         is_registered_leg, agreement_text},
        {"no-ghost-binding", "P08",
         "A binding is gone when its lifetime is over after the last REGISTER that the registrar "
         "accepted.",
         "calls to dead contacts", "granted lifetime", "RFC 3261 10.2.2, 10.3 (soft state)",
         is_registered_leg, ghost_text},
    };
}

std::vector<CatalogueEntry> about_restarts() {
    return {
        {"no-lock-out", "P11",
         "A phone that has booted registers at its first attempt with a server that it can reach.",
         "phones that begin their CSeqs anew with the same Call-ID: they are refused until the old "
         "binding expires",
         "round trip (twice if a 423 or a removal of bindings comes first), plus one attempt for "
         "each message that may be lost",
         "RFC 3261 10.2.4 (one Call-ID in a boot cycle), 10.3 step 7; OpenSIPS issue 641",
         [](const Design& design, const Subject& subject) {
             return restarts(design, subject) && !in_emergency_only(design, subject) &&
                    !has_equals(design, subject);
         },
         no_lock_out_text},
        {"one-binding", "P09",
         "Once the line is registered again after a restart or move of its phone, the registrar "
         "has no binding of a contact that the phone had before; with `within`: not for longer.",
         "calls that also ring at an address that is gone, or is someone else's", "",
         "RFC 5626 4.1 and 6 (instance-id and reg-id); RFC 3261 10.3 step 7",
         has_new_contacts, one_binding_text},
    };
}

bool is_challenged(const Design& design, const Subject& subject) {
    const Phone& phone = phone_of(design, subject);
    const model::Server& server =
        design.servers[model::challenger_of(design, phone.servers[subject.entry].server)];
    return is_registered_leg(design, subject) &&
           model::login_of(server, phone, subject.line, model::Method::register_).challenged;
}

std::vector<CatalogueEntry> about_authentication() {
    return {
        {"nonce-independence", "P13",
         "A challenge with another nonce than the phone had kept is answered, and not taken for a "
         "wrong password.",
         "phones that give up, or wait, after a change of server or a restart of it", "",
         "RFC 7616 3.3, 3.4 and 3.6; RFC 3261 22.1; baresip issue 717",
         is_challenged,
         [](const Design& design, const Subject& subject, std::optional<sim::DelayMs>) {
             return "never misjudges" + at(design, subject);
         }},
        {"no-blind-replay", "P14",
         "Credentials that were refused, and not for a stale nonce, are not sent again.",
         "endless loops of 401", "", "RFC 3261 22.1, RFC 7616 3.4",
         is_challenged,
         [](const Design& design, const Subject& subject, std::optional<sim::DelayMs>) {
             return "never replays" + at(design, subject);
         }},
    };
}

std::vector<CatalogueEntry> about_call_attempts() {
    return {
        {"call-reaches-a-server", "P22",
         "A call is not reported as failed if some server, registered or not, could be reached "
         "all the time.",
         "call attempts that skip a living server", "",
         "Polycom SIP 3.x: the call fails only when the list is exhausted",
         [](const Design& design, const Subject& subject) {
             return calls(design, subject) && !may_be_denied_beyond(design, subject);
         },
         call_text},
    };
}

std::string dns_text(const Design& design, const Subject& subject,
                     std::optional<sim::DelayMs> within) {
    const std::string line = line_of(design, subject);
    const std::string restart = or_restarts(design, subject);
    return "whenever dials(" + line + ")" + while_seized(design, subject) + " then " +
           invites_any(design, subject) +
           within_text(within, dialling_bound(design, subject.phone)) +
           (restart.empty() ? "" : " unless restarts(" + line + ")");
}

std::vector<CatalogueEntry> about_names() {
    return {
        {"dns-independence", "P39",
         "A call is sent to some server within the bound, whatever becomes of DNS.",
         "calls that wait for names to be resolved while resolvers cannot be reached",
         "2 s, or what look-ups take whose queries are answered, if that is more",
         "Polycom SIP 2.2.0, p. 4-36: if names have expired and DNS is unreachable, a call waits "
         "for about two minutes",
         [](const Design& design, const Subject& subject) {
             return subject.entry == 0 && calls(design, subject) &&
                    !phone_of(design, subject).names.empty();
         },
         dns_text},
    };
}

std::vector<CatalogueEntry> all_entries() {
    std::vector<CatalogueEntry> all = about_the_working_server();
    std::ranges::move(about_registrations(), std::back_inserter(all));
    std::ranges::move(about_restarts(), std::back_inserter(all));
    for (const auto about :
         {about_authentication, about_subscriptions, about_appearances, about_call_attempts,
          about_gateways, about_calls, about_dialogs, about_names, about_flows, about_registrars,
          about_states, about_load}) {
        std::ranges::move(about(), std::back_inserter(all));
    }
    return all;
}

}  // namespace

std::span<const CatalogueEntry> catalogue() {
    static const std::vector<CatalogueEntry> entries = all_entries();
    return entries;
}

}  // namespace failback::properties
