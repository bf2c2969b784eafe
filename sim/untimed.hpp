// Exhaustive search without time: every pending event may fire at any moment, whatever its
// interval. Exact for models whose intervals are all [0, never]; for others it reaches all that
// can be reached, and more: what it never sees cannot happen, what it sees is only a candidate.
//
//  1. States are kept packed and nothing else is (untimed_states.hpp): no transitions, no way back.
//  2. By rounds, breadth first. Results are the same for every number of threads.
//  3. Nothing is explored beyond a step marked kViolation; the search ends after its round.
#pragma once

#include <algorithm>
#include <cstring>
#include <vector>

#include "sim/agenda.hpp"
#include "sim/explorer.hpp"
#include "sim/packing.hpp"
#include "sim/untimed_states.hpp"

namespace failback::sim {

template <Model M>
class UntimedSearch {
public:
    using State = typename M::State;
    using Event = typename M::Event;

    // The model must outlive the search.
    explicit UntimedSearch(const M& model, unsigned threads = 1)
        : model_(&model), workers_(threads), states_(initial_states()), jobs_(kBatches) {}

    // The search, until it is complete or a limit ends it; then it may be called again.
    SearchResult run(const Limits& limits = {}) {
        SearchStatistics& statistics = result_.statistics;
        statistics.complete = false;
        for (;;) {
            update(statistics);
            if (statistics.waiting == 0) {
                statistics.stopped_by.clear();
                statistics.complete = true;
                return result_;
            }
            statistics.stopped_by = stop_reason(limits);
            if (!statistics.stopped_by.empty()) {
                return result_;
            }
            round(limits.max_classes - statistics.classes_expanded);
        }
    }

    [[nodiscard]] bool contains(const State& state, const std::vector<Event>& agenda,
                                bool watching) const {
        std::vector<std::byte> record(record_size());
        write(state, watching, record);
        return states_.contains(record, std::as_bytes(std::span(agenda)));
    }

private:
    static constexpr std::size_t kBatches = 32;      // of a round
    static constexpr std::size_t kBatchSize = 512;   // states

    struct NoNote {};

    // What one batch of a round works with, and what it found.
    struct Job {
        UntimedStates::Found found;
        std::uint32_t marks = 0;
        std::uint64_t transitions = 0;
        Effects<Event> effects;
        Agenda<Event, NoNote> work;
        std::vector<Event> pending;
        std::vector<std::byte> record;
    };

    [[nodiscard]] std::size_t record_size() const {
        return packed_size(*model_) + 1 + UntimedStates::kRoom;
    }

    void write(const State& state, bool watching, std::span<std::byte> record) const {
        pack(*model_, state, record.data());
        record[record.size() - UntimedStates::kRoom - 1] = static_cast<std::byte>(watching);
    }

    [[nodiscard]] UntimedStates initial_states() {
        State state;
        std::memset(static_cast<void*>(&state), 0, sizeof state);
        Effects<Event> effects;
        model_->initial(state, effects);
        Agenda<Event, NoNote> agenda;
        agenda.take(*model_, state, effects, [](Interval) { return NoNote{}; });
        result_.marks |= effects.marks;
        std::vector<std::byte> record(record_size());
        write(state, starts(effects.watch), record);
        return UntimedStates(record, std::as_bytes(std::span(agenda.events())));
    }

    void update(SearchStatistics& statistics) const {
        statistics.classes_stored = states_.size();
        statistics.discrete_states = states_.size();
        statistics.waiting = states_.waiting();
        statistics.memory_bytes = std::max<std::uint64_t>(statistics.memory_bytes,
                                                          states_.memory_bytes());
    }

    [[nodiscard]] std::string stop_reason(const Limits& limits) const {
        return (result_.marks & kViolation) != 0 ? "a violation was found"
                                                 : limit_hit(result_.statistics, limits);
    }

    void round(std::uint64_t most) {
        const auto batches = states_.next_round(kBatches, kBatchSize, most);
        workers_.run(batches.size(),
                     [&](std::size_t each) { look_at(batches[each], jobs_[each]); });
        std::vector<UntimedStates::Found> found;
        for (std::size_t each = 0; each < batches.size(); ++each) {
            result_.statistics.classes_expanded += batches[each].count;
            result_.statistics.transitions += jobs_[each].transitions;
            result_.marks |= jobs_[each].marks;
            found.push_back(std::move(jobs_[each].found));
        }
        states_.settle(found, workers_);
        for (std::size_t each = 0; each < batches.size(); ++each) {
            jobs_[each].found = std::move(found[each]);  // its space is used again
        }
    }

    void look_at(const UntimedStates::Batch& batch, Job& job) const {
        job.transitions = 0;
        job.marks = 0;
        job.record.resize(record_size());
        for (std::size_t each = 0; each < batch.count; ++each) {
            const auto agenda = states_.read(batch, each, job.record);
            job.pending.resize(agenda.size() / sizeof(Event));
            if (!agenda.empty()) {
                std::memcpy(job.pending.data(), agenda.data(), agenda.size());
            }
            State state;
            unpack(*model_, job.record.data(), state);
            expand(state, job.record[packed_size(*model_)] != std::byte{0}, job);
        }
    }

    void expand(const State& from, bool watching, Job& job) const {
        for (std::uint32_t entry = 0; entry < job.pending.size(); ++entry) {
            std::uint32_t forms = 1;
            for (std::uint32_t form = 0; form < forms; ++form) {
                fire(from, watching, entry, form, job);
                if (form == 0) {
                    forms = job.effects.forms;
                }
            }
        }
    }

    void fire(const State& from, bool watching, std::uint32_t entry, std::uint32_t form,
              Job& job) const {
        State state = from;
        job.effects.clear();
        model_->apply(state, job.pending[entry], form, job.effects);
        ++job.transitions;
        job.marks |= job.effects.marks;
        if ((job.effects.marks & kViolation) != 0 || leads_back(from, state, entry, job)) {
            return;
        }
        job.work.assign_without(job.pending, entry);
        job.work.take(*model_, state, job.effects, [](Interval) { return NoNote{}; });
        const Watch watch = job.effects.watch;
        write(state, starts(watch) || (watching && watch == Watch::leave), job.record);
        states_.collect(job.record, std::as_bytes(std::span(job.work.events())), job.found);
    }

    // Has nothing changed, seen at a glance? Often enough, without time.
    static bool leads_back(const State& from, const State& state, std::uint32_t entry,
                           const Job& job) {
        const Effects<Event>& effects = job.effects;
        return effects.cancelled.empty() && effects.scheduled.size() == 1 &&
               effects.scheduled.front().event == job.pending[entry] &&
               effects.watch == Watch::leave && std::memcmp(&from, &state, sizeof state) == 0;
    }

    const M* model_;
    Workers workers_;
    SearchResult result_;
    UntimedStates states_;
    std::vector<Job> jobs_;
};

}  // namespace failback::sim
