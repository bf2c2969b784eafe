// Names whose records change to other servers: who turns to them, and when.
#include <catch2/catch.hpp>

#include "tests/later_fixture.hpp"

namespace failback::tests::model_later_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

constexpr DelayMs kSecond = 1000;

// One registration at a time, for 600 s, refreshed 60 s before the end; a look-up takes 30 ms.
Design moving_at(DelayMs at, DelayMs ttl, std::size_t count = 1,
                 std::vector<std::size_t> later = {1}) {
    Design design = named(2, {{0, 1}});
    Phone& phone = design.phones[0];
    phone.registration.order = Order::successive;
    phone.failback = {FailbackRule::stay};
    phone.expires = 600 * kSecond;
    design.dns.records[0].ttl = ttl;
    change_to(design, count, std::move(later), sim::exactly(at));
    return design;
}

Instants requests_to(const Run& run, std::uint8_t usage) {
    return run.sent([usage](const Event& event) {
        return event.kind == EventKind::message_to_server && event.index == usage &&
               event.method == Method::register_;
    });
}

}  // namespace

TEST_CASE("later: a record that is over is looked up for the refresh, which goes elsewhere") {
    Run run(moving_at(100 * kSecond, 60 * kSecond));
    run.until(540'049);
    CHECK(requests_to(run, 0) == Instants{30});
    CHECK(run.sip().working(run.state(), 0) == 0);
    run.until(541'000);
    CHECK(requests_to(run, 0) == Instants{30});
    CHECK(requests_to(run, 1) == Instants{540'080});
    CHECK(run.observed(Notice::registered, 1) == Instants{540'100});
    CHECK(run.sip().working(run.state(), 0) == 1);
    CHECK(run.sip().bound(run.state(), 0));  // it is left to its end
    run.until(601'000);
    CHECK_FALSE(run.sip().bound(run.state(), 0));
    CHECK(run.observed(Notice::lapses).empty());
}

TEST_CASE("later: as long as the record lives the old server is asked (RFC 1035 3.2.1)") {
    Run run(moving_at(100 * kSecond, 700 * kSecond));
    run.until(1200 * kSecond);
    CHECK(requests_to(run, 0) == Instants{30, 540'050});
    CHECK(requests_to(run, 1).size() == 1);
    CHECK(run.observed(Notice::registered, 1).front() > 1'000'000);
}

TEST_CASE("later: a phone that boots after the change asks the new server at once") {
    Design design = moving_at(0, 60 * kSecond);
    design.phones[0].boot = sim::exactly(5 * kSecond);
    Run run(design);
    run.until(10 * kSecond);
    CHECK(requests_to(run, 0).empty());
    CHECK(requests_to(run, 1) == Instants{5030});
}

TEST_CASE("later: the answer to the query for servers counts, when it was sent") {
    // NAPTR until 10, SRV until 20, addresses until 30 ms.
    for (const auto& [at, entry] : {std::pair<DelayMs, std::uint8_t>{9, 1}, {11, 0}}) {
        Run run(moving_at(at, 60 * kSecond));
        run.until(kSecond);
        CHECK(requests_to(run, entry) == Instants{30});
    }
}

TEST_CASE("later: when the old server is down, the phone looks the name up to try again") {
    Design design = moving_at(100 * kSecond, 60 * kSecond);
    design.faults.push_back(crash(0, 500 * kSecond, 7200 * kSecond));
    Run run(design);
    run.until(700 * kSecond);
    CHECK(run.observed(Notice::registered, 1) == Instants{540'100});
    CHECK(run.observed(Notice::unanswered).empty());
    Design fresh = moving_at(100 * kSecond, 560 * kSecond);
    fresh.faults.push_back(crash(0, 500 * kSecond, 7200 * kSecond));
    Run late(fresh);
    late.until(900 * kSecond);
    CHECK(late.observed(Notice::unanswered, 0) == Instants{572'050});
    CHECK(requests_to(late, 1) == Instants{602'080});
}

TEST_CASE("later: another order, where the phone stays with the server that granted") {
    Run run(moving_at(100 * kSecond, 60 * kSecond, 2, {1, 0}));
    run.until(1000 * kSecond);
    CHECK(requests_to(run, 0) == Instants{30, 540'080});  // RFC 3261 10.2.4
    CHECK(requests_to(run, 1).empty());
    Design design = moving_at(100 * kSecond, 60 * kSecond, 2, {1, 0});
    design.phones[0].failback = {FailbackRule::at_refresh};
    Run returning(design);
    returning.until(1000 * kSecond);
    CHECK(requests_to(returning, 0) == Instants{30, 540'080});
    design.phones[0].boot = sim::exactly(200 * kSecond);
    Run booting(design);
    booting.until(300 * kSecond);
    CHECK(requests_to(booting, 0).empty());
    CHECK(requests_to(booting, 1) == Instants{200'030});
}

TEST_CASE("later: a server that is left out is not tried any more") {
    Design design = moving_at(100 * kSecond, 60 * kSecond, 2, {1});
    design.faults.push_back(crash(1, 500 * kSecond, 7200 * kSecond));
    Run run(design);
    run.until(2000 * kSecond);
    CHECK(requests_to(run, 0) == Instants{30});
    CHECK(run.sip().working(run.state(), 0) == kNoEntry);
    CHECK(run.observed(Notice::lapses, 0) == Instants{600'050});
}

TEST_CASE("later: a name beside another server, of which the phone has a registration, too") {
    Design design = named(3, {{0, 1}});
    design.phones[0].expires = 600 * kSecond;
    design.dns.records[0].ttl = 60 * kSecond;
    change_to(design, 1, {1}, sim::exactly(100 * kSecond));
    Run run(design);
    run.until(541 * kSecond);
    CHECK(run.observed(Notice::registered, 1) == Instants{540'100});
    CHECK(run.sip().working(run.state(), 0) == 1);
    CHECK(run.usage(0).believes == 0);
    CHECK(run.usage(2).believes == 1);
}

TEST_CASE("later: a restart forgets which servers the name had") {
    Design design = moving_at(100 * kSecond, 6000 * kSecond);
    design.faults.push_back(restart(200 * kSecond, kSecond));
    Run run(design);
    run.until(300 * kSecond);
    CHECK(requests_to(run, 1) == Instants{201'030});
    CHECK(run.sip().working(run.state(), 0) == 1);
}

}  // namespace failback::tests::model_later_test
