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

// Does hull, cut to x_j - x_i <= `cut`, lie inside `other`?
bool piece_inside(ConstMatrix hull, std::size_t n, std::size_t i, std::size_t j, DelayMs cut,
                  ConstMatrix other) {
    for (std::size_t a = 0; a < n; ++a) {
        const std::int64_t head = wide(hull[a * n + j]) + cut;
        for (std::size_t c = 0; c < n; ++c) {
            const std::int64_t bound =
                std::min<std::int64_t>(hull[a * n + c], head + wide(hull[i * n + c]));
            if (bound > other[a * n + c]) {
                return false;
            }
        }
    }
    return true;
}

}  // namespace

bool join_if_convex(ConstMatrix a, ConstMatrix b, std::size_t dimension,
                    std::vector<DelayMs>& joined) {
    const std::size_t n = dimension;
    joined.resize(n * n);
    std::size_t narrower_in_a = 0;
    std::size_t narrower_in_b = 0;
    for (std::size_t k = 0; k < n * n; ++k) {
        joined[k] = std::max(a[k], b[k]);
        narrower_in_a += static_cast<std::size_t>(a[k] < joined[k]);
        narrower_in_b += static_cast<std::size_t>(b[k] < joined[k]);
    }
    // Cut the hull along the faces of the zone that has fewer of them inside the hull.
    const ConstMatrix cutter = narrower_in_a <= narrower_in_b ? a : b;
    const ConstMatrix other = narrower_in_a <= narrower_in_b ? b : a;
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            const DelayMs face = cutter[i * n + j];
            if (face < joined[i * n + j] &&
                !piece_inside(joined, n, i, j, -face - 1, other)) {
                return false;
            }
        }
    }
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
