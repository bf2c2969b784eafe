// The costly check of zones by itself. It only reads a matrix whose size it has looked at, and it
// takes a fifth of the tests' time with sanitizers. So it is compiled without.
#include "sim/dbm.hpp"

namespace failback::sim {

bool is_canonical(ConstMatrix zone, std::size_t dimension) {
    const std::size_t n = dimension;
    if (zone.size() != n * n) {
        return false;
    }
    for (std::size_t i = 0; i < n; ++i) {
        if (zone[i * n + i] != 0) {
            return false;
        }
        const DelayMs* row = zone.data() + i * n;
        for (std::size_t k = 0; k < n; ++k) {
            const DelayMs way = row[k];
            if (way == kNever) {
                continue;
            }
            const DelayMs* other = zone.data() + k * n;
            bool is_shorter = false;  // by a detour
            for (std::size_t j = 0; j < n; ++j) {
                is_shorter = is_shorter || row[j] > add(way, other[j]);
            }
            if (is_shorter) {
                return false;
            }
        }
    }
    return true;
}

}  // namespace failback::sim
