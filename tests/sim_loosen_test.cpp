// Loosened zones against their definition: forget the bounds of unrelated timers, then close.
#include "sim/loosen.hpp"
#include "tests/sim_zones.hpp"

#include <vector>

#include <catch2/catch.hpp>

namespace failback::tests::sim_loosen_test {
namespace {

using sim::PartId;

std::vector<PartId> random_parts(sim::Random& random, std::size_t dimension) {
    std::vector<PartId> parts(dimension);
    for (std::size_t i = 1; i < dimension; ++i) {
        const auto branch = static_cast<std::uint8_t>(random.below(3));
        const auto leaf = static_cast<std::uint8_t>(branch == 0 ? 0 : random.below(3));
        parts[i] = {branch, leaf};
    }
    return parts;
}

// The slow twin: forget the bounds of unrelated timers and close what is left.
Bounds slowly_loosened(Bounds zone, const std::vector<PartId>& parts) {
    const std::size_t n = parts.size();
    for (std::size_t a = 0; a < n; ++a) {
        for (std::size_t b = 0; b < n; ++b) {
            if (!sim::related(parts[a], parts[b])) {
                zone[a * n + b] = sim::kNever;
            }
        }
    }
    REQUIRE(sim::close(zone, n));
    return zone;
}

TEST_CASE("sim: a timer is related to its own part and to what it shares", "[sim]") {
    const PartId root{};
    const PartId fault{1, 0};
    const PartId one{1, 1};
    const PartId two{1, 2};
    const PartId elsewhere{2, 1};
    CHECK(sim::related(root, elsewhere));
    CHECK(sim::related(fault, one));
    CHECK(sim::related(two, fault));
    CHECK(sim::related(one, one));
    CHECK_FALSE(sim::related(one, two));
    CHECK_FALSE(sim::related(fault, elsewhere));
    CHECK_FALSE(sim::related(one, elsewhere));
    CHECK(sim::all_related(std::vector{root, fault, one}));
    CHECK_FALSE(sim::all_related(std::vector{root, one, two}));
}

TEST_CASE("sim: loosening agrees with forgetting and closing", "[sim]") {
    sim::Random random(2019);
    int changed = 0;
    for (int round = 0; round < 5000; ++round) {
        const std::size_t dimension = 2 + random.below(7);
        const Bounds zone = random_zone(random, dimension, 50);
        const auto parts = random_parts(random, dimension);
        Bounds loose = zone;
        sim::loosen(loose, parts);
        REQUIRE(loose == slowly_loosened(zone, parts));
        REQUIRE(sim::includes(loose, zone));
        changed += static_cast<int>(loose != zone);
    }
    CHECK(changed > 2000);
}

}  // namespace
}  // namespace failback::tests::sim_loosen_test
