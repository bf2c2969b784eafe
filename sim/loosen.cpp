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
    std::vector<DelayMs> over(2 * n);
    const std::span over_root = std::span(over).first(n);
    const std::span over_branch = std::span(over).last(n);
    for (std::size_t a = 0; a < n; ++a) {
        if (parts[a] == kRoot) {
            continue;
        }
        std::ranges::fill(over, kNever);
        DelayMs* row = zone.data() + a * n;
        for (std::size_t k = 0; k < n; ++k) {
            if (parts[k] == kRoot) {
                lower(over_root, row[k], zone.data() + k * n);
            } else if (parts[k].leaf == 0 && parts[k].branch == parts[a].branch) {
                lower(over_branch, row[k], zone.data() + k * n);
            }
        }
        for (std::size_t b = 0; b < n; ++b) {
            if (!related(parts[a], parts[b])) {
                const bool same = parts[a].branch == parts[b].branch;
                row[b] = same ? std::min(over_root[b], over_branch[b]) : over_root[b];
            }
        }
    }
    if constexpr (kExpensiveChecks) {
        ensure(is_canonical(zone, n), "a loosened zone is canonical");
    }
}

}  // namespace failback::sim
