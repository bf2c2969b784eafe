// A set of byte strings, numbered in the order of insertion. Open addressing over 64-bit hashes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "sim/arena.hpp"

namespace failback::sim {

class KeyTable {
public:
    KeyTable();

    // The number of the key, and whether it is new.
    std::pair<std::uint32_t, bool> insert(std::span<const std::byte> key);

    // The number of the key, or size() if it is not there.
    [[nodiscard]] std::uint32_t find(std::span<const std::byte> key) const;

    [[nodiscard]] std::span<const std::byte> key(std::uint32_t number) const;
    [[nodiscard]] std::uint32_t size() const {
        return static_cast<std::uint32_t>(places_.size());
    }
    [[nodiscard]] std::size_t memory_bytes() const;

private:
    [[nodiscard]] std::size_t slot_of(std::span<const std::byte> key, std::uint64_t hash) const;
    void grow();

    struct Place {
        std::uint64_t hash = 0;
        std::uint64_t bytes = 0;          // index of the first byte, and how many there are
    };

    Arena<std::byte> bytes_;              // all keys
    Arena<Place> places_;                 // by number
    std::vector<std::uint32_t> slots_;    // number + 1, or 0; the size is a power of two
};

// XXH3, 64 bits: the same on every machine and compiler.
[[nodiscard]] std::uint64_t hash_bytes(std::span<const std::byte> bytes);

}  // namespace failback::sim
