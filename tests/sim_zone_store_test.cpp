// The store of zones against its slow twin: lists of lists, each zone in a vector of its own.
#include "sim/check.hpp"
#include "sim/zone_store.hpp"
#include "tests/sim_zones.hpp"

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

namespace failback::tests::sim_zone_store_test {
namespace {

using sim::Coverage;
using sim::ZoneId;

class PlainStore {
public:
    explicit PlainStore(Coverage coverage) : coverage_(coverage) {}

    std::optional<ZoneId> insert(sim::NodeId node, std::size_t dimension, Bounds zone) {
        auto& list = lists_[node];
        for (const auto& [id, old] : list) {
            if (coverage_ == Coverage::equal ? old == zone : sim::includes(old, zone)) {
                return std::nullopt;
            }
        }
        bool grown = coverage_ != Coverage::equal;
        while (grown) {
            for (std::size_t k = list.size(); k-- > 0;) {
                if (sim::includes(zone, list[k].second)) {
                    bury(list, k);
                }
            }
            grown = coverage_ == Coverage::merging && merge(list, dimension, zone);
        }
        list.emplace_back(next_, zone);
        return next_++;
    }

    [[nodiscard]] const auto& lists() const { return lists_; }

private:
    using List = std::vector<std::pair<ZoneId, Bounds>>;

    static void bury(List& list, std::size_t position) {
        std::swap(list[position], list.back());
        list.pop_back();
    }

    static bool merge(List& list, std::size_t dimension, Bounds& zone) {
        for (std::size_t k = list.size(); k-- > 0;) {
            Bounds joined;
            if (sim::join_if_convex(list[k].second, zone, dimension, joined)) {
                zone = joined;
                bury(list, k);
                return true;
            }
        }
        return false;
    }

    Coverage coverage_;
    std::map<sim::NodeId, List> lists_;
    ZoneId next_ = 0;
};

bool same(const sim::ZoneStore& store, const PlainStore& plain, std::size_t& alive) {
    alive = 0;
    for (const auto& [key, list] : plain.lists()) {
        const sim::NodeId node = key;  // clang 14 cannot capture a structured binding
        const auto ids = store.alive_zones(node);
        alive += ids.size();
        const bool equal = std::ranges::equal(ids, list, [&](ZoneId id, const auto& expected) {
            return id == expected.first && store.alive(id) && store.node(id) == node &&
                   std::ranges::equal(store.zone(id), expected.second);
        });
        if (!equal) {
            return false;
        }
    }
    return true;
}

// Few nodes and small zones, so that much is covered, buried and merged.
TEST_CASE("sim: the store keeps the same zones in the same order as its slow twin", "[sim]") {
    for (const auto coverage : {Coverage::equal, Coverage::inclusion, Coverage::merging}) {
        sim::Random random(7);
        std::size_t most = 0;
        for (int round = 0; round < 40; ++round) {
            sim::ZoneStore store(coverage);
            PlainStore plain(coverage);
            std::size_t alive = 0;
            for (int step = 0; step < 60; ++step) {
                const auto node = static_cast<sim::NodeId>(random.below(3));
                const std::size_t dimension = 2 + node;
                const Bounds zone = random_zone(random, dimension, round < 20 ? 4 : 30);
                REQUIRE(store.insert(node, dimension, zone) ==
                        plain.insert(node, dimension, zone));
                REQUIRE(same(store, plain, alive));
                REQUIRE(store.alive_count() == alive);
            }
            most = std::max(most, alive);
        }
        CHECK(most > 20);
    }
}

// Zones that cover nothing of each other: nothing can be used again.
TEST_CASE("sim: the memory of stored zones is all that they take", "[sim]") {
    constexpr std::size_t kDimension = 20;
    constexpr std::size_t kZones = 5000;
    sim::ZoneStore store(Coverage::equal);
    Bounds zone(kDimension * kDimension, 0);
    for (std::size_t k = 0; k < kZones; ++k) {
        zone[1] = static_cast<sim::DelayMs>(k);
        REQUIRE(store.insert(static_cast<sim::NodeId>(k / 2), kDimension, zone).has_value());
    }
    const std::size_t entries = kZones * zone.size() * sizeof(sim::DelayMs);
    const std::size_t rest = kZones * 16 + kZones / 2 * 8;
    CHECK(store.memory_bytes() >= entries + rest);
    CHECK(store.memory_bytes() < entries + rest + 2000);  // where the blocks are
}

TEST_CASE("sim: zones of a node have one dimension", "[sim]") {
    sim::ZoneStore store(Coverage::merging);
    CHECK(store.insert(0, 2, Bounds{0, 0, 0, 0}).has_value());
    CHECK_THROWS_AS(store.insert(0, 1, Bounds{0}), sim::InternalError);
}

}  // namespace
}  // namespace failback::tests::sim_zone_store_test
