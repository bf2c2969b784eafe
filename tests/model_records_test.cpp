// Names that lead nowhere, and servers that have another realm.
#include <catch2/catch.hpp>

#include "tests/name_fixture.hpp"
#include "tests/run_fixture.hpp"

namespace failback::tests::model_records_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

constexpr DelayMs kSecond = 1000;

// Looked up at 0, known at 30, registered at 50; 120 s are refreshed after 60.
Design by_name(const Fault& fault) {
    Design design = named(1, {{0}});
    design.phones[0].expires = 120 * kSecond;
    design.faults = {fault};
    return design;
}

Fault wrong(DelayMs at, DelayMs lasts) {
    Fault fault = dns_outage(at, lasts);
    fault.kind = FaultKind::dns_wrong;
    return fault;
}

Fault changed(DelayMs at) {
    Fault fault = dns_outage(at, 0);
    fault.kind = FaultKind::dns_change;
    fault.record = 0;
    return fault;
}

// With one account each of the realms that are named.
Design in_realms(DelayMs at, DelayMs lasts, std::initializer_list<const char*> realms) {
    Design design = design_with(1);
    design.phones[0].expires = 120 * kSecond;
    design.phones[0].credentials.accounts.clear();
    for (const char* realm : realms) {
        DigestAccount account;
        account.realm = realm;
        design.phones[0].credentials.accounts.push_back(account);
    }
    Authentication& policy = design.servers[0].authentication;
    policy.of_register = policy.of_invite = true;
    policy.realm = "old";
    Fault fault = crash(0, at, lasts);
    fault.kind = FaultKind::realm;
    fault.realm = "new";
    design.faults.push_back(fault);
    return design;
}

}  // namespace

TEST_CASE("dns-change: a phone goes on with the address that it knows until the TTL is over") {
    Run run(by_name(changed(10 * kSecond)));
    run.until(400 * kSecond);
    const Instants requests = run.requests(Method::register_);
    // Nobody is there until the record is over, at 300 030; the look-up takes 30 ms.
    CHECK(run.observed(Notice::accepted).front() == 40);
    CHECK(run.observed(Notice::unanswered).front() == 92'050);
    REQUIRE(run.observed(Notice::registered).size() > 1);
    CHECK(run.observed(Notice::registered)[1] > 300'030);
    CHECK(run.observed(Notice::registered)[1] < 365'000);
    CHECK(requests.size() > 20);
}

TEST_CASE("dns-change: what is looked up afterwards is right") {
    Design design = by_name(changed(10));
    Run run(design);  // in the middle of the look-up, before the query for addresses
    run.until(kSecond);
    CHECK(run.observed(Notice::registered) == Instants{50});
    design.faults = {changed(25)};  // that query is under way
    Run late(design);
    late.until(100 * kSecond);
    CHECK(late.observed(Notice::registered).empty());
    design.dns.records[0].ttl = 0;
    Run unkept(design);
    unkept.until(100 * kSecond);
    CHECK(unkept.observed(Notice::registered) == Instants{62'080});  // 32 030, 30 s, a look-up
}

TEST_CASE("dns-change: a request that is open goes on to the old address (RFC 3263 4)") {
    Design design = by_name(changed(60'085));  // sent at 60 080, and lost
    design.faults.push_back(unreachable(0, 60'088, 5));
    design.dns.records[0].ttl = 60 * kSecond;
    Run run(design);
    run.until(180 * kSecond);
    CHECK(run.observed(Notice::unanswered) == Instants{92'080});
    CHECK(run.observed(Notice::registered) == Instants{50, 122'130});
}

TEST_CASE("dns-wrong: whoever asks meanwhile keeps the wrong address for the time to live") {
    Run run(by_name(wrong(0, kSecond)));
    run.until(400 * kSecond);
    REQUIRE(!run.observed(Notice::registered).empty());
    CHECK(run.observed(Notice::registered).front() > 300'030);
    Run before(by_name(wrong(kSecond, 100 * kSecond)));  // nobody asks then
    before.until(200 * kSecond);
    CHECK(before.observed(Notice::unanswered).empty());
}

TEST_CASE("dns-wrong: a record that has expired serves after a failure, and is no better for it") {
    Design design = by_name(wrong(0, kSecond));
    design.dns.records[0].ttl = 60 * kSecond;
    design.phones[0].lookup.expired = Expired::after_failure;
    design.faults.push_back(dns_outage(2 * kSecond, 300 * kSecond));
    Run run(design);
    run.until(300 * kSecond);
    CHECK(run.observed(Notice::registered).empty());
    run.until(400 * kSecond);
    REQUIRE(!run.observed(Notice::registered).empty());
    CHECK(run.observed(Notice::registered).front() > 302'000);
}

TEST_CASE("dns-wrong: a call turns to the next server of its list") {
    Design design = named(2, {{0}});
    design.faults = {wrong(0, kSecond)};
    design.phones[0].calls.first = CallFirst::primary;
    dial_at(design, 5 * kSecond);
    Run run(design);
    run.until(100 * kSecond);
    CHECK(run.observed(Notice::answered).size() == 1);
    CHECK(run.observed(Notice::invites).size() == 2);
}

TEST_CASE("dns-wrong: keep-alives follow the last REGISTER") {
    Design design = by_name(changed(10 * kSecond));
    design.phones[0].flow.keep_alive = {.method = KeepAliveMethod::options,
                                        .every = sim::exactly(20 * kSecond)};
    Run run(design);
    run.until(60 * kSecond);
    CHECK(run.observed(Notice::flow_fails) == Instants{52'050});
}

TEST_CASE("realm: without an account for it no challenge is answered (RFC 3261 22.1)") {
    Run run(in_realms(30 * kSecond, 60 * kSecond, {"old"}));
    run.until(200 * kSecond);
    // The refresh has the credentials that the phone knows; they are for no realm of the server.
    CHECK(run.observed(Notice::registered).front() == 40);
    CHECK(run.observed(Notice::denied).front() == 60'060);
    CHECK_FALSE(run.observed(Notice::registered).size() == 1);
    CHECK(run.observed(Notice::registered)[1] > 90'000);
}

TEST_CASE("realm: a phone that has an account for it takes one round trip more, and no offence") {
    for (const NewNonce rule : {NewNonce::accepted, NewNonce::if_stale, NewNonce::never}) {
        Design design = in_realms(30 * kSecond, 60 * kSecond, {"old", "new"});
        design.phones[0].credentials.rules.new_nonce = rule;
        Run run(design);
        run.until(150 * kSecond);
        CHECK(run.observed(Notice::registered) == Instants{40, 60'080, 120'120});
        CHECK(run.observed(Notice::denied).empty());
        CHECK(run.observed(Notice::misjudged).empty());
    }
}

TEST_CASE("realm: a challenge that was under way is of the realm from before") {
    // The 401 leaves at 10, and is answered at 20; the answer meets the other realm.
    Run run(in_realms(15, 60 * kSecond, {"old", "new"}));
    run.until(kSecond);
    CHECK(run.requests(Method::register_) == Instants{0, 20, 40});
    CHECK(run.observed(Notice::registered) == Instants{60});
}

TEST_CASE("realm: INVITEs are challenged in it, too") {
    for (const bool knows : {true, false}) {
        Design design = knows ? in_realms(0, 60 * kSecond, {"old", "new"})
                              : in_realms(0, 60 * kSecond, {"old"});
        dial_at(design, 5 * kSecond);
        Run run(design);
        run.until(10 * kSecond);
        CHECK(run.observed(Notice::answered).size() == (knows ? 1U : 0U));
        CHECK(run.observed(Notice::call_denied).size() == (knows ? 0U : 1U));
        CHECK(run.sip().reachable(run.state(), 0, 0) == knows);
        CHECK(run.sip().up(run.state(), 0));
    }
}

}  // namespace failback::tests::model_records_test
