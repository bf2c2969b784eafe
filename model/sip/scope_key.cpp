#include "model/sip/scope_key.hpp"

#include <algorithm>
#include <utility>

#include "sim/check.hpp"

namespace failback::model {

namespace {

std::set<LineOf> lines_of(const Scope& scope, const std::set<LineOf>& also) {
    std::set<LineOf> lines = also;
    for (const Part& part : scope.parts) {
        lines.insert({part.phone, part.line});
    }
    return lines;
}

}  // namespace

ScopeKey::ScopeKey(const Design& design, const Scope& scope, const std::set<LineOf>& also)
    : design_(&design) {
    sim::ensure(scope.abstracted.empty(), "what is abstracted of a slice depends on the slice");
    for (const LineOf& line : lines_of(scope, also)) {
        lines_.push_back(line);
        if (phones_.empty() || phones_.back() != line.phone) {
            phones_.push_back(line.phone);
        }
    }
    put(somebody_wipes(design));
    put(scope.dns);
    put_dns(design.dns);
    put(phones_.size());
    for (const std::size_t phone : phones_) {
        put_phone(phone);
    }
    put(lines_.size());
    for (const LineOf& line : lines_) {
        put(phone(line.phone));
        const auto& [name, aor, position, enabled] = design.phones[line.phone].lines[line.line];
        put(number_of(addresses_, aor));
        put(enabled);
        put_logins(line);
    }
    put_parts(scope.parts);
    put_parts(scope.flows);
    put(scope.servers.size());
    for (const std::size_t index : scope.servers) {
        put(server(index));
    }
    put(scope.gateways.size());
    for (const std::size_t index : scope.gateways) {
        put(server(index));
    }
    put_faults(scope);
    put_calls(scope);
    put_incoming(scope);
    put_seizures(scope);
    put_changes(scope);
}

std::size_t ScopeKey::phone(std::size_t phone) const {
    const auto found = std::ranges::find(phones_, phone);
    sim::ensure(found != phones_.end(), "a phone of the key");
    return static_cast<std::size_t>(found - phones_.begin());
}

std::size_t ScopeKey::line(LineOf line) const {
    const auto found = std::ranges::find(lines_, line);
    sim::ensure(found != lines_.end(), "a line of the key");
    return static_cast<std::size_t>(found - lines_.begin());
}

std::size_t ScopeKey::server(std::size_t server) { return number_of(servers_, server); }

ScopeKey::Values ScopeKey::take() {
    for (std::size_t i = 0; i < servers_.size(); ++i) {
        if (const auto watched = design_->servers[servers_[i]].watches) {
            (void)server(*watched);
        }
    }
    put(servers_.size());
    for (const std::size_t index : servers_) {
        put_server(design_->servers[index]);
    }
    return std::move(values_);
}

void ScopeKey::put(const Interval& interval) {
    const auto& [earliest, latest] = interval;
    put(earliest);
    put(latest);
}

void ScopeKey::put_phone(std::size_t index) {
    // The lines in scope follow the phones.
    const auto& [name, lines, servers, names, lookup, transport, timers, expires, refresh, retry,
                 least_expires, max_retries, belief, registration, failback, failover,
                 address_failback, boot, wipe_at_boot, refusals, after_restart, flow, calls,
                 subscription, appearances, credentials, clock_ppm, clock_rates, position,
                 more_subscriptions, raises_cseq, after_move, failures_until_stable,
                 outbound_proxy] = design_->phones[index];
    put(failures_until_stable);
    put_proxy(index);
    put(more_subscriptions.size());
    for (const SubscriptionRules& rules : more_subscriptions) {
        put_subscription(rules);
    }
    put(raises_cseq);
    put(servers.size());
    for (const ServerEntry& entry : servers) {
        const auto& [listed, registers, of_name, entry_position, equals_previous, weight, place,
                     own_expires, own_refresh, own_retry, own_transport, own_timeout, own_count,
                     direct] = entry;
        put(direct);
        put(server(listed));
        put(registers);
        for (std::size_t which = 0; which < subscriptions_of(design_->phones[index]); ++which) {
            const SubscriptionRules& rules = subscription_rules(design_->phones[index], which);
            put(has_package(design_->servers[listed], rules));
            put(has_package(design_->servers[challenger_of(*design_, listed)], rules));
        }
        put(of_name.has_value());
        put(of_name.value_or(0));
        put(equals_previous);
        put(usual_delay_to_server(*design_, index, listed));
        put(usual_delay_to_phone(*design_, index, listed));
        put(ageing_of(*design_, index, listed).value_or(-1));
        put(own_expires.value_or(expires));
        put_refresh(own_refresh.value_or(refresh));
        put_retry(own_retry.value_or(retry));
        put(own_transport.value_or(transport));
        put(own_timeout.value_or(calls.retry_timeout));
        put(own_count.value_or(calls.retry_count));
    }
    put_names(design_->phones[index]);
    put_lookup(lookup);
    put(transport);
    put_timers(timers);
    put(least_expires);
    put(max_retries);
    put(belief);
    put_registration(registration);
    put_failback(failback);
    put_failover(failover);
    put_failback(address_failback);
    put(boot);
    put(wipe_at_boot);
    put_refusals(refusals);
    const auto& [new_call_id, cseq_restarts, new_contact, instance_id] = after_restart;
    for (const bool value : {new_call_id, cseq_restarts, new_contact, instance_id}) {
        put(value);
    }
    const auto& [registers_at_once, replaces] = after_move;
    put(registers_at_once);
    put(replaces);
    put_flow(flow);
    put_call_rules(calls);
    put_subscription(subscription);
    const auto& [by, seizure_expires, releases_unanswered] = appearances;
    put(by);
    put(seizure_expires);
    put(releases_unanswered);
    put_challenge_rules(credentials);
    put_rates(clock_ppm, clock_rates);
}

void ScopeKey::put_rates(int known, const std::vector<int>& rates) {
    put(known);
    put(rates.size());
    for (const int rate : rates) {
        put(rate);
    }
}

void ScopeKey::put_proxy(std::size_t index) {
    const auto& proxy = design_->phones[index].outbound_proxy;
    put(proxy.has_value());
    if (proxy) {
        put(server(*proxy));
        put(usual_delay_to_server(*design_, index, *proxy));
        put(usual_delay_to_phone(*design_, index, *proxy));
    }
}

void ScopeKey::put_flow(const FlowRules& flow) {
    const auto& [nat, keep_alive, rto, gives_up, closes_unanswered] = flow;
    put(gives_up);
    put(closes_unanswered);
    put(nat.has_value());
    put(nat.value_or(Interval{}));
    const auto& [method, every, answered, answer_within, max_lost, to_first, heeds_flow_timer] =
        keep_alive;
    put(heeds_flow_timer);
    put(to_first);
    put(method);
    put(every);
    put(answered);
    put(answer_within);
    put(max_lost);
    put(rto);
}

// What their records say, but for the targets: those are the entries, with the order among them.
void ScopeKey::put_names(const Phone& phone) {
    put(phone.names.size());
    for (const ListedName& listed : phone.names) {
        const auto& [listed_name, record, first, count, listed_ttl, count_at_first, later] =
            listed;
        const auto& [name, srv, ttl, negative_ttl, targets, later_targets] =
            design_->dns.records[record];
        put(count_at_first);
        put(later.size());
        for (const std::size_t entry : later) {
            put(entry);
        }
        put(first);
        put(count);
        for (const Fault& fault : design_->faults) {  // which name they are about
            if (misleads(fault.kind)) {
                put(!fault.record || fault.record == record);
            }
        }
        put(srv);
        put(ttl);
        put(negative_ttl);
    }
}

void ScopeKey::put_lookup(const LookupRules& rules) {
    const auto& [timeout, tries, queries, expired, all_before_calls, static_ttl] = rules;
    put(static_ttl);
    put(timeout);
    put(tries);
    put(queries);
    put(expired);
    put(all_before_calls);
}

void ScopeKey::put_dns(const Dns& dns) {
    const auto& [resolvers, answer, records] = dns;
    put(resolvers.size());
    put(answer);
}

void ScopeKey::put_timers(const TransactionTimers& timers) {
    const auto& [t1, t2, t4, timer_f, timer_b, timer_j] = timers;
    for (const DelayMs value : {t1, t2, t4, timer_f, timer_b, timer_j}) {
        put(value);
    }
}

void ScopeKey::put_refresh(const Refresh& refresh) {
    const auto& [rule, lead, percent] = refresh;
    put(rule);
    put(lead);
    put(percent);
}

void ScopeKey::put_retry(const Retry& retry) {
    const auto& [rejected, unanswered] = retry;
    put_wait(rejected);
    put_wait(unanswered);
}

void ScopeKey::put_wait(const RetryWait& wait) {
    const auto& [rule, fixed, base, base_beside, max, shortest_percent, longest_percent] = wait;
    put(rule);
    put(fixed);
    put(base);
    put(base_beside);
    put(max);
    put(shortest_percent);
    put(longest_percent);
}

void ScopeKey::put_refusals(const RefusalRules& rules) {
    const auto& [transport_errors, retry_after, max_min_expires, on_status] = rules;
    put(transport_errors);
    put(retry_after);
    put(max_min_expires);
    for (const AfterRefusal& after : on_status) {
        const auto& [kind, wait] = after;
        put(kind);
        put_wait(wait);
    }
}

void ScopeKey::put_registration(const RegistrationRules& registration) {
    const auto& [order, pause, loss_starts_over, removes_old_binding, leaves_to_return] =
        registration;
    put(order);
    put(pause);
    put(loss_starts_over);
    put(removes_old_binding);
    put(leaves_to_return);
}

void ScopeKey::put_failback(const Failback& failback) {
    const auto& [rule, after, hold, probe, of_dns, heartbeat] = failback;
    put(heartbeat);
    put(rule);
    put(after);
    put(hold);
    put(probe);
}

void ScopeKey::put_failover(const FailoverRules& failover) {
    const auto& [only_registered, forgets, strange_calls, dialogs, registers] = failover;
    put(registers);
    put(only_registered);
    put(forgets);
    put(strange_calls);
    put(dialogs);
}

// All that compete for its room are in scope (PROPERTIES P32: a refresh is not refused).
void ScopeKey::put_limit(const Limit& limit) {
    const auto& [bindings, answer, retry_after] = limit;
    put(bindings);
    put(answer);
    put(retry_after);
}

void ScopeKey::put_call_rules(const CallRules& rules) {
    const auto& [first, then, retry_timeout, retry_count, give_up, unregistered,
                 heeds_provisional, session_expires, unseized, invite_expires, fails_after_503,
                 confirmation] = rules;
    put(confirmation.has_value());
    put(confirmation.value_or(0));
    put(first);
    put(then);
    put(retry_timeout);
    put(retry_count);
    put(give_up);
    put(unregistered);
    put(heeds_provisional);
    put(unseized);
    put(invite_expires);
    put(fails_after_503);
    put(session_expires);
}

void ScopeKey::put_dialog(const DialogPlan& plan) {
    const auto& [lasts, phone_hangs_up, other_hangs_up, mid_call, transfer, confirms] = plan;
    for (const std::optional<Interval>& interval : {lasts, mid_call, transfer, confirms}) {
        put(interval.has_value());
        put(interval.value_or(Interval{}));
    }
    put(phone_hangs_up);
    put(other_hangs_up);
}

void ScopeKey::put_parts(const std::set<Part>& parts) {
    put(parts.size());
    for (const Part& part : parts) {
        const auto& [kind, of_phone, of_line, entry, subscription] = part;
        put(subscription);
        put(kind);
        put(line({of_phone, of_line}));
        put(entry);
    }
}

void ScopeKey::put_calls(const Scope& scope) {
    const auto in_scope = [&](const CallPlan& plan) {
        return scope.parts.contains({PartKind::call, plan.phone, plan.line, 0});
    };
    put(std::ranges::count_if(design_->calls, in_scope));
    for (const CallPlan& plan : design_->calls) {
        if (in_scope(plan)) {
            const auto& [of_phone, of_line, count, at, callee, position, dialog] = plan;
            const auto& [rings, answers_after, is_busy] = callee;
            put(line({of_phone, of_line}));
            put(count);
            put(at);
            put(rings);
            put(answers_after);
            put(is_busy);
            put_dialog(dialog);
        }
    }
}

void ScopeKey::put_incoming(const Scope& scope) {
    const auto in_scope = [&](const IncomingPlan& plan) {
        return scope.parts.contains({PartKind::incoming, plan.phone, plan.line, plan.entry});
    };
    put(std::ranges::count_if(design_->incoming, in_scope));
    for (const IncomingPlan& plan : design_->incoming) {
        if (in_scope(plan)) {
            const auto& [of_phone, of_line, entry, count, at, rings, position, dialog,
                         is_beyond] = plan;
            put(line({of_phone, of_line}));
            put(entry);
            put(is_beyond);
            put(count);
            put(at);
            put(rings);
            put_dialog(dialog);
        }
    }
}

void ScopeKey::put_seizures(const Scope& scope) {
    const auto in_scope = [&](const SeizurePlan& plan) {
        return scope.parts.contains({PartKind::appearance, plan.phone, plan.line, plan.entry});
    };
    put(std::ranges::count_if(design_->seizures, in_scope));
    for (const SeizurePlan& plan : design_->seizures) {
        if (in_scope(plan)) {
            const auto& [of_phone, of_line, entry, appearance, count, at, holds, position] = plan;
            put(line({of_phone, of_line}));
            put(entry);
            put(appearance);
            put(count);
            put(at);
            put(holds);
        }
    }
    // Whether a line may call at all depends on plans outside the scope, too.
    for (const LineOf& of_line : lines_) {
        put(shares_appearances(*design_, of_line.phone, of_line.line));
    }
}

}  // namespace failback::model
