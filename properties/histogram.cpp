#include "properties/histogram.hpp"

#include <algorithm>
#include <utility>

#include "sim/check.hpp"

namespace failback::properties {

namespace {

sim::DelayMs bucket_of(sim::DelayMs duration) {
    constexpr sim::DelayMs kThreeDigits = 1000;
    sim::DelayMs unit = 1;
    while (duration / unit >= kThreeDigits) {
        unit *= 10;
    }
    return (duration + unit - 1) / unit * unit;
}

}  // namespace

Histogram::Histogram(sim::DelayMs least, sim::DelayMs most, Buckets buckets)
    : least_(least), most_(most), buckets_(std::move(buckets)) {}

void Histogram::add(sim::DelayMs duration) {
    add(Histogram(duration, duration, {{bucket_of(duration), 1}}));
}

void Histogram::add(const Histogram& other) {
    if (other.empty()) {
        return;
    }
    least_ = empty() ? other.least_ : std::min(least_, other.least_);
    most_ = std::max(most_, other.most_);
    for (const auto& [longest, times] : other.buckets_) {
        buckets_[longest] += times;
    }
}

std::uint64_t Histogram::count() const {
    std::uint64_t sum = 0;
    for (const auto& [longest, times] : buckets_) {
        sum += times;
    }
    return sum;
}

sim::DelayMs Histogram::percentile(unsigned thousandths) const {
    sim::ensure(!empty() && thousandths >= 1 && thousandths <= 1000, "a percentile of something");
    const std::uint64_t all = count();
    std::uint64_t seen = 0;
    for (const auto& [longest, times] : buckets_) {
        seen += times;
        if (seen * 1000 >= all * thousandths) {
            return std::clamp(longest, least_, most_);
        }
    }
    return most_;
}

}  // namespace failback::properties
