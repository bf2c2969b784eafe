// The smallest story that violates the same property: fewer faults, then fewer phones and calls,
// then earlier and rounder instants.
//
//  1. Every proposal is executed; only one that violates the property counts. The result replays.
//     Proposals also leave out what leads back to where the run was before (recurrence.hpp).
//  2. The design of the result lacks the faults, phones and calls that the story does not need.
//  3. At last the design that is left is searched exactly, within limits. If that finds a run with
//     fewer faults, or as few and fewer steps, it is the result: the smallest one there is.
#pragma once

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>

#include "properties/check.hpp"
#include "traces/trace.hpp"

namespace failback::traces {

// What a story is made of.
struct StorySize {
    std::size_t faults = 0;   // that strike, lost messages among them
    std::size_t phones = 0;
    std::size_t calls = 0;    // call plans
    std::size_t steps = 0;
};

struct ShrinkOptions {
    std::uint64_t max_classes = 20'000;  // of the exact search; 0: none
    std::uint64_t max_trials = 5'000;
    // Asked now and then, with what is left so far and the proposals that were tried. A text stops:
    // the smallest story so far is the result. Without it, a trace always shrinks to the same one.
    std::function<std::string(const StorySize&, std::uint64_t trials)> poll{};
    // Of the exact search, but for the number of classes.
    properties::CheckOptions search{};
};

struct Shrunk {
    Trace trace;
    StorySize before;
    StorySize after;
    std::uint64_t trials = 0;
    bool exact = false;       // the result is that of the exact search
    std::string stopped_by;   // empty: all was tried
};

// The trace cannot be shrunk: it violates nothing, or does not replay.
class CannotShrink : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// THROWS CannotShrink; model::InputError if the design in the trace cannot be used.
[[nodiscard]] Shrunk shrink(const Trace& trace, const ShrinkOptions& options = {});

}  // namespace failback::traces
