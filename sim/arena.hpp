// A list that only grows, in blocks that never move: growing copies nothing, so that the memory in
// use never peaks above what is stored, and what was read stays valid.
//
//  1. Blocks begin small and double up to a limit, so that a short list costs little.
//  2. Values that are appended together stay together. If the block has no room for all of them
//     they begin the next one that has; indices are left out then.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "sim/check.hpp"

namespace failback::sim {

template <class T>
class Arena {
public:
    static_assert(std::is_trivially_copyable_v<T>);
    static_assert(alignof(T) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);

    // Values in the first block and in the largest ones.
    static constexpr std::size_t kFirstBlock =
        std::bit_floor(std::max<std::size_t>(1024 / sizeof(T), 1));
    static constexpr std::size_t kBlock = std::bit_floor((std::size_t{1} << 20U) / sizeof(T));

    // The index of the first of them. REQUIRES: kBlock values at most.
    std::uint64_t append(std::span<const T> values) {
        if (values.size() > room_) {
            begin_block(values.size());
        }
        const std::uint64_t first = size_;
        std::uninitialized_copy(values.begin(), values.end(), next_);
        next_ += values.size();
        room_ -= values.size();
        size_ += values.size();
        used_ += values.size();
        return first;
    }

    std::uint64_t append(const T& value) { return append(std::span(&value, 1)); }

    // Appends copies of the value, one by one, until there are so many.
    void extend_to(std::uint64_t size, const T& value) {
        while (size_ < size) {
            append(value);
        }
    }

    // REQUIRES: appended together, or count = 1.
    [[nodiscard]] std::span<const T> view(std::uint64_t first, std::size_t count) const {
        ensure(first + count <= size_, "what is viewed was appended");
        return count == 0 ? std::span<const T>() : std::span<const T>(at(first), count);
    }
    [[nodiscard]] std::span<T> change(std::uint64_t first, std::size_t count) {
        ensure(first + count <= size_, "what is changed was appended");
        return count == 0 ? std::span<T>() : std::span<T>(at(first), count);
    }

    [[nodiscard]] const T& operator[](std::uint64_t index) const { return view(index, 1).front(); }
    [[nodiscard]] T& operator[](std::uint64_t index) { return change(index, 1).front(); }

    // With the indices that were left out. If values are appended one by one there are none.
    [[nodiscard]] std::uint64_t size() const { return size_; }

    // What was ever written to; what is behind it in the last block takes no memory yet.
    [[nodiscard]] std::size_t memory_bytes() const {
        return used_ * sizeof(T) + blocks_.capacity() * sizeof(Block);
    }

private:
    static constexpr unsigned kFirstBits = std::bit_width(kFirstBlock) - 1;
    static constexpr unsigned kBits = std::bit_width(kBlock) - 1;

    struct Release {
        void operator()(T* block) const { ::operator delete(block); }
    };
    using Block = std::unique_ptr<T, Release>;

    // Block k of those that double holds the indices with index + kFirstBlock in [2^m, 2^(m+1)),
    // where m = kFirstBits + k. From kBits on, m stays and the blocks are counted.
    static constexpr std::pair<std::size_t, std::size_t> place_of(std::uint64_t index) {
        const std::uint64_t shifted = index + kFirstBlock;
        const unsigned bits = std::min<unsigned>(
            static_cast<unsigned>(std::bit_width(shifted)) - 1, kBits);
        return {(shifted >> bits) + (bits - kFirstBits) - 1,
                shifted & ((std::uint64_t{1} << bits) - 1)};
    }
    static constexpr std::size_t size_of(std::size_t block) {
        return std::size_t{1} << std::min<std::size_t>(kFirstBits + block, kBits);
    }

    [[nodiscard]] T* at(std::uint64_t index) const {
        const auto [block, offset] = place_of(index);
        return blocks_[block].get() + offset;
    }

    // Blocks that are too small are left out, and take no memory.
    void begin_block(std::size_t count) {
        ensure(count <= kBlock, "what stays together fits into a block");
        size_ += room_;
        while (size_of(blocks_.size()) < count) {
            size_ += size_of(blocks_.size());
            blocks_.push_back(nullptr);
        }
        room_ = size_of(blocks_.size());
        blocks_.push_back(Block(static_cast<T*>(::operator new(room_ * sizeof(T)))));
        next_ = blocks_.back().get();
    }

    std::vector<Block> blocks_;
    std::uint64_t size_ = 0;
    std::uint64_t used_ = 0;
    T* next_ = nullptr;      // behind the last value
    std::size_t room_ = 0;   // there
};

}  // namespace failback::sim
