#include "sim/loosen.hpp"

#include <algorithm>
#include <vector>

#include "sim/check.hpp"

namespace failback::sim {

namespace {

constexpr PartId kRoot{};

// Lowers the bounds from one instant to all others to the way over a third one: `there` to it, and
// `on` from it.
void lower(std::span<DelayMs> bounds, DelayMs there, const DelayMs* on) {
    if (there != kNever) {
        for (std::size_t k = 0; k < bounds.size(); ++k) {
            bounds[k] = std::min(bounds[k], add(there, on[k]));
        }
    }
}

// The indices that belong to the root or to a whole branch.
std::span<DelayMs> find_shared(std::span<const PartId> parts, std::span<DelayMs> room) {
    std::size_t count = 0;
    for (std::size_t k = 0; k < parts.size(); ++k) {
        if (parts[k].leaf == 0) {
            room[count++] = static_cast<DelayMs>(k);
        }
    }
    return room.first(count);
}

}  // namespace

bool all_related(std::span<const PartId> parts) {
    return std::ranges::all_of(parts, [parts](PartId a) {
        return std::ranges::all_of(parts, [a](PartId b) { return related(a, b); });
    });
}

// A difference of unrelated timers is bounded by the shortest way over what they share: the root,
// and their branch if they have the same. These bounds stay: the order of rows does not matter.
void loosen(Matrix zone, std::span<const PartId> parts) {
    if (parts.empty()) {
        return;
    }
    const std::size_t n = parts.size();
    ensure(zone.size() == n * n && parts[0] == kRoot, "each index has a part");
    std::vector<DelayMs> work(3 * n);
    const std::span over_root = std::span(work).first(n);
    const std::span over_branch = std::span(work).subspan(n, n);
    const std::span<DelayMs> shared = find_shared(parts, std::span(work).last(n));
    for (std::size_t a = 1; a < n; ++a) {
        if (parts[a] == kRoot) {
            continue;
        }
        std::ranges::fill(std::span(work).first(2 * n), kNever);
        DelayMs* row = zone.data() + a * n;
        for (const DelayMs index : shared) {
            const auto k = static_cast<std::size_t>(index);
            if (parts[k] == kRoot) {
                lower(over_root, row[k], zone.data() + k * n);
            } else if (parts[k].branch == parts[a].branch) {
                lower(over_branch, row[k], zone.data() + k * n);
            }
        }
        for (std::size_t b = 0; b < n; ++b) {
            const bool same = parts[a].branch == parts[b].branch;
            const DelayMs over = same ? std::min(over_root[b], over_branch[b]) : over_root[b];
            row[b] = related(parts[a], parts[b]) ? row[b] : over;
        }
    }
    if constexpr (kExpensiveChecks) {
        ensure(is_canonical(zone, n), "a loosened zone is canonical");
    }
}

}  // namespace failback::sim
