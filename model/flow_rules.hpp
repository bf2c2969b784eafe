// The flow between a phone and a server: NATs and port ageing on the way, and keep-alives.
#pragma once

#include <optional>

#include "sim/time.hpp"

namespace failback::model {

using sim::DelayMs;
using sim::Interval;

enum class KeepAliveMethod : unsigned char {
    none,
    crlf,     // an empty message; over TCP a server that supports RFC 5626 answers it
    stun,     // a STUN Binding request, RFC 5626 4.4.2
    options,  // an OPTIONS request
    heartbeat,  // a REGISTER that says expires=0;cisco-keep-alive
};

struct KeepAlive {
    KeepAliveMethod method = KeepAliveMethod::none;
    Interval every{};                // from the sending of one to that of the next
    bool answered = false;           // CRLF; the others always are
    DelayMs answer_within = 10'000;  // CRLF, RFC 5626 4.4.1
    int max_lost = 1;                // so many unanswered ones in a row are a flow that failed
    // To the first address of the server's name, wherever the line is registered (Asterisk, issue
    // 1927); else to that server.
    bool to_first = false;
    // Between 80 and 100 percent of the Flow-Timer that a server names (RFC 5626 4.4), instead of
    // `every`.
    bool heeds_flow_timer = true;
};

// What a phone knows, and what stands in its way.
struct FlowRules {
    // A mapping lasts so long after the last message of the phone (RFC 4787, REQ-5 and REQ-6). Left
    // out: there is no NAT.
    std::optional<Interval> nat;
    KeepAlive keep_alive;
    DelayMs rto = 1000;  // TCP: first retransmission timeout, RFC 6298 2.1
    // TCP: how long it repeats what nobody acknowledges. At least 100 s by RFC 1122 4.2.3.5; Linux,
    // tcp_retries2: 924.6 s at the least.
    Interval gives_up{100'000, 1'200'000};
    bool closes_unanswered = false;  // a connection over which a request was not answered in time
};

// RFC 6298 2.4 and 5.5: it is doubled up to 60 s.
inline constexpr DelayMs kLongestRto = 60'000;

}  // namespace failback::model
