// Where in a text stands what is true only in a step.
#pragma once

#include <cstddef>

#include "properties/property.hpp"

namespace failback::properties {

[[nodiscard]] std::size_t atoms_in(const Expression& expression);

// Which of its atoms, in the order of the text, is the first one for which it is momentary.
// REQUIRES: is_momentary(momentary).
[[nodiscard]] std::size_t momentary_atom(const Expression& momentary);

}  // namespace failback::properties
