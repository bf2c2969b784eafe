// The successor in O(n^2) against a slow twin that writes down all constraints and closes them.
#include "sim/check.hpp"
#include "sim/successor.hpp"
#include "tests/sim_zones.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include <catch2/catch.hpp>

namespace failback::tests::sim_successor_test {
namespace {

using sim::DelayMs;
using sim::Firing;
using sim::kNever;
using sim::Origin;
using sim::Watch;

// A step at random, as DiscreteGraph would describe it.
struct Case {
    Bounds zone;
    std::size_t dimension = 0;
    Firing firing;
    std::vector<Origin> origins;
};

// Remaining delays are not negative, and the stopwatch was not started in the future.
std::optional<Bounds> random_class(sim::Random& random, std::size_t pending, bool watching) {
    const std::size_t n = 1 + pending + static_cast<std::size_t>(watching);
    Bounds zone = random_zone(random, n, 9);
    for (std::size_t i = 1; i <= pending; ++i) {
        zone[i] = std::min(zone[i], 0);
    }
    if (watching) {
        DelayMs& latest = zone[(n - 1) * n];
        latest = std::min(latest, 0);
    }
    if (!sim::close(zone, n)) {
        return std::nullopt;
    }
    return zone;
}

sim::Interval random_delay(sim::Random& random) {
    const auto earliest = static_cast<DelayMs>(random.below(6));
    const auto latest = earliest + static_cast<DelayMs>(random.below(6));
    return {earliest, random.below(4) == 0 ? kNever : latest};
}

void draw_watch(sim::Random& random, std::size_t started, Case& drawn) {
    Firing& firing = drawn.firing;
    if (firing.pending_watch) {
        constexpr std::array kRunning{Watch::leave, Watch::restart, Watch::stop, Watch::discard};
        firing.watch = kRunning[random.below(kRunning.size())];
    } else {
        firing.watch = random.below(2) == 0 ? Watch::start : Watch::leave;
    }
    if (sim::starts(firing.watch)) {
        drawn.origins.push_back({firing.entry + 1, {}});
    } else if (firing.pending_watch && firing.watch == Watch::leave) {
        drawn.origins.push_back({static_cast<std::uint32_t>(started), {}});
    }
}

std::optional<Case> random_case(sim::Random& random) {
    Case drawn;
    const auto pending = static_cast<std::size_t>(1 + random.below(5));
    drawn.firing.pending_watch = random.below(2) == 0;
    auto zone = random_class(random, pending, drawn.firing.pending_watch);
    if (!zone) {
        return std::nullopt;
    }
    drawn.zone = *zone;
    drawn.dimension = 1 + pending + static_cast<std::size_t>(drawn.firing.pending_watch);
    drawn.firing.entry = static_cast<std::uint32_t>(random.below(pending));
    const std::uint32_t fired = drawn.firing.entry + 1;
    for (std::uint32_t old = 1; old <= pending; ++old) {
        if (old != fired && random.below(4) != 0) {
            drawn.origins.push_back({old, {}});
        }
    }
    for (auto scheduled = random.below(4); scheduled > 0; --scheduled) {
        // Anywhere in the agenda: it is sorted by event.
        const auto at = static_cast<std::ptrdiff_t>(random.below(drawn.origins.size() + 1));
        drawn.origins.insert(drawn.origins.begin() + at, Origin{fired, random_delay(random)});
    }
    drawn.origins.insert(drawn.origins.begin(), Origin{fired, {}});
    draw_watch(random, drawn.dimension - 1, drawn);
    drawn.firing.origins = static_cast<std::uint32_t>(drawn.origins.size());
    return drawn;
}

struct Answer {
    Bounds conditioned;  // of the old instants
    Bounds target;
};

// All old and all new instants in one system.
std::optional<Answer> slow_fire(const Case& given) {
    const std::size_t n = given.dimension;
    const std::size_t m = given.origins.size();
    const std::size_t all = n + m;
    Bounds system(all * all, kNever);
    const auto limit = [&](std::size_t a, std::size_t b, DelayMs bound) {
        system[a * all + b] = std::min(system[a * all + b], bound);
    };
    for (std::size_t a = 0; a < n; ++a) {
        for (std::size_t b = 0; b < n; ++b) {
            limit(a, b, given.zone[a * n + b]);
        }
    }
    const std::size_t pending = n - 1 - static_cast<std::size_t>(given.firing.pending_watch);
    for (std::size_t j = 1; j <= pending; ++j) {
        limit(given.firing.entry + 1, j, 0);
    }
    for (std::size_t k = 0; k < m; ++k) {
        limit(n + k, given.origins[k].base, given.origins[k].delay.latest);
        limit(given.origins[k].base, n + k, -given.origins[k].delay.earliest);
    }
    if (!sim::close(system, all)) {
        return std::nullopt;
    }
    Answer answer;
    for (std::size_t a = 0; a < n; ++a) {
        for (std::size_t b = 0; b < n; ++b) {
            answer.conditioned.push_back(system[a * all + b]);
        }
    }
    for (std::size_t a = n; a < all; ++a) {
        for (std::size_t b = n; b < all; ++b) {
            answer.target.push_back(system[a * all + b]);
        }
    }
    return answer;
}

void check_against_twin(sim::SuccessorMaker& maker, const Case& given) {
    const auto slow = slow_fire(given);
    const bool possible = maker.fire(given.zone, given.dimension, given.firing, given.origins);
    REQUIRE(possible == slow.has_value());
    if (!possible) {
        return;
    }
    const auto zone = maker.zone();
    REQUIRE(std::ranges::equal(zone, slow->target));
    REQUIRE(sim::is_canonical(zone, given.origins.size()));
    const bool stops = given.firing.pending_watch && given.firing.watch == Watch::stop;
    REQUIRE(maker.elapsed().has_value() == stops);
    if (stops) {
        const std::size_t n = given.dimension;
        const std::size_t fired = given.firing.entry + 1;
        REQUIRE(maker.elapsed()->most == slow->conditioned[fired * n + n - 1]);
        REQUIRE(maker.elapsed()->least == -slow->conditioned[(n - 1) * n + fired]);
    }
}

TEST_CASE("sim: successors agree with closing the whole system", "[sim]") {
    sim::Random random(92);
    sim::SuccessorMaker maker;
    int checked = 0;
    int impossible = 0;
    while (checked < 10'000) {
        if (const auto given = random_case(random)) {
            check_against_twin(maker, *given);
            impossible += static_cast<int>(!slow_fire(*given).has_value());
            ++checked;
        }
    }
    CHECK(impossible > 500);
    CHECK(impossible < 9'000);
}

// The start of the stopwatch lies in the past; it is no pending event and need not come after what
// fires. x in [3, 5], started 2 ms ago: it shows 5 to 7.
TEST_CASE("sim: the stopwatch shows how long ago it was started", "[sim]") {
    Firing firing;
    firing.watch = Watch::stop;
    firing.pending_watch = true;
    const Bounds zone{0, -3, 2, 5, 0, 7, -2, -5, 0};
    REQUIRE(sim::is_canonical(zone, 3));
    sim::SuccessorMaker maker;
    REQUIRE(maker.fire(zone, 3, firing, std::vector<Origin>{{1, {}}}));
    REQUIRE(maker.elapsed().has_value());
    CHECK(maker.elapsed()->least == 5);
    CHECK(maker.elapsed()->most == 7);
    CHECK(std::ranges::equal(maker.zone(), Bounds{0}));
}

TEST_CASE("sim: only what is pending can fire", "[sim]") {
    sim::SuccessorMaker maker;
    const Bounds zone{0, 0, 5, 0};
    const std::vector<Origin> origins{{1, {}}};
    Firing firing;
    CHECK(maker.fire(zone, 2, firing, origins));
    CHECK_THROWS_AS(maker.fire(zone, 3, firing, origins), sim::InternalError);
    firing.entry = 1;
    CHECK_THROWS_AS(maker.fire(zone, 2, firing, origins), sim::InternalError);
    firing.entry = 0;
    firing.pending_watch = true;  // index 1 is the stopwatch, and nothing is pending
    CHECK_THROWS_AS(maker.fire(zone, 2, firing, origins), sim::InternalError);
}

}  // namespace
}  // namespace failback::tests::sim_successor_test
