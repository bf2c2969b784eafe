// Renaming of CSeqs, and what a reduced SipModel leaves out.
#include <algorithm>

#include "model/sip/sip_model.hpp"

namespace failback::model {

namespace {

bool carries_cseq(const Event& event) {
    const bool message = event.kind == EventKind::message_to_server ||
                         event.kind == EventKind::message_to_phone || is_relayed(event.kind);
    const bool usage_message =
        message && of_usage(event.method) && event.method != Method::notify &&
        event.method != Method::keep_alive && event.method != Method::re_register;
    const bool transaction = event.kind == EventKind::timer &&
                             (event.timer == Timer::absorb || event.timer == Timer::forget);
    return usage_message || transaction;
}

// Those above `kept` are lowered by one.
void lower_pending(std::vector<Event>& pending, std::size_t usage, bool may_loop,
                   std::uint8_t kept) {
    for (Event& event : pending) {
        if (carries_cseq(event) && event.index == usage && event.cseq > kept) {
            if (event.kind == EventKind::timer && event.cseq <= 1 && may_loop) {
                event.cseq = 0;  // that of a transaction that no message asks for: ends_nothing()
                continue;
            }
            if (event.cseq <= 1) {
                throw ModelLimit("more than " + std::to_string(kCurrentCSeq - 1) +
                                 " requests of one registration are under way at once; raise "
                                 "the retry wait or lower the longest delay");
            }
            --event.cseq;
        }
    }
}

bool is_to_server(const Event& event) {
    return event.kind == EventKind::message_to_server ||
           event.kind == EventKind::relayed_to_server;
}

void lower(std::uint8_t& stored, std::uint8_t kept) {
    if (stored > kept) {
        --stored;
    }
}

void lower_relay(Relay& relay) {
    if (relay.waits == 1) {
        throw ModelLimit("a gateway waits for the answer to a request so old that more than " +
                         std::to_string(kCurrentCSeq - 1) +
                         " others have followed; raise the retry wait or lower gives_up_after");
    }
    lower(relay.waits, 0);
    lower(relay.given_up, 0);
}

}  // namespace

// Can a request with such a CSeq still arrive at the server? Those under way can, and copies of the
// open request.
bool asked_for(const ClientUsage& client, const std::vector<Event>& pending, std::size_t usage,
               std::uint8_t lowest, std::uint8_t highest) {
    const auto within = [&](std::uint8_t cseq) { return cseq >= lowest && cseq <= highest; };
    return (client.open != 0 && within(client.cseq)) ||
           std::ranges::any_of(pending, [&](const Event& event) {
               return is_to_server(event) && event.index == usage && carries_cseq(event) &&
                      within(event.cseq);
           });
}

// Forgets what cannot be asked for any more. The Timer J of it then ends nothing.
void drop_unasked(ServerTransactions& memory, const ClientUsage& client,
                  const std::vector<Event>& pending, std::size_t usage) {
    for (ServerTransaction& transaction : memory) {
        if (transaction.used != 0 &&
            !asked_for(client, pending, usage, transaction.cseq, transaction.cseq)) {
            transaction = {};
        }
    }
    std::ranges::sort(memory);
}

// After a message with CSeq 1 there would be no room: nobody asks for that transaction any more.
void lower_remembered(ServerTransactions& memory, std::uint8_t kept) {
    for (ServerTransaction& transaction : memory) {
        if (kept == 0 && transaction.cseq <= 1) {
            transaction = {};
        } else {
            lower(transaction.cseq, kept);
        }
    }
    std::ranges::sort(memory);
}

// A 200 to a NOTIFY stops its timers and does nothing else.
bool ends_no_timer(const Event& event, const Idle& idle) {
    return event.method == Method::notify && event.status == Status::ok_200 &&
           idle.notify_retransmit && idle.notify_timeout;
}

// Comparisons look at differences of CSeqs only, so a common shift changes nothing. A stored CSeq
// that falls out of the window stays below every CSeq that can still arrive.
void SipModel::rename_all(State& state, std::vector<Event>& pending) const {
    forget_unasked_nonces(state, pending);
    for (std::size_t i = 0; i < usages_.size(); ++i) {
        while (state.usages[i].cseq > kCurrentCSeq) {
            const std::uint8_t kept = unused_cseq(state, pending, i);
            lower_nonces(state, pending, i);
            --state.usages[i].cseq;
            lower_pending(pending, i, may_loop_, kept);
            lower_remembered(state.transactions[i], kept);
            lower(state.subscriptions[i].cseq, kept);
            for (Binding& binding : bindings_of(state, i)) {
                lower(binding.cseq, kept);
            }
            state.usages[i].boots = lowered(state.usages[i].boots, kept);
            if (usages_[i].beyond) {
                lower_remembered(state.relays[usages_[i].relay].at_registrar, kept);
                lower_relay(state.relays[usages_[i].relay]);
                for (Binding& binding : bindings_beyond(state, i)) {
                    lower(binding.cseq, kept);
                }
            }
        }
    }
    rename_probes(state, pending);
    rename_relays(state, pending);
    if (may_loop_) {
        make_room(state, pending);
    }
    forget_old_boots(state, pending);
    rename_dialogs(state, pending);
    rename_seizures(state, pending);
    if (fidelity_ == Fidelity::reduced) {
        drop_idle_memory(state, pending);
        drop_finished(state);
    }
}

// Of a request that waits for a long time the CSeq is still to be known. Then the highest one that
// nothing has makes room: those below it are kept. 0 without such a request, or such a CSeq.
std::uint8_t SipModel::unused_cseq(const State& state, const std::vector<Event>& pending,
                                   std::size_t usage) const {
    if (loads_.empty() || authenticates_) {
        return 0;
    }
    unsigned used = 0;
    for (const Event& event : pending) {
        used |= carries_cseq(event) && event.index == usage ? 1U << event.cseq : 0U;
    }
    if ((used & 3U) == 0) {
        return 0;
    }
    for (const ServerTransaction& transaction : state.transactions[usage]) {
        used |= 1U << transaction.cseq;
    }
    for (const Binding& binding : bindings_of(state, usage)) {
        used |= 1U << binding.cseq;
    }
    used |= 1U << state.subscriptions[usage].cseq;
    for (std::uint8_t cseq = kCurrentCSeq; cseq > 1; --cseq) {
        if ((used >> cseq & 1U) == 0) {
            return cseq;
        }
    }
    return 0;
}

// A server remembers more requests than there is room for where attempts follow each other quickly,
// as in a loop of 423 without delay. Only those that can be asked for matter.
void SipModel::make_room(State& state, const std::vector<Event>& pending) const {
    for (std::size_t i = 0; i < usages_.size(); ++i) {
        if (state.transactions[i].front().used != 0) {
            drop_unasked(state.transactions[i], state.usages[i], pending, i);
        }
        if (usages_[i].beyond) {
            drop_unasked(state.relays[usages_[i].relay].at_registrar, state.usages[i], pending, i);
        }
    }
}

// Boots are told apart only while requests of an earlier one can still arrive, or, if their CSeqs
// are the higher ones, while a binding has such a CSeq.
void SipModel::forget_old_boots(State& state, const std::vector<Event>& pending) const {
    for (std::size_t i = 0; i < usages_.size(); ++i) {
        ClientUsage& client = state.usages[i];
        if (client.boots == 0) {
            continue;
        }
        std::uint8_t oldest = kCurrentCSeq + 1;
        for (const Event& event : pending) {
            if (is_to_server(event) && carries_cseq(event) && event.index == i) {
                oldest = std::min(oldest, event.cseq);
            }
        }
        if (!usages_[i].config.after_restart.new_call_id) {
            for (const Binding& binding : bindings_of(state, i)) {
                oldest = binding.present != 0 ? std::min(oldest, binding.cseq) : oldest;
            }
            for (const Binding& binding : bindings_beyond(state, i)) {
                const bool counts = binding.present != 0 && binding.call_id != kGatewayCallId;
                oldest = counts ? std::min(oldest, binding.cseq) : oldest;
            }
        }
        client.boots = starts_after(client.boots, oldest);
    }
}

// What a server keeps of past requests is asked for only by copies of them: those under way and
// those that an open request may still send. Without any, it may as well be gone.
void SipModel::drop_idle_memory(State& state, const std::vector<Event>& pending) const {
    for (std::size_t i = 0; i < usages_.size(); ++i) {
        const ClientUsage& client = state.usages[i];
        if (usages_[i].idle.forget || usages_[i].idle.memory) {
            drop_unasked(state.transactions[i], client, pending, i);
            if (usages_[i].beyond) {
                drop_unasked(state.relays[usages_[i].relay].at_registrar, client, pending, i);
            }
        }
        if (usages_[i].idle.binding_expiry) {
            for (Binding& binding : bindings_of(state, i)) {
                const bool is_asked = asked_for(client, pending, i, 0, binding.cseq);
                binding = is_asked ? binding : Binding{};
            }
        }
    }
}

bool SipModel::registrations_over(const State& state) const {
    return registrations_end_ &&
           std::ranges::none_of(state.calls, [](const CallClient& call) {
               return call.dials_left > 0;
           });
}

// A callee who rings may also do so later, by a copy of the INVITE that was late. Calls that last
// are not over when they are answered. What is under way to a server may keep others waiting there.
bool SipModel::call_over(const State& state, std::size_t call) const {
    return loads_.empty() && awaited_.empty() && !calls_[call].callee.rings &&
           !calls_[call].first_dialog &&
           state.calls[call].calling == 0 &&
           state.calls[call].dials_left == 0;
}

// Parts that nothing will look at again have no state.
void SipModel::drop_finished(State& state) const {
    if (registrations_over(state)) {
        state.usages = {};
        state.flows = {};
        state.transactions = {};
        state.subscriptions = {};
        state.nonces = {};
        state.relays = {};
        state.notifiers = {};
        state.records = {};
        std::fill_n(state.lines.begin(), successions(), LineState{});
        state.tried = {};
    }
    for (std::size_t i = 0; i < calls_.size(); ++i) {
        if (call_over(state, i)) {
            state.calls[i] = {};
            std::fill_n(state.call_servers.begin() + calls_[i].first_server,
                        calls_[i].servers, CallServer{});
            std::fill_n(state.call_nonces.begin() + calls_[i].first_server,
                        calls_[i].servers, CallNonces{});
        }
    }
}

// Timer K and J of transactions that are so old that no message can belong to them, Timer J of
// those that a server has forgotten before, and the age of nonces that nobody asks for.
bool SipModel::ends_nothing(const State& state, const Event& event) const {
    return event.kind == EventKind::timer &&
           ((event.timer == Timer::absorb && event.cseq == 0) ||
            (event.timer == Timer::call_nonce_age && state.call_nonces[event.index].ages == 0) ||
            (event.timer == Timer::nonce_age &&
             !state.nonces[event.index].ages(event.cseq)) ||
            (event.timer == Timer::forget &&
             !recall(memory_of(state, event), event.cseq)));
}

bool SipModel::idle(const State& state, const Event& event) const {
    if (fidelity_ == Fidelity::full || ends_nothing(state, event)) {
        return ends_nothing(state, event);
    }
    switch (event.kind) {
        case EventKind::message_to_server:
        case EventKind::message_to_phone:
        case EventKind::relayed_to_server:
        case EventKind::relayed_to_gateway:
            if (of_call(event.method)) {
                return call_over(state, event.index);
            }
            if (of_appearance(event.method)) {
                return is_late_answer(state, event);
            }
            return of_usage(event.method) &&
                   (registrations_over(state) ||
                    ends_no_timer(event, usages_[event.index].idle));
        case EventKind::timer:
            return idle_timer(state, event);
        case EventKind::boot:
        case EventKind::belief_changes:
        case EventKind::state_changes:
            return registrations_over(state);
        case EventKind::probe_to_watched:
        case EventKind::answer_to_gateway:
            return is_old_probe(state, event);
        case EventKind::binding_expires:
            return registrations_over(state) ||
                   usages_[usage_of_binding(event)].idle.binding_expiry;
        default:
            return false;
    }
}

bool SipModel::idle_timer(const State& state, const Event& event) const {
    switch (event.timer) {
        case Timer::invite_retransmit:
        case Timer::invite_give_up: {
            const IdleCall& idle = calls_[event.index].idle[state.calls[event.index].entry];
            return call_over(state, event.index) ||
                   (event.timer == Timer::invite_retransmit && idle.retransmit);
        }
        case Timer::answer_retransmit:
        case Timer::answer_give_up: {
            const std::size_t call = call_of_call_server(event.index);
            const CallInfo& info = calls_[call];
            const std::size_t entry = event.index - info.first_server;
            return call_over(state, call) ||
                   (entry < info.idle.size() && info.idle[entry].answer);
        }
        case Timer::callee_answers:
        case Timer::invite_expires:
        case Timer::call_nonce_age:
            return false;
        case Timer::failback:
        case Timer::hold:
            return registrations_over(state);
        default:
            break;
    }
    if (of_incoming(event.timer) || of_dialog(event.timer)) {
        return false;
    }
    if (of_appearance(event.timer)) {
        const IdleSeizure& idle = appearances_[event.index].idle;
        return (event.timer == Timer::seize_retransmit && idle.retransmit) ||
               (event.timer == Timer::seize_timeout && idle.timeout);
    }
    const Idle& idle = usages_[event.index].idle;
    return registrations_over(state) || (event.timer == Timer::absorb && idle.absorb) ||
           (event.timer == Timer::forget && idle.forget) ||
           (event.timer == Timer::repeat_window && !is_recent(state, event)) ||
           (event.timer == Timer::belief && idle.belief) ||
           (event.timer == Timer::retransmit && idle.retransmit) ||
           (event.timer == Timer::timeout && idle.timeout) ||
           (event.timer == Timer::notify_wait && idle.notify_wait) ||
           (event.timer == Timer::notify_retransmit && idle.notify_retransmit) ||
           (event.timer == Timer::notify_timeout && idle.notify_timeout);
}

}  // namespace failback::model
