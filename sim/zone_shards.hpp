// The zones of a search in shards, so that several threads can add zones at once.
//
//  1. A node belongs to one shard. Different shards may be added to at the same time.
//  2. What is stored, and under which number, depends on the order of additions within each shard,
//     not on the number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "sim/check.hpp"
#include "sim/zone_store.hpp"

namespace failback::sim {

class ZoneShards {
public:
    static constexpr std::uint32_t kShards = 8;

    explicit ZoneShards(Coverage coverage);

    [[nodiscard]] static std::uint32_t shard_of(NodeId node) { return node % kShards; }

    // As in ZoneStore.
    std::optional<ZoneId> insert(NodeId node, std::size_t dimension, ConstMatrix zone) {
        const std::uint32_t shard = shard_of(node);
        const auto stored = shards_[shard].insert(node / kShards, dimension, zone);
        ensure(!stored || *stored < kMostZones / kShards, "numbers of zones suffice");
        return stored ? std::optional(*stored * kShards + shard) : std::nullopt;
    }

    [[nodiscard]] ConstMatrix zone(ZoneId id) const { return shard(id).zone(id / kShards); }
    [[nodiscard]] NodeId node(ZoneId id) const {
        return shard(id).node(id / kShards) * kShards + id % kShards;
    }
    [[nodiscard]] bool alive(ZoneId id) const { return shard(id).alive(id / kShards); }

    [[nodiscard]] std::vector<ZoneId> alive_zones(NodeId node) const;
    [[nodiscard]] std::size_t alive_count() const;
    [[nodiscard]] std::size_t memory_bytes() const;

private:
    static constexpr ZoneId kMostZones = std::numeric_limits<ZoneId>::max();

    [[nodiscard]] const ZoneStore& shard(ZoneId id) const { return shards_[id % kShards]; }

    std::vector<ZoneStore> shards_;
};

}  // namespace failback::sim
