// A priority queue that gives the greatest first.
//
// One piece of memory that realloc enlarges: the system moves the pages of a large one instead of
// copying them, and gives a page when it is first written to. So a queue takes what it holds, never
// twice that, and yet its values lie side by side; blocks would make it twice as slow.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <type_traits>

#include "sim/check.hpp"

namespace failback::sim {

template <class T>
class Heap {
public:
    static_assert(std::is_trivially_copyable_v<T>);

    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] std::uint64_t size() const { return size_; }

    // What was ever written to.
    [[nodiscard]] std::size_t memory_bytes() const { return most_ * sizeof(T); }

    void push(const T& value) {
        if (size_ == room_) {
            grow();
        }
        std::construct_at(values_.get() + size_, value);
        ++size_;
        most_ = std::max(most_, size_);
        std::push_heap(values_.get(), values_.get() + size_);
    }

    // REQUIRES: not empty.
    T pop() {
        ensure(size_ != 0, "what is taken was put in");
        std::pop_heap(values_.get(), values_.get() + size_);
        return values_.get()[--size_];
    }

private:
    struct Release {
        void operator()(T* values) const { std::free(values); }
    };

    void grow() {
        const std::size_t room = std::max<std::size_t>(2 * room_, 64);
        void* moved = std::realloc(static_cast<void*>(values_.get()), room * sizeof(T));
        if (moved == nullptr) {
            throw std::bad_alloc();
        }
        static_cast<void>(values_.release());
        values_.reset(static_cast<T*>(moved));
        room_ = room;
    }

    std::unique_ptr<T, Release> values_;
    std::size_t size_ = 0;
    std::size_t room_ = 0;
    std::size_t most_ = 0;
};

}  // namespace failback::sim
