// Digest authentication (RFC 3261 22, RFC 7616, RFC 8760) as a design describes it: whom a server
// challenges, how long its nonces live, and what a phone makes of a challenge.
//
//  1. Nothing is computed: credentials are right if user ID and password are those that the server
//     has for the address of record. Both default to the same on either side.
//  2. Realms are compared as texts. An empty realm is that of everybody who names none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/time.hpp"

namespace failback::model {

enum class Algorithm : unsigned char { md5, sha_256, sha_512_256 };

enum class NonceReuse : unsigned char {
    allowed,   // as often as one likes until it is old (Kamailio's default, without qop)
    counted,   // each nonce count once (RFC 7616 3.4, Kamailio nonce_count)
    one_time,  // for one request (Kamailio one_time_nonce)
};

// Whether a server challenges the requests of one user (SwyxServer: SIP authentication method).
enum class ChallengeUser : unsigned char { as_default, always, never };

// What a server knows of one of its users.
struct UserRule {
    std::string aor;
    ChallengeUser challenge = ChallengeUser::as_default;
    bool may_register = true;     // false: 403 (RFC 3261 10.3 step 4)
    std::string user_id;          // empty: the user part of the address of record
    std::string password;         // empty: the one that phones have, too, if they name none
};

struct Authentication {
    bool of_register = false;     // 401
    bool of_subscribe = false;    // 401
    bool of_invite = false;       // 407
    std::string realm;
    std::vector<Algorithm> algorithms{Algorithm::md5};  // best first (RFC 8760 2.4)
    std::optional<sim::Interval> nonce_lifetime;        // none: without end
    NonceReuse reuse = NonceReuse::allowed;
    // Does it say stale=true where the credentials are right but for their nonce (RFC 7616 3.3)?
    bool stale = true;
    // Servers of one group accept each other's nonces, also from before a restart. Empty: a secret
    // of its own, drawn when it starts.
    std::string shared_secret;
    bool forbids_wrong = false;   // a wrong password: 403, and no new challenge (Asterisk chan_sip)
    std::vector<UserRule> users;
    bool knows_others = true;     // false: 404 to users that are not listed
};

// What a phone makes of a challenge although it sent credentials, without stale=true, if they were
// of a nonce that it had kept from an earlier request.
enum class NewNonce : unsigned char {
    accepted,   // a new challenge like the first one
    if_stale,   // a refusal of its password (baresip issue 717)
    never,      // the same, with stale=true, too
};

struct ChallengeRules {
    bool keeps_nonce = true;      // for the next request (RFC 7616 3.6); false: until it is granted
    NewNonce new_nonce = NewNonce::accepted;
    int stale_retries = 2;        // after an answer: how often it obeys stale=true (as PJSIP does)
    bool forgets_after_423 = false;  // its credentials, and after a failure what the 423 named
    bool replays = false;         // sends what was refused once more, without end
};

struct DigestAccount {
    std::optional<std::size_t> line;   // of the phone; none: for all
    std::optional<std::string> realm;  // none: for all
    std::string user_id;
    std::string password;
};

struct Credentials {
    std::vector<DigestAccount> accounts{DigestAccount{}};  // the first one that fits counts
    std::vector<Algorithm> algorithms{Algorithm::md5};
    ChallengeRules rules;
};

// How one registration or subscription stands to the authentication of its server.
struct Login {
    enum class Answer : unsigned char { none, wrong, right };
    bool challenged = false;
    Answer answer = Answer::right;   // to a challenge
    bool known = true;               // false: 404
    bool permitted = true;           // false: 403, once authenticated

    friend bool operator==(const Login&, const Login&) = default;
};

enum class Method : std::uint8_t;

struct Server;
struct Phone;

// Of a line of a phone, by its number, at a server.
[[nodiscard]] Login login_of(const Server& server, const Phone& phone, std::size_t line,
                             Method method);

// The same while the server has another realm.
[[nodiscard]] Login login_in(const std::string& realm, const Server& server, const Phone& phone,
                             std::size_t line, Method method);

// Do the two servers accept each other's nonces?
[[nodiscard]] bool same_secret(const Server& a, const Server& b);

}  // namespace failback::model
