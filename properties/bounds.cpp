#include "properties/bounds.hpp"

#include <algorithm>
#include <optional>

#include "model/nodes/client_usage.hpp"
#include "model/nodes/flow.hpp"
#include "model/nodes/registrar.hpp"
#include "model/sip/reduction.hpp"

namespace failback::properties {

namespace {

using sim::Interval;

std::size_t server_of(const Design& design, Leg leg) {
    return design.phones[leg.phone].servers[leg.entry].server;
}

model::Part registration_of(Leg leg) {
    return {model::PartKind::registration, leg.phone, 0, leg.entry};
}

model::RegistrationTimes times_of(const Design& design, Leg leg) {
    return model::times_of(design.phones[leg.phone], leg.entry);
}

model::Transport transport_of(const Design& design, Leg leg) {
    return model::transport_to(design.phones[leg.phone], server_of(design, leg));
}

bool passes_on(const Design& design, Leg leg) {
    return model::passes_on(design.servers[server_of(design, leg)]);
}

// Where a port drops the first message after a silence, the second one counts.
DelayMs second_try(const Design& design, Leg leg) {
    const model::Phone& phone = design.phones[leg.phone];
    if (!model::ageing_of(design, leg.phone, server_of(design, leg))) {
        return 0;
    }
    return transport_of(design, leg) == model::Transport::tcp ? phone.flow.rto : phone.timers.t1;
}

DelayMs clamp(std::int64_t delay) {
    return static_cast<DelayMs>(std::min<std::int64_t>(delay, sim::kLongestDelay - 1));
}

DelayMs longest_round_trip(const Design& design, Leg leg) {
    const std::size_t server = server_of(design, leg);
    const std::int64_t passed_on = 2 * model::longest_way_behind(design, server);
    return clamp(std::int64_t{model::delay_to_server(design, leg.phone, server).latest} +
                 passed_on + model::delay_to_phone(design, leg.phone, server).latest +
                 second_try(design, leg) + model::longest_stay(design, server));
}

// How often the server that a gateway passes requests on to may fail.
std::int64_t outages_beyond(const Design& design, Leg leg) {
    std::int64_t outages = 0;
    for (const model::Fault& fault : design.faults) {
        const bool is_beyond = passes_on(design, leg) && model::is_outage(fault.kind) &&
                               fault.server == design.servers[server_of(design, leg)].watches;
        outages += is_beyond ? fault.count : 0;
    }
    return outages;
}

// Of the server's name, which comes before each new request at the most.
std::int64_t longest_look_up(const Design& design, Leg leg) {
    return model::longest_look_up(design, leg.phone, leg.entry);
}

const model::Server& challenger_of(const Design& design, Leg leg) {
    return design.servers[model::challenger_of(design, server_of(design, leg))];
}

bool any_fault(const Design& design, Leg leg, model::FaultKind kind) {
    return std::ranges::any_of(design.faults, [&](const model::Fault& fault) {
        return fault.kind == kind && fault.server == server_of(design, leg);
    });
}

// How often one registration may be challenged: once, and again as often as the nonce can get old
// before it is used, as far as the phone plays along.
int challenges(const Design& design, Leg leg) {
    if (!challenges_registers(design, leg)) {
        return 0;
    }
    const model::Phone& phone = design.phones[leg.phone];
    const auto& lifetime = challenger_of(design, leg).authentication.nonce_lifetime;
    const bool may_get_old =
        lifetime && lifetime->earliest <= longest_look_up(design, leg) + phone.timers.timer_f +
                                              longest_round_trip(design, leg);
    // A challenge of the other realm may come between.
    const int realms = any_fault(design, leg, model::FaultKind::realm) ? 1 : 0;
    return (may_get_old ? model::most_answered(phone.credentials.rules) : 1) + realms;
}

// Round trips of one registration: the REGISTER, and what may come before it.
int round_trips(const Design& design, Leg leg) {
    const model::Phone& phone = design.phones[leg.phone];
    const model::Server& server = design.servers[server_of(design, leg)];
    const auto refuses = [&](const model::Server& by) {
        return model::refuses_as_too_brief(model::registrar_config(by),
                                           times_of(design, leg).expires);
    };
    const bool refused_once =
        refuses(server) || (passes_on(design, leg) && refuses(design.servers[*server.watches]));
    return 1 + static_cast<int>(refused_once) + static_cast<int>(phone.wipe_at_boot) +
           challenges(design, leg);
}

// The transmissions of a REGISTER that are certain to be answered before Timer F.
struct Useful {
    DelayMs last = 0;         // the instant of the last one
    DelayMs longest_gap = 0;  // between two of them
};

Useful useful_transmissions(const Design& design, Leg leg) {
    const model::Phone& phone = design.phones[leg.phone];
    Useful useful;
    if (transport_of(design, leg) == model::Transport::tcp) {
        return useful;
    }
    const DelayMs round_trip = longest_round_trip(design, leg);
    std::int64_t at = 0;
    int resends = 0;
    while (at + round_trip < phone.timers.timer_f) {
        const auto gap = static_cast<DelayMs>(at - useful.last);
        useful = {static_cast<DelayMs>(at), std::max(useful.longest_gap, gap)};
        const DelayMs next = model::retransmit_after(phone.timers, resends);
        resends += next < phone.timers.t2 ? 1 : 0;
        at += next;
    }
    return useful;
}

// A simulation that draws messages promises no more than the least budget.
std::int64_t strikes_of(const model::Fault& fault) {
    return model::draws_messages(fault) ? 1 : fault.count;
}

std::int64_t budget_of(const Design& design, model::FaultKind kind) {
    std::int64_t budget = 0;
    for (const model::Fault& fault : design.faults) {
        budget += fault.kind == kind ? strikes_of(fault) : 0;
    }
    return budget;
}

// The longest wait after an attempt was refused with this status. One that ends all attempts has
// none, and no bound holds then.
DelayMs wait_after(const Design& design, Leg leg, model::Status status) {
    const model::AfterRefusal& after = design.phones[leg.phone].refusals.after(status);
    const bool has_own = after.kind == model::AfterRefusal::Kind::wait;
    return model::longest_wait(has_own ? after.wait : times_of(design, leg).retry.rejected);
}

// After a request that was refused for its CSeq.
DelayMs wait_after_disorder(const Design& design, Leg leg) {
    return wait_after(design, leg, design.servers[server_of(design, leg)].out_of_order);
}

// A refusal by a process that does not run, if the phone hears of it, counts as a 503.
bool hears_refusals(const Design& design, Leg leg) {
    const model::RefusalRules& refusals = design.phones[leg.phone].refusals;
    return transport_of(design, leg) == model::Transport::tcp ||
           refusals.transport_errors == model::TransportErrors::fail_attempt;
}

// What a gateway does with a REGISTER as long as it is not in an emergency.
bool turns_away(const Design& design, Leg leg) {
    const model::Server& server = design.servers[server_of(design, leg)];
    return model::serves_in_emergency_only(server) &&
           server.survivability.in_normal == model::InNormal::refused;
}

bool is_ignored(const Design& design, Leg leg) {
    return model::serves_in_emergency_only(design.servers[server_of(design, leg)]) &&
           !turns_away(design, leg);
}

// Is there an outage in which nothing comes back? Without any outage there may be one: the bound
// of a server that never fails is what it would be then.
bool falls_silent(const Design& design, Leg leg) {
    using model::FaultKind;
    const bool is_told = any_fault(design, leg, FaultKind::maintenance) ||
                         any_fault(design, leg, FaultKind::full) ||
                         any_fault(design, leg, FaultKind::refusal) ||
                         any_fault(design, leg, FaultKind::credentials) ||
                         any_fault(design, leg, FaultKind::realm) || turns_away(design, leg);
    return !is_told || is_ignored(design, leg) || any_fault(design, leg, FaultKind::crash) ||
           any_fault(design, leg, FaultKind::unreachable) ||
           any_fault(design, leg, FaultKind::hang) ||
           (any_fault(design, leg, FaultKind::refusal) && !hears_refusals(design, leg));
}

// The longest wait that an outage leaves behind in which requests are refused; none without one.
std::optional<std::int64_t> wait_after_outage(const Design& design, Leg leg) {
    const model::Phone& phone = design.phones[leg.phone];
    const bool honours = phone.refusals.retry_after == model::RetryAfter::honoured;
    std::optional<std::int64_t> longest;
    for (const model::Fault& fault : design.faults) {
        const bool is_wrong = fault.kind == model::FaultKind::credentials ||
                              fault.kind == model::FaultKind::realm;
        const bool is_told =
            is_wrong || fault.kind == model::FaultKind::maintenance ||
            fault.kind == model::FaultKind::full ||
            (fault.kind == model::FaultKind::refusal && hears_refusals(design, leg));
        const bool is_here = fault.server == server_of(design, leg) ||
                             (passes_on(design, leg) &&
                              fault.server == design.servers[server_of(design, leg)].watches);
        if (is_told && is_here) {
            const DelayMs wait =
                honours && fault.retry_after > 0
                    ? fault.retry_after
                    : wait_after(design, leg,
                                 is_wrong ? model::Status::unauthorized_401 : fault.answer);
            longest = std::max<std::int64_t>(longest.value_or(0), wait);
            const auto& policy = design.servers[*fault.server].authentication;
            if (is_wrong && policy.forbids_wrong) {
                longest = std::max<std::int64_t>(
                    *longest, wait_after(design, leg, model::Status::forbidden_403));
            }
        }
    }
    const auto& rules = design.servers[server_of(design, leg)].survivability;
    if (passes_on(design, leg) && rules.unanswered != model::Status::none) {
        longest = std::max<std::int64_t>(longest.value_or(0),
                                         wait_after(design, leg, rules.unanswered));
    }
    if (turns_away(design, leg)) {
        longest = std::max<std::int64_t>(longest.value_or(0),
                                         wait_after(design, leg, rules.answer));
    }
    // A server that has forgotten the nonce.
    if (outages_beyond(design, leg) > 0 && challenges_registers(design, leg)) {
        longest = std::max<std::int64_t>(
            longest.value_or(0), wait_after(design, leg, model::Status::unauthorized_401));
    }
    return longest;
}

bool answers_get_lost(const Design& design) {
    return std::ranges::any_of(design.faults, [](const model::Fault& fault) {
        return fault.kind == model::FaultKind::unreachable || model::takes_messages(fault.kind);
    });
}

// Does the server forget a request while the phone still repeats it (Timer J before Timer F)? Then
// it refuses a copy of a request whose answer did not arrive, or is still under way.
bool forgets_early(const Design& design, Leg leg) {
    const model::Phone& phone = design.phones[leg.phone];
    const DelayMs timer_j = design.servers[server_of(design, leg)].timer_j;
    const bool overtakes = timer_j < longest_round_trip(design, leg);
    return transport_of(design, leg) == model::Transport::udp && timer_j < phone.timers.timer_f &&
           (answers_get_lost(design) || overtakes);
}

// May a crash be over before the phone has the answer to what the server had accepted? Then the
// server refuses a copy of that request, and the refusal may overtake the answer, or stand for one
// that was lost.
bool crashes_briefly(const Design& design, Leg leg) {
    const model::Phone& phone = design.phones[leg.phone];
    const std::size_t server = server_of(design, leg);
    const DelayMs answered = messages_that_may_be_lost(design) > 0
                                 ? phone.timers.timer_f
                                 : model::delay_to_phone(design, leg.phone, server).latest;
    return transport_of(design, leg) == model::Transport::udp &&
           std::ranges::any_of(design.faults, [&](const model::Fault& fault) {
               return model::stops_process(fault.kind) && fault.server == server &&
                      fault.keeps_bindings && fault.lasts.earliest <= answered;
           });
}

// How long after the first recovery of the server the phone may begin to register. After a restart
// it does so at any time.
std::int64_t late_start(const Design& design, Leg leg) {
    const model::Server& server = design.servers[server_of(design, leg)];
    if (model::may_restart(design, leg.phone) || model::serves_in_emergency_only(server)) {
        return model::last_boot(design.phones[leg.phone]);
    }
    std::int64_t first_recovery = model::last_boot(design.phones[leg.phone]);
    for (const model::Fault& fault : design.faults) {
        if (model::is_outage(fault.kind) && fault.server == server_of(design, leg)) {
            first_recovery = std::min(
                first_recovery, std::int64_t{fault.at.earliest} + fault.lasts.earliest);
        }
    }
    return model::last_boot(design.phones[leg.phone]) - first_recovery;
}

// An attempt that is not answered, and the wait after it. Copies of a request that are refused may
// end it too, and the wait after that is another.
std::int64_t longest_attempt(const Design& design, Leg leg) {
    const model::Phone& phone = design.phones[leg.phone];
    const bool may_be_refused = forgets_early(design, leg) || crashes_briefly(design, leg);
    const DelayMs refused = may_be_refused ? wait_after_disorder(design, leg) : 0;
    const DelayMs unanswered = model::longest_wait(times_of(design, leg).retry.unanswered);
    return (1 + challenges(design, leg)) * longest_look_up(design, leg) + phone.timers.timer_f +
           challenges(design, leg) * std::int64_t{longest_round_trip(design, leg)} +
           std::max<std::int64_t>(
               {unanswered, refused, wait_after_outage(design, leg).value_or(0)});
}

// May a server that starts with another secret challenge a copy of a request that a phone sent with
// a nonce from before? The phone takes that for a refusal.
bool forgets_nonces_briefly(const Design& design, Leg leg) {
    const model::Phone& phone = design.phones[leg.phone];
    const std::size_t server = model::challenger_of(design, server_of(design, leg));
    return challenges_registers(design, leg) &&
           design.servers[server].authentication.shared_secret.empty() &&
           std::ranges::any_of(design.faults, [&](const model::Fault& fault) {
               return model::stops_process(fault.kind) && fault.server == server &&
                      fault.lasts.earliest <=
                          phone.timers.timer_f + longest_round_trip(design, leg);
           });
}

// A server that forgets requests refuses the second copy of one, too, and that may overtake.
std::int64_t messages_that_hinder(const Design& design, Leg leg) {
    const bool forgets = design.servers[server_of(design, leg)].timer_j <
                         design.phones[leg.phone].timers.timer_f;
    return messages_that_may_be_lost(design) +
           (forgets ? budget_of(design, model::FaultKind::duplication) : 0);
}

// What a phone sends over a connection that is half open is lost until its TCP gives up. That is an
// error for a request that is open then, and a wait follows.
std::int64_t half_open_time(const Design& design, Leg leg) {
    const model::Phone& phone = design.phones[leg.phone];
    const std::int64_t wait =
        std::max(wait_after(design, leg, model::Status::service_unavailable_503),
                 model::longest_wait(times_of(design, leg).retry.rejected));
    std::int64_t total = 0;
    for (const model::Fault& fault : design.faults) {
        if (fault.kind == model::FaultKind::half_open && !fault.resets &&
            fault.phone == leg.phone && fault.server == server_of(design, leg)) {
            total += fault.count * (phone.flow.gives_up.latest + wait);
        }
    }
    return total;
}

// What a registration takes once nothing but the loss of single messages is in its way.
std::int64_t undisturbed(const Design& design, Leg leg) {
    return std::int64_t{longest_exchange(design, leg)} +
           messages_that_hinder(design, leg) * longest_attempt(design, leg) +
           half_open_time(design, leg);
}

}  // namespace

bool challenges_registers(const Design& design, Leg leg) {
    const model::Phone& phone = design.phones[leg.phone];
    const model::Server& server = challenger_of(design, leg);
    for (std::size_t line = 0; line < phone.lines.size(); ++line) {
        if (model::login_of(server, phone, line, model::Method::register_).challenged) {
            return true;
        }
    }
    return false;
}

std::int64_t messages_that_may_be_lost(const Design& design) {
    std::int64_t lost = 0;
    for (const model::Fault& fault : design.faults) {
        lost += model::takes_messages(fault.kind) ? strikes_of(fault) : 0;
    }
    return lost;
}

DelayMs longest_exchange(const Design& design, Leg leg) {
    return clamp(round_trips(design, leg) * (longest_round_trip(design, leg) +
                                             longest_look_up(design, leg)));
}

std::int64_t longest_failure(const Design& design, Leg leg) {
    return (1 + challenges(design, leg)) *
           (longest_look_up(design, leg) + design.phones[leg.phone].timers.timer_f);
}

DelayMs granted_lifetime(const Design& design, Leg leg) {
    return model::granted_lifetime(design, registration_of(leg));
}

DelayMs counted_lifetime(const Design& design, Leg leg) {
    return model::counted_lifetime(design, registration_of(leg));
}

DelayMs least_lifetime(const Design& design, Leg leg) {
    return model::counted_lifetimes(design, registration_of(leg)).earliest;
}

DelayMs last_useful_transmission(const Design& design, Leg leg) {
    return useful_transmissions(design, leg).last;
}

DelayMs registration_bound(const Design& design, Leg leg) {
    const model::Phone& phone = design.phones[leg.phone];
    const DelayMs to_server =
        model::delay_to_server(design, leg.phone, server_of(design, leg)).earliest;
    const Useful useful = useful_transmissions(design, leg);
    const std::int64_t attempt =
        std::int64_t{phone.timers.timer_f} +
        model::longest_wait(times_of(design, leg).retry.unanswered);
    std::int64_t silence =
        falls_silent(design, leg)
            ? std::max<std::int64_t>(attempt - useful.last, useful.longest_gap)
            : 0;
    const std::int64_t rejected = wait_after_disorder(design, leg);
    // The request that just missed the recovery was refused; if the refusal was lost it is repeated
    // to the next copy.
    std::int64_t told = 0;
    if (const auto wait = wait_after_outage(design, leg)) {
        told = model::delay_to_phone(design, leg.phone, server_of(design, leg)).latest + *wait;
        if (answers_get_lost(design)) {
            silence = std::max(silence,
                               useful.longest_gap + longest_round_trip(design, leg) + *wait);
        }
    }
    if (crashes_briefly(design, leg)) {
        const std::size_t server = server_of(design, leg);
        silence = std::max<std::int64_t>(
            silence, model::delay_to_phone(design, leg.phone, server).latest + rejected);
    }
    if (forgets_nonces_briefly(design, leg)) {
        const DelayMs refusal = useful.longest_gap + longest_round_trip(design, leg);
        silence = std::max<std::int64_t>(
            silence, refusal + wait_after(design, leg, model::Status::unauthorized_401));
    }
    if (forgets_early(design, leg)) {
        const DelayMs refusal = useful.longest_gap + longest_round_trip(design, leg);
        silence = std::max<std::int64_t>(silence, refusal + rejected);
    }
    // Without the server behind it a gateway serves once it is in an emergency. Each outage but the
    // first may meet another attempt.
    const std::int64_t outages = outages_beyond(design, leg);
    const std::int64_t enters =
        outages > 0 ? outages * entry_bound(design, server_of(design, leg)) +
                          (outages - 1) * longest_attempt(design, leg)
                    : 0;
    return clamp(enters + std::max({silence - to_server, told, late_start(design, leg)}) +
                 undisturbed(design, leg));
}

DelayMs start_bound(const Design& design, Leg leg) {
    return clamp(model::last_boot(design.phones[leg.phone]) + undisturbed(design, leg));
}

DelayMs first_attempt_bound(const Design& design, Leg leg) {
    return clamp(undisturbed(design, leg));
}

DelayMs avalanche_bound(const Design& design, Leg leg) {
    const std::size_t server = server_of(design, leg);
    const auto& rules = design.servers[server].processing;
    std::int64_t requests = 0;
    for (std::size_t phone = 0; phone < design.phones.size(); ++phone) {
        const auto& servers = design.phones[phone].servers;
        for (std::size_t entry = 0; entry < servers.size(); ++entry) {
            if (servers[entry].server == server &&
                model::may_register(design.phones[phone], servers[entry])) {
                requests += static_cast<std::int64_t>(design.phones[phone].lines.size()) *
                            round_trips(design, {phone, entry});
            }
        }
    }
    const std::int64_t stay = model::longest_stay(design, server);
    const std::int64_t idle = undisturbed(design, leg) - round_trips(design, leg) * stay;
    const std::int64_t turns = rules ? (requests + rules->workers - 1) / rules->workers : 0;
    return clamp(idle + turns * model::longest_work(design, server));
}

DelayMs loss_bound(const Design& design, Leg leg) {
    const model::Phone& phone = design.phones[leg.phone];
    const DelayMs lifetime = counted_lifetime(design, leg);
    const std::int64_t failed_refresh =
        model::refresh_after(times_of(design, leg).refresh, lifetime) +
        longest_failure(design, leg);
    const std::int64_t believed = phone.belief == model::Belief::until_expiry
                                      ? lifetime
                                      : std::min<std::int64_t>(failed_refresh, lifetime);
    const DelayMs answer = model::delay_to_phone(design, leg.phone, server_of(design, leg)).latest;
    return clamp(answer + believed);
}

DelayMs dialling_bound(const Design& design, std::size_t phone) {
    constexpr std::int64_t kPatience = 2000;
    const model::Phone& owner = design.phones[phone];
    const std::int64_t names =
        owner.lookup.all_before_calls ? static_cast<std::int64_t>(owner.names.size()) : 1;
    return clamp(std::max(
        kPatience, names * model::longest_look_up(owner.lookup, design.dns, false)));
}

DelayMs agreement_bound(const Design& design, Leg leg) { return longest_round_trip(design, leg); }

}  // namespace failback::properties
