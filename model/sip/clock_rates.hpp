// Phones whose clock has one of several rates, and which one is not known.
//
//  1. The rate of a phone is chosen once in a run, in the first step in which a timer of the phone
//     may depend on it, and kept, whatever becomes of the phone. A search chooses each one.
//  2. What must hold for every rate counts with the worst of them.
#pragma once

#include <cstdint>
#include <span>

#include "model/design.hpp"
#include "model/sip/clock.hpp"

namespace failback::model {

[[nodiscard]] std::span<const int> rates_of(const Phone& phone);

// May its clock be another one than that of true time?
[[nodiscard]] bool has_clock(const Phone& phone);

// As at_longest() and at_shortest(), by any clock that the phone may have.
[[nodiscard]] std::int64_t longest_by_clock(std::int64_t counted, const Phone& phone);
[[nodiscard]] std::int64_t shortest_by_clock(std::int64_t counted, const Phone& phone);
// The same of what is of true time in part, which a fast clock does not make shorter, and a slow
// one not longer.
[[nodiscard]] std::int64_t longest_if_slow(std::int64_t counted, const Phone& phone);
[[nodiscard]] std::int64_t shortest_if_fast(std::int64_t counted, const Phone& phone);

// May that clock count so much in that time?
[[nodiscard]] bool may_count(const Phone& phone, DelayMs counted, std::int64_t ms);

}  // namespace failback::model
