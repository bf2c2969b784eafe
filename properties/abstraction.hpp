// Searches that reach too much, and are cheap: what they do not reach cannot be.
//
//  1. Abstracted: of some registrations only the belief of the phone is kept, and it may change at
//     any time. First of all registrations, then of all but one, and so on. Often a property holds
//     because of few of them, and the product of their state spaces is never needed.
//  2. Loosened: all registrations, but without the differences between their timers
//     (sim/loosen.hpp), so that their phases need not drift through each other.
//  3. Neither finds violations, nor premises that never come true: a premise must be met by a run
//     of the model itself.
#pragma once

#include <cstdint>

#include "properties/findings.hpp"

namespace failback::properties {

// settled: it holds, or is vacuous, and the verdict says so. suspicious: there may be a violation.
// none: there is nothing to leave out.
enum class Approximation : std::uint8_t { settled, suspicious, unknown, none };

[[nodiscard]] Approximation approximate(Verdict& verdict, Searched& search,
                                        const model::Design& design, const Property& property,
                                        const CheckOptions& options);

// Either kind of search, one that reaches too much and the exact one, may be short where the other
// takes for ever. So the first is thrifty and the exact one gets so many classes, and then each
// gets all. `approximately` says what it has come to, `exactly` whether it has come to an end.
template <class Approximately, class Exactly>
void search_in_turns(const CheckOptions& options, Approximately approximately, Exactly exactly) {
    constexpr std::uint64_t kClassesAtFirst = 100'000;
    CheckOptions now = options;
    for (const bool thrifty : {true, false}) {
        now.thrifty = thrifty;
        if (now.approximate) {
            const Approximation found = approximately(now);
            if (found == Approximation::settled) {
                return;
            }
            now.approximate = found != Approximation::none;
        }
        if (exactly(thrifty && now.approximate ? kClassesAtFirst : UINT64_MAX)) {
            return;
        }
    }
}

// The first search of measure(): what it finds is no less than what can be.
[[nodiscard]] sim::SearchResult loosened_search(Searched& search, const CheckOptions& options);

}  // namespace failback::properties
