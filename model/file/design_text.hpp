// The words of messages about an input file: quoting what was found, guessing what was meant.
//
//  1. Everything that comes out is valid UTF-8 on one line and bounded in length, whatever goes in.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace failback::model {

// At most `limit` bytes of `text`, with "..." for what was left out. Control characters and bytes
// that are not UTF-8 become escapes.
[[nodiscard]] std::string printable(std::string_view text, std::size_t limit = 60);

// The same in double quotes.
[[nodiscard]] std::string in_quotes(std::string_view text);

// What a value is: `"60"`, `the number 60`, `an array of 3`, `an object`, `null`.
[[nodiscard]] std::string describe(const nlohmann::json& value);

// `"a", "b", "c"`; of a long list only the beginning.
[[nodiscard]] std::string quoted_list(const std::vector<std::string_view>& words);

// `did you mean "expires"?`, or nothing if no candidate is close to `word`.
[[nodiscard]] std::string did_you_mean(std::string_view word,
                                       const std::vector<std::string_view>& candidates);

}  // namespace failback::model
