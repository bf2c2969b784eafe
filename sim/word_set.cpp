#include "sim/word_set.hpp"

#include <algorithm>

#include "sim/check.hpp"

namespace failback::sim {

std::size_t WordSet::slot_of(const std::uint64_t* key, std::uint64_t hash) const {
    std::size_t slot = home(hash);
    if (words_ == 1) {  // most often, and hot
        while (slots_[slot] != 0 && slots_[slot] != *key) {
            slot = slot + 1 == slots_.size() ? 0 : slot + 1;
        }
        return slot;
    }
    for (;;) {
        const std::uint64_t* stored = &slots_[slot * words_];
        if (*stored == 0 ||
            (*stored == *key && std::equal(key + 1, key + words_, stored + 1))) {
            return slot;
        }
        slot = slot + 1 == slots() ? 0 : slot + 1;
    }
}

bool WordSet::insert(const std::uint64_t* key, std::uint64_t hash) {
    ensure(*key != 0, "the first word of a key is not 0");
    if (10 * (size_ + 1) > 7 * slots()) {
        rebuild(slots() + slots() / 4, words_);
    }
    std::uint64_t* stored = &slots_[slot_of(key, hash) * words_];
    if (*stored != 0) {
        return false;
    }
    for (std::size_t word = 0; word < words_; ++word) {
        stored[word] = key[word];
    }
    ++size_;
    return true;
}

bool WordSet::contains(const std::uint64_t* key, std::uint64_t hash) const {
    return slots_[slot_of(key, hash) * words_] != 0;
}

void WordSet::widen(std::size_t words) {
    ensure(words >= words_, "keys only become longer");
    if (words > words_) {
        rebuild(slots(), words);
    }
}

void WordSet::rebuild(std::size_t slots, std::size_t words) {
    ensure(slots < (std::uint64_t{1} << 32U), "the slots of a set can be addressed");
    const std::vector<std::uint64_t> old(std::move(slots_));
    const std::size_t old_words = words_;
    slots_.assign(slots * words, 0);
    words_ = words;
    std::vector<std::uint64_t> key(words);
    for (std::size_t at = 0; at < old.size(); at += old_words) {
        if (old[at] != 0) {
            std::copy_n(&old[at], old_words, key.begin());
            const std::size_t slot = slot_of(key.data(), hash_words(key.data(), words));
            std::copy_n(key.begin(), words, &slots_[slot * words]);
        }
    }
}

}  // namespace failback::sim
