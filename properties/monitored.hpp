// A model together with monitors of properties: again a model.
//
//  1. A monitor has one phase, or the number of times that something has happened, or a bit for
//     each time that is still within D. The deadline of an open response is one more pending event,
//     and so is the end of an open "never before", and the end of each D with "more than N times".
//  2. A violation is a mark on the step (sim::kViolation); so is the first sight of a premise
//     (sim::kTriggered). Monitors never change what the SIP model does.
//  3. With `measure` the only monitor times the response instead of judging it: the engine's
//     stopwatch runs from premise to response, and kViolation means that it takes longer than
//     `within`.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "model/sip/sip_model.hpp"
#include "properties/property.hpp"
#include "sim/model.hpp"

namespace failback::properties {

inline constexpr std::size_t kMonitors = 128;

// The premise and the response of a measured property came in one step: it took no time at all.
inline constexpr std::uint32_t kImmediate = 4;

// The premise came true, and what it asks for was released in the same step.
inline constexpr std::uint32_t kMoot = 8;

enum class Phase : std::uint8_t { idle, open, released, due };

struct MonitoredState {
    model::SipState sip{};
    std::array<Phase, kMonitors> phases{};
};

// What a step meant for the monitors.
struct MonitorLog {
    model::StepLog sip;
    std::vector<std::size_t> violated;
    std::vector<std::size_t> triggered;

    void clear() {
        sip.clear();
        violated.clear();
        triggered.clear();
    }
};

class MonitoredModel {
public:
    using State = MonitoredState;
    using Event = model::Event;

    // The SIP model must outlive this. REQUIRES: at most kMonitors properties.
    MonitoredModel(const model::SipModel& sip, std::vector<Property> properties,
                   bool measure = false);

    void initial(State& state, sim::Effects<Event>& effects) const;
    void apply(State& state, const Event& event, std::uint32_t form,
               sim::Effects<Event>& effects) const;
    void normalise(State& state, std::vector<Event>& pending) const;

    [[nodiscard]] bool prunes() const { return sip_->prunes(); }
    [[nodiscard]] bool idle(const State& state, const Event& event) const {
        return event.kind != model::EventKind::deadline && sip_->idle(state.sip, event);
    }

    [[nodiscard]] sim::PartId part(const Event& event) const { return sip_->part(event); }

    // As apply, and tells what happened.
    void step(State& state, const Event& event, std::uint32_t form, sim::Effects<Event>& effects,
              MonitorLog& log) const;

    [[nodiscard]] std::size_t packed_size() const;
    void pack(const State& state, std::byte* out) const;
    void unpack(const std::byte* in, State& state) const;

    [[nodiscard]] const model::SipModel& sip() const { return *sip_; }
    [[nodiscard]] const std::vector<Property>& properties() const { return properties_; }

private:
    void watch(std::size_t monitor, Phase& phase, const Sight& sight,
               sim::Effects<Event>& effects, MonitorLog& log) const;
    void watch_response(std::size_t monitor, Phase& phase, const Sight& sight,
                        sim::Effects<Event>& effects, MonitorLog& log) const;
    void watch_before(std::size_t monitor, Phase& phase, const Sight& sight,
                      sim::Effects<Event>& effects, MonitorLog& log) const;
    void watch_count(std::size_t monitor, Phase& phase, const Sight& sight,
                     sim::Effects<Event>& effects, MonitorLog& log) const;
    void watch_rate(std::size_t monitor, Phase& phase, const Sight& sight,
                    sim::Effects<Event>& effects, MonitorLog& log) const;
    void watch_stays(std::size_t monitor, Phase& phase, const Sight& sight,
                     sim::Effects<Event>& effects, MonitorLog& log) const;
    void watch_never(std::size_t monitor, Phase& phase, const Sight& sight,
                     sim::Effects<Event>& effects, MonitorLog& log) const;

    void meet_deadline(State& state, const Event& event, sim::Effects<Event>& effects,
                       MonitorLog& log) const;

    const model::SipModel* sip_;
    std::vector<Property> properties_;
    bool measure_;
};

}  // namespace failback::properties
