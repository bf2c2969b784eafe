// The catalogue of properties: each with its text, bound, source and the design that breaks it.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/design.hpp"
#include "model/file/design_file.hpp"
#include "properties/property.hpp"

namespace failback::properties {

// Which line, at which entry of its phone's server list, an instance is about.
struct Subject {
    std::size_t phone = 0;
    std::size_t line = 0;
    std::size_t entry = 0;
    std::size_t subscription = 0;  // of the phone; entries about subscriptions only
};

struct CatalogueEntry {
    std::string_view id;        // "failback"
    std::string_view code;      // "P26"
    std::string_view says;      // in words
    std::string_view catches;   // what goes wrong without it
    std::string_view bound;     // how the bound is computed; empty if there is none
    std::string_view source;    // who demands it
    // Does it say anything about this subject?
    std::function<bool(const model::Design&, const Subject&)> applies;
    // In the property language; `within` overrides the computed bound.
    std::function<std::string(const model::Design&, const Subject&,
                              std::optional<sim::DelayMs> within)>
        text;
    bool of_subscriptions = false;  // it is asked for each subscription of the phone
};

[[nodiscard]] std::span<const CatalogueEntry> catalogue();

// A property of a design, ready to be checked.
struct Instance {
    std::string name;           // "failback(line1, primary)", or the name given in the design
    std::string says;           // canonical text
    Property property;
    std::optional<model::Expected> expect;
    model::Position position;   // in the design file; line 0 if the file does not list it
};

// What a design asks to be checked, in order. THROWS model::InputError: unknown property, unknown
// line or server, an expression that cannot be read.
[[nodiscard]] std::vector<Instance> instances_of(const model::Design& design);

}  // namespace failback::properties
