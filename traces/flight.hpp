// The way of each message of a trace, found once for all views.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "traces/trace.hpp"

namespace failback::traces {

// Refers to the trace, which must outlive it.
struct Flight {
    const Sent* sent = nullptr;
    std::size_t sent_in = 0;                // index of a step
    std::optional<std::size_t> arrives_in;  // none: lost, or in flight when the trace ends
    bool dropped = false;                   // arrived at a cut path or at a server that was down

    [[nodiscard]] bool lost() const { return sent->fate == "lost"; }
};

// result[id - 1] is the way of message `id`.
[[nodiscard]] std::vector<Flight> flights_of(const Trace& trace);

// The index of the first step of a kind, if there is one.
[[nodiscard]] std::optional<std::size_t> first_of_kind(const Trace& trace, std::string_view kind);

}  // namespace failback::traces
