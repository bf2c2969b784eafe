// Refusals: how many bindings a server has room for, and what a phone makes of a refused request.
#pragma once

#include <array>
#include <cstddef>

#include "model/event.hpp"
#include "model/retry.hpp"
#include "model/transport.hpp"

namespace failback::model {

// A server has room for so many bindings at once. A request for one more is refused; one that
// refreshes a binding never is (PROPERTIES P32).
struct Limit {
    int bindings = 0;            // 0: no limit
    Status answer = Status::service_unavailable_503;  // Kamailio; Asterisk: 403
    DelayMs retry_after = 0;     // RFC 3261 20.33; 0: the answer names none
};

// An ICMP error or a reset of the connection. RFC 3261 8.1.3.1 has it treated as a 503; many user
// agents do not hear of ICMP errors at all. Over TCP nobody can ignore it.
enum class TransportErrors : unsigned char { ignored, fail_attempt };

// Does a user agent over this transport hear of it?
[[nodiscard]] constexpr bool hears(TransportErrors errors, Transport transport) {
    return errors == TransportErrors::fail_attempt || transport == Transport::tcp;
}

enum class RetryAfter : unsigned char { honoured, ignored };

// What an attempt that was refused with a certain status leads to.
struct AfterRefusal {
    enum class Kind : unsigned char {
        rejected,  // the wait after a rejected attempt
        give_up,   // never tried again
        wait,      // one of its own
    } kind = Kind::rejected;
    RetryWait wait;
};

struct RefusalRules {
    TransportErrors transport_errors = TransportErrors::fail_attempt;
    RetryAfter retry_after = RetryAfter::honoured;
    DelayMs max_min_expires = 0;  // most that a 423 makes it ask for; 0: whatever is named
    std::array<AfterRefusal, kStatuses> on_status{};

    [[nodiscard]] const AfterRefusal& after(Status status) const {
        return on_status[static_cast<std::size_t>(status)];
    }
};

}  // namespace failback::model
