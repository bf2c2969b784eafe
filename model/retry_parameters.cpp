#include "model/retry_parameters.hpp"

#include <algorithm>
#include <cstdint>

#include "model/profiles.hpp"

namespace failback::model {

namespace {

using nlohmann::json;
using Parameters = std::vector<Parameter>;

Parameter of_interval(const std::string& key, Interval value, End end) {
    return {key, value, value.earliest == value.latest ? End::whole : end};
}

Parameter of_duration(const std::string& key, DelayMs value) {
    return {key, sim::exactly(value), End::whole};
}

// The longest wait stems from `max`, those before it from `base`.
Parameters of_growth(const std::string& key, const RetryWait& wait, int failures, End end) {
    const std::int64_t doubled = std::int64_t{wait.base} << failures;
    Parameters found;
    if (doubled >= wait.max) {
        found.push_back(of_duration(key + "/max", wait.max));
    }
    if (doubled <= wait.max) {
        found.push_back(of_duration(key + "/base", wait.base));
    }
    if ((end == End::shortest ? wait.shortest_percent : wait.longest_percent) != 100) {
        found.push_back({key + "/percent", {}, End::whole});
    }
    return found;
}

Parameters of_wait(const std::string& key, const RetryWait& wait, const TightDelay& tight) {
    const int most = std::max(1, failures_that_count(wait));
    for (int failures = 1; failures <= most; ++failures) {
        const Interval delay = wait_after(wait, failures);
        if ((tight.end == End::shortest ? delay.earliest : delay.latest) != tight.ms) {
            continue;
        }
        return wait.rule == RetryRule::fixed ? Parameters{of_interval(key, delay, tight.end)}
                                             : of_growth(key, wait, failures, tight.end);
    }
    return {};
}

}  // namespace

std::vector<Parameter> retry_parameters(const std::string& key, const Retry& retry,
                                        const nlohmann::json& written, const TightDelay& tight) {
    const json all = resolved(written);
    const json::json_pointer place(key);
    const bool is_object = all.contains(place) && all[place].is_object();
    if (!is_object) {
        return {of_interval(key, retry.unanswered.fixed, tight.end)};
    }
    if (all[place].contains("base")) {
        return of_wait(key, retry.unanswered, tight);
    }
    Parameters found = of_wait(key + "/unanswered", retry.unanswered, tight);
    const Parameters others = of_wait(key + "/rejected", retry.rejected, tight);
    found.insert(found.end(), others.begin(), others.end());
    return found;
}

}  // namespace failback::model
