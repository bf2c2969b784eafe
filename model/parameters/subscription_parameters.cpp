#include "model/parameters/subscription_parameters.hpp"

#include <fmt/format.h>

#include "model/parameters/parameter_parts.hpp"

namespace failback::model {

std::string subscription_key(const Design& design, const nlohmann::json& written,
                             const Part& part) {
    const std::string list = fmt::format("/phones/{}/subscriptions", part.phone);
    return subscriptions_of(design.phones[part.phone]) > 1 ||
                   written.contains(nlohmann::json::json_pointer(list))
               ? fmt::format("subscriptions/{}/", part.subscription)
               : "subscription/";
}

std::vector<Parameter> change_parameters(const SipModel& sip, const TightDelay& tight) {
    const ChangePlan* plan = sip.usages()[tight.event.index].changes;
    const auto index = plan - sip.design().changes.data();
    return {of_interval(fmt::format("/changes/{}/at", index), plan->at, tight.end)};
}

}  // namespace failback::model
