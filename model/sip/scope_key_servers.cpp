// What the model of a scope reads of servers, and of faults.
#include <algorithm>
#include <cstddef>
#include <vector>

#include "model/sip/awaited.hpp"
#include "model/sip/scope_key.hpp"

namespace failback::model {

void ScopeKey::put_server(const Server& server) {
    const auto& [name, address, kind, min_expires, max_expires, too_brief, expiry_sweep,
                 whole_seconds, stores_bindings, capacity, contacts_per_aor, out_of_order,
                 repeat_window, subscriptions, subscribe_answer, packages, timer_j, authentication,
                 watches, survivability, accepts, keeps_dialogs, processing, position,
                 knows_heartbeat, flow_timer] = server;
    put(flow_timer.value_or(-1));
    put(knows_heartbeat);
    put(kind);
    put(min_expires);
    put(max_expires);
    put(too_brief);
    put(expiry_sweep);
    put(whole_seconds);
    put(stores_bindings);
    put_limit(capacity);
    put_limit(contacts_per_aor);
    put(out_of_order);
    put(repeat_window);
    put(subscriptions);
    put(subscribe_answer);
    put(timer_j);
    put_nonce_policy(authentication);
    constexpr int kNobody = -1;
    watches ? put(this->server(*watches)) : put(kNobody);
    put_survivability(survivability);
    put(accepts);
    put(keeps_dialogs);
    if (survivability.re_registers) {  // its turns are those of lines outside the scope, too
        const auto gateway = static_cast<std::size_t>(&server - design_->servers.data());
        put(re_registration_delay(*design_, gateway));
    }
    put(processing.has_value());
    const auto& [time, workers, queue, refuses, retry_after] = processing.value_or(Processing{});
    put(time);
    for (const DelayMs value : {workers, queue, DelayMs{refuses}, retry_after}) {
        put(value);
    }
}

void ScopeKey::put_survivability(const Survivability& rules) {
    const auto& [delay, transport, probe, probe_in_emergency, timeout, enters_after, leaves_after,
                 in_normal, answer, drops_at_exit, in_emergency, emergency_answer, unanswered,
                 gives_up_after, re_registers, to_unregistered] = rules;
    put(delay.value_or(design_->default_delay));
    put(transport);
    put(probe);
    put(probe_in_emergency);
    put(timeout);
    put(enters_after);
    put(leaves_after);
    put(in_normal);
    put(answer);
    put(drops_at_exit);
    put(in_emergency);
    put(emergency_answer);
    put(unanswered);
    put(gives_up_after);
    put(re_registers.has_value());
    put(to_unregistered);
}

// Messages of phones that are not in scope are not sent, so that nothing can happen to them. A
// window opens and closes all the same.
bool ScopeKey::can_act(const Fault& fault, const Scope& scope) const {
    const auto is_here = [&](std::size_t each) {
        return std::ranges::binary_search(phones_, each);
    };
    const bool elsewhere = (fault.phone && !is_here(*fault.phone)) ||
                           (!fault.phones.empty() && std::ranges::none_of(fault.phones, is_here));
    return involves(scope, fault) &&
           !(!is_outage(fault.kind) && elsewhere && !fault.window);
}

// In the order of the design: of several budgets the first one is spent.
void ScopeKey::put_faults(const Scope& scope) {
    const std::vector<Fault>& faults = design_->faults;
    std::vector<bool> acts;
    for (const Fault& fault : faults) {
        acts.push_back(can_act(fault, scope));
    }
    add_earlier(*design_, acts);
    put(std::ranges::count(acts, true));
    for (std::size_t i = 0; i < faults.size(); ++i) {
        if (acts[i]) {
            const auto number = [&](std::size_t of) {
                return std::count(acts.begin(), acts.begin() + static_cast<std::ptrdiff_t>(of),
                                  true);
            };
            put_fault(faults[i]);
            put(faults[i].after ? number(*faults[i].after) + 1 : 0);
        }
    }
}

void ScopeKey::put_fault(const Fault& fault) {
    const auto& [name, kind, of_server, of_phone, of_phones, of_resolver, at, lasts, count,
                 keeps_bindings, retry_after, notifies, direction, window, ratio, gateway, aor,
                 replaces, delay, after, answer, refuses_refreshes, realm, record, resets,
                 after_event, position] = fault;
    constexpr int kNone = -1;
    constexpr int kElsewhere = -2;  // its outage is seen, no matter which phone has it
    put(kind);
    of_server ? put(server(*of_server)) : put(kNone);
    if (of_phone && std::ranges::binary_search(phones_, *of_phone)) {
        put(phone(*of_phone));
    } else {
        put(of_phone ? kElsewhere : kNone);
    }
    for (std::size_t each = 0; each < phones_.size(); ++each) {
        put(std::ranges::count(of_phones, phones_[each]));
    }
    put(of_resolver.has_value());
    put(of_resolver.value_or(0));
    put(at);
    put(lasts);
    put(count);
    put(keeps_bindings);
    put(retry_after);
    put(notifies);
    put(direction);
    put(window.has_value());
    put(window.value_or(Interval{}));
    put(ratio ? ratio->of : 0);
    put(ratio ? ratio->among : 0);
    gateway ? put(server(*gateway)) : put(kNone);
    aor.empty() ? put(kNone) : put(number_of(addresses_, aor));
    put(replaces);
    put(delay);  // `after` is put with its number among these faults
    put(answer);
    put(refuses_refreshes);
    put(kind == FaultKind::realm ? number_of(realms_, realm) + 1 : 0);
    put(record.has_value());
    put(resets);
    put(after_event.has_value());
    if (after_event) {
        const auto& [awaited_phone, awaited_line, entry, awaited, awaited_server, subscription,
                     times] = *after_event;
        const AwaitedSubject subject = awaited_kinds()[awaited].subject;
        const bool is_of_server = subject >= AwaitedSubject::server;
        put(is_of_server ? 0 : line({awaited_phone, awaited_line}));
        put(is_of_server || subject == AwaitedSubject::incoming ? server(awaited_server) : 0);
        put(entry);
        put(awaited);
        put(subscription);
        put(times);
    }
}

}  // namespace failback::model
