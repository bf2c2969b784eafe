#include "sim/bit_layout.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "sim/check.hpp"

namespace failback::sim {

BitLayout::BitLayout(std::span<const std::byte> first)
    : first_(first.begin(), first.end()), varying_(first.size()) {}

bool BitLayout::covers(std::span<const std::byte> record) const {
    ensure(record.size() == first_.size(), "records are of equal size");
    std::size_t at = 0;
    // In words, as far as they go: most of a record never varies.
    const auto word_of = [at = &at](const std::byte* bytes) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes + *at, sizeof word);
        return word;
    };
    for (; at + sizeof(std::uint64_t) <= record.size(); at += sizeof(std::uint64_t)) {
        const std::uint64_t differing = word_of(record.data()) ^ word_of(first_.data());
        if ((differing & ~word_of(varying_.data())) != 0) {
            return false;
        }
    }
    for (; at < record.size(); ++at) {
        if (((record[at] ^ first_[at]) & ~varying_[at]) != std::byte{0}) {
            return false;
        }
    }
    return true;
}

void BitLayout::widen(std::span<const std::byte> record) {
    ensure(record.size() == first_.size(), "records are of equal size");
    for (std::size_t byte = 0; byte < record.size(); ++byte) {
        const std::byte added = (record[byte] ^ first_[byte]) & ~varying_[byte];
        for (unsigned bit = 0; bit < kByteBits; ++bit) {
            if ((added & (std::byte{1} << bit)) != std::byte{0}) {
                add_bit({byte, bit});
            }
        }
    }
}

void BitLayout::add_bit(Place place) {
    const std::size_t position = bits_++;
    places_.push_back(place);
    varying_[place.byte] |= std::byte{1} << place.bit;
    Share& changed = share(place.byte, position / kWordBits);
    const auto of_first = std::to_integer<unsigned>(first_[place.byte]);
    for (unsigned value = 0; value < changed.of_value.size(); ++value) {
        if (((value ^ of_first) >> place.bit & 1U) != 0) {
            changed.of_value[value] |= std::uint64_t{1} << (position % kWordBits);
        }
    }
}

BitLayout::Share& BitLayout::share(std::size_t byte, std::size_t word) {
    const auto known = std::ranges::find_if(
        shares_, [&](const Share& each) { return each.byte == byte && each.word == word; });
    if (known != shares_.end()) {
        return *known;
    }
    shares_.push_back({byte, word, {}});
    return shares_.back();
}

void BitLayout::encode(std::span<const std::byte> record, std::uint64_t* out) const {
    const std::size_t words = this->words();
    std::uint64_t first = 1;
    for (std::size_t word = 1; word < words; ++word) {
        out[word] = 0;
    }
    for (const Share& each : shares_) {
        const auto bits = each.of_value[std::to_integer<std::size_t>(record[each.byte])];
        if (each.word == 0) {
            first |= bits;
        } else {
            out[each.word] |= bits;
        }
    }
    out[0] = first;
}

void BitLayout::decode(const std::uint64_t* words, std::span<std::byte> record) const {
    ensure(record.size() == first_.size(), "records are of equal size");
    std::ranges::copy(first_, record.begin());
    for (std::size_t word = 0; word < this->words(); ++word) {
        for (std::uint64_t left = words[word] & (word == 0 ? ~std::uint64_t{1} : ~std::uint64_t{0});
             left != 0; left &= left - 1) {
            const auto bit = static_cast<std::size_t>(std::countr_zero(left));
            const Place& place = places_[word * kWordBits + bit - 1];
            record[place.byte] ^= std::byte{1} << place.bit;
        }
    }
}

}  // namespace failback::sim
