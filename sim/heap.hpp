// A priority queue that gives the greatest first, in blocks that never move.
//
// Four children each: half the levels of a binary heap, and the children lie side by side.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "sim/arena.hpp"

namespace failback::sim {

template <class T>
class Heap {
public:
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] std::size_t memory_bytes() const { return values_.memory_bytes(); }

    void push(const T& value) {
        if (size_ == values_.size()) {
            values_.append(value);
        }
        std::uint64_t hole = size_++;
        while (hole != 0 && values_[parent(hole)] < value) {
            values_[hole] = values_[parent(hole)];
            hole = parent(hole);
        }
        values_[hole] = value;
    }

    // REQUIRES: not empty.
    T pop() {
        ensure(size_ != 0, "what is taken was put in");
        const T greatest = values_[0];
        const T last = values_[--size_];
        std::uint64_t hole = 0;
        while (kChildren * hole + 1 < size_) {
            const std::uint64_t child = greatest_child(hole);
            if (!(last < values_[child])) {
                break;
            }
            values_[hole] = values_[child];
            hole = child;
        }
        values_[hole] = last;
        return greatest;
    }

private:
    static constexpr std::uint64_t kChildren = 4;

    static std::uint64_t parent(std::uint64_t child) { return (child - 1) / kChildren; }

    [[nodiscard]] std::uint64_t greatest_child(std::uint64_t parent) const {
        std::uint64_t greatest = kChildren * parent + 1;
        const std::uint64_t end = std::min(greatest + kChildren, size_);
        for (std::uint64_t child = greatest + 1; child < end; ++child) {
            if (values_[greatest] < values_[child]) {
                greatest = child;
            }
        }
        return greatest;
    }

    Arena<T> values_;          // more than size_, if some were taken out
    std::uint64_t size_ = 0;
};

}  // namespace failback::sim
