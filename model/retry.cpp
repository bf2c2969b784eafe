#include "model/retry.hpp"

#include <algorithm>
#include <cstdint>

namespace failback::model {

namespace {

DelayMs share(std::int64_t whole, int percent) {
    return static_cast<DelayMs>(whole * percent / 100);
}

bool looks_beside(const RetryWait& wait) {
    return wait.rule == RetryRule::doubling && beside(wait).base != wait.base;
}

}  // namespace

RetryWait beside(const RetryWait& wait) {
    RetryWait other = wait;
    if (wait.base_beside > 0) {
        other.base = wait.base_beside;
        other.base_beside = wait.base;
    }
    return other;
}

Retry beside(const Retry& retry) {
    Retry other;
    other.rejected = beside(retry.rejected);
    other.unanswered = beside(retry.unanswered);
    return other;
}

bool looks_beside(const Retry& retry) {
    return looks_beside(retry.rejected) || looks_beside(retry.unanswered);
}

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
    const std::int64_t base = std::min(wait.base, beside(wait).base);
    while (wait.rule == RetryRule::doubling && (base << failures) < wait.max) {
        ++failures;
    }
    return failures > 1 ? failures : 0;
}

DelayMs longest_wait(const RetryWait& wait) {
    const int failures = failures_that_count(wait);
    return std::max(wait_after(wait, failures).latest,
                    wait_after(beside(wait), failures).latest);
}

}  // namespace failback::model
