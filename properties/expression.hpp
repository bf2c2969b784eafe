// Conditions and events of the property language, as data.
//
//  1. An expression is true or false of a step: of the state after it, and of what it let observe.
//     Atoms over the state ("working(line1) = primary") last; events ("recovers(primary)") are
//     true only in the step in which they happen.
//  2. Names are resolved against a design; an atom about a part that the design does not have
//     (a registration where `register` is off) is false.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/sip_model.hpp"

namespace failback::properties {

enum class AtomKind : std::uint8_t {
    // conditions
    working,      // working(line) = server | none
    registered,   // registered(line, server): the phone counts itself as registered
    binding,      // binding(server, line): the registrar has a binding
    forgotten,    // forgotten(server, line): a restart lost the binding, not registered since
    subscribed,   // subscribed(line, server)
    up,           // up(server)
    reachable,    // reachable(line, server): up, and both directions deliver
    calling,      // calling(line)
    ghost,        // ghost(server, line): a binding of a contact from before a restart
    off,          // off(line): its phone is off
    inbound,      // inbound(line, server): the registrar's binding leads to the phone
    // events
    boots,        // boots(line, server): the line begins to register there
    requests,     // requests(line, server): a new REGISTER is sent, no retransmission
    registers,    // registers(line, server): granted, also by a refresh
    accepts,      // accepts(server, line): the registrar answered 200
    lapses,       // lapses(line, server): the phone stops counting itself as registered
    leaves,       // leaves(line, server): it drops the registration for another one
    switches,     // switches(line, server): the server becomes the working one
    refused,      // refused(line, server): an error response ended an attempt
    unanswered,   // unanswered(line, server): Timer F ended an attempt
    gives_up,     // gives_up(line, server)
    too_brief_again,  // too_brief_again(line, server): a second 423 in one cycle
    fails,        // fails(server): an outage begins
    recovers,     // recovers(server): the last outage ends
    dials,        // dials(line)
    invites,      // invites(line, server)
    answered,     // answered(line)
    call_fails,   // call_fails(line)
    restarts,     // restarts(line): its phone goes off
    flow_fails,   // flow_fails(line, server): keep-alives find it dead
};

struct Atom {
    AtomKind kind = AtomKind::working;
    std::size_t phone = 0;
    std::size_t line = 0;                  // of the phone
    std::optional<std::size_t> server;     // working: none means "no server"
};

struct Expression {
    enum class Op : std::uint8_t { atom, negation, conjunction, disjunction } op = Op::atom;
    Atom atom;
    std::vector<Expression> operands;
};

// A step as a monitor sees it.
struct Sight {
    const model::SipModel& model;
    const model::SipState& state;
    const model::StepLog& log;
};

[[nodiscard]] bool holds(const Expression& expression, const Sight& sight);

// Adds the parts and servers that the expression reads.
void add_reads(const Expression& expression, const model::Design& design, model::Scope& scope);

// Canonical text, parsable again.
[[nodiscard]] std::string to_text(const Expression& expression, const model::Design& design);

}  // namespace failback::properties
