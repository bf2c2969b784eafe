// Digest authentication in a SipModel: who is challenged, and what becomes of nonces.
#include <algorithm>

#include "model/sip/reduction.hpp"
#include "model/sip/sip_step.hpp"

namespace failback::model {

namespace {

// Requests that may be challenged; those of calls and responses of phones never are.
bool carries_nonce(const Event& event) {
    const bool is_to_server = event.kind == EventKind::message_to_server ||
                              event.kind == EventKind::relayed_to_server;
    return is_to_server &&
           (event.method == Method::register_ || event.method == Method::subscribe);
}

// For its open request, or for the answer to a challenge that still waits for an address.
bool has_chosen_nonce(const ClientUsage& client) {
    return client.open == 1 || (client.open == kLookingUp && client.challenges != 0);
}

bool is_nonce_age(const Event& event, std::size_t usage) {
    return event.kind == EventKind::timer && event.timer == Timer::nonce_age &&
           event.index == usage;
}

}  // namespace

void SipModel::set_login(UsageInfo& usage) {
    const Phone& phone = design_->phones[usage.part.phone];
    const Server& server = challenger(usage);
    usage.login = login_of(server, phone, usage.part.line, usage.config.method);
    usage.other_login = login_in(other_realm_of(usage.server), server, phone, usage.part.line,
                                 usage.config.method);
    usage.config.can_answer = usage.login.answer != Login::Answer::none;
    usage.config.can_answer_other = usage.other_login.answer != Login::Answer::none;
    const bool is_full = fidelity_ == Fidelity::full;
    usage.nonces_age = usage.login.challenged && server.authentication.nonce_lifetime &&
                       (is_full || nonces_get_old(*design_, usage.part));
    authenticates_ = authenticates_ || usage.login.challenged;
    // Requests follow each other quickly, some without end.
    may_loop_ = may_loop_ || usage.login.challenged;
}

const Server& SipModel::challenger(const UsageInfo& usage) const {
    return design_->servers[challenger_of(*design_, usage.server)];
}

// Of a gateway in an emergency that passes requests on otherwise: it has no passwords. Whom it
// knows the server has accepted, or it has itself.
bool SipModel::takes_in(const State& state, const Event& event) const {
    const UsageInfo& usage = usages_[event.index];
    return design_->servers[usage.server].accepts != Accepts::known ||
           event.method != Method::register_ || !usage.login.challenged ||
           std::ranges::any_of(bindings_of(state, event.index),
                               [](const Binding& binding) { return binding.present != 0; });
}

// RFC 3261 10.3 steps 3 to 5. Whom a server does not know it cannot authenticate.
bool SipModel::admits(Step& step, const Event& event, Event& response) const {
    const UsageInfo& usage = usages_[event.index];
    if (usage.beyond && !is_relayed(event.kind)) {
        const bool is_in = takes_in(step.state, event);
        response.status = is_in ? response.status : Status::forbidden_403;
        return is_in;
    }
    const std::size_t server = challenger_of(*design_, usage.server);
    const bool is_other = has_other_realm(step.state, server);
    const Login& login = is_other ? usage.other_login : usage.login;
    if (!login.known) {
        response.status = Status::not_found_404;
        return false;
    }
    const Authentication& policy = design_->servers[server].authentication;
    const Nonce nonce = nonce_of(event);
    const bool is_here =
        nonce != kNoNonce && step.state.nonces[event.index].fate(nonce) != NonceFate::foreign;
    const bool is_right = is_here && login.answer == Login::Answer::right &&
                          !wrong_password(step.state, usage.part.phone, server);
    // The nonce is looked at first: of one that is too old nothing is said about the password.
    if (login.challenged && policy.forbids_wrong && nonce != kNoNonce && !is_right &&
        accepts(step.state.nonces[event.index], policy.reuse, nonce, event.cseq)) {
        response.status = Status::forbidden_403;
        return false;
    }
    if (login.challenged && !(is_right && accepts(step.state.nonces[event.index], policy.reuse,
                                                  nonce, event.cseq))) {
        response.status = Status::unauthorized_401;
        const std::uint8_t stale = is_right && policy.stale ? kStale : std::uint8_t{0};
        const std::uint8_t realm = is_other ? kOtherRealm : std::uint8_t{0};
        response.flags =
            static_cast<std::uint8_t>((response.flags & kGeneration) | stale | realm);
        issue_nonce(step, event);
        return false;
    }
    if (!login.permitted) {
        response.status = Status::forbidden_403;
    }
    return login.permitted;
}

// A nonce for a request that is no longer open will not be taken by anybody.
void SipModel::issue_nonce(Step& step, const Event& request) const {
    const ClientUsage& client = step.state.usages[request.index];
    if (client.open != 1 || client.cseq != request.cseq) {
        return;
    }
    ServerNonces& nonces = step.state.nonces[request.index];
    const Nonce nonce = nonce_for(request.cseq);
    end_nonce_age(step, request.index, nonce);
    nonces.set_fate(nonce, NonceFate::good);
    if (usages_[request.index].nonces_age) {
        nonces.set_ages(nonce, true);
        step.effects.schedule(timer_event(request.index, Timer::nonce_age, nonce),
                              *challenger(usages_[request.index]).authentication.nonce_lifetime);
    }
}

void SipModel::end_nonce_age(Step& step, std::size_t usage, Nonce nonce) const {
    if (step.state.nonces[usage].ages(nonce)) {
        step.state.nonces[usage].set_ages(nonce, false);
        cancel_timer(timer_event(usage, Timer::nonce_age, nonce), step.effects);
    }
}

void SipModel::on_nonce_age(Step& step, const Event& event) const {
    const auto nonce = event.cseq;
    ServerNonces& nonces = step.state.nonces[event.index];
    nonces.set_fate(nonce, NonceFate::refused);
    nonces.set_ages(nonce, false);
    const bool is_kept = step.state.usages[event.index].nonce == nonce;
    for (ServerNonces& other : step.state.nonces) {
        if (is_kept && other.copied_from == event.index + 1) {
            other.set_fate(kOldestNonce, NonceFate::refused);
        }
    }
}

// The process starts anew, with another secret or with that of its group. What was issued is then
// unknown to it, or what was used is (Kamailio keeps both in memory).
void SipModel::forget_secret(Step& step, std::size_t server) const {
    forget_call_nonces(step, server);
    for (std::size_t i = 0; i < usages_.size(); ++i) {
        if (challenger_of(*design_, usages_[i].server) != server ||
            !usages_[i].login.challenged) {
            continue;
        }
        const bool keeps = !design_->servers[server].authentication.shared_secret.empty();
        for (Nonce nonce = kOldestNonce; !keeps && nonce < kNonces; ++nonce) {
            end_nonce_age(step, i, nonce);
        }
        forget_nonces(step.state.nonces[i], keeps);
    }
}

const std::string& SipModel::other_realm_of(std::size_t server) const {
    for (const Fault& fault : design_->faults) {
        if (fault.kind == FaultKind::realm && fault.server == server) {
            return fault.realm;
        }
    }
    return design_->servers[server].authentication.realm;
}

bool SipModel::has_other_realm(const State& state, std::size_t server) const {
    return under(state, FaultKind::realm, server) != nullptr;
}

bool SipModel::is_foreign(const State& state, std::size_t phone, std::size_t server) const {
    if (!has_other_realm(state, server)) {
        return false;
    }
    const Phone& owner = design_->phones[phone];
    for (std::size_t line = 0; line < owner.lines.size(); ++line) {
        for (const Method method : {Method::register_, Method::subscribe, Method::invite}) {
            const Login login = login_in(other_realm_of(server), design_->servers[server], owner,
                                         line, method);
            if (login.answer != Login::Answer::right) {
                return true;
            }
        }
    }
    return false;
}

// What was issued in another realm is not accepted, and it is not said to be stale.
void SipModel::change_realm(Step& step, std::size_t server) const {
    for (std::size_t i = 0; i < usages_.size(); ++i) {
        if (usages_[i].server == server && usages_[i].login.challenged) {
            for (Nonce nonce = kOldestNonce; nonce < kNonces; ++nonce) {
                end_nonce_age(step, i, nonce);
            }
            model::change_realm(step.state.nonces[i]);
        }
    }
    for (std::size_t i = 0; i < call_nonces_in_use(); ++i) {
        if (server_of_call_server(i) == server) {
            end_call_nonce_age(step, i);
            step.state.call_nonces[i].fate = NonceFate::foreign;
            step.state.call_nonces[i].issued_for = 0;
        }
    }
}

// With one registration at a time, a line has one nonce for its realm: that of the last challenge,
// whichever server it came from (RFC 7616 3.6). One that is open keeps the nonce of its request.
void SipModel::share_nonce(Step& step, std::size_t usage) const {
    const UsageInfo& info = usages_[usage];
    if (!info.config.successive || !authenticates_) {
        return;
    }
    const std::string& realm = challenger(info).authentication.realm;
    for (const auto& other : lines_[info.line].registration) {
        if (!other || *other == usage || usages_[*other].succession != info.succession ||
            has_chosen_nonce(step.state.usages[*other])) {
            continue;
        }
        if (challenger(usages_[*other]).authentication.realm == realm) {
            copy_nonce(step, usage, *other);
        }
    }
    step.state.nonces[usage].copied_from = 0;
}

void SipModel::copy_nonce(Step& step, std::size_t from, std::size_t to) const {
    const Nonce nonce = step.state.usages[from].nonce;
    ServerNonces& copy = step.state.nonces[to];
    end_nonce_age(step, to, kOldestNonce);
    copy.copied_from = 0;
    copy.set_fate(kOldestNonce, NonceFate::good);
    step.state.usages[to].nonce = nonce == kNoNonce ? kNoNonce : kOldestNonce;
    if (nonce == kNoNonce) {
        return;
    }
    const Server& issuer = challenger(usages_[from]);
    const Server& other = challenger(usages_[to]);
    const bool is_shared = &issuer == &other || same_secret(issuer, other);
    const NonceFate fate = step.state.nonces[from].fate(nonce);
    if (!is_shared || fate == NonceFate::refused) {
        copy.set_fate(kOldestNonce, NonceFate::refused);
    } else {
        copy.copied_from = static_cast<std::uint8_t>(from + 1);
    }
}

// A nonce is asked for by the next request of its phone and by requests under way; one that was
// just issued may be on its way to the phone. The rest may as well never have been.
void SipModel::forget_unasked_nonces(State& state, const std::vector<Event>& pending) const {
    for (std::size_t i = 0; i < nonces_in_use(); ++i) {
        const ClientUsage& client = state.usages[i];
        ServerNonces& nonces = state.nonces[i];
        unsigned asked = 1U << client.nonce;
        unsigned may_arrive = 0;
        if (client.open == 1) {
            asked |= 1U << nonce_for(client.cseq);
            may_arrive |= 1U << client.cseq;
        }
        for (const Event& event : pending) {
            if (carries_nonce(event) && event.index == i) {
                asked |= 1U << nonce_of(event);
                may_arrive |= 1U << event.cseq;
            }
        }
        nonces.seen = static_cast<std::uint8_t>(nonces.seen & may_arrive);
        for (Nonce nonce = kOldestNonce; nonce < kNonces; ++nonce) {
            if (((asked >> nonce) & 1U) == 0) {
                nonces.set_fate(nonce, NonceFate::good);
                nonces.set_ages(nonce, false);
            }
        }
        if (client.nonce != kOldestNonce) {
            nonces.copied_from = 0;
        }
    }
}

// All names of nonces become those of CSeqs that are lower by one. Of the two oldest at most one is
// asked for, and its age, if any, keeps its timer.
void SipModel::lower_nonces(State& state, std::vector<Event>& pending, std::size_t usage) const {
    if (!authenticates_) {
        return;
    }
    ServerNonces& nonces = state.nonces[usage];
    for (Event& event : pending) {
        if (carries_nonce(event) && event.index == usage) {
            set_nonce(event, lowered_nonce(nonce_of(event)));
        } else if (is_nonce_age(event, usage)) {
            event.cseq = nonces.ages(event.cseq) ? lowered_nonce(event.cseq) : kNoNonce;
        }
    }
    nonces = lowered(nonces);
    state.usages[usage].nonce = lowered_nonce(state.usages[usage].nonce);
}

}  // namespace failback::model
