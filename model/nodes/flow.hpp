// The flow of one registration: what the network between the phone and the server keeps of it, and
// the phone's keep-alives.
//
//  1. Each registration has a flow of its own. Only what the phone sends for the registration keeps
//     it up: its REGISTERs, OPTIONS and keep-alives.
//  2. A NAT forgets its mapping when the phone has been silent for too long. Until the phone sends
//     again nothing passes to it, and what follows passes through another mapping: the binding at
//     the registrar leads nowhere until a REGISTER replaces it (RFC 5626 4.4.2).
//  3. Where a port ages, the first message after a silence is dropped. UDP repeats it as SIP does,
//     TCP after its retransmission timeout. That one is doubled each time, and stays so: nothing
//     that was sent twice tells a round-trip time (RFC 6298 3 and 5.5, Karn's algorithm).
//  4. Keep-alives run from a grant until the phone counts itself as unregistered, or until so many
//     of them went unanswered that the flow has failed. What follows the registration decides.
//  5. A binding of a phone with TCP leads over the connection of its REGISTER, which a crash of the
//     server breaks. The phone hears of it when it sends its next keep-alive; a request is sent
//     over a new connection instead.
//  6. A connection may be half open: what is sent over it is lost, and nobody says so. The phone
//     opens a new one when a keep-alive goes unanswered, when its TCP gives up, or, if it is of
//     that kind, when a request goes unanswered. TCP gives up some time after the phone has sent
//     the first message in vain, which is an error for the request that is open then.
//  7. Answers to keep-alives are not told apart: one that comes late counts for the next one.
#pragma once

#include <cstdint>
#include <optional>

#include "model/design.hpp"
#include "model/output.hpp"

namespace failback::model {

struct FlowState {
    std::uint8_t armed = 0;   // bit for each pending timer
    std::uint8_t sends = 0;   // of the keep-alive that has no answer yet; stays where T2 is reached
    std::uint8_t lost = 0;    // keep-alives in a row without an answer
    std::uint8_t bound = 0;   // the registrar's binding leads through the present mapping, or
                              // over a connection that is there
    std::uint8_t quiet = 0;   // ageing: the next message of the phone is dropped; or kHalfOpen
    std::uint8_t rounds = 0;  // TCP: how often in a row a refresh had to be sent twice

    friend bool operator==(const FlowState&, const FlowState&) = default;
};

// Value of FlowState::quiet.
inline constexpr std::uint8_t kHalfOpen = 2;

// What of it is modelled; the rest is left out.
struct FlowConfig {
    KeepAlive keep_alive;
    std::optional<Interval> nat;
    std::optional<DelayMs> ageing;
    bool connection = false;  // TCP: whether it is there
    Transport transport = Transport::udp;
    TransactionTimers timers;
    DelayMs rto = 1000;
    bool hears_errors = true;
    std::optional<Interval> gives_up{};  // TCP, where connections may be half open in silence
    bool closes_unanswered = false;

    [[nodiscard]] bool binds() const { return nat.has_value() || connection; }
    [[nodiscard]] bool is_modelled() const {
        return keep_alive.method != KeepAliveMethod::none || binds() || ageing.has_value();
    }
};

struct FlowInput {
    enum class Kind : std::uint8_t {
        registered,    // the registration is granted
        unregistered,  // it is no more
        timer,
        answered,      // a keep-alive
        unreachable,   // an ICMP error or a reset instead
        accepted,      // the registrar stored what came through the present mapping
        broken,        // the NAT has forgotten its mapping, or the server its connection
        restarts,      // the phone
        half_open,     // the connection is dead in silence
        given_up,      // a request was not answered in time
        moves,         // the phone, to another address
    } kind = Kind::registered;
    Timer timer = Timer::none;
    bool stale = false;  // answered: the registration came through another mapping
};

struct FlowOutput {
    Output timers;
    bool keep_alive = false;  // one is sent
    bool repeated = false;    // it is sent again
    bool failed = false;      // the flow has; the phone registers again at once
    bool error = false;       // TCP has given up: a request that is open meets an error
};

// What becomes of a message that the phone sends.
struct Passage {
    bool dropped = false;
    DelayMs held = 0;         // until TCP sends it a second time
};

void step(FlowState& flow, const FlowConfig& config, const FlowInput& input, FlowOutput& output);

[[nodiscard]] Passage pass(FlowState& flow, const FlowConfig& config, bool registered,
                           Output& output);

// Does what arrives for the phone pass to it?
[[nodiscard]] bool is_open(const FlowState& flow, const FlowConfig& config);

// A keep-alive that may be answered is given up that long after it was first sent.
[[nodiscard]] DelayMs keep_alive_give_up(const KeepAlive& keep_alive,
                                         const TransactionTimers& timers);

[[nodiscard]] bool expects_answers(const KeepAlive& keep_alive);

// Those of the phone at that server, which may name another time.
[[nodiscard]] KeepAlive keep_alive_to(const Design& design, std::size_t phone, std::size_t server);

// Can keep-alives find a flow dead? Over TCP also those without an answer can, by a reset.
[[nodiscard]] bool finds_failures(const Phone& phone, std::size_t server);

// How much later than its delay a message to the server may arrive at most: TCP sends it twice.
[[nodiscard]] DelayMs longest_hold(const Design& design, std::size_t phone, std::size_t server);

}  // namespace failback::model
