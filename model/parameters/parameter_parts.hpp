// What the finders of parameters have in common. Private to them.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "model/parameters/parameters.hpp"

namespace failback::model {

[[nodiscard]] inline Parameter of_duration(std::string key, DelayMs value) {
    return {std::move(key), sim::exactly(value), End::whole};
}

// `end`: the one that the delay stems from.
[[nodiscard]] inline Parameter of_interval(std::string key, Interval value, End end) {
    return {std::move(key), value, value.earliest == value.latest ? End::whole : end};
}

// The delay of a fault that changes it, if what was waited for is not the usual one.
template <class Concerns>
[[nodiscard]] std::optional<Parameter> delay_parameter(const Design& design,
                                                       const TightDelay& tight, Interval usual,
                                                       Concerns concerns,
                                                       const std::string& key = "delay") {
    const auto end_of = [&tight](Interval delay) {
        return tight.end == End::shortest ? delay.earliest : delay.latest;
    };
    for (std::size_t i = 0; i < design.faults.size() && end_of(usual) != tight.ms; ++i) {
        const Fault& fault = design.faults[i];
        if (end_of(fault.delay) == tight.ms && concerns(fault)) {
            return of_interval("/faults/" + std::to_string(i) + "/" + key, fault.delay, tight.end);
        }
    }
    return std::nullopt;
}

}  // namespace failback::model
