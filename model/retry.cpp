#include "model/retry.hpp"

#include <algorithm>
#include <cstdint>

namespace failback::model {

namespace {

DelayMs share(std::int64_t whole, int percent) {
    return static_cast<DelayMs>(whole * percent / 100);
}

}  // namespace

Interval wait_after(const RetryWait& wait, int failures) {
    if (wait.rule == RetryRule::fixed) {
        return wait.fixed;
    }
    constexpr int kMostDoublings = 30;  // of 100 ms exceed the longest duration
    const std::int64_t doubled = std::int64_t{wait.base}
                                 << std::clamp(failures, 1, kMostDoublings);
    const std::int64_t whole = std::min<std::int64_t>(wait.max, doubled);
    return {share(whole, wait.shortest_percent), share(whole, wait.longest_percent)};
}

int failures_that_count(const RetryWait& wait) {
    int failures = 1;
    while (wait.rule == RetryRule::doubling &&
           (std::int64_t{wait.base} << failures) < wait.max) {
        ++failures;
    }
    return failures > 1 ? failures : 0;
}

DelayMs longest_wait(const RetryWait& wait) {
    return wait_after(wait, failures_that_count(wait)).latest;
}

}  // namespace failback::model
