// What a run decided, told so that a similar design can be made to do the same.
//
//  1. A decision is found again by the words for its event and by how often that event was
//     scheduled before. It therefore outlives the removal of other faults, phones and calls.
//  2. What a script says nothing about happens as early as it may, but for faults and users: they
//     do nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/sip/sip_model.hpp"
#include "properties/setting.hpp"
#include "sim/execution.hpp"

namespace failback::traces {

// What becomes of a message, and the name of the fault that does it.
struct Told {
    model::Fate fate = model::Fate::delivered;
    std::string fault;
};

struct Decision {
    std::string event;                 // the words for it
    std::size_t occurrence = 0;        // which one of the same words, in order of scheduling
    model::EventKind kind = model::EventKind::timer;
    sim::TimeMs delay = 0;             // since it was scheduled
    std::vector<Told> fates;           // of what its step sends
    bool fixed = false;                // it could have had no other delay
    std::vector<model::Event> picked;  // of servers of equal priority, see StepLog
    bool waits = false;                // still pending at the end: it happens as late as it may
    // Phones whose clock turns out to have a rate, by name.
    std::vector<std::pair<std::string, int>> clocks{};
};

// In order of execution; last what is still pending then.
using Script = std::vector<Decision>;

// REQUIRES: the choices are possible.
[[nodiscard]] Script script_of(const properties::Setting& setting,
                               const std::vector<sim::Choice>& choices);

struct Retold {
    std::vector<sim::Choice> choices;  // up to the violation
    std::size_t faults = 0;            // that struck, lost messages among them
};

// A run by the script, if it violates the property that the setting watches within so many steps.
// `stops` may be empty; it is asked now and then, and ends the run.
[[nodiscard]] std::optional<Retold> retell(const properties::Setting& setting,
                                           const Script& script, std::size_t most_steps,
                                           const std::function<bool()>& stops = {});

// May it be left out of a story? A fault or a user, which then does nothing.
[[nodiscard]] bool waits_if_unsaid(model::EventKind kind);

// How many faults struck in a run.
[[nodiscard]] std::size_t faults_in(const properties::Setting& setting,
                                    const std::vector<sim::Choice>& choices);

}  // namespace failback::traces
