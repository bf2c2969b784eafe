// Checking several properties of a design: several at once, and those that ask the same but for
// names (alike.hpp) once.
//
//  1. The result is the same for every number of threads, unless a limit of time ends a search.
//  2. A verdict is taken over from a property that asks the same, but for `violated`: what is
//     violated is searched for itself, and has a run of its own.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "properties/catalogue.hpp"
#include "properties/check.hpp"

namespace failback::properties {

struct CheckAllOptions {
    bool share = true;       // search once what asks the same
    unsigned threads = 1;
    // Of each check, by instance; asked on the thread that makes it. Its `slice` and the like are
    // the same for all.
    std::function<CheckOptions(std::size_t instance)> each = [](std::size_t) {
        return CheckOptions{};
    };
};

struct SharedVerdict {
    Verdict verdict;
    // The instance that was searched instead. The statistics are then those of no search.
    std::optional<std::size_t> same_as;
};

// In the order of the instances. THROWS as check() does.
[[nodiscard]] std::vector<SharedVerdict> check_all(const model::Design& design,
                                                   const std::vector<Instance>& instances,
                                                   const CheckAllOptions& options);

}  // namespace failback::properties
