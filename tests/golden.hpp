// Files of tests/data, and texts that are compared with them byte for byte.
#pragma once

#include <string>

#include "traces/trace.hpp"

namespace failback::tests {

[[nodiscard]] std::string read_data(const std::string& name);

// The trace in tests/data/NAME.trace.json.
[[nodiscard]] traces::Trace read_trace(const std::string& name);

// Checks that `text` is what tests/data/golden/NAME holds. With UPDATE=1 in the environment it
// writes the file instead; the difference is then for `git diff` and a person to judge.
void check_golden(const std::string& name, const std::string& text);

}  // namespace failback::tests
