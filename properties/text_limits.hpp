// How large a text in the property language may be, wherever it comes from: a design, a trace, or
// the command line.
#pragma once

#include <cstddef>
#include <string_view>

namespace failback::properties {

// Texts of the catalogue for large designs are far longer than those that people write.
inline constexpr std::size_t kLongestText = 20'000;   // bytes
// Brackets and "not" within each other: as many as a text of a design has room for. What reads a
// text, and what judges it, goes as deep.
inline constexpr std::size_t kDeepestText = 1000;

// THROWS LanguageError.
void require_readable(std::string_view text);

}  // namespace failback::properties
