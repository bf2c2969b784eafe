// The zones seen with each node (the passed list), kept free of zones inside others.
//
//  1. A zone is alive or dead. A dead one is covered by alive ones of its node; it need not be
//     expanded, and its memory is used again.
//  2. With merging, two alive zones of a node whose integer points form one zone become that zone.
//  3. Zones of equal dimension share one pool, side by side.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/dbm.hpp"
#include "sim/successor.hpp"

namespace failback::sim {

using ZoneId = std::uint32_t;

// When a new zone need not be kept: equal to a stored one, inside one, or (also) joined with one.
// `equal` and `inclusion` are the slow twins of `merging`; the verdict is the same with each.
enum class Coverage : std::uint8_t { equal, inclusion, merging };

class ZoneStore {
public:
    explicit ZoneStore(Coverage coverage) : coverage_(coverage) {}

    // Adds a zone to a node, unless an alive one of that node includes it. The returned zone may
    // be a union with earlier ones.
    std::optional<ZoneId> insert(NodeId node, std::size_t dimension, ConstMatrix zone);

    [[nodiscard]] ConstMatrix zone(ZoneId id) const;
    [[nodiscard]] NodeId node(ZoneId id) const { return zones_[id].node; }
    [[nodiscard]] bool alive(ZoneId id) const { return zones_[id].alive; }
    [[nodiscard]] const std::vector<ZoneId>& alive_zones(NodeId node) const;
    [[nodiscard]] std::size_t alive_count() const { return alive_count_; }
    [[nodiscard]] std::size_t memory_bytes() const { return memory_bytes_; }

private:
    struct Zone {
        NodeId node = 0;
        std::uint32_t place = 0;      // which slot of the pool
        std::uint16_t dimension = 0;
        bool alive = true;
    };
    struct Pool {
        std::vector<DelayMs> entries;
        std::vector<std::uint32_t> unused;
    };

    ZoneId store(NodeId node, std::size_t dimension, ConstMatrix zone);
    void bury(NodeId node, std::size_t position);
    [[nodiscard]] bool covers(ConstMatrix stored, ConstMatrix candidate) const;
    bool merge_once(NodeId node, std::size_t dimension);

    Coverage coverage_;
    std::vector<Zone> zones_;
    std::vector<std::vector<ZoneId>> of_node_;
    std::vector<Pool> pools_;         // by dimension
    std::size_t alive_count_ = 0;
    std::size_t memory_bytes_ = 0;
    std::vector<DelayMs> candidate_;
    std::vector<DelayMs> joined_;
};

}  // namespace failback::sim
