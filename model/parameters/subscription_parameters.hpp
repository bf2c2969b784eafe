// The parameters that delays of subscriptions stem from.
#pragma once

#include <string>

#include "model/parameters/parameters.hpp"

namespace failback::model {

// Where the rules of a subscription stand in its phone, with a slash at the end.
[[nodiscard]] std::string subscription_key(const Design& design, const nlohmann::json& written,
                                           const Part& part);

// Of an EventKind::state_changes.
[[nodiscard]] std::vector<Parameter> change_parameters(const SipModel& sip,
                                                       const TightDelay& tight);

}  // namespace failback::model
