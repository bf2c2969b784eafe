// What the finders of parameters have in common. Private to them.
#pragma once

#include <string>
#include <utility>

#include "model/parameters.hpp"

namespace failback::model {

[[nodiscard]] inline Parameter of_duration(std::string key, DelayMs value) {
    return {std::move(key), sim::exactly(value), End::whole};
}

// `end`: the one that the delay stems from.
[[nodiscard]] inline Parameter of_interval(std::string key, Interval value, End end) {
    return {std::move(key), value, value.earliest == value.latest ? End::whole : end};
}

}  // namespace failback::model
