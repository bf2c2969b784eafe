// The parts of a design, and which of them can influence which.
//
//  1. A part is a registration (line at a server), a subscription, the calls of a line, those that
//     come in for it at a server, or an appearance that its user seizes there. Faults belong
//     to servers: a slice takes along every fault of the servers that it touches, and the restarts
//     of its phones.
//  2. The influence graph has an edge from a part to each part that reads its state. What is not
//     upstream of a property's parts cannot change its verdict: removed parts never block time
//     (each of their pending events can always fire) and share no budget that must be spent.
//  3. The mode of a gateway that watches a server is read by all parts at it, if it makes a
//     difference. It reads the faults of both servers, which come along, and nothing else.
//  4. All parts at a server at which messages wait read each other, and the gateways that watch it
//     come along: whatever arrives there may keep the rest waiting.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "model/design.hpp"

namespace failback::model {

enum class PartKind : unsigned char { registration, subscription, call, incoming, appearance };

struct Part {
    PartKind kind = PartKind::registration;
    std::size_t phone = 0;
    std::size_t line = 0;     // of the phone
    std::size_t entry = 0;    // of the phone's server list; 0 for calls
    std::size_t subscription = 0;  // which one of the phone; 0 for others

    friend auto operator<=>(const Part&, const Part&) = default;
};

struct Scope {
    std::set<Part> parts;
    std::set<std::size_t> servers;  // whose faults are included
    // Registrations of which nothing is modelled but whether the phone counts itself as registered,
    // and that may change at any time. More can happen then, never less.
    std::set<Part> abstracted;
    std::set<std::size_t> phones;   // whose restarts are included, besides those of the parts
    std::set<Part> flows;           // registrations, if it is asked whether the phone is reached
    std::set<std::size_t> gateways; // servers whose modes are included
    bool dns = false;               // faults of resolvers are included
};

// Is a fault part of what the scope describes?
[[nodiscard]] bool involves(const Scope& scope, const Fault& fault);

// "registration of line1 at primary"
[[nodiscard]] std::string name_of(const Design& design, const Part& part);

// Every part of a design, in canonical order.
[[nodiscard]] std::vector<Part> parts_of(const Design& design);

// Does the phone subscribe with that entry of its server list, now or then?
[[nodiscard]] bool subscribes_to(const Phone& phone, std::size_t entry,
                                 std::size_t subscription = 0);

[[nodiscard]] Scope whole(const Design& design);

// The least scope that holds the roots and everything that can influence them.
[[nodiscard]] Scope slice(const Design& design, const Scope& roots);

// Does the phone of one registration remove the binding of another, with the `Contact: *` that it
// sends when it boots? Bindings of one address of record are independent otherwise.
[[nodiscard]] bool wipes(const Design& design, const Part& wiper, const Part& registration);

// Do two registrations want room at a server that cannot hold the bindings of all that can register
// there? Then whether one is accepted depends on the other (PROPERTIES P32).
[[nodiscard]] bool compete(const Design& design, const Part& a, const Part& b);

// Can a limit of its server, or a fault, refuse the registration for want of room?
[[nodiscard]] bool can_be_crowded_out(const Design& design, const Part& registration);

// Does the part look names up?
[[nodiscard]] bool asks_dns(const Design& design, const Part& part);

// Do two parts of a phone look the same name up? A record that one of them brought is there for the
// other, and so is the end of its look-up.
[[nodiscard]] bool share_name(const Design& design, const Part& a, const Part& b);

// Does how long the phone waits before it registers depend on whether another registration of the
// line works (RFC 5626 4.5)?
[[nodiscard]] bool looks_beside(const Design& design, const Part& registration, const Part& other);

// Does what becomes of one registration depend on another one?
[[nodiscard]] bool influences(const Design& design, const Part& other, const Part& registration);

// A slice in which some registrations are abstracted. REQUIRES: only the belief of their phones is
// looked at, and none of them influences one that is not.
[[nodiscard]] Scope abstract(const Design& design, const Scope& roots, const Scope& slice,
                             const std::set<Part>& registrations);

// The slice and all else that its phones do: what a person wants to see of a run.
[[nodiscard]] Scope context(const Design& design, const Scope& slice);

}  // namespace failback::model
