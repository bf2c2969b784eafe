#include "model/authentication.hpp"

#include <algorithm>
#include <string_view>

#include "model/design.hpp"

namespace failback::model {

namespace {

std::string_view user_part(std::string_view aor) {
    const std::size_t start = aor.find(':') + 1;
    return aor.substr(start, aor.find('@') - start);
}

const UserRule* rule_for(const Authentication& authentication, const std::string& aor) {
    const auto rule = std::ranges::find(authentication.users, aor, &UserRule::aor);
    return rule == authentication.users.end() ? nullptr : &*rule;
}

bool challenges(const Authentication& authentication, Method method) {
    switch (method) {
        case Method::register_:
            return authentication.of_register;
        case Method::subscribe:
            return authentication.of_subscribe;
        case Method::invite:
            return authentication.of_invite;
        default:
            return false;  // ACK and CANCEL never are (RFC 3261 22.1); probes are left alone
    }
}

// RFC 8760 2.4: the topmost challenge that the client supports is answered.
bool have_one_in_common(const std::vector<Algorithm>& offered,
                        const std::vector<Algorithm>& supported) {
    return std::ranges::find_first_of(offered, supported) != offered.end();
}

Login::Answer answer_of(const std::string& realm, const Authentication& authentication,
                        const UserRule* rule, const Phone& phone, std::size_t line) {
    const std::string_view user = user_part(phone.lines[line].aor);
    const auto or_user = [user](const std::string& id) {
        return id.empty() ? user : std::string_view(id);
    };
    if (!have_one_in_common(authentication.algorithms, phone.credentials.algorithms)) {
        return Login::Answer::none;
    }
    for (const DigestAccount& account : phone.credentials.accounts) {
        if (account.line.value_or(line) != line ||
            account.realm.value_or(realm) != realm) {
            continue;
        }
        const UserRule expected = rule != nullptr ? *rule : UserRule{};
        const bool is_right = or_user(account.user_id) == or_user(expected.user_id) &&
                              account.password == expected.password;
        return is_right ? Login::Answer::right : Login::Answer::wrong;
    }
    return Login::Answer::none;  // RFC 3261 22.2: no credentials for the realm
}

}  // namespace

Login login_of(const Server& server, const Phone& phone, std::size_t line, Method method) {
    return login_in(server.authentication.realm, server, phone, line, method);
}

Login login_in(const std::string& realm, const Server& server, const Phone& phone,
               std::size_t line, Method method) {
    const Authentication& authentication = server.authentication;
    const UserRule* rule = rule_for(authentication, phone.lines[line].aor);
    const ChallengeUser challenge =
        rule != nullptr ? rule->challenge : ChallengeUser::as_default;
    Login login;
    login.challenged = challenge == ChallengeUser::always ||
                       (challenge == ChallengeUser::as_default &&
                        challenges(authentication, method));
    login.answer = answer_of(realm, authentication, rule, phone, line);
    if (method == Method::register_) {
        login.known = rule != nullptr || authentication.knows_others;
        login.permitted = rule == nullptr || rule->may_register;
    }
    if (!login.challenged) {
        login.answer = Login::Answer::right;  // nobody asks
    }
    return login;
}

bool same_secret(const Server& a, const Server& b) {
    const std::string& group = a.authentication.shared_secret;
    return !group.empty() && group == b.authentication.shared_secret;
}

}  // namespace failback::model
