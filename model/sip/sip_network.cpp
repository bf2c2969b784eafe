// The network of a SipModel: paths, outages and delays.
#include <algorithm>

#include "model/sip/clock.hpp"
#include "model/sip/sip_model.hpp"
#include "model/sip/sip_step.hpp"
#include "sim/check.hpp"

namespace failback::model {

const Fault* SipModel::under(const State& state, FaultKind kind, std::size_t server) const {
    for (std::size_t i = 0; i < design_->faults.size(); ++i) {
        const Fault& fault = design_->faults[i];
        if (state.faults[i].active != 0 && fault.kind == kind && fault.server == server) {
            return &fault;
        }
    }
    return nullptr;
}

bool SipModel::up(const State& state, std::size_t server) const {
    return runs(state, server) && under(state, FaultKind::hang, server) == nullptr;
}

bool SipModel::in_outage(const State& state, std::size_t server) const {
    for (std::size_t i = 0; i < design_->faults.size(); ++i) {
        const Fault& fault = design_->faults[i];
        if (state.faults[i].active != 0 && is_outage(fault.kind) && fault.server == server) {
            return true;
        }
    }
    return false;
}

bool SipModel::cut(const State& state, std::size_t phone, std::size_t server,
                   Direction direction) const {
    for (std::size_t i = 0; i < design_->faults.size(); ++i) {
        const Fault& fault = design_->faults[i];
        if (state.faults[i].active != 0 && fault.kind == FaultKind::unreachable &&
            fault.server == server && (!fault.phone || fault.phone == phone) && !fault.gateway &&
            (fault.direction == Direction::both || fault.direction == direction)) {
            return true;
        }
    }
    return false;
}

bool SipModel::reachable(const State& state, std::size_t phone, std::size_t server) const {
    return up(state, server) && under(state, FaultKind::maintenance, server) == nullptr &&
           !wrong_password(state, phone, server) && !is_foreign(state, phone, server) &&
           !cut(state, phone, server, Direction::to_server) &&
           !cut(state, phone, server, Direction::to_phone);
}

// Which messages a fault strikes. To a gateway, the server that it watches is what a phone is to a
// server: a fault of the gateway itself has its directions the other way round.
bool SipModel::concerns(const Fault& fault, const Flow& flow) {
    const auto goes = [&](Direction direction) {
        return fault.direction == Direction::both || fault.direction == direction;
    };
    if (!flow.gateway) {
        return !fault.gateway && (!fault.server || fault.server == flow.server) &&
               (!fault.phone || fault.phone == flow.phone) && goes(flow.direction);
    }
    if (fault.phone || (fault.gateway && fault.gateway != flow.gateway)) {
        return false;
    }
    if (fault.server == flow.gateway) {
        return goes(flow.direction == Direction::to_server ? Direction::to_phone
                                                           : Direction::to_server);
    }
    return (!fault.server || fault.server == flow.server) && goes(flow.direction);
}

SipModel::Flow SipModel::flow_of(const Event& message) const {
    if (is_of_probe(message)) {
        const bool is_request = message.kind == EventKind::probe_to_watched;
        const Server& gateway = design_->servers[message.index];
        return {.server = *gateway.watches,
                .direction = is_request ? Direction::to_server : Direction::to_phone,
                .delay = usual_delay_to_watched(*design_, message.index),
                .transport = gateway.survivability.transport,
                .gateway = message.index};
    }
    if (is_relayed(message.kind)) {
        const auto [phone, gateway] = ends_of(message);
        const bool is_request = message.kind == EventKind::relayed_to_server;
        return {.phone = phone,
                .server = *design_->servers[gateway].watches,
                .direction = is_request ? Direction::to_server : Direction::to_phone,
                .delay = usual_delay_to_watched(*design_, gateway),
                .transport = design_->servers[gateway].survivability.transport,
                .gateway = gateway};
    }
    const bool to_server = message.kind == EventKind::message_to_server;
    const Direction direction = to_server ? Direction::to_server : Direction::to_phone;
    const auto [phone, server] = ends_of(message);
    const std::size_t hop = hop_of(message, {phone, server});
    if (of_usage(message.method) && hop == server) {
        const UsageInfo& usage = usages_[message.index];
        return {phone, server, direction, to_server ? usage.to_server : usage.to_phone,
                usage.config.transport, {}};
    }
    const Interval delay = to_server ? usual_delay_to_server(*design_, phone, hop)
                                     : usual_delay_to_phone(*design_, phone, hop);
    return {phone, hop, direction, delay, transport_to(design_->phones[phone], server), {}};
}

// That of the moment in which the message is sent. Of several faults the first one counts.
Interval SipModel::delay_of(const State& state, const Flow& flow) const {
    for (std::size_t i = 0; i < design_->faults.size(); ++i) {
        const Fault& fault = design_->faults[i];
        if (fault.kind == FaultKind::latency && state.faults[i].active != 0 &&
            concerns(fault, flow)) {
            return fault.delay;
        }
    }
    return flow.delay;
}

bool SipModel::wrong_password(const State& state, std::size_t phone, std::size_t server) const {
    for (std::size_t i = 0; i < design_->faults.size(); ++i) {
        const Fault& fault = design_->faults[i];
        if (fault.kind == FaultKind::credentials && state.faults[i].active != 0 &&
            fault.server == server && (!fault.phone || fault.phone == phone)) {
            return true;
        }
    }
    return false;
}

SipModel::Ends SipModel::ends_of(const Event& message) const {
    if (of_call(message.method)) {
        const std::size_t phone = lines_[calls_[message.index].line].phone;
        return {phone, design_->phones[phone].servers[message.key].server};
    }
    if (of_incoming(message.method)) {
        const IncomingInfo& info = incoming_[message.index];
        return {lines_[info.line].phone, info.through.value_or(info.server)};
    }
    if (of_dialog(message.method)) {
        const DialogInfo& info = dialogs_[message.index];
        return {lines_[info.line].phone, info.through.value_or(info.server)};
    }
    if (of_appearance(message.method)) {
        const AppearanceInfo& info = appearances_[message.index];
        return {lines_[info.line].phone, info.server};
    }
    const UsageInfo& info = usages_[message.index];
    return {info.part.phone, info.server};
}

void SipModel::send(Step& step, const Event& message) const { send_on(step, message, {}); }

}  // namespace failback::model
