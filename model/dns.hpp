// Names of servers: what DNS knows of them, and how a phone asks for it (RFC 3263, RFC 2782, 2308).
//
//  1. Which servers a record has changes once in a run, or never. Besides that it matters when an
//     answer comes, whether it comes, how long it may be kept, and whether anybody is at the
//     addresses.
//  2. In a phone's list a name stands for the servers that it resolves to, one entry for each, best
//     first; those that it has from its change on only follow. The entries of a name are
//     neighbours.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "model/retry.hpp"

namespace failback::model {

// A server that a name resolves to.
struct Target {
    std::size_t server = 0;  // index into Design::servers
    int priority = 0;        // RFC 2782: the lowest is tried first
    int weight = 0;          // among equal priorities: its share of being the first one
    int port = 5060;
};

// What DNS knows of a name: SRV records, or the addresses themselves.
struct NameRecord {
    std::string name;
    bool srv = false;
    DelayMs ttl = 0;           // 0: an answer must be used at once, and not be kept
    DelayMs negative_ttl = 0;  // so long a name that does not exist is not asked for again
    std::vector<Target> targets;
    std::vector<Target> later;  // from a dns-change on, in their order; none: the same
};

inline constexpr int kMostResolvers = 4;

struct Dns {
    std::vector<std::string> resolvers{"dns"};
    Interval answer{0, 1000};  // from a query to its answer
    std::vector<NameRecord> records;
};

// What a phone does with a record whose time to live is over.
enum class Expired : unsigned char {
    unused,         // it is gone (RFC 1035 3.2.1)
    after_failure,  // used if nobody answers (RFC 8767)
    refetched,      // gone, and asked for again at once
    at_once,        // used as if it were not over
};

struct LookupRules {
    DelayMs timeout = 5000;  // a query without an answer is given up
    int tries = 2;           // of each query, one resolver after the other
    int queries = 3;         // NAPTR, SRV and A one after the other; 2: SRV, A; 1: A only
    Expired expired = Expired::unused;
    bool all_before_calls = false;  // each name of the list, not only that of the next server
    // When a look-up fails, records that are written in the phone serve so long (Polycom
    // dns.cache); 0: there are none.
    DelayMs static_ttl = 0;
};

// A name in a phone's list, as the phone sees it.
struct ListedName {
    std::string name;
    std::size_t record = 0;  // index into Dns::records
    std::size_t first = 0;   // its entries in the list
    std::size_t count = 0;
    DelayMs ttl = 0;
    // Where the record changes: how many of its entries it has at first, and its entries later.
    std::size_t count_at_first = 0;
    std::vector<std::size_t> later{};
};

// The longest that a look-up of the phone takes. Without faults of resolvers each query is
// answered, in less time than the phone waits for.
[[nodiscard]] std::int64_t longest_look_up(const LookupRules& rules, const Dns& dns,
                                           bool may_fail);

}  // namespace failback::model
