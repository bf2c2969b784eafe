// failback's own generator of random integers: PCG-XSH-RR 64/32 (O'Neill 2014). The generators and
// distributions of the standard library differ between implementations; this one is pinned by a
// test vector.
#pragma once

#include <cstdint>

namespace failback::sim {

class Random {
public:
    explicit Random(std::uint64_t seed);

    [[nodiscard]] std::uint32_t next();

    // Uniform in [0, limit). REQUIRES limit > 0.
    [[nodiscard]] std::uint64_t below(std::uint64_t limit);

private:
    std::uint64_t state_ = 0;
};

}  // namespace failback::sim
