#include "model/survivability.hpp"

#include "model/output.hpp"
#include "model/retransmission.hpp"
#include "sim/check.hpp"

namespace failback::model {

namespace {

using sim::exactly;

// RFC 3261 17.1.2, with the defaults of table 4.
constexpr TransactionTimers kTimers{};

void await_probe(const GatewayMode& gateway, const Survivability& rules, Output& output) {
    output.start(Timer::probe,
                 exactly(gateway.emergency != 0 ? rules.probe_in_emergency : rules.probe));
}

void send_probe(GatewayMode& gateway, const Survivability& rules, Output& output) {
    gateway.open = 1;
    gateway.resends = 0;
    ++gateway.number;
    output.send({.method = Method::options, .cseq = gateway.number});
    output.start(Timer::timeout, exactly(rules.timeout));
    if (rules.transport == Transport::udp) {
        output.start(Timer::retransmit, exactly(kTimers.t1));
    }
}

void repeat_probe(GatewayMode& gateway, Output& output) {
    count_resend(kTimers, gateway.resends);
    output.send({.method = Method::options, .cseq = gateway.number, .flags = kRetransmission});
    output.start(Timer::retransmit, exactly(retransmit_after(kTimers, gateway.resends)));
}

// What is pending of an open probe, but for the timer that fires.
void close_probe(GatewayMode& gateway, const Survivability& rules, bool times_out,
                 Output& output) {
    gateway.open = 0;
    gateway.resends = 0;
    if (!times_out) {
        output.cancel(Timer::timeout);
    }
    if (rules.transport == Transport::udp) {
        output.cancel(Timer::retransmit);
    }
}

void judge(GatewayMode& gateway, const Survivability& rules, bool is_answered, Output& output) {
    if (is_answered) {
        output.note(Notice::probe_answered);
    }
    const bool counts = is_answered == (gateway.emergency != 0);
    gateway.count = static_cast<std::uint8_t>(counts ? gateway.count + 1 : 0);
    if (gateway.count >= (gateway.emergency != 0 ? rules.leaves_after : rules.enters_after)) {
        gateway.count = 0;
        gateway.emergency ^= 1;
        output.note(gateway.emergency != 0 ? Notice::enters_emergency : Notice::leaves_emergency);
    }
    await_probe(gateway, rules, output);
}

void stop(GatewayMode& gateway, const Survivability& rules, Output& output) {
    if (gateway.open != 0) {
        close_probe(gateway, rules, false, output);
    } else {
        output.cancel(Timer::probe);
    }
    gateway = {.number = gateway.number};
}

}  // namespace

void step(GatewayMode& gateway, const Survivability& rules, const GatewayInput& input,
          Output& output) {
    switch (input.kind) {
        case GatewayInput::Kind::start:
            sim::ensure(gateway.running == 0, "a gateway starts that does not run");
            gateway = {.running = 1, .number = kProbe};
            // When it probes has nothing to do with when others do something.
            output.start(Timer::probe, {0, rules.probe});
            break;
        case GatewayInput::Kind::stop:
            sim::ensure(gateway.running != 0, "a gateway stops that runs");
            stop(gateway, rules, output);
            break;
        case GatewayInput::Kind::timer:
            if (input.timer == Timer::probe) {
                send_probe(gateway, rules, output);
            } else if (input.timer == Timer::retransmit) {
                repeat_probe(gateway, output);
            } else {
                close_probe(gateway, rules, true, output);
                judge(gateway, rules, false, output);
            }
            break;
        case GatewayInput::Kind::answer:
            if (gateway.open != 0 && input.number == gateway.number) {
                close_probe(gateway, rules, false, output);
                judge(gateway, rules, input.status == Status::ok_200, output);
            }
            break;
    }
}

}  // namespace failback::model
