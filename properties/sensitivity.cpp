#include "properties/sensitivity.hpp"

#include <algorithm>

#include "model/file/design_file.hpp"

namespace failback::properties {

namespace {

std::string why_not_shorter(const model::Parameter& parameter) {
    if (!parameter.value) {
        return "not possible: it is no time";
    }
    const bool inverts = parameter.end == model::End::longest &&
                         parameter.value->latest >= kOneSecond;
    return inverts ? "not possible: its longest would be less than its shortest"
                   : "not possible: it is less than a second";
}

}  // namespace

ChangedRange Sensitivity::measured(const model::Parameter& parameter) const {
    const auto changed = model::shortened(written_, parameter, kOneSecond);
    if (!changed) {
        return {{}, {}, why_not_shorter(parameter)};
    }
    try {
        const model::Design design = model::parse_design(changed->dump(), file_);
        const Measurement range = measure(design, property_, options_);
        if (range.outcome != Outcome::holds) {
            return {{}, {}, std::string(to_text(range.outcome)) + ": " + range.reason};
        }
        return {range.least->ms, range.most->ms, range.reason};
    } catch (const model::InputError& error) {
        const model::Problem& problem = error.problems().front();
        return {{}, {}, "not possible: found " + problem.found + ", expected " + problem.expected};
    }
}

ChangedRange Sensitivity::one_second_less(const model::Parameter& parameter) {
    const auto known = std::ranges::find(
        known_, parameter, [](const auto& each) -> const auto& { return each.first; });
    if (known != known_.end()) {
        return known->second;
    }
    return known_.emplace_back(parameter, measured(parameter)).second;
}

}  // namespace failback::properties
