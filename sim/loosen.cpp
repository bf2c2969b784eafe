#include "sim/loosen.hpp"

#include <algorithm>

#include "sim/check.hpp"

namespace failback::sim {

namespace {

// Does `shared` lie between two parts that are not related: with the root, or in their branch?
bool between(PartId shared, PartId a, PartId b) {
    return shared.leaf == 0 &&
           (shared.branch == 0 || (shared.branch == a.branch && shared.branch == b.branch));
}

// The bound of a difference between two parts: the shortest way over what they share.
DelayMs over_shared(ConstMatrix zone, std::span<const PartId> parts, std::size_t from,
                    std::size_t to) {
    const std::size_t n = parts.size();
    DelayMs least = kNever;
    for (std::size_t k = 0; k < n; ++k) {
        if (between(parts[k], parts[from], parts[to])) {
            least = std::min(least, add(zone[from * n + k], zone[k * n + to]));
        }
    }
    return least;
}

}  // namespace

bool all_related(std::span<const PartId> parts) {
    return std::ranges::all_of(parts, [parts](PartId a) {
        return std::ranges::all_of(parts, [a](PartId b) { return related(a, b); });
    });
}

// The new bounds come from bounds that stay: the order in which they are set does not matter.
void loosen(Matrix zone, std::span<const PartId> parts) {
    if (parts.empty()) {
        return;
    }
    const std::size_t n = parts.size();
    ensure(zone.size() == n * n && parts[0] == PartId{}, "each index has a part");
    for (std::size_t a = 0; a < n; ++a) {
        for (std::size_t b = 0; b < n; ++b) {
            if (!related(parts[a], parts[b])) {
                zone[a * n + b] = over_shared(zone, parts, a, b);
            }
        }
    }
    if constexpr (kExpensiveChecks) {
        ensure(is_canonical(zone, n), "a loosened zone is canonical");
    }
}

}  // namespace failback::sim
