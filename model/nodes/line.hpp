// A line of a phone: which server it works with and, where it registers with one server at a time,
// which one is tried next.
//
//  1. `working` is the best server that the line holds itself registered with, unless the rule of
//     failback keeps a worse one. It is lost with its registration, whatever the rule.
//  2. Concurrent registrations run by themselves; only the choice of the working server is made
//     here. Successive ones are driven from here: a registration does nothing without an order.
//     A registration that was forgotten because a call failed over is tried again when failback is
//     due, or when no other server is left; the line goes back as soon as it is granted.
//  3. Successive: there is at most one registration, `home`. While better servers are tried it goes
//     on until one of them grants, unless the phone gives it up first.
//  4. Which of several servers of equal priority comes next is not for the line to say: it tells
//     the candidates, and `pick` says which one. None of equals is better than another.
#pragma once

#include <cstdint>
#include <vector>

#include "model/design.hpp"
#include "model/event.hpp"

namespace failback::model {

struct LineState {
    std::uint8_t working = kNoEntry;
    std::uint8_t home = kNoEntry;    // successive: where the line is registered
    std::uint8_t trying = kNoEntry;  // the next server that may be home; hold: that may be working
    std::uint8_t returning = 0;      // a server better than home is tried, or forgotten ones are
    std::uint8_t armed = 0;          // bit 0: Timer::failback, bit 1: Timer::hold

    friend bool operator==(const LineState&, const LineState&) = default;
};

// Successive: which servers of equal priority were tried in vain, a bit for each entry. Only those
// of one tier, that of LineState::trying.
using TriedEntries = std::uint16_t;

// What a line can see of its registrations, a bit for each entry of the server list.
struct Registrations {
    std::uint64_t believed = 0;
    std::uint64_t given_up = 0;
    std::uint64_t forgotten = 0;  // since a call failed over
};

struct LineInput {
    enum class Kind : std::uint8_t {
        boots,        // successive
        changes,      // concurrent: a registration was granted or lost
        granted,      // from here on of `entry`, successive
        failed,       // an attempt; `wait` comes before another one
        lapsed,       // the registration, without an attempt
        refresh_due,
        probed,       // `answered` or not
        timer,        // of the line
        restarts,     // the phone; it forgets
        fails_over,   // a call, from `entry`; concurrent: its registration is forgotten
        is_alone,     // concurrent: no server is left to work with
        relisted,     // its name no longer leads to `entry`, for which it was looked up
    } kind = Kind::changes;
    std::uint8_t entry = 0;
    Timer timer = Timer::none;
    Interval wait{};
    bool answered = false;
    bool unresolved = false;  // failed: no address of the name is known
    TriedEntries tried = 0;
    std::uint8_t pick = 0;    // which of the candidates, in the order of the list
};

struct LineOutput {
    // What the registration with a server is to do.
    struct Command {
        enum class Kind : std::uint8_t { attempt, wait, probe, stop } kind = Kind::attempt;
        std::uint8_t entry = 0;
        Interval wait{};
    };
    struct TimerChange {
        Timer timer = Timer::none;
        bool starts = false;
        DelayMs delay = 0;
    };
    std::vector<Command> commands;
    std::vector<TimerChange> timers;
    std::uint64_t candidates = 0;  // of which one was picked; 0: there was none to pick
    TriedEntries tried = 0;        // now
};

// Decides about the registrations.
void step(LineState& line, const Phone& phone, const Registrations& registrations,
          const LineInput& input, LineOutput& output);

// Chooses the working server, after the registrations did what the step before ordered.
void choose_working(LineState& line, const Phone& phone, const Registrations& registrations,
                    LineOutput& output);

// The first server of the list that the phone registers with, or kNoEntry.
[[nodiscard]] std::uint8_t first_registrar(const Phone& phone);

}  // namespace failback::model
