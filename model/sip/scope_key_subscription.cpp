// What the model of a scope reads of subscriptions, and of that which they tell.
#include <algorithm>

#include "model/sip/scope_key.hpp"

namespace failback::model {

void ScopeKey::put_subscription(const SubscriptionRules& rules) {
    const auto& [to, event, expires, refresh, retry, timer_n, heeds_reasons, shows_last_known,
                 least_expires] = rules;
    put(least_expires);
    put(shows_last_known);
    put(to);
    put(expires);  // which servers have the event package, their entries say
    put_refresh(refresh);
    put_retry(retry);
    put(timer_n);
    put(heeds_reasons);
}

void ScopeKey::put_changes(const Scope& scope) {
    const auto in_scope = [&](const ChangePlan& plan) {
        return scope.parts.contains(
            {PartKind::subscription, plan.phone, plan.line, plan.entry, plan.subscription});
    };
    put(std::ranges::count_if(design_->changes, in_scope));
    for (const ChangePlan& plan : design_->changes) {
        if (in_scope(plan)) {
            const auto& [of_phone, of_line, entry, subscription, count, at, position] = plan;
            put(line({of_phone, of_line}));
            put(entry);
            put(subscription);
            put(count);
            put(at);
        }
    }
}

}  // namespace failback::model
