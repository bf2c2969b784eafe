// A quotient of the explored states: one node for each combination of the observables that the
// user groups by. Nodes and edges are kept in canonical order, so that pictures can be compared.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace failback::traces {

struct GraphNode {
    std::uint64_t states = 0;   // discrete states folded into it
    bool initial = false;
    bool violating = false;     // some violation of the drawn trace ends here
    bool on_path = false;       // visited by the drawn trace
};

struct GraphEdge {
    std::set<std::string> labels;   // kinds of events that lead from one group to the other
    bool on_path = false;
};

// A node is named by the values of the observables, in the order of `variables`.
using GroupKey = std::vector<std::string>;

struct StateGraph {
    std::vector<std::string> variables;
    std::map<GroupKey, GraphNode> nodes;
    std::map<std::pair<GroupKey, GroupKey>, GraphEdge> edges;
};

}  // namespace failback::traces
