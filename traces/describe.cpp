#include "traces/describe.hpp"

#include <algorithm>

#include "traces/words.hpp"

namespace failback::traces {

namespace {

using model::Event;
using model::EventKind;
using model::Method;
using model::Timer;

bool of_server(Timer timer) {
    return timer == Timer::forget || model::of_notifier(timer) || timer == Timer::repeat_window ||
           timer == Timer::nonce_age || model::of_relay(timer);
}

bool offers(Timer timer) {
    return timer == Timer::offer_retransmit || timer == Timer::offer_give_up;
}

bool is_message(const Event& event) { return model::is_message(event.kind); }

// To a gateway, or from one to the server that it watches.
bool is_probe(const Event& event) {
    return event.kind == EventKind::probe_to_watched || event.kind == EventKind::answer_to_gateway;
}

// The words of the property language, by notice.
constexpr const char* kNotices[] = {
    "boots", "registers", "lapses", "gives_up", "refused", "accepts", "fails", "recovers",
    "dials", "invites", "answered", "call_fails", "leaves", "switches", "requests",
    "unanswered", "too_brief_again", "restarts", "flow_fails", "challenged", "denied",
    "misjudges", "replays", "probe_answered", "enters_emergency", "leaves_emergency", "alerts",
    "answers", "proceeds", "declined", "offers", "responds", "rings", "rejects", "unheard",
    "unavailable", "rejected", "unresolved", "looks_up", "looked_up", "hangs_up", "drops",
    "released", "asks", "seizes", "seize_refused", "seize_unanswered", "releases", "grants",
    "frees",
    "call_challenged", "call_denied", "call_misjudges", "call_replays", "heartbeats", "removes",
    "lengthens", "reorders", "out_of_order", "told_to_wait", "changes", "overflows",
    "refuses_refresh", "clock_runs", "refers", "transferred", "unconfirmed"};

// What a NOTIFY says of the subscription.
std::string state_of_notify(const Event& event) {
    constexpr const char* reasons[] = {"active",   "deactivated", "probation",  "timeout",
                                       "giveup",   "rejected",    "noresource", "invariant"};
    const model::EndReason reason = model::reason_of(event);
    const std::string word = reasons[static_cast<std::size_t>(reason)];
    return reason == model::EndReason::none ? word : "terminated, " + word;
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

// What a message says of authentication, if anything.
const char* about_credentials(const Event& event) {
    if (is_challenge(event.status)) {
        return (event.flags & model::kOtherRealm) != 0 ? ", another realm"
               : (event.flags & model::kStale) != 0    ? ", stale"
                                                       : "";
    }
    const bool is_request = event.status == model::Status::none;
    return is_request && model::nonce_of(event) != model::kNoNonce ? " with credentials" : "";
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

// The one that a gateway passes requests on to, or that very server.
const std::string& Describer::server_behind(std::size_t server) const {
    return server_name(model::challenger_of(model_->design(), server));
}

const std::string& Describer::server_of_call_timer(const Event& event) const {
    const std::size_t server = model_->server_of_call_server(event.index);
    return event.timer == Timer::call_nonce_age ? server_behind(server) : server_name(server);
}

// Whose Timer J it is.
const std::string& Describer::server_of_forget(const Event& event) const {
    const auto& usage = model_->usages()[event.index];
    return server_name(event.key == model::kAtRegistrar ? usage.beyond->server : usage.server);
}

const std::string& Describer::phone_of_call(std::size_t call) const {
    return model_->design().phones[model_->lines()[model_->calls()[call].line].phone].name;
}

const std::string& Describer::server_of_call(std::size_t call, std::size_t entry) const {
    const auto phone = model_->lines()[model_->calls()[call].line].phone;
    return server_name(model_->design().phones[phone].servers[entry].server);
}

const std::string& Describer::server_of_incoming(std::size_t call) const {
    return server_name(model_->incoming()[call].server);
}

std::string Describer::usage_name(std::size_t usage) const {
    const auto& info = model_->usages()[usage];
    const bool subscription = info.part.kind == model::PartKind::subscription;
    return "(" + line_name(info.line) + " at " + server_of_usage(usage) +
           (subscription ? ", subscription" + package_of(usage) + ")" : ")");
}

std::string Describer::incoming_name(std::size_t call) const {
    const auto& info = model_->incoming()[call];
    return line_name(info.line) + " at " + server_name(info.server);
}

const std::string& Describer::phone_of_incoming(std::size_t call) const {
    return phone_name(model_->lines()[model_->incoming()[call].line].phone);
}

std::string Describer::timer(const Event& event) const {
    std::string name = timer_name(event.timer);
    if (event.timer == Timer::silence) {
        const model::FlowConfig& flow = model_->usages()[event.index].flow;
        name = flow.nat        ? "NAT forgets the mapping"
               : flow.gives_up ? "TCP gives the connection up"
                               : "port forgets the phone";
    }
    if (of_line(event.timer)) {
        return name + " (" + line_name(model_->line_of_succession(event.index)) + ")";
    }
    if (of_call(event.timer)) {
        return name + " (" + line_name(model_->calls()[event.index].line) + ")";
    }
    if (of_call_server(event.timer)) {
        return name + " (" + server_of_call_timer(event) + ")";
    }
    if (of_incoming(event.timer)) {
        return name + " (call for " + incoming_name(event.index) + ")";
    }
    if (of_dialog(event.timer)) {
        return name + " (" + dialog_name(event.index) + ")";
    }
    if (of_appearance(event.timer)) {
        return name + " (appearance, " + appearance_name(event.index) + ")";
    }
    if (event.timer == Timer::forget && event.key == model::kAtRegistrar) {
        return name + " (" + line_name(model_->usages()[event.index].line) + " at " +
               server_of_forget(event) + ")";
    }
    return name + " " + usage_name(event.index);
}

std::string Describer::event(const Event& event, const model::SipState& state,
                             const SequenceNumbers& numbers) const {
    if (event.kind == EventKind::served) {
        return served(event, state, numbers);
    }
    return is_message(event)
               ? message(event, state, numbers) + " arrives at " + receiver(event)
               : unnumbered(event);
}

std::string Describer::pending(const Event& event) const {
    if (is_message(event)) {
        const bool seizes = of_appearance(event.method);
        return with_status(event, seizes ? seizure(event) : method_name(event.method)) +
               " still under way to " + receiver(event);
    }
    return unnumbered(event) + " still to come";
}

std::string Describer::unnumbered(const Event& event) const {
    switch (event.kind) {
        case EventKind::message_to_server:
        case EventKind::message_to_phone:
        case EventKind::probe_to_watched:
        case EventKind::answer_to_gateway:
        case EventKind::relayed_to_server:
        case EventKind::relayed_to_gateway:
            break;
        case EventKind::gateway_timer:
            return std::string(timer_name(event.timer)) + " (" + server_name(event.index) + ")";
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
        case EventKind::calls_in:
            return "call for " + incoming_name(event.index);
        case EventKind::wanted:
            return "appearance wanted (" + appearance_name(event.index) + ")";
        case EventKind::state_changes:
            return "state changes " + usage_name(event.index);
        case EventKind::query_ends:
        case EventKind::name_expires:
            return of_name(event);
        case EventKind::served:
            return "message served by " + server_name(model_->loads()[event.index].server);
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
        case EventKind::probe_to_watched:
        case EventKind::answer_to_gateway:
        case EventKind::relayed_to_server:
        case EventKind::relayed_to_gateway:
            return receiver(event);
        case EventKind::gateway_timer:
            return server_name(event.index);
        case EventKind::timer:
            if (of_call(event.timer)) {
                return phone_of_call(event.index);
            }
            if (of_call_server(event.timer)) {
                return server_of_call_timer(event);
            }
            if (of_incoming(event.timer)) {
                return offers(event.timer) ? server_of_incoming(event.index)
                                           : phone_of_incoming(event.index);
            }
            if (of_dialog(event.timer)) {
                return end_of_dialog(event.index,
                                     model::side_of(event) == model::DialogSide::server);
            }
            if (of_appearance(event.timer)) {
                return owner_of_seizure_timer(event);
            }
            if (event.timer == Timer::forget) {
                return server_of_forget(event);
            }
            if (event.timer == Timer::nonce_age || model::of_notifier(event.timer)) {
                return server_behind(model_->usages()[event.index].server);
            }
            return of_server(event.timer) ? server_of_usage(event.index)
                                          : phone_of_usage(event.index);
        case EventKind::binding_expires:
            return server_name(model_->records()[event.index].server);
        case EventKind::boot:
            return phone_of_usage(event.index);
        case EventKind::dial:
            return phone_of_call(event.index);
        case EventKind::calls_in:
            return server_of_incoming(event.index);
        case EventKind::wanted:
            return phone_of_appearance(event.index);
        case EventKind::state_changes:
            return server_of_usage(event.index);
        case EventKind::query_ends:
        case EventKind::name_expires:
            return phone_name(model_->names()[event.index].phone);
        case EventKind::served:
            return server_name(model_->loads()[event.index].server);
        case EventKind::deadline:
            return participants().front().name;
        default:
            return struck_by(model_->design().faults[event.index]);
    }
}

std::string Describer::message(const Event& event, const model::SipState& state,
                               const SequenceNumbers& numbers) const {
    std::string text = method_name(event.method);
    if (is_probe(event)) {
        return with_status(event, text);
    }
    if (of_call(event.method)) {
        text += " of call " + std::to_string(event.cseq);
    } else if (of_incoming(event.method)) {
        text += " of incoming call " + std::to_string(event.cseq);
    } else if (of_dialog(event.method)) {
        text += event.cseq > 1 ? " of dialog " + std::to_string(event.cseq) : "";
    } else if (of_appearance(event.method)) {
        text = seizure(event);
    } else if (event.method == Method::notify) {
        text += event.status == model::Status::none ? " " + state_of_notify(event) : "";
    } else if (event.method == Method::re_register) {
        text += " of the gateway";
    } else if (event.method != Method::keep_alive) {
        const auto current = state.usages[event.index].cseq;
        text += (event.flags & model::kWildcard) != 0 ? " *" : "";
        text += model::is_heartbeat(event) ? " (cisco-keep-alive)" : "";
        text += " cseq " + std::to_string(numbers.real(event.index, current, event.cseq));
    }
    return with_status(event, text) + about_credentials(event);
}

std::string Describer::sender(const Event& message) const {
    Event reversed = message;
    if (is_probe(message)) {
        reversed.kind = message.kind == EventKind::probe_to_watched
                            ? EventKind::answer_to_gateway
                            : EventKind::probe_to_watched;
        return receiver(reversed);
    }
    if (!model::is_relayed(message.kind)) {
        const auto proxy = model_->proxy_of(message);
        if (proxy && (message.flags & model::kToProxy) == 0) {
            return server_name(*proxy);
        }
        reversed.flags = 0;  // from where it was sent at first
    }
    reversed.kind = message.kind == EventKind::message_to_server    ? EventKind::message_to_phone
                    : message.kind == EventKind::message_to_phone   ? EventKind::message_to_server
                    : message.kind == EventKind::relayed_to_gateway ? EventKind::relayed_to_server
                                                                    : EventKind::relayed_to_gateway;
    return receiver(reversed);
}

std::string Describer::receiver(const Event& message) const {
    if (is_probe(message)) {
        return message.kind == EventKind::answer_to_gateway
                   ? server_name(message.index)
                   : server_name(*model_->design().servers[message.index].watches);
    }
    if (model::is_relayed(message.kind)) {
        const std::size_t gateway = model_->ends_of(message).server;
        return message.kind == EventKind::relayed_to_gateway
                   ? server_name(gateway)
                   : server_name(*model_->design().servers[gateway].watches);
    }
    if ((message.flags & model::kToProxy) != 0) {
        if (const auto proxy = model_->proxy_of(message)) {
            return server_name(*proxy);
        }
    }
    const bool at_server = message.kind == EventKind::message_to_server;
    if (of_call(message.method)) {
        return at_server ? server_of_call(message.index, message.key)
                         : phone_of_call(message.index);
    }
    if (of_incoming(message.method)) {
        return at_server ? server_name(model_->ends_of(message).server)
                         : phone_of_incoming(message.index);
    }
    if (of_dialog(message.method)) {
        return at_server ? server_name(model_->ends_of(message).server)
                         : end_of_dialog(message.index, false);
    }
    if (of_appearance(message.method)) {
        return at_server ? server_of_appearance(message.index)
                         : phone_of_appearance(message.index);
    }
    return at_server ? server_of_usage(message.index) : phone_of_usage(message.index);
}

namespace {

const model::ServerEntry& entry_of(const model::SipModel& model, std::size_t line,
                                   std::size_t entry) {
    return model.design().phones[model.lines()[line].phone].servers[entry];
}

}  // namespace

std::string Describer::observation(const model::Observation& seen) const {
    using model::Notice;
    const std::string word = kNotices[static_cast<std::size_t>(seen.notice)];
    switch (seen.notice) {
        case Notice::switches:
            return word + "(" + line_name(seen.a) + ", " +
                   server_name(entry_of(*model_, seen.a, seen.b).server) + ")";
        case Notice::fails:
        case Notice::recovers:
        case Notice::probe_answered:
        case Notice::enters_emergency:
        case Notice::leaves_emergency:
        case Notice::overflows:
            return word + "(" + server_name(seen.a) + ")";
        case Notice::clock_runs:
            return word + "(" + phone_name(seen.a) + ", " +
                   std::to_string(model_->design().phones[seen.a].clock_rates[seen.b]) + " ppm)";
        case Notice::looks_up:
            return word + "(" + listed_name(seen.a) + ")";
        case Notice::looked_up:
            return (seen.b != 0 ? "resolved(" : "not_resolved(") + listed_name(seen.a) + ")";
        case Notice::restarts:
            return word + "(" + phone_name(seen.a) + ")";
        case Notice::dials:
        case Notice::declined:
        case Notice::call_fails:
        case Notice::answered:
            return word + "(" + line_name(model_->calls()[seen.a].line) + ")";
        case Notice::alerts:
        case Notice::answers:
            return word + "(" + server_of_call(seen.a, seen.b) + ", " +
                   line_name(model_->calls()[seen.a].line) + ")";
        case Notice::proceeds:
        case Notice::invites:
        case Notice::call_challenged:
        case Notice::call_denied:
        case Notice::call_misjudged:
        case Notice::call_replayed:
            return word + "(" + line_name(model_->calls()[seen.a].line) + ", " +
                   server_of_call(seen.a, seen.b) + ")";
        case Notice::offers:
        case Notice::unheard:
        case Notice::unavailable:
            return word + "(" + server_of_incoming(seen.a) + ", " +
                   line_name(model_->incoming()[seen.a].line) + ")";
        case Notice::asks:
        case Notice::seizes:
        case Notice::seize_refused:
        case Notice::seize_unanswered:
        case Notice::releases:
            return of_appearance_notice(word, false, seen.a);
        case Notice::grants:
        case Notice::frees:
            return of_appearance_notice(word, true, seen.a);
        case Notice::responds:
        case Notice::rings:
        case Notice::rejects:
            return word + "(" + line_name(model_->incoming()[seen.a].line) + ", " +
                   server_of_incoming(seen.a) + ")";
        case Notice::hangs_up:
        case Notice::drops:
        case Notice::released:
        case Notice::transferred:
        case Notice::unconfirmed:
            return of_dialog_notice(word, false, seen.a);
        case Notice::refers:
            return of_dialog_notice(word, true, seen.a);
        default:
            return usage_observation(seen, word);
    }
}

}  // namespace failback::traces
