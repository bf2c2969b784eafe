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
    read_watch(from, firing);
    schedule_rebase_drop(from, origins);
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
    fired_ = fired;
    row_.resize(n);
    return true;
}

// Valid until the next row is asked for.
const DelayMs* SuccessorMaker::conditioned(ConstMatrix from, std::size_t index) {
    const std::size_t n = first_.size();
    const DelayMs* row = from.data() + index * n;
    const DelayMs head = row[fired_];
    if (head == kNever) {
        return row;
    }
    for (std::size_t c = 0; c < n; ++c) {
        row_[c] = std::min(row[c], add(head, first_[c]));
    }
    return row_.data();
}

void SuccessorMaker::read_watch(ConstMatrix from, const Firing& firing) {
    elapsed_.reset();
    if (firing.watch == Watch::stop && firing.pending_watch) {
        const std::size_t started = first_.size() - 1;
        const DelayMs least = -conditioned(from, started)[fired_];
        elapsed_ = Elapsed{least, conditioned(from, fired_)[started]};
    }
}

// An instant x = base + d with d in `delay`, d otherwise free, has x - y <= latest + (base - y) and
// y - x <= (y - base) - earliest: the new matrix is gathered from the conditioned one, row by row.
// Choosing what fired as base of index 0 rebases; leaving an index out drops it.
void SuccessorMaker::schedule_rebase_drop(ConstMatrix from, std::span<const Origin> origins) {
    const std::size_t m = origins.size();
    target_.resize(m * m);
    for (std::size_t a = 0; a < m; ++a) {
        const DelayMs latest = origins[a].delay.latest;
        DelayMs* out = target_.data() + a * m;
        if (latest == kNever) {
            std::fill_n(out, m, kNever);
        } else {
            const DelayMs* row = conditioned(from, origins[a].base);
            for (std::size_t c = 0; c < m; ++c) {
                out[c] = add(row[origins[c].base], latest - origins[c].delay.earliest);
            }
        }
        out[a] = 0;
    }
}

}  // namespace failback::sim
