// Phones that get another address, connections that are half open, and faults that wait for a
// phone.
#include <catch2/catch.hpp>

#include "tests/run_fixture.hpp"

namespace failback::tests::model_moves_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

constexpr DelayMs kSecond = 1000;

Fault moving(DelayMs at) {
    Fault fault;
    fault.name = "network";
    fault.kind = FaultKind::move;
    fault.phone = 0;
    fault.at = sim::exactly(at);
    return fault;
}

Fault half_open(DelayMs at, bool resets = false) {
    Fault fault = moving(at);
    fault.kind = FaultKind::half_open;
    fault.server = 0;
    fault.resets = resets;
    return fault;
}

Design moves_at(DelayMs at, AfterMove after = {}) {
    Design design = design_with(1);
    design.phones[0].expires = 600 * kSecond;
    design.phones[0].after_move = after;
    design.faults.push_back(moving(at));
    return design;
}

// TCP, a registration of 600 s, and a connection that is half open from 100 s on.
Design dead_at_100(bool resets = false) {
    Design design = design_with(1);
    design.phones[0].transport = Transport::tcp;
    design.phones[0].expires = 600 * kSecond;
    design.phones[0].flow.gives_up = sim::exactly(900 * kSecond);
    design.faults.push_back(half_open(100 * kSecond, resets));
    return design;
}

void keep_alive(Design& design, bool answered) {
    design.phones[0].flow.keep_alive = {.method = KeepAliveMethod::crlf,
                                        .every = sim::exactly(95 * kSecond),
                                        .answered = answered};
}

bool is_ping(const Event& event) {
    return event.kind == EventKind::message_to_server && event.method == Method::keep_alive;
}

}  // namespace

TEST_CASE("move: the old binding stays for its lifetime, beside the new one (RFC 3261 10.3)") {
    Run run(moves_at(100 * kSecond));
    run.until(100 * kSecond);
    CHECK(run.requests(Method::register_) == Instants{0, 100'000});
    CHECK(run.usage(0).believes == 1);
    CHECK_FALSE(run.sip().bound(run.state(), 0));
    CHECK(run.sip().ghost(run.state(), 0));
    run.until(101 * kSecond);
    CHECK(run.sip().bound(run.state(), 0));
    CHECK(run.sip().ghost(run.state(), 0));
    CHECK(run.observed(Notice::lapses).empty());
    run.until(600'009);
    CHECK(run.sip().ghost(run.state(), 0));
    run.until(600'010);
    CHECK_FALSE(run.sip().ghost(run.state(), 0));
    CHECK(run.sip().bound(run.state(), 0));
}

TEST_CASE("move: an instance-id, or expires=0 for the old contact, takes its place (RFC 5626 6)") {
    Run run(moves_at(100 * kSecond, {.replaces = true}));
    run.until(101 * kSecond);
    CHECK(run.sip().bound(run.state(), 0));
    CHECK_FALSE(run.sip().ghost(run.state(), 0));
}

TEST_CASE("move: a phone that does not register at once does so with its refresh") {
    Run run(moves_at(100 * kSecond, {.registers_at_once = false}));
    run.until(540'000);
    CHECK(run.requests(Method::register_) == Instants{0});
    CHECK_FALSE(run.sip().bound(run.state(), 0));
    run.until(541'000);
    CHECK(run.requests(Method::register_) == Instants{0, 540'020});
    CHECK(run.sip().bound(run.state(), 0));
}

TEST_CASE("move: the answer goes to the old address, and the request is sent anew from the new") {
    for (const bool at_once : {true, false}) {
        Run run(moves_at(15, {.registers_at_once = at_once}));
        run.until(kSecond);
        CHECK(run.requests(Method::register_) == Instants{0, 15});
        CHECK(run.observed(Notice::accepted) == Instants{10, 25});
        CHECK(run.observed(Notice::registered) == Instants{35});
    }
}

TEST_CASE("move: what is not registered waits for its next attempt") {
    Design design = moves_at(40 * kSecond);
    design.faults.push_back(crash(0, 0, 50 * kSecond));
    Run run(design);
    run.until(70 * kSecond);
    CHECK(run.observed(Notice::registered) == Instants{62'020});
    CHECK_FALSE(run.sip().ghost(run.state(), 0));
}

TEST_CASE("move: subscriptions begin anew, from the new address") {
    Design design = moves_at(100 * kSecond);
    design.phones[0].subscription.to = SubscribeTo::primary;
    design.phones[0].subscription.timer_n = 32 * kSecond;
    Run run(design);
    run.until(101 * kSecond);
    CHECK(run.requests(Method::subscribe) == Instants{20, 100'000});
    CHECK(run.usage(1).believes == 1);
}

TEST_CASE("move: a call that is placed ends as its address does") {
    Design design = moves_at(100 * kSecond);
    design.faults.push_back(unreachable(0, 98 * kSecond, kSecond, Direction::to_phone));
    dial_at(design, 99 * kSecond - 20);
    Run run(design);
    run.until(105 * kSecond);
    CHECK(run.state().calls[0].calling == 0);
}

TEST_CASE("move: copies of an INVITE go to the old address, and later calls to the new one") {
    Design design = moves_at(100 * kSecond);
    design.faults.push_back(unreachable(0, 99'500, 200, Direction::to_phone));
    design.incoming.push_back({});
    design.incoming[0].at = sim::exactly(99'600);
    design.incoming[0].count = 2;
    design.incoming[0].rings = sim::exactly(kSecond);
    Run run(design);
    run.until(140 * kSecond);
    CHECK(run.observed(Notice::unheard) == Instants{131'600});
    CHECK(run.observed(Notice::rings).empty());
    run.until(300 * kSecond);
    CHECK(run.observed(Notice::rings) == Instants{231'210});
}

TEST_CASE("half open: in silence each refresh goes unanswered until TCP gives up") {
    Run run(dead_at_100());
    run.until(100 * kSecond);
    CHECK(run.usage(0).believes == 1);
    CHECK_FALSE(run.sip().inbound(run.state(), 0));
    run.until(1500 * kSecond);
    // Refreshed 60 s before the end, Timer F 32 s, waits of 30 s. TCP gives up 900 s after 540 020.
    const Instants requests = run.requests(Method::register_);
    REQUIRE(requests.size() == 17);
    CHECK(requests[1] == 540'020);
    CHECK(requests[2] == 602'020);
    CHECK(run.observed(Notice::registered).size() == 2);
    CHECK(run.observed(Notice::registered).back() == requests.back() + 20);
    CHECK(run.observed(Notice::lapses) == Instants{572'020});
    CHECK(run.sip().inbound(run.state(), 0));
}

TEST_CASE("half open: an error of TCP ends the request that is open (RFC 3261 8.1.3.1)") {
    Design design = dead_at_100();
    design.phones[0].flow.gives_up = sim::exactly(10 * kSecond);
    Run run(design);
    run.until(700 * kSecond);
    CHECK(run.observed(Notice::refused) == Instants{550'020});
    CHECK(run.requests(Method::register_) == Instants{0, 540'020, 580'020});
    CHECK(run.observed(Notice::registered) == Instants{20, 580'040});
}

TEST_CASE("half open: a phone that closes what is not answered connects anew") {
    Design design = dead_at_100();
    design.phones[0].flow.closes_unanswered = true;
    Run run(design);
    run.until(700 * kSecond);
    CHECK(run.requests(Method::register_) == Instants{0, 540'020, 602'020});
    CHECK(run.observed(Notice::registered) == Instants{20, 602'040});
}

TEST_CASE("half open: a pong that is missing for ten seconds tells (RFC 5626 4.4.1)") {
    Design design = dead_at_100();
    keep_alive(design, true);
    Run run(design);
    run.until(250 * kSecond);
    CHECK(run.sent(is_ping) == Instants{95'020, 190'020});
    CHECK(run.observed(Notice::flow_fails) == Instants{200'020});
    CHECK(run.observed(Notice::registered) == Instants{20, 200'040});
    CHECK(run.observed(Notice::lapses).empty());
    CHECK(run.sip().inbound(run.state(), 0));
}

TEST_CASE("half open: keep-alives without an answer find it when TCP gives up") {
    Design design = dead_at_100();
    keep_alive(design, false);
    design.phones[0].flow.gives_up = sim::exactly(120 * kSecond);
    Run run(design);
    run.until(400 * kSecond);
    CHECK(run.observed(Notice::flow_fails) == Instants{310'020});  // 190 020, and 120 s
    CHECK(run.observed(Notice::registered) == Instants{20, 310'040});
}

TEST_CASE("half open: a reset answers the first byte after the server has forgotten") {
    Design design = dead_at_100(true);
    keep_alive(design, false);
    Run run(design);
    run.until(100 * kSecond);
    CHECK_FALSE(run.sip().inbound(run.state(), 0));
    run.until(250 * kSecond);
    CHECK(run.observed(Notice::flow_fails) == Instants{190'040});
    CHECK(run.observed(Notice::registered) == Instants{20, 190'060});
    Run without(dead_at_100(true));  // what it sends next goes over a new connection
    without.until(700 * kSecond);
    CHECK(without.observed(Notice::registered) == Instants{20, 540'040});
}

TEST_CASE("half open: an answer under way is lost, and a restart of the phone ends it") {
    Design design = dead_at_100();
    design.faults[0].at = sim::exactly(15);
    design.faults.push_back(restart(20 * kSecond, kSecond));
    Run run(design);
    run.until(30 * kSecond);
    CHECK(run.observed(Notice::accepted) == Instants{10, 21'010});
    CHECK(run.observed(Notice::registered) == Instants{21'020});
}

TEST_CASE("half open: without a connection there is none to die") {
    Design design = dead_at_100();
    design.phones[0].boot = sim::exactly(200 * kSecond);
    Run run(design);
    run.until(300 * kSecond);
    CHECK(run.observed(Notice::registered) == Instants{200'020});
    CHECK(run.sip().inbound(run.state(), 0));
}

TEST_CASE("after: a fault counts from the first time that a line is registered") {
    Design design = design_with(1);
    design.phones[0].boot = sim::exactly(5 * kSecond);
    design.phones[0].expires = 120 * kSecond;
    design.faults.push_back(crash(0, 10 * kSecond, kSecond));
    design.faults[0].count = 2;
    design.faults[0].after_event = {0, 0, 0};
    Run run(design);
    run.until(300 * kSecond);
    // Refreshes do not count; the second time is 10 s after the end of the first.
    CHECK(run.observed(Notice::fails) == Instants{15'020, 26'020});
}

TEST_CASE("after: what no line registers for does not strike, nor what comes after that") {
    Design design = design_with(2);
    design.faults.push_back(crash(0, 0, 7200 * kSecond));
    design.faults.push_back(crash(1, 10 * kSecond, kSecond));
    design.faults[1].after_event = {0, 0, 0};
    design.faults.push_back(unreachable(1, 10 * kSecond, kSecond));
    design.faults[2].after = 1;
    Run run(design);
    run.until(600 * kSecond);
    CHECK(run.observed(Notice::fails) == Instants{0});
}

TEST_CASE("after: a move that waits changes no address before") {
    Design design = design_with(1);
    design.faults.push_back(moving(10 * kSecond));
    design.faults[0].after_event = {0, 0, 0};
    Run run(design);
    run.until(20 * kSecond);
    CHECK(run.observed(Notice::registered) == Instants{20, 10'040});
}

TEST_CASE("credentials: a server may answer a wrong password with 403, once the nonce is good") {
    Design design = design_with(1);
    Authentication& policy = design.servers[0].authentication;
    policy.of_register = policy.forbids_wrong = true;
    Fault fault = crash(0, 0, 60 * kSecond);
    fault.kind = FaultKind::credentials;
    design.faults.push_back(fault);
    Run run(design);
    run.until(100 * kSecond);
    // 401 to the one without credentials, 403 to the next ones, with the nonce that it has.
    CHECK(run.requests(Method::register_) == Instants{0, 20, 30'040, 60'060});
    CHECK(run.observed(Notice::denied).empty());
    CHECK(run.observed(Notice::refused) == Instants{40, 30'060});
    CHECK(run.observed(Notice::registered) == Instants{60'080});
}

}  // namespace failback::tests::model_moves_test
