// Records of equal size as few bits: only those that ever differed from the first record.
//
//  1. A bit that is found to vary is added after all others, so that what was encoded before stays
//     right: it had the value of the first record there, and reads as zero.
//  2. The lowest bit of the first word is always set. A word of zero is no record.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace failback::sim {

class BitLayout {
public:
    explicit BitLayout(std::span<const std::byte> first);

    // Can the record be encoded?
    [[nodiscard]] bool covers(std::span<const std::byte> record) const;

    // Makes it so.
    void widen(std::span<const std::byte> record);

    // Words of an encoded record.
    [[nodiscard]] std::size_t words() const { return (bits_ + kWordBits - 1) / kWordBits; }
    [[nodiscard]] std::size_t bits() const { return bits_; }

    // REQUIRES: covers(record); `out` has room for words().
    void encode(std::span<const std::byte> record, std::uint64_t* out) const;
    void decode(const std::uint64_t* words, std::span<std::byte> record) const;

private:
    static constexpr std::size_t kWordBits = 64;
    static constexpr std::size_t kByteBits = 8;

    // What a byte of the record contributes to a word, for each of its values.
    struct Share {
        std::size_t byte = 0;
        std::size_t word = 0;
        std::array<std::uint64_t, 256> of_value{};
    };
    struct Place {
        std::size_t byte = 0;
        unsigned bit = 0;  // of that byte
    };

    void add_bit(Place place);
    [[nodiscard]] Share& share(std::size_t byte, std::size_t word);

    std::vector<std::byte> first_;
    std::vector<std::byte> varying_;  // per byte, the bits that have a place
    std::vector<Place> places_;       // of bit k + 1
    std::vector<Share> shares_;
    std::size_t bits_ = 1;
};

}  // namespace failback::sim
