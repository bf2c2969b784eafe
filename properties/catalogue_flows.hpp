// The part of the catalogue that is about flows.
#pragma once

#include <vector>

#include "properties/catalogue.hpp"

namespace failback::properties {

[[nodiscard]] std::vector<CatalogueEntry> about_flows();

}  // namespace failback::properties
