// Which keys of a design the delays of look-ups come from.
#pragma once

#include <vector>

#include "model/parameters/parameters.hpp"

namespace failback::model {

// Of EventKind::query_ends and EventKind::name_expires; none for a name that is known not to exist.
[[nodiscard]] std::vector<Parameter> name_parameters(const SipModel& sip, const TightDelay& tight);

}  // namespace failback::model
