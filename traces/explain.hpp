// Why a duration is as long as it is: the chain of tight constraints in words.
#pragma once

#include <vector>

#include "properties/check.hpp"
#include "traces/trace.hpp"

namespace failback::traces {

// The links add up to the duration. `trace` is the witness, recorded with the model of `sip`.
[[nodiscard]] std::vector<ChainLink> explain(const Trace& trace, const model::SipModel& sip,
                                             const std::vector<properties::ChainEvent>& chain,
                                             sim::Extreme extreme);

}  // namespace failback::traces
