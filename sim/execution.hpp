// Ordinary execution: one run, one instant after another. Simulation and replay differ only in
// where the choices come from.
//
//  1. A choice says which entry of the agenda fires, in which form, at which instant. It is legal
//     if no pending event is overdue then and the entry may fire already.
//  2. Same model and choices give the same run, byte for byte.
#pragma once

#include <cstring>
#include <optional>
#include <span>
#include <vector>

#include "sim/agenda.hpp"
#include "sim/key_table.hpp"
#include "sim/packing.hpp"

namespace failback::sim {

struct Choice {
    std::uint32_t entry = 0;
    std::uint32_t form = 0;
    TimeMs at = 0;

    friend bool operator==(const Choice&, const Choice&) = default;
};

// When a pending event may fire, as instants. `id` numbers the entries of a run in the order in
// which they were scheduled.
struct Due {
    TimeMs scheduled = 0;
    Interval delay;
    std::uint64_t id = 0;

    [[nodiscard]] TimeMs earliest() const { return scheduled + delay.earliest; }
    [[nodiscard]] bool bounded() const { return delay.latest != kNever; }
    [[nodiscard]] TimeMs latest() const { return scheduled + delay.latest; }

    // Scheduled at the same instant with the same delay. Of equal events only such are alike.
    [[nodiscard]] bool same_times(const Due& other) const {
        return scheduled == other.scheduled && delay.earliest == other.delay.earliest &&
               delay.latest == other.delay.latest;
    }
};

template <Model M>
class Execution {
public:
    using State = typename M::State;
    using Event = typename M::Event;

    // The model must outlive the run.
    explicit Execution(const M& model) : model_(&model) {
        std::memset(static_cast<void*>(&state_), 0, sizeof state_);
        model_->initial(state_, effects_);
        take();
    }

    [[nodiscard]] const State& state() const { return state_; }
    [[nodiscard]] const Agenda<Event, Due>& agenda() const { return agenda_; }
    [[nodiscard]] TimeMs now() const { return now_; }
    [[nodiscard]] const Effects<Event>& effects() const { return effects_; }  // of the last step
    [[nodiscard]] std::optional<TimeMs> watch_started() const { return watch_started_; }
    [[nodiscard]] std::optional<TimeMs> elapsed() const { return elapsed_; }  // if just stopped

    // The id that the next scheduled entry will get.
    [[nodiscard]] std::uint64_t next_id() const { return next_id_; }

    // The first instant at which some pending event would be overdue; none if there is no such.
    [[nodiscard]] std::optional<TimeMs> deadline() const {
        std::optional<TimeMs> first;
        for (const Due& due : agenda_.notes()) {
            if (due.bounded() && (!first || due.latest() < *first)) {
                first = due.latest();
            }
        }
        return first;
    }

    // Is the choice legal here, apart from its form?
    [[nodiscard]] bool possible(const Choice& choice) const {
        if (choice.entry >= agenda_.size() || choice.at < now_) {
            return false;
        }
        const auto limit = deadline();
        return choice.at >= agenda_.note(choice.entry).earliest() &&
               (!limit || choice.at <= *limit);
    }

    // In how many forms the event could fire now.
    [[nodiscard]] std::uint32_t forms(std::uint32_t entry) const {
        return effects_of(entry).forms;
    }

    // What it would do now in form 0.
    [[nodiscard]] Effects<Event> effects_of(std::uint32_t entry) const {
        State copy = state_;
        Effects<Event> effects;
        model_->apply(copy, agenda_.event(entry), 0, effects);
        return effects;
    }

    // REQUIRES: possible(choice) and choice.form < forms(choice.entry).
    void step(const Choice& choice) {
        ensure(possible(choice), "a choice is legal");
        ensure(choice.form == 0 || choice.form < forms(choice.entry), "a form exists");
        const Event event = agenda_.event(choice.entry);
        now_ = choice.at;
        agenda_.remove(choice.entry);
        effects_.clear();
        model_->apply(state_, event, choice.form, effects_);
        take();
    }

    // Over state and agenda, with the remaining intervals: equal hashes mean equal futures.
    [[nodiscard]] std::uint64_t hash() const {
        std::vector<std::byte> bytes(packed_size(*model_));
        pack(*model_, state_, bytes.data());
        for (std::size_t entry = 0; entry < agenda_.size(); ++entry) {
            append(bytes, agenda_.event(entry));
            append(bytes, now_ - agenda_.note(entry).scheduled);
            append(bytes, agenda_.note(entry).delay.earliest);
            append(bytes, agenda_.note(entry).delay.latest);
        }
        return hash_bytes(bytes);
    }

private:
    template <class T>
    static void append(std::vector<std::byte>& bytes, const T& value) {
        const auto view = std::as_bytes(std::span(&value, 1));
        bytes.insert(bytes.end(), view.begin(), view.end());
    }

    void take() {
        agenda_.take(*model_, state_, effects_, [this](Interval delay) {
            return Due{now_, delay, next_id_++};
        });
        elapsed_.reset();
        if (starts(effects_.watch)) {
            watch_started_ = now_;
        } else if (effects_.watch != Watch::leave) {
            if (effects_.watch == Watch::stop && watch_started_) {
                elapsed_ = now_ - *watch_started_;
            }
            watch_started_.reset();
        }
    }

    const M* model_;
    State state_;
    Agenda<Event, Due> agenda_;
    Effects<Event> effects_;
    TimeMs now_ = 0;
    std::uint64_t next_id_ = 1;
    std::optional<TimeMs> watch_started_;
    std::optional<TimeMs> elapsed_;
};

}  // namespace failback::sim
