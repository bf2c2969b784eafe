// Appearances of shared lines: the stations that share one, and their server.
#include <catch2/catch.hpp>

#include "tests/run_fixture.hpp"

namespace failback::tests::model_appearance_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

constexpr DelayMs kSecond = 1000;

// Two stations with one address of record at one server. The user of the first wants the
// appearance at 1 s, that of the second at `second`; each holds it for 100 s.
Design shared(DelayMs second, SeizeBy by = SeizeBy::notify) {
    Design design = design_with(1);
    design.phones[0].appearances.by = by;
    design.phones.push_back(design.phones[0]);
    design.phones[1].name = "other";
    design.phones[1].lines[0].name = "line2";
    const auto holds = sim::exactly(100 * kSecond);
    design.seizures = {{0, 0, 0, 1, 1, sim::exactly(kSecond), holds, {}},
                       {1, 0, 0, 1, 1, sim::exactly(second), holds, {}}};
    return design;
}

Instants asked(const Run& run, Ask ask, std::size_t station = 0) {
    return run.sent([&](const Event& event) {
        return event.method == Method::seize && event.status == Status::none &&
               event.kind == EventKind::message_to_server && event.index == station &&
               event.key == static_cast<std::uint8_t>(ask);
    });
}

Instants told(const Run& run, Status status, std::size_t station = 0) {
    return run.sent([&](const Event& event) {
        return event.method == Method::seize && event.status == status && event.index == station;
    });
}

}  // namespace

TEST_CASE("appearance: a station tells its full state once it is registered, then asks") {
    Run run(shared(500 * kSecond));
    run.until(400 * kSecond);
    CHECK(asked(run, Ask::full) == Instants{20});
    CHECK(told(run, Status::ok_200) == Instants{30, 101'030});  // to that, and to the release
    CHECK(asked(run, Ask::seize) == Instants{1000});
    CHECK(told(run, Status::accepted_202) == Instants{1010});
    CHECK(run.observed(Notice::seizes) == Instants{1020});
    CHECK(run.observed(Notice::releases) == Instants{101'020});
    CHECK(asked(run, Ask::release) == Instants{101'020});
    CHECK(run.observed(Notice::frees) == Instants{101'030});
}

TEST_CASE("appearance: it is refused while another station holds it") {
    Run run(shared(2000));
    run.until(400 * kSecond);
    CHECK(run.observed(Notice::grants, 0) == Instants{1010});
    CHECK(run.observed(Notice::grants, 1).empty());
    CHECK(told(run, Status::forbidden_403, 1) == Instants{2010});
    CHECK(run.observed(Notice::seize_refused, 1) == Instants{2020});
}

TEST_CASE("appearance: a station that does not hear of ICMP errors asks again (RFC 3261 18.4)") {
    Design design = shared(500 * kSecond);
    design.faults.push_back(crash(0, 900, 600));
    design.faults[0].kind = FaultKind::refusal;
    SECTION("heard: the user has asked in vain") {
        Run run(design);
        run.until(400 * kSecond);
        CHECK(run.observed(Notice::seize_refused, 0) == Instants{1020});
        CHECK(run.observed(Notice::grants, 0).empty());
    }
    SECTION("not heard: the copy by Timer E is granted") {
        design.phones[0].refusals.transport_errors = TransportErrors::ignored;
        Run run(design);
        run.until(400 * kSecond);
        CHECK(asked(run, Ask::seize) == Instants{1000, 1500});
        CHECK(run.observed(Notice::seizes, 0) == Instants{1520});
    }
}

TEST_CASE("appearance: what has another number, or another address of record, is another one") {
    Design design = shared(2000);
    SECTION("number") { design.seizures[1].appearance = 2; }
    SECTION("address") { design.phones[1].lines[0].aor = "sip:1002@example.com"; }
    Run run(design);
    run.until(3000);
    CHECK(run.state().appearances[0].holds == 1);
    CHECK(run.state().appearances[1].holds == 1);
}

TEST_CASE("appearance: after a release the other station may have it") {
    Run run(shared(101'040));
    run.until(102 * kSecond);
    CHECK(run.observed(Notice::grants, 1) == Instants{101'050});
}

TEST_CASE("appearance: who is not registered, or off, asks in vain") {
    Design design = shared(500 * kSecond);
    SECTION("not registered yet") { design.seizures[0].at = sim::exactly(15); }
    SECTION("the full state is not known yet") { design.seizures[0].at = sim::exactly(35); }
    SECTION("off") { design.faults.push_back(restart(500, 60 * kSecond)); }
    Run run(design);
    run.until(400 * kSecond);
    CHECK(asked(run, Ask::seize).empty());
    CHECK(run.state().appearances[0].left == 0);
}

TEST_CASE("appearance: each time counts, and the next one follows the end of the one before") {
    Design design = shared(500 * kSecond);
    design.seizures[0].count = 2;
    Run run(design);
    run.until(400 * kSecond);
    CHECK(asked(run, Ask::seize) == Instants{1000, 102'040});  // a second after the 200
}

TEST_CASE("appearance: Timers E and F of what nobody answers, and it is given back") {
    Design design = shared(500 * kSecond);
    design.faults.push_back(unreachable(0, 500, 60 * kSecond, Direction::to_phone));
    std::size_t releases = 11;
    SECTION("released") {}
    SECTION("forgotten") {
        design.phones[0].appearances.releases_unanswered = false;
        releases = 0;
    }
    Run run(design);
    run.until(400 * kSecond);
    CHECK(asked(run, Ask::seize).size() == 11);
    CHECK(asked(run, Ask::seize)[1] == 1500);
    CHECK(run.observed(Notice::seize_unanswered) == Instants{33 * kSecond});
    CHECK(run.observed(Notice::grants) == Instants{1010});  // copies are answered alike
    CHECK((asked(run, Ask::release).size() > 1) == (releases > 0));
    CHECK(run.observed(Notice::frees).size() == (releases > 0 ? 1 : 0));
}

TEST_CASE("appearance: over TCP what is asked is sent once") {
    Design design = shared(500 * kSecond);
    design.phones[0].transport = Transport::tcp;
    design.faults.push_back(unreachable(0, 500, 60 * kSecond, Direction::to_phone));
    Run run(design);
    run.until(400 * kSecond);
    CHECK(asked(run, Ask::seize) == Instants{1000});
    CHECK(run.observed(Notice::seize_unanswered) == Instants{33 * kSecond});
}

TEST_CASE("appearance: a holder that reboots gives it back by its first full state") {
    Design design = shared(500 * kSecond);
    design.faults.push_back(restart(10 * kSecond, 5 * kSecond));
    Run run(design);
    run.until(400 * kSecond);
    CHECK(asked(run, Ask::full) == Instants{20, 15'020});
    CHECK(run.observed(Notice::frees) == Instants{15'030});
    CHECK(run.observed(Notice::releases).empty());  // a restart is no release
}

TEST_CASE("appearance: a holder that has crashed blocks it until its registration expires") {
    Design design = shared(500 * kSecond);
    design.phones[0].expires = 120 * kSecond;
    design.faults.push_back(restart(10 * kSecond, 1000 * kSecond));
    Run run(design);
    run.until(400 * kSecond);
    CHECK(run.observed(Notice::frees) == Instants{120'010});
}

TEST_CASE("appearance: the station lets go when its registration lapses, and tells anew") {
    Design design = shared(500 * kSecond);
    design.phones[0].expires = 90 * kSecond;
    design.phones[0].refresh.lead = 60 * kSecond;
    design.seizures[0].holds = sim::exactly(1000 * kSecond);
    design.faults.push_back(unreachable(0, 20 * kSecond, 60 * kSecond));
    Run run(design);
    run.until(200 * kSecond);
    CHECK(run.observed(Notice::lapses) == Instants{62'020});
    CHECK(run.observed(Notice::releases) == Instants{62'020});
    CHECK(run.observed(Notice::frees) == Instants{90'010});
    CHECK(asked(run, Ask::full).size() == 2);
}

TEST_CASE("appearance: a restart of the server forgets it with the bindings") {
    Design design = shared(12 * kSecond);
    design.faults.push_back(crash(0, 10 * kSecond, kSecond));
    SECTION("kept") {}
    SECTION("lost") { design.faults[0].keeps_bindings = false; }
    Run run(design);
    run.until(20 * kSecond);
    const bool keeps = design.faults[0].keeps_bindings;
    CHECK(run.observed(Notice::frees) == (keeps ? Instants{} : Instants{10 * kSecond}));
    CHECK(run.state().appearances[0].holds == 1);
    CHECK(run.observed(Notice::seize_refused, 1).size() == 1);  // it has no binding any more
}

TEST_CASE("appearance: a full state that is not answered is told again with the next refresh") {
    Design design = shared(500 * kSecond);
    design.phones[0].expires = 120 * kSecond;
    design.seizures[0].at = sim::exactly(70 * kSecond);
    design.faults.push_back(unreachable(0, 25, 40 * kSecond, Direction::to_phone));
    Run run(design);
    run.until(100 * kSecond);
    CHECK(asked(run, Ask::full).size() == 12);  // 11 until Timer F
    CHECK(asked(run, Ask::full).back() == 60'040);
    CHECK(run.observed(Notice::seizes) == Instants{70'020});
}

TEST_CASE("appearance: a subscription to line-seize ends by itself, each side counts") {
    Run run(shared(31'005, SeizeBy::subscribe));
    run.until(60 * kSecond);
    CHECK(asked(run, Ask::full).empty());
    CHECK(run.observed(Notice::seizes) == Instants{1020});
    CHECK(run.observed(Notice::frees) == Instants{31'010});
    CHECK(run.observed(Notice::releases) == Instants{31'020});
    CHECK(asked(run, Ask::release).empty());
    CHECK(run.observed(Notice::grants, 1) == Instants{31'015});
}

TEST_CASE("appearance: a subscription to line-seize is ended before by its user") {
    Design design = shared(500 * kSecond, SeizeBy::subscribe);
    design.seizures[0].holds = sim::exactly(5 * kSecond);
    Run run(design);
    run.until(60 * kSecond);
    CHECK(run.observed(Notice::frees) == Instants{6030});
    CHECK(asked(run, Ask::release) == Instants{6020});
}

TEST_CASE("appearance: it is no matter of the registration by subscription") {
    Design design = shared(500 * kSecond, SeizeBy::subscribe);
    design.faults.push_back(restart(10 * kSecond, 5 * kSecond));
    Run run(design);
    run.until(60 * kSecond);
    CHECK(run.observed(Notice::frees) == Instants{31'010});
}

TEST_CASE("appearance: a server under maintenance says 503, one whose process is gone an error") {
    Design design = shared(500 * kSecond);
    design.faults.push_back(crash(0, 500, 60 * kSecond));
    SECTION("maintenance") { design.faults[0].kind = FaultKind::maintenance; }
    SECTION("refusal") { design.faults[0].kind = FaultKind::refusal; }
    Run run(design);
    run.until(10 * kSecond);
    CHECK(run.observed(Notice::seize_refused) == Instants{1020});
    CHECK(run.state().appearances[0].granted == 0);
}

TEST_CASE("appearance: a line that shares one places no call without it") {
    Design design = shared(500 * kSecond);
    dial_at(design, 500);
    SECTION("as it is") {
        Run run(design);
        run.until(3000);
        CHECK(run.observed(Notice::call_fails) == Instants{500});
        CHECK(run.requests(Method::invite).empty());
    }
    SECTION("with it") {
        design.calls[0].at = sim::exactly(2000);
        Run run(design);
        run.until(3000);
        CHECK(run.observed(Notice::call_fails).empty());
        CHECK(run.observed(Notice::answered) == Instants{2020});
    }
    SECTION("unless it may") {
        design.phones[0].calls.unseized = true;
        Run run(design);
        run.until(600);
        CHECK(run.observed(Notice::answered) == Instants{520});
    }
}

}  // namespace failback::tests::model_appearance_test
