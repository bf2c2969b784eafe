// The part of the catalogue that is about gateways which watch a server.
#pragma once

#include <vector>

#include "properties/catalogue.hpp"

namespace failback::properties {

// Those of the gateway itself are told with the first line that lists it.
[[nodiscard]] std::vector<CatalogueEntry> about_gateways();

}  // namespace failback::properties
