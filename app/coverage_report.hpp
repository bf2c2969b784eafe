// What a command has seen of the model, for people and for other programs.
#pragma once

#include <string>

#include "app/command.hpp"
#include "properties/coverage.hpp"

namespace failback::app {

// By role: how many pairs of a phase and an event were seen, and those that were not; phases of
// which nothing was seen are put together.
[[nodiscard]] std::string coverage_text(const model::Coverage& coverage, const std::string& how);
[[nodiscard]] Json coverage_json(const model::Coverage& coverage);

// "2 slices searched to the end", and why others were not.
[[nodiscard]] std::string how_covered(const properties::Covered& covered);

// The most state classes of a search for coverage, which leaves nothing out and may be large.
inline constexpr std::uint64_t kClassesForCoverage = 5'000;

}  // namespace failback::app
