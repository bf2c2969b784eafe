#include "sim/explorer.hpp"

#include <algorithm>

#include "sim/check.hpp"
#include "sim/loosen.hpp"

namespace failback::sim {

namespace {
constexpr std::uint64_t kPollEvery = 1024;  // expansions
}

bool limits_due(const SearchStatistics& statistics, const Limits& limits) {
    return statistics.classes_expanded % kPollEvery == 0 ||
           statistics.classes_expanded >= limits.max_classes;
}

std::string limit_hit(const SearchStatistics& statistics, const Limits& limits) {
    if (statistics.classes_expanded >= limits.max_classes) {
        return "limit on the number of classes";
    }
    if (statistics.memory_bytes > limits.max_memory_bytes) {
        return "memory limit";
    }
    return limits.poll ? limits.poll(statistics) : std::string();
}

std::vector<DelayMs> initial_zone(std::span<const Origin> origins) {
    const std::size_t n = origins.size();
    std::vector<DelayMs> zone(n * n);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            zone[i * n + j] =
                i == j ? 0 : add(origins[i].delay.latest, -origins[j].delay.earliest);
        }
    }
    return zone;
}

Explorer::Explorer(TransitionSystem& system, SearchOptions options)
    : system_(&system),
      options_(options),
      zones_(options.coverage),
      workers_(std::min<unsigned>(options.threads, ZoneShards::kShards)),
      successors_(workers_.threads()) {}

SearchResult Explorer::run(const Limits& limits) {
    add_initial();
    result_.marks |= system_->initial_marks();
    SearchStatistics& statistics = result_.statistics;
    while (!waiting_.empty()) {
        if (look_at_limits(limits)) {
            statistics.stopped_by = stop_reason(limits);
            if (!statistics.stopped_by.empty()) {
                return result_;
            }
        }
        const Waiting next = waiting_.pop();
        if (zones_.alive(next.zone)) {
            expand(next);
        }
    }
    update_statistics();
    statistics.stopped_by.clear();
    statistics.complete = true;
    system_->note_exhausted();
    return result_;
}

void Explorer::add_initial() {
    const auto origins = system_->initial_origins();
    if (const auto first = add(0, origins.size(), initial_zone(origins))) {
        wait(*first, 0);
    }
}

// What a firing leads to. May be called by several threads, for nodes of different shards.
Explorer::Found Explorer::look_at(const Firing& firing, std::size_t dimension,
                                  SuccessorMaker& successor) {
    Found found;
    if (!successor.fire(from_, dimension, firing, system_->origins(firing))) {
        return found;
    }
    found.possible = true;
    found.elapsed = successor.elapsed();
    if (options_.loosen) {
        loosen(successor.zone_to_change(), system_->parts(firing.target));
    }
    if ((firing.marks & kViolation) == 0) {
        found.stored = add(firing.target, firing.origins, successor.zone());
    }
    return found;
}

std::optional<Explorer::Stored> Explorer::add(NodeId node, std::size_t dimension,
                                              ConstMatrix zone) {
    const auto id = zones_.insert(node, dimension, zone);
    if (!id) {
        return std::nullopt;
    }
    return Stored{*id, options_.largest_first ? -extent(zones_.zone(*id)) : 0};
}

void Explorer::wait(const Stored& stored, std::uint32_t faults) {
    waiting_.push({options_.faults_last ? faults : 0, ++order_, stored.rank, stored.zone});
}

void Explorer::expand(const Waiting& next) {
    const NodeId node = zones_.node(next.zone);
    const ConstMatrix zone = zones_.zone(next.zone);
    from_.assign(zone.begin(), zone.end());  // its place may be used again for a successor
    const std::size_t dimension = system_->dimension(node);
    ++result_.statistics.classes_expanded;
    const auto firings = system_->firings(node);
    found_.assign(firings.size(), Found{});
    const std::size_t threads = workers_.threads();
    if (threads == 1 || firings.size() * zone.size() < options_.share_from) {
        for (std::size_t k = 0; k < firings.size(); ++k) {
            found_[k] = look_at(firings[k], dimension, successors_.front());
        }
    } else {
        workers_.run(threads, [&](std::size_t job) {
            for (std::size_t k = 0; k < firings.size(); ++k) {
                if (ZoneShards::shard_of(firings[k].target) % threads == job) {
                    found_[k] = look_at(firings[k], dimension, successors_[job]);
                }
            }
        });
    }
    for (std::size_t k = 0; k < firings.size(); ++k) {
        if (found_[k].possible) {
            take(node, firings[k], found_[k], next.faults);
        }
    }
}

void Explorer::take(NodeId node, const Firing& firing, const Found& found,
                    std::uint32_t faults) {
    if (found.elapsed) {
        note_elapsed(*found.elapsed);
    }
    ++result_.statistics.transitions;
    system_->note_possible(firing);
    if ((firing.marks & kViolation) != 0 && (result_.marks & kViolation) == 0) {
        expanded_at_violation_ = result_.statistics.classes_expanded;
    }
    result_.marks |= firing.marks;
    if (options_.on_transition) {
        options_.on_transition(node, firing);
    }
    if (found.stored) {
        wait(*found.stored, faults + firing.faults);
    }
}

void Explorer::note_elapsed(const Elapsed& elapsed) {
    if (!result_.elapsed) {
        result_.elapsed = elapsed;
    }
    result_.elapsed->least = std::min(result_.elapsed->least, elapsed.least);
    result_.elapsed->most = std::max(result_.elapsed->most, elapsed.most);
}

std::uint64_t Explorer::memory_bytes() const {
    return zones_.memory_bytes() + system_->memory_bytes() + waiting_.memory_bytes();
}

// The memory every time: with a hundred pending events one expansion stores more than a megabyte.
bool Explorer::look_at_limits(const Limits& limits) const {
    const SearchStatistics& statistics = result_.statistics;
    const bool violated = (result_.marks & kViolation) != 0;
    return limits_due(statistics, limits) ||
           (violated && options_.classes_after_violation == 0) ||
           memory_bytes() > limits.max_memory_bytes;
}

void Explorer::update_statistics() {
    SearchStatistics& statistics = result_.statistics;
    statistics.classes_stored = zones_.alive_count();
    statistics.discrete_states = system_->nodes();
    statistics.waiting = waiting_.size();
    if (result_.elapsed) {
        statistics.longest = result_.elapsed->most;
    }
    statistics.memory_bytes = memory_bytes();
}

std::string Explorer::stop_reason(const Limits& limits) {
    update_statistics();
    const bool violated = (result_.marks & kViolation) != 0;
    const std::uint64_t more = options_.classes_after_violation;
    const std::uint64_t enough = more == 0 ? expanded_at_violation_
                                           : 2 * expanded_at_violation_ + more;
    if (violated && result_.statistics.classes_expanded >= enough) {
        return "a violation was found";
    }
    return limit_hit(result_.statistics, limits);
}

}  // namespace failback::sim
