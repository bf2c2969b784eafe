// Faults: what they do, when they strike and end, and how their budgets are spent.
#include <catch2/catch.hpp>

#include "tests/run_fixture.hpp"

namespace failback::tests::model_faults_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

// A phone that registers with one server at `boot`.
Design booting_at(DelayMs boot, const Fault& fault) {
    Design design = design_with(1);
    design.phones[0].boot = sim::exactly(boot);
    design.faults.push_back(fault);
    return design;
}

bool is_answer(const Event& event) { return event.kind == EventKind::message_to_phone; }

// What `fate` makes of every message, as far as the budgets go.
Run::Instants accepted(const Design& design, Fate fate) {
    Run run(design);
    run.fate = [fate](const Event&) { return fate; };
    run.until(10'000);
    return run.observed(Notice::accepted);
}

bool active(const Run& run, std::size_t fault) { return run.state().faults[fault].active != 0; }

}  // namespace

TEST_CASE("crash: a server that is down takes no messages, and may keep its bindings") {
    Run run(booting_at(0, crash(0, 1000, 5000)));
    run.until(999);
    CHECK(run.sip().up(run.state(), 0));
    run.until(1000);
    CHECK_FALSE(run.sip().up(run.state(), 0));
    CHECK(run.sip().bound(run.state(), 0));
    CHECK_FALSE(run.sip().binding_lost(run.state(), 0));
    run.until(6000);
    CHECK(run.sip().up(run.state(), 0));
    CHECK(run.observed(Notice::fails) == Instants{1000});
    CHECK(run.observed(Notice::recovers) == Instants{6000});
    CHECK(run.sip().bound(run.state(), 0));
}

TEST_CASE("crash: bindings that are lost are forgotten until the phone registers again") {
    Fault fault = crash(0, 1000, 5000);
    fault.keeps_bindings = false;
    Run run(booting_at(0, fault));
    run.until(6000);
    CHECK_FALSE(run.sip().bound(run.state(), 0));
    CHECK(run.sip().binding_lost(run.state(), 0));
    CHECK(run.usage(0).believes == 1);
    run.until(3'540'100);
    CHECK(run.sip().bound(run.state(), 0));
    CHECK_FALSE(run.sip().binding_lost(run.state(), 0));
}

TEST_CASE("crash: what was under way when the server stopped is dropped on arrival") {
    Run run(booting_at(995, crash(0, 1000, 5000)));
    run.until(1005);
    REQUIRE(run.steps().back().event.kind == EventKind::message_to_server);
    CHECK(run.steps().back().log.dropped);
    CHECK(run.observed(Notice::accepted).empty());
}

TEST_CASE("crash: an answer that is under way still arrives") {
    Run run(booting_at(985, crash(0, 1000, 5000)));
    run.until(1100);
    CHECK(run.observed(Notice::registered) == Instants{1005});
}

TEST_CASE("unreachable: the server runs, but nothing goes through") {
    Run run(booting_at(0, unreachable(0, 0, 5000)));
    run.until(5000);
    CHECK(run.sip().up(run.state(), 0));
    CHECK(run.observed(Notice::fails) == Instants{0});
    CHECK(run.observed(Notice::recovers) == Instants{5000});
    CHECK(run.observed(Notice::accepted).empty());
    run.until(10'000);
    CHECK(run.observed(Notice::registered) == Instants{7520});
}

TEST_CASE("unreachable towards the server: requests are dropped") {
    Run run(booting_at(0, unreachable(0, 0, 5000, Direction::to_server)));
    run.until(100);
    CHECK_FALSE(run.sip().reachable(run.state(), 0, 0));
    run.until(10'000);
    CHECK(run.observed(Notice::accepted) == Instants{7510});
}

TEST_CASE("unreachable towards the phone: the server accepts, the phone hears nothing") {
    Run run(booting_at(0, unreachable(0, 0, 5000, Direction::to_phone)));
    run.until(100);
    CHECK_FALSE(run.sip().reachable(run.state(), 0, 0));
    CHECK(run.sip().bound(run.state(), 0));
    run.until(10'000);
    CHECK(run.observed(Notice::accepted) == Instants{10});
    CHECK(run.observed(Notice::registered) == Instants{7520});  // answered from memory
}

TEST_CASE("unreachable for one phone: others go through") {
    Design design = booting_at(0, unreachable(0, 0, 5000));
    design.faults[0].phone = 1;
    design.phones.push_back(design.phones[0]);
    design.phones[1].name = "other";
    design.phones[1].lines[0].name = "line2";
    Run run(design);
    run.until(4999);
    CHECK(run.sip().reachable(run.state(), 0, 0));
    CHECK_FALSE(run.sip().reachable(run.state(), 1, 0));
    CHECK(run.observed(Notice::registered, 0) == Instants{20});
    CHECK(run.observed(Notice::registered, 1).empty());
}

TEST_CASE("count: each outage begins counted from the end of the one before") {
    Fault fault = crash(0, 1000, 500);
    fault.count = 3;
    Run run(booting_at(60'000, fault));
    run.until(100'000);
    CHECK(run.observed(Notice::fails) == Instants{1000, 2500, 4000});
    CHECK(run.observed(Notice::recovers) == Instants{1500, 3000, 4500});
}

TEST_CASE("a fault that may strike at any time may also never strike") {
    Fault fault = crash(0, 0, 500);
    fault.at = sim::any_time();
    Run run(booting_at(0, fault));
    run.until(10'000'000);
    CHECK(run.observed(Notice::fails).empty());
    CHECK(run.observed(Notice::lapses).empty());
}

TEST_CASE("overlapping outages are one: the server recovers when the last has ended") {
    Design design = booting_at(60'000, crash(0, 1000, 5000));
    design.faults.push_back(unreachable(0, 3000, 10'000));
    Run run(design);
    run.until(6000);
    CHECK(run.sip().up(run.state(), 0));
    CHECK(run.sip().in_outage(run.state(), 0));
    CHECK(run.observed(Notice::recovers).empty());
    run.until(20'000);
    CHECK(run.observed(Notice::fails) == Instants{1000});
    CHECK(run.observed(Notice::recovers) == Instants{13'000});
}

TEST_CASE("two crashes at once: the server is up when both have ended") {
    Design design = booting_at(60'000, crash(0, 1000, 5000));
    design.faults.push_back(crash(0, 2000, 1000));
    Run run(design);
    run.until(3000);
    CHECK_FALSE(run.sip().up(run.state(), 0));
    run.until(6000);
    CHECK(run.sip().up(run.state(), 0));
}

TEST_CASE("loss: as many messages as the budget has, each a fault of its own") {
    Run run(booting_at(0, of_messages(FaultKind::loss, 3)));
    run.fate = [](const Event&) { return Fate::lost; };
    run.until(10'000);
    CHECK(run.requests(Method::register_) == Instants{0, 500, 1500, 3500});
    CHECK(run.observed(Notice::accepted) == Instants{3510});
    CHECK(run.state().faults[0].left == 0);
}

TEST_CASE("loss: a message that may be lost may also arrive") {
    Run run(booting_at(0, of_messages(FaultKind::loss, 3)));
    run.until(10'000);
    CHECK(run.observed(Notice::registered) == Instants{20});
    CHECK(run.state().faults[0].left == 3);
}

TEST_CASE("loss in one direction spares the messages of the other") {
    Fault fault = of_messages(FaultKind::loss, 3);
    fault.direction = Direction::to_phone;
    CHECK(accepted(booting_at(0, fault), Fate::lost) == Instants{10});
    fault.direction = Direction::to_server;
    CHECK(accepted(booting_at(0, fault), Fate::lost) == Instants{3510});
    Run run(booting_at(0, fault));
    run.fate = [](const Event& event) { return is_answer(event) ? Fate::lost : Fate::delivered; };
    run.until(10'000);
    CHECK(run.observed(Notice::registered) == Instants{20});  // no answer was lost
    CHECK(run.state().faults[0].left == 3);
}

TEST_CASE("loss at another server or phone spares the messages of this one") {
    Design design = design_with(2);
    design.faults.push_back(of_messages(FaultKind::loss, 1));
    design.faults[0].server = 1;
    Run run(design);
    run.fate = [](const Event&) { return Fate::lost; };
    run.until(10'000);
    CHECK(run.observed(Notice::registered, 0) == Instants{20});
    CHECK(run.observed(Notice::registered, 1) == Instants{520});
}

TEST_CASE("loss and duplication strike within their window only") {
    Fault fault = of_messages(GENERATE(FaultKind::loss, FaultKind::duplication), 5);
    fault.window = sim::Interval{200, 600};
    const Fate fate = fault.kind == FaultKind::loss ? Fate::lost : Fate::duplicated;
    Run run(booting_at(0, fault));
    run.fate = [fate](const Event&) { return fate; };
    run.until(199);
    CHECK_FALSE(active(run, 0));
    CHECK(run.observed(Notice::registered) == Instants{20});
    run.until(200);
    CHECK(active(run, 0));
    run.until(600);
    CHECK_FALSE(active(run, 0));
    CHECK(run.state().faults[0].left == 0);
}

TEST_CASE("loss: a message sent inside the window is lost, the next one outside is not") {
    Fault fault = of_messages(FaultKind::loss, 5);
    fault.window = sim::Interval{400, 600};
    Design design = booting_at(0, fault);
    design.faults.push_back(unreachable(0, 0, 100));
    CHECK(accepted(design, Fate::lost) == Instants{1510});
}

TEST_CASE("a window may have no end") {
    Fault fault = of_messages(FaultKind::loss, 2);
    fault.window = sim::Interval{GENERATE(0, 100), sim::kNever};
    Design design = booting_at(200, fault);
    CHECK(accepted(design, Fate::lost) == Instants{1710});
}

TEST_CASE("duplication: both copies arrive, and the request is accepted once") {
    Run run(booting_at(0, of_messages(FaultKind::duplication, 1)));
    run.fate = [](const Event& event) {
        return is_answer(event) ? Fate::delivered : Fate::duplicated;
    };
    run.until(10'000);
    CHECK(run.requests(Method::register_) == Instants{0});
    CHECK(run.responses(Method::register_, Status::ok_200) == Instants{10, 10});
    CHECK(run.observed(Notice::accepted) == Instants{10});
    CHECK(run.observed(Notice::registered) == Instants{20});
}

TEST_CASE("loss and duplication leave TCP alone") {
    const FaultKind kind = GENERATE(FaultKind::loss, FaultKind::duplication);
    Design design = booting_at(0, of_messages(kind, 9));
    design.phones[0].transport = Transport::tcp;
    const Fate fate =
        design.faults[0].kind == FaultKind::loss ? Fate::lost : Fate::duplicated;
    Run run(design);
    run.fate = [fate](const Event&) { return fate; };
    run.until(10'000);
    CHECK(run.observed(Notice::registered) == Instants{20});
    CHECK(run.state().faults[0].left == 9);
}

}  // namespace failback::tests::model_faults_test
