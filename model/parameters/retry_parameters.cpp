#include "model/parameters/retry_parameters.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <set>

#include <fmt/format.h>

#include "model/file/profiles.hpp"
#include "model/parameters/parameter_parts.hpp"

namespace failback::model {

namespace {

using nlohmann::json;
using Parameters = std::vector<Parameter>;

// The longest wait stems from `max`, those before it from the base.
Parameters of_growth(const std::string& key, const char* base, const RetryWait& wait, int failures,
                     End end) {
    const std::int64_t doubled = std::int64_t{wait.base} << failures;
    Parameters found;
    if (doubled >= wait.max) {
        found.push_back(of_duration(key + "/max", wait.max));
    }
    if (doubled <= wait.max) {
        found.push_back(of_duration(key + base, wait.base));
    }
    if ((end == End::shortest ? wait.shortest_percent : wait.longest_percent) != 100) {
        found.push_back({key + "/percent", {}, End::whole});
    }
    return found;
}

// After how many failures the wait is as long as that; 0: never.
int failures_before(const RetryWait& wait, const TightDelay& tight) {
    const int most = std::max(1, failures_that_count(wait));
    for (int failures = 1; failures <= most; ++failures) {
        const Interval delay = wait_after(wait, failures);
        if ((tight.end == End::shortest ? delay.earliest : delay.latest) == tight.ms) {
            return failures;
        }
    }
    return 0;
}

bool is_wait(const RetryWait& wait, const TightDelay& tight) {
    return failures_before(wait, tight) > 0 || failures_before(beside(wait), tight) > 0;
}

Parameters of_wait(const std::string& key, const RetryWait& wait, const TightDelay& tight) {
    if (const int failures = failures_before(wait, tight); failures > 0) {
        const Interval delay = wait_after(wait, failures);
        return wait.rule == RetryRule::fixed
                   ? Parameters{of_interval(key, delay, tight.end)}
                   : of_growth(key, "/base", wait, failures, tight.end);
    }
    const int failures = failures_before(beside(wait), tight);
    return failures > 0 ? of_growth(key, "/base_beside", beside(wait), failures, tight.end)
                        : Parameters{};
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

bool is_retry_wait(const Retry& retry, const TightDelay& tight) {
    return is_wait(retry.rejected, tight) || is_wait(retry.unanswered, tight);
}

namespace {

void add_waits_by_status(const SipModel::UsageInfo& usage, const json& written,
                         const TightDelay& tight, Parameters& found) {
    const json all = resolved(written);
    const std::string rules = fmt::format("/phones/{}/on_status/", usage.part.phone);
    for (std::size_t status = 0; status < kStatuses; ++status) {
        const AfterRefusal& after = usage.config.refusals.on_status[status];
        if (after.kind != AfterRefusal::Kind::wait) {
            continue;
        }
        const std::string own = rules + std::to_string(code_of(static_cast<Status>(status)));
        const bool is_written = all.contains(json::json_pointer(own));
        for (Parameter& parameter :
             of_wait(is_written ? own : rules + "other", after.wait, tight)) {
            if (std::ranges::find(found, parameter) == found.end()) {
                found.push_back(std::move(parameter));
            }
        }
    }
}

void add_retry_after(const SipModel& sip, const SipModel::UsageInfo& usage,
                     const TightDelay& tight, Parameters& found) {
    const auto add = [&](const std::string& key, DelayMs retry_after) {
        if (retry_after > 0 && retry_after == tight.ms) {
            found.push_back(of_duration(key, retry_after));
        }
    };
    if (usage.config.refusals.retry_after == RetryAfter::ignored) {
        return;
    }
    for (const std::size_t index :
         std::set<std::size_t>{usage.server, challenger_of(sip.design(), usage.server)}) {
        const Server& server = sip.design().servers[index];
        const std::string place = fmt::format("/servers/{}/", index);
        add(place + "capacity/retry_after", server.capacity.retry_after);
        add(place + "contacts_per_aor/retry_after", server.contacts_per_aor.retry_after);
    }
    for (std::size_t i = 0; i < sip.design().faults.size(); ++i) {
        const Fault& fault = sip.design().faults[i];
        if (fault.server == usage.server ||
            (usage.beyond && fault.server == usage.beyond->server)) {
            add(fmt::format("/faults/{}/retry_after", i), fault.retry_after);
        }
    }
}

}  // namespace

std::vector<Parameter> refusal_parameters(const SipModel& sip, const nlohmann::json& written,
                                          const TightDelay& tight) {
    const SipModel::UsageInfo& usage = sip.usages()[tight.event.index];
    Parameters found;
    add_waits_by_status(usage, written, tight, found);
    add_retry_after(sip, usage, tight, found);
    return found;
}

}  // namespace failback::model
