// Do the ways to search a design agree, as far as they come to an end?
#pragma once

#include <cstdint>

#include <catch2/catch.hpp>

#include "tests/check_fixture.hpp"

namespace failback::tests {

// The order of a search decides how soon it meets a violation.
inline bool is_settled(const Findings& findings) { return findings.complete || findings.violated; }

// How many ways to search came to the same end as the usual one.
inline int agreeing(const model::Design& design, const char* says,
                    std::uint64_t classes = 2000) {
    sim::Limits limits;
    limits.max_classes = classes;
    const Findings usual = search(design, says, kUsual, false, limits);
    if (!is_settled(usual)) {
        return 0;
    }
    int agreed = 0;
    for (const Way& way : {kWhole, kFull, kSlowest, kInclusion}) {
        const Findings other = search(design, says, way, false, limits);
        if (is_settled(other)) {
            CAPTURE(way.name, says);
            CHECK(other == usual);
            ++agreed;
        }
    }
    return agreed;
}

}  // namespace failback::tests
