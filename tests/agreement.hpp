// Do the ways to search a design agree, as far as they come to an end?
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>

#include <catch2/catch.hpp>

#include "tests/check_fixture.hpp"
#include "tests/drawn_designs.hpp"

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

// The sum of `compare(design, question)`.
template <class Drawn, class Questions, class Compare>
int over_drawn(std::uint64_t seed, int designs, Drawn drawn, const Questions& questions,
               Compare compare) {
    Draw draw(seed);
    int sum = 0;
    for (int number = 0; number < designs; ++number) {
        const model::Design design = drawn(draw);
        for (const char* question : questions) {
            CAPTURE(seed, number, question);
            sum += compare(design, question);
        }
    }
    return sum;
}

// The same over designs that are the first ones of a seed each.
template <class Drawn, class Questions, class Compare>
int over_seeds(std::uint64_t first, std::uint64_t last, Drawn drawn, const Questions& questions,
               Compare compare) {
    int sum = 0;
    for (std::uint64_t seed = first; seed <= last; ++seed) {
        sum += over_drawn(seed, 1, drawn, questions, compare);
    }
    return sum;
}

// How many other ways to search agree over these designs, and how many questions are violated.
struct Compared {
    int ways = 0;
    int violated = 0;
};

template <class Drawn, class Questions>
Compared in_every_way(std::uint64_t first, std::uint64_t last, Drawn drawn,
                      const Questions& questions, std::uint64_t classes) {
    Compared all;
    all.ways = over_seeds(
        first, last, drawn, questions, [&](const model::Design& design, const char* question) {
            const Agreed found = agreed(design, question, classes, {kWhole, kFull, kInclusion});
            all.violated += static_cast<int>(found.violated);
            return found.ways;
        });
    return all;
}

// How many verdicts of the approximations were compared.
template <class Drawn, class Questions>
int approximations_agree(std::uint64_t first, std::uint64_t last, Drawn drawn,
                         const Questions& questions, std::uint64_t classes) {
    return over_seeds(first, last, drawn, questions,
                      [classes](const model::Design& design, const char* question) {
                          return approximation_agrees(design, question, classes);
                      });
}

// 0 where the model has no room, as in a loop without delay while a copy is still under way.
template <class Compare>
auto within_limits(Compare compare) {
    return [compare](const model::Design& design, const char* question) {
        try {
            return compare(design, question);
        } catch (const model::ModelLimit&) {
            return 0;
        }
    };
}

// How many questions about drawn designs could be answered sliced and reduced, and whole and full.
template <class Drawn, class Questions>
int as_the_slowest(std::uint64_t seed, int designs, Drawn drawn, const Questions& questions,
                   std::uint64_t classes) {
    sim::Limits limits;
    limits.max_classes = classes;
    return over_drawn(
        seed, designs, drawn, questions,
        within_limits([&](const model::Design& design, const char* question) {
            const Findings full = search(design, question, kSlowest, false, limits);
            const Findings usual = search(design, question, kUsual, false, limits);
            if (!is_settled(full) || !is_settled(usual)) {
                return 0;
            }
            CHECK(usual == full);
            return 1;
        }));
}

}  // namespace failback::tests
