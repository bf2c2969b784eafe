// A phone's knowledge of one name, and the look-up that brings it.
//
//  1. A look-up is a chain of queries (RFC 3263 4.1, 4.2): NAPTR, SRV and A, or the end of it. Each
//     is tried with one resolver after the other. One that nobody answers is followed by the next
//     of the chain; the look-up succeeds with an answer to the last one.
//  2. Whether a query is answered is decided when it is sent.
//  3. At most two events are pending for a name: the end of a query, the end of a record.
//  4. An answer that leads nowhere is as good as any until it is used: nobody is at its addresses,
//     and it is kept as long. When servers move, what was known of them or is on its way is such.
//  5. Which servers a name has, the phone believes the last look-up, even if its record is over.
//  6. Who asks while a look-up is under way waits for its end.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "model/dns.hpp"
#include "model/event.hpp"

namespace failback::model {

enum class NameRecordState : std::uint8_t {
    absent,
    fresh,
    expired,   // only where it is used after a failure
    negative,  // known not to exist, RFC 2308
    wrong,     // as fresh, but nobody is at the addresses
    wrong_expired,
};

// How a query ends, if its end is not cancelled.
enum class QueryEnd : std::uint8_t {
    none,      // no query is under way
    answer,
    denial,    // no such name, or no service
    silence,
    known,     // not asked: the name is known not to exist
};

// Bits of NameState::missed.
inline constexpr std::uint8_t kMissedSrv = 1;    // nobody answered the query for SRV records
inline constexpr std::uint8_t kWrongAnswer = 2;  // the answer under way leads nowhere
inline constexpr std::uint8_t kLaterAnswer = 4;  // it names the servers that the record has later
inline constexpr std::uint8_t kKnowsLater = 8;   // so did the last one; it stays in mind

struct NameState {
    NameRecordState record = NameRecordState::absent;
    QueryEnd end = QueryEnd::none;
    std::uint8_t query = 0;   // which one of the chain
    std::uint8_t tries = 0;   // of it so far
    std::uint8_t missed = 0;  // kMissedSrv to kKnowsLater

    friend bool operator==(const NameState&, const NameState&) = default;
};

struct NameConfig {
    LookupRules rules;
    bool srv = false;
    DelayMs ttl = 0;
    DelayMs negative_ttl = 0;
    int resolvers = 1;
    Interval answer{0, 1000};
};

struct NameInput {
    enum class Kind : std::uint8_t {
        ask,
        query_ends,
        expires,
        restart,
        changed,     // its servers have other addresses
    } kind = Kind::ask;
    // What becomes of a query to a resolver now, two bits for each: QueryEnd answer to silence.
    std::uint64_t resolvers = 0;
    // How long the answers of each take, if not as usual.
    std::array<std::optional<Interval>, kMostResolvers> delays{};
    std::uint8_t wrong = 0;           // a bit for each whose answers lead nowhere now
    bool later = false;               // the record has changed: it has other servers
};

struct NameOutput {
    std::optional<Interval> query;    // a query ends then, as NameState::end says
    std::optional<DelayMs> keeps;     // the record ends then
    bool ends_query = false;          // what is pending is cancelled
    bool ends_record = false;
    std::optional<bool> found;        // the look-up is over
    bool wrong = false;               // what was found leads nowhere
    bool changed = false;             // what was found are other servers than the last time
};

// May the name be used without a look-up? Records that are used when they have expired stay fresh.
[[nodiscard]] constexpr bool is_usable(const NameState& name) {
    return name.record == NameRecordState::fresh || name.record == NameRecordState::wrong;
}

[[nodiscard]] constexpr bool knows_later(const NameState& name) {
    return (name.missed & kKnowsLater) != 0;
}

[[nodiscard]] constexpr std::uint64_t as_bits(std::size_t resolver, QueryEnd end) {
    return static_cast<std::uint64_t>(end) << (2 * resolver);
}

void step(NameState& name, const NameConfig& config, const NameInput& input, NameOutput& output);

}  // namespace failback::model
