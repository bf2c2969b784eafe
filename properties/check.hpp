// Checking a property of a design for every timing, and measuring a duration exactly.
//
//  1. `holds` and `vacuous` are only said after a complete search; `violated` only with choices
//     that were executed again and ended in the violation. Anything else is `undecided`.
//  2. A search that reaches too much comes first, where it is cheaper: if nothing is violated
//     there, the property holds. Only the exact search finds violations.
//  3. A search explores the slice of the design that can influence the property, or the whole
//     design if asked to; the verdict is the same.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "properties/catalogue.hpp"
#include "properties/setting.hpp"
#include "sim/execution.hpp"
#include "sim/explorer.hpp"
#include "sim/timing.hpp"

namespace failback::properties {

enum class Outcome : std::uint8_t { holds, violated, undecided, vacuous };

[[nodiscard]] const char* to_text(Outcome outcome);
[[nodiscard]] const char* to_text(model::Expected expected);

// `undecided` is never what was expected.
[[nodiscard]] bool is_as_expected(Outcome outcome, model::Expected expected);

// What a check is doing: a search with some registrations abstracted, one with timers loosened
// (abstraction.hpp), the exact one, or one for the path of a run.
enum class SearchPhase : std::uint8_t { abstracted, loosened, exact, path };

[[nodiscard]] const char* to_text(SearchPhase phase);

struct CheckOptions {
    bool slice = true;
    bool reduce = true;   // leave out timers and memories that cannot matter
    bool approximate = true;   // search first what reaches too much (2)
    bool thrifty = false;      // give up the search of loosened zones when it goes in circles
    sim::SearchOptions search;
    sim::Limits limits;
    std::function<void(SearchPhase)> on_phase;   // told when another search begins
};

struct Verdict {
    Outcome outcome = Outcome::undecided;
    std::string reason;
    model::Scope searched;              // what was explored; the rest cannot influence the property
    sim::SearchStatistics statistics;
    Setting setting;                    // of the counterexample: the context, in full
    std::vector<sim::Choice> choices;   // of the counterexample; empty unless violated
};

[[nodiscard]] Verdict check(const model::Design& design, const Property& property,
                            const CheckOptions& options = {});

// A link of the chain that adds up to a bound: a constraint between two steps of the witness, which
// are numbered as its choices are, from 1.
struct ChainEvent {
    sim::Constraint constraint;
    model::Event event;                 // of the witness's model; unless the reason is `order`
    bool last_server = false;           // timers of a call: nothing is tried after this server
    std::uint8_t entry = 0;             // timers of a call: the server that is being tried
};

// One end of the range of a duration, with the run that shows it.
struct Extremity {
    sim::DelayMs ms = 0;
    std::vector<sim::Choice> choices;
    std::vector<ChainEvent> chain;
};

struct Measurement {
    Outcome outcome = Outcome::undecided;   // holds: the range is exact; violated: has no end
    std::string reason;
    sim::SearchStatistics statistics;
    Setting setting;                        // of the witnesses, as in Verdict
    std::optional<Extremity> least;
    std::optional<Extremity> most;
    bool exceeds_horizon = false;
    std::vector<sim::Choice> endless;       // a run that exceeds the horizon, if one was found
};

// The exact range of the time from the premise of a response property to its conclusion.
// `within` is the horizon: what takes longer has no bound. REQUIRES: the premise is an event
// (is_momentary): from what lasts there is no instant to count from.
[[nodiscard]] Measurement measure(const model::Design& design, const Property& property,
                                  const CheckOptions& options = {});

}  // namespace failback::properties
