// What goes wrong in a design: faults of servers, phones, links and resolvers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/event.hpp"
#include "model/position.hpp"
#include "sim/time.hpp"

namespace failback::model {

using sim::DelayMs;
using sim::Interval;

enum class FaultKind : unsigned char {
    crash,
    unreachable,
    loss,
    duplication,
    maintenance,  // the server answers every request with 503
    refusal,      // its host lives, its process does not: requests meet a transport error
    restart,      // of a phone
    rebinding,    // the NAT of a phone forgets its mappings
    rogue_register,  // somebody registers an address of record that is not theirs
    dns_outage,   // queries to a resolver are not answered
    dns_denial,   // a resolver answers that there is no such name
    dns_delay,    // answers of a resolver take another time
    latency,      // messages of a path have other delays
    credentials,  // a server has another password for phones than they have
    hang,         // the server handles nothing; what arrives waits (load.hpp)
    power_cut,    // of several phones: they restart together
    full,         // the registrar has no room for new bindings
    half_open,    // a connection of a phone is dead, and nobody tells the phone (flow.hpp)
    move,         // a phone has another address
    dns_wrong,    // answers for a name are addresses at which nobody is
    realm,        // a server has another realm than before
    dns_change,   // the servers of a name have other addresses from now on, and DNS says so
    late,         // single messages have another delay
    slowdown,     // messages take a server's workers another time (load.hpp)
};

// Faults of single messages, within a budget.
[[nodiscard]] constexpr bool is_of_messages(FaultKind kind) {
    return kind == FaultKind::loss || kind == FaultKind::duplication || kind == FaultKind::late;
}

// Some messages have its delay instead of the usual one.
[[nodiscard]] constexpr bool changes_delay(FaultKind kind) {
    return kind == FaultKind::latency || kind == FaultKind::late;
}

// Of resolvers.
[[nodiscard]] constexpr bool is_of_dns(FaultKind kind) {
    return kind == FaultKind::dns_outage || kind == FaultKind::dns_denial ||
           kind == FaultKind::dns_delay || kind == FaultKind::dns_wrong ||
           kind == FaultKind::dns_change;
}

// Phones may know addresses at which nobody is.
[[nodiscard]] constexpr bool misleads(FaultKind kind) {
    return kind == FaultKind::dns_wrong || kind == FaultKind::dns_change;
}

// Outages of a server.
[[nodiscard]] constexpr bool is_outage(FaultKind kind) {
    return !is_of_messages(kind) && kind != FaultKind::restart && kind != FaultKind::rebinding &&
           kind != FaultKind::power_cut && kind != FaultKind::rogue_register &&
           kind != FaultKind::latency && kind != FaultKind::slowdown &&
           kind != FaultKind::half_open &&
           kind != FaultKind::move && !is_of_dns(kind);
}

// They happen in no time.
[[nodiscard]] constexpr bool is_instant(FaultKind kind) {
    return kind == FaultKind::rebinding || kind == FaultKind::half_open ||
           kind == FaultKind::move || kind == FaultKind::dns_change;
}

// The way to the phone is another one from then on: no answer takes the old one.
[[nodiscard]] constexpr bool changes_way(FaultKind kind) {
    return kind == FaultKind::rebinding || kind == FaultKind::move;
}

// What is under way to or from a phone may get lost, or come too late to be of use, once for each
// time that it strikes.
[[nodiscard]] constexpr bool takes_messages(FaultKind kind) {
    return kind == FaultKind::loss || kind == FaultKind::late ||
           (is_instant(kind) && !is_of_dns(kind));
}

// The server's process does not run: it forgets transactions and calls, and perhaps bindings.
[[nodiscard]] constexpr bool stops_process(FaultKind kind) {
    return kind == FaultKind::crash || kind == FaultKind::refusal;
}

// Phones go off, and boot again when it is over.
[[nodiscard]] constexpr bool switches_off(FaultKind kind) {
    return kind == FaultKind::restart || kind == FaultKind::power_cut;
}

// Faults with a beginning and an end; the others strike single messages.
[[nodiscard]] constexpr bool is_lasting(FaultKind kind) {
    return is_outage(kind) || switches_off(kind) || kind == FaultKind::rogue_register ||
           kind == FaultKind::latency || kind == FaultKind::slowdown ||
           (is_of_dns(kind) && !is_instant(kind));
}

enum class Direction : unsigned char { both, to_server, to_phone };

// Strikes as often as it likes. A state does not count down then.
inline constexpr int kUnlimited = 255;

// What is left of a fault that waits for an event, and for so many more of them below that.
inline constexpr int kWaits = 254;
inline constexpr int kMostAwaited = 10;

// So many of so many, at least one.
struct Ratio {
    std::uint32_t of = 1;
    std::uint32_t among = 1;  // not less than `of`
};

[[nodiscard]] constexpr bool is_waiting(int left) {
    return left <= kWaits && left > kWaits - kMostAwaited;
}

// An event of a line, of what it has at a server of its list, or of a server (awaited.hpp).
struct AwaitedEvent {
    std::size_t phone = 0;
    std::size_t line = 0;
    std::size_t entry = 0;
    std::size_t kind = 0;   // index into awaited_kinds(); the first one is a registration
    std::size_t server = 0;        // of events of servers, and of calls that come in
    std::size_t subscription = 0;  // of the phone
    int times = 1;                 // it must happen so often
};

// A fault strikes at most `count` times.
//   outages: the first time `at` after the start, after the first end of another fault, or after
//     an event; again `at` after it ended; each time it lasts `lasts`.
//   latency, slowdown, of DNS: the same.
//   restart: the same for a phone, which is off meanwhile and then boots.
//   power_cut: the same for all of `phones` in the same instant.
//   rebinding, half_open, move: strike as they do, and are over at once.
//   rogue_register: the same; where the server accepts it, `lasts` is the lifetime of the binding.
//   loss, duplication, late: up to `count` messages, at any time or only between the two instants
//     of `window`; reliable transports are not affected. With a `ratio` a simulation draws them.
struct Fault {
    std::string name;
    FaultKind kind = FaultKind::crash;
    std::optional<std::size_t> server;  // target; of messages: only those of its links
    std::optional<std::size_t> phone;   // restart, instant ones: target; else: only its link
    std::vector<std::size_t> phones;    // power_cut: targets, in order
    std::optional<std::size_t> resolver;  // of DNS: index into Dns::resolvers; none: all of them
    Interval at = sim::any_time();
    Interval lasts{60'000, 7'200'000};
    int count = 1;
    bool keeps_bindings = true;         // crash, refusal
    DelayMs retry_after = 0;            // maintenance, full: named by its answer; 0: none
    EndReason notifies = EndReason::none;  // maintenance: how subscriptions end when it begins
    Direction direction = Direction::both;
    std::optional<Interval> window;     // of messages
    std::optional<Ratio> ratio;         // of messages: those that are struck in a simulation
    std::optional<std::size_t> gateway; // only between this gateway and the server that it watches
    std::string aor;                    // rogue_register: the address of record
    bool replaces = false;              // rogue_register: removes the bindings that are there first
    Interval delay{};                   // latency, late, dns_delay: instead of the
                                        // usual one; slowdown: of the time that work takes
    std::optional<std::size_t> after;   // an earlier fault, from whose first end `at` counts
    Status answer = Status::service_unavailable_503;  // full: to a request for a new binding
    bool refuses_refreshes = false;     // full: and to one that refreshes a binding, too
    std::string realm;                  // realm: the other one
    std::optional<std::size_t> record;  // of DNS: index into Dns::records; none: all of them
    bool resets = false;                // half_open: what the phone sends is answered by a reset
    std::optional<AwaitedEvent> after_event;  // instead of `after`
    Position position;
};

// In a simulation: each message is struck, or not, by its ratio.
[[nodiscard]] inline bool draws_messages(const Fault& fault) {
    return fault.ratio && fault.count == kUnlimited;
}

// Does it switch that phone off?
[[nodiscard]] inline bool switches_off(const Fault& fault, std::size_t phone) {
    return switches_off(fault.kind) &&
           (fault.phone == phone || std::ranges::count(fault.phones, phone) > 0);
}

// All that it switches off.
[[nodiscard]] inline std::vector<std::size_t> switched_off(const Fault& fault) {
    if (!switches_off(fault.kind)) {
        return {};
    }
    return fault.phone ? std::vector{*fault.phone} : fault.phones;
}

}  // namespace failback::model
