// The variables of a trace over its steps, and their colours in the pictures.
//
//  1. The spans of a variable follow each other without a gap; the first one begins before the
//     first step.
//  2. A participant has the same colour in every picture of a trace; no two of the first six
//     servers share one. The colours are those of Okabe and Ito (2008), which people with any
//     colour vision can tell apart; red and green serve for failure and success alone.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "traces/trace.hpp"

namespace failback::traces {

// "registered(line1, primary)": a function and its arguments.
struct Term {
    std::string function;
    std::vector<std::string> arguments;
};

[[nodiscard]] Term term_of(std::string_view variable);

// A value, from after step `first - 1` (or from the start) until step `last` sets another one, or
// until the end, where last == steps.size().
struct ValueSpan {
    std::size_t first = 0;
    std::size_t last = 0;
    std::string value;
};

[[nodiscard]] std::vector<ValueSpan> spans_of(const Trace& trace, const std::string& variable);

[[nodiscard]] bool is_phone(const Participant& participant);

// Index of a participant, or participants.size().
[[nodiscard]] std::size_t participant_index(const Trace& trace, std::string_view name);

// The phone whose variable this is: named by it, or the one where it changes first, or the first.
[[nodiscard]] std::size_t owner_of(const Trace& trace, const std::string& variable);

// Whether a value says that a server is out of order: up(s) = no, outage(s) = yes.
[[nodiscard]] bool is_failure(const std::string& variable, const std::string& value);

// A fault that ends: a server is in order again.
[[nodiscard]] bool is_recovery(const Step& step);

inline constexpr std::string_view kNoValue = "#e3e7eb";  // "none", "no"

// Full colour of a server; grey for a phone.
[[nodiscard]] std::string_view server_color(const Trace& trace, std::size_t participant);

// How a value of a variable is filled. `text` is readable on it.
struct Fill {
    std::string_view fill;
    std::string_view text;
};

[[nodiscard]] Fill fill_of(const Trace& trace, const std::string& variable,
                           const std::string& value);

}  // namespace failback::traces
