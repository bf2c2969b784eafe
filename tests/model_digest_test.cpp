// Digest authentication, rule by rule: RFC 3261 22, RFC 7616 3.3 to 3.6, RFC 8760, and what was
// measured of servers and user agents.
#include <catch2/catch.hpp>

#include "model/authentication.hpp"
#include "model/file/design_file.hpp"
#include "model/nodes/digest.hpp"
#include "tests/run_fixture.hpp"

namespace failback::tests::model_digest_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

constexpr DelayMs kSecond = 1000;

// One server that challenges REGISTERs. They expire after 600 s and are refreshed after 540 s.
Design challenging(std::size_t servers = 1) {
    Design design = design_with(servers);
    design.phones[0].expires = 600 * kSecond;
    for (Server& server : design.servers) {
        server.authentication.of_register = true;
    }
    return design;
}

ChallengeRules& rules_of(Design& design) { return design.phones[0].credentials.rules; }

Authentication& policy_of(Design& design, std::size_t server = 0) {
    return design.servers[server].authentication;
}

Instants unauthorized(const Run& run) {
    return run.responses(Method::register_, Status::unauthorized_401);
}

Instants granted(const Run& run) { return run.responses(Method::register_, Status::ok_200); }

Instants registers(const Run& run) { return run.requests(Method::register_); }

// Requests with credentials.
Instants with_credentials(const Run& run) {
    return run.sent([](const Event& event) {
        return event.kind == EventKind::message_to_server &&
               nonce_of(event) != kNoNonce;
    });
}

// Another one than phones have that name none.
UserRule another_password() {
    UserRule rule;
    rule.aor = "sip:1001@example.com";
    rule.password = "another";
    return rule;
}

Login login_at(const Design& design, Method method = Method::register_) {
    return login_of(design.servers[0], design.phones[0], 0, method);
}

}  // namespace

TEST_CASE("digest: RFC 3261 22.2, the answer to a challenge is a new request") {
    Run run(challenging());
    run.until(kSecond);
    CHECK(registers(run) == Instants{0, 20});
    CHECK(unauthorized(run) == Instants{10});
    CHECK(with_credentials(run) == Instants{20});
    CHECK(granted(run) == Instants{30});
    CHECK(run.observed(Notice::registered) == Instants{40});
    CHECK(run.observed(Notice::challenged) == Instants{20});
    CHECK(run.observed(Notice::refused).empty());
    std::vector<std::uint8_t> cseqs;
    for (const Run::Step& step : run.steps()) {
        for (const auto& sent : step.log.sent) {
            if (sent.event.kind == EventKind::message_to_server) {
                cseqs.push_back(sent.event.cseq);
            }
        }
    }
    REQUIRE(cseqs.size() == 2);
    CHECK(run.usage(0).cseq == kCurrentCSeq);  // the second one, renamed
}

TEST_CASE("digest: RFC 7616 3.6, a kept nonce saves a round trip, a forgotten one does not") {
    Design design = challenging();
    {
        Run run(design);
        run.until(600 * kSecond);
        CHECK(registers(run) == Instants{0, 20, 540'040});
        CHECK(granted(run) == Instants{30, 540'050});
    }
    rules_of(design).keeps_nonce = false;
    Run run(design);
    run.until(600 * kSecond);
    CHECK(registers(run) == Instants{0, 20, 540'040, 540'060});
    CHECK(unauthorized(run) == Instants{10, 540'050});
    CHECK(run.observed(Notice::registered) == Instants{40, 540'080});
}

TEST_CASE("digest: a nonce is accepted until its lifetime is over, exactly") {
    for (const DelayMs lifetime : {540'041, 540'039}) {  // issued at 10, asked for at 540'050
        Design design = challenging();
        policy_of(design).nonce_lifetime = sim::exactly(lifetime);
        Run run(design);
        run.until(541 * kSecond);
        CAPTURE(lifetime);
        CHECK(unauthorized(run).size() == (lifetime == 540'041 ? 1 : 2));
        CHECK(run.observed(Notice::registered).size() == 2);
        CHECK(run.observed(Notice::denied).empty());
    }
}

TEST_CASE("digest: RFC 7616 3.3, whether an old nonce is said to be stale") {
    for (const bool stale : {true, false}) {
        for (const NewNonce reaction :
             {NewNonce::accepted, NewNonce::if_stale, NewNonce::never}) {
            Design design = challenging();
            policy_of(design).nonce_lifetime = sim::exactly(300 * kSecond);
            policy_of(design).stale = stale;
            rules_of(design).new_nonce = reaction;
            Run run(design);
            run.until(560 * kSecond);
            const bool answers = reaction == NewNonce::accepted ||
                                 (stale && reaction == NewNonce::if_stale);
            CAPTURE(stale, static_cast<int>(reaction));
            CHECK(run.observed(Notice::misjudged) ==
                  (answers ? Instants{} : Instants{540'060}));
            CHECK(run.observed(Notice::registered).size() == (answers ? 2 : 1));
            CHECK(run.observed(Notice::lapses).size() == (answers ? 0 : 1));
            run.until(600 * kSecond);  // the attempt after the wait begins without a nonce
            CHECK(run.observed(Notice::registered).size() == 2);
        }
    }
}

TEST_CASE("digest: RFC 3261 22.1, wrong credentials are not sent twice in a row") {
    Design design = challenging();
    policy_of(design).users = {another_password()};
    Run run(design);
    run.until(35 * kSecond);
    CHECK(registers(run) == Instants{0, 20, 30'040, 30'060});
    CHECK(unauthorized(run) == Instants{10, 30, 30'050, 30'070});
    CHECK(run.observed(Notice::denied) == Instants{40, 30'080});
    CHECK(run.observed(Notice::refused) == Instants{40, 30'080});
    CHECK(run.observed(Notice::misjudged).empty());
}

TEST_CASE("digest: who replays blindly does so without end") {
    Design design = challenging();
    policy_of(design).users = {another_password()};
    rules_of(design).replays = true;
    Run run(design);
    run.until(kSecond);
    CHECK(registers(run).size() == 51);
    CHECK(run.observed(Notice::replayed).size() == 49);
    CHECK(run.observed(Notice::refused).empty());
}

TEST_CASE("digest: challenges that are stale again and again are answered a few times") {
    Design design = challenging();
    policy_of(design).nonce_lifetime = sim::exactly(15);  // less than the way there and back
    Run run(design);
    run.until(kSecond);
    CHECK(registers(run) == Instants{0, 20, 40, 60});  // the answer, and two more
    CHECK(run.observed(Notice::denied) == Instants{80});
    rules_of(design).stale_retries = 0;
    Run none(design);
    none.until(kSecond);
    CHECK(registers(none) == Instants{0, 20});
}

TEST_CASE("digest: what on_status says of 401 is about challenges that are not answered") {
    Design design = challenging();
    const auto status = static_cast<std::size_t>(Status::unauthorized_401);
    design.phones[0].refusals.on_status[status].kind = AfterRefusal::Kind::give_up;
    CHECK([&] {
        Run run(design);
        run.until(kSecond);
        return run.observed(Notice::gives_up);
    }().empty());
    design.phones[0].credentials.accounts.clear();
    Run run(design);
    run.until(kSecond);
    CHECK(registers(run) == Instants{0});
    CHECK(run.observed(Notice::gives_up) == Instants{20});
}

TEST_CASE("digest: a nonce dies with the secret of its server, unless that is shared") {
    Design design = challenging();
    design.faults = {crash(0, 100 * kSecond, kSecond)};
    {
        Run run(design);
        run.until(541 * kSecond);
        CHECK(unauthorized(run) == Instants{10, 540'050});
        CHECK(run.observed(Notice::registered) == Instants{40, 540'080});
    }
    policy_of(design).shared_secret = "cluster";
    Run run(design);
    run.until(541 * kSecond);
    CHECK(unauthorized(run) == Instants{10});
}

TEST_CASE("digest: the nonce of a shared secret gets old across a restart") {
    Design design = challenging();
    design.faults = {crash(0, 100 * kSecond, kSecond)};
    policy_of(design).shared_secret = "cluster";
    policy_of(design).nonce_lifetime = sim::exactly(300 * kSecond);
    Run run(design);
    run.until(541 * kSecond);
    CHECK(unauthorized(run) == Instants{10, 540'050});
}

TEST_CASE("digest: one nonce is taken along to the next server") {
    Design design = challenging(2);
    design.phones[0].registration.order = Order::successive;
    design.phones[0].failback.rule = FailbackRule::stay;
    design.phones[0].timers.timer_f = 5 * kSecond;
    design.faults = {crash(0, 100 * kSecond, 3600 * kSecond)};
    const auto run_of = [](const Design& tried) {
        Run run(tried);
        run.until(550 * kSecond);
        return unauthorized(run);
    };
    // The refresh at 540 s is not answered; the other server is tried 5 s later, with the nonce.
    CHECK(run_of(design) == Instants{10, 545'050});
    for (const std::size_t server : {0U, 1U}) {
        policy_of(design, server).shared_secret = "cluster";
    }
    CHECK(run_of(design) == Instants{10});
    policy_of(design, 0).nonce_lifetime = sim::exactly(400 * kSecond);
    CHECK(run_of(design) == Instants{10, 545'050});  // it has become old meanwhile
    policy_of(design, 0).nonce_lifetime.reset();
    policy_of(design, 1).realm = "elsewhere";  // the phone has no nonce of that realm
    CHECK(run_of(design) == Instants{10, 545'050});
}

TEST_CASE("digest: RFC 7616 3.4, a count or a nonce that was used challenges a copy") {
    for (const auto& [reuse, timer_j] : {std::pair{NonceReuse::one_time, 0},
                                         {NonceReuse::counted, 0},
                                         {NonceReuse::allowed, 0},
                                         {NonceReuse::one_time, 32'000},
                                         {NonceReuse::counted, 32'000}}) {
        Design design = challenging();
        design.faults = {of_messages(FaultKind::loss, 1)};
        design.servers[0].timer_j = timer_j;
        design.servers[0].repeat_window = 20 * kSecond;
        policy_of(design).reuse = reuse;
        policy_of(design).stale = false;
        Run run(design);
        bool lost = false;
        run.fate = [&lost](const Event& event) {  // the first 200
            const bool loses = event.status == Status::ok_200 && !lost;
            return loses ? Fate::lost : Fate::delivered;
        };
        run.until(100);
        lost = true;
        run.until(kSecond);
        CAPTURE(static_cast<int>(reuse), timer_j);
        const bool challenged = timer_j == 0 && reuse != NonceReuse::allowed;
        CHECK(unauthorized(run) == (challenged ? Instants{10, 530} : Instants{10}));
        CHECK(run.sip().bound(run.state(), 0));
        CHECK(run.observed(Notice::denied) == (challenged ? Instants{540} : Instants{}));
    }
}

TEST_CASE("digest: a nonce of one time is of no use for a refresh, a counted one is") {
    for (const NonceReuse reuse : {NonceReuse::one_time, NonceReuse::counted}) {
        Design design = challenging();
        policy_of(design).reuse = reuse;
        Run run(design);
        run.until(541 * kSecond);
        CHECK(unauthorized(run).size() == (reuse == NonceReuse::one_time ? 2 : 1));
        CHECK(run.observed(Notice::registered).size() == 2);
    }
}

TEST_CASE("digest: after a 423 the credentials are sent again, or the phone never registers") {
    Design design = challenging();
    design.phones[0].expires = 60 * kSecond;
    design.servers[0].min_expires = 300 * kSecond;
    {
        Run run(design);
        run.until(kSecond);
        CHECK(registers(run) == Instants{0, 20, 40});
        CHECK(run.observed(Notice::registered) == Instants{60});
    }
    rules_of(design).forgets_after_423 = true;
    Run run(design);
    run.until(20 * kSecond);
    CHECK(registers(run) == Instants{0, 20, 40});
    CHECK(run.observed(Notice::denied) == Instants{60});
}

TEST_CASE("digest: a restart of the phone forgets its nonce") {
    Design design = challenging();
    design.faults = {restart(100 * kSecond, 10 * kSecond)};
    Run run(design);
    run.until(120 * kSecond);
    CHECK(unauthorized(run) == Instants{10, 110'010});
}

TEST_CASE("digest: all bindings are removed and one is added with one nonce") {
    Design design = challenging();
    design.phones[0].wipe_at_boot = true;
    rules_of(design).keeps_nonce = false;
    Run run(design);
    run.until(kSecond);
    CHECK(registers(run) == Instants{0, 20, 40});
    CHECK(unauthorized(run) == Instants{10});
}

TEST_CASE("digest: the removal of an old binding is challenged, too") {
    Design design = challenging(2);
    design.phones[0].registration.order = Order::successive;
    design.phones[0].registration.removes_old_binding = true;
    design.phones[0].failback = {FailbackRule::at_refresh, 0, 0, 0};
    design.phones[0].timers.timer_f = 5 * kSecond;
    rules_of(design).keeps_nonce = false;
    design.faults = {crash(0, 0, 60 * kSecond)};
    Run run(design);
    run.until(546 * kSecond);
    CHECK(run.sip().bound(run.state(), 0));
    CHECK_FALSE(run.sip().bound(run.state(), 1));  // after a 401, like any
    CHECK(unauthorized(run).size() == 3);
}

TEST_CASE("digest: subscriptions are challenged by themselves") {
    Design design = challenging();
    design.phones[0].subscription.to = SubscribeTo::primary;
    policy_of(design).of_subscribe = true;
    Run run(design);
    run.until(kSecond);
    CHECK(run.responses(Method::subscribe, Status::unauthorized_401) == Instants{50});
    CHECK(run.requests(Method::subscribe) == Instants{40, 60});
    CHECK(run.responses(Method::subscribe, Status::ok_200) == Instants{70});
}

TEST_CASE("digest: RFC 8760 2.4, an algorithm in common") {
    Design design = challenging();
    CHECK(login_at(design).answer == Login::Answer::right);
    policy_of(design).algorithms = {Algorithm::sha_512_256, Algorithm::sha_256};
    CHECK(login_at(design).answer == Login::Answer::none);
    design.phones[0].credentials.algorithms = {Algorithm::md5, Algorithm::sha_256};
    CHECK(login_at(design).answer == Login::Answer::right);
}

TEST_CASE("digest: accounts are for a realm and a line, and right or wrong") {
    Design design = challenging();
    policy_of(design).realm = "example.com";
    std::vector<DigestAccount>& accounts = design.phones[0].credentials.accounts;
    CHECK(login_at(design).answer == Login::Answer::right);
    accounts = {{.line = {}, .realm = "example.net", .user_id = "", .password = ""}};
    CHECK(login_at(design).answer == Login::Answer::none);
    accounts.push_back({.line = 1, .realm = {}, .user_id = "", .password = ""});
    CHECK(login_at(design).answer == Login::Answer::none);
    accounts.push_back({.line = 0, .realm = {}, .user_id = "1001", .password = ""});
    CHECK(login_at(design).answer == Login::Answer::right);
    accounts.back().user_id = "someone";
    CHECK(login_at(design).answer == Login::Answer::wrong);
    policy_of(design).users = {
        {.aor = "sip:1001@example.com", .user_id = "someone", .password = "secret"}};
    CHECK(login_at(design).answer == Login::Answer::wrong);
    accounts.back().password = "secret";
    CHECK(login_at(design).answer == Login::Answer::right);
}

TEST_CASE("digest: RFC 3261 10.3 steps 3 to 5, users that differ") {
    Design design = challenging();
    UserRule rule;
    rule.aor = "sip:1001@example.com";
    const auto responses = [&](Status status) {
        policy_of(design).users = {rule};
        Run run(design);
        run.until(kSecond);
        return run.responses(Method::register_, status);
    };
    rule.challenge = ChallengeUser::never;
    CHECK(responses(Status::ok_200) == Instants{10});
    rule.challenge = ChallengeUser::always;
    policy_of(design).of_register = false;
    CHECK(responses(Status::unauthorized_401) == Instants{10});
    rule.may_register = false;
    CHECK(responses(Status::unauthorized_401) == Instants{10});
    CHECK(responses(Status::forbidden_403) == Instants{30});
    rule = {};
    rule.aor = "sip:1002@example.com";
    CHECK(responses(Status::ok_200) == Instants{10});
    policy_of(design).knows_others = false;
    CHECK(responses(Status::not_found_404) == Instants{10});
}

TEST_CASE("digest: the names of nonces are lowered with the CSeqs") {
    ServerNonces nonces;
    nonces.set_fate(2, NonceFate::refused);
    nonces.set_fate(7, NonceFate::spent);
    nonces.set_ages(5, true);
    nonces.seen = 0b100;
    const ServerNonces lower = lowered(nonces);
    CHECK(lower.fate(1) == NonceFate::refused);
    CHECK(lower.fate(2) == NonceFate::good);
    CHECK(lower.fate(6) == NonceFate::spent);
    CHECK(lower.ages(4));
    CHECK(lower.seen == 0b10);
    CHECK(lowered(lower).fate(1) == NonceFate::refused);
}

// Kamailio 5.6.3 and baresip 1.0.0, measured on loopback.
TEST_CASE("digest: baresip at Kamailio, as measured") {
    Design design =
        read_design(FAILBACK_SOURCE_DIR "/designs/kamailio-baresip-refresh.json");
    design.default_delay = sim::exactly(10);
    design.faults.clear();
    SECTION("two round trips each time, at nine tenths of what was granted") {
        Run run(design);
        run.until(300 * kSecond);
        CHECK(registers(run) == Instants{0, 20, 108'040, 108'060, 216'080, 216'100});
        CHECK(unauthorized(run) == Instants{10, 108'050, 216'090});
        CHECK(granted(run) == Instants{30, 108'070, 216'110});
        CHECK(run.observed(Notice::registered) == Instants{40, 108'080, 216'120});
    }
    SECTION("eleven transmissions, and given up after 32 s") {
        design.faults = {unreachable(0, 0, 3600 * kSecond)};
        Run run(design);
        run.until(40 * kSecond);
        CHECK(registers(run) == Instants{0, 500, 1500, 3500, 7500, 11'500, 15'500, 19'500, 23'500,
                                         27'500, 31'500});
        CHECK(run.observed(Notice::unanswered) == Instants{32'000});
    }
    SECTION("27 s of 30 s and 18 s of 20 s") {
        for (const auto& [asked, most, refreshed] :
             {std::tuple{30, 3600, 27}, std::tuple{30, 20, 18}}) {
            design.phones[0].expires = asked * kSecond;
            design.servers[0].min_expires = kSecond;
            design.servers[0].max_expires = most * kSecond;
            Run run(design);
            run.until(29 * kSecond);
            CHECK(registers(run) ==
                  Instants{0, 20, refreshed * kSecond + 40, refreshed * kSecond + 60});
        }
    }
}

// Linphone 5.1.65 keeps its nonce; after a restart of the server 401, then 200.
TEST_CASE("digest: linphone at Kamailio, as measured") {
    Design design =
        read_design(FAILBACK_SOURCE_DIR "/tests/data/linphone-at-kamailio.json");
    Run run(design);
    run.until(60 * kSecond);
    CHECK(registers(run) == Instants{0, 20, 27'040, 54'060, 54'080});
    CHECK(unauthorized(run) == Instants{10, 54'070});
}

}  // namespace failback::tests::model_digest_test
