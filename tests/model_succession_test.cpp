// Phones that register with one server after the other, and when a line goes back to a better one.
#include <catch2/catch.hpp>

#include "model/nodes/line.hpp"
#include "tests/run_fixture.hpp"

namespace failback::tests::model_succession_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

constexpr sim::TimeMs kSecond = 1000;

// Servers 10 ms away, pauses of 30 s, a first server that is down from the start until `recovers`.
Design successive(std::size_t servers, DelayMs recovers = 0) {
    Design design = design_with(servers);
    design.phones[0].registration.order = Order::successive;
    design.phones[0].failback.rule = FailbackRule::stay;
    if (recovers > 0) {
        design.faults.push_back(crash(0, 0, recovers));
    }
    return design;
}

Instants attempts(const Run& run, std::uint8_t usage, Method method = Method::register_) {
    return run.sent([=](const Event& event) {
        return event.kind == EventKind::message_to_server && event.method == method &&
               event.index == usage && (event.flags & kRetransmission) == 0;
    });
}

int working(const Run& run) { return run.sip().working(run.state(), 0); }

constexpr DelayMs kForever = 360'000'000;

}  // namespace

TEST_CASE("succession: only the first server is registered with while it answers") {
    Run run(successive(2));
    run.until(7200 * kSecond);
    CHECK(attempts(run, 0) == Instants{0, 3'540'020, 7'080'040});
    CHECK(attempts(run, 1).empty());
    CHECK(run.observed(Notice::boots, 1).empty());
    CHECK(working(run) == 0);
}

TEST_CASE("succession: the next server is tried at once, and after the last one a pause") {
    Design design = successive(2, kForever);
    design.faults.push_back(crash(1, 0, 190 * kSecond));
    SECTION("that comes once a round") {
        Run run(design);
        run.until(220 * kSecond);
        CHECK(attempts(run, 0) == Instants{0, 94'000, 188'000});
        CHECK(attempts(run, 1) == Instants{32'000, 126'000, 220'000});
    }
    SECTION("or after each attempt") {
        design.phones[0].registration.pause = PauseAfter::attempt;
        Run run(design);
        run.until(220 * kSecond);
        CHECK(attempts(run, 0) == Instants{0, 124'000});
        CHECK(attempts(run, 1) == Instants{62'000, 186'000});
    }
}

TEST_CASE("succession: a list of one server has a pause after each attempt") {
    Run run(successive(1, kForever));
    run.until(130 * kSecond);
    CHECK(attempts(run, 0) == Instants{0, 62'000, 124'000});
}

TEST_CASE("succession: servers without a registrar are left out") {
    Design design = successive(3, kForever);
    design.phones[0].servers[1].registers = false;
    Run run(design);
    run.until(40 * kSecond);
    CHECK(run.observed(Notice::registered, 1) == Instants{32'020});
    CHECK(working(run) == 2);
}

TEST_CASE("succession: a line stays with the server that it is registered with") {
    Run run(successive(2, 40'000));
    run.until(8000 * kSecond);
    CHECK(attempts(run, 0) == Instants{0});
    CHECK(attempts(run, 1) == Instants{32'000, 3'572'020, 7'112'040});
    CHECK(working(run) == 1);
}

TEST_CASE("succession: a failed refresh is followed by an attempt at the next server") {
    Design design = successive(3);
    design.faults.push_back(crash(0, 1'000'000, kForever));
    Run run(design);
    run.until(3600 * kSecond);
    CHECK(run.observed(Notice::lapses, 0) == Instants{3'572'020});
    CHECK(run.observed(Notice::registered, 1) == Instants{3'572'040});
    CHECK(run.observed(Notice::switches) == Instants{20, 3'572'040});
    CHECK(working(run) == 1);
}

TEST_CASE("succession: what follows the loss of a lower server") {
    Design design = successive(3, kForever);
    design.faults.push_back(crash(1, 1'000'000, kForever));
    SECTION("is the server after it") {
        Run run(design);
        run.until(3700 * kSecond);
        CHECK(attempts(run, 2) == Instants{3'604'020});
        CHECK(working(run) == 2);
    }
    SECTION("or the first of the list") {
        design.phones[0].registration.loss_starts_over = true;
        Run run(design);
        run.until(3700 * kSecond);
        CHECK(attempts(run, 0) == Instants{0, 3'604'020});
        CHECK(attempts(run, 2) == Instants{3'668'020});
    }
}

TEST_CASE("succession: with belief until the expiry the old server works until another grants") {
    Design design = successive(2);
    design.phones[0].belief = Belief::until_expiry;
    design.faults.push_back(crash(0, 1'000'000, kForever));
    Run run(design);
    run.until(3600 * kSecond);
    CHECK(run.observed(Notice::lapses, 0).empty());
    CHECK(run.observed(Notice::leaves, 0) == Instants{3'572'040});
    CHECK(working(run) == 1);
}

TEST_CASE("succession: at a refresh better servers are tried first") {
    Design design = successive(2, 3'590'000);
    design.phones[0].failback.rule = FailbackRule::at_refresh;
    SECTION("and one that answers is the new one") {
        Run run(design);
        run.until(3600 * kSecond);
        // Registered with s2 at 32.020 s; Timer E repeats the request of 3572.020 s after 19.5 s.
        CHECK(attempts(run, 0) == Instants{0, 3'572'020});
        CHECK(run.observed(Notice::registered, 0) == Instants{3'591'540});
        CHECK(run.observed(Notice::leaves, 1) == Instants{3'591'540});
        CHECK(run.sip().bound(run.state(), 1));  // it ends with its lifetime
        CHECK(working(run) == 0);
    }
    SECTION("else the registration is refreshed, if it is not too late") {
        design.faults[0].lasts = sim::exactly(kForever);
        Run run(design);
        run.until(3700 * kSecond);
        CHECK(attempts(run, 1) == Instants{32'000, 3'604'020});
        CHECK(run.observed(Notice::lapses, 1).empty());
        CHECK(working(run) == 1);
    }
    SECTION("and the registration may run out meanwhile") {
        design.faults[0].lasts = sim::exactly(kForever);
        design.phones[0].refresh.lead = 20'000;
        Run run(design);
        run.until(3700 * kSecond);
        CHECK(run.observed(Notice::lapses, 1) == Instants{3'632'020});
        CHECK(run.observed(Notice::registered, 1) == Instants{32'020, 3'644'040});
    }
}

TEST_CASE("succession: better servers are tried a given time after the change") {
    Design design = successive(2, 200'000);
    design.phones[0].failback = {FailbackRule::after, 120'000, 0, 0};
    SECTION("again and again") {
        Run run(design);
        run.until(310 * kSecond);
        CHECK(attempts(run, 0) == Instants{0, 152'020, 304'020});
        CHECK(run.observed(Notice::registered, 0) == Instants{304'040});
        CHECK(run.observed(Notice::leaves, 1) == Instants{304'040});
        CHECK(run.observed(Notice::switches) == Instants{32'020, 304'040});
    }
    SECTION("giving up the registration before") {
        design.phones[0].registration.leaves_to_return = true;
        Run run(design);
        run.until(190 * kSecond);
        CHECK(run.observed(Notice::leaves, 1) == Instants{152'020});
        CHECK(run.observed(Notice::registered, 1) == Instants{32'020, 184'040});
    }
    SECTION("and the old binding is removed") {
        design.phones[0].registration.removes_old_binding = true;
        Run run(design);
        run.until(304'049);
        CHECK(run.sip().bound(run.state(), 1));
        run.until(304'060);
        CHECK_FALSE(run.sip().bound(run.state(), 1));
        CHECK(attempts(run, 1) == Instants{32'000, 304'040});
        run.until(4000 * kSecond);
        CHECK(attempts(run, 1).size() == 2);
    }
    SECTION("and a refresh that is due meanwhile goes on beside it") {
        design.faults[0].lasts = sim::exactly(kForever);
        design.phones[0].expires = 200'000;  // refreshed 140 s after the grant, at 172.020 s
        Run run(design);
        run.until(200 * kSecond);
        CHECK(attempts(run, 0) == Instants{0, 152'020});
        CHECK(attempts(run, 1) == Instants{32'000, 172'020});
        CHECK(working(run) == 1);
    }
}

TEST_CASE("succession: probes bring the line back after the hold-down") {
    Design design = successive(2, 100'000);
    design.phones[0].failback = {FailbackRule::probe, 0, 120'000, 30'000};
    SECTION("when they were answered all the time") {
        Run run(design);
        run.until(300 * kSecond);
        // The first one, at 62.020 s, is given up after 32 s; the others take 20 ms.
        CHECK(attempts(run, 0, Method::options) ==
              Instants{62'020, 124'020, 154'040, 184'060, 214'080});
        CHECK(run.observed(Notice::registered, 0) == Instants{244'060});
        CHECK(run.observed(Notice::leaves, 1) == Instants{244'060});
    }
    SECTION("which a failure starts anew") {
        design.faults.push_back(crash(0, 160'000, 60'000));
        Run run(design);
        run.until(500 * kSecond);
        // Timer F ends the probe of 184.060 s; that of 246.060 s is answered.
        CHECK(run.observed(Notice::registered, 0) == Instants{366'100});
    }
    SECTION("or at once, without a hold-down") {
        design.phones[0].failback.hold = 0;
        Run run(design);
        run.until(300 * kSecond);
        CHECK(run.observed(Notice::registered, 0) == Instants{124'060});
    }
}

TEST_CASE("line: registered with all servers, the better one works after its hold-down") {
    Design design = design_with(2);
    design.phones[0].failback = {FailbackRule::hold, 0, 120'000, 0};
    design.faults.push_back(crash(0, 0, 50'000));
    Run run(design);
    run.until(300 * kSecond);
    // Down until 50 s; tried at 0 and, after Timer F and the pause, at 62 s.
    CHECK(run.observed(Notice::registered, 0) == Instants{62'020});
    CHECK(run.observed(Notice::switches) == Instants{20, 182'020});
    CHECK(working(run) == 0);
}

TEST_CASE("line: registered with all servers, the better one works after the time of the worse") {
    Design design = design_with(2);
    design.phones[0].failback = {FailbackRule::after, 300'000, 0, 0};
    design.faults.push_back(crash(0, 0, 50'000));
    Run run(design);
    run.until(310 * kSecond);
    CHECK(run.observed(Notice::switches) == Instants{20, 300'020});
    CHECK(working(run) == 0);
}

TEST_CASE("line: a lost working server is replaced at once, whatever the rule") {
    for (const Failback& rule : {Failback{FailbackRule::hold, 0, 120'000, 0},
                                 Failback{FailbackRule::after, 120'000, 0, 0},
                                 Failback{FailbackRule::stay, 0, 0, 0}}) {
        Design design = design_with(2);
        design.phones[0].failback = rule;
        design.faults.push_back(crash(0, 1'000'000, kForever));
        Run run(design);
        run.until(3600 * kSecond);
        CHECK(run.observed(Notice::switches) == Instants{20, 3'572'020});
    }
}

}  // namespace failback::tests::model_succession_test
