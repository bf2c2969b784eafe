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

// The design in which the value is any of these, anew each time that it counts: the key has an
// interval. It allows all that the design allows with one of them. Whether it is a design, its
// reader says: where it is none, the key has no intervals.
[[nodiscard]] nlohmann::json with_interval(const nlohmann::json& design,
                                           const Variation& variation, std::int64_t low,
                                           std::int64_t high);

// If the key seems to be an end of an interval: the design in which one duration stands for both
// ends. If it is a design, the key is such an end, and the wider interval allows more.
[[nodiscard]] std::optional<nlohmann::json> with_one_end(const nlohmann::json& design,
                                                         const Variation& variation);

}  // namespace failback::model
