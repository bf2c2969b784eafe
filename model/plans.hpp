// What happens to the lines of a design besides faults: calls that are placed or come in,
// appearances that are seized, and changes of that which notifiers tell of. Part of a Design.
#pragma once

#include <cstddef>
#include <optional>

#include "model/position.hpp"
#include "sim/time.hpp"

namespace failback::model {

using sim::Interval;

// Whom a call reaches. Without `rings` every call is answered as soon as it arrives.
struct Callee {
    bool rings = false;
    Interval answers_after{0, 0};  // since it rings
    bool is_busy = false;          // declines instead

    friend bool operator==(const Callee&, const Callee&) = default;
};

// What follows once a call is answered. Without `lasts` nobody asks.
struct DialogPlan {
    std::optional<Interval> lasts;   // since it is confirmed there, until an end hangs up
    bool phone_hangs_up = true;
    bool other_hangs_up = false;
    std::optional<Interval> mid_call{};  // when the user of the phone does something else
    std::optional<Interval> transfer{};  // when a script at the server transfers the call
    std::optional<Interval> confirms{};  // since it is asked: when its user says yes

    friend bool operator==(const DialogPlan&, const DialogPlan&) = default;
};

// The user of a line dials at most `count` times, each `at` after the previous attempt ended.
struct CallPlan {
    std::size_t phone = 0;
    std::size_t line = 0;
    int count = 1;
    Interval at = sim::any_time();
    Callee callee;
    Position position;
    DialogPlan dialog{};
};

// Somebody calls a line at most `count` times, each `at` after the call before ended, and enters at
// a server of the line's list. The server offers the call to the phone if it has a binding.
struct IncomingPlan {
    std::size_t phone = 0;
    std::size_t line = 0;
    std::size_t entry = 0;         // of the phone's server list
    int count = 1;
    Interval at = sim::any_time();
    Interval rings{0, 0};          // how long the phone rings until its user answers
    Position position;
    DialogPlan dialog{};
    bool is_beyond = false;        // at the server that the gateway of the entry passes requests to
};

// The user of a line seizes an appearance of its address of record at a server of the line's list,
// at most `count` times, each `at` after the time before has ended.
struct SeizurePlan {
    std::size_t phone = 0;
    std::size_t line = 0;
    std::size_t entry = 0;         // of the phone's server list
    int appearance = 1;
    int count = 1;
    Interval at = sim::any_time();
    Interval holds = sim::any_time();  // how long
    Position position;
};

// What the notifier of a subscription tells of becomes something else at most `count` times, each
// `at` after the time before. While the server is down nothing is noticed of it.
struct ChangePlan {
    std::size_t phone = 0;
    std::size_t line = 0;
    std::size_t entry = 0;         // of the phone's server list
    std::size_t subscription = 0;  // of the phone
    int count = 1;
    Interval at = sim::any_time();
    Position position;
};

}  // namespace failback::model
