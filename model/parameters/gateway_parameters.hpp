// The parameters that the delays of a gateway's probes stem from.
#pragma once

#include <vector>

#include "model/parameters/parameters.hpp"

namespace failback::model {

// REQUIRES: an event of a gateway's probes.
[[nodiscard]] std::vector<Parameter> gateway_parameters(const Design& design,
                                                        const nlohmann::json& written,
                                                        const TightDelay& tight);

// REQUIRES: a message that a gateway passes on, or a timer of a gateway that does.
[[nodiscard]] std::vector<Parameter> relay_parameters(const SipModel& sip,
                                                      const nlohmann::json& written,
                                                      const TightDelay& tight);

}  // namespace failback::model
