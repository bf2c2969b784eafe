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

}  // namespace failback::app
