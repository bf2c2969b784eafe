#include "properties/monitored.hpp"

#include <cstring>
#include <utility>

#include "sim/check.hpp"

namespace failback::properties {

namespace {

model::Event deadline_of(std::size_t monitor) {
    model::Event event;
    event.kind = model::EventKind::deadline;
    event.index = static_cast<std::uint8_t>(monitor);
    return event;
}

}  // namespace

MonitoredModel::MonitoredModel(const model::SipModel& sip, std::vector<Property> properties,
                               bool measure)
    : sip_(&sip), properties_(std::move(properties)), measure_(measure) {
    sim::ensure(properties_.size() <= kMonitors, "monitors fit into the state");
    sim::ensure(!measure || (properties_.size() == 1 &&
                             properties_.front().pattern == Pattern::response),
                "one response is measured at a time");
}

void MonitoredModel::initial(State& state, sim::Effects<Event>& effects) const {
    sip_->initial(state.sip, effects);
    // The start counts as a step in which nothing is observed.
    MonitorLog log;
    const Sight sight{*sip_, state.sip, log.sip};
    for (std::size_t i = 0; i < properties_.size(); ++i) {
        const bool from_start = properties_[i].pattern == Pattern::never;
        state.phases[i] = from_start ? Phase::open : Phase::idle;
        if (from_start && holds(properties_[i].conclusion, sight)) {
            effects.schedule(deadline_of(i), sim::exactly(0));  // violated already
        } else {
            watch(i, state.phases[i], sight, effects, log);
        }
    }
}

void MonitoredModel::apply(State& state, const Event& event, std::uint32_t form,
                           sim::Effects<Event>& effects) const {
    MonitorLog log;
    step(state, event, form, effects, log);
}

void MonitoredModel::step(State& state, const Event& event, std::uint32_t form,
                          sim::Effects<Event>& effects, MonitorLog& log) const {
    if (event.kind == model::EventKind::deadline) {
        state.phases[event.index] = Phase::idle;
        effects.marks |= sim::kViolation;
        if (measure_) {
            effects.watch = sim::Watch::discard;
        }
        log.violated.push_back(event.index);
        return;
    }
    sip_->step(state.sip, event, form, effects, log.sip);
    const Sight sight{*sip_, state.sip, log.sip};
    for (std::size_t i = 0; i < properties_.size(); ++i) {
        watch(i, state.phases[i], sight, effects, log);
    }
}

void MonitoredModel::watch(std::size_t monitor, Phase& phase, const Sight& sight,
                           sim::Effects<Event>& effects, MonitorLog& log) const {
    if (properties_[monitor].pattern == Pattern::response) {
        watch_response(monitor, phase, sight, effects, log);
    } else {
        watch_never(monitor, phase, sight, effects, log);
    }
}

void MonitoredModel::watch_response(std::size_t monitor, Phase& phase, const Sight& sight,
                                    sim::Effects<Event>& effects, MonitorLog& log) const {
    const Property& property = properties_[monitor];
    const bool response = holds(property.conclusion, sight);
    const bool released = property.release && holds(*property.release, sight);
    const bool closes = phase == Phase::open && (response || released);
    if (closes) {
        effects.cancel(deadline_of(monitor));
        phase = Phase::idle;
        if (measure_) {
            effects.watch = response ? sim::Watch::stop : sim::Watch::discard;
        }
    }
    if (property.standing && released) {
        phase = Phase::released;  // "until" ends it for good
    }
    if (phase != Phase::idle || !holds(*property.premise, sight)) {
        return;
    }
    effects.marks |= sim::kTriggered;
    log.triggered.push_back(monitor);
    if (response) {
        effects.marks |= measure_ ? kImmediate : 0;
        return;
    }
    phase = Phase::open;
    effects.schedule(deadline_of(monitor), sim::exactly(property.within + 1));
    if (measure_) {
        // A release and a new premise may come in one step.
        effects.watch = closes ? sim::Watch::restart : sim::Watch::start;
    }
}

void MonitoredModel::watch_never(std::size_t monitor, Phase& phase, const Sight& sight,
                                 sim::Effects<Event>& effects, MonitorLog& log) const {
    const Property& property = properties_[monitor];
    const bool from_start = property.pattern == Pattern::never;
    const auto violated_now = [&] {
        if (holds(property.conclusion, sight)) {
            effects.marks |= sim::kViolation;
            log.violated.push_back(monitor);
        }
    };
    const bool was_open = phase == Phase::open;
    if (was_open) {
        violated_now();
        if (property.release && holds(*property.release, sight)) {
            phase = from_start ? Phase::released : Phase::idle;
        }
    }
    if (!from_start && holds(*property.premise, sight)) {
        effects.marks |= sim::kTriggered;
        log.triggered.push_back(monitor);
        phase = Phase::open;
    }
}

void MonitoredModel::normalise(State& state, std::vector<Event>& pending) const {
    sip_->normalise(state.sip, pending);
}

std::size_t MonitoredModel::packed_size() const {
    return sip_->packed_size() + properties_.size();
}

void MonitoredModel::pack(const State& state, std::byte* out) const {
    sip_->pack(state.sip, out);
    std::memcpy(out + sip_->packed_size(), state.phases.data(), properties_.size());
}

void MonitoredModel::unpack(const std::byte* in, State& state) const {
    state = {};
    sip_->unpack(in, state.sip);
    std::memcpy(state.phases.data(), in + sip_->packed_size(), properties_.size());
}

}  // namespace failback::properties
