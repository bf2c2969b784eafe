#include "properties/atoms.hpp"

#include <algorithm>
#include <array>

#include "sim/check.hpp"

namespace failback::properties {

namespace {

using model::PartKind;

constexpr auto kRegistration = std::optional(PartKind::registration);
constexpr auto kCall = std::optional(PartKind::call);
constexpr std::optional<PartKind> kServersOnly;
constexpr std::optional<PartKind> kPhonesOnly;

constexpr std::array kShapes{
    AtomShape{AtomKind::working, "working", Arguments::line, false, kRegistration,
              "the server that the line works with; compare it: working(line1) = primary, "
              "working(line1) != none"},
    AtomShape{AtomKind::registered, "registered", Arguments::line_server, false, kRegistration,
              "the phone counts the line as registered with the server"},
    AtomShape{AtomKind::binding, "binding", Arguments::server_line, false, kRegistration,
              "the registrar has a binding of the line"},
    AtomShape{AtomKind::forgotten, "forgotten", Arguments::server_line, false, kRegistration,
              "a restart of the server lost the binding, and the line has not registered since"},
    AtomShape{AtomKind::subscribed, "subscribed", Arguments::line_server, false,
              std::optional(PartKind::subscription),
              "the phone counts itself as subscribed to the services of the server"},
    AtomShape{AtomKind::up, "up", Arguments::server, false, kServersOnly,
              "the server's process is running"},
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
    AtomShape{AtomKind::fails, "fails", Arguments::server, true, kServersOnly,
              "an outage of the server begins (crash, refusal, maintenance or cut path)"},
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
};

}  // namespace

std::span<const AtomShape> atom_shapes() { return kShapes; }

const AtomShape& shape_of(AtomKind kind) {
    const auto shape = std::ranges::find(kShapes, kind, &AtomShape::kind);
    sim::ensure(shape != kShapes.end(), "every atom has a shape");
    return *shape;
}

}  // namespace failback::properties
