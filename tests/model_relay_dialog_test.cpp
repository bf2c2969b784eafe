// Calls that last, through gateways that pass requests on and stay on the route (RFC 3261 16.6 step
// 4, 16.12).
#include <catch2/catch.hpp>

#include "tests/relay_fixture.hpp"

namespace failback::tests::model_relay_dialog_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

constexpr DelayMs kSecond = 1000;
constexpr std::size_t kOfGateway = 0;  // the dialog with it, in an emergency
constexpr std::size_t kBehind = 1;     // that with the server behind it

// A call at 100 s, which the phone counts as established at 100.04 s, the server at 100.06 s.
Design calling(DelayMs lasts) {
    Design design = relayed();
    dial_at(design, 100 * kSecond);
    design.calls[0].dialog.lasts = sim::exactly(lasts);
    return design;
}

bool phone_has(const Run& run, std::size_t dialog = kBehind) {
    return run.state().dialogs[dialog].phone.has != 0;
}

bool server_has(const Run& run, std::size_t dialog = kBehind) {
    return run.state().dialogs[dialog].server.has != 0;
}

Instants sent(const Run& run, EventKind kind, Method method, Status status = Status::none) {
    return run.sent([=](const Event& event) {
        return event.kind == kind && event.method == method && event.status == status;
    });
}

}  // namespace

TEST_CASE("relay dialog: RFC 3261 16.12, a BYE of the phone goes through the gateway") {
    Run run(calling(20 * kSecond));
    run.until(110 * kSecond);
    CHECK(phone_has(run));
    CHECK(server_has(run));
    CHECK_FALSE(phone_has(run, kOfGateway));
    CHECK(run.sip().in_call(run.state(), 0, 0));
    CHECK(sent(run, EventKind::relayed_to_server, Method::ack) == Instants{100'050});
    run.until(200 * kSecond);
    CHECK(run.requests(Method::bye) == Instants{120'040});
    CHECK(sent(run, EventKind::relayed_to_server, Method::bye) == Instants{120'050});
    CHECK(sent(run, EventKind::relayed_to_gateway, Method::bye, Status::ok_200) ==
          Instants{120'060});
    CHECK(run.responses(Method::bye, Status::ok_200) == Instants{120'070});
    CHECK_FALSE(phone_has(run));
    CHECK_FALSE(server_has(run));
    CHECK(run.state().dialogs[kBehind].phone.byes[0] == 0);
}

TEST_CASE("relay dialog: a BYE of the other side goes through the gateway, too") {
    Design design = calling(20 * kSecond);
    design.calls[0].dialog.phone_hangs_up = false;
    design.calls[0].dialog.other_hangs_up = true;
    Run run(design);
    run.until(200 * kSecond);
    CHECK(sent(run, EventKind::relayed_to_gateway, Method::bye) == Instants{120'060});
    CHECK(sent(run, EventKind::message_to_phone, Method::bye) == Instants{120'070});
    CHECK(sent(run, EventKind::relayed_to_server, Method::bye, Status::ok_200) ==
          Instants{120'090});
    CHECK_FALSE(phone_has(run));
    CHECK_FALSE(server_has(run));
}

TEST_CASE("relay dialog: RFC 4028, refreshes of a session go through the gateway") {
    Design design = calling(1000 * kSecond);
    design.phones[0].calls.session_expires = 90 * kSecond;
    SECTION("and keep it") {
        Run run(design);
        run.until(300 * kSecond);
        CHECK(sent(run, EventKind::relayed_to_server, Method::update).size() == 4);
        CHECK(phone_has(run));
        CHECK(server_has(run));
    }
    SECTION("not while the link behind it is cut: both ends give the call up") {
        design.faults.push_back(centre_cut(110 * kSecond, 300 * kSecond));
        Run run(design);
        run.until(300 * kSecond);
        CHECK_FALSE(phone_has(run));
        CHECK_FALSE(server_has(run));
        CHECK(run.observed(Notice::drops, kBehind).size() == 1);
    }
}

TEST_CASE("relay dialog: a call goes on when an emergency begins, and when it ends (Oracle)") {
    Design design = calling(300 * kSecond);
    rules_of(design).drops_at_exit = true;
    design.faults.push_back(centre_cut(110 * kSecond, 120 * kSecond));
    Run run(design);
    run.until(390 * kSecond);
    CHECK(run.observed(Notice::enters_emergency, 1).size() == 1);
    CHECK(run.observed(Notice::leaves_emergency, 1).size() == 1);
    CHECK(phone_has(run));
    CHECK(server_has(run));
    run.until(500 * kSecond);
    CHECK_FALSE(server_has(run));
}

TEST_CASE("relay dialog: in an emergency a BYE is passed on, and nobody answers") {
    Design design = calling(100 * kSecond);
    design.faults.push_back(centre_cut(110 * kSecond, 600 * kSecond));
    Run run(design);
    run.until(300 * kSecond);
    CHECK(sent(run, EventKind::relayed_to_server, Method::bye).size() == 11);
    CHECK_FALSE(phone_has(run));
    CHECK(server_has(run));
    CHECK(run.sip().zombie(run.state(), 0, 0));
}

TEST_CASE("relay dialog: a call of an emergency is that of the gateway") {
    Design design = calling(20 * kSecond);
    design.faults.push_back(crash(0, 30, 3600 * kSecond));
    Run run(design);
    run.until(110 * kSecond);
    CHECK(phone_has(run, kOfGateway));
    CHECK(server_has(run, kOfGateway));
    CHECK_FALSE(phone_has(run));
    run.until(130 * kSecond);
    CHECK(sent(run, EventKind::relayed_to_server, Method::bye).empty());
    CHECK_FALSE(server_has(run, kOfGateway));
}

TEST_CASE("relay dialog: who restarts forgets its own calls, and nobody else's") {
    Design design = calling(100 * kSecond);
    const std::size_t server = GENERATE(std::size_t{0}, std::size_t{1});
    design.faults.push_back(crash(server, 110 * kSecond, 1000));
    Run run(design);
    run.until(150 * kSecond);
    CHECK(server_has(run) == (server == 1));
    CHECK(phone_has(run));
    run.until(300 * kSecond);
    CHECK(run.responses(Method::bye, Status::no_subscription_481).empty() == (server == 1));
    CHECK_FALSE(phone_has(run));
}

TEST_CASE("relay dialog: one that is answered twice keeps one, and ends the other (13.2.2.4)") {
    // The answers of the server are cut off; a copy of the INVITE finds an emergency.
    Design design = calling(200 * kSecond);
    rules_of(design).timeout = 1 * kSecond;
    rules_of(design).probe = 60 * kSecond;
    design.calls[0].at = sim::exactly(59 * kSecond);
    design.faults.push_back(centre_cut(59 * kSecond, 10 * kSecond));
    design.faults[0].direction = Direction::to_phone;
    Run run(design);
    run.until(80 * kSecond);
    REQUIRE(run.observed(Notice::enters_emergency, 1) == Instants{61'020});
    CHECK(phone_has(run, kOfGateway));
    CHECK(server_has(run, kOfGateway));
    // The server repeats its 200; when that arrives the phone sends an ACK and a BYE.
    CHECK_FALSE(phone_has(run));
    CHECK_FALSE(server_has(run));
    CHECK(sent(run, EventKind::relayed_to_server, Method::bye).size() == 1);
}

TEST_CASE("relay dialog: a call that comes in along the Path stays on it") {
    Design design = relayed();
    IncomingPlan plan;
    plan.at = sim::exactly(100 * kSecond);
    plan.is_beyond = true;
    plan.dialog.lasts = sim::exactly(20 * kSecond);
    design.incoming.push_back(plan);
    Run run(design);
    run.until(110 * kSecond);
    CHECK(phone_has(run, 0));
    CHECK(server_has(run, 0));
    run.until(200 * kSecond);
    CHECK(sent(run, EventKind::relayed_to_server, Method::bye).size() == 1);
    CHECK_FALSE(server_has(run, 0));
}

TEST_CASE("relay dialog: BYEs of the server go by the transport behind the gateway") {
    Design design = calling(20 * kSecond);
    design.calls[0].dialog.phone_hangs_up = false;
    design.calls[0].dialog.other_hangs_up = true;
    rules_of(design).transport = GENERATE(Transport::udp, Transport::tcp);
    const bool repeats = rules_of(design).transport == Transport::udp;
    design.faults.push_back(centre_cut(110 * kSecond, 600 * kSecond));
    Run run(design);
    run.until(200 * kSecond);
    CHECK((sent(run, EventKind::relayed_to_gateway, Method::bye).size() > 1) == repeats);
}

}  // namespace failback::tests::model_relay_dialog_test
