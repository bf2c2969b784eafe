// Which properties a command is about.
#pragma once

#include <string>
#include <vector>

#include "properties/catalogue.hpp"

namespace failback::app {

// The properties of a design, or those asked for: by full name ("failback(line1, primary)"), by the
// name before the bracket, from the catalogue although the design does not list them, or written in
// the property language. THROWS UsageError, model::InputError.
[[nodiscard]] std::vector<properties::Instance> select(const model::Design& design,
                                                       const std::vector<std::string>& wanted);

// Does that one say the same of a design whose times are others? Not if a bound is computed from
// them.
[[nodiscard]] bool is_fixed(const model::Design& design, const std::string& goal);

}  // namespace failback::app
