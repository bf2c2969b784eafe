#include "sim/zone_store.hpp"

#include <algorithm>

#include "sim/check.hpp"

namespace failback::sim {

ConstMatrix ZoneStore::zone(ZoneId id) const {
    ensure(alive(id), "only alive zones are read");
    const Zone& entry = zones_[id];
    const std::size_t dimension = nodes_[entry.node].dimension;
    return {entry.entries, dimension * dimension};
}

std::vector<ZoneId> ZoneStore::alive_zones(NodeId node) const {
    std::vector<ZoneId> ids;
    if (node < nodes_.size()) {
        for (ZoneId id = nodes_[node].last; id != kNone; id = zones_[id].next) {
            ids.push_back(id);
        }
    }
    std::ranges::reverse(ids);
    return ids;
}

std::optional<ZoneId> ZoneStore::insert(NodeId node, std::size_t dimension, ConstMatrix zone_in) {
    nodes_.extend_to(node + 1, Node{});
    if (nodes_[node].last == kNone) {
        nodes_[node].dimension = static_cast<std::uint32_t>(dimension);
        return store(node, dimension, zone_in);
    }
    ensure(nodes_[node].dimension == dimension, "zones of a node have one dimension");
    if (covered(node, zone_in)) {
        return std::nullopt;
    }
    candidate_.assign(zone_in.begin(), zone_in.end());
    bool grown = coverage_ != Coverage::equal;
    while (grown) {
        bury_included(node);
        grown = coverage_ == Coverage::merging && merge_once(node, dimension);
    }
    return store(node, dimension, candidate_);
}

bool ZoneStore::covered(NodeId node, ConstMatrix candidate) const {
    for (ZoneId id = nodes_[node].last; id != kNone; id = zones_[id].next) {
        const ConstMatrix stored(zones_[id].entries, candidate.size());
        if (coverage_ == Coverage::equal ? std::ranges::equal(stored, candidate)
                                         : includes(stored, candidate)) {
            return true;
        }
    }
    return false;
}

// Each zone is looked at once: the last one, which takes the place of a buried one, was before.
void ZoneStore::bury_included(NodeId node) {
    Position at{kNone, nodes_[node].last};
    while (at.id != kNone) {
        const bool inside = includes(candidate_, {zones_[at.id].entries, candidate_.size()});
        at = inside ? bury(node, at) : next(at);
    }
}

// Joins the candidate with the first alive zone that it forms a zone with, from the last on.
bool ZoneStore::merge_once(NodeId node, std::size_t dimension) {
    for (Position at{kNone, nodes_[node].last}; at.id != kNone; at = next(at)) {
        const ConstMatrix stored(zones_[at.id].entries, candidate_.size());
        if (join_if_convex(stored, candidate_, dimension, joined_)) {
            std::swap(candidate_, joined_);
            bury(node, at);
            return true;
        }
    }
    return false;
}

ZoneId ZoneStore::store(NodeId node, std::size_t dimension, ConstMatrix entries) {
    ensure(zones_.size() < kNone, "numbers of zones suffice");
    const auto id = static_cast<ZoneId>(zones_.size());
    zones_.append({place(dimension, entries), node, nodes_[node].last});
    nodes_[node].last = id;
    ++alive_count_;
    return id;
}

// Where the pool keeps these entries from now on.
DelayMs* ZoneStore::place(std::size_t dimension, ConstMatrix entries) {
    if (dimension >= pools_.size()) {
        pools_.resize(dimension + 1);
    }
    Pool& pool = pools_[dimension];
    if (pool.unused == kNone) {
        pool_bytes_ -= pool.entries.memory_bytes();
        const std::uint64_t first = pool.entries.append(entries);
        pool_bytes_ += pool.entries.memory_bytes();
        return pool.entries.change(first, entries.size()).data();
    }
    const Zone& dead = zones_[pool.unused];
    pool.unused = dead.next;
    std::ranges::copy(entries, dead.entries);
    return dead.entries;
}

// The last zone of the node takes the place of the buried one. Returns what comes behind that.
ZoneStore::Position ZoneStore::bury(NodeId node, Position position) {
    Zone& dead = zones_[position.id];
    const ZoneId last = nodes_[node].last;
    const ZoneId behind = dead.next;
    Position rest{last, behind};
    if (position.id == last) {
        nodes_[node].last = behind;
        rest.before = kNone;
    } else {
        Zone& moved = zones_[last];
        if (position.before != last) {
            nodes_[node].last = moved.next;
            zones_[position.before].next = last;
        }
        moved.next = behind;
    }
    Pool& pool = pools_[nodes_[node].dimension];
    dead.node = kNone;
    dead.next = pool.unused;
    pool.unused = position.id;
    --alive_count_;
    return rest;
}

}  // namespace failback::sim
