#include "model/parameters/parameters.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "model/parameters/appearance_parameters.hpp"
#include "model/parameters/dialog_parameters.hpp"
#include "model/parameters/flow_parameters.hpp"
#include "model/parameters/gateway_parameters.hpp"
#include "model/parameters/name_parameters.hpp"
#include "model/parameters/parameter_parts.hpp"
#include "model/parameters/retry_parameters.hpp"
#include "model/parameters/subscription_parameters.hpp"
#include "model/sip/clock_rates.hpp"

namespace failback::model {

namespace {

using nlohmann::json;
using Parameters = std::vector<Parameter>;

std::string key_of_phone(std::size_t phone, const char* rest) {
    return fmt::format("/phones/{}/{}", phone, rest);
}

std::string key_of_server(std::size_t server, const char* rest) {
    return fmt::format("/servers/{}/{}", server, rest);
}

// The parameters of one delay.
class Finder {
public:
    Finder(const SipModel& sip, const json& written, const TightDelay& tight)
        : sip_(sip), design_(sip.design()), written_(written), tight_(tight) {}

    [[nodiscard]] Parameters find() const {
        switch (tight_.event.kind) {
            case EventKind::message_to_server:
            case EventKind::message_to_phone:
                return {delay()};
            case EventKind::timer:
                return of_timer();
            case EventKind::binding_expires:
                return of_binding();
            case EventKind::fault_strikes:
            case EventKind::fault_ends:
            case EventKind::window_opens:
            case EventKind::window_closes:
                return {of_fault()};
            case EventKind::boot:
                return of_boot();
            case EventKind::dial:
                return of_plan("at", sip_.calls()[tight_.event.index].at, tight_.event.index);
            case EventKind::calls_in:
                return of_incoming_plan("at", sip_.incoming()[tight_.event.index].at);
            case EventKind::wanted:
                return appearance_parameters(sip_, tight_);
            case EventKind::state_changes:
                return change_parameters(sip_, tight_);
            case EventKind::probe_to_watched:
            case EventKind::answer_to_gateway:
            case EventKind::gateway_timer:
                return gateway_parameters(design_, written_, tight_);
            case EventKind::relayed_to_server:
            case EventKind::relayed_to_gateway:
                return relay_parameters(sip_, written_, tight_);
            case EventKind::query_ends:
            case EventKind::name_expires:
                return name_parameters(sip_, tight_);
            case EventKind::served: {
                const LoadInfo& load = sip_.loads()[tight_.event.index];
                const auto is_slowdown = [&load](const Fault& fault) {
                    return fault.kind == FaultKind::slowdown && fault.server == load.server;
                };
                if (const auto slow = delay_parameter(design_, tight_, load.rules.time,
                                                      is_slowdown, "time")) {
                    return {*slow};
                }
                return {of_interval(key_of_server(load.server, "processing/time"),
                                    load.rules.time, tight_.end)};
            }
            case EventKind::deadline:
            case EventKind::belief_changes:
                break;
        }
        return {};
    }

private:
    [[nodiscard]] const SipModel::UsageInfo& usage() const {
        return sip_.usages()[tight_.event.index];
    }

    [[nodiscard]] std::size_t phone_of_call(std::size_t call) const {
        return sip_.lines()[sip_.calls()[call].line].phone;
    }

    [[nodiscard]] std::size_t phone_of_incoming(std::size_t call) const {
        return sip_.lines()[sip_.incoming()[call].line].phone;
    }

    [[nodiscard]] Parameter delay() const {
        const Event& event = tight_.event;
        const SipModel::Ends ends = sip_.ends_of(event);
        const std::size_t phone = ends.phone;
        const std::size_t server = sip_.hop_of(event, ends);
        const bool to_server = event.kind == EventKind::message_to_server;
        const Interval value = to_server ? usual_delay_to_server(design_, phone, server)
                                         : usual_delay_to_phone(design_, phone, server);
        const auto other = delay_parameter(
            design_, tight_, value, [&](const Fault& fault) {
                return changes_delay(fault.kind) && fault.server.value_or(server) == server &&
                       fault.phone.value_or(phone) == phone && !fault.gateway &&
                       fault.direction != (to_server ? Direction::to_phone
                                                     : Direction::to_server);
            });
        if (other) {
            return *other;
        }
        if (to_server && tight_.ms > value.latest) {  // TCP has sent it a second time
            return of_duration(key_of_phone(phone, "rto"), design_.phones[phone].flow.rto);
        }
        return of_interval(delay_key(phone, server, to_server ? "to_server" : "to_phone"), value,
                        tight_.end);
    }

    // A link of its own may leave a direction to the delay of all links.
    [[nodiscard]] std::string delay_key(std::size_t phone, std::size_t server,
                                        const char* direction) const {
        for (std::size_t i = 0; i < design_.links.size(); ++i) {
            const Link& link = design_.links[i];
            if (link.phone != phone || link.server != server) {
                continue;
            }
            for (const char* member : {"delay", direction}) {
                const std::string key = fmt::format("/links/{}/{}", i, member);
                if (written_.contains(json::json_pointer(key))) {
                    return key;
                }
            }
        }
        return "/delay";
    }

    [[nodiscard]] Parameters of_timer() const {
        if (of_call(tight_.event.timer)) {
            return of_call_timer();
        }
        if (of_call_server(tight_.event.timer)) {
            return of_answer_timer();
        }
        if (of_incoming(tight_.event.timer)) {
            return of_offer_timer();
        }
        if (of_dialog(tight_.event.timer)) {
            return dialog_parameters(sip_, tight_);
        }
        if (of_appearance(tight_.event.timer)) {
            return appearance_parameters(sip_, tight_);
        }
        if (of_line(tight_.event.timer)) {
            return {of_line_timer()};
        }
        if (of_flow(tight_.event.timer)) {
            return flow_parameters(sip_, tight_);
        }
        if (of_relay(tight_.event.timer)) {
            return relay_parameters(sip_, written_, tight_);
        }
        const Part& part = usage().part;
        const ClientUsageConfig& config = usage().config;
        switch (tight_.event.timer) {
            case Timer::retransmit:
            case Timer::notify_retransmit:
                return {spacing(part.phone)};
            case Timer::notify_wait:
                return {timer_n(part)};
            case Timer::timeout:
            case Timer::notify_timeout:
                return {of_duration(key_of_phone(part.phone, "timers/timer_f"),
                                 config.timers.timer_f)};
            case Timer::absorb:
                return {of_duration(key_of_phone(part.phone, "timers/t4"), config.timers.t4)};
            case Timer::probe:
                return {of_duration(key_of_phone(part.phone, usage().succession == usage().line
                                                              ? "failback/probe"
                                                              : "address_failback/probe"),
                                 config.probe)};
            case Timer::refresh:
                return of_refresh();
            case Timer::retry:
                return of_retry(config);
            case Timer::belief:
                return {counted(usage())};
            case Timer::subscription_expires:
                return {lifetime(usage())};
            case Timer::repeat_window:
                return {of_duration(key_of_server(usage().server, "repeat_window"),
                                 design_.servers[usage().server].repeat_window)};
            case Timer::nonce_age:
                return {of_nonce()};
            case Timer::forget: {
                const std::size_t server = tight_.event.key == kAtRegistrar
                                               ? usage().beyond->server
                                               : usage().server;
                return {of_duration(key_of_server(server, "timer_j"),
                                 design_.servers[server].timer_j)};
            }
            default:
                return {};
        }
    }

    [[nodiscard]] Parameter of_nonce() const {
        const std::size_t index = challenger_of(design_, usage().server);
        const Server& server = design_.servers[index];
        return of_interval(key_of_server(index, "authentication/nonce_lifetime"),
                        server.authentication.nonce_lifetime.value_or(Interval{}), tight_.end);
    }

    // A wait of its own after a certain status, a Retry-After, or that after any failed attempt.
    [[nodiscard]] Parameters of_retry(const ClientUsageConfig& config) const {
        Parameters found = refusal_parameters(sip_, written_, tight_);
        if (found.empty() || is_retry_wait(config.retry, tight_)) {
            std::ranges::copy(
                retry_parameters(key_in_usage("retry"), config.retry, written_, tight_),
                std::back_inserter(found));
        }
        return found;
    }

    // At the start a line that is enabled later waits for that as well.
    [[nodiscard]] Parameters of_boot() const {
        const auto [index, line] = std::pair{usage().part.phone, usage().part.line};
        const Phone& phone = design_.phones[index];
        Parameters found;
        const Interval enabled = phone.lines[line].enabled;
        if (enabled.latest > 0) {
            found.push_back(of_interval(
                key_of_phone(index, fmt::format("lines/{}/enabled", line).c_str()), enabled,
                tight_.end));
        }
        if (enabled.latest == 0 || phone.boot.latest > 0) {
            found.push_back(of_interval(key_in_usage("boot"), phone.boot, tight_.end));
        }
        return found;
    }

    // Timer E, and the repetitions of a 200 to an INVITE: doubled from T1 up to T2.
    [[nodiscard]] Parameter spacing(std::size_t phone) const {
        const TransactionTimers& timers = design_.phones[phone].timers;
        const bool is_longest =
            timers.t1 != timers.t2 && may_count(design_.phones[phone], timers.t2, tight_.ms);
        return is_longest ? of_duration(key_of_phone(phone, "timers/t2"), timers.t2)
                          : of_duration(key_of_phone(phone, "timers/t1"), timers.t1);
    }

    // 64 times T1 unless the design says otherwise.
    [[nodiscard]] Parameter timer_n(const Part& part) const {
        const std::string key = key_in_usage("timer_n");
        const std::size_t phone = part.phone;
        return written_.contains(json::json_pointer(key))
                   ? of_duration(key, usage().config.timer_n)
                   : of_duration(key_of_phone(phone, "timers/t1"), design_.phones[phone].timers.t1);
    }

    // Of a registration, which an entry of the server list may have of its own, or a subscription.
    [[nodiscard]] std::string key_in(const Part& part, const std::string& member) const {
        if (part.kind == PartKind::subscription) {
            return key_of_phone(part.phone, "") + subscription_key(design_, written_, part) +
                   member;
        }
        const ServerEntry& entry = design_.phones[part.phone].servers[part.entry];
        const bool has_own = (member == "expires" && entry.expires) ||
                             (member.starts_with("refresh") && entry.refresh) ||
                             (member == "retry" && entry.retry);
        return has_own ? key_of_phone(part.phone, "servers/") +
                             fmt::format("{}/{}", entry.listed, member)
                       : key_of_phone(part.phone, "") + member;
    }

    [[nodiscard]] std::string key_in_usage(const char* member) const {
        return key_in(usage().part, member);
    }

    [[nodiscard]] Parameter of_line_timer() const {
        const std::size_t index = tight_.event.index;
        const std::size_t line = sip_.line_of_succession(index);
        const std::string key =
            key_of_phone(sip_.lines()[line].phone, line == index ? "failback" : "address_failback");
        const Failback& failback = sip_.rules_of_succession(index).failback;
        if (failback.of_dns) {
            const auto& names = design_.phones[sip_.lines()[line].phone].names;
            const auto name = std::ranges::find(names, failback.after, &ListedName::ttl);
            return of_duration(fmt::format("/dns/records/{}/ttl", name->record), failback.after);
        }
        return tight_.event.timer == Timer::hold ? of_duration(key + "/hold", failback.hold)
                                                 : of_duration(key + "/after", failback.after);
    }

    [[nodiscard]] Parameters of_refresh() const {
        const Refresh& refresh = usage().config.refresh;
        Parameters found{counted(usage())};
        if (refresh.rule == RefreshRule::fraction) {
            found.push_back({key_in_usage("refresh/percent"), {}, End::whole});
        } else if (found.front().value->latest >= refresh.lead) {
            found.push_back(of_duration(key_in_usage("refresh/lead"), refresh.lead));
        }
        return found;
    }

    // The server that granted the lifetime: the gateway, or the one that it passes requests on to.
    [[nodiscard]] std::size_t grants(const SipModel::UsageInfo& info) const {
        if (!info.beyond) {
            return info.server;
        }
        if (info.part.kind == PartKind::subscription) {
            return info.beyond->server;
        }
        const DelayMs own = granted_by(design_, info.part, design_.servers[info.server]);
        const bool is_own = tight_.ms == own ||
                            tight_.ms == refresh_after(info.config.refresh, own);
        return is_own ? info.server : info.beyond->server;
    }

    // What the granted lifetime is: asked for by the phone, or a limit of the server.
    [[nodiscard]] Parameter lifetime(const SipModel::UsageInfo& info) const {
        const std::size_t of_server = grants(info);
        const Server& server = design_.servers[of_server];
        const DelayMs granted = granted_by(design_, info.part, server);
        if (granted == info.config.expires) {
            return of_duration(key_in(info.part, "expires"), granted);
        }
        const bool is_most = granted == server.max_expires && info.config.expires > granted;
        return of_duration(key_of_server(of_server, is_most ? "max_expires" : "min_expires"),
                        granted);
    }

    // The same, as the phone counts it.
    [[nodiscard]] Parameter counted(const SipModel::UsageInfo& info) const {
        const bool is_short = granted_lifetime(design_, info.part) < info.config.least_expires;
        const std::string key = info.part.kind == PartKind::registration
                                    ? key_of_phone(info.part.phone, "least_expires")
                                    : key_in(info.part, "least_expires");
        return is_short ? of_duration(key, info.config.least_expires) : lifetime(info);
    }

    [[nodiscard]] Parameters of_binding() const {
        const SipModel::UsageInfo& info = sip_.usages()[sip_.usage_of_binding(tight_.event)];
        Parameters found{lifetime(info)};
        const DelayMs sweep = design_.servers[info.server].expiry_sweep;
        if (tight_.end == End::longest && sweep > 0) {
            found.push_back(of_duration(key_of_server(info.server, "expiry_sweep"), sweep));
        }
        return found;
    }

    [[nodiscard]] Parameter of_fault() const {
        const std::size_t index = tight_.event.index;
        const Fault& fault = design_.faults[index];
        const auto key = [index](const char* member) {
            return fmt::format("/faults/{}/{}", index, member);
        };
        switch (tight_.event.kind) {
            case EventKind::fault_strikes:
                return of_interval(key("at"), fault.at, tight_.end);
            case EventKind::fault_ends:
                return fault.kind == FaultKind::rogue_register
                           ? of_duration(key_of_server(*fault.server, "max_expires"),
                                      design_.servers[*fault.server].max_expires)
                           : of_interval(key("lasts"), fault.lasts, tight_.end);
            case EventKind::window_opens:
                return of_interval(key("window"), *fault.window, End::shortest);
            default:
                return of_interval(key("window"), *fault.window, End::longest);
        }
    }

    // A member of the call plan.
    [[nodiscard]] Parameters of_plan(const char* member, Interval value,
                                     std::size_t call) const {
        const SipModel::LineInfo& line = sip_.lines()[sip_.calls()[call].line];
        for (std::size_t i = 0; i < design_.calls.size(); ++i) {
            if (design_.calls[i].phone == line.phone && design_.calls[i].line == line.line) {
                return {of_interval(fmt::format("/calls/{}/{}", i, member), value, tight_.end)};
            }
        }
        return {};
    }

    [[nodiscard]] Parameters of_incoming_plan(const char* member, Interval value) const {
        const SipModel::IncomingInfo& call = sip_.incoming()[tight_.event.index];
        const SipModel::LineInfo& line = sip_.lines()[call.line];
        for (std::size_t i = 0; i < design_.incoming.size(); ++i) {
            const IncomingPlan& plan = design_.incoming[i];
            if (plan.phone == line.phone && plan.line == line.line && plan.entry == call.entry) {
                return {of_interval(fmt::format("/incoming/{}/{}", i, member), value, tight_.end)};
            }
        }
        return {};
    }

    // Both sides of a call that comes in have the timers of the phone.
    [[nodiscard]] Parameters of_offer_timer() const {
        const std::size_t index = tight_.event.index;
        const std::size_t phone = phone_of_incoming(index);
        if (tight_.event.timer == Timer::user_answers) {
            return of_incoming_plan("rings", sip_.incoming()[index].config.rings);
        }
        return {tight_.event.timer == Timer::taken_retransmit
                    ? spacing(phone)
                    : of_duration(key_of_phone(phone, "timers/t1"),
                               sip_.incoming()[index].config.timers.t1)};
    }

    // Timer A, and when a server is given up: by Timer B the last one, by the phone's rule others.
    [[nodiscard]] Parameters of_call_timer() const {
        const std::size_t phone = phone_of_call(tight_.event.index);
        const CallConfig& config = sip_.calls()[tight_.event.index].config;
        const bool gives_up = tight_.event.timer == Timer::invite_give_up;
        const bool has_timer_b =
            tight_.last_server || config.rules.give_up == GiveUp::timer_b;
        if (gives_up && (has_timer_b || config.to[tight_.entry].transport == Transport::tcp)) {
            return {of_duration(key_of_phone(phone, "timers/timer_b"), config.timers.timer_b)};
        }
        const DelayMs constant = has_timer_b ? 0 : config.to[tight_.entry].retry_timeout;
        const ServerEntry& entry = design_.phones[phone].servers[tight_.entry];
        const std::string of_entry =
            entry.retry_timeout ? fmt::format("servers/{}/", entry.listed) : "";
        Parameters found{
            constant > 0
                ? of_duration(key_of_phone(phone, (of_entry + "calls/retry_timeout").c_str()),
                              constant)
                : of_duration(key_of_phone(phone, "timers/t1"), config.timers.t1)};
        if (gives_up) {
            found.push_back({key_of_phone(phone, "calls/give_up"), {}, End::whole});
        }
        return found;
    }

    // A server that answered a call has the timers of the phone.
    [[nodiscard]] Parameters of_answer_timer() const {
        const std::size_t index = sip_.call_of_call_server(tight_.event.index);
        const SipModel::CallInfo& call = sip_.calls()[index];
        if (tight_.event.timer == Timer::call_nonce_age) {
            const std::size_t server = challenger_of(
                design_, sip_.server_of_call_server(tight_.event.index));
            return {of_interval(fmt::format("/servers/{}/authentication/nonce_lifetime", server),
                             *design_.servers[server].authentication.nonce_lifetime,
                             tight_.end)};
        }
        if (tight_.event.timer == Timer::callee_answers) {
            return of_plan("rings", call.callee.answers_after, index);
        }
        const std::size_t phone = sip_.lines()[call.line].phone;
        if (tight_.event.timer == Timer::invite_expires) {
            return {of_duration(key_of_phone(phone, "calls/invite_expires"),
                                call.config.rules.invite_expires)};
        }
        const bool repeats = tight_.event.timer == Timer::answer_retransmit;
        return {repeats ? spacing(phone)
                        : of_duration(key_of_phone(phone, "timers/t1"), call.config.timers.t1)};
    }

    const SipModel& sip_;
    const Design& design_;
    const json& written_;
    const TightDelay& tight_;
};

}  // namespace

std::vector<Parameter> parameters_of(const SipModel& sip, const nlohmann::json& written,
                                     const TightDelay& delay) {
    return Finder(sip, written, delay).find();
}

}  // namespace failback::model
