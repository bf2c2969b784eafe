// Forgetting how the timers of different parts of a model are related.
//
//  1. A loosened zone has every point of the zone, and more: a search over loosened zones reaches
//     all that can be reached, and what it does not reach cannot be.
//  2. Each part keeps what is known among its own timers and those that it shares with others: of
//     its branch (the faults of a server), and of the root (the present, the stopwatch, deadlines).
//     The difference of other timers is bounded only by what each has to do with shared ones.
//  3. The phases of independent parts drift against each other in tiny steps. An exact search walks
//     through all of them; a loosened one takes them as arbitrary at once.
#pragma once

#include <span>

#include "sim/dbm.hpp"
#include "sim/model.hpp"

namespace failback::sim {

// Is the difference of two timers kept? If one's part is the other's, or shared with it.
[[nodiscard]] constexpr bool related(PartId a, PartId b) {
    const bool same_branch = a.branch == b.branch || a.branch == 0 || b.branch == 0;
    return same_branch && (a.leaf == b.leaf || a.leaf == 0 || b.leaf == 0);
}

[[nodiscard]] bool all_related(std::span<const PartId> parts);

// The zone must be canonical, and stays so. parts[i] is the part of index i; none: all are related,
// and the zone stays as it is.
void loosen(Matrix zone, std::span<const PartId> parts);

}  // namespace failback::sim
