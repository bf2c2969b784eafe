// The bounds of the catalogue that depend on how a line chooses among its servers.
#include <algorithm>

#include "model/nodes/client_usage.hpp"
#include "model/nodes/line.hpp"
#include "properties/bounds.hpp"

namespace failback::properties {

namespace {

using model::FailbackRule;
using model::Order;
using model::Phone;

// The phone, as far as the server takes part in a succession: the phone itself with one
// registration at a time, else with those to the addresses of one name.
Phone succession_of(const Design& design, Leg leg) {
    return model::rules_among(design.phones[leg.phone], leg.entry);
}

// The entries of the phone's list that it registers with, be it for a call only.
std::vector<std::size_t> registrars(const Phone& phone) {
    std::vector<std::size_t> entries;
    for (std::size_t entry = 0; entry < phone.servers.size(); ++entry) {
        if (model::may_register(phone, phone.servers[entry])) {
            entries.push_back(entry);
        }
    }
    return entries;
}

DelayMs clamp(std::int64_t delay) {
    return static_cast<DelayMs>(std::min<std::int64_t>(delay, sim::kLongestDelay - 1));
}

// After any failure of an attempt.
DelayMs longest_pause(const Design& design, const Phone& phone) {
    DelayMs longest = 0;
    for (const std::size_t entry : registrars(phone)) {
        const model::Retry retry = model::times_of(phone, entry).retry;
        longest = std::max({longest, model::longest_wait(retry.rejected),
                            model::longest_wait(retry.unanswered)});
    }
    for (const model::AfterRefusal& after : phone.refusals.on_status) {
        if (after.kind == model::AfterRefusal::Kind::wait) {
            longest = std::max(longest, model::longest_wait(after.wait));
        }
    }
    if (phone.refusals.retry_after == model::RetryAfter::honoured) {
        for (const model::Fault& fault : design.faults) {
            longest = std::max(longest, fault.retry_after);
        }
        for (const model::Server& server : design.servers) {
            longest = std::max({longest, server.capacity.retry_after,
                                server.contacts_per_aor.retry_after});
        }
    }
    return longest;
}

// An attempt at each server, with the pauses between.
std::int64_t longest_round(const Design& design, std::size_t index, const Phone& phone) {
    const std::int64_t pause = longest_pause(design, phone);
    const bool is_each = phone.registration.pause == model::PauseAfter::attempt;
    std::int64_t round = is_each ? 0 : pause;
    for (const std::size_t entry : registrars(phone)) {
        round += longest_failure(design, {index, entry}) +
                 longest_exchange(design, {index, entry}) +
                 (is_each ? pause : 0);
    }
    return round;
}

// How often the wait for the return may begin anew.
std::int64_t interruptions(const Design& design, Leg leg) {
    const std::size_t server = design.phones[leg.phone].servers[leg.entry].server;
    std::int64_t count = messages_that_may_be_lost(design);
    for (const model::Fault& fault : design.faults) {
        count += model::is_outage(fault.kind) && fault.server != server ? fault.count : 0;
    }
    return count;
}

// With one registration at a time: from a grant by a lower server until the first is tried.
std::int64_t wait_for_return(const Design& design, std::size_t index, const Phone& phone) {
    if (phone.failback.rule == FailbackRule::after) {
        return phone.failback.after;
    }
    if (phone.failback.rule == FailbackRule::probe) {
        // A probe that fails first, the pause, one that is answered, and the hold-down.
        return 2 * std::int64_t{phone.timers.timer_f} + 2 * std::int64_t{phone.failback.probe} +
               phone.failback.hold;
    }
    std::int64_t longest = 0;
    for (const std::size_t entry : registrars(phone)) {
        const DelayMs lifetime = counted_lifetime(design, {index, entry});
        const model::Refresh refresh = model::times_of(phone, entry).refresh;
        longest = std::max<std::int64_t>(longest, model::refresh_after(refresh, lifetime));
    }
    return longest;
}

// Are all lower servers gateways that stop to serve when they see the first one again?
bool is_pushed_back(const Design& design, Leg leg) {
    const Phone& phone = design.phones[leg.phone];
    const std::size_t first = phone.servers[leg.entry].server;
    return std::ranges::all_of(registrars(phone), [&](std::size_t entry) {
        const model::Server& server = design.servers[phone.servers[entry].server];
        return entry == leg.entry ||
               (server.watches == first && model::serves_in_emergency_only(server) &&
                !model::passes_on(server));
    });
}

// From the recovery of the watched server until no gateway of the list is in an emergency.
std::int64_t longest_exit(const Design& design, Leg leg) {
    const Phone& phone = design.phones[leg.phone];
    std::int64_t longest = 0;
    for (const std::size_t entry : registrars(phone)) {
        if (entry != leg.entry) {
            longest = std::max<std::int64_t>(
                longest, exit_bound(design, phone.servers[entry].server));
        }
    }
    return longest;
}

// The gateway leaves its emergency, the refresh there fails, and the first server is tried.
DelayMs pushed_back_bound(const Design& design, Leg leg) {
    const Phone& phone = design.phones[leg.phone];
    const std::int64_t exit = longest_exit(design, leg);
    if (phone.registration.order == Order::concurrent) {
        std::int64_t lost = 0;
        for (const std::size_t entry : registrars(phone)) {
            lost = std::max<std::int64_t>(lost, loss_bound(design, {leg.phone, entry}));
        }
        return clamp(std::max<std::int64_t>(registration_bound(design, leg),
                                            (1 + interruptions(design, leg)) * exit + lost));
    }
    std::int64_t refreshed = 0;
    for (const std::size_t entry : registrars(phone)) {
        const DelayMs lifetime = counted_lifetime(design, {leg.phone, entry});
        const DelayMs after = model::refresh_after(model::times_of(phone, entry).refresh, lifetime);
        refreshed = std::max<std::int64_t>(refreshed, entry == leg.entry ? 0 : after);
    }
    const std::int64_t once =
        exit + refreshed + phone.timers.timer_f + longest_round(design, leg.phone, phone);
    return clamp((1 + interruptions(design, leg)) * once + longest_exchange(design, leg) +
                 model::last_boot(phone));
}

// From the failure of the first server until a gateway serves; others serve all the time.
std::int64_t entry_of_gateway(const Design& design, Leg leg) {
    const std::size_t server = design.phones[leg.phone].servers[leg.entry].server;
    return model::serves_in_emergency_only(design.servers[server]) ? entry_bound(design, server)
                                                                   : 0;
}

}  // namespace

DelayMs return_bound(const Design& design, Leg leg) {
    const Phone phone = succession_of(design, leg);
    const bool is_alone = registrars(phone).size() < 2;
    const bool has_equals = model::has_equals(phone);
    const bool needs_no_return = has_equals && model::all_are_equal(phone);
    if (!model::is_successive(phone, leg.entry) || is_alone ||
        (phone.failback.rule == FailbackRule::stay && !needs_no_return)) {
        return registration_bound(design, leg);  // as if it came back; `stay` does not
    }
    const std::int64_t round = longest_round(design, leg.phone, phone);
    const std::int64_t once =
        round + (needs_no_return ? 0 : wait_for_return(design, leg.phone, phone));
    // Of servers of equal priority a dead one may be picked first.
    const std::int64_t in_vain = has_equals ? round : 0;
    return clamp((1 + interruptions(design, leg)) * once + in_vain + phone.timers.timer_f +
                 longest_exchange(design, leg) + model::last_boot(phone));
}

DelayMs failback_bound(const Design& design, Leg leg) {
    const Phone& phone = design.phones[leg.phone];
    const model::Failback& failback = phone.failback;
    const bool is_alone = registrars(phone).size() < 2;
    if (failback.rule == FailbackRule::stay && !is_alone && is_pushed_back(design, leg)) {
        return pushed_back_bound(design, leg);
    }
    const std::int64_t registered = return_bound(design, leg);
    if (failback.rule == FailbackRule::stay || is_alone ||
        phone.registration.order == Order::successive) {
        return clamp(registered);
    }
    const std::int64_t held = 1 + messages_that_may_be_lost(design);
    // A call that was placed before the recovery may end the registration after it.
    const std::int64_t forgotten =
        phone.failover.forgets ? longest_call_attempt(design, leg) : 0;
    return clamp(registered + forgotten + failback.after + held * failback.hold);
}

DelayMs takeover_bound(const Design& design, Leg leg) {
    const Phone& phone = design.phones[leg.phone];
    std::int64_t bound = 0;
    if (model::is_successive(phone, leg.entry)) {
        // A refresh fails, and other servers are tried even while the phone believes in the first.
        const Phone succession = succession_of(design, leg);
        const DelayMs refreshed =
            model::refresh_after(model::times_of(phone, leg.entry).refresh,
                                 counted_lifetime(design, leg));
        std::int64_t entered = 0;
        for (const std::size_t entry : registrars(succession)) {
            const std::int64_t entry_of = entry_of_gateway(design, {leg.phone, entry});
            entered = std::max(entered,
                               entry_of > 0
                                   ? entry_of + longest_round(design, leg.phone, succession)
                                   : 0);
        }
        bound = std::int64_t{model::last_boot(phone)} + longest_exchange(design, leg) + refreshed +
                longest_failure(design, leg) + entered +
                (1 + interruptions(design, leg)) * longest_round(design, leg.phone, succession);
    }
    if (phone.registration.order == Order::successive) {
        return clamp(bound);
    }
    bound = std::max<std::int64_t>(bound, loss_bound(design, leg));
    for (const std::size_t entry : registrars(phone)) {
        const Leg lower{leg.phone, entry};
        if (entry > leg.entry) {
            bound = std::max<std::int64_t>(
                {bound, entry_of_gateway(design, lower) + registration_bound(design, lower),
                 start_bound(design, lower)});
        }
    }
    return clamp(bound);
}

}  // namespace failback::properties
