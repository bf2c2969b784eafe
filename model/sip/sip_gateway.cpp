// Gateways of a SipModel that watch a server: their probes, and whom they serve.
#include <algorithm>

#include "model/sip/sip_step.hpp"

namespace failback::model {

bool SipModel::is_of_probe(const Event& event) {
    return event.kind == EventKind::probe_to_watched || event.kind == EventKind::answer_to_gateway;
}

std::optional<std::size_t> SipModel::gateway_at(std::size_t server) const {
    const auto found = std::ranges::find(gateways_, server);
    return found != gateways_.end()
               ? std::optional(static_cast<std::size_t>(found - gateways_.begin()))
               : std::nullopt;
}

bool SipModel::in_emergency(const State& state, std::size_t server) const {
    const auto gateway = gateway_at(server);
    return gateway && state.gateways[*gateway].emergency != 0;
}

Reaction SipModel::reaction(const State& state, std::size_t server) const {
    if (!design_->servers[server].watches) {
        return {};
    }
    const Survivability& rules = design_->servers[server].survivability;
    return in_emergency(state, server) ? Reaction{rules.in_emergency, rules.emergency_answer}
                                       : Reaction{rules.in_normal, rules.answer};
}

bool SipModel::serves(const State& state, std::size_t server) const {
    return reaction(state, server).what == InNormal::served;
}

bool SipModel::sees_watched(const State& state, std::size_t server) const {
    const auto watched = design_->servers[server].watches;
    if (!watched || !up(state, server) || !up(state, *watched) ||
        under(state, FaultKind::maintenance, *watched) != nullptr) {
        return false;
    }
    Event message;
    message.index = static_cast<std::uint8_t>(server);
    return std::ranges::none_of(
        std::array{EventKind::probe_to_watched, EventKind::answer_to_gateway}, [&](EventKind kind) {
            message.kind = kind;
            return watch_cut(state, message);
        });
}

// Is the path of a probe, or of an answer to one, cut?
bool SipModel::watch_cut(const State& state, const Event& message) const {
    const Flow flow = flow_of(message);
    for (std::size_t i = 0; i < design_->faults.size(); ++i) {
        const Fault& fault = design_->faults[i];
        if (state.faults[i].active != 0 && fault.kind == FaultKind::unreachable &&
            concerns(fault, flow)) {
            return true;
        }
    }
    return false;
}

void SipModel::step_gateway(Step& step, std::size_t gateway, const GatewayInput& input) const {
    const std::size_t server = gateways_[gateway];
    Output output;
    model::step(step.state.gateways[gateway], design_->servers[server].survivability, input,
                output);
    for (const Output::TimerChange& change : output.timers) {
        Event timer = timer_event(server, change.timer, 0);
        timer.kind = EventKind::gateway_timer;
        if (change.starts) {
            step.effects.schedule(timer, change.delay);
        } else {
            cancel_timer(timer, step.effects);
        }
    }
    for (const Output::Message& message : output.messages) {
        send(step, message_event(EventKind::probe_to_watched, server, message));
    }
    for (const Notice notice : output.notices) {
        step.observe(notice, server);
        if (notice == Notice::leaves_emergency) {
            begin_re_registrations(step, server);
            end_emergency(step, server);
        } else if (notice == Notice::enters_emergency) {
            end_re_registrations(step, server, false);
        }
    }
}

// As its process does, if it watches another one.
void SipModel::start_or_stop_gateway(Step& step, std::size_t server) const {
    const auto gateway = gateway_at(server);
    if (!gateway) {
        return;
    }
    const bool is_up = runs(step.state, server);
    if (is_up != (step.state.gateways[*gateway].running != 0)) {
        step_gateway(step, *gateway,
                     {.kind = is_up ? GatewayInput::Kind::start : GatewayInput::Kind::stop});
        if (!is_up) {
            end_re_registrations(step, server, true);
        }
    }
}

void SipModel::on_gateway_event(Step& step, const Event& event) const {
    const std::size_t gateway = *gateway_at(event.index);
    if (event.kind == EventKind::gateway_timer) {
        step_gateway(step, gateway, {.kind = GatewayInput::Kind::timer, .timer = event.timer});
    } else if (watch_cut(step.state, event)) {
        step.log.dropped = true;
    } else if (event.kind == EventKind::probe_to_watched) {
        const std::size_t watched = *design_->servers[event.index].watches;
        if (!runs(step.state, watched) || !waits(step, event, watched)) {
            answer_probe(step, event);
        }
    } else if (step.state.gateways[gateway].running == 0) {
        step.log.dropped = true;
    } else {
        step_gateway(step, gateway,
                     {.kind = GatewayInput::Kind::answer,
                      .status = event.status,
                      .number = event.cseq});
    }
}

// Each time it arrives. Of a process that does not run its host may tell.
void SipModel::answer_probe(Step& step, const Event& event) const {
    const std::size_t watched = *design_->servers[event.index].watches;
    const bool is_refused = under(step.state, FaultKind::refusal, watched) != nullptr;
    step.log.dropped = is_refused;
    if (under(step.state, FaultKind::crash, watched) != nullptr) {
        step.log.dropped = true;
        return;
    }
    Event answer = event;
    answer.kind = EventKind::answer_to_gateway;
    answer.flags = 0;
    const bool works = under(step.state, FaultKind::maintenance, watched) != nullptr;
    answer.status = is_refused ? Status::transport_error
                    : works    ? Status::service_unavailable_503
                               : Status::ok_200;
    send(step, answer);
}

// An INVITE in the normal state. What was answered before is absorbed as ever.
void SipModel::turn_call_away(Step& step, const Event& event, std::size_t index) const {
    const CallServer& server = step.state.call_servers[index];
    const std::size_t at = server_of_call_server(index);
    const bool is_known =
        server.phase != CallServer::Phase::none && server.attempt == event.cseq;
    if (!is_known && reaction(step.state, at).what == InNormal::ignored) {
        step.log.dropped = true;
        return;
    }
    step_call_server(step, static_cast<std::uint8_t>(index),
                     {.kind = CallServerInput::Kind::invite,
                      .attempt = event.cseq,
                      .refusal = Status::service_unavailable_503});
}

void SipModel::end_emergency(Step& step, std::size_t server) const {
    if (!design_->servers[server].survivability.drops_at_exit) {
        return;
    }
    for (std::uint8_t i = 0; i < usages_.size(); ++i) {
        if (usages_[i].server == server && notifies(server, i)) {
            crash_notifier(step, i, false);
        }
    }
    for (std::uint8_t i = 0; i < appearances_.size(); ++i) {
        if (appearances_[i].server == server) {
            step_appearance(step, i, {.kind = AppearanceInput::Kind::unregistered});
        }
    }
    forget_records(step, server);
}

bool SipModel::is_old_probe(const State& state, const Event& event) const {
    if (event.kind == EventKind::probe_to_watched &&
        load_at(*design_->servers[event.index].watches)) {
        return false;  // it keeps others waiting
    }
    const GatewayMode& gateway = state.gateways[*gateway_at(event.index)];
    return gateway.open == 0 || event.cseq != gateway.number;
}

void SipModel::rename_probes(State& state, std::vector<Event>& pending) const {
    for (std::size_t i = 0; i < gateways_.size(); ++i) {
        if (state.gateways[i].number <= kProbe) {
            continue;
        }
        --state.gateways[i].number;
        for (Event& event : pending) {
            if (is_of_probe(event) && event.index == gateways_[i] && event.cseq > 0) {
                --event.cseq;
            }
        }
    }
}

}  // namespace failback::model
