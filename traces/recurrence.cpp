#include "traces/recurrence.hpp"

#include <algorithm>
#include <cstring>
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
    MonitoredRun run(*setting.monitored);
    Places places(setting);
    std::map<std::uint64_t, Place> by_id;
    const auto remember = [&] {
        places.look(run, [&](std::uint64_t id, const sim::Due&, const model::Event&, Place place) {
            by_id.emplace(id, std::move(place));
        });
        Moment moment{looks_of(*setting.monitored, run), run.now(), {}, places.counts()};
        for (const sim::Due& due : run.agenda().notes()) {
            const Place& place = by_id.at(due.id);
            moment.pending[place.event].push_back(place.occurrence);
        }
        for (auto& [words, occurrences] : moment.pending) {
            std::ranges::sort(occurrences);
        }
        moments_.push_back(std::move(moment));
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

// What was pending already happens so much earlier. What became pending meanwhile is what was
// pending before under the same words. What comes later is numbered anew.
Script Moments::without(const Stretch& stretch) const {
    const Moment& before = moments_[stretch.from];
    const Moment& behind = moments_[stretch.to];
    Script left(script_->begin(), script_->begin() + static_cast<std::ptrdiff_t>(stretch.from));
    for (std::size_t step = stretch.to; step < script_->size(); ++step) {
        Decision decision = (*script_)[step];
        const auto counted = [&](const Moment& moment) {
            const auto found = moment.counts.find(decision.event);
            return found == moment.counts.end() ? std::size_t{0} : found->second;
        };
        if (decision.occurrence >= counted(behind)) {
            decision.occurrence -= counted(behind) - counted(before);
        } else if (decision.occurrence >= counted(before)) {
            const auto& now = behind.pending.at(decision.event);
            const auto nth = std::ranges::find(now, decision.occurrence) - now.begin();
            const auto then = before.pending.find(decision.event);
            if (then == before.pending.end() ||
                static_cast<std::size_t>(nth) >= then->second.size()) {
                continue;
            }
            decision.occurrence = then->second[static_cast<std::size_t>(nth)];
        } else {
            decision.delay = std::max<sim::TimeMs>(0, decision.delay - (behind.at - before.at));
        }
        left.push_back(std::move(decision));
    }
    return left;
}

}  // namespace failback::traces
