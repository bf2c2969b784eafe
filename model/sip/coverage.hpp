// How much of the model has been seen: which events came in which phase of the node that they
// concern.
//
//  1. A role is a kind of node: the phone's side of a registration, a registrar, a caller. Its
//     phases are those of its state machine; its events are the messages and timers that it gets.
//  2. What is possible is a table (coverage_table.cpp): all pairs of a phase and an event of a
//     role, but for those that it excludes. An excluded pair that is seen is an internal error.
//  3. The phase is that in which the event finds the node, also if nothing comes of it: a message
//     that a dead server does not hear has come to a server that is down.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/sip/sip_model.hpp"

namespace failback::model {

enum class Role : std::uint8_t {
    registration,   // of a phone
    subscription,   // of a phone
    line,
    flow,
    name,           // the look-up of one
    caller,
    called,         // the phone that a call is offered to
    dialog_of_phone,
    station,        // of a shared line
    registrar,
    notifier,
    callee,         // the server's side of a call attempt, and who is behind it
    offering,       // the server that a call comes in at
    dialog_of_server,
    granter,        // of appearances
    gateway,        // that watches a server
    watched,
    fault,
    transferee,     // the phone that a script transfers
    transferor,
};

inline constexpr std::size_t kRoles = 20;

struct RoleTable {
    std::string_view name;
    std::vector<std::string_view> phases;
    std::vector<std::string_view> events;
    std::vector<std::string_view> possible;  // by phase, a character for each event: + or .

    [[nodiscard]] bool is_possible(std::size_t phase, std::size_t event) const {
        return possible[phase][event] == '+';
    }
    [[nodiscard]] std::size_t possible_pairs() const;
};

// By role.
[[nodiscard]] const std::array<RoleTable, kRoles>& role_tables();

struct Pair {
    Role role = Role::registration;
    std::size_t phase = 0;
    std::size_t event = 0;
};

// What a pending event would be, if it fired in that state; nothing of abstractions and monitors.
[[nodiscard]] std::optional<Pair> pair_of(const SipModel& model, const SipState& state,
                                          const Event& event);

// The same of REFERs, and of the timers of a transfer.
[[nodiscard]] std::optional<Pair> pair_of_transfer(const SipModel& model, const SipState& state,
                                                   const Event& event);

// The roles that a design has, as far as they are in the scope of its model.
[[nodiscard]] std::array<bool, kRoles> roles_of(const SipModel& model);

class Coverage {
public:
    // An ensure() fails if the table excludes it.
    void see(const SipModel& model, const SipState& state, const Event& event);
    void add(const Coverage& other);
    void add_roles(const SipModel& model);

    [[nodiscard]] bool has(Role role) const { return roles_[static_cast<std::size_t>(role)]; }
    [[nodiscard]] bool seen(Role role, std::size_t phase, std::size_t event) const {
        return seen_[static_cast<std::size_t>(role)][phase * kMostEvents + event];
    }
    [[nodiscard]] std::size_t seen_pairs(Role role) const {
        return seen_[static_cast<std::size_t>(role)].count();
    }

    friend bool operator==(const Coverage&, const Coverage&) = default;

private:
    static constexpr std::size_t kMostPhases = 24;
    static constexpr std::size_t kMostEvents = 16;

    std::array<std::bitset<kMostPhases * kMostEvents>, kRoles> seen_;
    std::array<bool, kRoles> roles_{};
};

}  // namespace failback::model
