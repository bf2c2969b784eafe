// Numbers of which only the order matters, with names from a small range.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "model/nodes/server_transactions.hpp"

namespace failback::model {

// Gives the current number the name `top` and the others those below it, in their order. 0 is none.
// THROWS ModelLimit if there are too many; `what` says of what.
inline void rename(std::uint8_t& current, const std::vector<std::uint8_t*>& others,
                   std::uint8_t top, const char* what) {
    std::vector<std::uint8_t> older;
    for (const std::uint8_t* number : others) {
        if (*number != 0 && *number < current) {
            older.push_back(*number);
        }
    }
    std::ranges::sort(older, std::ranges::greater{});
    older.erase(std::unique(older.begin(), older.end()), older.end());
    if (older.size() >= top) {
        throw ModelLimit("messages of more than " + std::to_string(top) + " " + what +
                         " are under way at once; raise the retry wait or lower the longest "
                         "delay");
    }
    for (std::uint8_t* number : others) {
        if (*number != 0 && *number == current) {
            *number = top;
        } else if (*number != 0) {
            const auto place = std::ranges::find(older, *number) - older.begin();
            *number = static_cast<std::uint8_t>(top - 1 - place);
        }
    }
    current = top;
}

}  // namespace failback::model
