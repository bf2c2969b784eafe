#include "model/sip/clock.hpp"

#include "model/nodes/dialog.hpp"

namespace failback::model {

namespace {

constexpr std::int64_t kMillion = 1'000'000;
constexpr std::int64_t kMostRoundings = 200;  // in any sum of timers that is asked for

std::int64_t rounded_down(std::int64_t counted, int ppm) {
    return counted * kMillion / (kMillion + ppm);
}

std::int64_t rounded_up(std::int64_t counted, int ppm) {
    const std::int64_t rate = kMillion + ppm;
    return (counted * kMillion + rate - 1) / rate;
}

}  // namespace

sim::Interval true_time(sim::Interval counted, int ppm) {
    if (ppm == 0) {
        return counted;
    }
    return {static_cast<sim::DelayMs>(rounded_down(counted.earliest, ppm)),
            counted.latest == sim::kNever
                ? sim::kNever
                : static_cast<sim::DelayMs>(rounded_up(counted.latest, ppm))};
}

std::int64_t at_longest(std::int64_t counted, int ppm) {
    return ppm == 0 ? counted : rounded_up(counted, ppm) + kMostRoundings;
}

std::int64_t at_shortest(std::int64_t counted, int ppm) {
    return ppm == 0 ? counted : rounded_down(counted, ppm) - kMostRoundings;
}

bool is_of_clock(const Event& timer) {
    if (of_dialog(timer.timer)) {
        return side_of(timer) == DialogSide::phone && timer.timer != Timer::hang_up &&
               timer.timer != Timer::mid_call && timer.timer != Timer::confirmed;
    }
    if (of_call_server(timer.timer) || of_notifier(timer.timer) || of_relay(timer.timer)) {
        return false;
    }
    switch (timer.timer) {
        case Timer::forget:
        case Timer::repeat_window:
        case Timer::nonce_age:
        case Timer::offer_retransmit:
        case Timer::offer_give_up:
        case Timer::seize_expires:
        case Timer::silence:        // of a NAT, or of a port
        case Timer::user_answers:
        case Timer::user_releases:
            return false;
        default:
            return true;
    }
}

}  // namespace failback::model
