// The parameters that a wait after a failed attempt stems from.
#pragma once

#include <string>
#include <vector>

#include "model/parameters.hpp"
#include "model/retry.hpp"

namespace failback::model {

// Of the waits at `key` of the design that was `written`, those that are as long as the delay. Two
// ways to fail may have the same.
[[nodiscard]] std::vector<Parameter> retry_parameters(const std::string& key, const Retry& retry,
                                                      const nlohmann::json& written,
                                                      const TightDelay& tight);

}  // namespace failback::model
