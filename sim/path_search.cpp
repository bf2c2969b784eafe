#include "sim/path_search.hpp"

#include <algorithm>

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
            const std::uint64_t expanded = result.statistics.classes_expanded;
            if ((expanded % kPollEvery == 0 || expanded >= limits.max_classes) &&
                limit_hit(limits, result.statistics)) {
                return result;
            }
            const std::uint32_t next = pop();
            if (classes_[next].goal) {
                result.path = path_to(next);
                break;
            }
            if (!covered(classes_[next], classes_[next].zone)) {
                ++result.statistics.classes_expanded;
                expand(next);
            }
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
    };

    [[nodiscard]] Cost estimate(NodeId node) const {
        return node < distance_.size() - 1 ? distance_[node] : 0;
    }

    // Canonical order of paths: the first step that differs decides; a path comes before what
    // continues it. It depends on the paths alone, unlike the numbers of the classes.
    [[nodiscard]] bool comes_before(const Class& one, const Class& other) const {
        const auto steps = [](const Class* end) { return end->cost % kFault; };
        const Class* a = &one;
        const Class* b = &other;
        while (steps(a) > steps(b)) {
            a = &classes_[a->parent];
        }
        while (steps(b) > steps(a)) {
            b = &classes_[b->parent];
        }
        if (a == b) {
            return steps(&one) < steps(&other);
        }
        while (a->parent != b->parent) {
            a = &classes_[a->parent];
            b = &classes_[b->parent];
        }
        return a->firing < b->firing;
    }

    // The order of the heap, which gives the greatest first.
    [[nodiscard]] auto later() const {
        return [this](const Waiting& a, const Waiting& b) {
            return a.estimate != b.estimate ? a.estimate > b.estimate
                                            : comes_before(classes_[b.id], classes_[a.id]);
        };
    }

    void push(Class link, NodeId node, std::size_t dimension, ConstMatrix zone) {
        link.node = node;
        const Cost rest = link.goal ? 0 : estimate(node);
        if (rest == kUnreachable || (!link.goal && covered(link, zone))) {
            return;
        }
        ensure(zone.size() == dimension * dimension, "a zone fits its node");
        link.zone.assign(zone.begin(), zone.end());
        memory_ += zone.size_bytes() + sizeof(Class);
        const auto id = static_cast<std::uint32_t>(classes_.size());
        queue_.push_back({link.cost + rest, id});
        if (!link.goal) {
            of_node_.resize(std::max<std::size_t>(of_node_.size(), node + 1));
            of_node_[node].push_back(id);
        }
        classes_.push_back(std::move(link));
        std::push_heap(queue_.begin(), queue_.end(), later());
    }

    std::uint32_t pop() {
        std::pop_heap(queue_.begin(), queue_.end(), later());
        const std::uint32_t id = queue_.back().id;
        queue_.pop_back();
        return id;
    }

    // Does a class that is cheaper, or as cheap and canonically earlier, include this one?
    [[nodiscard]] bool covered(const Class& link, ConstMatrix zone) const {
        if (link.node >= of_node_.size()) {
            return false;
        }
        return std::ranges::any_of(of_node_[link.node], [&](std::uint32_t id) {
            const Class& known = classes_[id];
            return known.cost <= link.cost && includes(known.zone, zone) &&
                   (known.cost < link.cost || comes_before(known, link));
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
    std::vector<Waiting> queue_;        // a heap
    SuccessorMaker successor_;
    std::uint64_t memory_ = 0;
};

}  // namespace

PathResult find_path(TransitionSystem& system, const Goal& goal, const Limits& limits) {
    return PathSearch(system, goal).run(limits);
}

}  // namespace failback::sim
