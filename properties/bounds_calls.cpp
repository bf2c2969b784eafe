// The bounds of the catalogue that are about calls.
#include <algorithm>

#include "model/nodes/call.hpp"
#include "model/nodes/dialog.hpp"
#include "model/nodes/digest.hpp"
#include "properties/bounds.hpp"

namespace failback::properties {

namespace {

DelayMs clamp(std::int64_t delay) {
    return static_cast<DelayMs>(std::min<std::int64_t>(delay, sim::kLongestDelay - 1));
}

// What a call attempt waits for names before it turns to a server.
std::int64_t longest_look_ups(const Design& design, std::size_t phone) {
    const model::Phone& owner = design.phones[phone];
    std::int64_t longest = 0;
    for (std::size_t entry = 0; entry < owner.servers.size(); ++entry) {
        longest = std::max(longest, model::longest_look_up(design, phone, entry));
    }
    return owner.lookup.all_before_calls
               ? static_cast<std::int64_t>(owner.names.size()) * longest
               : longest;
}

// What a call attempt waits for a registration with a server: a request that removes all bindings,
// one with the lifetime that a 423 names, and one more.
std::int64_t longest_registration(const Design& design, std::size_t phone) {
    constexpr std::int64_t kMostRequests = 3;
    const model::Phone& owner = design.phones[phone];
    std::int64_t longest = 0;
    for (std::size_t entry = 0; owner.failover.registers && entry < owner.servers.size();
         ++entry) {
        longest = std::max(longest, kMostRequests * longest_failure(design, {phone, entry}));
    }
    return longest;
}

}  // namespace

DelayMs longest_call_attempt(const Design& design, Leg leg) {
    const model::Phone& phone = design.phones[leg.phone];
    const model::CallConfig config{
        .rules = phone.calls, .timers = phone.timers, .to = model::ways_of_calls(phone)};
    std::int64_t given_up = 0;
    for (std::size_t entry = 0; entry < phone.servers.size(); ++entry) {
        given_up = std::max(given_up, config.to[entry].transport == model::Transport::tcp
                                          ? phone.timers.timer_b
                                          : model::give_up_after(config, entry));
    }
    // Each challenge may come just before that, and each answer is given as long.
    int invites = 1;
    for (const model::Line& line : phone.lines) {
        const auto index = static_cast<std::size_t>(&line - phone.lines.data());
        for (const model::ServerEntry& entry : phone.servers) {
            const model::Login login = model::login_of(
                design.servers[model::challenger_of(design, entry.server)], phone, index,
                model::Method::invite);
            if (login.challenged && login.answer != model::Login::Answer::none) {
                invites = 1 + model::most_answered(phone.credentials.rules);
            }
        }
    }
    return clamp(longest_look_ups(design, leg.phone) + invites * given_up +
                 longest_registration(design, leg.phone));
}

// Those above it in the list are tried before, and the working server, which may be below.
DelayMs failover_bound(const Design& design, Leg leg) {
    const model::Phone& phone = design.phones[leg.phone];
    std::size_t not_below = 0;
    for (std::size_t entry = 0; entry < phone.servers.size(); ++entry) {
        const bool is_below = model::tier_of(phone, entry) > model::tier_of(phone, leg.entry);
        not_below += is_below ? 0U : 1U;
    }
    const bool may_begin_below =
        phone.calls.first == model::CallFirst::working && not_below < phone.servers.size();
    const auto before = static_cast<std::int64_t>(not_below) - (may_begin_below ? 0 : 1);
    return clamp(std::max<std::int64_t>(before * longest_call_attempt(design, leg) +
                                            longest_look_ups(design, leg.phone) +
                                            longest_registration(design, leg.phone),
                                        1));
}

DelayMs asymmetry_bound(const Design& design, Leg leg) {
    const model::Phone& phone = design.phones[leg.phone];
    const std::size_t server = phone.servers[leg.entry].server;
    return clamp(std::int64_t{phone.timers.timer_f} +
                 model::longest_wait(model::times_of(phone, leg.entry).retry.unanswered) +
                 model::delay_to_server(design, leg.phone, server).latest +
                 model::delay_to_phone(design, leg.phone, server).latest);
}

// What one end had last heard of the other was sent before it ended, and was under way for a while.
DelayMs zombie_bound(const Design& design, Leg leg, int calls) {
    const model::Phone& phone = design.phones[leg.phone];
    const std::size_t server = phone.servers[leg.entry].server;
    const std::int64_t way = std::max(model::delay_to_server(design, leg.phone, server).latest,
                                      model::delay_to_phone(design, leg.phone, server).latest) +
                             model::longest_way_behind(design, server);
    const DelayMs session = phone.calls.session_expires;
    const std::int64_t timer_f =
        std::max<std::int64_t>(phone.timers.timer_f, std::int64_t{64} * phone.timers.t1);
    const std::int64_t one = session > 0 ? model::session_end(session) : timer_f;
    return clamp(std::max(calls, 1) * (one + way));
}

}  // namespace failback::properties
