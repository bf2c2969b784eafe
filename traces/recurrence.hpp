// Stretches of a run behind which everything is as before them, and what is left of its script
// without such a stretch.
//
//  1. "As before" leaves out how long events have been pending, and faults that may still strike:
//     those that the story does not need do not count.
//  2. What is left is a proposal. Only its execution shows whether it is the same story.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "traces/script.hpp"

namespace failback::traces {

// The steps behind step `from`, up to step `to`, counted from 1.
struct Stretch {
    std::size_t from = 0;
    std::size_t to = 0;

    friend bool operator==(const Stretch&, const Stretch&) = default;
};

// A run by step: what it looks like, and which events are pending.
class Moments {
public:
    // REQUIRES: the choices are possible, and the script is theirs.
    Moments(const properties::Setting& setting, const std::vector<sim::Choice>& choices,
            const Script& script);

    // Those that may be left out, longest first: of steps that look alike, from the first to the
    // last, and shorter ones by halves. None is longer than `most` steps.
    [[nodiscard]] std::vector<Stretch> recurrences(std::size_t most) const;

    [[nodiscard]] Script without(const Stretch& stretch) const;

private:
    struct Moment {
        std::uint64_t looks = 0;
        sim::TimeMs at = 0;
    };

    // From which moment on an event is pending, and from which on it is no more.
    struct Span {
        std::size_t begin = 0;
        std::size_t end = 0;
    };

    // Of the same words, at both ends of a stretch.
    struct Ends {
        std::size_t before = 0;   // so many were scheduled
        std::size_t behind = 0;
        std::vector<std::size_t> pending_before;   // their occurrences
        std::vector<std::size_t> pending_behind;
    };

    [[nodiscard]] Ends ends_of(const std::string& words, const Stretch& stretch) const;

    const Script* script_;
    std::vector<Moment> moments_;  // behind each step; first that before all
    // By occurrence. Kept for a run as a whole: what is pending at each moment has no room.
    std::unordered_map<std::string, std::vector<Span>> spans_;
};

}  // namespace failback::traces
