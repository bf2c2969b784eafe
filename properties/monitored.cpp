#include "properties/monitored.hpp"

#include <bit>
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

enum class Answer : std::uint8_t { none, response, release };

// Ends what is owed, if this step answers it or releases from it.
Answer settle(const Property& property, Phase& phase, const Sight& sight) {
    const bool response = holds(property.conclusion, sight);
    const bool released = property.release && holds(*property.release, sight);
    if (phase == Phase::open && (response || released)) {
        phase = Phase::idle;
    }
    if (property.standing && released) {
        phase = Phase::released;  // "until" ends it for good
    }
    return response ? Answer::response : released ? Answer::release : Answer::none;
}

// What a step makes of a premise. Moot: what it asks for is released at once.
enum class Premise : std::uint8_t { absent, moot, met };

void note(std::size_t monitor, Premise premise, sim::Effects<model::Event>& effects,
          MonitorLog& log) {
    if (premise == Premise::met) {
        effects.marks |= sim::kTriggered;
        log.triggered.push_back(monitor);
    } else if (premise == Premise::moot) {
        effects.marks |= kMoot;
    }
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
        if (!log.violated.empty()) {
            log.violated.clear();
            effects.marks &= ~sim::kViolation;
            effects.schedule(deadline_of(i), sim::exactly(0));
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
        return meet_deadline(state, event, effects, log);
    }
    sip_->step(state.sip, event, form, effects, log.sip);
    const Sight sight{*sip_, state.sip, log.sip};
    for (std::size_t i = 0; i < properties_.size(); ++i) {
        watch(i, state.phases[i], sight, effects, log);
    }
}

void MonitoredModel::meet_deadline(State& state, const Event& event, sim::Effects<Event>& effects,
                                   MonitorLog& log) const {
    const Property& property = properties_[event.index];
    Phase& phase = state.phases[event.index];
    if (property.pattern == Pattern::never_more_within) {
        phase = static_cast<Phase>(static_cast<unsigned>(phase) & ~(1U << event.key));
        return;  // longer than D ago from now on
    }
    if (property.pattern == Pattern::stays) {
        phase = Phase::due;
        const model::StepLog nothing;
        if (holds(property.conclusion, {*sip_, state.sip, nothing})) {
            return;
        }
    } else {
        phase = Phase::idle;
        if (property.pattern == Pattern::never_before) {
            return;  // from now on it may happen
        }
    }
    effects.marks |= sim::kViolation;
    if (measure_) {
        effects.watch = sim::Watch::discard;
    }
    log.violated.push_back(event.index);
}

// Each step is looked at, and then what lasts behind it, as if a step followed in which nothing
// happens. Such steps there are in the whole design, with every timer; slices and reductions leave
// them out, and must not change what a property says.
void MonitoredModel::watch(std::size_t monitor, Phase& phase, const Sight& sight,
                           sim::Effects<Event>& effects, MonitorLog& log) const {
    switch (properties_[monitor].pattern) {
        case Pattern::response:
            return watch_response(monitor, phase, sight, effects, log);
        case Pattern::never_before:
            return watch_before(monitor, phase, sight, effects, log);
        case Pattern::never_more:
            return watch_count(monitor, phase, sight, effects, log);
        case Pattern::never_more_within:
            return watch_rate(monitor, phase, sight, effects, log);
        case Pattern::stays:
            return watch_stays(monitor, phase, sight, effects, log);
        case Pattern::never:
        case Pattern::after_never:
            return watch_never(monitor, phase, sight, effects, log);
    }
}

// The phase is the number of times so far.
void MonitoredModel::watch_count(std::size_t monitor, Phase& phase, const Sight& sight,
                                 sim::Effects<Event>& effects, MonitorLog& log) const {
    const Property& property = properties_[monitor];
    const auto count = static_cast<std::uint8_t>(phase);
    if (holds(property.conclusion, sight)) {
        if (count == property.times) {
            effects.marks |= sim::kViolation;
            log.violated.push_back(monitor);
        } else {
            phase = static_cast<Phase>(count + 1);
        }
    }
    const model::StepLog nothing;
    const Sight behind{sight.model, sight.state, nothing};
    if (property.release &&
        (holds(*property.release, sight) || holds(*property.release, behind))) {
        phase = Phase{};
    }
}

// The phase has a bit for each time that is at most D ago, and `key` of its end is the number of
// the bit. At the instant D later, what happens before that end is still within D; the search tries
// both.
void MonitoredModel::watch_rate(std::size_t monitor, Phase& phase, const Sight& sight,
                                sim::Effects<Event>& effects, MonitorLog& log) const {
    const Property& property = properties_[monitor];
    if (!holds(property.conclusion, sight)) {
        return;
    }
    const auto recent = static_cast<std::uint8_t>(phase);
    if (std::popcount(recent) == property.times) {
        effects.marks |= sim::kViolation;
        log.violated.push_back(monitor);
        return;
    }
    model::Event end = deadline_of(monitor);
    end.key = static_cast<std::uint8_t>(std::countr_one(recent));
    phase = static_cast<Phase>(recent | (1U << end.key));
    effects.schedule(end, sim::exactly(property.within));
}

// Open until the deadline, due from then on.
void MonitoredModel::watch_stays(std::size_t monitor, Phase& phase, const Sight& sight,
                                 sim::Effects<Event>& effects, MonitorLog& log) const {
    const Property& property = properties_[monitor];
    const bool was_open = phase == Phase::open;
    bool ended = false;
    Premise premise = Premise::absent;
    const model::StepLog nothing;
    const Sight behind{sight.model, sight.state, nothing};
    for (const Sight* seen : {&sight, &behind}) {
        const bool released = property.release && holds(*property.release, *seen);
        if (released) {
            ended = ended || was_open;
            phase = Phase::idle;
            premise = premise == Premise::met ? Premise::moot : premise;
        } else if (phase == Phase::due && !holds(property.conclusion, *seen)) {
            effects.marks |= sim::kViolation;
            log.violated.push_back(monitor);
        }
        const bool may_open = phase == Phase::idle && (seen == &sight || !released);
        if (may_open && holds(*property.premise, *seen)) {
            premise = Premise::met;
            phase = Phase::open;
        }
    }
    note(monitor, premise, effects, log);
    if (ended) {
        effects.cancel(deadline_of(monitor));
    }
    if (phase == Phase::open && (ended || !was_open)) {
        effects.schedule(deadline_of(monitor), sim::exactly(property.within + 1));
    }
}

// Instants are whole milliseconds: what happens before D happens at D - 1 ms at the latest, and at
// that instant before or after the end that is scheduled then. The search tries both.
void MonitoredModel::watch_before(std::size_t monitor, Phase& phase, const Sight& sight,
                                  sim::Effects<Event>& effects, MonitorLog& log) const {
    const Property& property = properties_[monitor];
    const bool was_open = phase == Phase::open;
    watch_never(monitor, phase, sight, effects, log);
    const bool begins_anew = holds(*property.premise, sight);
    if (was_open && (begins_anew || phase != Phase::open)) {
        effects.cancel(deadline_of(monitor));
    }
    if (begins_anew && phase == Phase::open) {
        effects.schedule(deadline_of(monitor), sim::exactly(property.within - 1));
    }
}

void MonitoredModel::watch_response(std::size_t monitor, Phase& phase, const Sight& sight,
                                    sim::Effects<Event>& effects, MonitorLog& log) const {
    const Property& property = properties_[monitor];
    const bool was_open = phase == Phase::open;
    Answer end = Answer::none;   // of what was owed before the step
    Premise premise = Premise::absent;
    const model::StepLog nothing;
    const Sight behind{sight.model, sight.state, nothing};
    const auto answered_at_once = [&] { effects.marks |= measure_ ? kImmediate : 0; };
    for (const Sight* seen : {&sight, &behind}) {
        const bool is_owed = phase == Phase::open;
        const Answer answer = settle(property, phase, *seen);
        if (is_owed && premise == Premise::met) {
            if (answer == Answer::release) {
                premise = Premise::moot;
            } else if (answer == Answer::response) {
                answered_at_once();
            }
        } else if (is_owed && answer != Answer::none) {
            end = answer;
        }
        const bool may_open = phase == Phase::idle && (seen == &sight || answer == Answer::none);
        if (may_open && holds(*property.premise, *seen)) {
            premise = Premise::met;
            if (answer == Answer::response) {
                answered_at_once();
            } else {
                phase = Phase::open;
            }
        }
    }
    note(monitor, premise, effects, log);
    const bool ended = end != Answer::none;
    if (ended) {
        effects.cancel(deadline_of(monitor));
    }
    const bool begins = phase == Phase::open && (ended || !was_open);
    if (begins) {
        effects.schedule(deadline_of(monitor), sim::exactly(property.within + 1));
    }
    if (measure_ && (ended || begins)) {
        // A release and a new premise may come in one step.
        effects.watch = !ended                    ? sim::Watch::start
                        : begins                  ? sim::Watch::restart
                        : end == Answer::response ? sim::Watch::stop
                                                  : sim::Watch::discard;
    }
}

void MonitoredModel::watch_never(std::size_t monitor, Phase& phase, const Sight& sight,
                                 sim::Effects<Event>& effects, MonitorLog& log) const {
    const Property& property = properties_[monitor];
    const bool from_start = property.pattern == Pattern::never;
    const model::StepLog nothing;
    const Sight behind{sight.model, sight.state, nothing};
    const bool was_open = phase == Phase::open;
    Premise premise = Premise::absent;
    // Twice behind the step: what opens there may be violated there.
    for (const Sight* seen : {&sight, &behind, &behind}) {
        if (phase == Phase::open) {
            if (holds(property.conclusion, *seen)) {
                effects.marks |= sim::kViolation;
                log.violated.push_back(monitor);
            }
            if (property.release && holds(*property.release, *seen)) {
                phase = from_start ? Phase::released : Phase::idle;
                premise = premise == Premise::met && !was_open ? Premise::moot : premise;
            }
        }
        if (!from_start && holds(*property.premise, *seen)) {
            premise = Premise::met;
            phase = Phase::open;
        }
    }
    note(monitor, premise, effects, log);
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
