#include "sim/path_goal.hpp"

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/dijkstra_shortest_paths.hpp>

namespace failback::sim {

Cost cost_of(const Firing& firing) { return firing.faults * kFault + kStep; }

bool may_be_goal(const Firing& firing, const Goal& goal) {
    const bool needs_watch = goal.elapsed_at_least || goal.elapsed_at_most;
    return (firing.marks & goal.marks) == goal.marks &&
           (!needs_watch || (firing.watch == Watch::stop && firing.pending_watch));
}

bool is_goal(const Firing& firing, const std::optional<Elapsed>& elapsed, const Goal& goal) {
    if (!may_be_goal(firing, goal)) {
        return false;
    }
    return (!goal.elapsed_at_least || elapsed->most >= *goal.elapsed_at_least) &&
           (!goal.elapsed_at_most || elapsed->least <= *goal.elapsed_at_most);
}

namespace {

using ReverseGraph =
    boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS, boost::no_property,
                          boost::property<boost::edge_weight_t, Cost>>;

}  // namespace

std::vector<Cost> distances_to(TransitionSystem& system, const Goal& goal) {
    const std::size_t nodes = system.nodes();
    ReverseGraph graph(nodes + 1);
    for (NodeId node = 0; node < nodes; ++node) {
        if (!system.expanded(node)) {
            boost::add_edge(nodes, node, 0, graph);
            continue;
        }
        for (const Firing& firing : system.firings(node)) {
            if (system.exhausted() && !firing.possible) {
                continue;
            }
            if (may_be_goal(firing, goal)) {
                boost::add_edge(nodes, node, cost_of(firing), graph);
            }
            if ((firing.marks & kViolation) == 0) {
                boost::add_edge(firing.target, node, cost_of(firing), graph);
            }
        }
    }
    std::vector<Cost> distance(nodes + 1, kUnreachable);
    boost::dijkstra_shortest_paths(
        graph, nodes,
        boost::distance_map(
            boost::make_iterator_property_map(distance.begin(),
                                              boost::get(boost::vertex_index, graph)))
            .distance_inf(kUnreachable));
    return distance;
}

}  // namespace failback::sim
