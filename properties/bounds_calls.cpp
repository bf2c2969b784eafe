// The bounds of the catalogue that are about calls.
#include <algorithm>

#include "model/call.hpp"
#include "properties/bounds.hpp"

namespace failback::properties {

namespace {

DelayMs clamp(std::int64_t delay) {
    return static_cast<DelayMs>(std::min<std::int64_t>(delay, sim::kLongestDelay - 1));
}

}  // namespace

DelayMs longest_call_attempt(const Design& design, Leg leg) {
    const model::Phone& phone = design.phones[leg.phone];
    const model::CallConfig config{phone.calls, phone.transport, phone.timers};
    return phone.transport == model::Transport::tcp ? phone.timers.timer_b
                                                    : clamp(model::give_up_after(config));
}

// Those above it in the list are tried before, and the working server, which may be below.
DelayMs failover_bound(const Design& design, Leg leg) {
    const model::Phone& phone = design.phones[leg.phone];
    const bool may_begin_below = phone.calls.first == model::CallFirst::working &&
                                 leg.entry + 1 < phone.servers.size();
    const auto before = static_cast<std::int64_t>(leg.entry) + (may_begin_below ? 1 : 0);
    return clamp(std::max<std::int64_t>(before * longest_call_attempt(design, leg), 1));
}

DelayMs asymmetry_bound(const Design& design, Leg leg) {
    const model::Phone& phone = design.phones[leg.phone];
    const std::size_t server = phone.servers[leg.entry].server;
    return clamp(std::int64_t{phone.timers.timer_f} + model::longest_wait(phone.retry.unanswered) +
                 model::delay_to_server(design, leg.phone, server).latest +
                 model::delay_to_phone(design, leg.phone, server).latest);
}

}  // namespace failback::properties
