// The parameters that the delays of a seizure of an appearance stem from, but for its messages.
#pragma once

#include <vector>

#include "model/parameters/parameters.hpp"

namespace failback::model {

// REQUIRES: the delay is that of a timer of an appearance, or until its user wants it.
[[nodiscard]] std::vector<Parameter> appearance_parameters(const SipModel& sip,
                                                           const TightDelay& tight);

}  // namespace failback::model
