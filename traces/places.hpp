// The pending events of a run, by the words for them and by how often the same words were scheduled
// before: names that outlive the removal of other faults, phones and calls.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "properties/setting.hpp"
#include "sim/execution.hpp"
#include "traces/describe.hpp"

namespace failback::traces {

using MonitoredRun = sim::Execution<properties::MonitoredModel>;

struct Place {
    std::string event;
    std::size_t occurrence = 0;

    friend auto operator<=>(const Place&, const Place&) = default;
};

// Numbers the entries of a run's agenda by their words.
class Places {
public:
    explicit Places(const properties::Setting& setting) : describer_(*setting.sip) {}

    // Of each entry that is new, in the order in which they were scheduled.
    template <class Visit>
    void look(const MonitoredRun& run, Visit visit) {
        std::vector<std::pair<std::uint64_t, std::size_t>> fresh;
        for (std::size_t entry = 0; entry < run.agenda().size(); ++entry) {
            if (run.agenda().note(entry).id >= seen_) {
                fresh.emplace_back(run.agenda().note(entry).id, entry);
            }
        }
        std::ranges::sort(fresh);
        for (const auto& [id, entry] : fresh) {
            const model::Event& event = run.agenda().event(entry);
            auto known = words_.find(event);
            if (known == words_.end()) {
                known = words_.emplace(event, words_for(event)).first;
            }
            const std::size_t occurrence = counts_[known->second]++;
            visit(id, run.agenda().note(entry), event, Place{known->second, occurrence});
        }
        seen_ = run.next_id();
    }

    // How often each was scheduled so far.
    [[nodiscard]] const std::map<std::string, std::size_t>& counts() const { return counts_; }

private:
    [[nodiscard]] std::string words_for(const model::Event& event) const;

    Describer describer_;
    std::map<model::Event, std::string> words_;
    std::map<std::string, std::size_t> counts_;
    std::uint64_t seen_ = 0;
};

}  // namespace failback::traces
