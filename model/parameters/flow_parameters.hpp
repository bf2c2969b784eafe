// The parameters that the timers of a flow stem from.
#pragma once

#include <vector>

#include "model/parameters/parameters.hpp"

namespace failback::model {

// REQUIRES: the delay is that of a timer of a flow.
[[nodiscard]] std::vector<Parameter> flow_parameters(const SipModel& sip, const TightDelay& tight);

}  // namespace failback::model
