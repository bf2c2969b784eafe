// Blocks that never move, and the heap in them, against the standard containers.
#include "sim/arena.hpp"
#include "sim/check.hpp"
#include "sim/heap.hpp"
#include "sim/random.hpp"

#include <numeric>
#include <queue>
#include <vector>

#include <catch2/catch.hpp>

namespace failback::tests::sim_arena_test {
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
        const std::size_t most = next < Numbers::kBlock ? 100 : Numbers::kBlock / 3;
        std::vector<std::uint32_t> values(random.below(most));
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
    // What was written, and where the blocks are.
    CHECK(arena.memory_bytes() >= next * sizeof(std::uint32_t));
    CHECK(arena.memory_bytes() < next * sizeof(std::uint32_t) + 1000);
    CHECK(arena.size() < next + 5 * Numbers::kBlock / 2);  // left out at the ends of blocks only
}

// Through all the small blocks and some of the largest.
TEST_CASE("sim: single values leave no index out, and can be changed", "[sim]") {
    Numbers arena;
    CHECK(arena.memory_bytes() == 0);
    for (std::uint32_t value = 0; value < 4 * Numbers::kBlock + 7; ++value) {
        REQUIRE(arena.append(value) == value);
        REQUIRE(arena[value] == value);
    }
    for (std::uint32_t value = 0; value < arena.size(); ++value) {
        REQUIRE(arena[value] == value);
    }
    arena[Numbers::kBlock] = 1;
    CHECK(arena[Numbers::kBlock] == 1);
    CHECK(arena[Numbers::kBlock + 1] == Numbers::kBlock + 1);
    CHECK(arena.size() == 4 * Numbers::kBlock + 7);
}

TEST_CASE("sim: blocks that are too small are left out", "[sim]") {
    Numbers arena;
    const std::vector<std::uint32_t> large(Numbers::kBlock, 9);
    CHECK(arena.append(7) == 0);
    const std::uint64_t first = arena.append(large);
    CHECK(arena.append(8) == first + large.size());
    CHECK(std::ranges::equal(arena.view(first, large.size()), large));
    CHECK(arena[0] == 7);
    CHECK(arena[first + large.size()] == 8);
    CHECK(arena.memory_bytes() < (large.size() + 2) * sizeof(std::uint32_t) + 1000);
}

TEST_CASE("sim: what an arena does not hold is refused", "[sim]") {
    Numbers arena;
    CHECK(arena.append(std::span<const std::uint32_t>()) == 0);
    CHECK(arena.view(0, 0).empty());
    CHECK_THROWS_AS(arena.view(0, 1), sim::InternalError);
    CHECK_THROWS_AS(arena[0], sim::InternalError);
    CHECK_THROWS_AS(arena.append(std::vector<std::uint32_t>(Numbers::kBlock + 1)),
                    sim::InternalError);
}

TEST_CASE("sim: a heap gives the greatest first", "[sim]") {
    sim::Random random(4);
    sim::Heap<std::uint64_t> heap;
    std::priority_queue<std::uint64_t> queue;
    for (int round = 0; round < 50'000; ++round) {
        REQUIRE(heap.empty() == queue.empty());
        if (queue.empty() || random.below(100) < (round < 30'000 ? 60U : 30U)) {
            const std::uint64_t value = random.below(5'000);
            heap.push(value);
            queue.push(value);
        } else {
            REQUIRE(heap.pop() == queue.top());
            queue.pop();
        }
        REQUIRE(heap.size() == queue.size());
    }
    while (!queue.empty()) {
        REQUIRE(heap.pop() == queue.top());
        queue.pop();
    }
    CHECK(heap.empty());
    CHECK_THROWS_AS(heap.pop(), sim::InternalError);
}

}  // namespace
}  // namespace failback::tests::sim_arena_test
