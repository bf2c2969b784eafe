// The parameters that the delays of a gateway's probes stem from.
#pragma once

#include <vector>

#include "model/parameters.hpp"

namespace failback::model {

// REQUIRES: an event of a gateway's probes.
[[nodiscard]] std::vector<Parameter> gateway_parameters(const Design& design,
                                                        const nlohmann::json& written,
                                                        const TightDelay& tight);

}  // namespace failback::model
