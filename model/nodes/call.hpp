// One call attempt: the INVITE is tried at one server after another until one answers.
//
//  1. The order is: the working server (or the primary), then, as the rules say, all others in
//     order of priority or only those below (Polycom: registered or not).
//  2. A server that is not the last one is given up after `retry_count` retransmissions; the last
//     one after Timer B (RFC 3261 17.1.1.2). Reliable transports: always after Timer B.
//  3. A server that refuses, by a 503 or a transport error, is given up at once (RFC 3261 8.1.3.1,
//     RFC 3263 4.3). A restart of the phone ends the attempt without a word, and answers to it
//     match nothing.
//  4. A server with a name is tried once its address is known. A name that cannot be resolved is
//     a failure of that server (Polycom SIP 3.1 p. 4-58). A phone that resolves all names first
//     asks for none later in the same attempt.
//     Which of several servers of equal priority comes next, `pick` says.
//     A phone may register first with a server that the call turns to and that it is not
//     registered with (Polycom reRegisterOn): the INVITE follows the 200, and without it that
//     server has failed.
//  5. The server's side follows RFC 3261 13.3.1.4: the 200 is repeated until the ACK arrives.
//  6. Where the design says so the callee rings first. A call is not moved to another server once
//     it does (RFC 3263 4.3), unless the phone does not heed that. Whoever rings through a server
//     that was given up before is cancelled (RFC 3261 9.1). A busy callee ends the attempt.
#pragma once

#include <cstdint>
#include <vector>

#include "model/design.hpp"
#include "model/output.hpp"

namespace failback::model {

// What a call attempt waits for before it turns to a server.
enum class LooksUp : std::uint8_t {
    nothing,
    next,  // the address of `entry`
    all,   // the addresses of all names of the list, now that of `entry`
    registration,  // the line is registering with `entry`
};

// The caller's side.
struct CallClient {
    std::uint8_t calling = 0;   // kCalling, kProceeding
    std::uint8_t first = 0;     // entry of the server list that was tried first
    std::uint8_t entry = 0;     // the one being tried
    std::uint8_t resends = 0;   // of the INVITE to this server
    std::uint16_t tried = 0;    // bit per entry
    std::uint8_t attempt = 0;   // number of the call
    std::uint8_t dials_left = 0;
    std::uint16_t armed = 0;    // bit per Timer
    std::uint8_t forgotten = 0; // number of the last call before a restart of the phone
    std::uint8_t ended_by = 0;  // 1 + the entry whose final response ended the last call, if the
                                // callee rings
    LooksUp looking = LooksUp::nothing;
    std::uint8_t zero = 0;

    friend bool operator==(const CallClient&, const CallClient&) = default;
};

// Values of CallClient::calling.
inline constexpr std::uint8_t kCalling = 1;
inline constexpr std::uint8_t kProceeding = 2;  // a provisional response has come

// How an INVITE goes to one server of the list.
struct CallWay {
    Transport transport = Transport::udp;
    DelayMs retry_timeout = 0;  // as in CallRules
    int retry_count = 3;
};

struct CallConfig {
    CallRules rules;
    TransactionTimers timers;
    std::vector<CallWay> to{CallWay{}};  // by entry of the server list
    TransportErrors transport_errors = TransportErrors::fail_attempt;
    bool only_registered = false;  // FailoverRules
    bool registers = false;        // FailoverRules
    bool callee_rings = false;
    bool resolves_all = false;
    std::vector<std::uint16_t> names{};  // by entry: all entries of its name, 0 without one
    std::vector<std::uint8_t> tiers{};   // by entry, see tier_of(); none: all are different
};

[[nodiscard]] std::vector<CallWay> ways_of_calls(const Phone& phone);

// When a server that is not the last one is given up, counted from the first INVITE (UDP).
[[nodiscard]] std::int64_t give_up_after(const CallConfig& config, std::size_t entry);

// Nothing is tried after the server that is being tried.
[[nodiscard]] bool at_last_server(const CallClient& call, const CallConfig& config);

struct CallInput {
    enum class Kind : std::uint8_t {
        dial,
        timer,
        answer,
        refusal,      // that makes it turn to the next server
        restart,
        provisional,
        declined,     // a final response that no other server is asked after
        looked_up,    // the name of the entry that was asked for
        again,        // the INVITE is sent to the same server once more, with credentials
        denied,       // a challenge is not answered
        registered,   // with the entry that it waits for; `found`: granted
    } kind = Kind::dial;
    Timer timer = Timer::none;
    std::uint8_t entry = 0;     // responses: which server
    std::uint8_t attempt = 0;   // responses: to which call
    bool transport_error = false;  // refusal: no 503, but nobody was there
    bool is_final = false;      // refusal: no other server is to be asked
    std::uint8_t working = kNoEntry;
    std::uint16_t registered = 0;  // dial, and where it registers first: bit per entry
    std::uint8_t dialog = 0;    // answer: its number (dialog.hpp)
    std::uint8_t flags = 0;     // answer: those of its ACK
    std::uint16_t known = 0xffff;  // bit per entry: its address is known
    bool found = true;          // looked_up: is it now?
    bool may_call = true;       // dial: it has the appearance that it needs
    std::uint8_t pick = 0;      // which of Output::candidates, in the order of the list
    bool wrong = false;         // looked_up: nobody is there; no matter to the phone
};

void step(CallClient& call, const CallConfig& config, const CallInput& input, Output& output);

// The server's side of one line's calls.
struct CallServer {
    enum class Phase : std::uint8_t { none, answered, confirmed, refused, ringing };
    Phase phase = Phase::none;
    std::uint8_t attempt = 0;
    std::uint8_t resends = 0;
    Status final = Status::none;  // of a callee that rang; none: 200, or 503 where refused

    friend bool operator==(const CallServer&, const CallServer&) = default;
};

struct CallServerInput {
    enum class Kind : std::uint8_t { invite, ack, timer, crash, cancel } kind = Kind::invite;
    Timer timer = Timer::none;
    std::uint8_t attempt = 0;
    Status refusal = Status::none;  // invite: the server takes no calls now, or none of the phone
    Callee callee{};
    DelayMs invite_expires = 0;
};

// `t1` and `t2` are the server's; the timers of the answer are pending exactly in phase `answered`,
// that of the callee in phase `ringing`.
void step(CallServer& call, const TransactionTimers& timers, const CallServerInput& input,
          Output& output);

}  // namespace failback::model
