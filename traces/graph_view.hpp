// A state graph in the language of Graphviz.
//
//  1. Nodes are called s1, s2, ... in the order of their keys, and everything is written in that
//     order: equal graphs give equal texts.
//  2. Nodes at the same distance from the initial ones stand side by side.
#pragma once

#include <string>

#include "traces/state_graph.hpp"

namespace failback::traces {

// Above so many nodes the texts of the edges are tooltips only: Graphviz needs minutes to place
// them (8.5 s for 100 nodes).
inline constexpr std::size_t kMostLabelledNodes = 80;

[[nodiscard]] std::string as_dot(const StateGraph& graph);

}  // namespace failback::traces
