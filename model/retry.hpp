// How long a user agent waits after a failed attempt before it tries again.
//
//  1. An attempt is rejected by a final response other than 2xx and 423, or goes unanswered until
//     Timer F. Each of the two has a wait of its own.
//  2. `failures` counts the failed attempts in a row, of either kind, from 1 on (RFC 5626 4.5).
//  3. While another registration of the line works a wait may grow from another base (RFC 5626
//     4.5: 90 s instead of 30 s).
//  4. A wait is bounded, and longer than nothing.
#pragma once

#include "sim/time.hpp"

namespace failback::model {

using sim::DelayMs;
using sim::Interval;

enum class RetryRule : unsigned char {
    fixed,     // any delay of `fixed`
    doubling,  // between two shares of min(max, base * 2^failures)
};

struct RetryWait {
    RetryRule rule = RetryRule::fixed;
    Interval fixed{30'000, 60'000};
    DelayMs base = 30'000;
    DelayMs base_beside = 0;  // while another registration of the line works; 0: `base`
    DelayMs max = 1'800'000;
    int shortest_percent = 50;
    int longest_percent = 100;

    friend bool operator==(const RetryWait&, const RetryWait&) = default;
};

struct Retry {
    RetryWait rejected;
    RetryWait unanswered;

    Retry() = default;
    // One wait for both, as an interval stands for both in a design file.
    Retry(Interval both) { rejected.fixed = unanswered.fixed = both; }

    friend bool operator==(const Retry&, const Retry&) = default;
};

// A base that is shorter could make a wait of nothing.
inline constexpr DelayMs kLeastRetryBase = 100;

// The wait after that many failures in a row, if no other registration works; none count as one.
[[nodiscard]] Interval wait_after(const RetryWait& wait, int failures);

// Does it matter whether another registration of the line works?
[[nodiscard]] bool looks_beside(const Retry& retry);

// The waits if it does, as if it did not: the two bases are exchanged.
[[nodiscard]] RetryWait beside(const RetryWait& wait);
[[nodiscard]] Retry beside(const Retry& retry);

// From that many failures in a row on the wait is always the same; 0 if it always is.
[[nodiscard]] int failures_that_count(const RetryWait& wait);

[[nodiscard]] DelayMs longest_wait(const RetryWait& wait);

}  // namespace failback::model
