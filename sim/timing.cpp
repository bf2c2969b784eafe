#include "sim/timing.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include <boost/graph/bellman_ford_shortest_paths.hpp>
#include <boost/graph/edge_list.hpp>

#include "sim/check.hpp"

namespace failback::sim {

namespace {

constexpr TimeMs kFar = std::numeric_limits<TimeMs>::max() / 4;

// A pending event on its way along the path.
struct Pending {
    std::uint32_t scheduled = 0;  // step
    Interval delay;
    bool watch = false;           // the stopwatch, not an event
    NodeId node = 0;              // where it was pending first, as which entry
    std::uint32_t entry = 0;
};

void add_latest(std::vector<Constraint>& constraints, const Pending& event, std::uint32_t step,
                bool fired) {
    if (event.delay.latest != kNever) {
        constraints.push_back({event.scheduled, step, event.delay.latest, Reason::latest, fired,
                               event.node, event.entry});
    }
}

Constraint order(std::uint32_t from, std::uint32_t to, TimeMs weight) {
    return {from, to, weight, Reason::order, false, 0, 0};
}

std::vector<Pending> start_of(TransitionSystem& system) {
    const auto firings = system.firings(0);
    const bool watching = !firings.empty() && firings.front().pending_watch;
    std::vector<Pending> pending;
    const auto origins = system.initial_origins();
    for (const Origin& origin : origins.subspan(1)) {
        const auto entry = static_cast<std::uint32_t>(pending.size());
        const bool last = pending.size() + 2 == origins.size();
        pending.push_back({0, origin.delay, last && watching, 0, entry});
    }
    return pending;
}

// What is pending after `step`; constrains what the step fires and what it cancels.
std::vector<Pending> advance(TransitionSystem& system, const Firing& firing, std::uint32_t step,
                             const std::vector<Pending>& before,
                             std::vector<Constraint>& constraints) {
    const Pending& fired = before[firing.entry];
    ensure(!fired.watch, "a pending event fires");
    add_latest(constraints, fired, step, true);
    constraints.push_back({step, fired.scheduled, -TimeMs{fired.delay.earliest}, Reason::earliest,
                           true, fired.node, fired.entry});
    std::vector<bool> kept(before.size(), false);
    std::vector<Pending> after;
    const auto origins = system.origins(firing);
    for (std::size_t index = 1; index < origins.size(); ++index) {
        const Origin& origin = origins[index];
        if (origin.base == firing.entry + 1) {
            const bool last = index + 1 == origins.size();
            after.push_back({step, origin.delay, last && starts(firing.watch), firing.target,
                             static_cast<std::uint32_t>(index - 1)});
        } else {
            after.push_back(before[origin.base - 1]);
            kept[origin.base - 1] = true;
        }
    }
    for (std::size_t entry = 0; entry < before.size(); ++entry) {
        if (!kept[entry] && entry != firing.entry && !before[entry].watch) {
            add_latest(constraints, before[entry], step, false);  // cancelled before it was overdue
        }
    }
    return after;
}

std::vector<Constraint> constraints_of(TransitionSystem& system, const Path& path) {
    std::vector<Constraint> constraints;
    std::vector<Pending> pending = start_of(system);
    std::uint32_t step = 0;
    for (const PathStep& link : path) {
        ++step;
        constraints.push_back(order(step, step - 1, 0));
        const Firing firing = system.firings(link.node)[link.firing];
        pending = advance(system, firing, step, pending, constraints);
    }
    for (const Pending& event : pending) {
        if (!event.watch) {
            add_latest(constraints, event, step, false);
        }
    }
    return constraints;
}

using Edge = std::pair<std::size_t, std::size_t>;

struct Shortest {
    std::vector<TimeMs> distance;
    std::vector<std::size_t> predecessor;
};

// Shortest paths from `source`, along the constraints or against them.
Shortest shortest_from(const std::vector<Constraint>& constraints, std::size_t steps,
                       std::size_t source, bool against) {
    std::vector<Edge> edges;
    std::vector<TimeMs> weights;
    for (const Constraint& constraint : constraints) {
        edges.emplace_back(against ? constraint.to : constraint.from,
                           against ? constraint.from : constraint.to);
        weights.push_back(constraint.weight);
    }
    const boost::edge_list<std::vector<Edge>::const_iterator> graph(edges.cbegin(), edges.cend());
    Shortest result{std::vector<TimeMs>(steps + 1, kFar), std::vector<std::size_t>(steps + 1)};
    for (std::size_t i = 0; i <= steps; ++i) {
        result.predecessor[i] = i;
    }
    result.distance[source] = 0;
    const auto combine = [](TimeMs a, TimeMs b) { return a >= kFar ? kFar : a + b; };
    const bool consistent = boost::bellman_ford_shortest_paths(
        graph, static_cast<int>(steps + 1),
        boost::weight_map(boost::make_iterator_property_map(
                              weights.begin(), boost::get(boost::edge_index, graph)))
            .distance_map(result.distance.data())
            .predecessor_map(result.predecessor.data())
            .distance_combine(combine));
    ensure(consistent, "a path of the search has a timing");
    return result;
}

std::vector<TimeMs> earliest(const std::vector<Constraint>& constraints, std::size_t steps) {
    // t_0 - t_k <= distance(k, 0), hence t_k >= -distance(k, 0).
    const Shortest to_start = shortest_from(constraints, steps, 0, true);
    std::vector<TimeMs> instants;
    for (const TimeMs distance : to_start.distance) {
        ensure(distance <= 0, "no step lies before the start");
        instants.push_back(-distance);
    }
    return instants;
}

// The constraints along the shortest path from `from` to `to`.
std::vector<Constraint> tight_chain(const std::vector<Constraint>& constraints,
                                    const Shortest& shortest, std::size_t from, std::size_t to) {
    std::vector<Constraint> chain;
    while (to != from) {
        const std::size_t before = shortest.predecessor[to];
        ensure(before != to, "the chain reaches its start");
        const auto link = std::ranges::find_if(constraints, [&](const Constraint& constraint) {
            return constraint.from == before && constraint.to == to &&
                   shortest.distance[before] + constraint.weight == shortest.distance[to];
        });
        ensure(link != constraints.end(), "a shortest path consists of constraints");
        chain.push_back(*link);
        to = before;
    }
    std::ranges::reverse(chain);
    return chain;
}

}  // namespace

Timing earliest_timing(TransitionSystem& system, const Path& path) {
    return {earliest(constraints_of(system, path), path.size()), {}};
}

std::optional<WatchSpan> watch_span(TransitionSystem& system, const Path& path) {
    std::optional<WatchSpan> span;
    std::uint32_t started = 0;
    std::uint32_t step = 0;
    for (const PathStep& link : path) {
        ++step;
        const Firing firing = system.firings(link.node)[link.firing];
        if (starts(firing.watch)) {
            started = step;
        } else if (firing.watch == Watch::stop && firing.pending_watch) {
            span = WatchSpan{started, step};
        }
    }
    return span;
}

Timing extreme_timing(TransitionSystem& system, const Path& path, WatchSpan span,
                      Extreme extreme) {
    std::vector<Constraint> constraints = constraints_of(system, path);
    const bool longest = extreme == Extreme::longest;
    const auto from = longest ? span.started : span.stopped;
    const auto to = longest ? span.stopped : span.started;
    const Shortest shortest = shortest_from(constraints, path.size(), from, false);
    ensure(shortest.distance[to] < kFar, "the duration has a bound");
    Timing timing;
    timing.chain = tight_chain(constraints, shortest, from, to);
    constraints.push_back(order(to, from, -shortest.distance[to]));
    timing.instants = earliest(constraints, path.size());
    return timing;
}

}  // namespace failback::sim
