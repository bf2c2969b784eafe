// Reading a design file. All problems of a file are reported at once.
#pragma once

#include <string>
#include <string_view>

#include "model/design.hpp"
#include "model/problem.hpp"

namespace failback::model {

// The JSON Schema (draft-07) of design files.
extern const std::string_view kDesignSchema;

// THROWS InputError. `file` is used in messages only.
[[nodiscard]] Design parse_design(std::string_view text, const std::string& file);
[[nodiscard]] Design read_design(const std::string& file);

}  // namespace failback::model
