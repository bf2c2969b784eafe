// Passive transfers: a script at the server refers the phone to somebody else, and the phone may
// ask its user.
#include <catch2/catch.hpp>

#include "tests/relay_fixture.hpp"

namespace failback::tests::model_transfer_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

constexpr DelayMs kSecond = 1000;

// A call at 1 s, which the phone counts as established at 1.02 s and the server at 1.03 s; the
// script transfers it at 11.03 s, and the REFER is at the phone at 11.04 s.
Design transferred() {
    Design design = design_with(1);
    dial_at(design, 1000);
    design.calls[0].dialog.lasts = sim::exactly(200 * kSecond);
    design.calls[0].dialog.transfer = sim::exactly(10 * kSecond);
    return design;
}

Design confirmed(std::optional<DelayMs> after) {
    Design design = transferred();
    design.phones[0].calls.confirmation = 20 * kSecond;
    if (after) {
        design.calls[0].dialog.confirms = sim::exactly(*after);
    }
    return design;
}

Instants refers_of_server(const Run& run) { return run.responses(Method::refer, Status::none); }

Instants answers_of_phone(const Run& run, Status status) {
    return run.sent([status](const Event& event) {
        return event.kind == EventKind::message_to_server && event.method == Method::refer &&
               event.status == status;
    });
}

Instants byes_of_server(const Run& run) { return run.responses(Method::bye, Status::none); }

bool phone_has(const Run& run) { return run.state().dialogs[0].phone.has != 0; }

bool server_has(const Run& run) { return run.state().dialogs[0].server.has != 0; }

bool prompts(const Run& run) { return run.sip().prompts(run.state(), 0, 0); }

}  // namespace

TEST_CASE("transfer: RFC 3515 2.4.2, the phone accepts a REFER by a 202, and follows") {
    Run run(transferred());
    run.until(300 * kSecond);
    CHECK(run.observed(Notice::refers) == Instants{11'030});
    CHECK(refers_of_server(run) == Instants{11'030});
    CHECK(answers_of_phone(run, Status::accepted_202) == Instants{11'040});
    CHECK(run.observed(Notice::transferred) == Instants{11'040});
    CHECK(run.observed(Notice::hangs_up) == Instants{201'020});
    CHECK(run.observed(Notice::drops).empty());
}

TEST_CASE("transfer: RFC 3261 17.1.2, a REFER is repeated by Timer E until Timer F") {
    Design design = transferred();
    design.faults.push_back(unreachable(0, 5000, 100 * kSecond, Direction::to_phone));
    SECTION("UDP, and RFC 3261 12.2.1.2: without an answer the server ends the dialog") {
        Run run(design);
        run.until(50 * kSecond);
        CHECK(refers_of_server(run) ==
              Instants{11'030, 11'530, 12'530, 14'530, 18'530, 22'530, 26'530, 30'530, 34'530,
                       38'530, 42'530});
        CHECK(byes_of_server(run).front() == 43'030);
        CHECK_FALSE(server_has(run));
        CHECK(run.observed(Notice::refers).size() == 1);
    }
    SECTION("TCP") {
        design.phones[0].transport = Transport::tcp;
        Run run(design);
        run.until(50 * kSecond);
        CHECK(refers_of_server(run) == Instants{11'030});
        CHECK_FALSE(server_has(run));
    }
}

TEST_CASE("transfer: RFC 3261 17.2.2, a copy of a REFER is answered again, and means nothing") {
    Design design = confirmed(std::nullopt);
    design.faults.push_back(unreachable(0, 5000, 7 * kSecond, Direction::to_server));
    Run run(design);
    run.until(100 * kSecond);
    CHECK(refers_of_server(run) == Instants{11'030, 11'530, 12'530});
    CHECK(answers_of_phone(run, Status::accepted_202) == Instants{11'040, 11'540, 12'540});
    CHECK(run.observed(Notice::unconfirmed) == Instants{31'040});
}

TEST_CASE("transfer: a copy after the end of the call is answered as the first one was") {
    DialogConfig config;
    config.lasts = sim::exactly(50 * kSecond);
    Dialog dialog;
    Transfer transfer;
    const auto at_phone = [&](DialogInput::Kind kind, Method method) {
        Output output;
        step(dialog, transfer, config, {.kind = kind, .method = method, .number = 1}, output);
        return output;
    };
    (void)at_phone(DialogInput::Kind::accepted, Method::none);
    CHECK(at_phone(DialogInput::Kind::request, Method::refer).messages[0].status ==
          Status::accepted_202);
    (void)at_phone(DialogInput::Kind::request, Method::bye);
    CHECK(dialog.phone.has == 0);
    const Output again = at_phone(DialogInput::Kind::request, Method::refer);
    CHECK(again.messages[0].status == Status::accepted_202);
    CHECK(again.notices.empty());
    (void)at_phone(DialogInput::Kind::forgets, Method::none);
    CHECK(at_phone(DialogInput::Kind::request, Method::refer).messages[0].status ==
          Status::no_subscription_481);
}

TEST_CASE("transfer: RFC 3261 12.2.2 and 12.2.1.2, a phone that forgot the call answers 481") {
    Design design = transferred();
    design.faults.push_back(restart(5000, 1000));
    Run run(design);
    run.until(300 * kSecond);
    CHECK(answers_of_phone(run, Status::no_subscription_481) == Instants{11'040});
    CHECK(refers_of_server(run) == Instants{11'030});
    CHECK_FALSE(server_has(run));
    CHECK(byes_of_server(run).empty());
    CHECK(run.observed(Notice::transferred).empty());
}

TEST_CASE("transfer: a server that restarts forgets the script, or keeps it") {
    Design design = transferred();
    design.faults.push_back(crash(0, 5000, 1000));
    SECTION("forgotten") {
        Run run(design);
        run.until(300 * kSecond);
        CHECK(run.observed(Notice::refers).empty());
        CHECK(refers_of_server(run).empty());
    }
    SECTION("kept") {
        design.servers[0].keeps_dialogs = true;
        Run run(design);
        run.until(300 * kSecond);
        CHECK(run.observed(Notice::transferred) == Instants{11'040});
    }
    SECTION("kept, and down when the script transfers: what does not run sends nothing") {
        design.servers[0].keeps_dialogs = true;
        design.faults[0].lasts = sim::exactly(8 * kSecond);
        Run run(design);
        run.until(300 * kSecond);
        CHECK(run.observed(Notice::transferred) == Instants{14'540});
    }
}

TEST_CASE("transfer: a phone that asks its user follows when he confirms, and not without") {
    SECTION("in time") {
        Run run(confirmed(5 * kSecond));
        run.until(12 * kSecond);
        CHECK(prompts(run));
        run.until(300 * kSecond);
        CHECK(answers_of_phone(run, Status::accepted_202) == Instants{11'040});
        CHECK(run.observed(Notice::transferred) == Instants{16'040});
        CHECK(run.observed(Notice::unconfirmed).empty());
        CHECK(run.observed(Notice::hangs_up) == Instants{201'020});
    }
    SECTION("too late") {
        Run run(confirmed(21 * kSecond));
        run.until(300 * kSecond);
        CHECK(run.observed(Notice::transferred).empty());
        CHECK(run.observed(Notice::unconfirmed) == Instants{31'040});
        CHECK(run.observed(Notice::drops) == Instants{31'040});
        CHECK(run.requests(Method::bye) == Instants{31'040});
        CHECK_FALSE(server_has(run));
    }
    SECTION("never") {
        Run run(confirmed(std::nullopt));
        run.until(31'039);
        CHECK(prompts(run));
        run.until(300 * kSecond);
        CHECK_FALSE(prompts(run));
        CHECK(run.observed(Notice::unconfirmed) == Instants{31'040});
        CHECK(run.requests(Method::bye) == Instants{31'040});
    }
}

TEST_CASE("transfer: a user who confirms in the last instant may be in time, or not") {
    for (const Timer first : {Timer::confirmed, Timer::unconfirmed}) {
        Run run(confirmed(20 * kSecond));
        run.until(31'039);
        const bool is_in_time = first == Timer::confirmed;
        CHECK(run.happens([first](const Event& event) { return event.timer == first; }, 31'040));
        CHECK_FALSE(prompts(run));
        run.until(100 * kSecond);
        CHECK(run.observed(Notice::transferred).size() == (is_in_time ? 1U : 0U));
        CHECK(run.observed(Notice::unconfirmed).size() == (is_in_time ? 0U : 1U));
        CHECK(phone_has(run) == is_in_time);
    }
}

TEST_CASE("transfer: what the phone asks its user ends with the call") {
    Design design = confirmed(15 * kSecond);
    SECTION("the user hangs up") {
        design.calls[0].dialog.lasts = sim::exactly(20 * kSecond);
    }
    SECTION("the other side hangs up") {
        design.calls[0].dialog.lasts = sim::exactly(20 * kSecond);
        design.calls[0].dialog.phone_hangs_up = false;
        design.calls[0].dialog.other_hangs_up = true;
    }
    SECTION("the phone restarts") {
        design.faults.push_back(restart(20 * kSecond, 1000));
    }
    Run run(design);
    run.until(15 * kSecond);
    CHECK(prompts(run));
    run.until(100 * kSecond);
    CHECK_FALSE(prompts(run));
    CHECK(run.state().transfers[0].armed == 0);
    CHECK(run.observed(Notice::transferred).empty());
    CHECK(run.observed(Notice::unconfirmed).empty());
    CHECK(run.observed(Notice::drops).empty());
}

TEST_CASE("transfer: the script does not wait for a call that is over") {
    Design design = transferred();
    design.calls[0].dialog.lasts = sim::exactly(5 * kSecond);
    Run run(design);
    run.until(100 * kSecond);
    CHECK(run.observed(Notice::refers).empty());
    CHECK(run.state().transfers[0] == Transfer{});
}

TEST_CASE("transfer: a server that fails while the phone asks hears of nothing") {
    Design design = confirmed(std::nullopt);
    design.faults.push_back(crash(0, 15 * kSecond, 100 * kSecond));
    SECTION("it forgets the call, and answers the BYE by a 481 if it is back") {
        design.faults[0].lasts = sim::exactly(kSecond);
        Run run(design);
        run.until(100 * kSecond);
        CHECK(run.observed(Notice::unconfirmed) == Instants{31'040});
        CHECK(run.responses(Method::bye, Status::no_subscription_481) == Instants{31'050});
    }
    SECTION("it keeps the call for good if the BYE is given up meanwhile") {
        design.servers[0].keeps_dialogs = true;
        Run run(design);
        run.until(200 * kSecond);
        CHECK(run.observed(Notice::unconfirmed) == Instants{31'040});
        CHECK_FALSE(phone_has(run));
        CHECK(server_has(run));
    }
}

TEST_CASE("transfer: a phone that signals with servers of its registration only") {
    Design design = confirmed(70 * kSecond);
    design.phones[0].calls.confirmation = 90 * kSecond;
    design.phones[0].failover.dialogs = UnregisteredDialogs::silent;
    design.phones[0].expires = 60 * kSecond;
    design.phones[0].refresh.lead = 30 * kSecond;
    design.servers[0].min_expires = 1000;
    // From 12 s on no refresh arrives, and at 60 s the registration is over.
    design.faults.push_back(unreachable(0, 12 * kSecond, 300 * kSecond, Direction::to_server));
    SECTION("cannot follow without one: it ends the call without a word") {
        Run run(design);
        run.until(100 * kSecond);
        CHECK(run.observed(Notice::transferred).empty());
        CHECK(run.observed(Notice::drops) == Instants{81'040});
        CHECK(run.requests(Method::bye).empty());
        CHECK(run.state().transfers[0].armed == 0);
    }
    SECTION("does not hear a REFER without one: the server gives up, and ends the call") {
        design.calls[0].dialog.transfer = sim::exactly(70 * kSecond);
        Run run(design);
        run.until(120 * kSecond);
        CHECK(answers_of_phone(run, Status::accepted_202).empty());
        CHECK_FALSE(server_has(run));
        CHECK(byes_of_server(run).front() == 71'030 + 32 * kSecond);
        CHECK(phone_has(run));
    }
}

TEST_CASE("transfer: a call that came in") {
    Design design = design_with(1);
    design.incoming.push_back({0, 0, 0, 1, sim::exactly(1000), sim::exactly(2 * kSecond), {}, {}});
    design.incoming[0].dialog = {.lasts = sim::exactly(100 * kSecond),
                                 .transfer = sim::exactly(10 * kSecond),
                                 .confirms = sim::exactly(3 * kSecond)};
    design.phones[0].calls.confirmation = 5 * kSecond;
    Run run(design);
    run.until(200 * kSecond);
    CHECK(refers_of_server(run) == Instants{13'020});
    CHECK(run.observed(Notice::transferred) == Instants{16'030});
}

TEST_CASE("transfer: RFC 3261 16.12, a REFER and its 202 go through a gateway on the route") {
    constexpr std::size_t kBehind = 1;
    Design design = relayed();
    dial_at(design, 100 * kSecond);
    design.calls[0].dialog.lasts = sim::exactly(200 * kSecond);
    design.calls[0].dialog.transfer = sim::exactly(10 * kSecond);
    Run run(design);
    run.until(400 * kSecond);
    const auto sent = [&run](EventKind kind, Status status) {
        return run.sent([=](const Event& event) {
            return event.kind == kind && event.method == Method::refer && event.status == status;
        });
    };
    CHECK(sent(EventKind::relayed_to_gateway, Status::none) == Instants{110'060});
    CHECK(sent(EventKind::message_to_phone, Status::none) == Instants{110'070});
    CHECK(sent(EventKind::message_to_server, Status::accepted_202) == Instants{110'080});
    CHECK(sent(EventKind::relayed_to_server, Status::accepted_202) == Instants{110'090});
    CHECK(run.observed(Notice::transferred, kBehind) == Instants{110'080});
}

}  // namespace failback::tests::model_transfer_test
