#include "model/sip/clock_rates.hpp"

#include <algorithm>
#include <vector>

#include "model/sip/sip_step.hpp"

namespace failback::model {

std::span<const int> rates_of(const Phone& phone) {
    return phone.clock_rates.empty() ? std::span(&phone.clock_ppm, 1)
                                     : std::span(phone.clock_rates);
}

bool has_clock(const Phone& phone) {
    return std::ranges::any_of(rates_of(phone), [](int ppm) { return ppm != 0; });
}

std::int64_t longest_by_clock(std::int64_t counted, const Phone& phone) {
    std::int64_t longest = 0;
    for (const int ppm : rates_of(phone)) {
        longest = std::max(longest, at_longest(counted, ppm));
    }
    return longest;
}

std::int64_t shortest_by_clock(std::int64_t counted, const Phone& phone) {
    std::int64_t shortest = at_shortest(counted, rates_of(phone).front());
    for (const int ppm : rates_of(phone)) {
        shortest = std::min(shortest, at_shortest(counted, ppm));
    }
    return shortest;
}

std::int64_t longest_if_slow(std::int64_t counted, const Phone& phone) {
    std::int64_t longest = 0;
    for (const int ppm : rates_of(phone)) {
        longest = std::max(longest, at_longest(counted, std::min(ppm, 0)));
    }
    return longest;
}

std::int64_t shortest_if_fast(std::int64_t counted, const Phone& phone) {
    std::int64_t shortest = counted;
    for (const int ppm : rates_of(phone)) {
        shortest = std::min(shortest, at_shortest(counted, std::max(ppm, 0)));
    }
    return shortest;
}

bool may_count(const Phone& phone, DelayMs counted, std::int64_t ms) {
    return std::ranges::any_of(rates_of(phone), [&](int ppm) {
        const Interval time = true_time(sim::exactly(counted), ppm);
        return ms >= time.earliest && ms <= time.latest;
    });
}

int SipModel::clock_of(Step& step, std::size_t phone) const {
    const Phone& owner = design_->phones[phone];
    if (owner.clock_rates.empty()) {
        return owner.clock_ppm;
    }
    std::uint8_t& chosen = step.state.clocks[phone];
    if (chosen == 0) {
        const std::uint8_t pick =
            step.pick(std::vector<std::uint64_t>(owner.clock_rates.size(), 1));
        chosen = static_cast<std::uint8_t>(pick + 1);
        step.observe(Notice::clock_runs, phone, pick);
    }
    return owner.clock_rates[chosen - std::size_t{1}];
}

}  // namespace failback::model
