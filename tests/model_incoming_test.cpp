// Calls that come in, callees who ring, and registrations that are forgotten as calls fail over.
#include <catch2/catch.hpp>

#include "tests/run_fixture.hpp"

namespace failback::tests::model_incoming_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

constexpr DelayMs kSecond = 1000;

// A call for the line comes in at the first server, and rings for 2 s.
Design called_at(DelayMs at, std::size_t servers = 1) {
    Design design = design_with(servers);
    design.incoming.push_back({0, 0, 0, 1, sim::exactly(at), sim::exactly(2 * kSecond), {}});
    return design;
}

// Requests to the first server get lost from 0.5 s to 20.5 s. A call fails over at 8.5 s, and the
// phone forgets.
Design forgetting(StrangeCalls strange_calls, DelayMs called) {
    Design design = called_at(called, 2);
    design.phones[0].failover = {true, true, strange_calls};
    design.phones[0].failback = {FailbackRule::after, 120 * kSecond, 0, 0};
    design.faults.push_back(unreachable(0, 500, 20 * kSecond, Direction::to_server));
    dial_at(design, 1000);
    return design;
}

Instants offers_sent(const Run& run) {
    return run.sent([](const Event& event) {
        return event.method == Method::offer && event.status == Status::none;
    });
}

Instants responses_sent(const Run& run, Status status) {
    return run.sent([status](const Event& event) {
        return event.method == Method::offer && event.status == status;
    });
}

}  // namespace

TEST_CASE("incoming: the server offers the call, the phone rings, and its user answers") {
    Run run(called_at(1000));
    run.until(100 * kSecond);
    CHECK(run.observed(Notice::offers) == Instants{1000});
    CHECK(offers_sent(run) == Instants{1000});  // the 180 ends Timer A
    CHECK(run.observed(Notice::rings) == Instants{1010});
    CHECK(run.observed(Notice::responds) == Instants{1020});
    CHECK(responses_sent(run, Status::ok_200) == Instants{3010});
    CHECK(run.state().incoming[0].phone == IncomingCall::Phone::confirmed);
    CHECK(run.state().incoming[0].offer == IncomingCall::Offer::none);
}

TEST_CASE("incoming: without a binding the caller is told at once") {
    Run run(called_at(5));  // the REGISTER is under way
    run.until(100 * kSecond);
    CHECK(run.observed(Notice::unavailable) == Instants{5});
    CHECK(offers_sent(run).empty());
}

TEST_CASE("incoming: Timers A and B of an offer that nobody hears (RFC 3261 17.1.1.2)") {
    Design design = called_at(1000);
    design.faults.push_back(unreachable(0, 500, 100 * kSecond, Direction::to_phone));
    Run run(design);
    run.until(100 * kSecond);
    CHECK(offers_sent(run) == Instants{1000, 1500, 2500, 4500, 8500, 16'500, 32'500});
    CHECK(run.observed(Notice::unheard) == Instants{33 * kSecond});
    CHECK(run.observed(Notice::rings).empty());
}

TEST_CASE("incoming: over TCP the offer is sent once") {
    Design design = called_at(1000);
    design.phones[0].transport = Transport::tcp;
    design.faults.push_back(unreachable(0, 500, 100 * kSecond, Direction::to_phone));
    Run run(design);
    run.until(100 * kSecond);
    CHECK(offers_sent(run) == Instants{1000});
    CHECK(run.observed(Notice::unheard) == Instants{33 * kSecond});
}

TEST_CASE("incoming: a phone that cannot answer rings, and the server hears nothing") {
    Design design = called_at(1000);
    design.faults.push_back(unreachable(0, 500, 100 * kSecond, Direction::to_server));
    Run run(design);
    run.until(100 * kSecond);
    CHECK(run.observed(Notice::rings) == Instants{1010});
    CHECK(run.observed(Notice::unheard) == Instants{33 * kSecond});
    // The 200 is repeated for 64*T1, in vain.
    CHECK(responses_sent(run, Status::ok_200).size() == 11);
}

TEST_CASE("incoming: a server that is down or under maintenance offers nothing") {
    Design design = called_at(1000);
    design.faults.push_back(crash(0, 500, 2000));
    SECTION("down") {}
    SECTION("maintenance") { design.faults[0].kind = FaultKind::maintenance; }
    Run run(design);
    run.until(100 * kSecond);
    CHECK(run.observed(Notice::offers).empty());
    CHECK(run.observed(Notice::unavailable).empty());
    CHECK(run.state().incoming[0].calls_left == 0);
}

TEST_CASE("incoming: a crash forgets the offer, and nobody acknowledges the 200") {
    Design design = called_at(1000);
    design.faults.push_back(crash(0, 2000, 500));
    Run run(design);
    run.until(100 * kSecond);
    CHECK(run.observed(Notice::responds) == Instants{1020});
    CHECK(responses_sent(run, Status::ok_200).size() == 11);
    CHECK(run.state().incoming[0].offer == IncomingCall::Offer::none);
}

TEST_CASE("incoming: a phone that restarts forgets that it rings, and the caller waits") {
    Design design = called_at(1000);
    design.faults.push_back(restart(2000, 10 * kSecond));
    Run run(design);
    run.until(100 * kSecond);
    CHECK(responses_sent(run, Status::ok_200).empty());
    CHECK(run.state().incoming[0].offer == IncomingCall::Offer::alerting);
}

TEST_CASE("incoming: a binding of an old contact leads to nobody") {
    Design design = called_at(50 * kSecond);
    design.phones[0].after_restart.new_contact = true;
    design.faults.push_back(restart(10 * kSecond, 100 * kSecond));
    Run run(design);
    run.until(100 * kSecond);
    CHECK(run.observed(Notice::offers) == Instants{50 * kSecond});
    CHECK(offers_sent(run).empty());
    CHECK(run.observed(Notice::unheard) == Instants{82 * kSecond});
}

TEST_CASE("incoming: the next call comes after the end of the one before") {
    Design design = called_at(1000);
    design.incoming[0].count = 2;
    Run run(design);
    run.until(100 * kSecond);
    CHECK(run.observed(Notice::offers) == Instants{1000, 3020 + 1000});
}

TEST_CASE("failover: a registration is forgotten without a word, and tried again in time") {
    Run run(forgetting(StrangeCalls::ignored, 30 * kSecond));
    run.until(60 * kSecond);
    CHECK(run.observed(Notice::leaves) == Instants{8500});
    CHECK(run.state().lines[0].working == 1);
    CHECK(run.usage(0).forgotten == 1);
    CHECK(run.sip().bound(run.state(), 0));  // the server does not know
    run.until(200 * kSecond);
    CHECK(run.usage(0).believes == 1);
    CHECK(run.usage(0).forgotten == 0);
    CHECK(run.state().lines[0].working == 0);
    CHECK(run.observed(Notice::registered, 0) == Instants{20, 8500 + 120'000 + 20});
}

TEST_CASE("failover: what a phone makes of calls from a server that it has forgotten") {
    SECTION("nothing: the server is left in silence") {
        Run run(forgetting(StrangeCalls::ignored, 30 * kSecond));
        run.until(100 * kSecond);
        CHECK(run.observed(Notice::rings).empty());
        CHECK(run.observed(Notice::unheard) == Instants{62 * kSecond});
    }
    SECTION("it refuses") {
        Run run(forgetting(StrangeCalls::refused, 30 * kSecond));
        run.until(100 * kSecond);
        CHECK(run.observed(Notice::rejects) == Instants{30'010});
        CHECK(run.observed(Notice::responds) == Instants{30'020});
        CHECK(responses_sent(run, Status::forbidden_403) == Instants{30'010});
    }
    SECTION("it takes them") {
        Run run(forgetting(StrangeCalls::taken, 30 * kSecond));
        run.until(100 * kSecond);
        CHECK(run.observed(Notice::rings) == Instants{30'010});
    }
    SECTION("a copy finds it registered again") {
        Run run(forgetting(StrangeCalls::ignored, 128 * kSecond));
        run.until(200 * kSecond);
        CHECK(run.observed(Notice::rings) == Instants{128'000 + 1500 + 10});
    }
}

TEST_CASE("failover: with `stay` it is tried again when no other server is left") {
    Design design = forgetting(StrangeCalls::taken, 30 * kSecond);
    design.phones[0].failback = {FailbackRule::stay, 0, 0, 0};
    design.phones[0].expires = 120 * kSecond;  // refreshed after 60 s, given up after 92 s
    design.faults.push_back(crash(1, 30 * kSecond, 600 * kSecond));
    Run run(design);
    run.until(300 * kSecond);
    CHECK(run.observed(Notice::registered, 0)[1] == 60'020 + 32'000 + 20);
    CHECK(run.state().lines[0].working == 0);
}

TEST_CASE("failover: a restart of the phone ends the forgetting") {
    Design design = forgetting(StrangeCalls::taken, 30 * kSecond);
    design.faults.push_back(restart(40 * kSecond, 10 * kSecond));
    Run run(design);
    run.until(60 * kSecond);
    CHECK(run.usage(0).forgotten == 0);
    CHECK(run.observed(Notice::boots, 0) == Instants{0, 50 * kSecond});
    CHECK(run.state().lines[0].working == 0);
}

TEST_CASE("failover: calls to registered servers only, and none without a registration") {
    Design design = design_with(2);
    design.phones[0].servers[0].registers = false;
    dial_at(design, 1000);
    SECTION("only the second one is registered with") {
        design.phones[0].failover.only_registered = true;
        design.phones[0].calls.first = CallFirst::primary;
        design.faults.push_back(crash(1, 500, 100 * kSecond));
        Run run(design);
        run.until(100 * kSecond);
        CHECK(run.observed(Notice::invites) == Instants{1000});
        CHECK(run.observed(Notice::call_fails) == Instants{33 * kSecond});  // all of Timer B
    }
    SECTION("none is, and the phone does not call") {
        design.phones[0].servers[1].registers = false;
        design.phones[0].calls.unregistered = false;
        Run run(design);
        run.until(100 * kSecond);
        CHECK(run.observed(Notice::call_fails) == Instants{1000});
        CHECK(run.requests(Method::invite).empty());
    }
}

TEST_CASE("callee: a call that rings stays with its server (RFC 3263 4.3)") {
    Design design = design_with(2);
    dial_at(design, 1000);
    design.calls[0].callee = {true, sim::exactly(20 * kSecond), false};
    SECTION("it waits for the answer") {
        Run run(design);
        run.until(100 * kSecond);
        CHECK(run.requests(Method::invite) == Instants{1000});
        CHECK(run.observed(Notice::proceeds) == Instants{1020});
        CHECK(run.observed(Notice::answers) == Instants{21'010});
        CHECK(run.observed(Notice::answered) == Instants{21'020});
        CHECK(run.requests(Method::cancel).empty());
    }
    SECTION("a callee who is busy ends the attempt") {
        design.calls[0].callee.is_busy = true;
        Run run(design);
        run.until(100 * kSecond);
        CHECK(run.observed(Notice::declined) == Instants{21'020});
        CHECK(run.observed(Notice::invites) == Instants{1000});
        CHECK(run.requests(Method::ack) == Instants{21'020});
        CHECK(run.observed(Notice::answers).empty());
    }
    SECTION("unless the phone does not heed it") {
        design.phones[0].calls.heeds_provisional = false;
        Run run(design);
        run.until(100 * kSecond);
        CHECK(run.observed(Notice::invites) == Instants{1000, 8500});
        CHECK(run.requests(Method::cancel) == Instants{8500});
        CHECK(run.observed(Notice::answered) == Instants{28'520});
    }
}

TEST_CASE("callee: a server that was given up and rings late is cancelled (RFC 3261 9.1)") {
    Design design = design_with(2);
    design.links.push_back({0, 0, sim::exactly(10), sim::exactly(7600), {}});
    dial_at(design, 0);
    design.calls[0].callee = {true, sim::exactly(20 * kSecond), false};
    Run run(design);
    run.until(100 * kSecond);
    CHECK(run.observed(Notice::invites) == Instants{0, 7500});
    CHECK(run.observed(Notice::alerts) == Instants{10, 7510});
    CHECK(run.requests(Method::cancel).size() == 4);  // one for each 180
    CHECK(run.state().call_servers[0].final == Status::terminated_487);
    CHECK(run.observed(Notice::answers) == Instants{27'510});
}

TEST_CASE("callee: with `timer-b` each server is given the whole of Timer B") {
    Design design = design_with(2);
    design.phones[0].calls.first = CallFirst::primary;
    design.phones[0].calls.give_up = GiveUp::timer_b;
    design.phones[0].timers.timer_b = 3700;
    design.faults.push_back(crash(0, 0, 100 * kSecond));
    dial_at(design, 1000);
    Run run(design);
    run.until(100 * kSecond);
    CHECK(run.requests(Method::invite) == Instants{1000, 1500, 2500, 4500, 4700});
}

}  // namespace failback::tests::model_incoming_test
