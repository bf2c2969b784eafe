#include <algorithm>

#include "model/client_usage.hpp"
#include "model/reduction.hpp"
#include "properties/bounds.hpp"

namespace failback::properties {

namespace {

DelayMs lifetime_of(const Design& design, Leg leg) {
    return model::granted_lifetime(
        design, {model::PartKind::subscription, leg.phone, 0, leg.entry});
}

DelayMs clamp(std::int64_t delay) {
    return static_cast<DelayMs>(std::min<std::int64_t>(delay, sim::kLongestDelay - 1));
}

// A Retry-After counts as it is named.
std::int64_t longest_pause(const Design& design, Leg leg) {
    const model::Phone& phone = design.phones[leg.phone];
    const model::Retry& retry = phone.subscription.retry;
    std::int64_t longest =
        std::max(model::longest_wait(retry.rejected), model::longest_wait(retry.unanswered));
    for (const model::Fault& fault : design.faults) {
        if (fault.server == phone.servers[leg.entry].server) {
            longest = std::max<std::int64_t>(longest, fault.retry_after);
        }
    }
    return longest;
}

}  // namespace

DelayMs resubscription_bound(const Design& design, Leg leg) {
    const model::Phone& phone = design.phones[leg.phone];
    const std::size_t server = phone.servers[leg.entry].server;
    const std::int64_t round_trip = model::delay_to_server(design, leg.phone, server).latest +
                                    std::int64_t{
                                        model::delay_to_phone(design, leg.phone, server).latest};
    const std::int64_t look_up = model::longest_look_up(design, leg.phone, leg.entry);
    const std::int64_t attempt =
        look_up + std::max(phone.timers.timer_f, phone.subscription.timer_n);
    const std::int64_t refreshed =
        model::refresh_after(phone.subscription.refresh, lifetime_of(design, leg));
    const std::int64_t pause = longest_pause(design, leg);
    return clamp(std::max(refreshed, attempt) + 2 * pause + 2 * (look_up + round_trip) +
                 messages_that_may_be_lost(design) * (attempt + pause));
}

DelayMs left_subscription_bound(const Design& design, Leg leg) {
    const model::Phone& phone = design.phones[leg.phone];
    const std::size_t server = phone.servers[leg.entry].server;
    return clamp(std::int64_t{lifetime_of(design, leg)} + phone.timers.timer_f +
                 model::longest_look_up(design, leg.phone, leg.entry) +
                 model::delay_to_server(design, leg.phone, server).latest);
}

DelayMs subscription_agreement_bound(const Design& design, Leg leg) {
    const std::size_t server = design.phones[leg.phone].servers[leg.entry].server;
    return clamp(std::int64_t{lifetime_of(design, leg)} +
                 model::delay_to_phone(design, leg.phone, server).latest);
}

}  // namespace failback::properties
