// The flows between phones and servers: keep-alives of RFC 5626 4.4, NATs, and ports that age.
#include <catch2/catch.hpp>

#include "tests/run_fixture.hpp"

namespace failback::tests::model_flow_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

constexpr DelayMs kSecond = 1000;

// One registration of an hour that is granted after 20 ms, with keep-alives every 30 s.
Design keeping(KeepAliveMethod method) {
    Design design = design_with(1);
    KeepAlive& rules = design.phones[0].flow.keep_alive;
    rules.method = method;
    rules.every = sim::exactly(30 * kSecond);
    return design;
}

Design behind_nat(KeepAliveMethod method, DelayMs lifetime) {
    Design design = keeping(method);
    design.phones[0].flow.nat = sim::exactly(lifetime);
    return design;
}

bool is_ping(const Event& event) {
    return event.kind == EventKind::message_to_server && event.method == Method::keep_alive;
}

bool is_register(const Event& event) {
    return event.kind == EventKind::message_to_server && event.method == Method::register_;
}

Instants seen(const Run& run, Notice notice) {
    Instants instants;
    for (const Run::Step& step : run.steps()) {
        for (const Observation& observation : step.log.observations) {
            if (observation.notice == notice) {
                instants.push_back(step.at);
            }
        }
    }
    return instants;
}

Fault rebinding(DelayMs at) {
    Fault fault;
    fault.name = "router";
    fault.kind = FaultKind::rebinding;
    fault.phone = 0;
    fault.at = sim::exactly(at);
    return fault;
}

}  // namespace

TEST_CASE("flow: keep-alives follow each other from the grant on") {
    Run run(keeping(KeepAliveMethod::options));
    run.until(100 * kSecond);
    CHECK(run.sent(is_ping) == Instants{30'020, 60'020, 90'020});
    CHECK(seen(run, Notice::flow_fails).empty());
}

TEST_CASE("flow: empty messages over UDP are left out where there is no NAT") {
    Run run(keeping(KeepAliveMethod::crlf));
    run.until(100 * kSecond);
    CHECK(run.sent(is_ping).empty());
}

// RFC 5389 7.2.1: requests after 0, 1, 3, 7, 15, 31 and 63 RTO, and failure after 79.
TEST_CASE("flow: STUN is sent seven times, and then the phone registers again") {
    Design design = keeping(KeepAliveMethod::stun);
    design.faults.push_back(crash(0, 10 * kSecond, 7200 * kSecond));
    Run run(design);
    run.until(70 * kSecond);
    CHECK(run.sent(is_ping) == Instants{30'020, 30'520, 31'520, 33'520, 37'520, 45'520, 61'520});
    CHECK(seen(run, Notice::flow_fails) == Instants{69'520});
    CHECK(run.sent(is_register) == Instants{0, 69'520});
    CHECK(run.usage(0).believes == 1);  // until that fails
    run.until(110 * kSecond);
    CHECK(seen(run, Notice::lapses) == Instants{101'520});
    CHECK(run.sent(is_ping).size() == 7);
}

TEST_CASE("flow: OPTIONS are repeated as any request, and as many may be lost as the phone says") {
    Design design = keeping(KeepAliveMethod::options);
    design.phones[0].flow.keep_alive.max_lost = 2;
    design.faults.push_back(crash(0, 10 * kSecond, 7200 * kSecond));
    Run run(design);
    run.until(35 * kSecond);
    CHECK(run.sent(is_ping) == Instants{30'020, 30'520, 31'520, 33'520});
    run.until(62'020);  // the next one was due two seconds before
    CHECK(run.sent(is_ping).back() == 62'020);
    CHECK(seen(run, Notice::flow_fails).empty());
    run.until(94'020);
    CHECK(seen(run, Notice::flow_fails) == Instants{94'020});
}

TEST_CASE("flow: a pong is expected within ten seconds") {
    Design design = keeping(KeepAliveMethod::crlf);
    design.phones[0].transport = Transport::tcp;
    design.phones[0].flow.keep_alive.answered = true;
    design.phones[0].flow.keep_alive.every = {95 * kSecond, 120 * kSecond};
    design.faults.push_back(unreachable(0, 100 * kSecond, 7200 * kSecond));
    Run run(design);
    run.until(250 * kSecond);
    CHECK(run.sent(is_ping) == Instants{95'020, 190'020});
    CHECK(seen(run, Notice::flow_fails) == Instants{200'020});
}

TEST_CASE("flow: a closed port is a flow that failed, if the phone hears of it") {
    for (const TransportErrors hears : {TransportErrors::fail_attempt, TransportErrors::ignored}) {
        Design design = keeping(KeepAliveMethod::stun);
        design.phones[0].refusals.transport_errors = hears;
        design.faults.push_back(crash(0, 10 * kSecond, 7200 * kSecond));
        design.faults[0].kind = FaultKind::refusal;
        Run run(design);
        run.until(35 * kSecond);
        const bool failed = hears == TransportErrors::fail_attempt;
        CHECK(seen(run, Notice::flow_fails) == (failed ? Instants{30'040} : Instants{}));
    }
}

TEST_CASE("flow: a NAT forgets a silent phone, and its binding leads nowhere") {
    Run run(behind_nat(KeepAliveMethod::crlf, 25 * kSecond));
    run.until(20);
    CHECK(run.sip().inbound(run.state(), 0));
    run.until(24'999);
    CHECK(run.sip().inbound(run.state(), 0));
    run.until(25'000);
    CHECK_FALSE(run.sip().inbound(run.state(), 0));
    run.until(31 * kSecond);  // a keep-alive has passed through a new mapping
    CHECK_FALSE(run.sip().inbound(run.state(), 0));
    run.until(3'541 * kSecond);  // the refresh
    CHECK(run.sip().inbound(run.state(), 0));
}

TEST_CASE("flow: keep-alives keep the mapping") {
    Run run(behind_nat(KeepAliveMethod::crlf, 31 * kSecond));
    run.until(3'600 * kSecond);
    CHECK(run.sip().inbound(run.state(), 0));
    CHECK(run.sent(is_ping).size() == 119);
}

TEST_CASE("flow: STUN tells that the address has changed") {
    Design design = behind_nat(KeepAliveMethod::stun, 60 * kSecond);
    design.faults.push_back(rebinding(40 * kSecond));
    Run run(design);
    run.until(60'019);
    CHECK_FALSE(run.sip().inbound(run.state(), 0));
    run.until(61 * kSecond);
    CHECK(seen(run, Notice::flow_fails) == Instants{60'040});
    CHECK(run.sent(is_register) == Instants{0, 60'040});
    CHECK(run.sip().inbound(run.state(), 0));
}

// Of a REGISTER through the old mapping the answer is lost; its copy comes through the new one, and
// is answered from memory. What is stored leads through the old one still.
TEST_CASE("flow: an answer takes the way of its request") {
    Design design = behind_nat(KeepAliveMethod::crlf, 60 * kSecond);
    design.faults.push_back(rebinding(5));
    Run run(design);
    run.until(1 * kSecond);
    CHECK(run.sent(is_register) == Instants{0, 500});
    CHECK(run.usage(0).believes == 1);
    CHECK(run.sip().bound(run.state(), 0));
    CHECK_FALSE(run.sip().inbound(run.state(), 0));
}

TEST_CASE("flow: a restart makes another mapping") {
    Design design = behind_nat(KeepAliveMethod::stun, 60 * kSecond);
    design.faults.push_back(restart(35 * kSecond, 10 * kSecond));
    Run run(design);
    run.until(40 * kSecond);
    CHECK_FALSE(run.sip().inbound(run.state(), 0));
    CHECK(run.sip().bound(run.state(), 0));
    run.until(46 * kSecond);
    CHECK(run.sip().inbound(run.state(), 0));
    run.until(80 * kSecond);
    CHECK(run.sent(is_ping) == Instants{30'020, 75'020});
}

// RFC 5626 7: what is stored leads over a connection that is gone, until the phone registers again.
TEST_CASE("flow: a restart of the server breaks connections, and keep-alives find that") {
    Design design = keeping(KeepAliveMethod::crlf);
    design.phones[0].transport = Transport::tcp;
    design.faults.push_back(crash(0, 35 * kSecond, 10 * kSecond));
    Run run(design);
    run.until(34 * kSecond);
    CHECK(run.sip().inbound(run.state(), 0));
    run.until(50 * kSecond);
    CHECK(run.sip().bound(run.state(), 0));
    CHECK_FALSE(run.sip().inbound(run.state(), 0));
    run.until(60'030);
    CHECK(seen(run, Notice::flow_fails).empty());
    run.until(60'050);
    CHECK(seen(run, Notice::flow_fails) == Instants{60'040});
    CHECK(run.sip().inbound(run.state(), 0));
}

TEST_CASE("flow: a port that ages drops the first message, which UDP repeats") {
    Design design = design_with(1);
    design.phones[0].expires = 120 * kSecond;
    design.links.push_back({0, 0, sim::exactly(10), sim::exactly(10), 60 * kSecond - 1});
    Run run(design);
    run.until(61 * kSecond);
    CHECK(run.sent(is_register) == Instants{0, 60'020, 60'520});
    CHECK(seen(run, Notice::registered) == Instants{20, 60'540});
}

// Cisco, document 200410, case 2: refreshed every 115 s, repeated after 0.1 s, doubled each time.
// The eighth, 15.8 min on, comes 12.8 s late; the ninth would come after 25.6 s.
TEST_CASE("flow: TCP waits twice as long at each refresh") {
    Design design = design_with(1);
    Phone& phone = design.phones[0];
    phone.transport = Transport::tcp;
    phone.expires = 130 * kSecond;
    phone.refresh.lead = 15 * kSecond;
    phone.timers.timer_f = 15 * kSecond;
    phone.flow.rto = 100;
    design.default_delay = sim::exactly(0);
    design.links.push_back({0, 0, sim::exactly(0), sim::exactly(0), 60 * kSecond});
    Run run(design);
    run.until(1'076 * kSecond);
    Instants granted{0};
    for (int round = 0; round < 8; ++round) {
        granted.push_back(granted.back() + 115'000 + (100 << round));
    }
    CHECK(granted.back() == 945'500);
    CHECK(seen(run, Notice::registered) == granted);
    CHECK(seen(run, Notice::unanswered) == Instants{945'500 + 130'000});
    // A new connection begins anew.
    CHECK(run.state().flows[0].rounds == 9);
    run.until(1'110 * kSecond);
    CHECK(run.state().flows[0].rounds == 0);
}

}  // namespace failback::tests::model_flow_test
