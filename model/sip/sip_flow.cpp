// Flows of a SipModel: NATs, ageing ports and keep-alives between phones and servers.
#include <algorithm>

#include "model/sip/sip_step.hpp"

namespace failback::model {

// What is left out: keep-alives that only keep up a mapping that nobody looks at, or that are sure
// to be answered. Where a port ages, each message counts.
FlowConfig SipModel::flow_config(const Part& part, const Idle& idle) const {
    const Phone& phone = design_->phones[part.phone];
    FlowConfig config;
    if (scope_.abstracted.contains(part)) {
        return config;
    }
    const std::size_t server = phone.servers[part.entry].server;
    const Transport transport = transport_to(phone, server);
    config.ageing = ageing_of(*design_, part.phone, server);
    if (phone.flow.nat && (!idle.mapping || scope_.flows.contains(part))) {
        config.nat = phone.flow.nat;
    }
    const bool is_idle = idle.keep_alive && !phone.failures_until_stable;
    const bool finds = finds_failures(phone, server) && !is_idle;
    if ((finds || config.nat || config.ageing) && transport == phone.transport) {
        config.keep_alive = keep_alive_to(*design_, part.phone, server);
    }
    const bool may_die = may_be_half_open(*design_, part.phone, server);
    config.connection = transport == Transport::tcp &&
                        (finds || may_die || scope_.flows.contains(part));
    if (may_die) {
        config.gives_up = phone.flow.gives_up;
        config.closes_unanswered = phone.flow.closes_unanswered;
    }
    config.transport = transport;
    config.timers = phone.timers;
    config.rto = phone.flow.rto;
    config.hears_errors = transport == Transport::tcp ||
                          phone.refusals.transport_errors == TransportErrors::fail_attempt;
    return config;
}

void SipModel::send_from_phone(Step& step, std::uint8_t usage, const Event& message) const {
    const UsageInfo& info = usages_[usage];
    Event sent = message;
    sent.flags = static_cast<std::uint8_t>(sent.flags | generation(step.state, info.part.phone));
    if (step.state.astray[usage] != 0 && message.status == Status::none) {
        send_on(step, sent, {.dropped = true});
        return;
    }
    Output timers;
    const Passage passage = pass(step.state.flows[usage], info.flow,
                                 step.state.usages[usage].believes != 0, timers);
    carry_timers(timers, usage, step.effects, clock_of(step, info.part.phone));
    send_on(step, sent, passage);
}

void SipModel::step_flow(Step& step, std::uint8_t usage, const FlowInput& input) const {
    const UsageInfo& info = usages_[usage];
    if (!info.flow.is_modelled()) {
        return;
    }
    FlowOutput output;
    const FlowState before = step.state.flows[usage];
    const bool is_awaited = input.kind == FlowInput::Kind::answered && before.sends > 0;
    model::step(step.state.flows[usage], info.flow, input, output);
    if (info.flow.nat && before.bound != 0 && step.state.flows[usage].bound == 0) {
        lose_offers(step, usage);
    }
    if (is_awaited && !output.failed && info.config.until_stable) {
        step_client(step, usage, {.kind = ClientInput::Kind::stable});
    }
    carry_timers(output.timers, usage, step.effects, clock_of(step, info.part.phone));
    if (output.keep_alive) {
        Event message;
        message.kind = EventKind::message_to_server;
        message.index = way_of_keep_alives(usage);
        message.method = Method::keep_alive;
        message.flags = output.repeated ? kRetransmission : std::uint8_t{0};
        if (info.flow.keep_alive.method == KeepAliveMethod::heartbeat) {
            message.key = step.state.usages[usage].contact;
        }
        if (message.index != usage) {
            message.cseq = static_cast<std::uint8_t>(usage + 1);
        }
        send_from_phone(step, message.index, message);
    }
    if (output.error && step.state.usages[usage].open == 1) {
        step_client(step, usage, {.kind = ClientInput::Kind::response,
                                  .status = Status::transport_error,
                                  .cseq = step.state.usages[usage].cseq});
    }
    if (output.failed) {
        step.observe(Notice::flow_fails, usage);
        step_client(step, usage, {.kind = ClientInput::Kind::renew});
    }
}

// Where the name of the server leads by itself, or the way of the registration.
std::uint8_t SipModel::way_of_keep_alives(std::uint8_t usage) const {
    const UsageInfo& info = usages_[usage];
    std::size_t entry = info.part.entry;
    while (info.flow.keep_alive.to_first && entry > 0 &&
           model::same_name(design_->phones[info.part.phone], entry, entry - 1)) {
        --entry;
    }
    return entry == info.part.entry ? usage : *lines_[info.line].registration[entry];
}

// The CSeq of a keep-alive is free for it.
std::uint8_t SipModel::owner_of(const Event& keep_alive) const {
    return keep_alive.cseq == 0 ? keep_alive.index
                                : static_cast<std::uint8_t>(keep_alive.cseq - 1);
}

// Keep-alives run while the phone counts itself as registered.
void SipModel::follow_registration(Step& step, std::uint8_t usage, const Output& output) const {
    if (!usages_[usage].flow.is_modelled()) {
        return;
    }
    if (std::ranges::find(output.notices, Notice::unanswered) != output.notices.end()) {
        step_flow(step, usage, {.kind = FlowInput::Kind::given_up});
    }
    if (step.state.usages[usage].believes == 0) {
        step_flow(step, usage, {.kind = FlowInput::Kind::unregistered});
    } else if (std::ranges::find(output.notices, Notice::registered) != output.notices.end()) {
        step_flow(step, usage, {.kind = FlowInput::Kind::registered});
    }
}

// A server answers each keep-alive, also under maintenance: that tells of the flow only. STUN tells
// the phone its mapped address, and hence whether the binding has another one.
void SipModel::answer_keep_alive(Step& step, const Event& event, Event& response) const {
    const UsageInfo& usage = usages_[event.index];
    const FlowState& flow = step.state.flows[event.index];
    if (usage.flow.connection && flow.bound == 0) {
        refuse_connection(step, event);
        return;
    }
    if (!expects_answers(usages_[owner_of(event)].flow.keep_alive)) {
        return;
    }
    if (usage.flow.keep_alive.method == KeepAliveMethod::heartbeat) {
        take_literally(step, event);
    }
    const bool tells = usage.flow.keep_alive.method == KeepAliveMethod::stun;
    response.status = Status::ok_200;
    response.expires = tells && usage.flow.nat && flow.bound == 0 ? 1 : 0;
    send(step, response);
}

// The registrar has stored what came over the flow.
void SipModel::bind_flow(Step& step, const Event& event) const {
    const std::size_t phone = usages_[event.index].part.phone;
    if ((event.flags & kGeneration) == generation(step.state, phone)) {
        step_flow(step, event.index, {.kind = FlowInput::Kind::accepted});
    }
}

void SipModel::strike(Step& step, const Event& event) const {
    const Fault& fault = design_->faults[event.index];
    FaultState& status = step.state.faults[event.index];
    --status.left;
    ++step.effects.faults;
    if (status.left > 0) {
        step.effects.schedule(event, fault.at);
    }
    if (fault.kind == FaultKind::half_open) {
        half_open(step, fault);
        return;
    }
    if (fault.kind == FaultKind::dns_change) {
        change_addresses(step, fault);
        return;
    }
    if (fault.kind == FaultKind::move) {
        move(step, *fault.phone);
        return;
    }
    for (std::uint8_t i = 0; i < usages_.size(); ++i) {
        if (usages_[i].part.phone == *fault.phone && usages_[i].flow.nat) {
            step_flow(step, i, {.kind = FlowInput::Kind::broken});
        }
    }
}

// A phone that neither is registered nor has sent a request has no connection.
void SipModel::half_open(Step& step, const Fault& fault) const {
    for (std::uint8_t i = 0; i < usages_.size(); ++i) {
        const UsageInfo& usage = usages_[i];
        const ClientUsage& client = step.state.usages[i];
        if (usage.part.phone == *fault.phone && usage.server == *fault.server &&
            usage.flow.connection && (client.believes != 0 || client.open == 1)) {
            step_flow(step, i, {.kind = fault.resets ? FlowInput::Kind::broken
                                                     : FlowInput::Kind::half_open});
        }
    }
}

std::uint8_t SipModel::generation(const State& state, std::size_t phone) const {
    int strikes = 0;
    for (std::size_t i = 0; i < design_->faults.size(); ++i) {
        const Fault& fault = design_->faults[i];
        if (changes_way(fault.kind) && fault.phone == phone) {
            strikes += strikes_of(state, i);
        }
    }
    return static_cast<std::uint8_t>(strikes * kGenerationBit);
}

// An INVITE goes to the address that the server has a binding of: to the mapping of that.
bool SipModel::passes_nat(const State& state, const IncomingInfo& call) const {
    const auto usage = lines_[call.line].registration[call.entry];
    return call.through || !usage || !usages_[*usage].flow.nat || state.flows[*usage].bound != 0;
}

// The mapping that servers offer calls to is gone, and will not come again.
void SipModel::lose_offers(Step& step, std::uint8_t usage) const {
    const UsageInfo& info = usages_[usage];
    for (std::uint8_t i = 0; i < incoming_.size(); ++i) {
        if (incoming_[i].line == info.line && incoming_[i].entry == info.part.entry &&
            !incoming_[i].through) {
            Output output;
            lose_phone(step.state.incoming[i], incoming_[i].config, output);
            carry_timers(output, i, step.effects);
        }
    }
}

// An answer takes the way of its request.
bool SipModel::lost_at_nat(const State& state, const Event& message) const {
    if (message.method == Method::offer) {
        return !passes_nat(state, incoming_[message.index]);
    }
    if (!of_usage(message.method) || message.method == Method::notify) {
        return false;  // what belongs to a call, and NOTIFYs, are taken to find the phone
    }
    const UsageInfo& usage = usages_[message.index];
    return (message.flags & kGeneration) != generation(state, usage.part.phone) ||
           !is_open(state.flows[message.index], usage.flow) ||
           state.flows[message.index].quiet == kHalfOpen;
}

bool SipModel::inbound(const State& state, std::size_t usage) const {
    return bound(state, usage) && (!usages_[usage].flow.binds() || state.flows[usage].bound != 0);
}

}  // namespace failback::model
