#include "sim/dbm.hpp"

#include <algorithm>

#include "sim/check.hpp"

namespace failback::sim {

bool includes(ConstMatrix outer, ConstMatrix inner) {
    ensure(outer.size() == inner.size(), "compared zones have the same dimension");
    const std::size_t size = outer.size();
    const DelayMs* wide = outer.data();
    const DelayMs* narrow = inner.data();
    std::size_t i = 0;
    // Blocks without a branch inside, so that the compiler can use vector instructions.
    for (; i + 16 <= size; i += 16) {
        int exceeds = 0;
        for (std::size_t k = i; k < i + 16; ++k) {
            exceeds |= static_cast<int>(narrow[k] > wide[k]);
        }
        if (exceeds != 0) {
            return false;
        }
    }
    for (; i < size; ++i) {
        if (narrow[i] > wide[i]) {
            return false;
        }
    }
    return true;
}

bool contains(ConstMatrix zone, std::span<const TimeMs> point) {
    const std::size_t dimension = point.size();
    ensure(zone.size() == dimension * dimension, "a point has one coordinate for each instant");
    ensure(dimension == 0 || point[0] == 0, "the present is the origin");
    for (std::size_t i = 0; i < dimension; ++i) {
        for (std::size_t j = 0; j < dimension; ++j) {
            const DelayMs bound = zone[i * dimension + j];
            if (bound != kNever && point[i] - point[j] > bound) {
                return false;
            }
        }
    }
    return true;
}

namespace {

// A bound in 64 bits, for sums of three: two of the longest delays fill 32 bits.
std::int64_t wide(DelayMs bound) { return bound == kNever ? std::int64_t{1} << 40U : bound; }

// Two matrices, and the hull of their zones.
struct Pair {
    ConstMatrix a;
    ConstMatrix b;
    std::size_t n = 0;

    [[nodiscard]] std::int64_t hull(std::size_t i, std::size_t j) const {
        return wide(std::max(a[i * n + j], b[i * n + j]));
    }

    // Is no integer point of the hull both beyond the face (i, j) of `a` and beyond the face
    // (p, q) of `b`? The piece beyond the first, where x_j - x_i <= -a(i,j) - 1, has at (p, q) the
    // bound hull(p,j) - a(i,j) - 1 + hull(i,q).
    [[nodiscard]] bool covers(std::size_t i, std::size_t j, std::size_t p, std::size_t q) const {
        return hull(p, j) + hull(i, q) <= std::int64_t{a[i * n + j]} + b[p * n + q] + 1;
    }
};

}  // namespace

// The union is the hull if each point of the hull that is beyond a face of `a` lies in `b`, that
// is, beyond no face of `b`. Only faces that are inside the hull matter: entries that differ. Each
// new one is tried with all of the other zone before it, so that the first gap ends the search.
// The faces are kept in `joined` until then: those of `a` from the front, of `b` from the back.
bool join_if_convex(ConstMatrix a, ConstMatrix b, std::size_t dimension,
                    std::vector<DelayMs>& joined) {
    const std::size_t n = dimension;
    const Pair pair{a, b, n};
    joined.resize(n * n);
    const auto front = joined.begin();
    const auto back = joined.rbegin();
    std::ptrdiff_t of_a = 0;
    std::ptrdiff_t of_b = 0;
    for (std::size_t k = 0; k < n * n; ++k) {
        if (a[k] == b[k]) {
            continue;
        }
        const std::size_t i = k / n;
        const std::size_t j = k % n;
        const bool narrower_in_a = a[k] < b[k];
        const auto agrees = [&](DelayMs other) {
            const std::size_t p = static_cast<std::size_t>(other) / n;
            const std::size_t q = static_cast<std::size_t>(other) % n;
            return narrower_in_a ? pair.covers(i, j, p, q) : pair.covers(p, q, i, j);
        };
        if (!(narrower_in_a ? std::all_of(back, back + of_b, agrees)
                            : std::all_of(front, front + of_a, agrees))) {
            return false;
        }
        (narrower_in_a ? front[of_a++] : back[of_b++]) = static_cast<DelayMs>(k);
    }
    std::ranges::transform(a, b, joined.begin(), [](DelayMs x, DelayMs y) {
        return std::max(x, y);
    });
    return true;
}

bool is_canonical(ConstMatrix zone, std::size_t dimension) {
    const std::size_t n = dimension;
    if (zone.size() != n * n) {
        return false;
    }
    for (std::size_t i = 0; i < n; ++i) {
        if (zone[i * n + i] != 0) {
            return false;
        }
        for (std::size_t k = 0; k < n; ++k) {
            for (std::size_t j = 0; j < n; ++j) {
                if (zone[i * n + j] > add(zone[i * n + k], zone[k * n + j])) {
                    return false;
                }
            }
        }
    }
    return true;
}

std::int64_t extent(ConstMatrix zone) {
    // An unbounded entry counts as the longest delay, so that it outweighs any bounded one.
    std::int64_t sum = 0;
    for (const DelayMs bound : zone) {
        sum += std::min(bound, kLongestDelay);
    }
    return sum;
}

bool close(Matrix zone, std::size_t dimension) {
    const std::size_t n = dimension;
    ensure(zone.size() == n * n, "the matrix is square");
    for (std::size_t i = 0; i < n; ++i) {
        zone[i * n + i] = std::min(zone[i * n + i], 0);
    }
    for (std::size_t k = 0; k < n; ++k) {
        // A cycle shows here at its last node. To go on would double it with every pivot.
        if (zone[k * n + k] < 0) {
            return false;
        }
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j < n; ++j) {
                zone[i * n + j] = std::min(zone[i * n + j], add(zone[i * n + k], zone[k * n + j]));
            }
        }
    }
    return true;
}

}  // namespace failback::sim
