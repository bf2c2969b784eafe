#include "sim/successor.hpp"

#include <algorithm>

#include "sim/check.hpp"

namespace failback::sim {

bool SuccessorMaker::fire(ConstMatrix from, std::size_t n, const Firing& firing,
                          std::span<const Origin> origins) {
    ensure(from.size() == n * n, "a zone fits its dimension");
    const std::size_t pending = n - 1 - static_cast<std::size_t>(firing.pending_watch);
    ensure(firing.entry < pending, "a pending event fires");
    if (!condition(from, n, firing.entry + 1, pending)) {
        return false;
    }
    read_watch(n, firing);
    schedule_rebase_drop(n, origins);
    if constexpr (kExpensiveChecks) {
        ensure(is_canonical(target_, origins.size()), "a successor is canonical");
    }
    return true;
}

// x_fired <= x_j for every pending j. All these edges start in `fired`, hence a path uses at most
// one of them: b'(a,c) = min(b(a,c), b(a,fired) + min_j b(j,c)).
bool SuccessorMaker::condition(ConstMatrix from, std::size_t n, std::size_t fired,
                               std::size_t pending) {
    for (std::size_t j = 1; j <= pending; ++j) {
        if (from[j * n + fired] < 0) {
            return false;
        }
    }
    first_.assign(from.begin() + static_cast<std::ptrdiff_t>(fired * n),
                  from.begin() + static_cast<std::ptrdiff_t>((fired + 1) * n));
    for (std::size_t j = 1; j <= pending; ++j) {
        const DelayMs* row = from.data() + j * n;
        for (std::size_t c = 0; c < n; ++c) {
            first_[c] = std::min(first_[c], row[c]);
        }
    }
    conditioned_.assign(from.begin(), from.end());
    for (std::size_t a = 0; a < n; ++a) {
        const DelayMs head = from[a * n + fired];
        if (head == kNever) {
            continue;
        }
        DelayMs* row = conditioned_.data() + a * n;
        for (std::size_t c = 0; c < n; ++c) {
            row[c] = std::min(row[c], add(head, first_[c]));
        }
    }
    return true;
}

void SuccessorMaker::read_watch(std::size_t n, const Firing& firing) {
    elapsed_.reset();
    if (firing.watch == Watch::stop && firing.pending_watch) {
        const std::size_t fired = firing.entry + 1;
        const std::size_t started = n - 1;
        elapsed_ = Elapsed{-conditioned_[started * n + fired], conditioned_[fired * n + started]};
    }
}

// An instant x = base + d with d in `delay`, d otherwise free, has x - y <= latest + (base - y) and
// y - x <= (y - base) - earliest: the new matrix is gathered from the conditioned one, row by row.
// Choosing what fired as base of index 0 rebases; leaving an index out drops it.
void SuccessorMaker::schedule_rebase_drop(std::size_t n, std::span<const Origin> origins) {
    const std::size_t m = origins.size();
    target_.resize(m * m);
    for (std::size_t a = 0; a < m; ++a) {
        const DelayMs* row = conditioned_.data() + origins[a].base * n;
        const DelayMs latest = origins[a].delay.latest;
        DelayMs* out = target_.data() + a * m;
        for (std::size_t c = 0; c < m; ++c) {
            const DelayMs between = row[origins[c].base];
            out[c] = add(add(latest, between), -origins[c].delay.earliest);
        }
        out[a] = 0;
    }
}

}  // namespace failback::sim
