// Zones against the sets of integer points that they stand for.
#include "sim/check.hpp"
#include "sim/dbm.hpp"
#include "tests/sim_zones.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

namespace failback::tests::sim_dbm_test {
namespace {

using sim::DelayMs;
using sim::kLongestDelay;
using sim::kNever;
using sim::TimeMs;

// 0 <= x <= 4, 1 <= y, y - x <= 2.
const Bounds kWedge{0, 0, -1, 4, 0, 3, 6, 2, 0};

Bounds hull_of(const Bounds& a, const Bounds& b) {
    Bounds hull(a.size());
    std::transform(a.begin(), a.end(), b.begin(), hull.begin(),
                   [](DelayMs x, DelayMs y) { return std::max(x, y); });
    return hull;
}

TEST_CASE("sim: contains() is membership", "[sim]") {
    CHECK(sim::contains(kWedge, std::vector<TimeMs>{0, 0, 1}));
    CHECK(sim::contains(kWedge, std::vector<TimeMs>{0, 4, 6}));
    CHECK_FALSE(sim::contains(kWedge, std::vector<TimeMs>{0, 4, 7}));
    CHECK_FALSE(sim::contains(kWedge, std::vector<TimeMs>{0, 5, 6}));
    CHECK_FALSE(sim::contains(kWedge, std::vector<TimeMs>{0, 0, 0}));
    CHECK_FALSE(sim::contains(kWedge, std::vector<TimeMs>{0, 0, 3}));
    CHECK(sim::contains(Bounds{0, -2, kNever, 0}, std::vector<TimeMs>{0, 1'000'000'000'000}));
    CHECK_THROWS_AS(sim::contains(kWedge, std::vector<TimeMs>{0, 0}), sim::InternalError);
    CHECK_THROWS_AS(sim::contains(kWedge, std::vector<TimeMs>{1, 1, 1}), sim::InternalError);
}

TEST_CASE("sim: canonical form is recognised", "[sim]") {
    CHECK(sim::is_canonical(kWedge, 3));
    CHECK(sim::is_canonical(Bounds{}, 0));
    CHECK(sim::is_canonical(Bounds{0}, 1));
    CHECK(sim::is_canonical(Bounds{0, 0, kNever, 0}, 2));
    CHECK_FALSE(sim::is_canonical(kWedge, 2));
    CHECK_FALSE(sim::is_canonical(Bounds{1}, 1));
    CHECK_FALSE(sim::is_canonical(Bounds{0, -3, 2, 0}, 2));  // empty: 3 <= x <= 2
    Bounds loose = kWedge;
    loose[2 * 3 + 0] = 7;  // y <= x + 2 <= 6 says more
    CHECK_FALSE(sim::is_canonical(loose, 3));
    CHECK(sim::close(loose, 3));
    CHECK(loose == kWedge);
}

TEST_CASE("sim: close() finds that a zone is empty", "[sim]") {
    Bounds empty{0, -3, 2, 0};
    CHECK_FALSE(sim::close(empty, 2));
    Bounds negative{-1};
    CHECK_FALSE(sim::close(negative, 1));
    Bounds skew{0, 0, 0};
    CHECK_THROWS_AS(sim::close(skew, 2), sim::InternalError);
}

TEST_CASE("sim: larger zones have a larger extent", "[sim]") {
    Bounds wider = kWedge;
    wider[1 * 3 + 0] = 5;
    CHECK(sim::extent(wider) == sim::extent(kWedge) + 1);
    // Present and x >= 0: 0 + 0 + longest + 0.
    CHECK(sim::extent(Bounds{0, 0, kNever, 0}) == kLongestDelay);
    CHECK(sim::extent(Bounds{}) == 0);
    // A sum of many unbounded entries does not overflow.
    CHECK(sim::extent(Bounds(100, kNever)) == std::int64_t{100} * kLongestDelay);
}

TEST_CASE("sim: never absorbs", "[sim]") {
    CHECK(sim::add(kNever, -kLongestDelay) == kNever);
    CHECK(sim::add(-1, kNever) == kNever);
    CHECK(sim::add(kLongestDelay, kLongestDelay) == kNever - 1);
    CHECK(sim::is_valid({0, kNever}));
    CHECK(sim::is_valid({kLongestDelay, kLongestDelay}));
    CHECK_FALSE(sim::is_valid({kNever, kNever}));
    CHECK_FALSE(sim::is_valid({0, kLongestDelay + 1}));
    CHECK_FALSE(sim::is_valid({-1, 0}));
    CHECK_FALSE(sim::is_valid({2, 1}));
}

// Canonical bounds are attained, hence inclusion of points is inclusion of bounds. No bound exceeds
// 3 * 4, the longest path over three edges: a box to 13 tells unbounded ones.
TEST_CASE("sim: includes() is inclusion of integer points", "[sim]") {
    sim::Random random(92);
    int included = 0;
    for (int round = 0; round < 400; ++round) {
        const Bounds a = random_zone(random, 3, 4);
        Bounds b = random_zone(random, 3, 4);
        if (random.below(2) == 0) {
            b = hull_of(a, b);
        }
        bool inside = true;
        for_each_point(3, -13, 13, [&](std::span<const TimeMs> point) {
            inside = inside && (!sim::contains(a, point) || sim::contains(b, point));
        });
        CHECK(sim::includes(b, a) == inside);
        included += static_cast<int>(inside);
    }
    CHECK(included > 50);
    CHECK_THROWS_AS(sim::includes(kWedge, Bounds{0}), sim::InternalError);
}

// Blocks of 16 entries and the rest are compared by different code.
TEST_CASE("sim: includes() sees every entry", "[sim]") {
    for (const std::size_t size : {1U, 15U, 16U, 17U, 32U, 49U}) {
        const Bounds zone(size, 7);
        CHECK(sim::includes(zone, zone));
        for (std::size_t at = 0; at < size; ++at) {
            Bounds other = zone;
            other[at] = 8;
            CHECK(sim::includes(other, zone));
            CHECK_FALSE(sim::includes(zone, other));
        }
    }
}

// Are the integer points of the hull those of a and b? Brute force in a box.
bool is_union_a_zone(const Bounds& a, const Bounds& b, std::size_t dimension, TimeMs box) {
    const Bounds hull = hull_of(a, b);
    bool whole = true;
    for_each_point(dimension, -box, box, [&](std::span<const TimeMs> point) {
        whole = whole && (!sim::contains(hull, point) || sim::contains(a, point) ||
                          sim::contains(b, point));
    });
    return whole;
}

// Cuts a zone in two, at a random place of a random face; the halves may overlap or leave a gap.
std::optional<std::pair<Bounds, Bounds>> halves(sim::Random& random, const Bounds& zone,
                                                std::size_t n) {
    const auto i = static_cast<std::size_t>(random.below(n));
    const auto j = (i + 1 + static_cast<std::size_t>(random.below(n - 1))) % n;
    const auto cut = static_cast<DelayMs>(random.below(9)) - 4;
    Bounds low = zone;
    Bounds high = zone;
    low[i * n + j] = std::min(low[i * n + j], cut);
    const auto shift = static_cast<DelayMs>(random.below(4)) - 1;
    high[j * n + i] = std::min(high[j * n + i], -cut - shift);
    if (!sim::close(low, n) || !sim::close(high, n)) {
        return std::nullopt;
    }
    return std::pair(low, high);
}

struct Answers {
    int yes = 0;
    int no = 0;
};

void check_join(const Bounds& a, const Bounds& b, std::size_t n, Answers& answers) {
    // Two points of the hull that tell it from the union differ by at most the sum of n - 1 bounds.
    const TimeMs box = n == 4 ? 9 : 13;
    const bool expected = is_union_a_zone(a, b, n, box);
    Bounds joined;
    const bool yes = sim::join_if_convex(a, b, n, joined);
    CHECK(yes == expected);
    Bounds swapped;
    CHECK(sim::join_if_convex(b, a, n, swapped) == expected);
    if (yes) {
        CHECK(joined == swapped);
        CHECK(sim::is_canonical(joined, n));
        CHECK(sim::includes(joined, a));
        CHECK(sim::includes(joined, b));
    }
    ++(yes ? answers.yes : answers.no);
}

// Both answers are exact, on integer points.
TEST_CASE("sim: zones are joined exactly when their union is a zone", "[sim]") {
    sim::Random random(92);
    for (const std::size_t n : {2U, 3U, 4U}) {
        Answers answers;
        for (int round = 0; round < (n == 4 ? 150 : 800); ++round) {
            const Bounds zone = random_zone(random, n, 4);
            check_join(zone, random_zone(random, n, 4), n, answers);
            if (const auto cut = halves(random, zone, n)) {
                check_join(cut->first, cut->second, n, answers);
            }
        }
        CAPTURE(n);
        CHECK(answers.yes > 30);
        CHECK(answers.no > 30);
    }
}

// The slow twin: what is left of the hull beyond each face of `a`, closed, must lie in `b`.
bool joins_by_pieces(const Bounds& a, const Bounds& b, std::size_t n) {
    const Bounds hull = hull_of(a, b);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            Bounds piece = hull;
            piece[j * n + i] = std::min(piece[j * n + i], -a[i * n + j] - 1);
            if (a[i * n + j] < hull[i * n + j] && sim::close(piece, n) &&
                !sim::includes(b, piece)) {
                return false;
            }
        }
    }
    return true;
}

TEST_CASE("sim: zones of many instants are joined as piece by piece", "[sim]") {
    sim::Random random(2006);
    Answers answers;
    for (int round = 0; round < 4'000; ++round) {
        const std::size_t n = 2 + random.below(8);
        const Bounds zone = random_zone(random, n, 20);
        const auto cut = halves(random, zone, n);
        if (!cut) {
            continue;
        }
        const auto& [low, high] = *cut;
        const bool expected = joins_by_pieces(low, high, n);
        Bounds joined;
        REQUIRE(sim::join_if_convex(low, high, n, joined) == expected);
        REQUIRE((!expected || joined == hull_of(low, high)));
        REQUIRE(sim::join_if_convex(high, low, n, joined) == expected);
        ++(expected ? answers.yes : answers.no);
    }
    CHECK(answers.yes > 500);
    CHECK(answers.no > 500);
}

// 0 <= x <= 1 and 2 <= x <= 3: in dense time (1, 2) is missing, but no integer.
TEST_CASE("sim: neighbours on the grid are joined", "[sim]") {
    Bounds joined;
    CHECK(sim::join_if_convex(Bounds{0, 0, 1, 0}, Bounds{0, -2, 3, 0}, 2, joined));
    CHECK(joined == Bounds{0, 0, 3, 0});
    CHECK_FALSE(sim::join_if_convex(Bounds{0, 0, 1, 0}, Bounds{0, -3, 4, 0}, 2, joined));
}

bool is_within(const Bounds& zone, DelayMs size) {
    return std::all_of(zone.begin(), zone.end(), [&](DelayMs bound) {
        return bound == kNever || (-size <= bound && bound <= size);
    });
}

Bounds scaled(Bounds zone, DelayMs unit) {
    for (DelayMs& bound : zone) {
        bound = bound == kNever ? kNever : bound * unit;
    }
    return zone;
}

// A face, a bound that leads to it and one that leads away from it are added: with delays beyond
// kNever / 3, some 8 days, this needs more than 32 bits. Zones in units of 1 s and of 37 hours are
// joined alike, since a gap of 1 ms is small in both.
TEST_CASE("sim: joining zones of the longest delays does not overflow", "[sim]") {
    sim::Random random(92);
    int joins = 0;
    for (int round = 0; round < 5'000; ++round) {
        const Bounds zone = random_zone(random, 4, 8);
        const auto cut = halves(random, zone, 4);
        if (!cut || !is_within(cut->first, 8) || !is_within(cut->second, 8)) {
            continue;
        }
        Bounds joined;
        const bool small = sim::join_if_convex(scaled(cut->first, 1'000),
                                               scaled(cut->second, 1'000), 4, joined);
        constexpr DelayMs kUnit = kLongestDelay / 8;
        const bool large = sim::join_if_convex(scaled(cut->first, kUnit),
                                               scaled(cut->second, kUnit), 4, joined);
        CHECK(small == large);
        joins += static_cast<int>(large);
    }
    CHECK(joins > 100);
}

}  // namespace
}  // namespace failback::tests::sim_dbm_test
