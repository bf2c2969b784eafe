// Some path to a goal: the exploration once more, without merging, each class with its parent.
#include <algorithm>
#include <tuple>

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
            if (limits_due(result.statistics, limits)) {
                update(result.statistics);
                if (limit_hit(limits, result.statistics)) {
                    return result;
                }
            }
            std::pop_heap(waiting_.begin(), waiting_.end());
            const std::uint32_t next = waiting_.back().id;
            waiting_.pop_back();
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
        bool alive = true;
        std::vector<DelayMs> zone;
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
        of_node_.resize(std::max<std::size_t>(of_node_.size(), node + 1));
        std::vector<std::uint32_t>& known = of_node_[node];
        const bool covered = std::ranges::any_of(
            known, [&](std::uint32_t id) { return includes(classes_[id].zone, zone); });
        if (covered) {
            return;
        }
        std::erase_if(known, [&](std::uint32_t id) {
            const bool inside = includes(zone, classes_[id].zone);
            classes_[id].alive = classes_[id].alive && !inside;
            return inside;
        });
        link.node = node;
        link.zone.assign(zone.begin(), zone.end());
        memory_ += sizeof(Class) + zone.size_bytes();
        const auto id = static_cast<std::uint32_t>(classes_.size());
        waiting_.push_back({link.faults, link.steps / kLevel, extent(zone), id});
        std::push_heap(waiting_.begin(), waiting_.end());
        known.push_back(id);
        classes_.push_back(std::move(link));
    }

    void expand(std::uint32_t id) {
        const std::vector<DelayMs> from = classes_[id].zone;
        const NodeId node = classes_[id].node;
        const std::size_t dimension = system_->dimension(node);
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
                add(std::move(link), firing.target, successor_.zone());
            }
        }
    }

    void update(SearchStatistics& statistics) const {
        statistics.waiting = waiting_.size();
        statistics.memory_bytes = memory_ + system_->memory_bytes();
    }

    TransitionSystem* system_;
    Goal goal_;
    std::vector<Cost> distance_;
    std::vector<Class> classes_;
    std::vector<std::vector<std::uint32_t>> of_node_;
    std::vector<Waiting> waiting_;   // a heap
    SuccessorMaker successor_;
    std::optional<Path> found_;
    std::uint64_t memory_ = 0;
};

}  // namespace

PathResult find_any_path(TransitionSystem& system, const Goal& goal, const Limits& limits) {
    return AnyPathSearch(system, goal).run(limits);
}

}  // namespace failback::sim
