// Digest authentication in searches: bounds, slices, reductions and approximations with it.
#include <catch2/catch.hpp>

#include "properties/alike.hpp"
#include "properties/bounds.hpp"
#include "tests/agreement.hpp"
#include "tests/check_fixture.hpp"
#include "tests/drawn_designs.hpp"

namespace failback::tests::properties_digest_test {
namespace {

using namespace failback::model;
using properties::Outcome;

constexpr DelayMs kSecond = 1000;

// Nonces of 300 s, and an outage of a minute or more at any time.
Design challenging(std::size_t servers) {
    Design design = design_with(servers);
    design.default_delay = {0, kSecond};
    design.phones[0].expires = 600 * kSecond;
    design.faults = {crash(0, 0, 0)};
    design.faults[0].at = {0, 700 * kSecond};
    design.faults[0].lasts = {60 * kSecond, 100 * kSecond};
    for (Server& server : design.servers) {
        server.authentication.of_register = true;
        server.authentication.nonce_lifetime = Interval{300 * kSecond, 301 * kSecond};
    }
    return design;
}

const char* const kQuestions[] = {
    "never misjudges(line1, s1)",
    "never denied(line1, s1)",
    "never challenged(line1, s1) and registered(line1, s1)",
    "whenever boots(line1, s1) then registered(line1, s1) within 40s",
    "never working(line1) = none for 45s",
    "never lapses(line1, s1) until fails(s1)",
    "whenever recovers(s1) then registered(line1, s1) within 65s unless fails(s1)",
    "never registered(line1, s1) and not binding(s1, line1) for 2s",
    "whenever accepts(s1, line1) then accepts(s1, line1) within 100s",
};

void draw_authentication(Design& design, Draw& draw) {
    for (Server& server : design.servers) {
        Authentication& policy = server.authentication;
        policy.of_register = draw({true, true, false});
        policy.of_subscribe = draw({true, false});
        policy.stale = draw({true, false});
        policy.reuse = draw({NonceReuse::allowed, NonceReuse::counted, NonceReuse::one_time});
        policy.shared_secret = draw({"", "", "cluster"});
        if (draw({true, true, false})) {
            policy.nonce_lifetime =
                draw({Interval{32'000, 32'000}, {300'000, 301'000}, {1000, 2000},
                      {60'000, 90'000}});
        }
    }
    Phone& phone = design.phones[0];
    phone.credentials.rules = {draw({true, false}),
                               draw({NewNonce::accepted, NewNonce::if_stale, NewNonce::never}),
                               draw({0, 2}), draw({false, false, true}), false};
    phone.subscription.to =
        draw({SubscribeTo::nobody, SubscribeTo::nobody, SubscribeTo::primary});
    if (draw({false, false, true})) {
        phone.credentials.accounts.clear();
    }
    if (draw({false, false, true})) {
        Fault fault = restart(0, 0);
        fault.at = {0, 40 * kSecond};
        fault.lasts = {0, 10 * kSecond};
        design.faults.push_back(fault);
    }
}

int compare(std::uint64_t seed, int designs) {
    const auto drawn = [](Draw& draw) {
        Design design = drawn_design(draw);
        draw_authentication(design, draw);
        return design;
    };
    return over_drawn(seed, designs, drawn, kQuestions,
                      within_limits([](const Design& design, const char* question) {
                          return agreeing(design, question);
                      }));
}

}  // namespace

TEST_CASE("digest: the catalogue holds where everybody does as the RFC says") {
    for (const bool keeps : {true, false}) {
        Design design = challenging(2);
        design.phones[0].credentials.rules.keeps_nonce = keeps;
        design.servers[0].authentication.stale = keeps;
        for (const char* id :
             {"failback", "takeover", "eventual-registration", "best-server", "refresh-rule",
              "never-give-up", "nonce-independence", "no-blind-replay"}) {
            CAPTURE(id, keeps);
            CHECK(outcome_of_all(design, id) == Outcome::holds);
        }
    }
}

TEST_CASE("digest: the catalogue holds for one registration at a time") {
    Design design = challenging(2);
    design.phones[0].registration.order = Order::successive;
    design.phones[0].failback = {FailbackRule::at_refresh, 0, 0, 0};
    design.phones[0].transport = Transport::tcp;
    for (const char* id : {"failback", "takeover", "eventual-registration", "nonce-independence"}) {
        CAPTURE(id);
        CHECK(outcome_of_all(design, id) == Outcome::holds);
    }
}

TEST_CASE("digest: a challenge costs a round trip, exactly") {
    Design design = challenging(1);
    design.faults.clear();
    const auto most = [&] {
        const auto property = properties::parse_property(
            "whenever boots(line1, s1) then registered(line1, s1) within 1h", design);
        return properties::measure(design, property).most->ms;
    };
    CHECK(most() == 4 * kSecond);
    CHECK(properties::start_bound(design, {0, 0}) == 4 * kSecond);
    design.servers[0].authentication.of_register = false;
    CHECK(most() == 2 * kSecond);
    CHECK(properties::start_bound(design, {0, 0}) == 2 * kSecond);
}

TEST_CASE("digest: a phone that loses its way after a new nonce comes back late") {
    Design design = challenging(1);
    design.servers[0].authentication.stale = false;
    design.servers[0].authentication.nonce_lifetime.reset();
    design.phones[0].credentials.rules.new_nonce = NewNonce::if_stale;
    CHECK(outcome_of_all(design, "nonce-independence") == Outcome::violated);
    CHECK(outcome_of_all(design, "failback") == Outcome::violated);
    design.servers[0].authentication.shared_secret = "cluster";
    CHECK(outcome_of_all(design, "nonce-independence") == Outcome::holds);
    CHECK(outcome_of_all(design, "failback") == Outcome::holds);
}

TEST_CASE("digest: a blind replay is found, and ends no search") {
    Design design = challenging(1);
    UserRule user;
    user.aor = "sip:1001@example.com";
    user.password = "another";
    design.servers[0].authentication.users = {user};
    design.phones[0].credentials.rules.replays = true;
    design.phones[0].transport = Transport::tcp;
    CHECK(outcome_of_all(design, "no-blind-replay") == Outcome::violated);
    CHECK(outcome_of(design, "never registered(line1, s1)") == Outcome::holds);
    design.phones[0].credentials.rules.replays = false;
    CHECK(outcome_of_all(design, "no-blind-replay") == Outcome::holds);
}

TEST_CASE("digest: properties are alike if logins and nonces are, whatever the names") {
    Design design = challenging(1);
    design.phones.push_back(design.phones[0]);
    design.phones[1].name = "other";
    design.phones[1].lines[0] = {"line2", "sip:1002@example.com", {}};
    const auto alike = [](const Design& asked) {
        std::vector<properties::Property> properties;
        for (const char* says : {"never registered(line1, s1) for 1h",
                                 "never registered(line2, s1) for 1h"}) {
            properties.push_back(properties::parse_property(says, asked));
        }
        return properties::key_of(properties[0], asked) ==
               properties::key_of(properties[1], asked);
    };
    CHECK(alike(design));
    Design other = design;
    UserRule user;
    user.aor = "sip:1002@example.com";
    user.challenge = ChallengeUser::never;
    other.servers[0].authentication.users = {user};
    CHECK_FALSE(alike(other));
    other = design;
    other.phones[1].credentials.rules.keeps_nonce = false;
    CHECK_FALSE(alike(other));
    other = design;
    other.phones[1].credentials.accounts.clear();
    CHECK_FALSE(alike(other));
}

TEST_CASE("digest: drawn designs, sliced and reduced against whole and full") {
    CHECK(compare(7616, 8) > 60);
}

TEST_CASE("digest: many drawn designs, sliced and reduced against whole and full", "[.slow]") {
    CHECK(compare(8760, 25) > 180);
}

}  // namespace failback::tests::properties_digest_test
