// Difference-bound matrices over instants (Dill 1989).
//
//  1. A matrix of dimension n bounds the differences of n instants: entry (i, j) is the least c
//     with x_i - x_j <= c. Index 0 is the present, x_0 = 0.
//  2. It is stored row by row, n*n entries. All bounds are closed; kNever means unbounded.
//  3. Canonical: (i, i) = 0 and (i, j) <= (i, k) + (k, j) for all i, j, k. A canonical matrix is
//     not empty and holds an integer point. Every function takes and gives canonical matrices.
//  4. Finite entries are at most kLongestDelay in magnitude, so that a sum of two never overflows.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "sim/time.hpp"

namespace failback::sim {

using Matrix = std::span<DelayMs>;
using ConstMatrix = std::span<const DelayMs>;

// a + b where kNever absorbs.
[[nodiscard]] constexpr DelayMs add(DelayMs a, DelayMs b) {
    return a == kNever || b == kNever ? kNever : a + b;
}

// Does every point of `inner` lie in `outer`? Same dimension.
[[nodiscard]] bool includes(ConstMatrix outer, ConstMatrix inner);

// Does the integer point lie in the zone? point[0] = 0; size is the dimension.
[[nodiscard]] bool contains(ConstMatrix zone, std::span<const TimeMs> point);

// If the integer points of `a` and `b` together form one zone, writes it to `joined`.
// (Convex union, Salah, Bozga and Maler 2006; on integer points, since they suffice.)
[[nodiscard]] bool join_if_convex(ConstMatrix a, ConstMatrix b, std::size_t dimension,
                                  std::vector<DelayMs>& joined);

[[nodiscard]] bool is_canonical(ConstMatrix zone, std::size_t dimension);

// A measure of how much the zone leaves open; larger zones are worth expanding first.
[[nodiscard]] std::int64_t extent(ConstMatrix zone);

// Closes an arbitrary matrix by Floyd and Warshall's algorithm. False if the zone is empty.
// The slow twin of everything above; the engine itself never needs it.
[[nodiscard]] bool close(Matrix zone, std::size_t dimension);

}  // namespace failback::sim
