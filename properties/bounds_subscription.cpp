#include <algorithm>

#include "model/nodes/client_usage.hpp"
#include "model/sip/reduction.hpp"
#include "properties/bounds.hpp"

namespace failback::properties {

namespace {

const model::SubscriptionRules& rules_of(const Design& design, Leg leg) {
    return model::subscription_rules(design.phones[leg.phone], leg.subscription);
}

// How often what it tells of may change: the most of the lines of the phone.
int changes_of(const Design& design, Leg leg) {
    int most = 0;
    for (const model::ChangePlan& plan : design.changes) {
        if (plan.phone == leg.phone && plan.entry == leg.entry &&
            plan.subscription == leg.subscription) {
            most = std::max(most, plan.count);
        }
    }
    return most;
}

DelayMs lifetime_of(const Design& design, Leg leg) {
    return model::counted_lifetime(
        design, {model::PartKind::subscription, leg.phone, 0, leg.entry, leg.subscription});
}

DelayMs clamp(std::int64_t delay) {
    return static_cast<DelayMs>(std::min<std::int64_t>(delay, sim::kLongestDelay - 1));
}

// A Retry-After counts as it is named.
std::int64_t longest_pause(const Design& design, Leg leg) {
    const model::Phone& phone = design.phones[leg.phone];
    const model::Retry& retry = rules_of(design, leg).retry;
    std::int64_t longest =
        std::max(model::longest_wait(retry.rejected), model::longest_wait(retry.unanswered));
    const std::size_t server = phone.servers[leg.entry].server;
    for (const model::Fault& fault : design.faults) {
        if (fault.server == server || fault.server == model::challenger_of(design, server)) {
            longest = std::max<std::int64_t>(longest, fault.retry_after);
        }
    }
    return longest;
}

// Can a NOTIFY fail to arrive at all?
bool may_be_cut_off(const Design& design, Leg leg) {
    const std::size_t server = design.phones[leg.phone].servers[leg.entry].server;
    return std::ranges::any_of(design.faults, [&](const model::Fault& fault) {
        const bool cuts =
            model::is_outage(fault.kind) &&
            (fault.server == server || fault.server == model::challenger_of(design, server));
        return cuts && fault.kind != model::FaultKind::maintenance;
    });
}

}  // namespace

DelayMs resubscription_bound(const Design& design, Leg leg) {
    const model::Phone& phone = design.phones[leg.phone];
    const std::size_t server = phone.servers[leg.entry].server;
    const std::int64_t round_trip = model::delay_to_server(design, leg.phone, server).latest +
                                    2 * model::longest_way_behind(design, server) +
                                    model::delay_to_phone(design, leg.phone, server).latest;
    const std::int64_t in_emergency =
        model::passes_on(design.servers[server]) ? exit_bound(design, server) : 0;
    const std::int64_t look_up = model::longest_look_up(design, leg.phone, leg.entry);
    const std::int64_t attempt =
        look_up + std::max(phone.timers.timer_f, rules_of(design, leg).timer_n);
    const std::int64_t refreshed =
        model::refresh_after(rules_of(design, leg).refresh, lifetime_of(design, leg));
    const std::int64_t pause = longest_pause(design, leg);
    return clamp(in_emergency + std::max(refreshed, attempt) + 2 * pause +
                 2 * (look_up + round_trip) +
                 messages_that_may_be_lost(design) * (attempt + pause));
}

DelayMs left_subscription_bound(const Design& design, Leg leg) {
    const model::Phone& phone = design.phones[leg.phone];
    const std::size_t server = phone.servers[leg.entry].server;
    return clamp(std::int64_t{lifetime_of(design, leg)} + phone.timers.timer_f +
                 model::longest_look_up(design, leg.phone, leg.entry) +
                 model::delay_to_server(design, leg.phone, server).latest +
                 model::longest_way_behind(design, server));
}

DelayMs subscription_agreement_bound(const Design& design, Leg leg) {
    const std::size_t server = design.phones[leg.phone].servers[leg.entry].server;
    const bool changes = changes_of(design, leg) > 0;
    const DelayMs uncertain = changes ? design.phones[leg.phone].timers.timer_f : 0;
    return clamp(std::int64_t{lifetime_of(design, leg)} + uncertain +
                 model::longest_way_behind(design, server) +
                 model::delay_to_phone(design, leg.phone, server).latest);
}

DelayMs stale_bound(const Design& design, Leg leg) {
    const model::Phone& phone = design.phones[leg.phone];
    const std::size_t server = phone.servers[leg.entry].server;
    const std::int64_t told =
        model::delay_to_phone(design, leg.phone, server).latest +
        model::longest_way_behind(design, server);
    const std::int64_t lost = messages_that_may_be_lost(design);
    const bool is_sure = lost == 0 && !may_be_cut_off(design, leg);
    return clamp(changes_of(design, leg) *
                 (is_sure ? told : subscription_agreement_bound(design, leg)));
}

}  // namespace failback::properties
