// The bounds of the catalogue about gateways that watch a server (PROPERTIES: P34).
#include <algorithm>

#include "model/nodes/client_usage.hpp"
#include "properties/bounds.hpp"

namespace failback::properties {

namespace {

using model::FaultKind;
using model::Survivability;

DelayMs clamp(std::int64_t delay) {
    return static_cast<DelayMs>(std::min<std::int64_t>(delay, sim::kLongestDelay - 1));
}

// The transmissions of a probe that are certain to be answered before its timeout: the instant of
// the last one, and the longest gap between two.
struct Useful {
    std::int64_t last = 0;
    std::int64_t gap = 0;
};

Useful useful_transmissions(const Survivability& rules, std::int64_t round_trip) {
    constexpr model::TransactionTimers kTimers{};
    Useful useful;
    if (rules.transport == model::Transport::tcp) {
        return useful;
    }
    int resends = 0;
    for (std::int64_t at = 0; at + round_trip < rules.timeout;) {
        useful = {at, std::max(useful.gap, at - useful.last)};
        const DelayMs next = model::retransmit_after(kTimers, resends);
        resends += next < kTimers.t2 ? 1 : 0;
        at += next;
    }
    return useful;
}

// Is there an outage of the watched server in which a probe is refused?
bool may_be_told(const Design& design, std::size_t gateway) {
    const auto& load = design.servers[*design.servers[gateway].watches].processing;
    return (load && load->refuses) ||
           std::ranges::any_of(design.faults, [&](const model::Fault& fault) {
        return fault.server == design.servers[gateway].watches &&
               (fault.kind == FaultKind::maintenance || fault.kind == FaultKind::refusal);
    });
}

}  // namespace

DelayMs entry_bound(const Design& design, std::size_t gateway) {
    const Survivability& rules = design.servers[gateway].survivability;
    const std::int64_t attempt = std::int64_t{rules.probe} + rules.timeout;
    return clamp(model::delay_to_watched(design, gateway).latest + rules.enters_after * attempt);
}

DelayMs least_silence(const Design& design, std::size_t gateway) {
    const Survivability& rules = design.servers[gateway].survivability;
    const std::int64_t round_trip = 2 * std::int64_t{
        model::delay_to_watched(design, gateway).earliest};
    const std::int64_t attempt =
        rules.probe + (may_be_told(design, gateway)
                           ? std::min<std::int64_t>(rules.timeout, round_trip)
                           : std::int64_t{rules.timeout});
    return clamp(rules.enters_after * attempt);
}

DelayMs exit_bound(const Design& design, std::size_t gateway) {
    const Survivability& rules = design.servers[gateway].survivability;
    const sim::Interval delay = model::delay_to_watched(design, gateway);
    const std::int64_t round_trip =
        2 * std::int64_t{delay.latest} +
        model::longest_stay(design, *design.servers[gateway].watches);
    const Useful useful = useful_transmissions(rules, round_trip);
    const std::int64_t pause = rules.probe_in_emergency;
    const std::int64_t told = may_be_told(design, gateway) ? std::int64_t{delay.latest} : 0;
    const std::int64_t silence = std::max<std::int64_t>(
        {rules.timeout - useful.last - delay.earliest, useful.gap - delay.earliest - pause, told,
         0});
    const std::int64_t others = (rules.leaves_after - 1) * (pause + round_trip);
    const std::int64_t lost =
        rules.transport == model::Transport::tcp ? 0 : messages_that_may_be_lost(design);
    return clamp(silence + pause + round_trip + others +
                 lost * (rules.timeout + pause + others));
}

DelayMs known_bound(const Design& design, Leg leg) {
    const model::Phone& phone = design.phones[leg.phone];
    const std::size_t gateway = phone.servers[leg.entry].server;
    const Survivability& rules = design.servers[gateway].survivability;
    if (rules.re_registers) {
        constexpr std::int64_t kT2 = 4000;
        const std::int64_t lost =
            rules.transport == model::Transport::tcp ? 0 : messages_that_may_be_lost(design);
        // A challenge, and the REGISTER once more.
        const std::int64_t ways = challenges_registers(design, leg) ? 3 : 1;
        return clamp(std::int64_t{model::re_registration_delay(design, gateway).latest} +
                     ways * model::delay_to_watched(design, gateway).latest + lost * kT2);
    }
    // The next refresh; with one registration at a time, after others were tried.
    const bool is_alone = phone.registration.order == model::Order::successive;
    const std::int64_t others = is_alone ? static_cast<std::int64_t>(phone.servers.size() - 1) : 0;
    return clamp(model::refresh_after(model::times_of(phone, leg.entry).refresh,
                                      counted_lifetime(design, leg)) +
                 others * longest_failure(design, leg) + longest_exchange(design, leg));
}

}  // namespace failback::properties
