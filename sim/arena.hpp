// A list that only grows, in blocks that never move: growing copies nothing, so that the memory in
// use never peaks above what is stored, and what was read stays valid.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

#include "sim/check.hpp"

namespace failback::sim {

template <class T>
class Arena {
public:
    static_assert(std::is_trivially_copyable_v<T>);

    // What is appended together stays together, and may be as long as a block.
    static constexpr std::size_t kBlock = std::size_t{1} << 18U;

    // The index of the first of them.
    std::uint64_t append(std::span<const T> values) {
        ensure(values.size() <= kBlock, "what stays together fits into a block");
        if (values.empty()) {
            return size_;
        }
        const std::size_t left = blocks_.size() * kBlock - size_;
        if (left < values.size()) {
            size_ = blocks_.size() * kBlock;
            blocks_.push_back(std::make_unique_for_overwrite<T[]>(kBlock));
        }
        const std::uint64_t first = size_;
        size_ += values.size();
        std::ranges::copy(values, at(first));
        return first;
    }

    std::uint64_t append(const T& value) { return append(std::span(&value, 1)); }

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

    // With the gaps at the ends of blocks. If values are appended one by one there are none.
    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] std::size_t memory_bytes() const { return size_ * sizeof(T); }

private:
    [[nodiscard]] T* at(std::uint64_t index) const {
        return blocks_[index / kBlock].get() + index % kBlock;
    }

    std::vector<std::unique_ptr<T[]>> blocks_;
    std::uint64_t size_ = 0;
};

}  // namespace failback::sim
