// The slow twin of the explorer: breadth-first search over all integer timings, without zones.
//
//  1. A situation is a state, an agenda with what is left of each interval, and how long the
//     stopwatch has run. Delays are not fixed when an event is scheduled: time passes by whole
//     milliseconds, and what may fire may fire. This is finite, also for intervals without end:
//     once `least` is 0 they never change again.
//  2. Since intervals are closed, integer timings reach all that dense time reaches.
//  3. Situations are kept right after a step; waiting is part of the next step. The remaining
//     delays possible there are the whole box of the remaining intervals, because nothing that
//     happened so far tells more of an event than that it has not fired yet.
//  4. It shares no code with the engine but the model concept: it has an agenda of its own.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/model.hpp"

namespace failback::tests {

// Faults, then steps.
using PathCost = std::pair<std::uint32_t, std::uint32_t>;

template <sim::Model M>
class IntegerSearch {
public:
    using State = typename M::State;
    using Event = typename M::Event;

    static constexpr int kAtRest = -1;

    // A duration of this length stands for itself and all longer ones. REQUIRES of the model that
    // no finite bound of a duration is that long.
    static constexpr int kCap = 32;

    struct Pending {
        Event event;
        sim::DelayMs least;  // remaining
        sim::DelayMs most;
    };

    struct Situation {
        State state;
        std::vector<Pending> agenda;
        int watched = kAtRest;

        [[nodiscard]] std::vector<Event> events() const {
            std::vector<Event> all;
            for (const Pending& entry : agenda) {
                all.push_back(entry.event);
            }
            return all;
        }
    };

    // Gives up, with complete() == false, beyond so many situations.
    IntegerSearch(const M& model, std::size_t limit) : model_(&model) {
        Situation first;
        std::memset(static_cast<void*>(&first.state), 0, sizeof first.state);
        sim::Effects<Event> effects;
        model_->initial(first.state, effects);
        carry_out(effects, first);
        waiting_[{0, 0}].push_back(first);
        while (!waiting_.empty() && seen_.size() <= limit) {
            auto& cheapest = waiting_.begin()->second;
            if (cheapest.empty()) {
                waiting_.erase(waiting_.begin());
                continue;
            }
            const PathCost cost = waiting_.begin()->first;
            const Situation next = std::move(cheapest.back());
            cheapest.pop_back();
            if (seen_.insert(bytes_of(next, true)).second) {
                nodes_[bytes_of(next, false)].push_back(next);
                expand(next, cost);
            }
        }
        complete_ = waiting_.empty();
    }

    [[nodiscard]] bool complete() const { return complete_; }

    // The situations of each node: state, events of the agenda, and whether the stopwatch runs.
    [[nodiscard]] const std::map<std::string, std::vector<Situation>>& nodes() const {
        return nodes_;
    }
    [[nodiscard]] std::uint32_t marks() const { return marks_; }

    // The cheapest step with a mark: cost of the way to it, itself included.
    [[nodiscard]] std::optional<PathCost> cheapest(std::uint32_t mark) const {
        const auto found = cheapest_mark_.find(mark);
        return found == cheapest_mark_.end() ? std::nullopt : std::optional(found->second);
    }

    // What the stopwatch showed when it was stopped, each with the cheapest way to it.
    [[nodiscard]] const std::map<int, PathCost>& elapsed() const { return elapsed_; }

private:
    static std::string bytes_of(const Situation& situation, bool with_time) {
        std::string bytes(reinterpret_cast<const char*>(&situation.state), sizeof(State));
        for (const Pending& entry : situation.agenda) {
            bytes.append(reinterpret_cast<const char*>(&entry.event), sizeof(Event));
            if (with_time) {
                bytes += ' ' + std::to_string(entry.least) + ' ' + std::to_string(entry.most);
            }
        }
        const bool running = situation.watched != kAtRest;
        const auto watched = with_time ? situation.watched : static_cast<int>(running);
        return bytes + '|' + std::to_string(watched);
    }

    static sim::DelayMs minus(sim::DelayMs most, sim::DelayMs waited) {
        return most == sim::kNever ? most : most - waited;
    }

    // How long to wait at most; beyond it nothing changes any more, or an event is overdue.
    static sim::DelayMs longest_wait(const Situation& from) {
        sim::DelayMs overdue = sim::kNever;
        sim::DelayMs settled = from.watched == kAtRest ? 0 : kCap - from.watched;
        for (const Pending& entry : from.agenda) {
            overdue = std::min(overdue, entry.most);
            settled = std::max(settled, entry.least);
        }
        return std::min(overdue, settled);
    }

    void expand(const Situation& from, PathCost cost) {
        for (sim::DelayMs waited = 0; waited <= longest_wait(from); ++waited) {
            for (std::size_t entry = 0; entry < from.agenda.size(); ++entry) {
                if (from.agenda[entry].least <= waited) {
                    fire(from, entry, waited, cost);
                }
            }
        }
    }

    void fire(const Situation& from, std::size_t entry, sim::DelayMs waited, PathCost cost) {
        std::uint32_t forms = 1;
        for (std::uint32_t form = 0; form < forms; ++form) {
            Situation next = from;
            for (Pending& other : next.agenda) {
                other.least = std::max(0, other.least - waited);
                other.most = minus(other.most, waited);
            }
            if (next.watched != kAtRest) {
                next.watched = std::min(kCap, next.watched + waited);
            }
            next.agenda.erase(next.agenda.begin() + static_cast<std::ptrdiff_t>(entry));
            sim::Effects<Event> effects;
            model_->apply(next.state, from.agenda[entry].event, form, effects);
            forms = form == 0 ? effects.forms : forms;
            const PathCost reached{cost.first + effects.faults, cost.second + 1};
            note(effects, next, reached);
            carry_out(effects, next);
            if ((effects.marks & sim::kViolation) == 0) {
                waiting_[reached].push_back(std::move(next));
            }
        }
    }

    void note(const sim::Effects<Event>& effects, const Situation& stepped, PathCost reached) {
        marks_ |= effects.marks;
        for (std::uint32_t mark = 1; mark != 0; mark <<= 1U) {
            if ((effects.marks & mark) != 0) {
                keep_cheapest(cheapest_mark_, mark, reached);
            }
        }
        if (effects.watch == sim::Watch::stop && stepped.watched != kAtRest) {
            keep_cheapest(elapsed_, stepped.watched, reached);
        }
    }

    template <class Key>
    static void keep_cheapest(std::map<Key, PathCost>& costs, Key key, PathCost reached) {
        const auto [known, is_new] = costs.emplace(key, reached);
        known->second = std::min(known->second, reached);
    }

    static void carry_out(const sim::Effects<Event>& effects, Situation& situation) {
        auto& agenda = situation.agenda;
        for (const Event& event : effects.cancelled) {
            agenda.erase(std::find_if(agenda.begin(), agenda.end(), [&](const Pending& entry) {
                return entry.event == event;
            }));
        }
        for (const auto& request : effects.scheduled) {
            agenda.push_back({request.event, request.delay.earliest, request.delay.latest});
        }
        std::stable_sort(agenda.begin(), agenda.end(), [](const Pending& a, const Pending& b) {
            return a.event < b.event;
        });
        if (sim::starts(effects.watch)) {
            situation.watched = 0;
        } else if (effects.watch != sim::Watch::leave) {
            situation.watched = kAtRest;
        }
    }

    const M* model_;
    std::map<PathCost, std::vector<Situation>> waiting_;
    std::set<std::string> seen_;
    std::map<std::string, std::vector<Situation>> nodes_;
    std::uint32_t marks_ = 0;
    std::map<std::uint32_t, PathCost> cheapest_mark_;
    std::map<int, PathCost> elapsed_;
    bool complete_ = false;
};

}  // namespace failback::tests
