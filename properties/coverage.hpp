// How much of the model the checks of a design look at (model/sip/coverage.hpp).
//
//  1. A search for coverage has no property, leaves out no timer and abstracts nothing: its slices
//     are those of the properties, each searched once, exactly. What it sees can happen, and if it
//     is complete, nothing else can happen in these slices.
//  2. Slices are searched apart. A part that is in none of them is not looked at.
#pragma once

#include <string>
#include <vector>

#include "model/sip/coverage.hpp"
#include "properties/catalogue.hpp"
#include "sim/explorer.hpp"

namespace failback::properties {

struct Covered {
    model::Coverage coverage;
    std::size_t slices = 0;             // that were searched
    std::size_t complete = 0;           // of these, to the end
    std::string stopped_by;             // why one was not; empty if all were
    std::uint64_t classes_expanded = 0;
};

// The slices of these properties, or the whole design. `limits` are those of each search.
[[nodiscard]] Covered cover(const model::Design& design, const std::vector<Instance>& instances,
                            bool slice, const sim::Limits& limits);

}  // namespace failback::properties
