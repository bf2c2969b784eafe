// Nonces as the nodes see them.
//
//  1. A nonce is named by the request that it was issued for: its CSeq plus one, so that 0 is none.
//     Names are lowered with the CSeqs (SipModel::normalise). Number 1 stands for any nonce that is
//     older than all CSeqs that are known, or that was issued by another server. Only one such
//     nonce can still be asked for: requests with an older one have lower CSeqs yet.
//  2. What becomes of a nonce is known to the server alone; the phone only keeps its name.
//  3. A stateless server issues a nonce for each copy of a request. They count as one, as old as
//     the last of them, until the phone takes one.
#pragma once

#include <array>
#include <cstdint>

#include "model/authentication.hpp"
#include "model/event.hpp"

namespace failback::model {

using Nonce = std::uint8_t;

inline constexpr Nonce kNoNonce = 0;
inline constexpr Nonce kOldestNonce = 1;
inline constexpr Nonce kNonces = 8;  // one more than the greatest

[[nodiscard]] constexpr Nonce nonce_for(std::uint8_t cseq) {
    return static_cast<Nonce>(cseq + 1);
}

[[nodiscard]] constexpr Nonce lowered_nonce(Nonce nonce) {
    return nonce > kOldestNonce ? static_cast<Nonce>(nonce - 1) : nonce;
}

// The nonce of the credentials of a request stands where a timer has its name.
[[nodiscard]] constexpr Nonce nonce_of(const Event& request) {
    return static_cast<Nonce>(request.timer);
}

constexpr void set_nonce(Event& request, Nonce nonce) {
    request.timer = static_cast<Timer>(nonce);
}

// Of two names that become the same, the one that nobody asks for is `good`: see `joined`.
// `foreign`: it is of another realm than the server has now, which is no question of its age.
enum class NonceFate : std::uint8_t { good = 0, spent = 1, foreign = 2, refused = 3 };

// What a server, or the one that issued it, knows of the nonces of one registration or
// subscription.
struct ServerNonces {
    std::uint16_t fates = 0;      // two bits for each nonce, a NonceFate
    std::uint8_t aging = 0;       // bit per nonce: it will be too old, a Timer::nonce is pending
    std::uint8_t seen = 0;        // bit per CSeq: authenticated; only where nonces are counted
    std::uint8_t copied_from = 0; // kOldestNonce is that of another usage, plus one; 0: of none
    std::uint8_t zero = 0;

    friend bool operator==(const ServerNonces&, const ServerNonces&) = default;

    [[nodiscard]] NonceFate fate(Nonce nonce) const;
    void set_fate(Nonce nonce, NonceFate fate);
    [[nodiscard]] bool ages(Nonce nonce) const;
    void set_ages(Nonce nonce, bool value);
};

// The server looks at credentials that are right but for their nonce. What it accepts it marks.
[[nodiscard]] bool accepts(ServerNonces& nonces, NonceReuse reuse, Nonce nonce,
                           std::uint8_t cseq);

// The server has another realm.
void change_realm(ServerNonces& nonces);

// The server starts with another secret, or with the same one and no memory of what was used.
void forget_nonces(ServerNonces& nonces, bool same_secret);

// After all CSeqs were lowered by one. REQUIRES: of the two oldest nonces, one is not asked for.
[[nodiscard]] ServerNonces lowered(const ServerNonces& nonces);

// Of the calls of a line at a server. Nonces are named by their numbers: an INVITE with another one
// than the latest is challenged.
struct CallNonces {
    Nonce nonce = kNoNonce;       // that the phone has
    std::uint8_t branch = 0;      // of its open INVITE: one more than challenges were answered
    std::uint8_t challenges = 0;  // answered in this attempt
    Nonce latest = kNoNonce;      // that the server has issued
    std::uint8_t issued_for = 0;  // call and branch
    NonceFate fate = NonceFate::good;  // of the latest
    std::uint8_t ages = 0;        // a Timer::call_nonce_age is pending
    std::uint8_t realm = 0;       // the nonce that the phone has is of the other realm

    friend bool operator==(const CallNonces&, const CallNonces&) = default;
};

// What a phone does with a challenge.
enum class Reply : std::uint8_t {
    answer,    // sends the request again, with credentials for the new nonce
    replay,    // sends it again with the credentials that were refused
    deny,      // takes its credentials for wrong
    misjudge,  // the same, because of a new nonce alone
};

struct Challenge {
    int answered = 0;              // in this attempt
    Nonce sent = kNoNonce;         // the credentials of the request
    bool stale = false;
    bool can_answer = true;
};

[[nodiscard]] Reply reply_to(const ChallengeRules& rules, const Challenge& challenge);

// From how many on it makes no difference how many challenges were answered in an attempt.
[[nodiscard]] int most_answered(const ChallengeRules& rules);

}  // namespace failback::model
