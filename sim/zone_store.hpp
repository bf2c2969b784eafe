// The zones seen with each node (the passed list), kept free of zones inside others.
//
//  1. A zone is alive or dead. A dead one is covered by alive ones of its node; it need not be
//     expanded, and its memory is used again.
//  2. With merging, two alive zones of a node whose integer points form one zone become that zone.
//  3. Zones of equal dimension share one pool, and never move.
//  4. The alive zones of a node are a list through zones_, from the last one to the first; the
//     unused places of a pool are a list of dead zones. Neither takes memory of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "sim/arena.hpp"
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
    // be a union with earlier ones. All zones of a node have the same dimension.
    std::optional<ZoneId> insert(NodeId node, std::size_t dimension, ConstMatrix zone);

    // The node and the entries of an alive zone. The entries stay until it is dead.
    [[nodiscard]] NodeId node(ZoneId id) const { return zones_[id].node; }
    [[nodiscard]] ConstMatrix zone(ZoneId id) const;

    [[nodiscard]] bool alive(ZoneId id) const { return zones_[id].node != kNone; }
    [[nodiscard]] std::vector<ZoneId> alive_zones(NodeId node) const;
    [[nodiscard]] std::size_t alive_count() const { return alive_count_; }
    [[nodiscard]] std::size_t memory_bytes() const {
        return zones_.memory_bytes() + nodes_.memory_bytes() + pool_bytes_;
    }

private:
    static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

    struct Zone {
        DelayMs* entries = nullptr;  // in the pool of its dimension
        NodeId node = kNone;         // kNone if it is dead
        ZoneId next = kNone;         // in one of the lists (4)
    };
    struct Node {
        ZoneId last = kNone;
        std::uint32_t dimension = 0;
    };
    struct Pool {
        Arena<DelayMs> entries;
        ZoneId unused = kNone;
    };
    // A zone in the list of its node, and the one that leads to it.
    struct Position {
        ZoneId before = kNone;     // kNone: it is the last of the node
        ZoneId id = kNone;
    };

    ZoneId store(NodeId node, std::size_t dimension, ConstMatrix zone);
    DelayMs* place(std::size_t dimension, ConstMatrix zone);
    Position bury(NodeId node, Position position);
    void bury_included(NodeId node);
    [[nodiscard]] Position next(Position position) const {
        return {position.id, zones_[position.id].next};
    }
    [[nodiscard]] bool covered(NodeId node, ConstMatrix candidate) const;
    bool merge_once(NodeId node, std::size_t dimension);

    Coverage coverage_;
    Arena<Zone> zones_;
    Arena<Node> nodes_;
    std::vector<Pool> pools_;      // by dimension
    std::size_t pool_bytes_ = 0;
    std::size_t alive_count_ = 0;
    std::vector<DelayMs> candidate_;
    std::vector<DelayMs> joined_;
};

}  // namespace failback::sim
