// Runs choices and writes down what happens: the one way in which traces come to be.
#pragma once

#include <string>
#include <vector>

#include "model/design.hpp"
#include "properties/check.hpp"
#include "traces/trace.hpp"

namespace failback::traces {

// What a trace says of itself, beside the run.
struct Caption {
    std::string version;
    std::string property;
    std::string says;
    std::string outcome;
    std::string reason;
    properties::Extent extent;   // with which the setting was made
};

// Thrown by replay if a choice is not possible, or a hash differs.
struct Divergence {
    std::size_t step = 0;    // from 1
    std::string reason;
};

// REQUIRES: the choices are possible. `design_json` is the design that the setting was made from.
[[nodiscard]] Trace record(const properties::Setting& setting, const nlohmann::json& design_json,
                           const Caption& caption, const std::vector<sim::Choice>& choices);

// Runs a trace again, from its own design and choices. The steps and hashes must be the same.
// THROWS model::InputError if the design in it cannot be used.
struct Replay {
    bool agrees = false;
    Divergence divergence;   // unless it agrees
    std::size_t steps = 0;
};
[[nodiscard]] Replay replay(const Trace& trace);

}  // namespace failback::traces
