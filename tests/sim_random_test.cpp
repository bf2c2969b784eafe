#include "sim/check.hpp"
#include "sim/random.hpp"

#include <array>
#include <cstdint>

#include <catch2/catch.hpp>

namespace failback::tests::sim_random_test {
namespace {

using sim::Random;

// From an independent implementation of pcg32 after O'Neill's reference code, with state 92 and
// stream 1442695040888963407 / 2; that one gives a15c02b7 7b47f409 ba1d3330 for state 42, stream
// 54, as her demonstration does.
TEST_CASE("sim: the generator is pinned by a test vector", "[sim]") {
    Random random(92);
    for (const std::uint32_t expected : {0xe4dc313bU, 0xb545543bU, 0xee11305aU, 0x2d6f4cfbU,
                                         0x8f1d67caU, 0x61bdddb5U, 0xa3598badU, 0x5cbdd50aU}) {
        CHECK(random.next() == expected);
    }
}

TEST_CASE("sim: the same seed gives the same numbers, another seed others", "[sim]") {
    Random one(7);
    Random same(7);
    Random other(8);
    int equal = 0;
    for (int i = 0; i < 100; ++i) {
        const auto value = one.below(1'000'000);
        CHECK(value == same.below(1'000'000));
        equal += static_cast<int>(value == other.below(1'000'000));
    }
    CHECK(equal < 5);
}

// Chi-square with 9 degrees of freedom: 60 is exceeded by chance once in 10^8 seeds.
TEST_CASE("sim: below() is uniform", "[sim]") {
    constexpr std::int64_t kEach = 10'000;
    Random random(92);
    std::array<std::int64_t, 10> counts{};
    for (std::int64_t i = 0; i < kEach * 10; ++i) {
        ++counts[random.below(10)];
    }
    std::int64_t squares = 0;
    for (const std::int64_t count : counts) {
        squares += (count - kEach) * (count - kEach);
    }
    CHECK(squares < 60 * kEach);
}

TEST_CASE("sim: below() stays below its limit", "[sim]") {
    Random random(1);
    constexpr std::uint64_t kHalf = std::uint64_t{1} << 63U;
    for (const std::uint64_t limit :
         {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{3}, std::uint64_t{1} << 32U,
          (std::uint64_t{1} << 32U) + 1, kHalf, kHalf + 1, ~std::uint64_t{0}}) {
        for (int i = 0; i < 1000; ++i) {
            if (random.below(limit) >= limit) {
                FAIL("a number is not below " << limit);
            }
        }
    }
    CHECK(random.below(1) == 0);
    CHECK_THROWS_AS(random.below(0), sim::InternalError);
}

TEST_CASE("sim: below() reaches both halves of 64 bits", "[sim]") {
    Random random(5);
    bool low = false;
    bool high = false;
    for (int i = 0; i < 200; ++i) {
        const auto value = random.below(~std::uint64_t{0});
        low = low || (value & 0xffffffffU) > 0x80000000U;
        high = high || (value >> 32U) > 0x80000000U;
    }
    CHECK(low);
    CHECK(high);
}

TEST_CASE("sim: a failed check says where and what", "[sim]") {
    CHECK_NOTHROW(sim::ensure(true, "all is well"));
    CHECK_THROWS_WITH(sim::ensure(false, "all is well"),
                      Catch::Contains("sim_random_test.cpp:") &&
                          Catch::Contains("internal error: all is well"));
}

}  // namespace
}  // namespace failback::tests::sim_random_test
