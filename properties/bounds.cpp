#include "properties/bounds.hpp"

#include <algorithm>

#include "model/client_usage.hpp"
#include "model/reduction.hpp"

namespace failback::properties {

namespace {

using sim::Interval;

std::size_t server_of(const Design& design, Leg leg) {
    return design.phones[leg.phone].servers[leg.entry].server;
}

DelayMs longest_round_trip(const Design& design, Leg leg) {
    const std::size_t server = server_of(design, leg);
    return model::delay_to_server(design, leg.phone, server).latest +
           model::delay_to_phone(design, leg.phone, server).latest;
}

DelayMs clamp(std::int64_t delay) {
    return static_cast<DelayMs>(std::min<std::int64_t>(delay, sim::kLongestDelay - 1));
}

// Round trips of one registration: the REGISTER, and what may come before it.
int round_trips(const Design& design, Leg leg) {
    const model::Phone& phone = design.phones[leg.phone];
    const model::Server& server = design.servers[server_of(design, leg)];
    const bool refused_once = server.too_brief == model::TooBrief::reject_423 &&
                              phone.expires < server.min_expires && phone.expires < 3'600'000;
    return 1 + static_cast<int>(refused_once) + static_cast<int>(phone.wipe_at_boot);
}

// The transmissions of a REGISTER that are certain to be answered before Timer F.
struct Useful {
    DelayMs last = 0;         // the instant of the last one
    DelayMs longest_gap = 0;  // between two of them
};

Useful useful_transmissions(const Design& design, Leg leg) {
    const model::Phone& phone = design.phones[leg.phone];
    Useful useful;
    if (phone.transport == model::Transport::tcp) {
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

std::int64_t messages_that_may_be_lost(const Design& design) {
    std::int64_t lost = 0;
    for (const model::Fault& fault : design.faults) {
        lost += fault.kind == model::FaultKind::loss ? fault.count : 0;
    }
    return lost;
}

bool answers_get_lost(const Design& design) {
    return std::ranges::any_of(design.faults, [](const model::Fault& fault) {
        return fault.kind == model::FaultKind::unreachable || fault.kind == model::FaultKind::loss;
    });
}

// Does the server forget a request while the phone still repeats it (Timer J before Timer F)? Then
// it refuses a copy of a request whose answer did not arrive.
bool forgets_early(const Design& design, Leg leg) {
    const model::Phone& phone = design.phones[leg.phone];
    return phone.transport == model::Transport::udp && answers_get_lost(design) &&
           design.servers[server_of(design, leg)].timer_j < phone.timers.timer_f;
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
    return phone.transport == model::Transport::udp &&
           std::ranges::any_of(design.faults, [&](const model::Fault& fault) {
               return fault.kind == model::FaultKind::crash && fault.server == server &&
                      fault.keeps_bindings && fault.lasts.earliest <= answered;
           });
}

// How long after the first recovery of the server the phone may begin to register. After a restart
// it does so at any time.
std::int64_t late_start(const Design& design, Leg leg) {
    if (model::may_restart(design, leg.phone)) {
        return design.phones[leg.phone].boot.latest;
    }
    std::int64_t first_recovery = design.phones[leg.phone].boot.latest;
    for (const model::Fault& fault : design.faults) {
        if (model::is_outage(fault.kind) && fault.server == server_of(design, leg)) {
            first_recovery = std::min(
                first_recovery, std::int64_t{fault.at.earliest} + fault.lasts.earliest);
        }
    }
    return design.phones[leg.phone].boot.latest - first_recovery;
}

// An attempt that is not answered, and the wait after it. Copies of a request that are refused may
// end it too, and the wait after that is another.
std::int64_t longest_attempt(const Design& design, Leg leg) {
    const model::Phone& phone = design.phones[leg.phone];
    const bool may_be_refused = forgets_early(design, leg) || crashes_briefly(design, leg);
    const DelayMs refused = may_be_refused ? model::longest_wait(phone.retry.rejected) : 0;
    return std::int64_t{phone.timers.timer_f} +
           std::max(model::longest_wait(phone.retry.unanswered), refused);
}

// What a registration takes once nothing but the loss of single messages is in its way.
std::int64_t undisturbed(const Design& design, Leg leg) {
    return std::int64_t{round_trips(design, leg)} * longest_round_trip(design, leg) +
           messages_that_may_be_lost(design) * longest_attempt(design, leg);
}

}  // namespace

DelayMs granted_lifetime(const Design& design, Leg leg) {
    return model::granted_lifetime(design,
                                   {model::PartKind::registration, leg.phone, 0, leg.entry});
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
        std::int64_t{phone.timers.timer_f} + model::longest_wait(phone.retry.unanswered);
    std::int64_t silence = std::max<std::int64_t>(attempt - useful.last, useful.longest_gap);
    const std::int64_t rejected = model::longest_wait(phone.retry.rejected);
    if (crashes_briefly(design, leg)) {
        const std::size_t server = server_of(design, leg);
        silence = std::max<std::int64_t>(
            silence, model::delay_to_phone(design, leg.phone, server).latest + rejected);
    }
    if (forgets_early(design, leg)) {
        const DelayMs refusal = useful.longest_gap + longest_round_trip(design, leg);
        silence = std::max<std::int64_t>(silence, refusal + rejected);
    }
    return clamp(std::max(silence - to_server, late_start(design, leg)) +
                 undisturbed(design, leg));
}

DelayMs start_bound(const Design& design, Leg leg) {
    return clamp(design.phones[leg.phone].boot.latest + undisturbed(design, leg));
}

DelayMs first_attempt_bound(const Design& design, Leg leg) {
    return clamp(undisturbed(design, leg));
}

DelayMs loss_bound(const Design& design, Leg leg) {
    const model::Phone& phone = design.phones[leg.phone];
    const DelayMs lifetime = granted_lifetime(design, leg);
    const std::int64_t failed_refresh =
        std::int64_t{model::refresh_after(phone.refresh, lifetime)} + phone.timers.timer_f;
    const std::int64_t believed = phone.belief == model::Belief::until_expiry
                                      ? lifetime
                                      : std::min<std::int64_t>(failed_refresh, lifetime);
    const DelayMs answer = model::delay_to_phone(design, leg.phone, server_of(design, leg)).latest;
    return clamp(answer + believed);
}

DelayMs agreement_bound(const Design& design, Leg leg) { return longest_round_trip(design, leg); }

}  // namespace failback::properties
