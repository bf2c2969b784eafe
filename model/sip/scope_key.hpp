// What a model of a scope reads of its design, as a sequence of numbers without names. Where two
// scopes of a design have equal keys, their models are the same but for names.
//
//  1. Phones, their lines, servers and addresses of record have the numbers that they have in the
//     scope. Phones and lines keep their order, on which the order of parts and events rests.
//  2. A value that some scope may read is in the key of every scope: all of a phone and of its
//     servers. Keys that differ needlessly cost a search, keys that agree wrongly a verdict.
//  3. Structures are taken apart by structured bindings. One that gets another member does not
//     compile until it is decided here whether that member is part of the key.
#pragma once

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "model/design.hpp"
#include "model/sip/scope.hpp"

namespace failback::model {

// The number of a value in a list, at the end of which it is put if it is new.
template <class Value>
std::size_t number_of(std::vector<Value>& known, const Value& value) {
    const auto found = std::ranges::find(known, value);
    const auto number = static_cast<std::size_t>(found - known.begin());
    if (found == known.end()) {
        known.push_back(value);
    }
    return number;
}

struct LineOf {
    std::size_t phone = 0;
    std::size_t line = 0;     // of the phone

    friend auto operator<=>(const LineOf&, const LineOf&) = default;
};

class ScopeKey {
public:
    using Values = std::vector<std::int64_t>;

    // `also`: lines that are spoken of, whether or not a part of them is in scope.
    ScopeKey(const Design& design, const Scope& scope, const std::set<LineOf>& also);

    // The numbers within the scope. A server gets the next one when it is first asked for.
    // REQUIRES: a part in scope or `also` has the phone, the line.
    [[nodiscard]] std::size_t phone(std::size_t phone) const;
    [[nodiscard]] std::size_t line(LineOf line) const;
    [[nodiscard]] std::size_t server(std::size_t server);

    // Adds what else the models depend on. A list begins with its length.
    template <class Value>
    void put(Value value) {
        values_.push_back(static_cast<std::int64_t>(value));
    }

    // The key, with all servers that have a number. REQUIRES: the last call.
    [[nodiscard]] Values take();

private:
    void put(const Interval& interval);
    void put_phone(std::size_t index);
    void put_timers(const TransactionTimers& timers);
    void put_refresh(const Refresh& refresh);
    void put_retry(const Retry& retry);
    void put_registration(const RegistrationRules& registration);
    void put_failover(const FailoverRules& failover);
    void put_failback(const Failback& failback);
    void put_wait(const RetryWait& wait);
    void put_refusals(const RefusalRules& rules);
    void put_limit(const Limit& limit);
    void put_proxy(std::size_t index);
    void put_flow(const FlowRules& flow);
    void put_rates(int known, const std::vector<int>& rates);
    void put_survivability(const Survivability& rules);
    void put_dialog(const DialogPlan& plan);
    void put_call_rules(const CallRules& rules);
    void put_subscription(const SubscriptionRules& rules);
    void put_logins(LineOf line);
    void put_challenge_rules(const Credentials& credentials);
    void put_nonce_policy(const Authentication& authentication);
    void put_names(const Phone& phone);
    void put_lookup(const LookupRules& rules);
    void put_dns(const Dns& dns);
    void put_server(const Server& server);
    void put_parts(const std::set<Part>& parts);
    void put_faults(const Scope& scope);
    void put_fault(const Fault& fault);
    void put_incoming(const Scope& scope);
    void put_calls(const Scope& scope);
    void put_seizures(const Scope& scope);
    void put_changes(const Scope& scope);
    [[nodiscard]] bool can_act(const Fault& fault, const Scope& scope) const;

    const Design* design_;
    std::vector<std::size_t> phones_;
    std::vector<LineOf> lines_;
    std::vector<std::size_t> servers_;
    std::vector<std::string> addresses_;  // of record
    std::vector<std::string> realms_;
    std::vector<std::string> secrets_;    // that are shared
    Values values_;
};

}  // namespace failback::model
