#include "model/sip/coverage.hpp"

#include <algorithm>

#include "model/nodes/client_steps.hpp"
#include "sim/check.hpp"

namespace failback::model {

namespace {

using Found = std::optional<Pair>;

// A place among the names of a table, which the tests compare with the enumerations here.
template <class Phase, class What>
Found found(Role role, Phase phase, What what) {
    return Pair{role, static_cast<std::size_t>(phase), static_cast<std::size_t>(what)};
}

// The place of a timer among the timers of a role, which follow its other events.
std::size_t nth(std::initializer_list<Timer> timers, std::size_t first, Timer timer) {
    const auto* const place = std::ranges::find(timers, timer);
    sim::ensure(place != timers.end(), "a timer belongs to a role");
    return first + static_cast<std::size_t>(place - timers.begin());
}

// 200, 423, challenge, refusal, transport error, from `first` on.
std::size_t nth_answer(std::size_t first, Status status) {
    switch (status) {
        case Status::ok_200:
        case Status::accepted_202:
            return first;
        case Status::interval_too_brief_423:
            return first + 1;
        case Status::unauthorized_401:
        case Status::proxy_authentication_required_407:
            return first + 2;
        case Status::transport_error:
            return first + 4;
        default:
            return first + 3;
    }
}

class Classifier {
public:
    Classifier(const SipModel& model, const SipState& state, const Event& event)
        : model_(model), state_(state), event_(event) {}

    Found find() const {
        switch (event_.kind) {
            case EventKind::message_to_server:
            case EventKind::message_to_phone:
                if ((event_.flags & kToProxy) != 0 && model_.proxy_of(event_)) {
                    return {};  // of no role
                }
                return event_.kind == EventKind::message_to_server ? message_to_server()
                                                                   : message_to_phone();
            case EventKind::timer:
                return timer();
            case EventKind::binding_expires: {
                const std::size_t usage = model_.usage_of_binding(event_);
                return found(Role::registrar, registrar_phase(usage), 5);
            }
            case EventKind::fault_strikes:
            case EventKind::fault_ends:
            case EventKind::window_opens:
            case EventKind::window_closes:
                return found(Role::fault, model_.design().faults[event_.index].kind,
                             static_cast<int>(event_.kind) -
                                 static_cast<int>(EventKind::fault_strikes));
            case EventKind::boot:
                return found(Role::registration, usage_phase(event_.index), 0);
            case EventKind::dial:
                return found(Role::caller, caller_phase(event_.index), 0);
            case EventKind::probe_to_watched:
                return found(Role::watched,
                             server_phase(*model_.design().servers[event_.index].watches), 0);
            case EventKind::answer_to_gateway:
                return found(Role::gateway, gateway_phase(), event_.status == Status::ok_200 ? 3
                                                    : event_.status == Status::transport_error ? 5
                                                                                               : 4);
            case EventKind::gateway_timer:
                return found(Role::gateway, gateway_phase(),
                             nth({Timer::probe, Timer::retransmit, Timer::timeout}, 0,
                                 event_.timer));
            case EventKind::calls_in:
                return found(Role::offering, incoming().offer, 0);
            case EventKind::wanted:
                return found(Role::station, station_phase(), 0);
            case EventKind::query_ends:
                return found(Role::name, name_phase(),
                             static_cast<int>(state_.names[event_.index].end) - 1);
            case EventKind::name_expires:
                return found(Role::name, name_phase(), 4);
            // What gateways pass on, servers at which messages wait, and what notifiers tell of
            // have no roles here.
            case EventKind::relayed_to_server:
            case EventKind::relayed_to_gateway:
            case EventKind::served:
            case EventKind::state_changes:
            case EventKind::belief_changes:
            case EventKind::deadline:
                break;
        }
        return std::nullopt;
    }

private:
    [[nodiscard]] bool is_subscription(std::size_t usage) const {
        return model_.usages()[usage].part.kind == PartKind::subscription;
    }

    [[nodiscard]] std::size_t usage_phase(std::size_t index) const {
        const ClientUsage& usage = state_.usages[index];
        const bool waits = client::armed(usage, Timer::retry);
        const bool believes = usage.believes != 0;
        if (usage.open == kLookingUp) {
            return 1;
        }
        if (is_subscription(index)) {
            const bool awaits = client::armed(usage, Timer::notify_wait);
            return usage.open != 0 ? (believes ? 3U : 2U)
                   : believes      ? (waits ? 6U : 4U)
                   : waits         ? 7U
                   : awaits        ? 5U
                                   : (usage.gave_up != 0 ? 8U : 0U);
        }
        switch (usage.purpose) {
            case Purpose::probe:
                return 7;
            case Purpose::removal:
                return 8;
            case Purpose::wipe:
                return usage.open != 0 ? 9 : 6;
            default:
                break;
        }
        return usage.open != 0 ? (believes ? 3U : 2U)
               : believes      ? (waits ? 5U : 4U)
               : waits         ? 6U
                               : (usage.gave_up != 0 ? 10U : 0U);
    }

    // As a message finds it.
    [[nodiscard]] std::size_t server_phase(std::size_t server) const {
        return model_.under(state_, FaultKind::crash, server) != nullptr         ? 0
               : model_.under(state_, FaultKind::refusal, server) != nullptr     ? 1
               : model_.under(state_, FaultKind::maintenance, server) != nullptr ? 2
                                                                                 : 3;
    }

    [[nodiscard]] std::size_t registrar_phase(std::size_t usage) const {
        const SipModel::UsageInfo& info = model_.usages()[usage];
        const std::size_t server = server_phase(info.server);
        const auto& bindings = state_.records[info.record].bindings;
        const std::uint8_t present =
            bindings[info.slot + state_.usages[usage].contact].present;
        return server < 3 ? server : server + present;
    }

    [[nodiscard]] std::size_t notifier_phase(std::size_t usage) const {
        const SipModel::UsageInfo& info = model_.usages()[usage];
        const std::size_t server = server_phase(info.server);
        const bool present = state_.subscriptions[usage].present != 0;
        const bool open = state_.notifiers[info.notifier].open != 0;
        return server < 3 ? server : server + (present ? 1U : 0U) + (open ? 2U : 0U);
    }

    [[nodiscard]] std::size_t caller_phase(std::size_t index) const {
        const CallClient& call = state_.calls[index];
        return call.looking != LooksUp::nothing ? 1 : call.calling == 0 ? 0 : 1U + call.calling;
    }

    [[nodiscard]] std::size_t gateway_phase() const {
        const auto place = std::ranges::find(model_.gateways(), std::size_t{event_.index});
        const GatewayMode& gateway =
            state_.gateways[static_cast<std::size_t>(place - model_.gateways().begin())];
        return gateway.running == 0 ? 0
                                    : 1U + (gateway.open != 0 ? 1U : 0U) +
                                          (gateway.emergency != 0 ? 2U : 0U);
    }

    [[nodiscard]] const IncomingCall& incoming() const { return state_.incoming[event_.index]; }

    [[nodiscard]] std::size_t station_phase() const {
        const Appearance& own = state_.appearances[event_.index];
        return own.open != Ask::none ? static_cast<std::size_t>(own.open)
               : own.holds != 0      ? 4
                                     : 0;
    }

    [[nodiscard]] std::size_t granter_phase() const {
        const std::size_t server = server_phase(model_.appearances()[event_.index].server);
        return server < 3 ? server : server + state_.appearances[event_.index].granted;
    }

    [[nodiscard]] std::size_t name_phase() const {
        const NameState& name = state_.names[event_.index];
        // To the phone a record that leads nowhere is as any other.
        const NameRecordState record =
            name.record == NameRecordState::wrong           ? NameRecordState::fresh
            : name.record == NameRecordState::wrong_expired ? NameRecordState::expired
                                                            : name.record;
        return 2U * static_cast<std::size_t>(record) + (name.end != QueryEnd::none ? 1U : 0U);
    }

    [[nodiscard]] std::size_t flow_phase() const {
        const FlowState& flow = state_.flows[event_.index];
        constexpr std::uint8_t kNext = 1;  // the bit of Timer::keep_alive
        return flow.sends > 0 ? 2 : (flow.armed & kNext) != 0 ? 1 : 0;
    }

    [[nodiscard]] std::size_t dialog_phase(DialogSide side) const {
        const Dialog& dialog = state_.dialogs[event_.index];
        const DialogEnd& end = side == DialogSide::phone ? dialog.phone : dialog.server;
        const bool ends = std::ranges::any_of(end.byes, [](std::uint8_t bye) { return bye != 0; });
        constexpr unsigned kUpdating =
            1U << (static_cast<unsigned>(Timer::update_timeout) -
                   static_cast<unsigned>(Timer::hang_up));
        if (end.has == 0) {
            return ends ? 2 : 0;
        }
        return side == DialogSide::phone && (dialog.armed & kUpdating) != 0 ? 3 : 1;
    }

    Found message_to_server() const {
        switch (event_.method) {
            case Method::register_:
                return found(Role::registrar, registrar_phase(event_.index),
                             (event_.flags & kWildcard) != 0 ? 2 : event_.expires == 0 ? 1 : 0);
            case Method::options:
                return found(Role::registrar, registrar_phase(event_.index), 3);
            case Method::keep_alive:
                return found(Role::registrar, registrar_phase(event_.index), 8);
            case Method::subscribe:
                return found(Role::notifier, notifier_phase(event_.index), 0);
            case Method::notify:
                return found(Role::notifier, notifier_phase(event_.index),
                             event_.status == Status::ok_200 ? 1 : 2);
            case Method::invite:
                return found(Role::callee, callee_phase(), 0);
            case Method::ack:
                return found(Role::callee, callee_phase(), 1);
            case Method::cancel:
                return found(Role::callee, callee_phase(), 2);
            case Method::offer:
                return found(Role::offering, incoming().offer, answer_to_offer());
            case Method::bye:
            case Method::update:
                return found(Role::dialog_of_server, dialog_phase(DialogSide::server),
                             event_.method == Method::update ? 1
                             : event_.status == Status::none ? 0
                                                             : 2);
            case Method::seize:
                return found(Role::granter, granter_phase(), event_.key - 1);
            default:
                return std::nullopt;
        }
    }

    [[nodiscard]] int answer_to_offer() const {
        return event_.status == Status::ringing_180 ? 1 : event_.status == Status::ok_200 ? 2 : 3;
    }

    [[nodiscard]] std::size_t callee_index() const {
        return model_.calls()[event_.index].first_server + std::size_t{event_.key};
    }

    [[nodiscard]] std::size_t callee_phase() const { return callee_phase(callee_index()); }

    [[nodiscard]] std::size_t callee_phase(std::size_t index) const {
        const std::size_t server = server_phase(model_.server_of_call_server(index));
        return server < 2 ? server
                          : 2U + static_cast<std::size_t>(state_.call_servers[index].phase);
    }

    Found message_to_phone() const {
        switch (event_.method) {
            case Method::invite:
                return found(Role::caller, caller_phase(event_.index), answer_to_invite());
            case Method::offer:
            case Method::offer_ack:
                return found(Role::called, incoming().phone,
                             event_.method == Method::offer ? 0 : 1);
            case Method::bye:
            case Method::update: {
                const std::size_t first = event_.method == Method::bye ? 0 : 3;
                const std::size_t what =
                    event_.method == Method::bye && event_.status == Status::none ? 0
                    : event_.status == Status::ok_200                             ? 1
                                                                                  : 2;
                return found(Role::dialog_of_phone, dialog_phase(DialogSide::phone),
                             first + what - (first == 3 ? 1U : 0U));
            }
            case Method::seize:
                return found(Role::station, station_phase(),
                             event_.status == Status::ok_200            ? 1
                             : event_.status == Status::accepted_202    ? 2
                             : event_.status == Status::transport_error ? 4
                                                                        : 3);
            case Method::keep_alive:
                return found(Role::flow, flow_phase(), event_.status == Status::ok_200 ? 0 : 1);
            case Method::notify:
                return found(Role::subscription, usage_phase(event_.index),
                             reason_of(event_) == EndReason::none ? 5 : 6);
            default:
                return is_subscription(event_.index)
                           ? found(Role::subscription, usage_phase(event_.index),
                                   nth_answer(0, event_.status))
                           : found(Role::registration, usage_phase(event_.index),
                                   nth_answer(1, event_.status));
        }
    }

    [[nodiscard]] int answer_to_invite() const {
        switch (event_.status) {
            case Status::ringing_180:
                return 1;
            case Status::ok_200:
                return 2;
            case Status::busy_486:
            case Status::terminated_487:
                return 3;
            case Status::transport_error:
                return 5;
            default:
                return is_challenge(event_.status) ? 6 : 4;
        }
    }

    Found timer() const;
    Found timer_of_usage() const;

    const SipModel& model_;
    const SipState& state_;
    const Event& event_;
};

Found Classifier::timer() const {
    const Timer timer = event_.timer;
    const std::size_t index = event_.index;
    if (of_line(timer)) {
        const LineState& line = state_.lines[index];
        const bool away = line.working == kNoEntry && line.home == kNoEntry;
        return found(Role::line, away ? 0 : line.returning != 0 ? 2 : 1,
                     timer == Timer::failback ? 0 : 1);
    }
    if (of_flow(timer)) {
        return found(Role::flow, flow_phase(),
                     2U + static_cast<std::size_t>(timer) -
                         static_cast<std::size_t>(Timer::keep_alive));
    }
    if (of_call(timer)) {
        return found(Role::caller, caller_phase(index), timer == Timer::invite_retransmit ? 7 : 8);
    }
    if (of_call_server(timer)) {
        return found(Role::callee, callee_phase(index),
                     nth({Timer::callee_answers, Timer::answer_retransmit, Timer::answer_give_up,
                          Timer::call_nonce_age, Timer::invite_expires},
                         3, timer));
    }
    if (of_dialog(timer)) {
        const DialogSide side = side_of(event_);
        return side == DialogSide::phone
                   ? found(Role::dialog_of_phone, dialog_phase(side),
                           5U + static_cast<std::size_t>(timer) -
                               static_cast<std::size_t>(Timer::hang_up))
                   : found(Role::dialog_of_server, dialog_phase(side),
                           nth({Timer::hang_up, Timer::session_expiry, Timer::bye_retransmit,
                                Timer::bye_timeout},
                               3, timer));
    }
    if (timer == Timer::offer_retransmit || timer == Timer::offer_give_up) {
        return found(Role::offering, incoming().offer, timer == Timer::offer_retransmit ? 4 : 5);
    }
    if (of_incoming(timer)) {
        return found(Role::called, incoming().phone,
                     nth({Timer::user_answers, Timer::taken_retransmit, Timer::taken_give_up}, 2,
                         timer));
    }
    if (timer == Timer::seize_expires) {
        return found(Role::granter, granter_phase(), 3);
    }
    if (of_appearance(timer)) {
        return found(Role::station, station_phase(),
                     nth({Timer::seize_retransmit, Timer::seize_timeout, Timer::seize_over,
                          Timer::user_releases},
                         5, timer));
    }
    if (of_notifier(timer)) {
        return found(Role::notifier, notifier_phase(index),
                     nth({Timer::notify_retransmit, Timer::notify_timeout,
                          Timer::subscription_expires},
                         4, timer));
    }
    return of_relay(timer) ? std::nullopt : timer_of_usage();
}

// Of a registration or a subscription, at the phone or at the server.
Found Classifier::timer_of_usage() const {
    const Timer timer = event_.timer;
    const std::size_t index = event_.index;
    const bool subscribes = is_subscription(index);
    if (timer == Timer::forget && model_.usages()[index].beyond) {
        return std::nullopt;  // of the gateway, or of the server behind it
    }
    if (timer == Timer::forget || timer == Timer::nonce_age) {
        const bool forgets = timer == Timer::forget;
        return subscribes ? found(Role::notifier, notifier_phase(index), forgets ? 3 : 7)
                          : found(Role::registrar, registrar_phase(index), forgets ? 4 : 7);
    }
    if (timer == Timer::repeat_window) {
        return found(Role::registrar, registrar_phase(index), 6);
    }
    return subscribes ? found(Role::subscription, usage_phase(index),
                              nth({Timer::retransmit, Timer::timeout, Timer::absorb,
                                   Timer::notify_wait, Timer::refresh, Timer::retry,
                                   Timer::belief},
                                  7, timer))
                      : found(Role::registration, usage_phase(index),
                              nth({Timer::retransmit, Timer::timeout, Timer::absorb,
                                   Timer::refresh, Timer::retry, Timer::belief, Timer::probe},
                                  6, timer));
}

}  // namespace

std::optional<Pair> pair_of(const SipModel& model, const SipState& state, const Event& event) {
    const bool transfers = event.kind == EventKind::timer ? of_transfer(event.timer)
                                                          : event.method == Method::refer;
    return transfers ? pair_of_transfer(model, state, event)
                     : Classifier(model, state, event).find();
}

void Coverage::see(const SipModel& model, const SipState& state, const Event& event) {
    const auto pair = pair_of(model, state, event);
    if (!pair) {
        return;
    }
    const RoleTable& table = role_tables()[static_cast<std::size_t>(pair->role)];
    const bool in_table =
        pair->phase < table.phases.size() && pair->event < table.events.size();
    if (!in_table || !table.is_possible(pair->phase, pair->event)) {
        const std::string what =
            in_table ? std::string(table.phases[pair->phase]) + ", " +
                           std::string(table.events[pair->event])
                     : std::to_string(pair->phase) + ", " + std::to_string(pair->event);
        throw std::logic_error("the table of coverage excludes what happens: " +
                               std::string(table.name) + ", " + what);
    }
    seen_[static_cast<std::size_t>(pair->role)].set(pair->phase * kMostEvents + pair->event);
}

void Coverage::add(const Coverage& other) {
    for (std::size_t role = 0; role < kRoles; ++role) {
        seen_[role] |= other.seen_[role];
        roles_[role] = roles_[role] || other.roles_[role];
    }
}

void Coverage::add_roles(const SipModel& model) {
    const auto has = roles_of(model);
    for (std::size_t role = 0; role < kRoles; ++role) {
        roles_[role] = roles_[role] || has[role];
    }
}

}  // namespace failback::model
