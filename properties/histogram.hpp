// How often each duration was met. Below a second each millisecond counts by itself; above,
// durations are rounded up to three digits. The least and the most are exact.
#pragma once

#include <cstdint>
#include <map>

#include "sim/time.hpp"

namespace failback::properties {

class Histogram {
public:
    using Buckets = std::map<sim::DelayMs, std::uint64_t>;   // by the longest duration in a bucket

    Histogram() = default;
    // As it was before. REQUIRES: taken from another histogram.
    Histogram(sim::DelayMs least, sim::DelayMs most, Buckets buckets);

    void add(sim::DelayMs duration);
    void add(const Histogram& other);

    [[nodiscard]] bool empty() const { return buckets_.empty(); }
    [[nodiscard]] std::uint64_t count() const;
    [[nodiscard]] sim::DelayMs least() const { return least_; }
    [[nodiscard]] sim::DelayMs most() const { return most_; }

    // The shortest duration that at least so many thousandths of all do not exceed (nearest rank).
    // REQUIRES: not empty; 1 to 1000.
    [[nodiscard]] sim::DelayMs percentile(unsigned thousandths) const;

    [[nodiscard]] const Buckets& buckets() const { return buckets_; }

private:
    sim::DelayMs least_ = 0;
    sim::DelayMs most_ = 0;
    Buckets buckets_;
};

}  // namespace failback::properties
