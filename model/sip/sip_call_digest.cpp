// Challenges to INVITEs in a SipModel (RFC 3261 22.3): the caller acknowledges the 407, and sends
// the INVITE again, with credentials.
#include <algorithm>

#include "model/nodes/server_transactions.hpp"
#include "model/sip/sip_step.hpp"

namespace failback::model {

namespace {

std::uint8_t name_of_request(std::uint8_t attempt, std::uint8_t branch) {
    return static_cast<std::uint8_t>(16U * attempt + branch);
}

// A 407 to a later copy of the same INVITE has another nonce, which is good.
void refuse_latest(CallNonces& nonces) {
    nonces.fate = NonceFate::refused;
    nonces.issued_for = 0;
}

bool is_sent(const CallClient& call, const Event& of_invite) {
    return call.calling != 0 && call.looking == LooksUp::nothing &&
           call.attempt == of_invite.cseq && call.entry == of_invite.key;
}

}  // namespace

void SipModel::set_call_logins(CallInfo& call, const LineInfo& line) {
    const Phone& phone = design_->phones[line.phone];
    for (const ServerEntry& entry : phone.servers) {
        const Server& server = design_->servers[challenger_of(*design_, entry.server)];
        call.logins.push_back(login_of(server, phone, line.line, Method::invite));
        call.other_logins.push_back(login_in(other_realm_of(entry.server), server, phone,
                                             line.line, Method::invite));
        call_authenticates_ = call_authenticates_ || call.logins.back().challenged;
    }
}

bool SipModel::is_challenged(std::size_t call, std::size_t entry) const {
    return calls_[call].logins[entry].challenged;
}

// Puts what the open INVITE says of authentication into a message of the caller.
void SipModel::sign(const State& state, std::size_t call, Output::Message& message) const {
    if (message.method == Method::invite && is_challenged(call, message.key)) {
        const CallNonces& nonces = state.call_nonces[calls_[call].first_server + message.key];
        message.nonce = nonces.nonce;
        message.expires = nonces.branch;
    }
}

// A call attempt turns to a server.
void SipModel::begin_branches(State& state, std::size_t call, std::size_t entry) const {
    if (is_challenged(call, entry)) {
        CallNonces& nonces = state.call_nonces[calls_[call].first_server + entry];
        nonces.branch = 1;
        nonces.challenges = 0;
    }
}

// It is over.
void SipModel::end_branches(State& state, std::size_t call, bool forgets) const {
    const CallInfo& info = calls_[call];
    const Phone& phone = design_->phones[lines_[info.line].phone];
    for (std::size_t entry = 0; entry < info.logins.size(); ++entry) {
        if (is_challenged(call, entry)) {
            CallNonces& nonces = state.call_nonces[info.first_server + entry];
            nonces.branch = nonces.challenges = 0;
            if (forgets || !phone.credentials.rules.keeps_nonce) {
                nonces.nonce = kNoNonce;
            }
        }
    }
}

// At the server: an INVITE with credentials that it does not accept, or without any. A copy of one
// that it has accepted is absorbed by its transaction. ACK and CANCEL are never challenged.
bool SipModel::challenges_call(Step& step, const Event& event) const {
    const CallInfo& info = calls_[event.index];
    const bool is_other =
        has_other_realm(step.state, design_->phones[lines_[info.line].phone]
                                        .servers[event.key].server);
    const Login& login = is_other ? info.other_logins[event.key] : info.logins[event.key];
    const std::size_t index = info.first_server + event.key;
    const bool is_beyond = is_relayed(event.kind);
    const CallServer& call =
        step.state.call_servers[index + (is_beyond ? info.config.to.size() : 0)];
    const bool is_known = call.phase != CallServer::Phase::none && call.attempt == event.cseq;
    if (!login.challenged || is_known) {
        return false;
    }
    CallNonces& nonces = step.state.call_nonces[index];
    const std::size_t server = challenger_of(*design_, server_of_call_server(index));
    const Authentication& policy = design_->servers[server].authentication;
    const Nonce nonce = nonce_of(event);
    const bool is_right =
        nonce != kNoNonce && nonces.fate != NonceFate::foreign &&
        login.answer == Login::Answer::right &&
        !wrong_password(step.state, lines_[info.line].phone, server);
    const bool is_late = policy.reuse == NonceReuse::counted && event.cseq < call.attempt;
    if (is_right && nonce == nonces.latest && nonces.fate == NonceFate::good && !is_late) {
        if (policy.reuse == NonceReuse::one_time) {
            nonces.fate = NonceFate::spent;
        }
        return false;
    }
    Event response = event;
    response.kind = is_beyond ? EventKind::relayed_to_gateway : EventKind::message_to_phone;
    response.status = Status::proxy_authentication_required_407;
    response.flags = static_cast<std::uint8_t>((is_right && policy.stale ? kStale : 0) |
                                               (is_other ? kOtherRealm : 0));
    set_nonce(response, issue_call_nonce(step, event, index));
    send(step, response);
    return true;
}

// A nonce for an INVITE that is no longer open will not be taken by anybody. Those for copies of
// one INVITE count as one, as old as the last of them.
Nonce SipModel::issue_call_nonce(Step& step, const Event& request, std::size_t index) const {
    CallNonces& nonces = step.state.call_nonces[index];
    const auto branch = static_cast<std::uint8_t>(request.expires);
    if (!is_sent(step.state.calls[request.index], request) || nonces.branch != branch) {
        return kNoNonce;
    }
    const std::uint8_t issued_for = name_of_request(request.cseq, branch);
    if (nonces.issued_for != issued_for) {
        constexpr Nonce kLast = 0xff;
        if (nonces.latest == kLast) {
            throw ModelLimit("more nonces for INVITEs than can be told apart");
        }
        nonces.issued_for = issued_for;
        ++nonces.latest;
    }
    nonces.fate = NonceFate::good;
    const std::size_t server = challenger_of(*design_, server_of_call_server(index));
    const auto& lifetime = design_->servers[server].authentication.nonce_lifetime;
    end_call_nonce_age(step, index);
    if (lifetime) {
        nonces.ages = 1;
        step.effects.schedule(timer_event(index, Timer::call_nonce_age, 0), *lifetime);
    }
    return nonces.latest;
}

void SipModel::end_call_nonce_age(Step& step, std::size_t index) const {
    if (step.state.call_nonces[index].ages != 0) {
        step.state.call_nonces[index].ages = 0;
        cancel_timer(timer_event(index, Timer::call_nonce_age, 0), step.effects);
    }
}

void SipModel::on_call_nonce_age(State& state, std::size_t index) const {
    refuse_latest(state.call_nonces[index]);
    state.call_nonces[index].ages = 0;
}

// See forget_secret().
void SipModel::forget_call_nonces(Step& step, std::size_t server) const {
    for (std::size_t i = 0; i < call_nonces_in_use(); ++i) {
        CallNonces& nonces = step.state.call_nonces[i];
        if (challenger_of(*design_, server_of_call_server(i)) != server) {
            continue;
        }
        if (design_->servers[server].authentication.shared_secret.empty()) {
            end_call_nonce_age(step, i);
            refuse_latest(nonces);
        } else if (nonces.fate == NonceFate::spent) {
            nonces.fate = NonceFate::good;
        }
    }
}

// At the phone. Each copy of the 407 is acknowledged (RFC 3261 17.1.1.2).
void SipModel::call_challenged(Step& step, const Event& event) const {
    const CallInfo& info = calls_[event.index];
    const CallClient& client = step.state.calls[event.index];
    CallNonces& nonces = step.state.call_nonces[info.first_server + event.key];
    if (event.cseq <= client.forgotten) {
        return;
    }
    send(step, message_event(EventKind::message_to_server, event.index,
                             {.method = Method::ack,
                              .cseq = event.cseq,
                              .key = event.key,
                              .flags = kAckOfRefusal}));
    if (!is_sent(client, event) || nonces.branch != event.expires) {
        return;
    }
    const ChallengeRules& rules =
        design_->phones[lines_[info.line].phone].credentials.rules;
    step.observe(Notice::call_challenged, event.index, event.key);
    const bool is_other = (event.flags & kOtherRealm) != 0;
    const Login& login = is_other ? info.other_logins[event.key] : info.logins[event.key];
    const bool can_answer = login.answer != Login::Answer::none;
    const bool is_new = nonces.nonce != kNoNonce && (nonces.realm != 0) != is_other;
    Reply reply = reply_to(rules, {is_new ? 0 : nonces.challenges,
                                   is_new ? kNoNonce : nonces.nonce,
                                   (event.flags & kStale) != 0, can_answer});
    if (reply == Reply::replay) {
        step.observe(Notice::call_replayed, event.index, event.key);
        reply = nonces.challenges < most_answered(rules) ? reply : Reply::deny;
    }
    if (reply == Reply::answer || reply == Reply::replay) {
        if (reply == Reply::answer) {
            nonces.nonce = nonce_of(event);
            nonces.realm = static_cast<std::uint8_t>(is_other);
        }
        ++nonces.branch;
        ++nonces.challenges;
        step_call(step, event.index, {.kind = CallInput::Kind::again});
        return;
    }
    step.observe(Notice::call_denied, event.index, event.key);
    if (reply == Reply::misjudge) {
        step.observe(Notice::call_misjudged, event.index, event.key);
    }
    nonces.nonce = kNoNonce;
    step_call(step, event.index, {.kind = CallInput::Kind::denied});
}

}  // namespace failback::model
