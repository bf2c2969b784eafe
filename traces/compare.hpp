// Two traces side by side: where they part, and why.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "traces/trace.hpp"

namespace failback::traces {

struct Comparison {
    std::vector<std::string> designs;  // how the designs differ, a text each
    std::size_t common = 0;            // so many steps are the same
    bool same = false;                 // all of them, of equal designs
    std::string cause;                 // empty if one run is the beginning of the other
    std::vector<std::string> at_end;   // how the last values of the variables differ
};

// Steps are the same if they are so for a person: instant, event, messages and what is observed.
[[nodiscard]] Comparison compare(const Trace& a, const Trace& b);

// The comparison in words, with the steps behind the point where they part, by their instants.
[[nodiscard]] std::string as_text(const Comparison& comparison, const Trace& a, const Trace& b);

}  // namespace failback::traces
