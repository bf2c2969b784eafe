// A set of keys of a few 64-bit words each, and nothing else: 8 bytes a slot if one word is enough.
//
//  1. Open addressing with linear probing. The first word of a key is never 0: that marks an empty
//     slot (bit_layout.hpp).
//  2. Slots grow by a quarter at a time, so that between 0.56 and 0.7 of them are in use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace failback::sim {

class WordSet {
public:
    explicit WordSet(std::size_t words = 1) : words_(words), slots_(kFirstSlots * words) {}

    // Adds a key of words() words; true if it was not there. `hash` is hash_words of the key.
    bool insert(const std::uint64_t* key, std::uint64_t hash);
    [[nodiscard]] bool contains(const std::uint64_t* key, std::uint64_t hash) const;

    // Tells the processor that the slots of a key will be wanted soon.
    void prefetch(std::uint64_t hash) const { __builtin_prefetch(&slots_[home(hash) * words_]); }

    // Longer keys: the words that are added to those in the set are 0.
    void widen(std::size_t words);

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::size_t words() const { return words_; }
    [[nodiscard]] std::size_t memory_bytes() const {
        return slots_.capacity() * sizeof(std::uint64_t);
    }

private:
    static constexpr std::size_t kFirstSlots = 64;

    [[nodiscard]] std::size_t slots() const { return slots_.size() / words_; }
    // Where the search for a key begins. Maps 32 bits of the hash to the slots, in order.
    [[nodiscard]] std::size_t home(std::uint64_t hash) const {
        return static_cast<std::size_t>((hash & 0xFFFFFFFFU) * slots() >> 32U);
    }
    [[nodiscard]] std::size_t slot_of(const std::uint64_t* key, std::uint64_t hash) const;
    void rebuild(std::size_t slots, std::size_t words);

    std::size_t words_;
    std::vector<std::uint64_t> slots_;
    std::size_t size_ = 0;
};

// The finaliser of SplitMix64 (Steele, Lea and Flood 2014): each bit changes half of all bits.
[[nodiscard]] inline std::uint64_t mix(std::uint64_t word) {
    word = (word ^ (word >> 30U)) * 0xBF58476D1CE4E5B9U;
    word = (word ^ (word >> 27U)) * 0x94D049BB133111EBU;
    return word ^ (word >> 31U);
}

// The same on every machine. Zero words at the end do not change it.
[[nodiscard]] inline std::uint64_t hash_words(const std::uint64_t* key, std::size_t words) {
    std::uint64_t hash = mix(key[0]);
    for (std::size_t k = 1; k < words; ++k) {
        // Another number for each place; a word of zero adds nothing.
        hash += key[k] == 0 ? 0 : mix(key[k] + 0x9E3779B97F4A7C15U * k);
    }
    return hash;
}

}  // namespace failback::sim
