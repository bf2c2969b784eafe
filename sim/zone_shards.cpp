#include "sim/zone_shards.hpp"

#include <functional>
#include <numeric>

namespace failback::sim {

ZoneShards::ZoneShards(Coverage coverage) {
    for (std::uint32_t shard = 0; shard < kShards; ++shard) {
        shards_.emplace_back(coverage);
    }
}

std::vector<ZoneId> ZoneShards::alive_zones(NodeId node) const {
    const std::uint32_t shard = shard_of(node);
    std::vector<ZoneId> zones = shards_[shard].alive_zones(node / kShards);
    for (ZoneId& zone : zones) {
        zone = zone * kShards + shard;
    }
    return zones;
}

std::size_t ZoneShards::alive_count() const {
    return std::transform_reduce(shards_.begin(), shards_.end(), std::size_t{0}, std::plus<>(),
                                 [](const ZoneStore& each) { return each.alive_count(); });
}

std::size_t ZoneShards::memory_bytes() const {
    return std::transform_reduce(shards_.begin(), shards_.end(), std::size_t{0}, std::plus<>(),
                                 [](const ZoneStore& each) { return each.memory_bytes(); });
}

}  // namespace failback::sim
