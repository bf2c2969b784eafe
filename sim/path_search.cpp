#include "sim/path_search.hpp"

#include <algorithm>
#include <utility>

#include "sim/check.hpp"
#include "sim/loosen.hpp"
#include "sim/path_goal.hpp"

namespace failback::sim {

namespace {

class PathSearch {
public:
    PathSearch(TransitionSystem& system, const Goal& goal, PathOrder order)
        : system_(&system),
          goal_(goal),
          order_(order),
          distance_(distances_to(system, goal)) {}

    PathResult run(const Limits& limits) {
        PathResult result;
        push({}, 0, system_->dimension(0), initial_zone(system_->initial_origins()));
        while (!queue_.empty()) {
            if (limits_due(result.statistics, limits) ||
                memory_bytes() > limits.max_memory_bytes) {
                update(result.statistics);
                result.statistics.stopped_by = limit_hit(result.statistics, limits);
                if (!result.statistics.stopped_by.empty()) {
                    return result;
                }
            }
            const std::uint32_t next = pop();
            if (classes_[next].goal) {
                result.path = path_to(classes_, classes_[next]);
                break;
            }
            if (!covered(classes_[next], zone_of(next), next)) {
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
        std::uint32_t next = kNoClass;  // of the same node
        Cost cost = 0;
        bool goal = false;
        const DelayMs* entries = nullptr;
    };
    struct Waiting {
        Cost estimate = 0;
        std::uint32_t id = 0;
    };

    [[nodiscard]] ConstMatrix zone_of(std::uint32_t id) const {
        const std::size_t dimension = system_->dimension(classes_[id].node);
        return {classes_[id].entries, dimension * dimension};
    }

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
            if (a.estimate != b.estimate) {
                return a.estimate > b.estimate;
            }
            const Class& one = classes_[a.id];
            const Class& other = classes_[b.id];
            if (order_.eager && one.cost != other.cost) {
                return one.cost < other.cost;
            }
            return comes_before(other, one);
        };
    }

    void push(Class link, NodeId node, std::size_t dimension, ConstMatrix zone) {
        link.node = node;
        const Cost rest = link.goal ? 0 : estimate(node);
        if (rest == kUnreachable || (!link.goal && covered(link, zone, classes_.size()))) {
            return;
        }
        ensure(zone.size() == dimension * dimension, "a zone fits its node");
        link.entries = entries_.view(entries_.append(zone), zone.size()).data();
        const auto id = static_cast<std::uint32_t>(classes_.size());
        queue_.push_back({link.cost + rest, id});
        if (!link.goal) {
            of_node_.extend_to(node + 1, kNoClass);
            link.next = std::exchange(of_node_[node], id);
        }
        classes_.append(link);
        std::push_heap(queue_.begin(), queue_.end(), later());
    }

    std::uint32_t pop() {
        std::pop_heap(queue_.begin(), queue_.end(), later());
        const std::uint32_t id = queue_.back().id;
        queue_.pop_back();
        return id;
    }

    // Does a class that is cheaper, or as cheap and earlier in the order, include this one?
    [[nodiscard]] bool covered(const Class& link, ConstMatrix zone, std::size_t own) const {
        if (link.node >= of_node_.size()) {
            return false;
        }
        for (std::uint32_t id = of_node_[link.node]; id != kNoClass; id = classes_[id].next) {
            const Class& known = classes_[id];
            if (known.cost <= link.cost && includes({known.entries, zone.size()}, zone) &&
                (known.cost < link.cost ||
                 (order_.eager ? id < own : comes_before(known, link)))) {
                return true;
            }
        }
        return false;
    }

    void expand(std::uint32_t id) {
        const NodeId node = classes_[id].node;
        const Cost cost = classes_[id].cost;
        const ConstMatrix from = zone_of(id);
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

    void follow(const Firing& firing, Class link, ConstMatrix from, std::size_t dimension) {
        const bool passable =
            (firing.marks & kViolation) == 0 && estimate(firing.target) != kUnreachable;
        if (!passable && !may_be_goal(firing, goal_)) {
            return;
        }
        if (!successor_.fire(from, dimension, firing, system_->origins(firing))) {
            return;
        }
        if (order_.loosened) {
            loosen(successor_.zone_to_change(), system_->parts(firing.target));
        }
        if (passable) {
            push(link, firing.target, firing.origins, successor_.zone());
        }
        if (is_goal(firing, successor_.elapsed(), goal_)) {
            link.goal = true;
            push(link, firing.target, firing.origins, successor_.zone());
        }
    }

    void update(SearchStatistics& statistics) const {
        statistics.classes_stored = classes_.size();
        statistics.waiting = queue_.size();
        statistics.memory_bytes = memory_bytes();
    }

    [[nodiscard]] std::uint64_t memory_bytes() const {
        return system_->memory_bytes() + classes_.memory_bytes() + entries_.memory_bytes() +
               of_node_.memory_bytes() + queue_.capacity() * sizeof(Waiting) +
               distance_.size() * sizeof(Cost);
    }

    TransitionSystem* system_;
    Goal goal_;
    PathOrder order_;
    std::vector<Cost> distance_;
    Arena<Class> classes_;
    Arena<DelayMs> entries_;            // of their zones
    Arena<std::uint32_t> of_node_;      // the last class of each node
    std::vector<Waiting> queue_;        // a heap
    SuccessorMaker successor_;
};

}  // namespace

PathResult find_shortest_path(TransitionSystem& system, const Goal& goal, const Limits& limits,
                              PathOrder order) {
    return PathSearch(system, goal, order).run(limits);
}

}  // namespace failback::sim
