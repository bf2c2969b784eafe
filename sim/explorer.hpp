// Exhaustive search of a transition system: all timings at once, as zones (state classes,
// Berthomieu and Diaz 1991).
//
//  1. The order of search never changes a verdict or a bound, only the time that it takes.
//  2. Nothing is explored beyond a step marked kViolation.
//  3. If a limit ends the search, `complete` is false and `stopped_by` says which.
//  4. Threads share the successors of a zone, by the nodes that they belong to. What is found, and
//     in which order, is the same for every number of threads.
//  5. After a violation the search goes on for a while, to guide the search for its shortest
//     path (path_search.hpp), which does not depend on how far it got.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "sim/heap.hpp"
#include "sim/transition_system.hpp"
#include "sim/workers.hpp"
#include "sim/zone_shards.hpp"

namespace failback::sim {

struct SearchOptions {
    Coverage coverage = Coverage::merging;
    bool largest_first = true;  // false: breadth first
    bool faults_last = true;
    // Forgets differences between the timers of different parts: a sound over-approximation.
    bool loosen = false;
    unsigned threads = 1;      // the result is the same for every number
    // Successors of a zone with fewer entries, all together, take less time than handing them over.
    std::size_t share_from = 2048;
    // How long the search goes on after a violation (5): as many classes as before it, and these.
    std::uint64_t classes_after_violation = 300'000;
    // Told of every possible transition, perhaps more than once, in no particular order.
    std::function<void(NodeId from, const Firing&)> on_transition;
};

struct SearchStatistics {
    bool complete = false;
    std::string stopped_by;               // "memory limit", "time limit", "interrupted", ...
    std::uint64_t classes_expanded = 0;
    std::uint64_t classes_stored = 0;     // alive at the end
    std::uint64_t discrete_states = 0;
    std::uint64_t transitions = 0;        // successors computed, possible ones only
    std::uint64_t waiting = 0;
    std::optional<DelayMs> longest;       // that the stopwatch showed, if it was stopped
    std::uint64_t memory_bytes = 0;       // of the search's own structures, at its peak
};

struct Limits {
    std::uint64_t max_classes = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t max_memory_bytes = std::numeric_limits<std::uint64_t>::max();
    // Asked now and then; a text that is not empty stops the search and becomes `stopped_by`.
    std::function<std::string(const SearchStatistics&)> poll;
};

// Should the limits be looked at? Now and then, and whenever no further class is allowed.
[[nodiscard]] bool limits_due(const SearchStatistics& statistics, const Limits& limits);

// Which limit is hit, in words for `stopped_by`; empty if none. The statistics must be up to date.
[[nodiscard]] std::string limit_hit(const SearchStatistics& statistics, const Limits& limits);

struct SearchResult {
    SearchStatistics statistics;
    std::uint32_t marks = 0;              // of all steps that are possible
    std::optional<Elapsed> elapsed;       // least and most time that the stopwatch showed
};

class Explorer {
public:
    explicit Explorer(TransitionSystem& system, SearchOptions options = {});

    SearchResult run(const Limits& limits = {});

    // What has been reached; after a complete search, all that can be.
    [[nodiscard]] const ZoneShards& zones() const { return zones_; }

private:
    struct Waiting {
        std::uint32_t faults = 0;
        std::uint32_t order = 0;          // in which the zones were stored
        std::int64_t rank = 0;            // smaller is expanded earlier
        ZoneId zone = 0;

        // The queue gives the greatest first.
        friend bool operator<(const Waiting& a, const Waiting& b) {
            if (a.faults != b.faults) {
                return a.faults > b.faults;
            }
            return a.rank != b.rank ? a.rank > b.rank : a.order > b.order;
        }
    };
    struct Stored {
        ZoneId zone = 0;
        std::int64_t rank = 0;
    };
    // What a firing led to; not stored if it is a violation, or nothing new.
    struct Found {
        bool possible = false;
        std::optional<Elapsed> elapsed;
        std::optional<Stored> stored;
    };

    void add_initial();
    std::optional<Stored> add(NodeId node, std::size_t dimension, ConstMatrix zone);
    void wait(const Stored& stored, std::uint32_t faults);
    void expand(const Waiting& next);
    Found look_at(const Firing& firing, std::size_t dimension, SuccessorMaker& successor);
    void take(NodeId node, const Firing& firing, const Found& found, std::uint32_t faults);
    void note_elapsed(const Elapsed& elapsed);
    [[nodiscard]] std::uint64_t memory_bytes() const;
    [[nodiscard]] bool look_at_limits(const Limits& limits) const;
    void update_statistics();
    [[nodiscard]] std::string stop_reason(const Limits& limits);

    TransitionSystem* system_;
    SearchOptions options_;
    ZoneShards zones_;
    Heap<Waiting> waiting_;
    Workers workers_;
    std::vector<SuccessorMaker> successors_;  // of each thread
    SearchResult result_;
    std::vector<DelayMs> from_;           // the zone that is expanded
    std::vector<Found> found_;            // of its firings
    std::uint32_t order_ = 0;
    std::uint64_t expanded_at_violation_ = 0;
};

// The first zone of a system: its origins, all relative to the start.
[[nodiscard]] std::vector<DelayMs> initial_zone(std::span<const Origin> origins);

}  // namespace failback::sim
