// Do the ways to search a design agree, as far as they come to an end?
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>

#include <catch2/catch.hpp>

#include "tests/check_fixture.hpp"

namespace failback::tests {

// The order of a search decides how soon it meets a violation.
inline bool is_settled(const Findings& findings) { return findings.complete || findings.violated; }

// How many ways to search came to the same end as the usual one, which may have met a violation.
struct Agreed {
    int ways = 0;
    bool violated = false;
};

inline Agreed agreed(const model::Design& design, const std::string& says, std::uint64_t classes,
                     std::initializer_list<Way> ways) {
    sim::Limits limits;
    limits.max_classes = classes;
    const Findings usual = search(design, says, kUsual, false, limits);
    Agreed agreed{0, usual.violated};
    for (const Way& way : ways) {
        if (!is_settled(usual)) {
            break;
        }
        const Findings other = search(design, says, way, false, limits);
        if (is_settled(other)) {
            CAPTURE(way.name, says);
            CHECK(other == usual);
            ++agreed.ways;
        }
    }
    return agreed;
}

inline int agreeing(const model::Design& design, const std::string& says,
                    std::uint64_t classes = 2000) {
    return agreed(design, says, classes, {kWhole, kFull, kSlowest, kInclusion}).ways;
}

// Does the usual check, approximations first, give the verdict of the search without them? 0 if one
// of them came to no end, 1 otherwise.
inline int approximation_agrees(const model::Design& design, const std::string& says,
                                std::uint64_t classes) {
    properties::CheckOptions options;
    options.limits.max_classes = classes;
    const auto property = properties::parse_property(says, design);
    const auto verdict = properties::check(design, property, options);
    const Findings exact = search(design, says, kUsual, false, options.limits);
    if (verdict.outcome == properties::Outcome::undecided || !exact.complete) {
        return 0;
    }
    CHECK((verdict.outcome == properties::Outcome::violated) == exact.violated);
    return 1;
}

}  // namespace failback::tests
