// A trace: one run, complete enough that every view is drawn from it without running the model.
//
//  1. choices[i] settles steps[i]; the design and the choices determine every byte of the rest.
//  2. Steps are in order of execution; instants never decrease.
//  3. A message is sent in exactly one step (Sent::id) and arrives in at most one
//     (Step::delivers); ids count from 1 in the order of sending. A duplicate is a message of its
//     own. A message without arrival was lost, or was still in flight when the trace ends.
//  4. `variables` are the observables in a fixed order; a step lists those that it changes.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "sim/time.hpp"

namespace failback::traces {

inline constexpr int kTraceFormat = 1;

// The latest instant, and the longest chain, of a trace file: 31 years. Products with the size of a
// picture stay far below 64 bits.
inline constexpr sim::TimeMs kLatestInstant = 1'000'000'000'000;

inline constexpr std::array<std::string_view, 7> kStepKinds{
    "message", "timer", "expiry", "fault", "user", "boot", "deadline"};
inline constexpr std::array<std::string_view, 3> kOutcomes{"violated", "witness", "simulated"};
inline constexpr std::array<std::string_view, 4> kFates{"", "lost", "duplicate", "late"};

// Which entry of the canonical agenda was due, in which form, at which instant.
struct Choice {
    std::uint32_t entry = 0;
    std::uint32_t form = 0;
    sim::TimeMs at = 0;

    friend bool operator==(const Choice&, const Choice&) = default;
};

struct Sent {
    int id = 0;
    std::string from;    // participant names
    std::string to;
    std::string label;   // "REGISTER cseq 3", "200 to REGISTER cseq 3"
    bool request = true;
    bool retransmission = false;
    std::string fate;    // one of kFates: "" (under way), "lost", "late" (faults),
                         // "duplicate" (copy)

    friend bool operator==(const Sent&, const Sent&) = default;
};

struct Scheduled {
    std::string what;    // "Timer F (line1 at primary)"
    sim::TimeMs earliest = 0;       // instants, not delays
    sim::TimeMs latest = -1;        // -1: never

    friend bool operator==(const Scheduled&, const Scheduled&) = default;
};

struct Change {
    std::string variable;
    std::string from;
    std::string to;

    friend bool operator==(const Change&, const Change&) = default;
};

struct Step {
    sim::TimeMs at = 0;
    std::string kind;        // one of kStepKinds
    std::string participant; // where it happens; may be empty for a deadline
    std::string event;       // "Timer F (line1 at primary)"
    int delivers = 0;        // id of the arriving message, 0 if the step is no arrival
    bool dropped = false;    // the arriving message found its path cut or its server down
    std::vector<Sent> sent;
    std::vector<Scheduled> scheduled;
    std::vector<std::string> cancelled;
    std::vector<std::string> observed;   // "recovers(primary)", "lapses(line1, primary)"
    std::vector<Change> changes;
    std::string hash;        // 16 hex digits over state and agenda after the step

    friend bool operator==(const Step&, const Step&) = default;
};

struct Variable {
    std::string name;        // "working(line1)", "registered(line1, primary)", "up(primary)"
    std::string initial;     // "none", "primary", "yes", "no"

    friend bool operator==(const Variable&, const Variable&) = default;
};

struct Participant {
    std::string name;
    std::string kind;        // "phone", "proxy", "registrar", "gateway"

    friend bool operator==(const Participant&, const Participant&) = default;
};

// One link of the chain of tight constraints that adds up to a bound.
struct ChainLink {
    std::string what;
    sim::TimeMs ms = 0;      // may be negative

    friend bool operator==(const ChainLink&, const ChainLink&) = default;
};

struct Trace {
    int format = kTraceFormat;
    std::string version;         // of the tool that wrote it
    nlohmann::json design;       // the design itself
    std::string design_hash;     // 16 hex digits over its canonical text
    std::string design_file;
    std::string property;        // name as in the verdict; empty for a free simulation
    std::string says;            // the property in the property language
    std::string outcome;         // one of kOutcomes
    std::string reason;
    bool measured = false;       // the property was timed, not judged
    bool sliced = true;          // only what its phones do was run, not the whole design
    std::vector<std::string> scope;       // parts of the design that were run
    std::vector<Participant> participants;
    std::vector<Variable> variables;
    std::vector<Choice> choices;
    std::vector<Step> steps;
    std::vector<ChainLink> chain;

    friend bool operator==(const Trace&, const Trace&) = default;
};

}  // namespace failback::traces
