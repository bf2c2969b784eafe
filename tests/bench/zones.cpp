// Operations on zones by dimension.
#include "sim/check.hpp"
#include "sim/zone_store.hpp"
#include "tests/bench/measure.hpp"
#include "tests/sim_zones.hpp"

#include <string>
#include <vector>

namespace failback::bench {

namespace {

using tests::Bounds;

constexpr sim::DelayMs kSize = 100'000;
constexpr std::size_t kZones = 64;  // few enough for the cache

std::vector<Bounds> random_zones(std::size_t count, std::size_t dimension) {
    sim::Random random(dimension);
    std::vector<Bounds> zones;
    for (std::size_t i = 0; i < count; ++i) {
        zones.push_back(tests::random_zone(random, dimension, kSize));
    }
    return zones;
}

// The zone with x_i - x_j <= bound. REQUIRES: it is not empty.
Bounds cut(Bounds zone, std::size_t dimension, std::size_t i, std::size_t j, sim::DelayMs bound) {
    zone[i * dimension + j] = bound;
    sim::ensure(sim::close(zone, dimension), "half a zone is not empty");
    return zone;
}

// Calls `operate` with the numbers 0 .. count - 1, again and again.
template <class Operate>
void repeat(benchmark::State& state, std::size_t count, Operate operate) {
    std::size_t next = 0;
    for ([[maybe_unused]] auto iteration : state) {
        operate(next);
        next = next + 1 < count ? next + 1 : 0;
    }
}

// The costliest case: every entry is compared.
void includes(benchmark::State& state, std::size_t dimension) {
    const auto zones = random_zones(kZones, dimension);
    const auto copies = zones;
    repeat(state, kZones,
           [&](std::size_t k) { benchmark::DoNotOptimize(sim::includes(zones[k], copies[k])); });
}

// Two zones that hardly ever form one, as most pairs do.
void join_apart(benchmark::State& state, std::size_t dimension) {
    const auto zones = random_zones(kZones, dimension);
    Bounds joined;
    repeat(state, kZones - 1, [&](std::size_t k) {
        benchmark::DoNotOptimize(sim::join_if_convex(zones[k], zones[k + 1], dimension, joined));
    });
}

// The halves of a zone.
void join_halves(benchmark::State& state, std::size_t dimension) {
    std::vector<Bounds> left;
    std::vector<Bounds> right;
    for (const Bounds& zone : random_zones(4 * kZones, dimension)) {
        const sim::DelayMs most = zone[dimension];
        const sim::DelayMs least = -zone[1];
        if (most == sim::kNever || most - least < 2) {
            continue;
        }
        const sim::DelayMs middle = least + (most - least) / 2;
        left.push_back(cut(zone, dimension, 1, 0, middle));
        right.push_back(cut(zone, dimension, 0, 1, -(middle + 1)));
    }
    Bounds joined;
    repeat(state, left.size(), [&](std::size_t k) {
        sim::ensure(sim::join_if_convex(left[k], right[k], dimension, joined), "halves join");
    });
}

void close(benchmark::State& state, std::size_t dimension) {
    const auto zones = random_zones(kZones, dimension);
    Bounds zone;
    repeat(state, kZones, [&](std::size_t k) {
        zone = zones[k];
        benchmark::DoNotOptimize(sim::close(zone, dimension));
    });
}

// A step that keeps all other pending events and schedules two.
void fire(benchmark::State& state, std::size_t dimension) {
    std::vector<sim::Origin> origins{{1, {}}};
    for (std::uint32_t index = 2; index < dimension; ++index) {
        origins.push_back({index, {}});
    }
    origins.push_back({1, {0, 1000}});
    origins.push_back({1, {500, 500}});
    sim::Firing firing;
    firing.origins = static_cast<std::uint32_t>(origins.size());
    // Most random zones leave no event the first; a box leaves each.
    std::vector<sim::Origin> start(dimension, sim::Origin{0, {0, kSize}});
    start[0].delay = {};
    const auto zone = sim::initial_zone(start);
    sim::SuccessorMaker successor;
    for ([[maybe_unused]] auto iteration : state) {
        sim::ensure(successor.fire(zone, dimension, firing, origins), "the event can be first");
        benchmark::DoNotOptimize(successor.zone().data());
    }
}

// Eight zones for each node, in turn.
void insert(benchmark::State& state, std::size_t dimension) {
    constexpr std::size_t kNodes = 64;
    const auto zones = random_zones(8 * kNodes, dimension);
    for ([[maybe_unused]] auto iteration : state) {
        sim::ZoneStore store(sim::Coverage::merging);
        for (std::size_t k = 0; k < zones.size(); ++k) {
            benchmark::DoNotOptimize(
                store.insert(static_cast<sim::NodeId>(k % kNodes), dimension, zones[k]));
        }
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(zones.size()));
}

}  // namespace

void add_zones(const Extent&) {
    struct Operation {
        const char* name;
        void (*run)(benchmark::State&, std::size_t);
    };
    constexpr Operation kOperations[]{
        {"includes", includes},
        {"join-apart", join_apart},
        {"join-halves", join_halves},
        {"close", close},
        {"fire", fire},
        {"store-insert", insert},
    };
    for (const auto& operation : kOperations) {
        for (const std::size_t dimension : {4U, 8U, 12U, 16U, 24U, 32U}) {
            const std::string name =
                "zone/" + std::string(operation.name) + "/" + std::to_string(dimension);
            benchmark::RegisterBenchmark(name.c_str(),
                                         [run = operation.run, dimension](benchmark::State& state) {
                                             run(state, dimension);
                                         });
        }
    }
}

}  // namespace failback::bench
