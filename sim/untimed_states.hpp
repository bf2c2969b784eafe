// The states that an untimed search has found: packed, each once, in the order in which they wait.
//
//  1. A state is a record of fixed size and an agenda, both as bytes. Agendas are numbered; the
//     number is part of the record, of which only bits that ever varied are kept (bit_layout.hpp).
//  2. States belong to shards by their hash. A round of the search looks at states found in rounds
//     before and collects what it finds; then each shard takes in its own, in the order of the
//     round. So nothing depends on the number of threads, and look-ups come in batches.
//  3. What cannot be encoded yet (a bit that never varied, an agenda without number) waits for the
//     end of the round, when one thread makes room for it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sim/bit_layout.hpp"
#include "sim/key_table.hpp"
#include "sim/word_set.hpp"
#include "sim/workers.hpp"

namespace failback::sim {

class UntimedStates {
public:
    static constexpr std::size_t kShards = 64;

    // What a job of a round has found. Keys of each shard one after another.
    struct Found {
        std::array<std::vector<std::uint64_t>, kShards> keys;
        std::vector<std::byte> unencoded;  // record, size of the agenda, agenda; repeated
    };

    // States that wait, one after another in the same shard.
    struct Batch {
        std::size_t shard = 0;
        std::size_t first = 0;
        std::size_t count = 0;
    };

    // All records end with kRoom bytes that are not theirs: for the number of the agenda.
    using AgendaId = std::uint32_t;
    static constexpr std::size_t kRoom = sizeof(AgendaId);

    UntimedStates(std::span<std::byte> first_record, std::span<const std::byte> first_agenda);

    // May be called by several threads, each with its own `record` and `found`.
    void collect(std::span<std::byte> record, std::span<const std::byte> agenda,
                 Found& found) const;
    // Fills `record` and gives the agenda of a waiting state.
    std::span<const std::byte> read(const Batch& batch, std::size_t index,
                                    std::span<std::byte> record) const;

    // The next states to look at, `most` at most; they stay readable until settle().
    [[nodiscard]] std::vector<Batch> next_round(std::size_t batches, std::size_t batch_size,
                                                std::size_t most);
    // Takes in what a round has found, and empties it.
    void settle(std::span<Found> found, Workers& workers);

    [[nodiscard]] bool contains(std::span<std::byte> record,
                                std::span<const std::byte> agenda) const;
    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] std::size_t waiting() const;
    [[nodiscard]] std::size_t memory_bytes() const;
    [[nodiscard]] std::size_t bits() const { return layout_.bits(); }

private:
    using Keys = std::vector<std::uint64_t>;
    struct Shard {
        WordSet set;
        Keys level;             // of the level that is looked at
        Keys next;              // of the next one
    };

    void encode_rest(std::span<Found> found);
    void encode_one(std::span<std::byte> record, std::span<const std::byte> agenda,
                    std::span<Found> found, Found& target);
    void widen_keys(std::size_t old_words, std::span<Found> found);
    void push(const std::uint64_t* key, Found& found) const;
    void take_in(Shard& shard, Keys& keys) const;

    std::size_t record_size_;   // with room
    KeyTable agendas_;
    BitLayout layout_;
    std::vector<Shard> shards_;
    std::size_t shard_ = 0;     // the next state to look at: its shard, and its place in the level
    std::size_t place_ = 0;
    std::size_t round_bytes_ = 0;  // of what the last round found
};

}  // namespace failback::sim
