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

// Places (i, j) of entries, as one number.
constexpr std::size_t kMostInstants = 32'768;

DelayMs place_of(std::size_t row, std::size_t column) {
    return static_cast<DelayMs>(row * kMostInstants + column);
}

// Two matrices, and the hull of their zones.
struct Pair {
    ConstMatrix a;
    ConstMatrix b;
    std::size_t n = 0;

    [[nodiscard]] Pair swapped() const { return {b, a, n}; }

    [[nodiscard]] std::int64_t hull(std::size_t i, std::size_t j) const {
        return wide(std::max(a[i * n + j], b[i * n + j]));
    }

    // Is no integer point of the hull both beyond the face (i, j) of `a` and beyond a face (p, q)
    // of `b`? The piece beyond the first, where x_j - x_i <= -a(i,j) - 1, has at (p, q) the bound
    // hull(p,j) - a(i,j) - 1 + hull(i,q).
    [[nodiscard]] bool all_covered(std::size_t i, std::size_t j,
                                   std::span<const DelayMs> faces_of_b) const {
        const std::int64_t face = std::int64_t{a[i * n + j]} + 1;
        return std::ranges::all_of(faces_of_b, [&](DelayMs of_b) {
            const std::size_t p = static_cast<std::size_t>(of_b) / kMostInstants;
            const std::size_t q = static_cast<std::size_t>(of_b) % kMostInstants;
            return hull(p, j) + hull(i, q) <= face + b[p * n + q];
        });
    }
};

// Most pairs cannot be joined, and this tells it of most of them: a face of `a` and one of `b`
// share a row or a column. Say (i, j) and (p, j): hull(i,j) > a(i,j) and hull(p,j) > b(p,j), hence
// hull(p,j) + hull(i,j) > a(i,j) + b(p,j) + 1; a row likewise. One branch for each row.
bool share_a_line(const Pair& pair) {
    std::uint64_t columns_of_a = 0;
    std::uint64_t columns_of_b = 0;
    for (std::size_t i = 0; i < pair.n; ++i) {
        const DelayMs* row_a = pair.a.data() + i * pair.n;
        const DelayMs* row_b = pair.b.data() + i * pair.n;
        std::uint64_t of_a = 0;
        std::uint64_t of_b = 0;
        for (std::size_t j = 0; j < std::min<std::size_t>(pair.n, 64); ++j) {
            of_a |= std::uint64_t{row_a[j] < row_b[j]} << j;
            of_b |= std::uint64_t{row_b[j] < row_a[j]} << j;
        }
        columns_of_a |= of_a;
        columns_of_b |= of_b;
        if ((of_a != 0 && of_b != 0) || (columns_of_a & columns_of_b) != 0) {
            return true;
        }
    }
    return false;
}

}  // namespace

// The union is the hull if each point of the hull that is beyond a face of `a` lies in `b`, that
// is, beyond no face of `b`. Only faces that are inside the hull matter: entries that differ. Each
// new one is tried with all of the other zone before it, so that the first gap ends the search.
// The faces are kept in `joined` until then: those of `a` from the front, of `b` from the back.
bool join_if_convex(ConstMatrix a, ConstMatrix b, std::size_t dimension,
                    std::vector<DelayMs>& joined) {
    const std::size_t n = dimension;
    ensure(n <= kMostInstants, "the place of an entry fits into a delay");
    const Pair pair{a, b, n};
    if (share_a_line(pair)) {
        return false;
    }
    joined.resize(n * n);
    const std::span<DelayMs> faces(joined);
    std::size_t end_of_a = 0;
    std::size_t begin_of_b = faces.size();
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            const DelayMs bound_a = a[i * n + j];
            const DelayMs bound_b = b[i * n + j];
            if (bound_a < bound_b) {
                faces[end_of_a++] = place_of(i, j);
                if (!pair.all_covered(i, j, faces.subspan(begin_of_b))) {
                    return false;
                }
            } else if (bound_b < bound_a) {
                faces[--begin_of_b] = place_of(i, j);
                if (!pair.swapped().all_covered(i, j, faces.first(end_of_a))) {
                    return false;
                }
            }
        }
    }
    for (std::size_t k = 0; k < faces.size(); ++k) {
        joined[k] = std::max(a[k], b[k]);
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
