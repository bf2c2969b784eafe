// The events that a fault may wait for: some of those of the property language, by the same words.
//
//  1. What a fault waits for decides when it strikes. So the parts and servers whose event it is
//     belong to each slice in which the fault is, and are never abstracted.
//  2. An event counts in each step in which it is observed, however often before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string_view>
#include <vector>

#include "model/design.hpp"
#include "model/output.hpp"
#include "model/sip/scope.hpp"

namespace failback::model {

// Whose event it is. Those from `server` on are of servers, all others of a line.
enum class AwaitedSubject : std::uint8_t {
    registration,
    working,       // the server that a line works with
    subscription,
    call,          // whatever server it turns to
    call_at,       // a call at one of its servers
    incoming,
    appearance,
    server,
    gateway,
};

struct AwaitedKind {
    std::string_view word;
    Notice notice;
    AwaitedSubject subject;
    bool server_first = false;   // the word stands before the server, and the line follows
};

[[nodiscard]] std::span<const AwaitedKind> awaited_kinds();

// The parts whose event the fault waits for.
[[nodiscard]] std::set<Part> parts_awaited(const Design& design, const Fault& fault);

// Does a fault wait for an event of that part?
[[nodiscard]] bool is_awaited(const Design& design, const Part& part);

// With the faults after which those strike. By fault of the design.
void add_earlier(const Design& design, std::vector<bool>& faults);

// The faults that act in a scope, or others after them. By fault of the design.
[[nodiscard]] std::vector<bool> acting_in(const Design& design, const Scope& scope);

// Adds to `wider` what the faults of `scope` wait for, or faults before them. False: that is all in
// `scope`.
[[nodiscard]] bool add_awaited(const Design& design, const Scope& scope, Scope& wider);

}  // namespace failback::model
