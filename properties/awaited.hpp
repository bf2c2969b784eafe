// Whether what faults wait for can happen. A fault that never strikes is a mistake in the design,
// and what holds with it holds without it: like a premise that never happens.
#pragma once

#include <cstddef>
#include <vector>

#include "properties/check.hpp"

namespace failback::properties {

// A fault that waits for an event.
struct AwaitedVerdict {
    std::size_t fault = 0;   // of the design
    // holds: the event never happens, or not so often. violated: it does. Or undecided.
    Outcome never = Outcome::undecided;
    sim::SearchStatistics statistics;   // of a search, if random runs were not enough
};

// "never lapses(line1, primary)", "never registers(line1, primary) more than 1 times".
// REQUIRES: the fault waits for an event.
[[nodiscard]] Property never_awaited(const model::Design& design, const model::Fault& fault);

// Of all faults that wait, in their order. Of one that waits `after` another one, nothing is said.
[[nodiscard]] std::vector<AwaitedVerdict> check_awaited(const model::Design& design,
                                                        const CheckOptions& options);

}  // namespace failback::properties
