// A JSON text with the position of everything in it.
//
//  1. A JsonSource was read from valid JSON: UTF-8, nested at most kDeepest deep, no more than
//     `most_values` values. Whatever the bytes are, reading takes linear time and no recursion.
//  2. Lines and columns count from 1; columns count characters (code points), as editors do.
//  3. A key that stands twice in an object is a problem; its last value counts.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <nlohmann/json.hpp>

#include "model/file/design_file.hpp"

namespace failback::model {

inline constexpr std::size_t kDeepest = 64;
inline constexpr std::size_t kMostValues = 200'000;        // of a file written by a person
inline constexpr std::size_t kMostTraceValues = 4'000'000;  // of a long run, about 100 MB of text

class JsonSource {
public:
    // THROWS InputError for a text that is not JSON. `file` is used in messages only.
    JsonSource(std::string_view text, const std::string& file,
               std::size_t most_values = kMostValues);

    [[nodiscard]] const nlohmann::json& root() const { return root_; }
    // Keys that stand twice.
    [[nodiscard]] const std::vector<Problem>& problems() const { return problems_; }
    // Position of a value, and of the key of a member; {0, 0} if there is none.
    [[nodiscard]] Position value_position(const std::string& pointer) const;
    [[nodiscard]] Position key_position(const std::string& pointer) const;

private:
    friend class SourceBuilder;

    struct Places {
        Position key;
        Position value;
    };

    nlohmann::json root_;
    std::unordered_map<std::string, Places> places_;  // looked up, never iterated
    std::vector<Problem> problems_;
};

// `pointer` with one more token, escaped as RFC 6901 asks.
[[nodiscard]] std::string child_pointer(std::string_view pointer, std::string_view token);

}  // namespace failback::model
