#include "model/sip/reduction.hpp"

#include <algorithm>

#include "model/nodes/call.hpp"
#include "model/nodes/client_usage.hpp"
#include "model/nodes/flow.hpp"
#include "model/nodes/notifier.hpp"
#include "model/retransmission.hpp"
#include "model/sip/clock_rates.hpp"

namespace failback::model {

namespace {

const Server& server_of(const Design& design, const Part& part) {
    return design.servers[design.phones[part.phone].servers[part.entry].server];
}

const Server& challenger_of(const Design& design, const Part& part) {
    const std::size_t server = design.phones[part.phone].servers[part.entry].server;
    return design.servers[model::challenger_of(design, server)];
}

bool too_brief(const Design& design, const Part& part, const Server& server) {
    const Phone& phone = design.phones[part.phone];
    if (part.kind == PartKind::subscription) {
        return refuses_as_too_brief(
            notifier_config(server, phone, part.subscription),
            subscription_rules(phone, part.subscription).expires);
    }
    constexpr DelayMs kOneHour = 3'600'000;  // RFC 3261 10.3: never too brief
    const DelayMs expires = times_of(phone, part.entry).expires;
    return expires < server.min_expires &&
           (expires < kOneHour || server.too_brief == TooBrief::reject_423_always);
}

bool has_fault(const Design& design, FaultKind kind, std::size_t server) {
    return std::ranges::any_of(design.faults, [&](const Fault& fault) {
        return fault.kind == kind && fault.server == server;
    });
}

// May the server do something else with a request now than it would have done a while ago, other
// than refuse it for its CSeq?
bool changes_its_mind(const Design& design, const Part& part) {
    const std::size_t server = design.phones[part.phone].servers[part.entry].server;
    return design.servers[server].repeat_window > 0 ||
           design.servers[server].out_of_order == Status::ok_200 ||
           mode_matters(design.servers[server]) ||
           has_fault(design, FaultKind::maintenance, server) ||
           has_fault(design, FaultKind::credentials, server) ||
           has_fault(design, FaultKind::realm, server) || can_be_crowded_out(design, part);
}

// On the way to the server, which may pass an outbound proxy.
bool of_this_link(const Design& design, const Fault& fault, std::size_t phone,
                  std::size_t server) {
    const bool is_there = !fault.server || *fault.server == server ||
                          fault.server == proxy_to(design.phones[phone], server);
    return is_there && (!fault.phone || *fault.phone == phone);
}

bool proxy_may_fail(const Design& design, std::size_t phone, std::size_t server) {
    const auto proxy = proxy_to(design.phones[phone], server);
    return proxy && std::ranges::any_of(design.faults, [&](const Fault& fault) {
        return is_outage(fault.kind) && fault.server == proxy;
    });
}

std::int64_t longest_round_trip(const Design& design, std::size_t phone, std::size_t server) {
    return std::int64_t{delay_to_server(design, phone, server).latest} +
           delay_to_phone(design, phone, server).latest + longest_stay(design, server);
}

// Does every message from the server to the phone arrive? And does no copy of one arrive earlier
// because a delay has changed since, be it the copy of the request that it answers?
bool sure_to_phone(const Design& design, std::size_t phone, std::size_t server) {
    const auto& nat = design.phones[phone].flow.nat;
    if (nat && nat->earliest <= longest_round_trip(design, phone, server)) {
        return false;  // it may have forgotten the phone by then
    }
    if (may_wait(design, server)) {
        return false;  // what waits may be turned away, and each copy keeps others waiting
    }
    if (proxy_may_fail(design, phone, server)) {
        return false;
    }
    return std::ranges::none_of(design.faults, [&](const Fault& fault) {
        const bool loses = fault.kind == FaultKind::loss ||
                           fault.kind == FaultKind::unreachable ||
                           is_instant(fault.kind) || changes_delay(fault.kind);
        const bool is_off = switches_off(fault, phone);  // a phone that is off hears nothing
        return (loses && of_this_link(design, fault, phone, server)) || is_off;
    });
}

// Does every message, both ways, arrive unless the server's process does not run?
bool sure_while_up(const Design& design, std::size_t phone, std::size_t server) {
    return sure_to_phone(design, phone, server) &&
           std::ranges::none_of(design.faults, [&](const Fault& fault) {
               const bool loses =
                   fault.kind == FaultKind::loss || fault.kind == FaultKind::unreachable;
               return loses && of_this_link(design, fault, phone, server);
           });
}

// Does every message, both ways, arrive at a running process that does with each what it does with
// the first?
bool sure(const Design& design, std::size_t phone, std::size_t server) {
    return sure_to_phone(design, phone, server) && !ageing_of(design, phone, server) &&
           !may_go_astray(design, phone, server) &&
           !serves_in_emergency_only(design.servers[server]) &&
           std::ranges::none_of(design.faults, [&](const Fault& fault) {
               return is_outage(fault.kind) && fault.server == server;
           });
}

// Timer E fires for the last time so long after the first transmission, or earlier.
std::int64_t last_retransmission(const TransactionTimers& timers) {
    std::int64_t last = 0;
    for (int resends = 0; retransmit_after(timers, resends) < timers.t2; ++resends) {
        const DelayMs interval = retransmit_after(timers, resends);
        if (last + interval > timers.timer_f) {
            return last;
        }
        last += interval;
    }
    return last + std::max<std::int64_t>(timers.timer_f - last, 0) / timers.t2 * timers.t2;
}

// Where Timer J is as long as Timer F, both may be over in one instant: that in which a copy of the
// request arrives, is refused, and the refusal arrives, while the phone has heard of nothing else.
// Some time passes if messages take some, or if Timer J is longer by a millisecond.
bool may_forget_too_soon(const Design& design, const Part& part, std::int64_t timer_f,
                         std::int64_t longest_way) {
    const Phone& phone = design.phones[part.phone];
    const std::size_t server = phone.servers[part.entry].server;
    const Interval to_server = delay_to_server(design, part.phone, server);
    const Interval to_phone = delay_to_phone(design, part.phone, server);
    const std::int64_t forgotten = to_server.earliest + server_of(design, part).timer_j;
    const std::int64_t last = longest_by_clock(last_retransmission(phone.timers), phone);
    const bool is_answered = sure_to_phone(design, part.phone, server) &&
                             to_phone.latest < server_of(design, part).timer_j;
    return forgotten + to_phone.earliest <= timer_f && last + longest_way >= forgotten &&
           !is_answered;
}

// A refresh may turn to another server, and leave the belief in this one to its end.
bool may_be_relisted(const Phone& phone, std::size_t entry) {
    const auto& name = phone.servers[entry].name;
    return name && !phone.names[*name].later.empty();
}

bool tries_better_at_refresh(const Phone& phone, std::size_t entry) {
    const bool is_alone = phone.registration.order == Order::successive;
    const Failback& failback = is_alone ? phone.failback : phone.address_failback;
    return is_successive(phone, entry) && failback.rule == FailbackRule::at_refresh;
}

// May a heartbeat of the phone end its binding?
bool removes_by_heartbeats(const Design& design, const Part& part) {
    const Phone& phone = design.phones[part.phone];
    return part.kind == PartKind::registration && !server_of(design, part).knows_heartbeat &&
           (phone.failback.heartbeat || phone.address_failback.heartbeat ||
            phone.flow.keep_alive.method == KeepAliveMethod::heartbeat);
}

// Keep-alives whose answers are sure to come find nothing. The mapping of a NAT lasts longer than a
// round trip, so that answers pass; what else would pass through it, nobody asks. STUN would find
// another mapping than before, but not if keep-alives that are sure to arrive keep the first one.
void set_idle_flow(Idle& idle, const Design& design, const Part& part) {
    const FlowRules& flow = design.phones[part.phone].flow;
    const std::size_t server = design.phones[part.phone].servers[part.entry].server;
    const std::int64_t round_trip = longest_round_trip(design, part.phone, server);
    const bool is_sure = sure(design, part.phone, server);
    const bool passes = !flow.nat || (!may_hang(design, server) &&
                                      flow.nat->earliest > round_trip &&
                                      !may_rebind(design, part.phone) &&
                                      !may_move(design, part.phone));
    // The first one comes that long after the grant.
    const Phone& phone = design.phones[part.phone];
    const DelayMs every = keep_alive_to(design, part.phone, server).every.latest;
    const bool keeps =
        !flow.nat || longest_by_clock(every, phone) + round_trip < flow.nat->earliest;
    const bool tells = flow.keep_alive.method == KeepAliveMethod::stun;
    const std::int64_t give_up =
        shortest_by_clock(keep_alive_give_up(flow.keep_alive, phone.timers), phone);
    const bool elsewhere = flow.keep_alive.to_first && part.entry > 0 &&
                           same_name(design.phones[part.phone], part.entry, part.entry - 1);
    idle.keep_alive = is_sure && passes && round_trip < give_up && (!tells || keeps) &&
                      !elsewhere && !removes_by_heartbeats(design, part);
    idle.mapping = passes && (!tells || (is_sure && keeps));
}

}  // namespace

DelayMs granted_by(const Design& design, const Part& part, const Server& server) {
    const Phone& phone = design.phones[part.phone];
    const DelayMs expires =
        part.kind == PartKind::subscription
            ? subscription_rules(phone, part.subscription).expires
            : times_of(phone, part.entry).expires;
    const DelayMs requested = too_brief(design, part, server) ? server.min_expires : expires;
    return std::min(requested, server.max_expires);
}

Interval granted_lifetimes(const Design& design, const Part& part) {
    const Server& server = server_of(design, part);
    const DelayMs own = granted_by(design, part, server);
    if (!passes_on(server)) {
        return sim::exactly(own);
    }
    const DelayMs beyond = granted_by(design, part, design.servers[*server.watches]);
    // Of subscriptions it has none.
    return server.survivability.in_emergency == InNormal::served &&
                   part.kind == PartKind::registration
               ? Interval{std::min(own, beyond), std::max(own, beyond)}
               : sim::exactly(beyond);
}

DelayMs granted_lifetime(const Design& design, const Part& part) {
    return granted_lifetimes(design, part).latest;
}

Interval counted_lifetimes(const Design& design, const Part& part) {
    const Phone& phone = design.phones[part.phone];
    const DelayMs least = part.kind == PartKind::registration
                              ? phone.least_expires
                              : subscription_rules(phone, part.subscription).least_expires;
    const auto [shortest, longest] = granted_lifetimes(design, part);
    return {std::max(shortest, least), std::max(longest, least)};
}

DelayMs counted_lifetime(const Design& design, const Part& part) {
    return counted_lifetimes(design, part).latest;
}

namespace {

Login login_of(const Design& design, const Part& part) {
    const Method method = part.kind == PartKind::registration ? Method::register_
                                                              : Method::subscribe;
    return model::login_of(challenger_of(design, part), design.phones[part.phone], part.line,
                           method);
}

}  // namespace

// A phone that forgets a nonce once it is granted uses it for the request after a challenge, and
// for those that may follow in one attempt: after a 423, and after all bindings were removed. The
// nonce was issued while the challenged request was open; all end by Timer F.
bool nonces_get_old(const Design& design, const Part& part) {
    constexpr std::int64_t kMostRequests = 4;
    const Phone& phone = design.phones[part.phone];
    const auto& lifetime = challenger_of(design, part).authentication.nonce_lifetime;
    const std::size_t server = phone.servers[part.entry].server;
    const ChallengeRules& rules = phone.credentials.rules;
    const std::int64_t longest_use =
        longest_if_slow(kMostRequests * (std::int64_t{phone.timers.timer_f} +
                                         longest_look_up(design, part.phone, part.entry)),
                        phone) +
        delay_to_server(design, part.phone, server).latest + longest_way_behind(design, server);
    return lifetime && login_of(design, part).challenged &&
           (rules.keeps_nonce || rules.replays || phone.refusals.max_min_expires > 0 ||
            lifetime->earliest <= longest_use);
}

int most_requests(const Design& design, const Part& part) {
    constexpr int kMany = 1000;
    const Login login = login_of(design, part);
    const ChallengeRules& rules = design.phones[part.phone].credentials.rules;
    if (!login.challenged || login.answer == Login::Answer::none) {
        return 1;
    }
    return rules.replays ? kMany : 1 + most_answered(rules);
}

namespace {

// Does the belief of a phone in a registration with that lifetime end with a refresh at the latest,
// be it granted or failed?
bool ends_before_expiry(const Design& design, const Part& part, std::int64_t lifetime) {
    const Phone& phone = design.phones[part.phone];
    if (part.kind == PartKind::registration && registers_on_demand(phone, part.entry)) {
        return false;  // only a call begins it again
    }
    // Of true time; look-ups, part of which is, do not become shorter by a clock that is fast.
    const std::int64_t longest_request =
        longest_if_slow(longest_look_up(design, part.phone, part.entry), phone) +
        longest_by_clock(phone.timers.timer_f, phone);
    const std::int64_t refreshed = longest_by_clock(
        refresh_after(times_of(phone, part.entry).refresh, static_cast<DelayMs>(lifetime)),
        phone);
    return !tries_better_at_refresh(phone, part.entry) && !may_move(design, part.phone) &&
           !may_be_relisted(phone, part.entry) &&
           !has_fault(design, FaultKind::realm, phone.servers[part.entry].server) &&
           phone.belief == Belief::until_failed_refresh &&
           refreshed + most_requests(design, part) * longest_request <
               shortest_by_clock(lifetime - server_of(design, part).repeat_window, phone);
}

// REQUIRES: what is idle of the SUBSCRIBE is known.
void set_idle_notify(Idle& idle, const Design& design, const Part& part) {
    const Phone& phone = design.phones[part.phone];
    const std::size_t index = phone.servers[part.entry].server;
    const std::int64_t round_trip = longest_round_trip(design, part.phone, index);
    const DelayMs timer_n = subscription_rules(phone, part.subscription).timer_n;
    // The NOTIFY is sent with the 200, and is not lost either.
    idle.notify_wait = idle.retransmit && round_trip < shortest_by_clock(timer_n, phone);
    // Its own timers: each NOTIFY is answered as soon as it arrives, a copy of it alike. A process
    // that stops forgets the transaction. But what a NOTIFY of a change says depends on whether the
    // one before it is answered.
    const bool changes = changes_of(design, part.phone, part.line, part.entry,
                                    part.subscription) != nullptr;
    idle.notify_retransmit = !changes && sure_while_up(design, part.phone, index);
    idle.notify_timeout = idle.notify_retransmit && round_trip < phone.timers.timer_f;
}

// At a gateway that passes requests on: whether it answers or the server behind it, nothing is
// sure. Timer K and the expiry at the phone are as in idle_parts, with either lifetime.
Idle idle_parts_beyond(const Design& design, const Part& part) {
    const Server& server = server_of(design, part);
    const auto [least, most] = counted_lifetimes(design, part);
    Idle idle;
    idle.absorb = idle.memory = true;
    idle.belief = part.kind != PartKind::subscription &&
                  ends_before_expiry(design, part, least) &&
                  ends_before_expiry(design, part, most) &&
                  !too_brief(design, part, server) &&
                  !too_brief(design, part, design.servers[*server.watches]);
    return idle;
}

}  // namespace

Idle idle_parts(const Design& design, const Part& part, bool is_looked_for) {
    const Phone& phone = design.phones[part.phone];
    const Server& server = server_of(design, part);
    // Of true time; look-ups, part of which is, do not become shorter by a clock that is fast.
    const std::int64_t timer_f = longest_by_clock(phone.timers.timer_f, phone);
    const std::int64_t least_timer_f = shortest_by_clock(phone.timers.timer_f, phone);
    const std::size_t index = phone.servers[part.entry].server;
    const std::int64_t longest_way =
        std::int64_t{delay_to_server(design, part.phone, index).latest} +
        longest_by_clock(longest_hold(design, part.phone, index), phone) +
        longest_stay(design, index);
    const std::int64_t lifetime = counted_lifetime(design, part);
    const std::int64_t least_stored =
        granted_lifetime(design, part) - (server.whole_seconds ? 999 : 0);
    const bool subscription = part.kind == PartKind::subscription;

    if (passes_on(server)) {
        return idle_parts_beyond(design, part);
    }
    Idle idle;
    // Timer K: a response that a completed transaction absorbs would otherwise match nothing and be
    // dropped. Both leave the phone as it is.
    idle.absorb = true;
    // Copies of a request arrive at most `timer_f + longest_way` after it was first sent. A stored
    // binding lasts longer: whether it is there when its request arrives once more does not depend
    // on its expiry, and nothing else looks at it, unless there is no room for all, or calls come
    // in. But a phone that begins its CSeqs anew, or never raises them, is refused while its old
    // binding is there, and where CSeqs do not count any copy may end it. A subscription that
    // expires is told to the phone.
    const bool restarts = may_restart(design, part.phone);
    const bool is_removed =
        somebody_wipes(design) || removes_by_heartbeats(design, part) ||
        may_be_replaced(design, phone.servers[part.entry].server, phone.lines[part.line].aor);
    idle.binding_expiry = !subscription && least_stored > timer_f + longest_way && !is_removed &&
                          !may_hang(design, index) && !may_move(design, part.phone) &&
                          !can_be_crowded_out(design, part) &&
                          !is_looked_for && !(restarts && phone.after_restart.cseq_restarts) &&
                          phone.raises_cseq && server.out_of_order != Status::ok_200;
    // Timer J: it runs at least until the client's Timer F. A copy that arrives later is refused
    // (its CSeq is not higher than the binding's, which is still there) instead of answered from
    // memory; the answer finds no open transaction either way. A copy from before a restart may
    // have another Call-ID than the binding, and replace it.
    const bool remembers = server.timer_j >= timer_f &&
                           !may_forget_too_soon(design, part, timer_f, longest_way);
    idle.forget = remembers && idle.binding_expiry && server.stores_bindings &&
                  !changes_its_mind(design, part) && !restarts;
    // What nobody can ask for any more may go; its Timer J, too, which then ends nothing.
    idle.memory = !idle.forget && (subscription || changes_its_mind(design, part));
    // The expiry at the phone: a refresh starts before it, perhaps with a look-up of the server's
    // name, and ends by Timer F at the latest, or by as many look-ups and Timers F as there may be
    // requests in an attempt that is challenged, with a new lifetime or with the end of the belief,
    // both before the expiry. The lifetime may be that of an earlier grant, less what is over of
    // it. A refresh may also have to wait for better servers that are tried first.
    idle.belief = !subscription && ends_before_expiry(design, part, lifetime) &&
                  !too_brief(design, part, server);
    // Timers E and F: where nothing is ever lost, the first copy of a request is answered, and the
    // answer comes before the request could be given up. A server that forgets a request before
    // that would refuse a copy of it, one that is full may refuse the first copy only.
    idle.retransmit = sure(design, part.phone, index) && remembers &&
                      !can_be_crowded_out(design, part);
    const std::int64_t round_trip = longest_round_trip(design, part.phone, index);
    idle.timeout = idle.retransmit && round_trip < least_timer_f;
    if (subscription) {
        set_idle_notify(idle, design, part);
    }
    set_idle_flow(idle, design, part);
    return idle;
}

bool is_looked_for(const Design& design, const Scope& scope, const Part& registration) {
    const Part calls{PartKind::call, registration.phone, registration.line, 0};
    if (scope.parts.contains(calls) && bars_unregistered(server_of(design, registration))) {
        return true;
    }
    Part part = registration;
    for (const PartKind kind : {PartKind::incoming, PartKind::appearance}) {
        part.kind = kind;
        if (scope.parts.contains(part)) {
            return true;
        }
    }
    return false;
}

// As Timers E and F of a registration: the first copy arrives and is answered, and copies of it
// are answered alike.
IdleSeizure idle_seizure_parts(const Design& design, std::size_t phone, std::size_t entry) {
    const std::size_t server = design.phones[phone].servers[entry].server;
    const bool is_sure = sure(design, phone, server);
    return {is_sure,
            is_sure && longest_round_trip(design, phone, server) <
                           shortest_by_clock(design.phones[phone].timers.timer_f,
                                             design.phones[phone])};
}

IdleCall idle_call_parts(const Design& design, std::size_t phone, std::size_t entry) {
    const std::size_t server = design.phones[phone].servers[entry].server;
    const CallConfig config{.rules = design.phones[phone].calls,
                            .timers = design.phones[phone].timers,
                            .to = ways_of_calls(design.phones[phone])};
    // As Timer E, but retransmissions also count down to the next server; and the first 200 arrives
    // where nothing that is sent to the phone gets lost. A phone that does not heed that it rings
    // goes on repeating the INVITE, and then counts them.
    const bool in_time =
        longest_round_trip(design, phone, server) <
        shortest_by_clock(give_up_after(config, entry), design.phones[phone]);
    return {sure(design, phone, server) && in_time && config.rules.heeds_provisional,
            sure_to_phone(design, phone, server)};
}

}  // namespace failback::model
