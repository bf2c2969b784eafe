#include "sim/path_search.hpp"

#include <algorithm>
#include <queue>
#include <tuple>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/dijkstra_shortest_paths.hpp>

#include "sim/check.hpp"

namespace failback::sim {

namespace {

// Cost of a path: faults first, then steps, in one number.
using Cost = std::uint64_t;
constexpr Cost kFault = Cost{1} << 32;
constexpr Cost kStep = 1;
constexpr Cost kUnreachable = std::numeric_limits<Cost>::max();
constexpr std::uint64_t kPollEvery = 1024;

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

using ReverseGraph =
    boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS, boost::no_property,
                          boost::property<boost::edge_weight_t, Cost>>;

// The least cost from each node to a goal step if time did not matter; a lower bound of the real
// one. A node that was never expanded may be right before the goal.
std::vector<Cost> distances_to(TransitionSystem& system, const Goal& goal) {
    const std::size_t nodes = system.nodes();
    ReverseGraph graph(nodes + 1);
    for (NodeId node = 0; node < nodes; ++node) {
        if (!system.expanded(node)) {
            boost::add_edge(nodes, node, 0, graph);
            continue;
        }
        for (const Firing& firing : system.firings(node)) {
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

class PathSearch {
public:
    PathSearch(TransitionSystem& system, const Goal& goal)
        : system_(&system), goal_(goal), distance_(distances_to(system, goal)) {}

    PathResult run(const Limits& limits) {
        PathResult result;
        push({}, 0, system_->dimension(0), initial_zone(system_->initial_origins()));
        while (!queue_.empty()) {
            if (result.statistics.classes_expanded % kPollEvery == 0 &&
                limit_hit(limits, result.statistics)) {
                return result;
            }
            const Waiting next = queue_.top();
            queue_.pop();
            if (classes_[next.id].goal) {
                result.path = path_to(next.id);
                break;
            }
            ++result.statistics.classes_expanded;
            expand(next.id);
        }
        result.statistics.complete = true;
        result.statistics.classes_stored = classes_.size();
        return result;
    }

private:
    struct Class {
        NodeId node = 0;
        std::uint32_t parent = 0;
        std::uint32_t firing = 0;   // of the parent's node
        Cost cost = 0;
        bool goal = false;
        std::vector<DelayMs> zone;
    };
    struct Waiting {
        Cost estimate = 0;
        std::uint32_t id = 0;
        friend bool operator<(const Waiting& a, const Waiting& b) {
            return std::tie(a.estimate, a.id) > std::tie(b.estimate, b.id);
        }
    };

    [[nodiscard]] Cost estimate(NodeId node) const {
        return node < distance_.size() - 1 ? distance_[node] : 0;
    }

    void push(const Class& link, NodeId node, std::size_t dimension, ConstMatrix zone) {
        const Cost rest = link.goal ? 0 : estimate(node);
        if (rest == kUnreachable || (!link.goal && covered(node, link.cost, zone))) {
            return;
        }
        ensure(zone.size() == dimension * dimension, "a zone fits its node");
        Class entry = link;
        entry.node = node;
        entry.zone.assign(zone.begin(), zone.end());
        memory_ += zone.size_bytes() + sizeof(Class);
        const auto id = static_cast<std::uint32_t>(classes_.size());
        classes_.push_back(std::move(entry));
        if (!link.goal) {
            of_node_.resize(std::max<std::size_t>(of_node_.size(), node + 1));
            of_node_[node].push_back(id);
        }
        queue_.push({link.cost + rest, id});
    }

    [[nodiscard]] bool covered(NodeId node, Cost cost, ConstMatrix zone) const {
        if (node >= of_node_.size()) {
            return false;
        }
        return std::ranges::any_of(of_node_[node], [&](std::uint32_t id) {
            return classes_[id].cost <= cost && includes(classes_[id].zone, zone);
        });
    }

    void expand(std::uint32_t id) {
        const NodeId node = classes_[id].node;
        const Cost cost = classes_[id].cost;
        const std::vector<DelayMs> from = classes_[id].zone;
        const std::size_t dimension = system_->dimension(node);
        std::uint32_t index = 0;
        for (const Firing& firing : system_->firings(node)) {
            Class link;
            link.parent = id;
            link.firing = index++;
            link.cost = cost + cost_of(firing);
            follow(firing, link, from, dimension);
        }
    }

    void follow(const Firing& firing, Class link, const std::vector<DelayMs>& from,
                std::size_t dimension) {
        const bool passable =
            (firing.marks & kViolation) == 0 && estimate(firing.target) != kUnreachable;
        if (!passable && !may_be_goal(firing, goal_)) {
            return;
        }
        if (!successor_.fire(from, dimension, firing, system_->origins(firing))) {
            return;
        }
        if (passable) {
            push(link, firing.target, firing.origins, successor_.zone());
        }
        if (is_goal(firing, successor_.elapsed(), goal_)) {
            link.goal = true;
            push(link, firing.target, firing.origins, successor_.zone());
        }
    }

    [[nodiscard]] Path path_to(std::uint32_t id) const {
        Path path;
        while (id != 0) {
            path.push_back({classes_[classes_[id].parent].node, classes_[id].firing});
            id = classes_[id].parent;
        }
        std::ranges::reverse(path);
        return path;
    }

    [[nodiscard]] bool limit_hit(const Limits& limits, SearchStatistics& statistics) const {
        statistics.classes_stored = classes_.size();
        statistics.waiting = queue_.size();
        statistics.memory_bytes = memory_ + system_->memory_bytes();
        if (statistics.memory_bytes > limits.max_memory_bytes) {
            statistics.stopped_by = "memory limit";
        } else if (statistics.classes_expanded >= limits.max_classes) {
            statistics.stopped_by = "limit on the number of classes";
        } else if (limits.poll) {
            statistics.stopped_by = limits.poll(statistics);
        }
        return !statistics.stopped_by.empty();
    }

    TransitionSystem* system_;
    Goal goal_;
    std::vector<Cost> distance_;
    std::vector<Class> classes_;
    std::vector<std::vector<std::uint32_t>> of_node_;
    std::priority_queue<Waiting> queue_;
    SuccessorMaker successor_;
    std::uint64_t memory_ = 0;
};

}  // namespace

PathResult find_path(TransitionSystem& system, const Goal& goal, const Limits& limits) {
    return PathSearch(system, goal).run(limits);
}

}  // namespace failback::sim
