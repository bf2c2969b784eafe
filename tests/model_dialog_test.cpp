// Calls after they are answered: who ends them, and what ends that cannot hear of it do.
#include <catch2/catch.hpp>

#include "tests/run_fixture.hpp"

namespace failback::tests::model_dialog_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

constexpr DelayMs kSecond = 1000;

// A call at 1 s, which the phone counts as established at 1.02 s, and the callee at 1.03 s.
Design calling(DelayMs lasts, std::size_t servers = 1) {
    Design design = design_with(servers);
    dial_at(design, 1000);
    design.calls[0].dialog.lasts = sim::exactly(lasts);
    return design;
}

Design with_session(Design design, DelayMs session) {
    design.phones[0].calls.session_expires = session;
    return design;
}

Instants byes_of_server(const Run& run) {
    return run.responses(Method::bye, Status::none);
}

bool phone_has(const Run& run, std::size_t dialog = 0) {
    return run.state().dialogs[dialog].phone.has != 0;
}

bool server_has(const Run& run, std::size_t dialog = 0) {
    return run.state().dialogs[dialog].server.has != 0;
}

}  // namespace

TEST_CASE("dialog: the user hangs up, and a BYE ends the call (RFC 3261 15.1)") {
    Run run(calling(5 * kSecond));
    run.until(6019);
    CHECK(phone_has(run));
    CHECK(server_has(run));
    run.until(6020);
    CHECK_FALSE(phone_has(run));
    CHECK(server_has(run));
    CHECK(run.sip().zombie(run.state(), 0, 0));
    run.until(100 * kSecond);
    CHECK_FALSE(server_has(run));
    CHECK(run.requests(Method::bye) == Instants{6020});
    CHECK(run.responses(Method::bye, Status::ok_200) == Instants{6030});
    CHECK(run.observed(Notice::hangs_up) == Instants{6020});
    CHECK(run.observed(Notice::drops).empty());
}

TEST_CASE("dialog: the other side hangs up after the ACK (RFC 3261 15)") {
    Design design = calling(5 * kSecond);
    design.calls[0].dialog.phone_hangs_up = false;
    design.calls[0].dialog.other_hangs_up = true;
    Run run(design);
    run.until(100 * kSecond);
    CHECK(byes_of_server(run) == Instants{6030});
    CHECK(run.observed(Notice::released) == Instants{6040});
    CHECK_FALSE(phone_has(run));
    CHECK(run.requests(Method::bye) == Instants{6040});  // the 200
}

TEST_CASE("dialog: a BYE is repeated by Timer E until Timer F") {
    Design design = calling(5 * kSecond);
    design.faults.push_back(unreachable(0, 5000, 100 * kSecond));
    Run run(design);
    run.until(100 * kSecond);
    CHECK(run.requests(Method::bye) ==
          Instants{6020, 6520, 7520, 9520, 13'520, 17'520, 21'520, 25'520, 29'520, 33'520,
                   37'520});
    CHECK_FALSE(phone_has(run));
    CHECK(server_has(run));  // without a session timer, nobody tells it
    CHECK(run.state().dialogs[0].phone.byes[0] == 0);
}

TEST_CASE("dialog: who does not hear of ICMP errors repeats a BYE until Timer F (RFC 3261 18.4)") {
    Design design = calling(5 * kSecond);
    design.faults.push_back(crash(0, 5000, 100 * kSecond));
    design.faults[0].kind = FaultKind::refusal;
    SECTION("heard") {
        Run run(design);
        run.until(100 * kSecond);
        CHECK(run.requests(Method::bye) == Instants{6020});
    }
    SECTION("not heard") {
        design.phones[0].refusals.transport_errors = TransportErrors::ignored;
        Run run(design);
        run.until(100 * kSecond);
        CHECK(run.requests(Method::bye).size() == 11);
    }
}

TEST_CASE("dialog: over TCP a BYE is sent once") {
    Design design = calling(5 * kSecond);
    design.phones[0].transport = Transport::tcp;
    design.faults.push_back(unreachable(0, 5000, 100 * kSecond));
    Run run(design);
    run.until(100 * kSecond);
    CHECK(run.requests(Method::bye) == Instants{6020});
}

TEST_CASE("dialog: a server that restarts forgets its dialogs, or keeps them") {
    Design design = calling(20 * kSecond);
    design.faults.push_back(crash(0, 5000, 1000));
    SECTION("forgotten: a 481 to the BYE (RFC 3261 12.2.2)") {
        Run run(design);
        run.until(6000);
        CHECK_FALSE(server_has(run));
        CHECK(phone_has(run));
        run.until(100 * kSecond);
        CHECK(run.responses(Method::bye, Status::no_subscription_481) == Instants{21'030});
        CHECK(run.state().dialogs[0].phone.byes[0] == 0);
    }
    SECTION("kept") {
        design.servers[0].keeps_dialogs = true;
        Run run(design);
        run.until(6000);
        CHECK(server_has(run));
        run.until(100 * kSecond);
        CHECK(run.responses(Method::bye, Status::ok_200) == Instants{21'030});
    }
}

TEST_CASE("dialog: a process that does not run sends nothing") {
    Design design = calling(5 * kSecond);
    design.calls[0].dialog.phone_hangs_up = false;
    design.calls[0].dialog.other_hangs_up = true;
    design.servers[0].keeps_dialogs = true;
    design.faults.push_back(crash(0, 5000, 3000));
    Run run(design);
    run.until(100 * kSecond);
    CHECK(byes_of_server(run) == Instants{9530});  // at 6.03, 6.53 and 7.53 s it is down
    CHECK(run.observed(Notice::released) == Instants{9540});
}

TEST_CASE("dialog: under maintenance a BYE earns a 503, and the server keeps the call") {
    Design design = calling(5 * kSecond);
    design.faults.push_back(crash(0, 5000, 100 * kSecond));
    design.faults[0].kind = FaultKind::maintenance;
    Run run(design);
    run.until(100 * kSecond);
    CHECK(run.responses(Method::bye, Status::service_unavailable_503) == Instants{6030});
    CHECK(server_has(run));
}

TEST_CASE("dialog: a callee without an ACK gives up by a BYE (RFC 3261 13.3.1.4)") {
    Design design = calling(50 * kSecond);
    design.faults.push_back(unreachable(0, 1015, 20 * kSecond, Direction::to_server));
    SECTION("ACKs arrive in the end") {
        Run run(design);
        run.until(60 * kSecond);
        CHECK(byes_of_server(run).empty());
    }
    SECTION("no ACK") {
        design.faults[0].lasts = sim::exactly(40 * kSecond);
        Run run(design);
        run.until(70 * kSecond);
        REQUIRE_FALSE(byes_of_server(run).empty());
        CHECK(byes_of_server(run).front() == 1010 + 32 * kSecond);
        CHECK(run.observed(Notice::released) == Instants{1020 + 32 * kSecond});
        CHECK(run.observed(Notice::hangs_up).empty());
    }
}

TEST_CASE("dialog: who answers through a server that was given up is acknowledged, and hung up") {
    Design design = calling(50 * kSecond, 2);
    design.phones[0].calls.first = CallFirst::primary;
    design.links.push_back({0, 0, sim::exactly(4000), sim::exactly(8000), {}});
    Run run(design);
    run.until(40 * kSecond);
    CHECK(run.observed(Notice::answered) == Instants{8500 + 20});
    CHECK(phone_has(run, 1));
    CHECK_FALSE(phone_has(run, 0));
    CHECK(run.requests(Method::bye) == Instants{13'000, 13'500, 14'500, 16'500, 20'500, 24'500});
    CHECK_FALSE(server_has(run, 0));
    CHECK(run.responses(Method::bye, Status::ok_200).size() == 1);
}

TEST_CASE("dialog: the phone refreshes at half of the session interval (RFC 4028 7.4)") {
    Run run(with_session(calling(200 * kSecond), 90 * kSecond));
    run.until(250 * kSecond);
    CHECK(run.requests(Method::update) == Instants{46'020, 91'040, 136'060, 181'080});
    CHECK(run.requests(Method::bye) == Instants{201'020});
    CHECK(run.observed(Notice::drops).empty());
}

TEST_CASE("dialog: an end without a refresh sends a BYE before the session ends (RFC 4028 10)") {
    CHECK(session_end(90 * kSecond) == 60 * kSecond);
    CHECK(session_end(1800 * kSecond) == 1768 * kSecond);
    Design design = with_session(calling(200 * kSecond), 90 * kSecond);
    SECTION("the server, of a phone that has forgotten the call") {
        design.faults.push_back(restart(5000, 1000));
        Run run(design);
        run.until(100 * kSecond);
        CHECK(byes_of_server(run) == Instants{1010 + 60 * kSecond});
        CHECK_FALSE(server_has(run));
    }
    SECTION("both, if the path is cut") {
        design.faults.push_back(unreachable(0, 5000, 200 * kSecond));
        Run run(design);
        run.until(100 * kSecond);
        CHECK(byes_of_server(run).front() == 1010 + 60 * kSecond);
        CHECK(run.observed(Notice::drops) == Instants{1020 + 60 * kSecond});
    }
}

TEST_CASE("dialog: a refresh that earns a 481, or nothing, ends the call (RFC 3261 12.2.1.2)") {
    SECTION("481") {
        Design design = with_session(calling(200 * kSecond), 90 * kSecond);
        design.faults.push_back(crash(0, 5000, 1000));
        Run run(design);
        run.until(100 * kSecond);
        CHECK(run.observed(Notice::drops) == Instants{46'040});
        CHECK(run.requests(Method::bye).empty());
    }
    SECTION("nothing: Timer F comes before the end of a long session") {
        Design design = with_session(calling(900 * kSecond), 600 * kSecond);
        design.faults.push_back(unreachable(0, 5000, 900 * kSecond));
        Run run(design);
        run.until(500 * kSecond);
        CHECK(run.observed(Notice::drops) == Instants{1020 + 332 * kSecond});
        CHECK(run.requests(Method::bye).front() == 1020 + 332 * kSecond);
    }
    SECTION("a 503 does not") {
        Design design = with_session(calling(80 * kSecond), 90 * kSecond);
        design.faults.push_back(crash(0, 40 * kSecond, 10 * kSecond));
        design.faults[0].kind = FaultKind::maintenance;
        Run run(design);
        run.until(60 * kSecond);
        CHECK(phone_has(run));
        run.until(62 * kSecond);
        CHECK(run.observed(Notice::released) == Instants{1020 + 60 * kSecond});
    }
}

TEST_CASE("dialog: a feature in a call, without a registration with its server") {
    Design design = calling(60 * kSecond, 2);
    design.calls[0].dialog.mid_call = sim::exactly(40 * kSecond);
    design.phones[0].expires = 60 * kSecond;
    design.phones[0].refresh.lead = 30 * kSecond;
    design.servers[0].min_expires = 1000;
    // Refreshes get lost, so that the registration ends; the call is not touched.
    design.faults.push_back(unreachable(0, 2000, 37 * kSecond, Direction::to_server));
    SECTION("kept: an UPDATE goes there all the same") {
        Run run(design);
        run.until(100 * kSecond);
        CHECK(run.requests(Method::update) == Instants{41'020});
        CHECK(run.observed(Notice::drops).empty());
        CHECK(run.requests(Method::bye) == Instants{61'020});
    }
    SECTION("ended: with the registration, by a BYE") {
        design.phones[0].failover.dialogs = UnregisteredDialogs::ended;
        design.faults[0].lasts = sim::exactly(100 * kSecond);
        Run run(design);
        run.until(100 * kSecond);
        CHECK(run.observed(Notice::drops) == Instants{60'020});
        CHECK(run.requests(Method::bye).front() == 60'020);
    }
    SECTION("silent: the call ends without a word, and without an ear for the other side") {
        design.phones[0].failover.dialogs = UnregisteredDialogs::silent;
        design.faults[0].lasts = sim::exactly(100 * kSecond);
        design.calls[0].dialog.mid_call = sim::exactly(70 * kSecond);
        design.calls[0].dialog.phone_hangs_up = false;
        design.calls[0].dialog.other_hangs_up = true;
        design.calls[0].dialog.lasts = sim::exactly(65 * kSecond);
        Run run(design);
        run.until(100 * kSecond);
        CHECK_FALSE(byes_of_server(run).empty());
        CHECK(run.observed(Notice::released).empty());
        CHECK(run.observed(Notice::drops) == Instants{71'020});
        CHECK(run.requests(Method::bye).empty());
    }
}

TEST_CASE("dialog: a call that came in") {
    Design design = design_with(1);
    design.incoming.push_back({0, 0, 0, 1, sim::exactly(1000), sim::exactly(2 * kSecond), {}, {}});
    design.incoming[0].dialog.lasts = sim::exactly(5 * kSecond);
    SECTION("the phone's user hangs up") {
        Run run(design);
        run.until(3025);
        CHECK(server_has(run));  // the 200 of 3.01 s has arrived
        CHECK(phone_has(run));
        run.until(100 * kSecond);
        CHECK(run.requests(Method::bye) == Instants{3030 + 5 * kSecond});
        CHECK_FALSE(server_has(run));
    }
    SECTION("a phone that restarts has forgotten it") {
        design.incoming[0].dialog.phone_hangs_up = false;
        design.incoming[0].dialog.other_hangs_up = true;
        design.faults.push_back(restart(4000, 1000));
        Run run(design);
        run.until(100 * kSecond);
        CHECK(byes_of_server(run) == Instants{3020 + 5 * kSecond});
        CHECK(run.responses(Method::bye, Status::none).size() == 1);
        CHECK(run.observed(Notice::released).empty());
    }
    SECTION("nobody acknowledges: the phone gives up by a BYE") {
        design.faults.push_back(crash(0, 3015, 1000));
        Run run(design);
        run.until(100 * kSecond);
        CHECK(run.requests(Method::bye) == Instants{3010 + 32 * kSecond});
        CHECK_FALSE(phone_has(run));
    }
}

TEST_CASE("dialog: a second dialog of a call is hung up, and the first one stays") {
    // A restarted server has answered a late copy of the INVITE.
    DialogConfig config;
    config.lasts = sim::exactly(50 * kSecond);
    Dialog dialog;
    Transfer transfer;
    const auto at_phone = [&](DialogInput::Kind kind, std::uint8_t number) {
        Output output;
        step(dialog, transfer, config, {.kind = kind, .number = number}, output);
        return output;
    };
    (void)at_phone(DialogInput::Kind::accepted, 1);
    const Output output = at_phone(DialogInput::Kind::unwanted, 2);
    REQUIRE(output.messages.size() == 1);
    CHECK(output.messages[0].method == Method::bye);
    CHECK(output.messages[0].cseq == 2);
    CHECK(dialog.phone.has == 1);
    CHECK(at_phone(DialogInput::Kind::unwanted, 2).messages.empty());  // the 200 again
    CHECK(at_phone(DialogInput::Kind::unwanted, 1).messages.empty());
}

}  // namespace failback::tests::model_dialog_test
