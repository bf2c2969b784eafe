// Why a duration is as long as it is: the chain of tight constraints in words, and the parameters
// of the design that each link stems from.
#pragma once

#include <vector>

#include "model/parameters/parameters.hpp"
#include "properties/check.hpp"
#include "traces/trace.hpp"

namespace failback::traces {

struct ExplainedLink {
    ChainLink words;
    std::vector<model::Parameter> parameters;  // the one that matters most first
};

// The links add up to the duration. `trace` is the witness, recorded with the model of `sip`.
[[nodiscard]] std::vector<ExplainedLink> explain(const Trace& trace, const model::SipModel& sip,
                                                 const std::vector<properties::ChainEvent>& chain,
                                                 sim::Extreme extreme);

// What a trace says of them.
[[nodiscard]] std::vector<ChainLink> words_of(const std::vector<ExplainedLink>& links);

}  // namespace failback::traces
