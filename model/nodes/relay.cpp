#include "model/nodes/relay.hpp"

#include <algorithm>

#include "model/nodes/client_usage.hpp"
#include "model/nodes/digest.hpp"
#include "sim/check.hpp"

namespace failback::model {

namespace {

using sim::exactly;
using Phase = Relay::Phase;

// RFC 3261 17.1.2, with the defaults of table 4.
constexpr TransactionTimers kTimers{};
constexpr DelayMs kTimerF = 32'000;

void transmit(Relay& relay, const Survivability& rules, std::uint8_t flags, Output& output) {
    output.send({.method = Method::re_register,
                 .cseq = relay.number,
                 .flags = flags,
                 .nonce = relay.signs != 0 ? kOldestNonce : kNoNonce});
    if (rules.transport == Transport::udp) {
        output.start(Timer::re_register_retransmit,
                     exactly(retransmit_after(kTimers, relay.resends)));
    }
}

// But for the timer that fires.
void close(Relay& relay, const Survivability& rules, Timer fires, Output& output) {
    if (fires != Timer::re_register_timeout) {
        output.cancel(Timer::re_register_timeout);
    }
    if (rules.transport == Transport::udp) {
        output.cancel(Timer::re_register_retransmit);
    }
    relay.phase = Phase::none;
    relay.resends = 0;
    relay.signs = 0;
}

void open(Relay& relay, const Survivability& rules, Output& output) {
    relay.phase = Phase::open;
    ++relay.number;
    output.start(Timer::re_register_timeout, exactly(kTimerF));
    transmit(relay, rules, 0, output);
}

}  // namespace

bool passes(Relay& relay, const Survivability& rules, std::uint8_t cseq, Output& output) {
    if (rules.unanswered == Status::none) {
        return true;
    }
    if (cseq <= relay.given_up) {
        return false;
    }
    if (cseq > relay.waits) {
        if (relay.waits != 0) {
            output.cancel(Timer::relay_gives_up);
        }
        relay.waits = cseq;
        output.start(Timer::relay_gives_up, exactly(rules.gives_up_after));
    }
    return true;
}

bool comes_back(Relay& relay, const Survivability& rules, std::uint8_t cseq, Output& output) {
    if (rules.unanswered == Status::none) {
        return true;
    }
    if (cseq <= relay.given_up) {
        return false;
    }
    if (relay.waits == cseq) {
        output.cancel(Timer::relay_gives_up);
        relay.waits = 0;
    }
    return true;
}

void begin_re_registration(Relay& relay, sim::Interval when, Output& output) {
    sim::ensure(relay.phase == Phase::none, "one at a time");
    relay.phase = Phase::due;
    output.start(Timer::re_register_due, when);
}

void on_timer(Relay& relay, const Survivability& rules, Timer timer, bool may, Output& output) {
    switch (timer) {
        case Timer::relay_gives_up:
            relay.given_up = std::max(relay.given_up, relay.waits);
            relay.waits = 0;
            break;
        case Timer::re_register_due:
            relay.phase = Phase::none;
            if (may) {
                open(relay, rules, output);
            }
            break;
        case Timer::re_register_retransmit:
            count_resend(kTimers, relay.resends);
            transmit(relay, rules, kRetransmission, output);
            break;
        default:
            close(relay, rules, timer, output);
            break;
    }
}

void on_re_registered(Relay& relay, const Survivability& rules, std::uint8_t number, Status status,
                      Output& output) {
    if (relay.phase != Phase::open || number != relay.number) {
        return;
    }
    const bool is_first = status == Status::unauthorized_401 && relay.signs == 0;
    close(relay, rules, Timer::none, output);
    if (is_first) {
        relay.signs = 1;
        open(relay, rules, output);
    }
}

void end_re_registration(Relay& relay, const Survivability& rules, Output& output) {
    if (relay.phase == Phase::due) {
        output.cancel(Timer::re_register_due);
        relay.phase = Phase::none;
    } else if (relay.phase == Phase::open) {
        close(relay, rules, Timer::none, output);
    }
}

void stop(Relay& relay, const Survivability& rules, Output& output) {
    end_re_registration(relay, rules, output);
    if (relay.waits != 0) {
        output.cancel(Timer::relay_gives_up);
    }
    relay.waits = relay.given_up = 0;
}

}  // namespace failback::model
