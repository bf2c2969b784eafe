// What a model is. Two pure functions over plain values; the engine does everything else.
//
//  1. A model sees no clock, no random number and no queue. `initial` fills the first state;
//     `apply` changes a state because `event` fires, in one of its forms. What shall happen later
//     is asked for in Effects.
//  2. Same state, event and form give the same state and effects, always.
//  3. State and Event are flat values without padding; equal bytes mean equal values. An event is
//     ordered by its value: this order is the canonical order of the agenda.
//  4. State holds no time. How long something still lasts is its pending event.
//  5. Several forms of one event are several outcomes of the same firing (a message that arrives
//     or is lost). `apply` with form 0 must be possible and says in Effects::forms how many, and in
//     Effects::alternatives and form_weights how likely a model that draws lots wants them.
#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "sim/time.hpp"

namespace failback::sim {

// What a step tells about a property, as bits of Effects::marks.
inline constexpr std::uint32_t kViolation = 1;  // the search does not look beyond such a step
inline constexpr std::uint32_t kTriggered = 2;  // the premise of a property came true

// The stopwatch of the engine: measures the time from a trigger to a response exactly.
// `start` needs a stopwatch at rest, `stop`, `discard` and `restart` a running one.
enum class Watch : std::uint8_t { leave, start, restart, stop, discard };

[[nodiscard]] constexpr bool starts(Watch watch) {
    return watch == Watch::start || watch == Watch::restart;
}

template <class Event>
struct Effects {
    struct Schedule {
        Event event;
        Interval delay;  // counted from the step that asks for it
    };
    struct Alternative {
        std::uint64_t weight = 1;  // at least 1
        std::uint16_t forms = 1;
    };

    std::vector<Schedule> scheduled;
    std::vector<Event> cancelled;  // each must be pending; one occurrence is cancelled
    std::uint32_t marks = 0;
    std::uint16_t faults = 0;      // how many faults struck in this step
    std::uint16_t forms = 1;       // in how many forms this event could fire here
    std::vector<Alternative> alternatives;  // the forms of each, one after the other; none: alike
    std::vector<std::uint64_t> form_weights;  // of the forms of an alternative; none: alike
    Watch watch = Watch::leave;

    void schedule(const Event& event, Interval delay) { scheduled.push_back({event, delay}); }
    void cancel(const Event& event) { cancelled.push_back(event); }

    void clear() {
        scheduled.clear();
        cancelled.clear();
        marks = 0;
        faults = 0;
        forms = 1;
        alternatives.clear();
        form_weights.clear();
        watch = Watch::leave;
    }
};

template <class T>
concept FlatValue =
    std::is_trivially_copyable_v<T> && std::has_unique_object_representations_v<T>;

template <class M>
concept Model = FlatValue<typename M::State> && FlatValue<typename M::Event> &&
                std::three_way_comparable<typename M::Event> &&
                requires(const M& model, typename M::State& state, const typename M::Event& event,
                         std::uint32_t form, Effects<typename M::Event>& effects) {
                    { model.initial(state, effects) } -> std::same_as<void>;
                    { model.apply(state, event, form, effects) } -> std::same_as<void>;
                };

// A model may also rename values that carry no meaning beyond their order (sequence numbers), in
// the state and in the pending events at once, to keep the number of states finite. The renaming
// must not change what can happen.
template <class M>
concept Normalising = requires(const M& model, typename M::State& state,
                               std::vector<typename M::Event>& pending) {
    { model.normalise(state, pending) } -> std::same_as<void>;
};

// A model may declare pending events idle: firing one could never be observed, now or later. They
// are taken off the agenda. Only a model that prunes may cancel what is not pending.
template <class M>
concept Pruning =
    requires(const M& model, const typename M::State& state, const typename M::Event& event) {
        { model.prunes() } -> std::same_as<bool>;
        { model.idle(state, event) } -> std::same_as<bool>;
    };

// Where an event belongs in a tree of parts, two levels deep: {0, 0} is the root, shared by all;
// {b, 0} is shared by the leaves {b, l} of branch b.
struct PartId {
    std::uint8_t branch = 0;
    std::uint8_t leaf = 0;

    friend bool operator==(const PartId&, const PartId&) = default;
};

// A model may tell to which part an event belongs. Parts only matter for loosened searches
// (loosen.hpp), not for what can happen.
template <class M>
concept Parted = requires(const M& model, const typename M::Event& event) {
    { model.part(event) } -> std::same_as<PartId>;
};

}  // namespace failback::sim
