// Properties of a design that ask the same but for names: equal phones, lines or servers.
//
// A search reads the slice of its property and nothing else. If two slices, with the properties
// over them, differ in names only, the searches are the same step by step, and so is their verdict.
#pragma once

#include <cstddef>
#include <vector>

#include "model/sip/scope_key.hpp"
#include "properties/property.hpp"

namespace failback::properties {

// Equal for two properties of a design that ask the same.
[[nodiscard]] model::ScopeKey::Values key_of(const Property& property,
                                             const model::Design& design);

// For each property the first one that asks the same; itself, if none before it does.
[[nodiscard]] std::vector<std::size_t> first_alike(const std::vector<Property>& properties,
                                                   const model::Design& design);

}  // namespace failback::properties
