#include "sim/key_table.hpp"

#include <algorithm>
#include <limits>

#include <xxhash.h>

#include "sim/check.hpp"

namespace failback::sim {

namespace {
constexpr std::size_t kFirstSlots = 1024;
constexpr unsigned kSizeBits = 24;  // of Place::bytes; the rest are the index
constexpr std::uint64_t kSizeMask = (std::uint64_t{1} << kSizeBits) - 1;
}

std::uint64_t hash_bytes(std::span<const std::byte> bytes) {
    return XXH3_64bits(bytes.data(), bytes.size());
}

KeyTable::KeyTable() : slots_(kFirstSlots, 0) {}

std::span<const std::byte> KeyTable::key(std::uint32_t number) const {
    ensure(number < size(), "a key number is known");
    const std::uint64_t bytes = places_[number].bytes;
    return bytes_.view(bytes >> kSizeBits, bytes & kSizeMask);
}

// The slot that holds the key, or the empty slot where it belongs.
std::size_t KeyTable::slot_of(std::span<const std::byte> wanted, std::uint64_t hash) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = hash & mask;
    while (slots_[slot] != 0) {
        const std::uint32_t number = slots_[slot] - 1;
        if (places_[number].hash == hash && std::ranges::equal(key(number), wanted)) {
            break;
        }
        slot = (slot + 1) & mask;
    }
    return slot;
}

std::pair<std::uint32_t, bool> KeyTable::insert(std::span<const std::byte> wanted) {
    if (2 * places_.size() >= slots_.size()) {
        grow();
    }
    const std::uint64_t hash = hash_bytes(wanted);
    const std::size_t slot = slot_of(wanted, hash);
    if (slots_[slot] != 0) {
        return {slots_[slot] - 1, false};
    }
    ensure(size() < std::numeric_limits<std::uint32_t>::max() - 1, "numbers of keys suffice");
    ensure(wanted.size() <= kSizeMask, "a key is not too long");
    places_.append({hash, bytes_.append(wanted) << kSizeBits | wanted.size()});
    slots_[slot] = size();
    return {size() - 1, true};
}

std::uint32_t KeyTable::find(std::span<const std::byte> wanted) const {
    const std::size_t slot = slot_of(wanted, hash_bytes(wanted));
    return slots_[slot] != 0 ? slots_[slot] - 1 : size();
}

void KeyTable::grow() {
    const std::size_t doubled = slots_.size() * 2;
    slots_ = {};  // not both at once: the hashes say it all
    slots_.resize(doubled, 0);
    const std::size_t mask = doubled - 1;
    for (std::uint32_t number = 0; number < size(); ++number) {
        std::size_t slot = places_[number].hash & mask;
        while (slots_[slot] != 0) {
            slot = (slot + 1) & mask;
        }
        slots_[slot] = number + 1;
    }
}

std::size_t KeyTable::memory_bytes() const {
    return bytes_.memory_bytes() + places_.memory_bytes() +
           slots_.capacity() * sizeof(std::uint32_t);
}

}  // namespace failback::sim
