// The successor of a zone: which timings remain possible when one pending event fires first.
//
//  1. A zone bounds the present (index 0), the remaining delays of the agenda (entry e is index
//     e + 1) and, last, the instant at which the stopwatch was started, if it runs.
//  2. What firing does to the indices depends on the discrete state alone. It is worked out once
//     as a Firing and used for every zone of that state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sim/dbm.hpp"
#include "sim/model.hpp"

namespace failback::sim {

// Where an instant of the new zone comes from: the old instant `base`, delayed by `delay`.
// Kept instants have base = their old index and delay 0; what was scheduled has base = what fired.
struct Origin {
    std::uint32_t base = 0;
    Interval delay;
};

using NodeId = std::uint32_t;

// One discrete transition, with all that the zones need to follow it.
struct Firing {
    std::uint32_t entry = 0;     // which entry of the agenda fires
    std::uint32_t form = 0;
    NodeId target = 0;
    std::uint32_t marks = 0;
    std::uint16_t faults = 0;
    Watch watch = Watch::leave;
    bool pending_watch = false;  // the stopwatch runs before the step
    bool possible = false;       // a search has found a timing for it
    std::uint64_t first_origin = 0;  // into the list of origins; one for each target index
    std::uint32_t origins = 0;
};

// How long the stopwatch had run, when a step stopped it.
struct Elapsed {
    DelayMs least = 0;
    DelayMs most = 0;
};

// Computes successors without allocating. Not shared between threads.
class SuccessorMaker {
public:
    // Fills `zone()` with the successor of `from` (dimension n). False if the event cannot be
    // first. O(n^2): the new constraints all meet in the event that fires.
    [[nodiscard]] bool fire(ConstMatrix from, std::size_t n, const Firing& firing,
                            std::span<const Origin> origins);

    [[nodiscard]] ConstMatrix zone() const { return target_; }
    [[nodiscard]] Matrix zone_to_change() { return target_; }
    [[nodiscard]] const std::optional<Elapsed>& elapsed() const { return elapsed_; }

private:
    // The zone on condition that what fires is first: its rows are worked out when they are asked
    // for.
    [[nodiscard]] bool condition(ConstMatrix from, std::size_t n, std::size_t fired,
                                 std::size_t pending);
    [[nodiscard]] const DelayMs* conditioned(ConstMatrix from, std::size_t index);
    void read_watch(ConstMatrix from, const Firing& firing);
    void schedule_rebase_drop(ConstMatrix from, std::span<const Origin> origins);

    std::size_t fired_ = 0;       // its index
    std::vector<DelayMs> first_;  // column-wise least bound over all pending events
    std::vector<DelayMs> row_;
    std::vector<DelayMs> target_;
    std::optional<Elapsed> elapsed_;
};

}  // namespace failback::sim
