#include "model/reduction.hpp"

#include <algorithm>

#include "model/call.hpp"
#include "model/client_usage.hpp"
#include "model/flow.hpp"

namespace failback::model {

namespace {

const Server& server_of(const Design& design, const Part& part) {
    return design.servers[design.phones[part.phone].servers[part.entry].server];
}

bool too_brief(const Design& design, const Part& part) {
    const Phone& phone = design.phones[part.phone];
    const Server& server = server_of(design, part);
    constexpr DelayMs kOneHour = 3'600'000;  // RFC 3261 10.3: never too brief
    return part.kind == PartKind::registration && phone.expires < server.min_expires &&
           (phone.expires < kOneHour || server.too_brief == TooBrief::reject_423_always);
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
           has_fault(design, FaultKind::maintenance, server) || can_be_crowded_out(design, part);
}

bool of_this_link(const Fault& fault, std::size_t phone, std::size_t server) {
    return (!fault.server || *fault.server == server) && (!fault.phone || *fault.phone == phone);
}

std::int64_t longest_round_trip(const Design& design, std::size_t phone, std::size_t server) {
    return std::int64_t{delay_to_server(design, phone, server).latest} +
           delay_to_phone(design, phone, server).latest;
}

// Does every message from the server to the phone arrive?
bool sure_to_phone(const Design& design, std::size_t phone, std::size_t server) {
    const auto& nat = design.phones[phone].flow.nat;
    if (nat && nat->earliest <= longest_round_trip(design, phone, server)) {
        return false;  // it may have forgotten the phone by then
    }
    return std::ranges::none_of(design.faults, [&](const Fault& fault) {
        const bool loses = fault.kind == FaultKind::loss ||
                           fault.kind == FaultKind::unreachable ||
                           fault.kind == FaultKind::rebinding;
        const bool is_off = fault.kind == FaultKind::restart;  // a phone that is off hears nothing
        return (loses || is_off) && of_this_link(fault, phone, server);
    });
}

// Does every message, both ways, arrive at a running process?
bool sure(const Design& design, std::size_t phone, std::size_t server) {
    return sure_to_phone(design, phone, server) && !ageing_of(design, phone, server) &&
           std::ranges::none_of(design.faults, [&](const Fault& fault) {
               return is_outage(fault.kind) && fault.server == server;
           });
}

// Keep-alives whose answers are sure to come find nothing. The mapping of a NAT lasts longer than a
// round trip, so that answers pass; what else would pass through it, nobody asks. STUN would find
// another mapping than before, but not if keep-alives that are sure to arrive keep the first one.
void set_idle_flow(Idle& idle, const Design& design, const Part& part) {
    const FlowRules& flow = design.phones[part.phone].flow;
    const std::size_t server = design.phones[part.phone].servers[part.entry].server;
    const std::int64_t round_trip = longest_round_trip(design, part.phone, server);
    const bool is_sure = sure(design, part.phone, server);
    const bool passes = !flow.nat || (flow.nat->earliest > round_trip &&
                                      !may_rebind(design, part.phone));
    // The first one comes that long after the grant.
    const bool keeps =
        !flow.nat || flow.keep_alive.every.latest + round_trip < flow.nat->earliest;
    const bool tells = flow.keep_alive.method == KeepAliveMethod::stun;
    const DelayMs give_up =
        keep_alive_give_up(flow.keep_alive, design.phones[part.phone].timers);
    idle.keep_alive = is_sure && passes && round_trip < give_up && (!tells || keeps);
    idle.mapping = passes && (!tells || (is_sure && keeps));
}

}  // namespace

DelayMs granted_lifetime(const Design& design, const Part& part) {
    const Phone& phone = design.phones[part.phone];
    const Server& server = server_of(design, part);
    if (part.kind == PartKind::subscription) {
        return std::min(phone.subscription.expires, server.max_expires);
    }
    const DelayMs requested = too_brief(design, part) ? server.min_expires : phone.expires;
    return std::min(requested, server.max_expires);
}

Idle idle_parts(const Design& design, const Part& part) {
    const Phone& phone = design.phones[part.phone];
    const Server& server = server_of(design, part);
    const std::int64_t timer_f = phone.timers.timer_f;
    const std::size_t index = phone.servers[part.entry].server;
    const std::int64_t longest_way =
        std::int64_t{delay_to_server(design, part.phone, index).latest} +
        longest_hold(design, part.phone, index);
    const std::int64_t lifetime = granted_lifetime(design, part);
    const std::int64_t least_stored = lifetime - (server.whole_seconds ? 999 : 0);
    const bool subscription = part.kind == PartKind::subscription;
    const Refresh& refresh = subscription ? phone.subscription.refresh : phone.refresh;
    const std::int64_t refreshed =
        refresh_after(refresh, static_cast<DelayMs>(lifetime));

    Idle idle;
    // Timer K: a response that a completed transaction absorbs would otherwise match nothing and be
    // dropped. Both leave the phone as it is.
    idle.absorb = true;
    // Copies of a request arrive at most `timer_f + longest_way` after it was first sent. A stored
    // binding lasts longer: whether it is there when its request arrives once more does not depend
    // on its expiry, and nothing else looks at it, unless there is no room for all. But a phone
    // that begins its CSeqs anew is refused while its old binding is there.
    const bool restarts = may_restart(design, part.phone);
    idle.binding_expiry = least_stored > timer_f + longest_way && !somebody_wipes(design) &&
                          !can_be_crowded_out(design, part) &&
                          !(restarts && phone.after_restart.cseq_restarts);
    // Timer J: it runs at least until the client's Timer F. A copy that arrives later is refused
    // (its CSeq is not higher than the binding's, which is still there) instead of answered from
    // memory; the answer finds no open transaction either way. A copy from before a restart may
    // have another Call-ID than the binding, and replace it.
    idle.forget = server.timer_j >= timer_f && idle.binding_expiry && server.stores_bindings &&
                  !changes_its_mind(design, part) && !restarts;
    // What nobody can ask for any more may go; its Timer J, too, which then ends nothing.
    idle.memory = !idle.forget && changes_its_mind(design, part);
    // The expiry at the phone: a refresh starts before it and ends by Timer F at the latest, with a
    // new lifetime or with the end of the belief, both before the expiry. The lifetime may be that
    // of an earlier grant, less what is over of it. A refresh may also have to wait for better
    // servers that are tried first.
    idle.belief = !subscription && phone.failback.rule != FailbackRule::at_refresh &&
                  phone.belief == Belief::until_failed_refresh &&
                  refreshed + timer_f < lifetime - server.repeat_window &&
                  !too_brief(design, part);
    // Timers E and F: where nothing is ever lost, the first copy of a request is answered, and the
    // answer comes before the request could be given up. A server that forgets a request before
    // that would refuse a copy of it, one that is full may refuse the first copy only.
    idle.retransmit = sure(design, part.phone, index) && server.timer_j >= timer_f &&
                      !can_be_crowded_out(design, part);
    idle.timeout = idle.retransmit && longest_round_trip(design, part.phone, index) < timer_f;
    set_idle_flow(idle, design, part);
    return idle;
}

IdleCall idle_call_parts(const Design& design, std::size_t phone, std::size_t entry) {
    const std::size_t server = design.phones[phone].servers[entry].server;
    const CallConfig config{design.phones[phone].calls, design.phones[phone].transport,
                            design.phones[phone].timers, 0};
    // As Timer E, but retransmissions also count down to the next server; and the first 200 arrives
    // where nothing that is sent to the phone gets lost.
    const bool in_time = longest_round_trip(design, phone, server) < give_up_after(config);
    return {sure(design, phone, server) && in_time, sure_to_phone(design, phone, server)};
}

}  // namespace failback::model
