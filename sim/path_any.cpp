// Some path to a goal: the exploration once more, without merging, each class with its parent.
#include <algorithm>
#include <tuple>
#include <utility>

#include "sim/heap.hpp"
#include "sim/path_goal.hpp"

namespace failback::sim {

namespace {

// Steps of a level. Classes of one level are expanded before those of the next, so that paths do
// not become much longer than need be. Without levels a class that is reached after thousands of
// steps, and has grown larger with them, takes the place of those near the start. Small levels
// expand many classes that a larger one would have covered. The price: a goal that is thousands of
// steps away takes longer to reach than by going straight for the largest zones.
constexpr std::uint32_t kLevel = 64;

class AnyPathSearch {
public:
    AnyPathSearch(TransitionSystem& system, const Goal& goal)
        : system_(&system), goal_(goal), distance_(distances_to(system, goal)) {}

    PathResult run(const Limits& limits) {
        PathResult result;
        add({}, 0, initial_zone(system_->initial_origins()));
        while (!waiting_.empty() && !found_) {
            if (limits_due(result.statistics, limits) ||
                memory_bytes() > limits.max_memory_bytes) {
                update(result.statistics);
                result.statistics.stopped_by = limit_hit(result.statistics, limits);
                if (!result.statistics.stopped_by.empty()) {
                    return result;
                }
            }
            const std::uint32_t next = waiting_.pop().id;
            if (classes_[next].alive) {
                ++result.statistics.classes_expanded;
                expand(next);
            }
        }
        result.path = std::move(found_);
        result.statistics.complete = true;
        result.statistics.classes_stored = classes_.size();
        return result;
    }

private:
    struct Class {
        NodeId node = 0;
        std::uint32_t parent = 0;
        std::uint32_t firing = 0;   // of the parent's node
        std::uint32_t faults = 0;
        std::uint32_t steps = 0;
        std::uint32_t next = kNoClass;  // of the same node, if it is alive
        bool alive = true;
        const DelayMs* entries = nullptr;
    };
    struct Waiting {
        std::uint32_t faults = 0;
        std::uint32_t level = 0;
        std::int64_t extent = 0;
        std::uint32_t id = 0;
        friend bool operator<(const Waiting& a, const Waiting& b) {
            return std::tuple(b.faults, b.level, a.extent, b.id) <
                   std::tuple(a.faults, a.level, b.extent, a.id);
        }
    };

    [[nodiscard]] bool hopeless(NodeId node) const {
        return node < distance_.size() - 1 && distance_[node] == kUnreachable;
    }

    void add(Class link, NodeId node, ConstMatrix zone) {
        if (hopeless(node)) {
            return;
        }
        of_node_.extend_to(node + 1, kNoClass);
        for (std::uint32_t id = of_node_[node]; id != kNoClass; id = classes_[id].next) {
            if (includes({classes_[id].entries, zone.size()}, zone)) {
                return;
            }
        }
        bury_included(node, zone);
        link.node = node;
        link.entries = entries_.view(entries_.append(zone), zone.size()).data();
        const auto id = static_cast<std::uint32_t>(classes_.size());
        waiting_.push({link.faults, link.steps / kLevel, extent(zone), id});
        link.next = std::exchange(of_node_[node], id);
        classes_.append(link);
    }

    void bury_included(NodeId node, ConstMatrix zone) {
        std::uint32_t* link = &of_node_[node];
        while (*link != kNoClass) {
            Class& known = classes_[*link];
            if (includes(zone, {known.entries, zone.size()})) {
                known.alive = false;
                *link = known.next;
            } else {
                link = &known.next;
            }
        }
    }

    void expand(std::uint32_t id) {
        const NodeId node = classes_[id].node;
        const std::size_t dimension = system_->dimension(node);
        const ConstMatrix from(classes_[id].entries, dimension * dimension);
        std::uint32_t index = 0;
        for (const Firing& firing : system_->firings(node)) {
            Class link;
            link.parent = id;
            link.firing = index++;
            link.faults = classes_[id].faults + firing.faults;
            link.steps = classes_[id].steps + 1;
            if (found_ || !successor_.fire(from, dimension, firing, system_->origins(firing))) {
                continue;
            }
            if (is_goal(firing, successor_.elapsed(), goal_)) {
                found_ = path_to(classes_, link);
            } else if ((firing.marks & kViolation) == 0) {
                add(link, firing.target, successor_.zone());
            }
        }
    }

    void update(SearchStatistics& statistics) const {
        statistics.waiting = waiting_.size();
        statistics.memory_bytes = memory_bytes();
    }

    [[nodiscard]] std::uint64_t memory_bytes() const {
        return system_->memory_bytes() + classes_.memory_bytes() + entries_.memory_bytes() +
               of_node_.memory_bytes() + waiting_.memory_bytes() +
               distance_.size() * sizeof(Cost);
    }

    TransitionSystem* system_;
    Goal goal_;
    std::vector<Cost> distance_;
    Arena<Class> classes_;
    Arena<DelayMs> entries_;         // of their zones
    Arena<std::uint32_t> of_node_;   // the last alive class of each node
    Heap<Waiting> waiting_;
    SuccessorMaker successor_;
    std::optional<Path> found_;
};

}  // namespace

PathResult find_any_path(TransitionSystem& system, const Goal& goal, const Limits& limits) {
    return AnyPathSearch(system, goal).run(limits);
}

}  // namespace failback::sim
