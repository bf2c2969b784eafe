#include "traces/describe.hpp"

#include <algorithm>

#include "sim/check.hpp"

namespace failback::traces {

namespace {

using model::Event;
using model::EventKind;
using model::Method;
using model::Timer;

const char* method_name(Method method) {
    constexpr const char* names[] = {"", "REGISTER", "SUBSCRIBE", "INVITE", "ACK",
                                     "OPTIONS", "keep-alive"};
    return names[static_cast<std::size_t>(method)];
}

const char* timer_name(Timer timer) {
    constexpr const char* names[] = {"",
                                     "Timer E",
                                     "Timer F",
                                     "Timer K",
                                     "refresh due",
                                     "retry wait over",
                                     "granted lifetime over",
                                     "Timer J",
                                     "subscription expires",
                                     "Timer A",
                                     "give-up of the INVITE",
                                     "retransmission of the 200",
                                     "give-up of the 200",
                                     "probe due",
                                     "return due",
                                     "hold-down over",
                                     "end of the repeat window",
                                     "keep-alive due",
                                     "keep-alive not answered yet",
                                     "keep-alive given up",
                                     "too long a silence"};
    return names[static_cast<std::size_t>(timer)];
}

bool of_server(Timer timer) {
    return timer == Timer::forget || timer == Timer::subscription_expires ||
           timer == Timer::repeat_window;
}

const char* yes_no(bool value) { return value ? "yes" : "no"; }

bool is_message(const Event& event) {
    return event.kind == EventKind::message_to_server || event.kind == EventKind::message_to_phone;
}

// "REGISTER", or "200 to REGISTER" for an answer.
std::string with_status(const Event& event, const std::string& request) {
    if (event.status == model::Status::transport_error) {
        return "transport error to " + request;
    }
    return event.status == model::Status::none
               ? request
               : std::to_string(model::code_of(event.status)) + " to " + request;
}

}  // namespace

const std::string& Describer::line_name(std::size_t line) const {
    const auto& info = model_->lines()[line];
    return model_->design().phones[info.phone].lines[info.line].name;
}

const std::string& Describer::server_name(std::size_t server) const {
    return model_->design().servers[server].name;
}

const std::string& Describer::phone_name(std::size_t phone) const {
    return model_->design().phones[phone].name;
}

const std::string& Describer::phone_of_usage(std::size_t usage) const {
    return phone_name(model_->usages()[usage].part.phone);
}

const std::string& Describer::server_of_usage(std::size_t usage) const {
    return server_name(model_->usages()[usage].server);
}

const std::string& Describer::phone_of_call(std::size_t call) const {
    return model_->design().phones[model_->lines()[model_->calls()[call].line].phone].name;
}

const std::string& Describer::server_of_call(std::size_t call, std::size_t entry) const {
    const auto phone = model_->lines()[model_->calls()[call].line].phone;
    return server_name(model_->design().phones[phone].servers[entry].server);
}

std::string Describer::usage_name(std::size_t usage) const {
    const auto& info = model_->usages()[usage];
    const bool subscription = info.part.kind == model::PartKind::subscription;
    return "(" + line_name(info.line) + " at " + server_of_usage(usage) +
           (subscription ? ", subscription)" : ")");
}

std::string Describer::timer(const Event& event) const {
    std::string name = timer_name(event.timer);
    if (event.timer == Timer::silence) {
        name = model_->usages()[event.index].flow.nat ? "NAT forgets the mapping"
                                                      : "port forgets the phone";
    }
    if (of_line(event.timer)) {
        return name + " (" + line_name(event.index) + ")";
    }
    if (of_call(event.timer)) {
        return name + " (" + line_name(model_->calls()[event.index].line) + ")";
    }
    if (of_call_server(event.timer)) {
        return name + " (" + server_name(model_->server_of_call_server(event.index)) + ")";
    }
    return name + " " + usage_name(event.index);
}

std::string Describer::fault(const Event& event) const {
    const model::Fault& fault = model_->design().faults[event.index];
    const bool restart = fault.kind == model::FaultKind::restart;
    const std::string target = fault.kind == model::FaultKind::rebinding
                                   ? " before " + phone_name(*fault.phone)
                               : restart      ? " of " + phone_name(*fault.phone)
                               : fault.server ? " of " + server_name(*fault.server)
                                              : "";
    switch (event.kind) {
        case EventKind::fault_strikes:
            return fault.name + target +
                   (fault.kind == model::FaultKind::rebinding ? " strikes" : " begins");
        case EventKind::fault_ends:
            return fault.name + target + " ends";
        case EventKind::window_opens:
            return fault.name + target + ": window opens";
        default:
            return fault.name + target + ": window closes";
    }
}

std::string Describer::event(const Event& event, const model::SipState& state,
                             const SequenceNumbers& numbers) const {
    return is_message(event)
               ? message(event, state, numbers) + " arrives at " + receiver(event)
               : unnumbered(event);
}

std::string Describer::pending(const Event& event) const {
    if (is_message(event)) {
        return with_status(event, method_name(event.method)) + " still under way to " +
               receiver(event);
    }
    return unnumbered(event) + " still to come";
}

std::string Describer::unnumbered(const Event& event) const {
    switch (event.kind) {
        case EventKind::message_to_server:
        case EventKind::message_to_phone:
            break;
        case EventKind::timer:
            return timer(event);
        case EventKind::binding_expires: {
            const auto& record = model_->records()[event.index];
            return "binding of " + record.aor + " expires";
        }
        case EventKind::fault_strikes:
        case EventKind::fault_ends:
        case EventKind::window_opens:
        case EventKind::window_closes:
            return fault(event);
        case EventKind::boot:
            return "boot " + usage_name(event.index);
        case EventKind::dial:
            return line_name(model_->calls()[event.index].line) + " dials";
        case EventKind::deadline:
            return "deadline";
        case EventKind::belief_changes:
            break;  // only in searches, never in a run
    }
    return {};
}

std::string Describer::kind(const Event& event) const {
    switch (event.kind) {
        case EventKind::message_to_server:
        case EventKind::message_to_phone:
            return "message";
        case EventKind::timer:
            return event.timer == Timer::subscription_expires ? "expiry" : "timer";
        case EventKind::binding_expires:
            return "expiry";
        case EventKind::fault_strikes:
        case EventKind::fault_ends:
        case EventKind::window_opens:
        case EventKind::window_closes:
            return "fault";
        case EventKind::boot:
            return "boot";
        case EventKind::dial:
            return "user";
        case EventKind::deadline:
            return "deadline";
        case EventKind::belief_changes:
            break;  // only in searches, never in a run
    }
    return {};
}

std::string Describer::participant(const Event& event) const {
    switch (event.kind) {
        case EventKind::message_to_server:
        case EventKind::message_to_phone:
            return receiver(event);
        case EventKind::timer:
            if (of_call(event.timer)) {
                return phone_of_call(event.index);
            }
            if (of_call_server(event.timer)) {
                return server_name(model_->server_of_call_server(event.index));
            }
            return of_server(event.timer) ? server_of_usage(event.index)
                                          : phone_of_usage(event.index);
        case EventKind::binding_expires:
            return server_name(model_->records()[event.index].server);
        case EventKind::boot:
            return phone_of_usage(event.index);
        case EventKind::dial:
            return phone_of_call(event.index);
        case EventKind::deadline:
            return participants().front().name;
        default: {
            const model::Fault& fault = model_->design().faults[event.index];
            if (fault.kind == model::FaultKind::restart ||
                fault.kind == model::FaultKind::rebinding) {
                return phone_name(*fault.phone);
            }
            return fault.server ? server_name(*fault.server) : participants().front().name;
        }
    }
}

std::string Describer::message(const Event& event, const model::SipState& state,
                               const SequenceNumbers& numbers) const {
    std::string text = method_name(event.method);
    if (of_call(event.method)) {
        text += " of call " + std::to_string(event.cseq);
    } else if (event.method != Method::keep_alive) {
        const auto current = state.usages[event.index].cseq;
        text += (event.flags & model::kWildcard) != 0 ? " *" : "";
        text += " cseq " + std::to_string(numbers.real(event.index, current, event.cseq));
    }
    return with_status(event, text);
}

std::string Describer::sender(const Event& message) const {
    Event reversed = message;
    reversed.kind = message.kind == EventKind::message_to_server ? EventKind::message_to_phone
                                                                 : EventKind::message_to_server;
    return receiver(reversed);
}

std::string Describer::receiver(const Event& message) const {
    const bool at_server = message.kind == EventKind::message_to_server;
    if (of_call(message.method)) {
        return at_server ? server_of_call(message.index, message.key)
                         : phone_of_call(message.index);
    }
    return at_server ? server_of_usage(message.index) : phone_of_usage(message.index);
}

std::string Describer::observation(const model::Observation& seen) const {
    using model::Notice;
    constexpr const char* words[] = {"boots", "registers", "lapses",  "gives_up", "refused",
                                     "accepts", "fails",   "recovers", "dials",   "invites",
                                     "answered", "call_fails", "leaves", "switches",
                                     "requests", "unanswered", "too_brief_again", "restarts",
                                     "flow_fails"};
    const std::string word = words[static_cast<std::size_t>(seen.notice)];
    switch (seen.notice) {
        case Notice::switches: {
            const auto& line = model_->lines()[seen.a];
            const auto server = model_->design().phones[line.phone].servers[seen.b].server;
            return word + "(" + line_name(seen.a) + ", " + server_name(server) + ")";
        }
        case Notice::fails:
        case Notice::recovers:
            return word + "(" + server_name(seen.a) + ")";
        case Notice::restarts:
            return word + "(" + phone_name(seen.a) + ")";
        case Notice::dials:
        case Notice::call_fails:
        case Notice::answered:
            return word + "(" + line_name(model_->calls()[seen.a].line) + ")";
        case Notice::invites:
            return word + "(" + line_name(model_->calls()[seen.a].line) + ", " +
                   server_of_call(seen.a, seen.b) + ")";
        default: {
            const auto& usage = model_->usages()[seen.a];
            if (usage.part.kind == model::PartKind::subscription) {
                return word + " subscription (" + line_name(usage.line) + ", " +
                       server_of_usage(seen.a) + ")";
            }
            const bool server_first = seen.notice == Notice::accepted;
            const std::string& line = line_name(usage.line);
            const std::string& server = server_of_usage(seen.a);
            return word + "(" + (server_first ? server : line) + ", " +
                   (server_first ? line : server) + ")";
        }
    }
}

std::set<std::size_t> Describer::phones() const {
    std::set<std::size_t> phones = phones_that_restart();
    for (const auto& line : model_->lines()) {
        phones.insert(line.phone);
    }
    return phones;
}

std::set<std::size_t> Describer::phones_that_restart() const {
    std::set<std::size_t> phones;
    for (const model::Fault& fault : model_->design().faults) {
        if (fault.kind == model::FaultKind::restart && model::involves(model_->scope(), fault)) {
            phones.insert(*fault.phone);
        }
    }
    return phones;
}

std::vector<Participant> Describer::participants() const {
    std::vector<Participant> all;
    for (const std::size_t phone : phones()) {
        all.push_back({phone_name(phone), "phone"});
    }
    for (const std::size_t server : model_->scope().servers) {
        const bool gateway =
            model_->design().servers[server].kind == model::ServerKind::gateway;
        all.push_back({server_name(server), gateway ? "gateway" : "registrar"});
    }
    sim::ensure(!all.empty(), "a run has participants");
    return all;
}

std::vector<std::string> Describer::variables() const {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < model_->lines().size(); ++i) {
        names.push_back("working(" + line_name(i) + ")");
    }
    for (std::size_t i = 0; i < model_->usages().size(); ++i) {
        const auto& usage = model_->usages()[i];
        const std::string line = line_name(usage.line);
        const std::string server = server_of_usage(i);
        const bool subscription = usage.part.kind == model::PartKind::subscription;
        names.push_back((subscription ? "subscribed(" : "registered(") + line + ", " + server +
                        ")");
        names.push_back((subscription ? "subscription(" : "binding(") + server + ", " + line +
                        ")");
        if (usage.flow.binds()) {
            names.push_back("inbound(" + line + ", " + server + ")");
        }
    }
    for (const auto& call : model_->calls()) {
        names.push_back("calling(" + line_name(call.line) + ")");
    }
    for (const std::size_t server : model_->scope().servers) {
        names.push_back("up(" + server_name(server) + ")");
        names.push_back("outage(" + server_name(server) + ")");
    }
    for (const std::size_t phone : phones_that_restart()) {
        for (const model::Line& line : model_->design().phones[phone].lines) {
            names.push_back("off(" + line.name + ")");
        }
    }
    return names;
}

std::vector<std::string> Describer::values(const model::SipState& state) const {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < model_->lines().size(); ++i) {
        const auto& line = model_->lines()[i];
        const std::uint8_t entry = model_->working(state, i);
        all.push_back(
            entry == model::kNoEntry
                ? "none"
                : server_name(model_->design().phones[line.phone].servers[entry].server));
    }
    for (std::size_t i = 0; i < model_->usages().size(); ++i) {
        all.emplace_back(yes_no(state.usages[i].believes != 0));
        all.emplace_back(yes_no(model_->bound(state, i)));
        if (model_->usages()[i].flow.binds()) {
            all.emplace_back(yes_no(model_->inbound(state, i)));
        }
    }
    for (std::size_t i = 0; i < model_->calls().size(); ++i) {
        all.emplace_back(yes_no(state.calls[i].calling != 0));
    }
    for (const std::size_t server : model_->scope().servers) {
        all.emplace_back(yes_no(model_->up(state, server)));
        all.emplace_back(yes_no(model_->in_outage(state, server)));
    }
    for (const std::size_t phone : phones_that_restart()) {
        for (std::size_t i = 0; i < model_->design().phones[phone].lines.size(); ++i) {
            all.emplace_back(yes_no(model_->off(state, phone)));
        }
    }
    return all;
}

}  // namespace failback::traces
