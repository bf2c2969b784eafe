// A design with one value of its file changed: what to vary, as it is written on a command line.
//
//  1. A key is a JSON pointer (RFC 6901) in which a list's element may also be called by its name:
//     "/phones/0/retry/1" and "/phones/phone/retry/1" are the same key.
//  2. A value is a duration ("53500ms") or a whole number; a range has two of one kind.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

namespace failback::model {

struct Variation {
    std::string pointer;         // with numbers only
    bool duration = true;        // else a whole number
    std::int64_t low = 0;        // durations: milliseconds
    std::int64_t high = 0;
    std::optional<std::int64_t> present;  // what the design says, if it is such a value
};

// Reads "KEY=LOW..HIGH" for a design with the values of its profiles (resolved()).
// THROWS std::invalid_argument: what was found, and what was expected.
[[nodiscard]] Variation parse_variation(const std::string& text, const nlohmann::json& design);

// How the design file writes such a value.
[[nodiscard]] nlohmann::json value_of(const Variation& variation, std::int64_t value);

// The design with that value. Whether it is a design, its reader says.
[[nodiscard]] nlohmann::json with_value(const nlohmann::json& design, const Variation& variation,
                                        std::int64_t value);

}  // namespace failback::model
