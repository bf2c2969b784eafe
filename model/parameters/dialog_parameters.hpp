// Which keys of a design the delays of dialogs come from.
#pragma once

#include <vector>

#include "model/parameters/parameters.hpp"

namespace failback::model {

// Of a timer.
[[nodiscard]] std::vector<Parameter> dialog_parameters(const SipModel& sip,
                                                       const TightDelay& tight);

}  // namespace failback::model
