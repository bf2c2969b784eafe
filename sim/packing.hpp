// States as bytes: what is kept, compared and hashed.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstring>

#include "sim/model.hpp"

namespace failback::sim {

// A model whose State has room to spare says which bytes of it are in use.
template <class M>
concept Packing = requires(const M& model, typename M::State& state, std::byte* out,
                           const std::byte* in) {
    { model.packed_size() } -> std::same_as<std::size_t>;
    { model.pack(state, out) } -> std::same_as<void>;
    { model.unpack(in, state) } -> std::same_as<void>;
};

template <Model M>
[[nodiscard]] std::size_t packed_size(const M& model) {
    if constexpr (Packing<M>) {
        return model.packed_size();
    } else {
        return sizeof(typename M::State);
    }
}

template <Model M>
void pack(const M& model, const typename M::State& state, std::byte* out) {
    if constexpr (Packing<M>) {
        model.pack(state, out);
    } else {
        std::memcpy(out, &state, sizeof state);
    }
}

template <Model M>
void unpack(const M& model, const std::byte* in, typename M::State& state) {
    if constexpr (Packing<M>) {
        model.unpack(in, state);
    } else {
        std::memcpy(&state, in, sizeof state);
    }
}

}  // namespace failback::sim
