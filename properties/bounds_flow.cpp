// The bounds of the catalogue that depend on NATs and keep-alives.
#include <algorithm>

#include "model/nodes/flow.hpp"
#include "properties/bounds.hpp"

namespace failback::properties {

DelayMs inbound_bound(const Design& design, Leg leg) {
    constexpr DelayMs kEvery = 29'000;       // RFC 5626 4.4.2, what a phone should do
    constexpr DelayMs kUnanswered = 39'500;
    const model::Phone& phone = design.phones[leg.phone];
    const model::KeepAlive rules =
        model::keep_alive_to(design, leg.phone, phone.servers[leg.entry].server);
    std::int64_t every = rules.every.latest;
    std::int64_t failed = 0;
    if (rules.method == model::KeepAliveMethod::none) {
        every = kEvery;
        failed = kUnanswered;
    } else if (model::expects_answers(rules)) {
        const std::int64_t give_up = model::keep_alive_give_up(rules, phone.timers);
        failed = (rules.max_lost - 1) * std::max(every, give_up) + give_up;
    }
    // An outage may end while an attempt is under way, in vain; with the belief until the expiry,
    // any wait after it may follow.
    const std::size_t server = phone.servers[leg.entry].server;
    const bool fails = std::ranges::any_of(design.faults, [server](const model::Fault& fault) {
        return model::is_outage(fault.kind) && fault.server == server;
    });
    std::int64_t attempt = 0;
    if (fails) {
        attempt = phone.belief == model::Belief::until_expiry
                      ? registration_bound(design, leg)
                      : std::int64_t{phone.timers.timer_f} + first_attempt_bound(design, leg);
    }
    const std::int64_t again = 1 + messages_that_may_be_lost(design);
    const std::int64_t bound =
        std::max(again * every + failed + first_attempt_bound(design, leg), attempt);
    return static_cast<DelayMs>(std::min<std::int64_t>(bound, sim::kLongestDelay - 1));
}

}  // namespace failback::properties
