#include "traces/recurrence.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "sim/key_table.hpp"
#include "sim/packing.hpp"
#include "traces/places.hpp"

namespace failback::traces {

namespace {

using model::EventKind;

bool may_be_left_out(EventKind kind) {
    return kind == EventKind::fault_strikes || kind == EventKind::window_opens ||
           kind == EventKind::window_closes;
}

// Of the state and the pending events, without what does not count.
std::uint64_t looks_of(const properties::MonitoredModel& model, const MonitoredRun& run) {
    properties::MonitoredState state = run.state();
    for (model::FaultState& fault : state.sip.faults) {
        fault.left = 0;
    }
    std::vector<std::byte> bytes(sim::packed_size(model));
    sim::pack(model, state, bytes.data());
    for (const model::Event& event : run.agenda().events()) {
        if (!may_be_left_out(event.kind)) {
            const auto* raw = reinterpret_cast<const std::byte*>(&event);
            bytes.insert(bytes.end(), raw, raw + sizeof event);
        }
    }
    return sim::hash_bytes(bytes);
}

}  // namespace

Moments::Moments(const properties::Setting& setting, const std::vector<sim::Choice>& choices,
                 const Script& script)
    : script_(&script) {
    constexpr std::size_t kStillPending = std::numeric_limits<std::size_t>::max();
    MonitoredRun run(*setting.monitored);
    Places places(setting);
    // By id: the spans of its words, which stay where they are, and its occurrence.
    std::map<std::uint64_t, std::pair<std::vector<Span>*, std::size_t>> pending;
    const auto remember = [&] {
        const std::size_t moment = moments_.size();
        std::vector<std::uint64_t> ids;
        for (const sim::Due& due : run.agenda().notes()) {
            ids.push_back(due.id);
        }
        std::ranges::sort(ids);
        std::erase_if(pending, [&](const auto& entry) {
            const bool is_over = !std::ranges::binary_search(ids, entry.first);
            const auto& [spans, occurrence] = entry.second;
            (*spans)[occurrence].end = is_over ? moment : kStillPending;
            return is_over;
        });
        places.look(run, [&](std::uint64_t id, const sim::Due&, const model::Event&, Place place) {
            auto& spans = spans_[place.event];
            pending.emplace(id, std::pair(&spans, spans.size()));
            spans.push_back({moment, kStillPending});
        });
        moments_.push_back({looks_of(*setting.monitored, run), run.now()});
    };
    remember();
    for (const sim::Choice& choice : choices) {
        run.step(choice);
        remember();
    }
}

std::vector<Stretch> Moments::recurrences(std::size_t most) const {
    std::map<std::uint64_t, std::vector<std::size_t>> alike;
    for (std::size_t step = 0; step < moments_.size(); ++step) {
        alike[moments_[step].looks].push_back(step);
    }
    std::vector<Stretch> found;
    for (const auto& [looks, steps] : alike) {
        for (std::size_t apart = steps.size() - 1; apart > 0; apart /= 2) {
            for (std::size_t first = 0; first + apart < steps.size(); first += apart) {
                found.push_back({steps[first], steps[first + apart]});
            }
        }
    }
    std::erase_if(found, [most](const Stretch& each) { return each.to - each.from > most; });
    std::ranges::sort(found, [](const Stretch& a, const Stretch& b) {
        return std::pair(b.to - b.from, a.from) < std::pair(a.to - a.from, b.from);
    });
    return found;
}

Moments::Ends Moments::ends_of(const std::string& words, const Stretch& stretch) const {
    Ends ends;
    const auto spans = spans_.find(words);
    if (spans == spans_.end()) {
        return ends;
    }
    std::size_t occurrence = 0;
    for (const auto& [begin, end] : spans->second) {
        if (begin <= stretch.from) {
            ++ends.before;
            if (end > stretch.from) {
                ends.pending_before.push_back(occurrence);
            }
        }
        if (begin <= stretch.to) {
            ++ends.behind;
            if (end > stretch.to) {
                ends.pending_behind.push_back(occurrence);
            }
        }
        ++occurrence;
    }
    return ends;
}

// What was pending already happens so much earlier. What became pending meanwhile is what was
// pending before under the same words. What comes later is numbered anew.
Script Moments::without(const Stretch& stretch) const {
    const sim::TimeMs length = moments_[stretch.to].at - moments_[stretch.from].at;
    std::unordered_map<std::string, Ends> known;
    Script left(script_->begin(), script_->begin() + static_cast<std::ptrdiff_t>(stretch.from));
    for (std::size_t step = stretch.to; step < script_->size(); ++step) {
        Decision decision = (*script_)[step];
        auto found = known.find(decision.event);
        if (found == known.end()) {
            found = known.emplace(decision.event, ends_of(decision.event, stretch)).first;
        }
        const Ends& ends = found->second;
        if (decision.occurrence >= ends.behind) {
            decision.occurrence -= ends.behind - ends.before;
        } else if (decision.occurrence >= ends.before) {
            const auto& now = ends.pending_behind;
            const auto nth = std::ranges::find(now, decision.occurrence) - now.begin();
            if (static_cast<std::size_t>(nth) >= ends.pending_before.size()) {
                continue;
            }
            decision.occurrence = ends.pending_before[static_cast<std::size_t>(nth)];
        } else {
            decision.delay = std::max<sim::TimeMs>(0, decision.delay - length);
        }
        left.push_back(std::move(decision));
    }
    return left;
}

}  // namespace failback::traces
