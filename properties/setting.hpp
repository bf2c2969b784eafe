// What is run for a property: a part of the design, as a model, with monitors.
#pragma once

#include <memory>
#include <vector>

#include "model/sip/scope.hpp"
#include "properties/monitored.hpp"

namespace failback::properties {

// Everything needed to run one property again: what was in scope, and the monitored model.
struct Setting {
    model::Scope scope;
    std::unique_ptr<model::SipModel> sip;
    std::unique_ptr<MonitoredModel> monitored;
};

// slice: what can influence the properties; context: all that its phones do; whole: everything.
enum class Breadth : std::uint8_t { slice, context, whole };

// How much of a design is run for its properties.
struct Extent {
    Breadth breadth = Breadth::slice;
    bool reduce = true;   // without what cannot matter, unless a property looks at bindings
    bool measure = false; // time the one property instead of judging it
};

// The design must outlive the setting.
[[nodiscard]] Setting make_setting(const model::Design& design,
                                   const std::vector<Property>& properties, Extent extent);

// The setting of a search that reaches too much: some registrations of the slice are abstracted.
[[nodiscard]] Setting make_abstract_setting(const model::Design& design, const Property& property,
                                            const std::set<model::Part>& abstracted, bool reduce);

}  // namespace failback::properties
