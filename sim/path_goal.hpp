// What the searches for paths share: costs, goals, and how far a node is from a goal at least.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "sim/arena.hpp"
#include "sim/path_search.hpp"

namespace failback::sim {

// Cost of a path: faults first, then steps, in one number.
using Cost = std::uint64_t;
inline constexpr Cost kFault = Cost{1} << 32;
inline constexpr Cost kStep = 1;
inline constexpr Cost kUnreachable = std::numeric_limits<Cost>::max();

[[nodiscard]] Cost cost_of(const Firing& firing);

// Could the firing be a goal step, for some timing?
[[nodiscard]] bool may_be_goal(const Firing& firing, const Goal& goal);

// Is it, with what the stopwatch showed?
[[nodiscard]] bool is_goal(const Firing& firing, const std::optional<Elapsed>& elapsed,
                           const Goal& goal);

// The least cost from each node to a goal step along firings that are possible for some timing; a
// lower bound of the real one. (Dijkstra.) Unless the system was searched exhaustively, every
// firing counts as possible, and a node that was never expanded may be right before the goal.
[[nodiscard]] std::vector<Cost> distances_to(TransitionSystem& system, const Goal& goal);

// The end of a list of classes.
inline constexpr std::uint32_t kNoClass = std::numeric_limits<std::uint32_t>::max();

// The way to a class from the first one. Each class has its parent, and the firing from there.
template <class Class>
[[nodiscard]] Path path_to(const Arena<Class>& classes, const Class& last) {
    Path path{{classes[last.parent].node, last.firing}};
    for (std::uint32_t id = last.parent; id != 0; id = classes[id].parent) {
        path.push_back({classes[classes[id].parent].node, classes[id].firing});
    }
    std::ranges::reverse(path);
    return path;
}

}  // namespace failback::sim
