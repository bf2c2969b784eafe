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

#include "model/sip/sip_model.hpp"

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
    emergency,    // emergency(server): a gateway serves in the place of the server it watches
    hijacked,     // hijacked(server, line): the server has a binding of somebody else's contact
    sees_watched, // sees_watched(server): a gateway's probes would be answered
    subscription, // subscription(server, line): the notifier has a subscription
    resolved,     // resolved(line, server): the phone need not look its name up
    dns_up,       // dns_up(line): a resolver answers queries of its phone
    in_call,      // in_call(line, server): the phone counts a call through it as established
    dialog,       // dialog(server, line): the server has a call of the line
    zombie,       // zombie(line, server): one of the two has a call that the other has not
    holds,        // holds(line, server): the phone counts the appearance as its own
    seized,       // seized(server, line): the server counts it as the line's
    shows,        // shows(line, server): the phone shows a state, be it known or not
    stale,        // stale(line, server): and the notifier has another one
    full,         // full(server): the registrar has no room for new bindings
    waits,        // waits(server): a message waits there for a worker
    prompts,      // prompts(line, server): the phone asks its user to confirm a transfer
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
    challenged,   // challenged(line, server): a 401 arrives
    denied,       // denied(line, server): the phone takes its credentials for wrong
    misjudges,    // misjudges(line, server): because of a new nonce alone
    replays,      // replays(line, server): what was just refused is sent again
    fails,        // fails(server): an outage begins
    recovers,     // recovers(server): the last outage ends
    dials,        // dials(line)
    invites,      // invites(line, server)
    answered,     // answered(line)
    call_fails,   // call_fails(line)
    restarts,     // restarts(line): its phone goes off
    flow_fails,   // flow_fails(line, server): keep-alives find it dead
    probe_answered,    // probe_answered(server)
    enters_emergency,  // enters_emergency(server)
    leaves_emergency,  // leaves_emergency(server)
    proceeds,     // proceeds(line, server): the caller hears it ring
    declined,     // declined(line): a final refusal ended the attempt
    alerts,       // alerts(server, line): the callee begins to ring
    answers,      // answers(server, line): the callee takes the call
    offers,       // offers(server, line): a call that came in is offered to the phone
    responds,     // responds(line, server): the first response to that arrives
    rings,        // rings(line, server): the phone rings
    rejects,      // rejects(line, server): the phone refuses the call
    unheard,      // unheard(server, line): the offer is given up, nobody has responded
    unavailable,  // unavailable(server, line): a call came in, and there is no binding
    subscribes,   // subscribes(line, server): a new SUBSCRIBE is sent, no retransmission
    notified,     // notified(line, server): a NOTIFY with the state arrives
    subscription_ends,      // subscription_ends(line, server): the phone counts it as over
    subscription_refused,   // subscription_refused(line, server): an error response to SUBSCRIBE
    subscription_rejected,  // subscription_rejected(line, server): ended for good by a NOTIFY
    unresolved,   // unresolved(line, server): an attempt ended for want of an address
    hangs_up,     // hangs_up(line, server): the user of the line ends a call
    drops,        // drops(line, server): the phone ends a call that nobody has hung up
    released,     // released(line, server): the phone hears that a call is over
    asks,         // asks(line, server): for an appearance
    seizes,       // seizes(line, server): and is granted it
    seize_refused,     // seize_refused(line, server)
    seize_unanswered,  // seize_unanswered(line, server)
    releases,     // releases(line, server): the phone no longer counts it as its own
    grants,       // grants(server, line): the server gives it to the line
    frees,        // frees(server, line): and takes it back
    call_challenged,  // call_challenged(line, server): a 407 to the open INVITE arrives
    call_denied,      // call_denied(line, server): it is not answered
    call_misjudges,   // call_misjudges(line, server): because of a new nonce alone
    call_replays,     // call_replays(line, server): what was just refused is sent again
    heartbeats,   // heartbeats(server, line): a REGISTER with cisco-keep-alive is answered
    removes,      // removes(server, line): a REGISTER removes the binding
    evicts,       // evicts(server, line): that of another phone does
    lengthens,    // lengthens(server, line): more is granted than asked for
    reorders,     // reorders(server, line): a REGISTER is stored that comes too late
    out_of_order, // out_of_order(server, line): it is refused for that
    told_to_wait, // told_to_wait(line, server): a refusal has a Retry-After
    changes,      // changes(server, line): what the notifier tells of is something else now
    overflows,        // overflows(server): a message is turned away, for too many wait
    refuses_refresh,  // refuses_refresh(server, line): for want of room
    refers,       // refers(server, line): the phone is to transfer a call
    transferred,  // transferred(line, server): it does
    unconfirmed,  // unconfirmed(line, server): it ends the call, for nobody has confirmed that
};

struct Atom {
    AtomKind kind = AtomKind::working;
    std::size_t phone = 0;
    std::size_t line = 0;                  // of the phone
    std::optional<std::size_t> server;     // working: none means "no server"
    std::size_t subscription = 0;          // of the phone, if it is about one
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
