// The agenda: the pending events of a run in canonical order, each with what an engine knows of
// it.
//
//  1. Entries are sorted by event; equal events keep the order in which they were scheduled.
//  2. Notes that say nothing (an empty type) take no room and no time.
//  3. Simulation, replay and exploration change an agenda with this one class, so that an entry's
//     index means the same in all of them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>
#include <vector>

#include "sim/check.hpp"
#include "sim/model.hpp"

namespace failback::sim {

template <class Event, class Note>
class Agenda {
public:
    [[nodiscard]] std::size_t size() const { return events_.size(); }
    [[nodiscard]] const std::vector<Event>& events() const { return events_; }
    [[nodiscard]] const Event& event(std::size_t entry) const { return events_[entry]; }
    [[nodiscard]] const Note& note(std::size_t entry) const { return notes_[entry]; }
    [[nodiscard]] const std::vector<Note>& notes() const { return notes_; }

    void clear() {
        events_.clear();
        notes_.clear();
    }

    // Some events in canonical order, all but one of them.
    void assign_without(const std::vector<Event>& events, std::size_t entry)
        requires std::is_empty_v<Note>
    {
        ensure(entry < events.size(), "agenda entry exists");
        const auto fired = events.begin() + static_cast<std::ptrdiff_t>(entry);
        events_.assign(events.begin(), fired);
        events_.insert(events_.end(), fired + 1, events.end());
    }

    void add(const Event& event, const Note& note) {
        events_.push_back(event);
        if constexpr (kNoted) {
            notes_.push_back(note);
        }
    }

    void remove(std::size_t entry) {
        ensure(entry < events_.size(), "agenda entry exists");
        events_.erase(events_.begin() + static_cast<std::ptrdiff_t>(entry));
        if constexpr (kNoted) {
            notes_.erase(notes_.begin() + static_cast<std::ptrdiff_t>(entry));
        }
    }

    void cancel(const Event& event, bool may_be_absent) {
        const auto found = std::find(events_.begin(), events_.end(), event);
        if (found != events_.end()) {
            remove(static_cast<std::size_t>(found - events_.begin()));
        } else {
            ensure(may_be_absent, "a cancelled event is pending");
        }
    }

    // Carries out what a step asked for; `note_of(delay)` makes the notes of new entries.
    template <class M, class NoteOf>
    void take(const M& model, typename M::State& state, const Effects<Event>& effects,
              NoteOf note_of) {
        for (const auto& event : effects.cancelled) {
            cancel(event, prunes(model));
        }
        for (const auto& request : effects.scheduled) {
            ensure(is_valid(request.delay), "a scheduled interval is valid");
            add(request.event, note_of(request.delay));
        }
        if constexpr (Normalising<M>) {
            model.normalise(state, events_);
        }
        if constexpr (Pruning<M>) {
            prune(model, state);
        }
        sort();
    }

private:
    static constexpr bool kNoted = !std::is_empty_v<Note>;

    template <class M>
    static bool prunes(const M& model) {
        if constexpr (Pruning<M>) {
            return model.prunes();
        }
        return false;
    }

    template <class M>
    void prune(const M& model, const typename M::State& state) {
        if (!model.prunes()) {
            return;
        }
        for (std::size_t entry = events_.size(); entry-- > 0;) {
            if (model.idle(state, events_[entry])) {
                remove(entry);
            }
        }
    }

    // Insertion sort: stable, and the agenda is almost sorted.
    void sort() {
        for (std::size_t i = 1; i < events_.size(); ++i) {
            for (std::size_t j = i; j > 0 && events_[j] < events_[j - 1]; --j) {
                std::swap(events_[j], events_[j - 1]);
                if constexpr (kNoted) {
                    std::swap(notes_[j], notes_[j - 1]);
                }
            }
        }
    }

    std::vector<Event> events_;
    std::vector<Note> notes_;
};

}  // namespace failback::sim
