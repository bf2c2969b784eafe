// Challenges to INVITEs: the 407, its ACK, and the INVITE with credentials (RFC 3261 22.2, 22.3).
#include <catch2/catch.hpp>

#include "properties/bounds.hpp"
#include "tests/agreement.hpp"
#include "tests/check_fixture.hpp"
#include "tests/drawn_designs.hpp"

namespace failback::tests::model_call_digest_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

constexpr DelayMs kSecond = 1000;

// Calls at 1 s, or from then on, each 5 s after the one before. INVITEs are challenged.
Design challenging(int calls = 1, std::size_t servers = 1) {
    Design design = design_with(servers);
    for (Server& server : design.servers) {
        server.authentication.of_invite = true;
    }
    dial_at(design, 1000);
    design.calls[0].count = calls;
    design.calls[0].at = calls > 1 ? sim::exactly(5 * kSecond) : sim::exactly(kSecond);
    return design;
}

Instants challenges(const Run& run) {
    return run.responses(Method::invite, Status::proxy_authentication_required_407);
}

// The nonces of the INVITEs that were sent; 0: none.
std::vector<int> nonces(const Run& run) {
    std::vector<int> names;
    for (const Run::Step& step : run.steps()) {
        for (const auto& sent : step.log.sent) {
            if (sent.event.method == Method::invite &&
                sent.event.kind == EventKind::message_to_server) {
                names.push_back(nonce_of(sent.event));
            }
        }
    }
    return names;
}

}  // namespace

TEST_CASE("call digest: a 407 is acknowledged, and the INVITE sent again with credentials") {
    Run run(challenging());
    run.until(20 * kSecond);
    CHECK(run.requests(Method::invite) == Instants{1000, 1020});
    CHECK(challenges(run) == Instants{1010});
    CHECK(run.requests(Method::ack) == Instants{1020, 1040});
    CHECK(nonces(run) == std::vector{0, 1});
    CHECK(run.observed(Notice::call_challenged) == Instants{1020});
    CHECK(run.observed(Notice::answered) == Instants{1040});
    CHECK(run.state().call_servers[0].phase == CallServer::Phase::confirmed);
}

TEST_CASE("call digest: a nonce that was kept needs no challenge, and a stale one another") {
    Design design = challenging(2);
    SECTION("kept") {
        Run run(design);
        run.until(20 * kSecond);
        CHECK(nonces(run) == std::vector{0, 1, 1});
    }
    SECTION("forgotten") {
        design.phones[0].credentials.rules.keeps_nonce = false;
        Run run(design);
        run.until(20 * kSecond);
        CHECK(nonces(run) == std::vector{0, 1, 0, 2});
    }
    SECTION("used once") {
        design.servers[0].authentication.reuse = NonceReuse::one_time;
        Run run(design);
        run.until(20 * kSecond);
        CHECK(nonces(run) == std::vector{0, 1, 1, 2});
        CHECK(run.observed(Notice::answered).size() == 2);
    }
    SECTION("too old") {
        design.servers[0].authentication.nonce_lifetime = sim::exactly(2 * kSecond);
        Run run(design);
        run.until(20 * kSecond);
        CHECK(nonces(run) == std::vector{0, 1, 1, 2});
    }
    SECTION("from before a restart of the server") {
        design.faults.push_back(crash(0, 7 * kSecond, 1000));
        Run run(design);
        run.until(20 * kSecond);
        CHECK(nonces(run) == std::vector{0, 1, 1, 2});
    }
    SECTION("of a cluster") {
        design.faults.push_back(crash(0, 7 * kSecond, 1000));
        design.servers[0].authentication.shared_secret = "cluster";
        Run run(design);
        run.until(20 * kSecond);
        CHECK(nonces(run) == std::vector{0, 1, 1});
    }
}

TEST_CASE("call digest: a nonce from before a restart stays dead, whatever a copy is given") {
    Design design = challenging();
    design.links.push_back({0, 0, sim::exactly(10), sim::exactly(kSecond), {}});
    design.faults.push_back(crash(0, 1020, 80));
    Run run(design);
    run.until(20 * kSecond);
    // The 407 from before the crash arrives at 2010; its nonce earns another 407.
    REQUIRE(nonces(run).size() >= 4);
    CHECK(nonces(run)[0] == 0);
    CHECK(nonces(run)[1] == 0);
    CHECK(nonces(run)[2] == 1);
    CHECK(nonces(run).back() == 3);
    CHECK(run.observed(Notice::answered).size() == 1);
}

TEST_CASE("call digest: a challenge that is not answered ends the call") {
    Design design = challenging(1, 2);
    SECTION("no credentials") { design.phones[0].credentials.accounts.clear(); }
    SECTION("a wrong password: one answer, and no more (RFC 3261 22.1)") {
        design.phones[0].credentials.accounts[0].password = "wrong";
    }
    Run run(design);
    run.until(20 * kSecond);
    CHECK(run.observed(Notice::call_denied).size() == 1);
    CHECK(run.observed(Notice::call_fails).size() == 1);
    CHECK(run.observed(Notice::answered).empty());
    CHECK(run.requests(Method::ack).size() == run.requests(Method::invite).size());
}

TEST_CASE("call digest: what a phone makes of a new nonce (RFC 7616 3.6)") {
    Design design = challenging(2);
    design.servers[0].authentication.nonce_lifetime = sim::exactly(2 * kSecond);
    design.servers[0].authentication.stale = false;
    SECTION("a refusal of its password") {
        design.phones[0].credentials.rules.new_nonce = NewNonce::if_stale;
        Run run(design);
        run.until(20 * kSecond);
        CHECK(run.observed(Notice::call_misjudged).size() == 1);
        CHECK(run.observed(Notice::answered).size() == 1);
    }
    SECTION("a challenge like the first one") {
        Run run(design);
        run.until(20 * kSecond);
        CHECK(run.observed(Notice::call_misjudged).empty());
        CHECK(run.observed(Notice::answered).size() == 2);
    }
}

TEST_CASE("call digest: a blind replay ends") {
    Design design = challenging();
    design.phones[0].credentials.accounts[0].password = "wrong";
    design.phones[0].credentials.rules.replays = true;
    Run run(design);
    run.until(20 * kSecond);
    CHECK_FALSE(run.observed(Notice::call_replayed).empty());
    CHECK(run.observed(Notice::call_fails).size() == 1);
}

TEST_CASE("call digest: a challenge that is lost is made again, with the same nonce") {
    Design design = challenging();
    design.faults.push_back(of_messages(FaultKind::loss, 1));
    Run run(design);
    bool lost = false;
    run.fate = [&lost](const Event& event) {
        const bool is_first = !lost && event.method == Method::invite &&
                              event.kind == EventKind::message_to_phone;
        return is_first ? Fate::lost : Fate::delivered;
    };
    run.until(1400);
    lost = true;
    run.until(20 * kSecond);
    CHECK(run.requests(Method::invite) == Instants{1000, 1500, 1520});
    CHECK(nonces(run) == std::vector{0, 0, 1});
    CHECK(run.observed(Notice::answered).size() == 1);
}

TEST_CASE("call digest: what is asked of REGISTERs can be asked of INVITEs (P13, P14)") {
    using properties::Outcome;
    const auto outcome_of = [](const Design& design, const char* says) {
        return properties::check(design, properties::parse_property(says, design)).outcome;
    };
    Design design = challenging(2);
    design.servers[0].authentication.nonce_lifetime = sim::exactly(2 * kSecond);
    design.servers[0].authentication.stale = false;
    CHECK(outcome_of(design, "never call_misjudges(line1, s1)") == Outcome::holds);
    CHECK(outcome_of(design, "never call_fails(line1)") == Outcome::holds);
    CHECK(properties::longest_call_attempt(design, {0, 0}) == 4 * 7500);
    design.phones[0].credentials.rules.new_nonce = NewNonce::if_stale;
    CHECK(outcome_of(design, "never call_misjudges(line1, s1)") == Outcome::violated);
    CHECK(outcome_of(design, "never call_fails(line1)") == Outcome::violated);
    CHECK(outcome_of(design, "never call_replays(line1, s1)") == Outcome::holds);
    design.phones[0].credentials.rules.replays = true;
    CHECK(outcome_of(design, "never call_replays(line1, s1)") == Outcome::violated);
}

TEST_CASE("call digest: drawn designs, sliced and reduced against whole and full") {
    const char* const questions[] = {
        "never call_challenged(line1, s1)", "never call_denied(line1, s1)",
        "never call_misjudges(line1, s1)",  "never call_fails(line1)",
        "never calling(line1) for 8s",      "whenever dials(line1) then answered(line1) within 5s",
    };
    Draw draw(2263);
    int compared = 0;
    for (int number = 0; number < 8; ++number) {
        Design design = challenging(2, draw({1U, 2U}));
        design.default_delay = {0, draw({0, 100, 600})};
        design.calls[0].callee.rings = draw({true, false});
        design.phones[0].calls.retry_count = draw({3, 0});
        Authentication& policy = design.servers[0].authentication;
        policy.stale = draw({true, false});
        policy.reuse = draw({NonceReuse::allowed, NonceReuse::counted, NonceReuse::one_time});
        policy.shared_secret = draw({"", "cluster"});
        if (draw({true, false})) {
            policy.nonce_lifetime = Interval{1000, 6000};
        }
        design.phones[0].credentials.rules = {
            draw({true, false}), draw({NewNonce::accepted, NewNonce::if_stale, NewNonce::never}),
            draw({0, 2}), false, draw({false, false, true})};
        draw_fault(design, draw);
        for (const char* question : questions) {
            CAPTURE(number);
            compared += agreeing(design, question);
        }
    }
    CHECK(compared > 40);
}

}  // namespace failback::tests::model_call_digest_test
