#include "sim/zone_store.hpp"

#include <algorithm>

#include "sim/check.hpp"

namespace failback::sim {

ConstMatrix ZoneStore::zone(ZoneId id) const {
    const Zone& entry = zones_[id];
    ensure(entry.alive, "only alive zones are read");
    const std::size_t size = std::size_t{entry.dimension} * entry.dimension;
    return ConstMatrix(pools_[entry.dimension].entries).subspan(entry.place * size, size);
}

const std::vector<ZoneId>& ZoneStore::alive_zones(NodeId node) const {
    static const std::vector<ZoneId> none;
    return node < of_node_.size() ? of_node_[node] : none;
}

std::optional<ZoneId> ZoneStore::insert(NodeId node, std::size_t dimension, ConstMatrix zone_in) {
    if (node >= of_node_.size()) {
        of_node_.resize(node + 1);
    }
    for (const ZoneId old : of_node_[node]) {
        if (covers(zone(old), zone_in)) {
            return std::nullopt;
        }
    }
    candidate_.assign(zone_in.begin(), zone_in.end());
    bool grown = coverage_ != Coverage::equal;
    while (grown) {
        // Swap-removal in bury(): walk backwards, so that no zone is passed over.
        for (std::size_t k = of_node_[node].size(); k-- > 0;) {
            if (includes(candidate_, zone(of_node_[node][k]))) {
                bury(node, k);
            }
        }
        grown = coverage_ == Coverage::merging && merge_once(node, dimension);
    }
    return store(node, dimension, candidate_);
}

bool ZoneStore::covers(ConstMatrix stored, ConstMatrix candidate) const {
    return coverage_ == Coverage::equal ? std::ranges::equal(stored, candidate)
                                        : includes(stored, candidate);
}

// Joins the candidate with the first alive zone that it forms a zone with.
bool ZoneStore::merge_once(NodeId node, std::size_t dimension) {
    for (std::size_t k = of_node_[node].size(); k-- > 0;) {
        if (join_if_convex(zone(of_node_[node][k]), candidate_, dimension, joined_)) {
            std::swap(candidate_, joined_);
            bury(node, k);
            return true;
        }
    }
    return false;
}

ZoneId ZoneStore::store(NodeId node, std::size_t dimension, ConstMatrix entries) {
    if (dimension >= pools_.size()) {
        pools_.resize(dimension + 1);
    }
    Pool& pool = pools_[dimension];
    const std::size_t size = dimension * dimension;
    std::uint32_t place = 0;
    if (pool.unused.empty()) {
        place = static_cast<std::uint32_t>(size == 0 ? 0 : pool.entries.size() / size);
        const std::size_t before = pool.entries.capacity();
        pool.entries.insert(pool.entries.end(), entries.begin(), entries.end());
        memory_bytes_ += (pool.entries.capacity() - before) * sizeof(DelayMs);
    } else {
        place = pool.unused.back();
        pool.unused.pop_back();
        std::copy(entries.begin(), entries.end(),
                  pool.entries.begin() + static_cast<std::ptrdiff_t>(place * size));
    }
    const auto id = static_cast<ZoneId>(zones_.size());
    zones_.push_back({node, place, static_cast<std::uint16_t>(dimension), true});
    memory_bytes_ += sizeof(Zone) + sizeof(ZoneId);
    of_node_[node].push_back(id);
    ++alive_count_;
    return id;
}

void ZoneStore::bury(NodeId node, std::size_t position) {
    std::vector<ZoneId>& list = of_node_[node];
    Zone& dead = zones_[list[position]];
    dead.alive = false;
    pools_[dead.dimension].unused.push_back(dead.place);
    list[position] = list.back();
    list.pop_back();
    --alive_count_;
}

}  // namespace failback::sim
