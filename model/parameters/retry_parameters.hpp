// The parameters that a wait after a failed attempt stems from.
#pragma once

#include <string>
#include <vector>

#include "model/parameters/parameters.hpp"
#include "model/retry.hpp"

namespace failback::model {

// Of the waits at `key` of the design that was `written`, those that are as long as the delay. Two
// ways to fail may have the same.
[[nodiscard]] std::vector<Parameter> retry_parameters(const std::string& key, const Retry& retry,
                                                      const nlohmann::json& written,
                                                      const TightDelay& tight);

// Is the delay one of the waits?
[[nodiscard]] bool is_retry_wait(const Retry& retry, const TightDelay& tight);

// What a refusal alone leads to: waits of their own after some status codes, and Retry-After.
[[nodiscard]] std::vector<Parameter> refusal_parameters(const SipModel& sip,
                                                        const nlohmann::json& written,
                                                        const TightDelay& tight);

}  // namespace failback::model
