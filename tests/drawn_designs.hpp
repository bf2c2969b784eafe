// Small designs drawn at random: few values each, chosen near where behaviour changes.
#pragma once

#include <initializer_list>

#include "sim/random.hpp"
#include "tests/run_fixture.hpp"

namespace failback::tests {

class Draw {
public:
    explicit Draw(std::uint64_t seed) : random_(seed) {}

    template <class T>
    T operator()(std::initializer_list<T> values) {
        return values.begin()[random_.below(values.size())];
    }

private:
    sim::Random random_;
};

inline void draw_fault(model::Design& design, Draw& draw) {
    using namespace model;
    constexpr sim::DelayMs kSecond = 1000;
    switch (draw({0, 1, 2, 3, 4})) {
        case 0:
            design.faults.push_back(crash(0, 0, 0));
            design.faults[0].keeps_bindings = draw({true, false});
            break;
        case 1:
            design.faults.push_back(unreachable(0, 0, 0));
            design.faults[0].direction =
                draw({Direction::both, Direction::to_phone, Direction::to_server});
            break;
        case 2:
            design.faults.push_back(of_messages(FaultKind::loss, 1));
            design.faults[0].direction =
                draw({Direction::both, Direction::to_phone, Direction::to_server});
            return;
        case 3:
            design.faults.push_back(of_messages(FaultKind::duplication, 1));
            return;
        default:
            return;
    }
    design.faults[0].at = {0, draw({0, 1, 100}) * kSecond};
    design.faults[0].lasts = draw({Interval{60 * kSecond, 200 * kSecond}, {0, 20 * kSecond}});
}

// Instead of a crash, perhaps; it may tell subscribers why it ends their subscriptions.
inline void draw_maintenance(model::Design& design, Draw& draw) {
    using namespace model;
    for (Fault& fault : design.faults) {
        if (fault.kind == FaultKind::crash && draw({true, false})) {
            fault.kind = FaultKind::maintenance;
            fault.keeps_bindings = true;
            fault.notifies = draw({EndReason::none, EndReason::deactivated, EndReason::probation,
                                   EndReason::rejected});
        }
    }
}

inline void draw_order(model::Phone& phone, Draw& draw) {
    using namespace model;
    constexpr sim::DelayMs kSecond = 1000;
    if (draw({true, true, false})) {
        phone.failback = draw({Failback{}, Failback{FailbackRule::stay, 0, 0, 0},
                               Failback{FailbackRule::hold, 0, 20 * kSecond, 0},
                               Failback{FailbackRule::after, 150 * kSecond, 0, 0}});
        return;
    }
    phone.registration = {Order::successive, draw({PauseAfter::round, PauseAfter::attempt}),
                          draw({false, true}), draw({false, true}), draw({false, false, true})};
    phone.failback = draw({Failback{FailbackRule::stay, 0, 0, 0},
                           Failback{FailbackRule::at_refresh, 0, 0, 0},
                           Failback{FailbackRule::after, 150 * kSecond, 0, 0},
                           Failback{FailbackRule::probe, 0, 20 * kSecond, 30 * kSecond}});
}

inline model::Design drawn_design(Draw& draw) {
    using namespace model;
    constexpr sim::DelayMs kSecond = 1000;
    Design design = design_with(draw({1U, 1U, 2U}));
    Phone& phone = design.phones[0];
    design.default_delay = {0, draw({0, 100, 490, 1000, 3000})};
    phone.timers.timer_f = draw({32, 16, 5}) * kSecond;
    phone.timers.timer_b = draw({32'000, 32'000, 3'700});
    if (draw({false, false, true})) {  // the last server of the list
        ServerEntry& last = phone.servers.back();
        last.expires = draw({60, 120, 300}) * kSecond;
        last.refresh = draw({Refresh{RefreshRule::lead, 10 * kSecond, 0},
                             Refresh{RefreshRule::fraction, 0, 50}});
        last.retry = draw({Interval{30'000, 40'000}, {45'000, 45'000}});
        last.transport = draw({Transport::udp, Transport::tcp});
    }
    for (Server& server : design.servers) {
        server.timer_j = draw({32'000, 32'000, 100, 2'000});
        server.min_expires = draw({60, 60, 200}) * kSecond;
    }
    phone.retry = sim::Interval{30 * kSecond, draw({30, 60}) * kSecond};
    phone.belief = draw({Belief::until_failed_refresh, Belief::until_expiry});
    draw_order(phone, draw);
    phone.expires = draw({3600, 120}) * kSecond;
    phone.refresh.lead = draw({60, 5, 0}) * kSecond;
    phone.max_retries = draw({0, 0, 0, 1});
    phone.transport = draw({Transport::udp, Transport::udp, Transport::tcp});
    phone.calls = {draw({CallFirst::working, CallFirst::primary}),
                   draw({CallThen::all, CallThen::lower}), draw({0, 0, 500}), draw({3, 1, 0}),
                   draw({GiveUp::at_last_retry, GiveUp::one_interval_later})};
    if (draw({false, true})) {
        dial_at(design, 0);
        design.calls[0].at.latest = draw({0, 10, 100}) * kSecond;
    }
    draw_fault(design, draw);
    return design;
}

}  // namespace failback::tests
