// What the model of a scope reads of the authentication of its servers.
#include <algorithm>

#include "model/event.hpp"
#include "model/sip/scope_key.hpp"

namespace failback::model {

// All that is known of users, accounts, realms and algorithms comes down to this.
void ScopeKey::put_logins(LineOf line) {
    const Phone& phone = design_->phones[line.phone];
    for (const ServerEntry& entry : phone.servers) {
        for (const Method method : {Method::register_, Method::subscribe, Method::invite}) {
            const auto [challenged, answer, known, permitted] =
                login_of(design_->servers[challenger_of(*design_, entry.server)], phone, line.line,
                         method);
            put(challenged);
            put(answer);
            put(known);
            put(permitted);
            for (const Fault& fault : design_->faults) {  // what becomes of it in another realm
                if (fault.kind == FaultKind::realm && fault.server == entry.server) {
                    put(login_in(fault.realm, design_->servers[entry.server], phone, line.line,
                                 method).answer);
                }
            }
        }
    }
}

void ScopeKey::put_challenge_rules(const Credentials& credentials) {
    const auto& [accounts, algorithms, rules] = credentials;  // the logins say what is answered
    const auto& [keeps_nonce, new_nonce, stale_retries, forgets_after_423, replays] = rules;
    put(keeps_nonce);
    put(new_nonce);
    put(stale_retries);
    put(forgets_after_423);
    put(replays);
}

void ScopeKey::put_nonce_policy(const Authentication& authentication) {
    const auto& [of_register, of_subscribe, of_invite, realm, algorithms, nonce_lifetime, reuse,
                 stale, shared_secret, forbids_wrong, users, knows_others] = authentication;
    put(number_of(realms_, realm));
    put(nonce_lifetime.has_value());
    put(nonce_lifetime.value_or(Interval{}));
    put(reuse);
    put(stale);
    put(forbids_wrong);
    put(!shared_secret.empty());
    put(number_of(secrets_, shared_secret));
}

}  // namespace failback::model
