// REGISTERs at the registrars of a SipModel, and those that are heartbeats only.
#include <algorithm>

#include "model/sip/sip_step.hpp"

namespace failback::model {

namespace {

Event expiry_event(std::size_t record, std::uint8_t slot) {
    Event event;
    event.kind = EventKind::binding_expires;
    event.index = static_cast<std::uint8_t>(record);
    event.key = slot;
    return event;
}

// Of no REGISTER that is counted: heartbeats over a flow have a Call-ID of their own.
constexpr std::uint8_t kCallIdOfHeartbeats = 0xff;

}  // namespace

// What becomes of the bindings, and what can be seen of it.
RegisterOutcome SipModel::store(Step& step, const Place& place, const RegistrarConfig& config,
                                const RegisterRequest& request, std::size_t usage) const {
    RegisterOutcome outcome = model::step(step.state.records[place.record], config, request);
    for (const std::uint8_t slot : outcome.cancelled) {
        step.effects.cancel(expiry_event(place.record, slot));
    }
    for (const RegisterOutcome::Expiry& expiry : outcome.scheduled) {
        step.effects.schedule(expiry_event(place.record, expiry.slot), expiry.delay);
    }
    for (const std::uint8_t slot : outcome.windows_ended) {
        step.effects.cancel(timer_event(usage_at(place.record, slot), Timer::repeat_window, slot));
    }
    if (outcome.window_begins) {
        step.effects.schedule(timer_event(usage, Timer::repeat_window, *request.contact),
                              sim::exactly(config.repeat_window));
    }
    for (const std::uint8_t slot : outcome.removed) {
        const std::size_t owner = usage_at(place.record, slot);
        step.observe(Notice::removed, owner,
                     usages_[owner].part.phone != usages_[usage].part.phone ? 1 : 0);
    }
    if (outcome.reordered) {
        step.observe(Notice::reordered, usage);
    }
    return outcome;
}

// A heartbeat over the flow of a registration, at a server that does not know it: expires=0 removes
// the contact (RFC 3261 10.3 step 7), unless the server asks for credentials first.
void SipModel::take_literally(Step& step, const Event& heartbeat) const {
    const UsageInfo& usage = usages_[heartbeat.index];
    step.observe(Notice::heartbeats, heartbeat.index);
    if (design_->servers[usage.server].knows_heartbeat || usage.login.challenged ||
        under(step.state, FaultKind::maintenance, usage.server) != nullptr ||
        !serves(step.state, usage.server)) {
        return;
    }
    RegisterRequest request;
    request.contact = static_cast<std::uint8_t>(usage.slot + heartbeat.key);
    request.call_id = kCallIdOfHeartbeats;
    request.expires = 0;
    (void)store(step, usage.place(),
                registrar_config(design_->servers[usage.server]), request, heartbeat.index);
}

void SipModel::process_register(Step& step, const Event& event, Event& response) const {
    const UsageInfo& usage = usages_[event.index];
    const bool is_relayed = model::is_relayed(event.kind);
    const Place place = is_relayed ? *usage.beyond : usage.place();
    RegisterRequest request = request_of(step.state, event, place.slot);
    if (refuses_refresh(step, event, place, response)) {
        return;
    }
    const Fault* full = under(step.state, FaultKind::full, place.server);
    const Limit no_room = full != nullptr ? Limit{1, full->answer, full->retry_after} : Limit{};
    request.reached = full != nullptr ? &no_room : reached_limit(step.state, place);
    const RegisterOutcome outcome = store(
        step, place, registrar_config(design_->servers[place.server]), request, event.index);
    response.status = outcome.status;
    response.expires = outcome.expires;
    if (outcome.out_of_order) {
        step.observe(Notice::out_of_order, event.index);
    }
    if (outcome.repeated) {
        response.flags = static_cast<std::uint8_t>(response.flags | kRemainder);
    }
    if (outcome.status != Status::ok_200) {
        return;
    }
    observe_grant(step, event, outcome);
    if (!outcome.repeated) {
        bind_flow(step, event);
    }
}

void SipModel::observe_grant(Step& step, const Event& event,
                             const RegisterOutcome& outcome) const {
    if (!model::is_relayed(event.kind)) {  // else when the gateway learns of it
        step.observe(Notice::accepted, event.index);
    }
    if (is_heartbeat(event)) {
        step.observe(Notice::heartbeats, event.index);
    }
    if (event.expires > 0 && outcome.expires > event.expires && !outcome.repeated) {
        step.observe(Notice::lengthened, event.index);
    }
}

RegisterRequest SipModel::request_of(const State& state, const Event& event,
                                     std::uint8_t slot) const {
    const UsageInfo& usage = usages_[event.index];
    RegisterRequest request;
    request.wildcard = (event.flags & kWildcard) != 0;
    if (!request.wildcard) {
        request.contact = static_cast<std::uint8_t>(slot + event.key);
    }
    // A Call-ID for each registration: it changes with a restart of the phone only (RFC 3261
    // 10.2.4), and `boot` tells those apart.
    request.call_id = static_cast<std::uint8_t>(slot + 1);
    const AfterRestart& after = usage.config.after_restart;
    request.boot = boot_of(state.usages[event.index].boots, event.cseq);
    request.same_call_id = !after.new_call_id;
    if (after.instance_id || usage.config.after_move.replaces) {
        request.instance = {slot, static_cast<std::uint8_t>(usage.config.contacts)};
    }
    request.cseq = event.cseq;
    request.keeps_cseq = (event.flags & kSameCSeq) != 0;
    request.expires = event.expires;
    return request;
}

}  // namespace failback::model
