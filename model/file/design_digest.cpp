// Whom servers challenge, and what phones answer.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "model/file/design_parts.hpp"
#include "model/file/design_text.hpp"

namespace failback::model {
namespace {

constexpr std::array<Choice<bool Authentication::*>, 3> kMethods{
    {{"register", &Authentication::of_register},
     {"subscribe", &Authentication::of_subscribe},
     {"invite", &Authentication::of_invite}}};

constexpr std::array<Choice<Algorithm>, 3> kAlgorithms{{{"MD5", Algorithm::md5},
                                                        {"SHA-256", Algorithm::sha_256},
                                                        {"SHA-512-256", Algorithm::sha_512_256}}};

constexpr std::array<Choice<NonceReuse>, 3> kReuse{{{"allowed", NonceReuse::allowed},
                                                    {"counted", NonceReuse::counted},
                                                    {"one-time", NonceReuse::one_time}}};

constexpr std::array<Choice<ChallengeUser>, 3> kChallengeUser{
    {{"default", ChallengeUser::as_default},
     {"always", ChallengeUser::always},
     {"never", ChallengeUser::never}}};

constexpr std::array<Choice<bool>, 2> kWrongPassword{{{"challenged", false}, {"403", true}}};

constexpr std::array<Choice<bool>, 2> kOtherUsers{{{"known", true}, {"unknown", false}}};

constexpr std::array<Choice<bool>, 2> kKept{{{"kept", true}, {"forgotten", false}}};

constexpr std::array<Choice<NewNonce>, 3> kNewNonce{{{"accepted", NewNonce::accepted},
                                                     {"if-stale", NewNonce::if_stale},
                                                     {"refused", NewNonce::never}}};

constexpr std::array<Choice<bool>, 2> kReplays{{{"replays", true}, {"stops", false}}};

constexpr int kMostUsers = 1000;
constexpr int kMostAccounts = 100;
constexpr int kMostStaleRetries = 10;

// The values of an array of words, each word once.
template <class T, std::size_t N>
std::vector<T> read_words(ObjectReader& reader, std::string_view key,
                          const std::array<Choice<T>, N>& choices, int least) {
    std::vector<std::string_view> words;
    for (const Choice<T>& each : choices) {
        words.push_back(each.word);
    }
    std::vector<T> values;
    for (const Node& node : reader.elements(key, {least, static_cast<int>(N)})) {
        const std::string expected = "one of " + quoted_list(words);
        const auto word = read_string(reader.input(), node, expected);
        const auto found = std::ranges::find(words, word.value_or(""));
        if (!word) {
            continue;
        }
        if (found == words.end()) {
            reader.input().report(node,
                                  {in_quotes(*word), expected, did_you_mean(*word, words)});
            continue;
        }
        const T value = choices[static_cast<std::size_t>(found - words.begin())].value;
        if (std::ranges::find(values, value) != values.end()) {
            reader.input().report(node, {in_quotes(*word) + " a second time", "each one once"});
        }
        values.push_back(value);
    }
    return values;
}

std::vector<Algorithm> read_algorithms(ObjectReader& reader) {
    if (!reader.has("algorithms")) {
        (void)reader.member("algorithms");
        return {Algorithm::md5};
    }
    return read_words(reader, "algorithms", kAlgorithms, 1);
}

UserRule read_user(Input& input, const Node& node) {
    ObjectReader reader(input, node, "a user of a server");
    UserRule rule;
    if (!reader.has("aor")) {
        (void)reader.required("aor", "the address of record of a line");
    }
    rule.aor = reader.text("aor").value_or("");
    rule.challenge = reader.choice("authentication", kChallengeUser).value_or(rule.challenge);
    rule.may_register = reader.boolean("may_register", rule.may_register);
    rule.user_id = reader.text("user_id").value_or("");
    rule.password = reader.text("password").value_or("");
    reader.finish();
    return rule;
}

void read_users(ObjectReader& reader, Authentication& authentication) {
    for (const Node& node : reader.elements("users", {0, kMostUsers})) {
        const UserRule rule = read_user(reader.input(), node);
        const bool is_known = std::ranges::find(authentication.users, rule.aor, &UserRule::aor) !=
                              authentication.users.end();
        if (is_known && !rule.aor.empty()) {
            reader.input().report(node, {fmt::format("the user {} a second time",
                                                     in_quotes(rule.aor)),
                                         "each user once"});
        }
        authentication.users.push_back(rule);
    }
    authentication.knows_others =
        reader.choice("other_users", kOtherUsers).value_or(authentication.knows_others);
}

DigestAccount read_account(DesignParts& parts, const Node& node) {
    ObjectReader reader(parts.input, node, "an account of a phone");
    DigestAccount account;
    if (const auto index = reader.reference("line", parts.lines)) {
        const LineIndex& line = parts.line_indices[*index];
        account.line = line.line;
        if (line.phone != parts.design.phones.size()) {
            parts.input.report(*reader.member("line"), {"a line of another phone",
                                                        "a line of this phone"});
        }
    }
    account.realm = reader.text("realm");
    account.user_id = reader.text("user_id").value_or("");
    account.password = reader.text("password").value_or("");
    reader.finish();
    return account;
}

ChallengeRules read_rules(ObjectReader& reader) {
    ChallengeRules rules;
    rules.keeps_nonce = reader.choice("nonce", kKept).value_or(rules.keeps_nonce);
    rules.new_nonce = reader.choice("new_nonce", kNewNonce).value_or(rules.new_nonce);
    rules.stale_retries =
        reader.integer("stale_retries", rules.stale_retries, {0, kMostStaleRetries});
    rules.forgets_after_423 = !reader.choice("after_423", kKept).value_or(true);
    rules.replays = reader.choice("refused", kReplays).value_or(rules.replays);
    return rules;
}

}  // namespace

Authentication read_authentication(ObjectReader& server) {
    Authentication authentication;
    const std::optional<Node> node = server.member("authentication");
    if (!node) {
        return authentication;
    }
    ObjectReader reader(server.input(), *node, "the authentication of a server");
    for (const auto method : read_words(reader, "challenges", kMethods, 0)) {
        authentication.*method = true;
    }
    authentication.realm = reader.text("realm").value_or("");
    authentication.algorithms = read_algorithms(reader);
    if (const auto lifetime = reader.member("nonce_lifetime")) {
        authentication.nonce_lifetime = read_interval(server.input(), *lifetime, {1, false, {}});
    }
    authentication.reuse = reader.choice("nonce_reuse", kReuse).value_or(authentication.reuse);
    authentication.stale = reader.boolean("stale", authentication.stale);
    authentication.forbids_wrong = reader.choice("wrong_password", kWrongPassword)
                                       .value_or(authentication.forbids_wrong);
    authentication.shared_secret = reader.name("nonce_secret").value_or("");
    read_users(reader, authentication);
    reader.finish();
    return authentication;
}

Credentials read_credentials(DesignParts& parts, ObjectReader& phone) {
    Credentials credentials;
    const std::optional<Node> node = phone.member("credentials");
    if (!node) {
        return credentials;
    }
    if (*node->value == "none") {
        credentials.accounts.clear();
        return credentials;
    }
    if (!node->value->is_object()) {
        phone.input().report(*node, {describe(*node->value), R"("none", or an object)"});
        return credentials;
    }
    ObjectReader reader(phone.input(), *node, "the credentials of a phone");
    if (reader.has("accounts")) {
        credentials.accounts.clear();
    }
    for (const Node& account : reader.elements("accounts", {0, kMostAccounts})) {
        credentials.accounts.push_back(read_account(parts, account));
    }
    credentials.algorithms = read_algorithms(reader);
    credentials.rules = read_rules(reader);
    reader.finish();
    return credentials;
}

}  // namespace failback::model
