#include "traces/graph_view.hpp"

#include <iterator>
#include <limits>
#include <map>
#include <vector>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/breadth_first_search.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sim/check.hpp"

namespace failback::traces {
namespace {

using Adjacency = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;
using Vertex = boost::graph_traits<Adjacency>::vertex_descriptor;

constexpr Vertex kUnreached = std::numeric_limits<Vertex>::max();

std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            result += '\\';
        }
        result += c == '\n' ? ' ' : c;
    }
    return result;
}

class DotWriter {
public:
    explicit DotWriter(const StateGraph& graph) : graph_(graph), adjacency_(graph.nodes.size()) {
        for (const auto& [key, node] : graph.nodes) {
            numbers_.emplace(key, numbers_.size());
        }
        for (const auto& [ends, edge] : graph.edges) {
            boost::add_edge(number(ends.first), number(ends.second), adjacency_);
        }
        distance_ = distances();
    }

    std::string text() && {
        text_ =
            "digraph states {\n"
            "  bgcolor=\"white\"\n"
            "  node [shape=box, style=\"rounded,filled\", fillcolor=\"#f5f7f9\", "
            "color=\"#5c6b7a\", fontname=\"sans-serif\", fontsize=11]\n"
            "  edge [color=\"#5c6b7a\", fontcolor=\"#5c6b7a\", fontname=\"sans-serif\", "
            "fontsize=9, arrowsize=0.7]\n";
        for (const auto& [key, group] : graph_.nodes) {
            node(key, group);
        }
        ranks();
        for (const auto& [ends, link] : graph_.edges) {
            edge(number(ends.first), number(ends.second), link);
        }
        return text_ + "}\n";
    }

private:
    Vertex number(const GroupKey& key) const {
        const auto found = numbers_.find(key);
        sim::ensure(found != numbers_.end(), "an edge connects nodes of the graph");
        return found->second;
    }

    void node(const GroupKey& key, const GraphNode& group) {
        sim::ensure(key.size() == graph_.variables.size(), "a node has a value for each variable");
        std::string label;
        for (std::size_t i = 0; i < key.size(); ++i) {
            label += fmt::format("{}: {}\\l", escaped(graph_.variables[i]), escaped(key[i]));
        }
        const std::string count =
            fmt::format("{} {}", group.states, group.states == 1 ? "state" : "states");
        text_ += fmt::format("  s{0} [id=\"s{0}\", label=\"{1}{2}\\l\", tooltip=\"{2}\"",
                             number(key) + 1, label, count);
        if (group.initial) {
            text_ += ", peripheries=2";
        }
        if (group.violating) {
            text_ += ", fillcolor=\"#fbd5c8\"";
        }
        if (group.violating || group.on_path) {
            text_ += ", color=\"#c8371b\"";
        }
        if (group.on_path) {
            text_ += ", penwidth=2.5";
        }
        text_ += "]\n";
    }

    void edge(Vertex from, Vertex to, const GraphEdge& link) {
        const std::string kinds = escaped(fmt::format("{}", fmt::join(link.labels, ", ")));
        // Graphviz sets a label right against its edge; the blanks keep the two apart.
        text_ += graph_.nodes.size() <= kMostLabelledNodes
                     ? fmt::format("  s{} -> s{} [label=\"  {}  \"", from + 1, to + 1, kinds)
                     : fmt::format("  s{} -> s{} [edgetooltip=\"{}\"", from + 1, to + 1, kinds);
        if (link.on_path) {
            text_ += ", color=\"#c8371b\", fontcolor=\"#c8371b\", penwidth=2.5";
        }
        // An edge that leads back takes no part in the ranking, or initial nodes might sink.
        const bool is_reached = distance_[from] != kUnreached;
        if (is_reached && distance_[to] <= distance_[from]) {
            text_ += ", constraint=false";
        }
        text_ += "]\n";
    }

    // Steps from the nearest initial node, by breadth-first search from all of them at once.
    std::vector<Vertex> distances() const {
        std::vector<Vertex> distance(graph_.nodes.size(), kUnreached);
        std::vector<Vertex> starts;
        for (const auto& [key, group] : graph_.nodes) {
            if (group.initial) {
                starts.push_back(number(key));
                distance[starts.back()] = 0;
            }
        }
        const auto record = boost::record_distances(distance.data(), boost::on_tree_edge());
        boost::queue<Vertex> waiting;
        std::vector<boost::default_color_type> colors(graph_.nodes.size());
        boost::breadth_first_search(adjacency_, starts.begin(), starts.end(), waiting,
                                    boost::make_bfs_visitor(record), colors.data());
        return distance;
    }

    void ranks() {
        std::map<Vertex, std::vector<std::string>> levels;
        Vertex vertex = 0;
        for (const Vertex distance : distance_) {
            ++vertex;
            if (distance != kUnreached) {
                levels[distance].push_back(fmt::format("s{}", vertex));
            }
        }
        for (const auto& [distance, names] : levels) {
            text_ += fmt::format("  {{ rank=same; {} }}\n", fmt::join(names, "; "));
        }
    }

    const StateGraph& graph_;
    Adjacency adjacency_;
    std::map<GroupKey, Vertex> numbers_;  // in the order of the keys
    std::vector<Vertex> distance_;
    std::string text_;
};

}  // namespace

std::string as_dot(const StateGraph& graph) { return DotWriter(graph).text(); }

}  // namespace failback::traces
