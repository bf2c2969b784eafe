#include "properties/atoms.hpp"

#include <algorithm>
#include <array>

#include "sim/check.hpp"

namespace failback::properties {

namespace {

using model::PartKind;

constexpr auto kRegistration = std::optional(PartKind::registration);
constexpr auto kCall = std::optional(PartKind::call);
constexpr auto kIncoming = std::optional(PartKind::incoming);
constexpr auto kAppearance = std::optional(PartKind::appearance);
constexpr auto kSubscription = std::optional(PartKind::subscription);
constexpr std::optional<PartKind> kServersOnly;
constexpr std::optional<PartKind> kPhonesOnly;

constexpr std::array kShapes{
    AtomShape{AtomKind::working, "working", Arguments::line, false, kRegistration,
              "the server that the line works with; compare it: working(line1) = primary, "
              "working(line1) != none"},
    AtomShape{AtomKind::registered, "registered", Arguments::line_server, false, kRegistration,
              "the phone counts the line as registered with the server"},
    AtomShape{AtomKind::binding, "binding", Arguments::server_line, false, kRegistration,
              "the registrar has a binding of the line, be it through a gateway that passes "
              "requests on"},
    AtomShape{AtomKind::forgotten, "forgotten", Arguments::server_line, false, kRegistration,
              "a restart of the server, or the end of its emergency, lost the binding, and the "
              "line has not registered since"},
    AtomShape{AtomKind::subscribed, "subscribed", Arguments::line_server, false, kSubscription,
              "the phone counts itself as subscribed to the services of the server"},
    AtomShape{AtomKind::up, "up", Arguments::server, false, kServersOnly,
              "the server's process is running, and does not hang"},
    AtomShape{AtomKind::reachable, "reachable", Arguments::line_server, false, kServersOnly,
              "the server is up and not under maintenance, and the path from the line's phone "
              "delivers both ways"},
    AtomShape{AtomKind::calling, "calling", Arguments::line, false, kCall,
              "a call attempt of the line is under way"},
    AtomShape{AtomKind::ghost, "ghost", Arguments::server_line, false, kRegistration,
              "the registrar has a binding of a contact that the phone had before it restarted"},
    AtomShape{AtomKind::off, "off", Arguments::line, false, kPhonesOnly,
              "the line's phone is off: it restarts"},
    AtomShape{AtomKind::inbound, "inbound", Arguments::line_server, false, kRegistration,
              "the registrar has a binding of the line, and its flow leads to the phone: the NAT "
              "knows it, the connection is there"},
    AtomShape{AtomKind::emergency, "emergency", Arguments::server, false, kServersOnly,
              "the gateway is in an emergency: it serves in place of the server that it watches"},
    AtomShape{AtomKind::hijacked, "hijacked", Arguments::server_line, false, kServersOnly,
              "the server has a binding for the line that somebody else registered"},
    AtomShape{AtomKind::sees_watched, "sees_watched", Arguments::server, false, kServersOnly,
              "the gateway and the server that it watches are up, the latter is not under "
              "maintenance, and the path between them delivers both ways"},
    AtomShape{AtomKind::subscription, "subscription", Arguments::server_line, false,
              kSubscription, "the server has a subscription of the line"},
    AtomShape{AtomKind::resolved, "resolved", Arguments::line_server, false, kServersOnly,
              "the line's phone can send to the server without asking a resolver for its name"},
    AtomShape{AtomKind::dns_up, "dns_up", Arguments::line, false, kPhonesOnly,
              "some resolver answers the queries of the line's phone"},
    AtomShape{AtomKind::in_call, "in_call", Arguments::line_server, false, kCall,
              "the phone counts a call of the line through the server as established"},
    AtomShape{AtomKind::dialog, "dialog", Arguments::server_line, false, kCall,
              "the server, with whoever is behind it, counts a call of the line as established"},
    AtomShape{AtomKind::zombie, "zombie", Arguments::line_server, false, kCall,
              "the phone or the server counts a call as established that the other does not"},
    AtomShape{AtomKind::holds, "holds", Arguments::line_server, false, kAppearance,
              "the phone counts the appearance that the line shares at the server as its own"},
    AtomShape{AtomKind::seized, "seized", Arguments::server_line, false, kAppearance,
              "the server counts that appearance as the line's"},
    AtomShape{AtomKind::shows, "shows", Arguments::line_server, false, kSubscription,
              "the phone shows a state that a NOTIFY of the subscription told, and not that it is "
              "unknown"},
    AtomShape{AtomKind::stale, "stale", Arguments::line_server, false, kSubscription,
              "the phone shows a state, and the notifier has another one meanwhile"},
    AtomShape{AtomKind::full, "full", Arguments::server, false, kServersOnly,
              "a fault leaves the registrar no room for new bindings"},
    AtomShape{AtomKind::waits, "waits", Arguments::server, false, kServersOnly,
              "a message waits at the server, since all its workers are busy or it hangs"},
    AtomShape{AtomKind::prompts, "prompts", Arguments::line_server, false, kCall,
              "the phone waits for its user to confirm the transfer of a call"},
    AtomShape{AtomKind::boots, "boots", Arguments::line_server, true, kRegistration,
              "the line begins to register with the server after its phone has booted"},
    AtomShape{AtomKind::requests, "requests", Arguments::line_server, true, kRegistration,
              "the phone sends the server a new REGISTER of the line, not a retransmission"},
    AtomShape{AtomKind::registers, "registers", Arguments::line_server, true, kRegistration,
              "the phone receives a 200 to the line's REGISTER, first or refresh"},
    AtomShape{AtomKind::accepts, "accepts", Arguments::server_line, true, kRegistration,
              "the registrar answers the line's REGISTER with 200"},
    AtomShape{AtomKind::lapses, "lapses", Arguments::line_server, true, kRegistration,
              "the phone stops counting the line as registered with the server; a restart is no "
              "lapse"},
    AtomShape{AtomKind::leaves, "leaves", Arguments::line_server, true, kRegistration,
              "the phone drops the line's registration with the server for one with another"},
    AtomShape{AtomKind::switches, "switches", Arguments::line_server, true, kRegistration,
              "the server becomes the one that the line works with"},
    AtomShape{AtomKind::unanswered, "unanswered", Arguments::line_server, true, kRegistration,
              "an attempt of the line to register is given up without an answer"},
    AtomShape{AtomKind::gives_up, "gives_up", Arguments::line_server, true, kRegistration,
              "the phone will never try to register the line with the server again"},
    AtomShape{AtomKind::refused, "refused", Arguments::line_server, true, kRegistration,
              "an attempt to register ended with an error response other than 423, or because "
              "nobody was there"},
    AtomShape{AtomKind::too_brief_again, "too_brief_again", Arguments::line_server, true,
              kRegistration, "a registration is refused with 423 a second time in a row"},
    AtomShape{AtomKind::challenged, "challenged", Arguments::line_server, true, kRegistration,
              "the phone receives a 401 to the line's REGISTER"},
    AtomShape{AtomKind::denied, "denied", Arguments::line_server, true, kRegistration,
              "the phone takes the line's credentials for wrong, or has none, and the attempt "
              "ends"},
    AtomShape{AtomKind::misjudges, "misjudges", Arguments::line_server, true, kRegistration,
              "the same, although it was only challenged with another nonce than it had kept"},
    AtomShape{AtomKind::replays, "replays", Arguments::line_server, true, kRegistration,
              "the phone sends credentials again that were refused, and not as stale"},
    AtomShape{AtomKind::fails, "fails", Arguments::server, true, kServersOnly,
              "an outage of the server begins (crash, refusal, maintenance, hang, no room, or cut "
              "path)"},
    AtomShape{AtomKind::recovers, "recovers", Arguments::server, true, kServersOnly,
              "the last outage of the server ends"},
    AtomShape{AtomKind::dials, "dials", Arguments::line, true, kCall,
              "the user of the line places a call"},
    AtomShape{AtomKind::invites, "invites", Arguments::line_server, true, kCall,
              "a call attempt of the line turns to the server"},
    AtomShape{AtomKind::answered, "answered", Arguments::line, true, kCall,
              "a call of the line is established"},
    AtomShape{AtomKind::call_fails, "call_fails", Arguments::line, true, kCall,
              "a call attempt of the line is reported as failed"},
    AtomShape{AtomKind::restarts, "restarts", Arguments::line, true, kPhonesOnly,
              "the line's phone goes off, and forgets its registrations and calls"},
    AtomShape{AtomKind::flow_fails, "flow_fails", Arguments::line_server, true, kRegistration,
              "keep-alives of the phone find its flow to the server dead"},
    AtomShape{AtomKind::probe_answered, "probe_answered", Arguments::server, true, kServersOnly,
              "the gateway receives a 200 from the server that it watches"},
    AtomShape{AtomKind::enters_emergency, "enters_emergency", Arguments::server, true,
              kServersOnly, "the gateway begins to serve in place of the server that it watches"},
    AtomShape{AtomKind::leaves_emergency, "leaves_emergency", Arguments::server, true,
              kServersOnly, "the gateway finds the server that it watches back"},
    AtomShape{AtomKind::proceeds, "proceeds", Arguments::line_server, true, kCall,
              "the caller hears that the call rings, through the server"},
    AtomShape{AtomKind::declined, "declined", Arguments::line, true, kCall,
              "a call attempt of the line ends with a final refusal of the callee"},
    AtomShape{AtomKind::alerts, "alerts", Arguments::server_line, true, kCall,
              "whom the line calls begins to ring, through the server"},
    AtomShape{AtomKind::answers, "answers", Arguments::server_line, true, kCall,
              "whom the line calls takes the call, through the server"},
    AtomShape{AtomKind::offers, "offers", Arguments::server_line, true, kIncoming,
              "a call for the line comes in at the server, which sends the phone an INVITE"},
    AtomShape{AtomKind::responds, "responds", Arguments::line_server, true, kIncoming,
              "the phone's first response to a call that the server offers arrives there"},
    AtomShape{AtomKind::rings, "rings", Arguments::line_server, true, kIncoming,
              "the phone begins to ring for a call that the server offers"},
    AtomShape{AtomKind::rejects, "rejects", Arguments::line_server, true, kIncoming,
              "the phone refuses a call, for it is not registered with the server"},
    AtomShape{AtomKind::unheard, "unheard", Arguments::server_line, true, kIncoming,
              "the server gives up a call that it offers: the phone has not responded"},
    AtomShape{AtomKind::unavailable, "unavailable", Arguments::server_line, true, kIncoming,
              "a call for the line comes in at the server, which has no binding"},
    AtomShape{AtomKind::subscribes, "subscribes", Arguments::line_server, true, kSubscription,
              "the phone sends the server a new SUBSCRIBE of the line, not a retransmission"},
    AtomShape{AtomKind::notified, "notified", Arguments::line_server, true, kSubscription,
              "the phone receives the state by a NOTIFY of its subscription"},
    AtomShape{AtomKind::subscription_ends, "subscription_ends", Arguments::line_server, true,
              kSubscription, "the phone stops counting itself as subscribed; a restart is no end"},
    AtomShape{AtomKind::subscription_refused, "subscription_refused", Arguments::line_server, true,
              kSubscription,
              "an attempt to subscribe ended with an error response other than 423, or because "
              "nobody was there"},
    AtomShape{AtomKind::subscription_rejected, "subscription_rejected", Arguments::line_server,
              true, kSubscription,
              "a NOTIFY ends the subscription for good: rejected, noresource or invariant"},
    AtomShape{AtomKind::unresolved, "unresolved", Arguments::line_server, true, kRegistration,
              "an attempt to register is given up because the server's name was not resolved"},
    AtomShape{AtomKind::hangs_up, "hangs_up", Arguments::line_server, true, kCall,
              "the user of the line hangs up a call through the server"},
    AtomShape{AtomKind::drops, "drops", Arguments::line_server, true, kCall,
              "the phone ends a call through the server that nobody has hung up"},
    AtomShape{AtomKind::released, "released", Arguments::line_server, true, kCall,
              "the phone receives a BYE of a call through the server"},
    AtomShape{AtomKind::asks, "asks", Arguments::line_server, true, kAppearance,
              "the phone asks the server for the appearance, no retransmission"},
    AtomShape{AtomKind::seizes, "seizes", Arguments::line_server, true, kAppearance,
              "the phone receives the grant of the appearance"},
    AtomShape{AtomKind::seize_refused, "seize_refused", Arguments::line_server, true, kAppearance,
              "the phone receives a refusal, for the appearance is another's or it is not "
              "registered"},
    AtomShape{AtomKind::seize_unanswered, "seize_unanswered", Arguments::line_server, true,
              kAppearance, "the phone has asked for the appearance in vain until Timer F"},
    AtomShape{AtomKind::releases, "releases", Arguments::line_server, true, kAppearance,
              "the phone stops counting the appearance as its own; a restart is no release"},
    AtomShape{AtomKind::grants, "grants", Arguments::server_line, true, kAppearance,
              "the server gives the appearance to the line"},
    AtomShape{AtomKind::frees, "frees", Arguments::server_line, true, kAppearance,
              "the server takes the appearance back from the line"},
    AtomShape{AtomKind::call_challenged, "call_challenged", Arguments::line_server, true, kCall,
              "the phone receives a 407 to the line's INVITE"},
    AtomShape{AtomKind::call_denied, "call_denied", Arguments::line_server, true, kCall,
              "the phone does not answer it, and the call attempt fails"},
    AtomShape{AtomKind::call_misjudges, "call_misjudges", Arguments::line_server, true, kCall,
              "the same, although it was only challenged with another nonce than it had kept"},
    AtomShape{AtomKind::call_replays, "call_replays", Arguments::line_server, true, kCall,
              "the phone sends credentials of an INVITE again that were refused, and not as stale"},
    AtomShape{AtomKind::heartbeats, "heartbeats", Arguments::server_line, true, kRegistration,
              "the server answers a REGISTER of the line with 200 that says expires=0 and "
              "cisco-keep-alive"},
    AtomShape{AtomKind::removes, "removes", Arguments::server_line, true, kRegistration,
              "the registrar removes a binding of the line because a REGISTER says so"},
    AtomShape{AtomKind::evicts, "evicts", Arguments::server_line, true, kRegistration,
              "the same, and the REGISTER is that of another phone"},
    AtomShape{AtomKind::lengthens, "lengthens", Arguments::server_line, true, kRegistration,
              "the registrar grants the line's REGISTER a longer lifetime than it asks for"},
    AtomShape{AtomKind::reorders, "reorders", Arguments::server_line, true, kRegistration,
              "the registrar stores a REGISTER of the line although its CSeq is not higher than "
              "the stored one"},
    AtomShape{AtomKind::out_of_order, "out_of_order", Arguments::server_line, true, kRegistration,
              "the registrar refuses a REGISTER of the line for that"},
    AtomShape{AtomKind::told_to_wait, "told_to_wait", Arguments::line_server, true, kRegistration,
              "the line's REGISTER is refused with a Retry-After"},
    AtomShape{AtomKind::changes, "changes", Arguments::server_line, true, kSubscription,
              "what the notifier tells of the line's subscription becomes something else"},
    AtomShape{AtomKind::overflows, "overflows", Arguments::server, true, kServersOnly,
              "the server turns a message away, because too many wait for it"},
    AtomShape{AtomKind::refuses_refresh, "refuses_refresh", Arguments::server_line, true,
              kRegistration,
              "the registrar refuses, for want of room, to refresh a binding that it has"},
    AtomShape{AtomKind::refers, "refers", Arguments::server_line, true, kCall,
              "a script at the server transfers a call of the line, by a REFER; no "
              "retransmission"},
    AtomShape{AtomKind::transferred, "transferred", Arguments::line_server, true, kCall,
              "the phone follows the transfer of a call"},
    AtomShape{AtomKind::unconfirmed, "unconfirmed", Arguments::line_server, true, kCall,
              "the phone ends a call because its user has not confirmed a transfer in time"},
};

}  // namespace

std::span<const AtomShape> atom_shapes() { return kShapes; }

const AtomShape& shape_of(AtomKind kind) {
    const auto shape = std::ranges::find(kShapes, kind, &AtomShape::kind);
    sim::ensure(shape != kShapes.end(), "every atom has a shape");
    return *shape;
}

}  // namespace failback::properties
