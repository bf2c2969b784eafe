#include "sim/random.hpp"

#include "sim/check.hpp"

namespace failback::sim {

namespace {
constexpr std::uint64_t kMultiplier = 6364136223846793005ULL;
constexpr std::uint64_t kIncrement = 1442695040888963407ULL;
}  // namespace

Random::Random(std::uint64_t seed) {
    static_cast<void>(next());
    state_ += seed;
    static_cast<void>(next());
}

std::uint32_t Random::next() {
    const std::uint64_t old = state_;
    state_ = old * kMultiplier + kIncrement;
    const auto shifted = static_cast<std::uint32_t>(((old >> 18U) ^ old) >> 27U);
    const auto rotation = static_cast<std::uint32_t>(old >> 59U);
    return (shifted >> rotation) | (shifted << ((32U - rotation) & 31U));
}

// Rejects the incomplete last stretch, so that every value is equally likely.
std::uint64_t Random::below(std::uint64_t limit) {
    ensure(limit > 0, "a random number has room");
    const std::uint64_t threshold = (0 - limit) % limit;
    while (true) {
        const std::uint64_t high = next();
        const std::uint64_t value = (high << 32U) | next();
        if (value >= threshold) {
            return value % limit;
        }
    }
}

}  // namespace failback::sim
