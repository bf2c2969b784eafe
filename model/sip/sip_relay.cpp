// Gateways of a SipModel that pass registrations on to the server that they watch.
#include <algorithm>

#include "model/sip/sip_step.hpp"
#include "sim/check.hpp"

namespace failback::model {

namespace {

constexpr DelayMs kLongestLifetime = sim::kLongestDelay - 1;

Event at_registrar(std::size_t usage, std::uint8_t cseq) {
    Event timer = timer_event(usage, Timer::forget, cseq);
    timer.key = kAtRegistrar;
    return timer;
}

}  // namespace

void SipModel::build_relays() {
    for (UsageInfo& usage : usages_) {
        const Server& gateway = design_->servers[usage.server];
        if (!passes_on(gateway)) {
            continue;
        }
        Place beyond;
        beyond.server = *gateway.watches;
        if (usage.part.kind == PartKind::registration) {
            beyond.record = record_for(
                beyond.server, design_->phones[usage.part.phone].lines[usage.part.line].aor);
            constexpr int kMost = kContactsPerRecord + 1;  // more, check_capacity refuses
            beyond.slot =
                static_cast<std::uint8_t>(std::min(first_free_slot(beyond.record), kMost));
        }
        usage.beyond = beyond;
        usage.relay = static_cast<std::uint8_t>(std::min(relays_, kRelays));
        ++relays_;
    }
}

// RFC 3261 16: each copy on its own.
void SipModel::pass_on(Step& step, const Event& event) const {
    const UsageInfo& usage = usages_[event.index];
    sim::ensure(usage.beyond.has_value(), "it is passed on");
    Output output;
    if (!passes(step.state.relays[usage.relay], design_->servers[usage.server].survivability,
                event.cseq, output)) {
        step.log.dropped = true;
        return;
    }
    carry_relay(step, event.index, output);
    send(step, passed_on(event));
}

void SipModel::on_relayed(Step& step, const Event& event) const {
    const Flow flow = flow_of(event);
    const bool is_request = event.kind == EventKind::relayed_to_server;
    const std::size_t receiver = is_request ? flow.server : *flow.gateway;
    if (watch_cut(step.state, event) ||
        under(step.state, FaultKind::crash, receiver) != nullptr) {
        step.log.dropped = true;
    } else if (under(step.state, FaultKind::refusal, receiver) != nullptr) {
        step.log.dropped = true;
        const bool is_told = is_request && event.method != Method::ack &&
                             event.method != Method::cancel &&
                             event.method != Method::notify && !of_incoming(event.method) &&
                             (!of_dialog(event.method) || event.status == Status::none);
        if (is_told) {
            Event error = event;
            error.kind = EventKind::relayed_to_gateway;
            error.status = Status::transport_error;
            error.flags = event.flags & kGeneration;
            error.expires = 0;
            set_nonce(error, kNoNonce);
            send(step, error);
        }
    } else if (!is_request) {
        pass_back(step, event);
    } else if (of_incoming(event.method)) {
        offer_arrives(step, event);
    } else if (of_call(event.method)) {
        call_arrives_beyond(step, event);
    } else if (of_dialog(event.method)) {
        dialog_arrives(step, event);
    } else if (event.method == Method::notify) {
        arrive_notify_response(step, event);
    } else {
        arrive_beyond(step, event);
    }
}

// At the server that the gateway watches; as process_request().
void SipModel::arrive_beyond(Step& step, const Event& event) const {
    const UsageInfo& usage = usages_[event.index];
    Event response = event;
    response.kind = EventKind::relayed_to_gateway;
    response.flags = event.flags & kGeneration;
    response.expires = 0;
    set_nonce(response, kNoNonce);
    if (event.method == Method::re_register) {
        re_register(step, event, response);
        send(step, response);
        return;
    }
    if (answer_again(step, step.state.relays[usage.relay].at_registrar, response)) {
        return;
    }
    if (const Fault* works = under(step.state, FaultKind::maintenance, usage.beyond->server)) {
        response.status = Status::service_unavailable_503;
        response.expires = works->retry_after;
    } else if (!admits(step, event, response)) {
        // The response says why.
    } else if (event.method == Method::register_) {
        process_register(step, event, response);
    } else {
        process_subscribe(step, event, response);
    }
    remember_answer(step, event, response, at_registrar(event.index, event.cseq));
    send(step, response);
}

// With the password of the phone. Without credentials each copy is challenged, and those that come
// after are for the nonce of the latest one.
Status SipModel::admits_gateway(Step& step, const Event& event) const {
    const UsageInfo& usage = usages_[event.index];
    const Login& login = usage.login;
    Relay& relay = step.state.relays[usage.relay];
    const bool is_right =
        nonce_of(event) != kNoNonce && relay.nonce != 0 && login.answer == Login::Answer::right &&
        !wrong_password(step.state, usage.part.phone, usage.beyond->server);
    if (!login.known) {
        return Status::not_found_404;
    }
    if (login.challenged && !is_right) {
        const bool is_latest = relay.phase == Relay::Phase::open && event.cseq == relay.number;
        if (is_latest && nonce_of(event) == kNoNonce) {
            relay.nonce = 1;
        }
        return Status::unauthorized_401;
    }
    return login.permitted ? Status::ok_200 : Status::forbidden_403;
}

// A REGISTER of the gateway itself. A copy changes nothing: it has the same CSeq.
void SipModel::re_register(Step& step, const Event& event, Event& response) const {
    const UsageInfo& usage = usages_[event.index];
    Relay& relay = step.state.relays[usage.relay];
    response.status = Status::ok_200;
    if (under(step.state, FaultKind::maintenance, usage.beyond->server) != nullptr) {
        response.status = Status::service_unavailable_503;
    } else if (event.cseq > relay.heard) {
        response.status = admits_gateway(step, event);
        if (response.status != Status::ok_200) {
            return;
        }
        relay.heard = event.cseq;
        RegisterRequest request;
        request.contact = static_cast<std::uint8_t>(usage.beyond->slot + event.key);
        request.call_id = kGatewayCallId;
        request.boot.first = 1;  // none is older than what it has registered before
        request.reached = reached_limit(step.state, *usage.beyond);
        request.expires = usage.config.expires;
        if (usage.config.after_restart.instance_id) {
            request.instance = {usage.beyond->slot,
                                static_cast<std::uint8_t>(usage.config.contacts)};
        }
        const auto config = registrar_config(design_->servers[usage.beyond->server]);
        response.status = store(step, *usage.beyond, config, request, event.index).status;
    }
}

// At the gateway. One that keeps no transactions has nobody to tell of an error (RFC 3261 16.11).
// A NOTIFY is a request of the server, and goes to the phone whatever the gateway does otherwise.
void SipModel::pass_back(Step& step, const Event& event) const {
    if (of_usage(event.method) && event.method != Method::notify) {
        request_answered(step, event);
        return;
    }
    const std::size_t gateway = ends_of(event).server;
    Event passed = event;
    passed.kind = EventKind::message_to_phone;
    const bool is_error = event.status == Status::transport_error;
    if (is_error) {
        passed.status = design_->servers[gateway].survivability.unanswered;
    }
    if (is_error && passed.status == Status::none) {
        step.log.dropped = true;
    } else {
        send(step, passed);
    }
}

void SipModel::request_answered(Step& step, const Event& event) const {
    const UsageInfo& usage = usages_[event.index];
    const Survivability& rules = design_->servers[usage.server].survivability;
    Relay& relay = step.state.relays[usage.relay];
    Output output;
    if (event.method == Method::re_register) {
        if (event.status != Status::transport_error) {
            on_re_registered(relay, rules, event.cseq, event.status, output);
        }
        carry_relay(step, event.index, output);
        return;
    }
    Event answer = event;
    answer.kind = EventKind::message_to_phone;
    answer.key = 0;
    if (event.status == Status::transport_error) {
        answer.status = rules.unanswered;
    }
    if (answer.status == Status::none || !comes_back(relay, rules, event.cseq, output)) {
        step.log.dropped = true;
        return;
    }
    carry_relay(step, event.index, output);
    if (event.status == Status::ok_200 && event.method == Method::register_) {
        learn(step, event);
    }
    send(step, answer);
}

// What was granted it would serve in an emergency, as long as that lasts.
void SipModel::learn(Step& step, const Event& answer) const {
    const UsageInfo& usage = usages_[answer.index];
    RegistrarConfig config;
    config.min_expires = 0;
    config.max_expires = kLongestLifetime;
    (void)store(step, usage.place(), config,
                request_of(step.state, answer, usage.slot), answer.index);
    step.observe(Notice::accepted, answer.index);
}

void SipModel::on_relay_timer(Step& step, const Event& event) const {
    const UsageInfo& usage = usages_[event.index];
    const Survivability& rules = design_->servers[usage.server].survivability;
    Relay& relay = step.state.relays[usage.relay];
    if (event.timer == Timer::relay_gives_up) {
        Event answer;
        answer.kind = EventKind::message_to_phone;
        answer.index = event.index;
        answer.method = usages_[event.index].config.method;
        answer.status = rules.unanswered;
        answer.cseq = relay.waits;
        send(step, answer);
    }
    Output output;
    model::on_timer(relay, rules, event.timer, bound(step.state, event.index), output);
    carry_relay(step, event.index, output);
}

void SipModel::carry_relay(Step& step, std::size_t usage, const Output& output) const {
    carry_timers(output, usage, step.effects);
    for (const Output::Message& message : output.messages) {
        Event event = message_event(EventKind::relayed_to_server, usage, message);
        event.key = step.state.usages[usage].contact;
        send(step, event);
    }
}

// One in so much time, in any order.
void SipModel::begin_re_registrations(Step& step, std::size_t server) const {
    const auto& interval = design_->servers[server].survivability.re_registers;
    if (!interval) {
        return;
    }
    const Interval when = re_registration_delay(*design_, server);
    for (std::size_t i = 0; i < usages_.size(); ++i) {
        if (usages_[i].server != server || !usages_[i].beyond ||
            usages_[i].part.kind != PartKind::registration || !bound(step.state, i)) {
            continue;
        }
        Output output;
        begin_re_registration(step.state.relays[usages_[i].relay], when, output);
        carry_relay(step, i, output);
    }
}

void SipModel::end_re_registrations(Step& step, std::size_t server, bool stops) const {
    const Survivability& rules = design_->servers[server].survivability;
    for (std::size_t i = 0; i < usages_.size(); ++i) {
        if (usages_[i].server != server || !usages_[i].beyond) {
            continue;
        }
        Relay& relay = step.state.relays[usages_[i].relay];
        Output output;
        if (stops) {
            stop(relay, rules, output);
        } else {
            end_re_registration(relay, rules, output);
        }
        carry_relay(step, i, output);
    }
}

// The server that gateways pass requests on to crashes.
void SipModel::forget_beyond(Step& step, std::size_t server) const {
    for (std::size_t i = 0; i < usages_.size(); ++i) {
        if (!usages_[i].beyond || usages_[i].beyond->server != server) {
            continue;
        }
        Relay& relay = step.state.relays[usages_[i].relay];
        for (ServerTransaction& transaction : relay.at_registrar) {
            if (transaction.used != 0) {
                step.effects.cancel(at_registrar(i, transaction.cseq));
                transaction = {};
            }
        }
        relay.heard = 0;
        if (design_->servers[server].authentication.shared_secret.empty()) {
            relay.nonce = 0;
        }
    }
}

std::span<Binding> SipModel::bindings_beyond(State& state, std::size_t usage) const {
    const UsageInfo& info = usages_[usage];
    if (!info.beyond || info.part.kind != PartKind::registration) {
        return {};
    }
    return std::span(state.records[info.beyond->record].bindings)
        .subspan(info.beyond->slot, static_cast<std::size_t>(info.config.contacts));
}

bool SipModel::bound_beyond(const State& state, std::size_t usage) const {
    const auto& beyond = usages_[usage].beyond;
    const bool registers = usages_[usage].part.kind == PartKind::registration;
    return beyond && registers && state.records[beyond->record]
                             .bindings[beyond->slot + state.usages[usage].contact]
                             .present != 0;
}

// The latest REGISTER of a gateway for a phone has the number 1. Without any under way none
// matters.
void SipModel::rename_relays(State& state, std::vector<Event>& pending) const {
    for (std::size_t i = 0; relays_ > 0 && i < usages_.size(); ++i) {
        if (!usages_[i].beyond) {
            continue;
        }
        Relay& relay = state.relays[usages_[i].relay];
        const auto is_of_it = [i](const Event& event) {
            return is_relayed(event.kind) && event.method == Method::re_register &&
                   event.index == i;
        };
        if (relay.phase != Relay::Phase::open && std::ranges::none_of(pending, is_of_it)) {
            relay.number = relay.heard = relay.nonce = 0;
        }
        for (; relay.number > 1; --relay.number) {
            relay.heard = static_cast<std::uint8_t>(std::max(relay.heard - 1, 0));
            for (Event& event : pending) {
                if (is_of_it(event) && event.cseq > 0) {
                    --event.cseq;
                }
            }
        }
    }
}

}  // namespace failback::model
