// Which search for a path comes first, and what its result is worth.
#include <algorithm>

#include "sim/path_goal.hpp"
#include "sim/path_search.hpp"

namespace failback::sim {

namespace {

bool has_parts(const TransitionSystem& system) {
    for (NodeId node = 0; node < system.nodes(); ++node) {
        if (!system.parts(node).empty()) {
            return true;
        }
    }
    return false;
}

bool given_up(const PathResult& result, const Limits& limits) {
    return !result.statistics.complete &&
           result.statistics.classes_expanded >= limits.max_classes;
}

}  // namespace

bool possible(TransitionSystem& system, const Path& path, const Goal& goal) {
    SuccessorMaker successor;
    std::vector<DelayMs> zone = initial_zone(system.initial_origins());
    for (const PathStep& step : path) {
        const Firing firing = system.firings(step.node)[step.firing];
        if (!successor.fire(zone, system.dimension(step.node), firing, system.origins(firing))) {
            return false;
        }
        zone.assign(successor.zone().begin(), successor.zone().end());
        if (&step == &path.back()) {
            return is_goal(firing, successor.elapsed(), goal);
        }
    }
    return false;
}

namespace {

// The stages before any path is taken: each is given up after kClassesForShortest classes.
constexpr PathOrder kStages[] = {
    {.loosened = true}, {}, {.loosened = true, .eager = true}, {.eager = true}};

}  // namespace

// Among loosened zones there are more paths, and few zones. If the first of them is possible it is
// the first of all.
PathResult find_path(TransitionSystem& system, const Goal& goal, const Limits& limits) {
    Limits first = limits;
    first.max_classes = std::min(limits.max_classes, kClassesForShortest);
    const bool parts = has_parts(system);
    PathResult found;
    for (const PathOrder order : kStages) {
        if (order.loosened && !parts) {
            continue;
        }
        found = find_shortest_path(system, goal, first, order);
        const bool refuted = found.path && order.loosened && !possible(system, *found.path, goal);
        if (!refuted && !given_up(found, first)) {
            return found;
        }
        found.path.reset();
    }
    if (limits.max_classes <= kClassesForShortest) {
        return found;
    }
    PathResult any = find_any_path(system, goal, limits);
    any.shortest = false;
    return any;
}

}  // namespace failback::sim
