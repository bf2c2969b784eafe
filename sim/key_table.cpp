#include "sim/key_table.hpp"

#include <algorithm>
#include <limits>

#include <xxhash.h>

#include "sim/check.hpp"

namespace failback::sim {

namespace {
constexpr std::size_t kFirstSlots = 1024;
}

std::uint64_t hash_bytes(std::span<const std::byte> bytes) {
    return XXH3_64bits(bytes.data(), bytes.size());
}

KeyTable::KeyTable() : ends_{0}, slots_(kFirstSlots, 0) {}

std::span<const std::byte> KeyTable::key(std::uint32_t number) const {
    ensure(number < size(), "a key number is known");
    return std::span(bytes_).subspan(ends_[number], ends_[number + 1] - ends_[number]);
}

// The slot that holds the key, or the empty slot where it belongs.
std::size_t KeyTable::slot_of(std::span<const std::byte> wanted, std::uint64_t hash) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = hash & mask;
    while (slots_[slot] != 0) {
        const std::uint32_t number = slots_[slot] - 1;
        if (hashes_[number] == hash && std::ranges::equal(key(number), wanted)) {
            break;
        }
        slot = (slot + 1) & mask;
    }
    return slot;
}

std::pair<std::uint32_t, bool> KeyTable::insert(std::span<const std::byte> wanted) {
    if (2 * hashes_.size() >= slots_.size()) {
        grow();
    }
    const std::uint64_t hash = hash_bytes(wanted);
    const std::size_t slot = slot_of(wanted, hash);
    if (slots_[slot] != 0) {
        return {slots_[slot] - 1, false};
    }
    ensure(size() < std::numeric_limits<std::uint32_t>::max() - 1, "numbers of keys suffice");
    bytes_.insert(bytes_.end(), wanted.begin(), wanted.end());
    ends_.push_back(bytes_.size());
    hashes_.push_back(hash);
    slots_[slot] = size();
    return {size() - 1, true};
}

std::uint32_t KeyTable::find(std::span<const std::byte> wanted) const {
    const std::size_t slot = slot_of(wanted, hash_bytes(wanted));
    return slots_[slot] != 0 ? slots_[slot] - 1 : size();
}

void KeyTable::grow() {
    slots_.assign(slots_.size() * 2, 0);
    const std::size_t mask = slots_.size() - 1;
    for (std::uint32_t number = 0; number < hashes_.size(); ++number) {
        std::size_t slot = hashes_[number] & mask;
        while (slots_[slot] != 0) {
            slot = (slot + 1) & mask;
        }
        slots_[slot] = number + 1;
    }
}

std::size_t KeyTable::memory_bytes() const {
    return bytes_.capacity() + ends_.capacity() * sizeof(std::uint64_t) +
           hashes_.capacity() * sizeof(std::uint64_t) + slots_.capacity() * sizeof(std::uint32_t);
}

}  // namespace failback::sim
