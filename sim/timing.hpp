// When the steps of a path happen: integer instants that satisfy every interval, and the chain of
// constraints that makes a duration as long (or short) as it is.
//
//  1. Step k = 1..K happens at t_k, the start is t_0 = 0. Every interval of a pending event and the
//     order of the steps is a constraint t_v - t_u <= w, an edge u -> v of a graph with weight w.
//     The greatest possible t_v - t_u is the length of the shortest path from u to v.
//  2. All instants given are the earliest possible ones, so they are unique.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/path_search.hpp"
#include "sim/time.hpp"

namespace failback::sim {

// Why two steps are at most so far apart.
enum class Reason : std::uint8_t {
    latest,    // an event scheduled in `from` had fired, or was not overdue, in `to`: + latest
    earliest,  // an event scheduled in `to` could not fire before `from`: - earliest
    order,     // `to` comes before `from` in the path: 0
};

struct Constraint {
    std::uint32_t from = 0;  // steps; 0 is the start
    std::uint32_t to = 0;
    TimeMs weight = 0;       // t_to - t_from <= weight
    Reason reason = Reason::order;
    bool fired = false;      // latest, earliest: the event fired in `to` (`from`), or only waited
    NodeId node = 0;         // latest, earliest: the event is entry `entry` of this node's agenda
    std::uint32_t entry = 0;
};

// Where the stopwatch was started and stopped; steps of a path.
struct WatchSpan {
    std::uint32_t started = 0;
    std::uint32_t stopped = 0;
};

struct Timing {
    std::vector<TimeMs> instants;     // t_0 .. t_K
    std::vector<Constraint> chain;    // what adds up to the duration asked for, in order
};

enum class Extreme : std::uint8_t { longest, shortest };

// Earliest instants of a path. THROWS InternalError if the path is not possible.
[[nodiscard]] Timing earliest_timing(TransitionSystem& system, const Path& path);

// The last stretch of the path during which the stopwatch ran.
[[nodiscard]] std::optional<WatchSpan> watch_span(TransitionSystem& system, const Path& path);

// Earliest instants among those that make the span as long or as short as this path allows.
[[nodiscard]] Timing extreme_timing(TransitionSystem& system, const Path& path, WatchSpan span,
                                    Extreme extreme);

}  // namespace failback::sim
