// The canonical path to a goal: fewest faults, then fewest steps, then first in canonical order.
//
//  1. Independent of the order in which the space was explored before: a best-first search of its
//     own over exact zones (no merging), guided by distances in the discrete graph (A*).
//  2. Every path that it returns is possible; its timing is solved by timing.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/explorer.hpp"
#include "sim/transition_system.hpp"

namespace failback::sim {

// A step is a goal if it has all `marks`, and if it stopped the stopwatch within the given times.
struct Goal {
    std::uint32_t marks = 0;
    std::optional<DelayMs> elapsed_at_least;
    std::optional<DelayMs> elapsed_at_most;
};

struct PathStep {
    NodeId node = 0;          // where it starts
    std::uint32_t firing = 0; // index into firings(node)
};

using Path = std::vector<PathStep>;

struct PathResult {
    std::optional<Path> path;      // none: there is no way to the goal, or a limit was hit
    bool shortest = true;          // fewest faults and steps; else some path
    SearchStatistics statistics;
};

// In which order paths are looked at, and among which zones.
struct PathOrder {
    bool loosened = false;  // among loosened zones (loosen.hpp): the path may not be possible
    // Of equally promising classes the deepest first: any of the shortest paths is found, and fast
    // where independent steps can be interleaved in many ways. Else the canonical one.
    bool eager = false;
};

// The shortest path: fewest faults, then fewest steps.
[[nodiscard]] PathResult find_shortest_path(TransitionSystem& system, const Goal& goal,
                                            const Limits& limits = {}, PathOrder order = {});

// Is there a timing for the path, with which its last step is a goal?
[[nodiscard]] bool possible(TransitionSystem& system, const Path& path, const Goal& goal);

// Some path, found fast: fewest faults, then about the fewest steps, then largest zone first.
// Deterministic.
[[nodiscard]] PathResult find_any_path(TransitionSystem& system, const Goal& goal,
                                       const Limits& limits = {});

// The canonical path if it is found within so many classes, else one that is as short, else some.
inline constexpr std::uint64_t kClassesForShortest = 20'000;
[[nodiscard]] PathResult find_path(TransitionSystem& system, const Goal& goal,
                                   const Limits& limits = {});

}  // namespace failback::sim
