// Blocks that never move, against a plain vector.
#include "sim/arena.hpp"
#include "sim/check.hpp"
#include "sim/random.hpp"

#include <numeric>
#include <vector>

#include <catch2/catch.hpp>

namespace failback::tests {
namespace {

using Numbers = sim::Arena<std::uint32_t>;

TEST_CASE("sim: an arena keeps what was appended together, and where it was", "[sim]") {
    sim::Random random(18);
    Numbers arena;
    struct Piece {
        std::uint64_t first;
        const std::uint32_t* where;
        std::vector<std::uint32_t> values;
    };
    std::vector<Piece> pieces;
    std::uint32_t next = 0;
    while (next < 5 * Numbers::kBlock) {
        std::vector<std::uint32_t> values(random.below(Numbers::kBlock / 3));
        std::iota(values.begin(), values.end(), next);
        next += static_cast<std::uint32_t>(values.size());
        const std::uint64_t first = arena.append(values);
        pieces.push_back({first, arena.view(first, values.size()).data(), values});
    }
    for (const Piece& piece : pieces) {
        const auto view = arena.view(piece.first, piece.values.size());
        REQUIRE(std::ranges::equal(view, piece.values));
        REQUIRE(view.data() == piece.where);
    }
    CHECK(arena.memory_bytes() == arena.size() * sizeof(std::uint32_t));
    CHECK(arena.size() < next + 5 * Numbers::kBlock / 2);  // gaps at the ends of blocks only
}

TEST_CASE("sim: single values leave no gaps, and can be changed", "[sim]") {
    Numbers arena;
    for (std::uint32_t value = 0; value < 2 * Numbers::kBlock + 7; ++value) {
        REQUIRE(arena.append(value) == value);
    }
    arena[Numbers::kBlock] = 1;
    CHECK(arena[Numbers::kBlock] == 1);
    CHECK(arena[Numbers::kBlock + 1] == Numbers::kBlock + 1);
    CHECK(arena.size() == 2 * Numbers::kBlock + 7);
}

TEST_CASE("sim: what an arena does not hold is refused", "[sim]") {
    Numbers arena;
    CHECK(arena.append(std::span<const std::uint32_t>()) == 0);
    CHECK(arena.view(0, 0).empty());
    CHECK_THROWS_AS(arena.view(0, 1), sim::InternalError);
    CHECK_THROWS_AS(arena.append(std::vector<std::uint32_t>(Numbers::kBlock + 1)),
                    sim::InternalError);
}

}  // namespace
}  // namespace failback::tests
