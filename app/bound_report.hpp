// How a measured range is told: for people and as JSON.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/command.hpp"
#include "model/parameters/parameters.hpp"
#include "properties/check.hpp"
#include "traces/trace.hpp"

namespace failback::app {

// The same end of the range if a parameter were a second shorter, or why there is none.
struct OneSecondLess {
    std::optional<sim::DelayMs> ms;
    std::string reason;
};

struct ParameterReport {
    model::Parameter parameter;
    int line = 0;                         // of the design file; 0: not written there
    std::string profile;                  // that it comes from; else it is written or a default
    std::optional<OneSecondLess> less;    // none: it was not asked for
};

struct LinkReport {
    traces::ChainLink words;
    std::vector<ParameterReport> parameters;
};

struct EndReport {
    std::optional<sim::DelayMs> ms;
    std::vector<LinkReport> chain;
    std::string trace;                    // path of the run that shows it, or empty
};

struct BoundReport {
    std::string design;
    std::string from;
    std::string to;
    properties::Outcome outcome = properties::Outcome::undecided;
    std::string reason;
    EndReport most;
    EndReport least;
    bool is_large = false;                // hence nothing was made shorter
};

// Without figures of the search.
[[nodiscard]] Json to_json(const BoundReport& report);
[[nodiscard]] std::string to_text(const BoundReport& report);

}  // namespace failback::app
