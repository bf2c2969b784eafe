// What a measured range would be if a time of the design were a second shorter.
//
//  1. It is not estimated from the chain of the range: the changed design is measured, because
//     another chain may be the longest then.
//  2. Each parameter is measured once, within the limits of the options.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "model/parameters/parameters.hpp"
#include "properties/check.hpp"

namespace failback::properties {

inline constexpr sim::DelayMs kOneSecond = 1000;

// The range of a changed design, or why there is none.
struct ChangedRange {
    std::optional<sim::DelayMs> least;
    std::optional<sim::DelayMs> most;
    std::string reason;
};

class Sensitivity {
public:
    // `written` is the JSON of the design that the property was made for; `file` is its name.
    Sensitivity(nlohmann::json written, std::string file, Property property, CheckOptions options)
        : written_(std::move(written)),
          file_(std::move(file)),
          property_(std::move(property)),
          options_(std::move(options)) {}

    // The end of the parameter that counts becomes a second shorter.
    [[nodiscard]] ChangedRange one_second_less(const model::Parameter& parameter);

private:
    [[nodiscard]] ChangedRange measured(const model::Parameter& parameter) const;

    nlohmann::json written_;
    std::string file_;
    Property property_;
    CheckOptions options_;
    std::vector<std::pair<model::Parameter, ChangedRange>> known_;
};

}  // namespace failback::properties
