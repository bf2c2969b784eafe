#include "model/nodes/digest.hpp"

#include "sim/check.hpp"

namespace failback::model {

namespace {

constexpr unsigned kBitsOfFate = 2;
constexpr unsigned kMaskOfFate = 3;

unsigned shift_of(Nonce nonce) {
    sim::ensure(nonce < kNonces, "the name of a nonce is a small number");
    return kBitsOfFate * nonce;
}

constexpr std::uint8_t bit(unsigned number) { return static_cast<std::uint8_t>(1U << number); }

}  // namespace

NonceFate ServerNonces::fate(Nonce nonce) const {
    return static_cast<NonceFate>((fates >> shift_of(nonce)) & kMaskOfFate);
}

void ServerNonces::set_fate(Nonce nonce, NonceFate fate) {
    const unsigned shift = shift_of(nonce);
    fates = static_cast<std::uint16_t>((fates & ~(kMaskOfFate << shift)) |
                                       (static_cast<unsigned>(fate) << shift));
}

bool ServerNonces::ages(Nonce nonce) const { return (aging & bit(nonce)) != 0; }

void ServerNonces::set_ages(Nonce nonce, bool value) {
    aging = static_cast<std::uint8_t>(value ? aging | bit(nonce) : aging & ~bit(nonce));
}

// RFC 7616 3.4: "if the same nc value is seen twice, then the request is a replay". Requests with
// the same nonce have other counts than those with other CSeqs.
bool accepts(ServerNonces& nonces, NonceReuse reuse, Nonce nonce, std::uint8_t cseq) {
    if (nonces.fate(nonce) != NonceFate::good) {
        return false;
    }
    if (reuse == NonceReuse::one_time) {
        nonces.set_fate(nonce, NonceFate::spent);
    }
    if (reuse == NonceReuse::counted) {
        if ((nonces.seen & bit(cseq)) != 0) {
            return false;
        }
        nonces.seen = static_cast<std::uint8_t>(nonces.seen | bit(cseq));
    }
    return true;
}

void forget_nonces(ServerNonces& nonces, bool same_secret) {
    nonces.seen = 0;
    for (Nonce nonce = kOldestNonce; nonce < kNonces; ++nonce) {
        if (!same_secret) {
            const bool is_foreign = nonces.fate(nonce) == NonceFate::foreign;
            nonces.set_fate(nonce, is_foreign ? NonceFate::foreign : NonceFate::refused);
            nonces.set_ages(nonce, false);
        } else if (nonces.fate(nonce) == NonceFate::spent) {
            nonces.set_fate(nonce, NonceFate::good);
        }
    }
}

void change_realm(ServerNonces& nonces) {
    nonces.seen = 0;
    for (Nonce nonce = kOldestNonce; nonce < kNonces; ++nonce) {
        nonces.set_fate(nonce, NonceFate::foreign);
        nonces.set_ages(nonce, false);
    }
}

ServerNonces lowered(const ServerNonces& nonces) {
    ServerNonces lower;
    lower.copied_from = nonces.copied_from;
    lower.seen = static_cast<std::uint8_t>(nonces.seen >> 1);
    for (Nonce nonce = kOldestNonce; nonce < kNonces; ++nonce) {
        const Nonce name = lowered_nonce(nonce);
        const auto joined = static_cast<unsigned>(lower.fate(name)) |
                            static_cast<unsigned>(nonces.fate(nonce));
        lower.set_fate(name, static_cast<NonceFate>(joined));
        lower.set_ages(name, lower.ages(name) || nonces.ages(nonce));
    }
    return lower;
}

// RFC 3261 22.1 and 22.2: credentials that were just refused are not sent again, unless the nonce
// was stale. A nonce that was kept from an earlier request may be unknown by now, whether or not
// the server says so (RFC 7616 3.6): its refusal says nothing of the password.
Reply reply_to(const ChallengeRules& rules, const Challenge& challenge) {
    if (!challenge.can_answer) {
        return Reply::deny;
    }
    if (challenge.sent == kNoNonce) {
        // A phone that forgot its credentials half-way takes the second challenge for a refusal.
        return challenge.answered == 0 ? Reply::answer : Reply::deny;
    }
    if (challenge.stale && rules.new_nonce != NewNonce::never) {
        return challenge.answered <= rules.stale_retries ? Reply::answer : Reply::deny;
    }
    if (rules.replays) {
        return Reply::replay;
    }
    if (challenge.answered > 0) {
        return Reply::deny;
    }
    return rules.new_nonce == NewNonce::accepted ? Reply::answer : Reply::misjudge;
}

int most_answered(const ChallengeRules& rules) { return rules.stale_retries + 1; }

}  // namespace failback::model
