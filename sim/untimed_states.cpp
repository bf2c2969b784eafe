#include "sim/untimed_states.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "sim/check.hpp"

namespace failback::sim {

namespace {

constexpr std::size_t kMostWords = 64;  // of a key: 4096 bits that vary
constexpr std::size_t kAhead = 16;      // look-ups that are under way at once

std::size_t shard_of(std::uint64_t hash) { return hash >> 58U; }

void set_number(std::span<std::byte> record, UntimedStates::AgendaId number) {
    std::memcpy(record.last(UntimedStates::kRoom).data(), &number, sizeof number);
}

UntimedStates::AgendaId number_of(std::span<const std::byte> record) {
    UntimedStates::AgendaId number = 0;
    std::memcpy(&number, record.last(UntimedStates::kRoom).data(), sizeof number);
    return number;
}

std::span<const std::byte> with_number(std::span<std::byte> record,
                                       UntimedStates::AgendaId number) {
    set_number(record, number);
    return record;
}

// Makes room for longer keys: the words that are added are 0.
void restride(std::vector<std::uint64_t>& keys, std::size_t from, std::size_t to) {
    const std::size_t count = keys.size() / from;
    keys.resize(count * to);
    for (std::size_t k = count; k-- > 0;) {
        std::copy_backward(keys.begin() + static_cast<std::ptrdiff_t>(k * from),
                           keys.begin() + static_cast<std::ptrdiff_t>((k + 1) * from),
                           keys.begin() + static_cast<std::ptrdiff_t>(k * to + from));
        std::fill_n(keys.begin() + static_cast<std::ptrdiff_t>(k * to + from), to - from, 0);
    }
}

}  // namespace

UntimedStates::UntimedStates(std::span<std::byte> first_record,
                             std::span<const std::byte> first_agenda)
    : record_size_(first_record.size()),
      layout_(with_number(first_record, 0)),
      shards_(kShards) {
    static_cast<void>(agendas_.insert(first_agenda));  // gets number 0
    std::array<Found, 1> found;
    collect(first_record, first_agenda, found[0]);
    Workers alone;
    settle(found, alone);
}

void UntimedStates::collect(std::span<std::byte> record, std::span<const std::byte> agenda,
                            Found& found) const {
    const AgendaId number = agendas_.find(agenda);
    if (number < agendas_.size() && layout_.covers(with_number(record, number))) {
        std::array<std::uint64_t, kMostWords> key;
        layout_.encode(record, key.data());
        push(key.data(), found);
        return;
    }
    const auto append = [&found](std::span<const std::byte> bytes) {
        found.unencoded.insert(found.unencoded.end(), bytes.begin(), bytes.end());
    };
    const std::size_t size = agenda.size();
    append(record);
    append(std::as_bytes(std::span(&size, 1)));
    append(agenda);
}

void UntimedStates::push(const std::uint64_t* key, Found& found) const {
    const std::size_t words = layout_.words();
    auto& keys = found.keys[shard_of(hash_words(key, words))];
    for (std::size_t word = 0; word < words; ++word) {
        keys.push_back(key[word]);
    }
}

std::span<const std::byte> UntimedStates::read(const Batch& batch, std::size_t index,
                                               std::span<std::byte> record) const {
    layout_.decode(&shards_[batch.shard].level[(batch.first + index) * layout_.words()], record);
    return agendas_.key(number_of(record));
}

std::vector<UntimedStates::Batch> UntimedStates::next_round(std::size_t batches,
                                                            std::size_t batch_size,
                                                            std::size_t most) {
    std::vector<Batch> round;
    while (round.size() < batches && most > 0 && waiting() > 0) {
        if (shard_ == kShards) {
            shard_ = 0;
            for (Shard& each : shards_) {
                each.level.clear();
                std::swap(each.level, each.next);
            }
        }
        const std::size_t left = shards_[shard_].level.size() / layout_.words() - place_;
        if (left == 0) {
            // The round before the first of a level must be settled.
            if (shard_ + 1 == kShards && !round.empty()) {
                break;
            }
            ++shard_;
            place_ = 0;
            continue;
        }
        const std::size_t count = std::min({left, batch_size, most});
        round.push_back({shard_, place_, count});
        place_ += count;
        most -= count;
    }
    return round;
}

void UntimedStates::settle(std::span<Found> found, Workers& workers) {
    encode_rest(found);
    round_bytes_ = 0;
    for (const Found& each : found) {
        for (const Keys& keys : each.keys) {
            round_bytes_ += keys.capacity() * sizeof(std::uint64_t);
        }
    }
    workers.run(kShards, [&](std::size_t shard) {
        for (Found& each : found) {
            take_in(shards_[shard], each.keys[shard]);
        }
    });
}

void UntimedStates::take_in(Shard& shard, Keys& keys) const {
    const std::size_t words = layout_.words();
    std::array<std::uint64_t, kAhead> hashes;
    for (std::size_t first = 0; first < keys.size(); first += kAhead * words) {
        const std::size_t count = std::min(kAhead, (keys.size() - first) / words);
        for (std::size_t k = 0; k < count; ++k) {
            hashes[k] = hash_words(&keys[first + k * words], words);
            shard.set.prefetch(hashes[k]);
        }
        for (std::size_t k = 0; k < count; ++k) {
            const std::uint64_t* key = &keys[first + k * words];
            if (shard.set.insert(key, hashes[k])) {
                shard.next.insert(shard.next.end(), key, key + words);
            }
        }
    }
    keys.clear();
}

// In the order of the round, behind all that could be encoded.
void UntimedStates::encode_rest(std::span<Found> found) {
    for (Found& each : found) {
        const std::span<std::byte> bytes(each.unencoded);
        for (std::size_t at = 0; at < bytes.size();) {
            const auto record = bytes.subspan(at, record_size_);
            std::size_t size = 0;
            std::memcpy(&size, &bytes[at + record_size_], sizeof size);
            at += record_size_ + sizeof size;
            encode_one(record, bytes.subspan(at, size), found, found.back());
            at += size;
        }
        each.unencoded.clear();
    }
}

void UntimedStates::encode_one(std::span<std::byte> record, std::span<const std::byte> agenda,
                               std::span<Found> found, Found& target) {
    set_number(record, agendas_.insert(agenda).first);
    if (!layout_.covers(record)) {
        const std::size_t old_words = layout_.words();
        layout_.widen(record);
        if (layout_.words() > old_words) {
            widen_keys(old_words, found);
        }
    }
    std::array<std::uint64_t, kMostWords> key;
    layout_.encode(record, key.data());
    push(key.data(), target);
}

void UntimedStates::widen_keys(std::size_t old_words, std::span<Found> found) {
    const std::size_t words = layout_.words();
    ensure(words <= kMostWords, "the bits of a state that vary fit into a key");
    for (Shard& each : shards_) {
        each.set.widen(words);
        restride(each.level, old_words, words);
        restride(each.next, old_words, words);
    }
    for (Found& each : found) {
        for (Keys& keys : each.keys) {
            restride(keys, old_words, words);
        }
    }
}

bool UntimedStates::contains(std::span<std::byte> record,
                             std::span<const std::byte> agenda) const {
    const AgendaId number = agendas_.find(agenda);
    if (number == agendas_.size() || !layout_.covers(with_number(record, number))) {
        return false;
    }
    std::array<std::uint64_t, kMostWords> key;
    layout_.encode(record, key.data());
    const std::uint64_t hash = hash_words(key.data(), layout_.words());
    return shards_[shard_of(hash)].set.contains(key.data(), hash);
}

std::size_t UntimedStates::size() const {
    return std::transform_reduce(shards_.begin(), shards_.end(), std::size_t{0}, std::plus<>(),
                                 [](const Shard& each) { return each.set.size(); });
}

std::size_t UntimedStates::waiting() const {
    std::size_t words = 0;
    for (std::size_t k = 0; k < kShards; ++k) {
        words += shards_[k].next.size();
        words += k >= shard_ ? shards_[k].level.size() : 0;
    }
    return words / layout_.words() - (shard_ < kShards ? place_ : 0);
}

std::size_t UntimedStates::memory_bytes() const {
    std::size_t bytes = agendas_.memory_bytes() + round_bytes_;
    for (const Shard& each : shards_) {
        bytes += each.set.memory_bytes() +
                 (each.level.capacity() + each.next.capacity()) * sizeof(std::uint64_t);
    }
    return bytes;
}

}  // namespace failback::sim
