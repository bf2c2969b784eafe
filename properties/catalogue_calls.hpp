// The part of the catalogue that is about calls which ring, and calls that come in.
#pragma once

#include <vector>

#include "properties/catalogue.hpp"

namespace failback::properties {

[[nodiscard]] std::vector<CatalogueEntry> about_calls();
[[nodiscard]] std::vector<CatalogueEntry> about_dialogs();

// Is the callee of the line's calls busy?
[[nodiscard]] bool may_be_declined(const model::Design& design, const Subject& subject);

}  // namespace failback::properties
