// Servers at which messages wait, and the faults that are about many phones or bindings.
#include <catch2/catch.hpp>

#include "tests/design_fixture.hpp"
#include "tests/load_fixture.hpp"

namespace failback::tests::model_load_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

bool is_200(const Event& event) {
    return event.kind == EventKind::message_to_phone && event.status == Status::ok_200;
}

}  // namespace

TEST_CASE("load: a request that arrives while the server works on another waits its turn") {
    Design design = crowd(3);
    design.servers[0].processing = taking(100, 8);
    Run run(design);
    run.until(1000);
    CHECK(run.observed(Notice::accepted, 0) == Instants{110});
    CHECK(run.observed(Notice::accepted, 1) == Instants{210});
    CHECK(run.observed(Notice::accepted, 2) == Instants{310});
    CHECK(run.observed(Notice::registered, 2) == Instants{320});
}

TEST_CASE("load: workers share what waits") {
    Design design = crowd(3);
    design.servers[0].processing = taking(100, 8);
    design.servers[0].processing->workers = 2;
    Run run(design);
    run.until(1000);
    CHECK(run.observed(Notice::accepted, 0) == Instants{110});
    CHECK(run.observed(Notice::accepted, 1) == Instants{110});
    CHECK(run.observed(Notice::accepted, 2) == Instants{210});
}

TEST_CASE("load: a copy of a request that waits is worked on, too (RFC 3261 17.2)") {
    Design design = crowd(1);
    design.servers[0].processing = taking(600, 8);
    Run run(design);
    run.until(5000);
    CHECK(run.requests(Method::register_) == Instants{0, 500});
    CHECK(run.observed(Notice::accepted) == Instants{610});
    // The transaction is there when the copy's turn comes: it gets the same answer.
    CHECK(run.responses(Method::register_, Status::ok_200) == Instants{610, 1210});
    CHECK(run.observed(Notice::registered) == Instants{620});
}

TEST_CASE("load: where too many wait, the newest is dropped") {
    Design design = crowd(2);
    design.servers[0].processing = taking(400, 0);
    Run run(design);
    run.until(5000);
    CHECK(run.observed(Notice::overflows) == Instants{10});
    CHECK(run.observed(Notice::registered, 0) == Instants{420});
    CHECK(run.observed(Notice::registered, 1) == Instants{920});  // the copy found it idle
}

TEST_CASE("load: or it is refused at once, before any transaction (RFC 5390 4)") {
    Design design = crowd(2);
    design.servers[0].processing = taking(400, 0);
    design.servers[0].processing->refuses = true;
    const DelayMs retry_after = GENERATE(0, 5000);
    design.servers[0].processing->retry_after = retry_after;
    Run run(design);
    run.until(60'000);
    CHECK(run.responses(Method::register_, Status::service_unavailable_503) == Instants{10});
    CHECK(run.observed(Notice::refused, 1) == Instants{20});
    const sim::TimeMs again = 20 + (retry_after > 0 ? retry_after : 30'000);
    CHECK(run.observed(Notice::requests, 1) == Instants{0, again});
    CHECK(run.observed(Notice::registered, 1) == Instants{again + 420});
}

TEST_CASE("load: a call turns to the next server when it is refused") {
    Design design = crowd(1, 2);
    design.phones[0].servers[1].registers = false;
    design.servers[0].processing = taking(400, 0);
    design.servers[0].processing->refuses = true;
    dial_at(design, 0);
    Run run(design);
    run.until(5000);
    CHECK(run.responses(Method::invite, Status::service_unavailable_503) == Instants{10});
    CHECK(run.responses(Method::invite, Status::ok_200) == Instants{30});
    CHECK(run.observed(Notice::answered) == Instants{40});
}

TEST_CASE("load: a crash ends the work, and empties the queue") {
    Design design = crowd(2);
    design.servers[0].processing = taking(400, 8);
    design.faults.push_back(crash(0, 300, 1000));
    Run run(design);
    run.until(20'000);
    CHECK(run.observed(Notice::accepted, 0) == Instants{1910});  // the copy at 1.5 s
    CHECK(run.observed(Notice::accepted, 1) == Instants{2310});
}

TEST_CASE("slowdown: what a worker begins with meanwhile takes another time") {
    Design design = crowd(3);
    design.servers[0].processing = taking(100, 8);
    Fault slow = hang(0, 100, 200);
    slow.kind = FaultKind::slowdown;
    slow.delay = sim::exactly(400);
    design.faults = {slow};
    Run run(design);
    run.until(3000);
    // The first one is begun before it, the second one in it, the third one after it.
    CHECK(run.observed(Notice::accepted, 0) == Instants{110});
    CHECK(run.observed(Notice::accepted, 1) == Instants{510});
    CHECK(run.observed(Notice::accepted, 2) == Instants{610});
    CHECK(run.observed(Notice::fails).empty());
    CHECK(run.sip().reachable(run.state(), 0, 0));
    CHECK(longest_work(design, 0) == 400);
    CHECK(longest_stay(design, 0) == 9 * 400);
}

TEST_CASE("slowdown: what a design file may say of it") {
    json design = minimal();
    design["faults"] = json::array({{{"name", "f"}, {"kind", "slowdown"}, {"server", "primary"}}});
    CHECK(problems_of(design).find("how long a message takes") != std::string::npos);
    design["faults"][0]["time"] = "2s";
    CHECK(problems_of(design).find("in no time") != std::string::npos);
    design["servers"][0]["processing"] = {{"time", "5ms"}};
    CHECK(problems_of(design) == "none");
    design["faults"][0]["phone"] = "phone";
    CHECK(problems_of(design).find("all that the server does") != std::string::npos);
    check_problem("/faults", json::array({{{"name", "f"}, {"kind", "crash"}, {"server", "primary"},
                                           {"time", "2s"}}}), R"(it belongs to "slowdown")");
}

TEST_CASE("hang: what arrives waits, the oldest are kept, and all is worked off in order") {
    Design design = crowd(1);
    design.servers[0].processing = Processing{{0, 0}, 1, 3, false, 0};
    design.faults.push_back(hang(0, 0, 100'000));
    Run run(design);
    run.until(130'000);
    CHECK(run.observed(Notice::unanswered) == Instants{32'000, 94'000});
    // Three copies of the first request, which the phone has given up twice by then.
    CHECK(run.responses(Method::register_, Status::ok_200) ==
          Instants{100'000, 100'000, 100'000, 124'010});
    CHECK(run.observed(Notice::accepted) == Instants{100'000, 124'010});
    CHECK(run.observed(Notice::registered) == Instants{124'020});
}

TEST_CASE("hang: a server without rules keeps some messages, and is as quick as ever otherwise") {
    Design design = crowd(1);
    design.faults.push_back(hang(0, 5, 700));
    Run run(design);
    run.until(5000);
    CHECK(run.sent(is_200) == Instants{705, 705});
    CHECK(run.observed(Notice::registered) == Instants{715});
    Design idle = crowd(1);
    idle.faults.push_back(hang(0, 5000, 700));
    Run quick(idle);
    quick.until(1000);
    CHECK(quick.observed(Notice::accepted) == Instants{10});
}

TEST_CASE("hang: a crash and an outage of the path lose what it would have kept") {
    Design design = crowd(1);
    design.faults.push_back(GENERATE(crash(0, 0, 100'000), unreachable(0, 0, 100'000)));
    Run run(design);
    run.until(130'000);
    CHECK(run.observed(Notice::accepted) == Instants{124'010});
}

TEST_CASE("hang: a crash meanwhile empties the queue") {
    Design design = crowd(1);
    design.faults.push_back(hang(0, 0, 20'000));
    design.faults.push_back(crash(0, 10'000, 1000));
    Run run(design);
    run.until(60'000);
    // What arrived after the crash waits for the end of the hang.
    CHECK(run.observed(Notice::accepted) == Instants{20'000});
    CHECK(run.sent(is_200) == Instants{20'000, 20'000, 20'000});  // of 11.5, 15.5 and 19.5 s
}

TEST_CASE("hang: what a worker was at waits with it") {
    Design design = crowd(1);
    design.servers[0].processing = taking(400, 8);
    design.faults.push_back(hang(0, 200, 200));
    Run run(design);
    run.until(5000);
    CHECK(run.observed(Notice::accepted) == Instants{400});  // nothing of it was left, at best
}

TEST_CASE("hang: bindings expire by the clock") {
    Design design = crowd(1);
    design.phones[0].expires = 60'000;
    design.phones[0].refresh.lead = 0;
    design.faults.push_back(hang(0, 1000, 100'000));
    Run run(design);
    run.until(60'000);
    CHECK(run.sip().bound(run.state(), 0));
    run.until(60'010);
    CHECK_FALSE(run.sip().bound(run.state(), 0));
    run.until(101'000);
    CHECK(run.sip().bound(run.state(), 0));  // by a refresh that had waited
}

TEST_CASE("hang: timers that make the server send come due when it goes on") {
    Design design = crowd(1);
    design.faults.push_back(hang(0, 100, 20'000));
    design.faults.push_back(of_messages(FaultKind::loss, 1));
    dial_at(design, 0);
    Run run(design);
    run.fate = [](const Event& event) {
        return event.method == Method::invite && is_200(event) ? Fate::lost : Fate::delivered;
    };
    run.until(20'200);
    // The 200 would be repeated at 0.51, 1.51 s ...; what was missed is made up once.
    CHECK(run.responses(Method::invite, Status::ok_200) == Instants{10, 20'100});
}

TEST_CASE("hang: a request that waits for many attempts is known as what it is") {
    Design design = crowd(1);
    design.servers[0].processing = Processing{{0, 0}, 1, 1, false, 0};
    design.faults.push_back(hang(0, 0, 1'000'000));
    Run run(design);
    run.until(1'000'000);
    CHECK(run.observed(Notice::requests).size() > 12);
    CHECK(run.observed(Notice::accepted) == Instants{1'000'000});
    run.until(1'100'000);
    CHECK(run.observed(Notice::registered).size() == 1);
    CHECK(run.usage(0).believes == 1);
}

TEST_CASE("hang: it is an outage, in which the server is not up and cannot be reached") {
    Design design = crowd(1);
    design.faults.push_back(hang(0, 1000, 1000));
    Run run(design);
    run.until(1500);
    CHECK_FALSE(run.sip().up(run.state(), 0));
    CHECK_FALSE(run.sip().reachable(run.state(), 0, 0));
    run.until(2000);
    CHECK(run.sip().up(run.state(), 0));
    CHECK(run.observed(Notice::fails) == Instants{1000});
    CHECK(run.observed(Notice::recovers) == Instants{2000});
}

TEST_CASE("power cut: all phones go off in one instant, and each boots in its own time") {
    Design design = crowd(3);
    design.phones[1].boot = sim::exactly(5000);
    design.faults.push_back(power_cut({0, 1}, 10'000, 20'000));
    Run run(design);
    run.until(10'000);
    CHECK(run.observed(Notice::restarts, 0) == Instants{10'000});
    CHECK(run.observed(Notice::restarts, 1) == Instants{10'000});
    CHECK(run.observed(Notice::restarts, 2).empty());
    CHECK(run.sip().off(run.state(), 0));
    CHECK(run.sip().off(run.state(), 1));
    CHECK_FALSE(run.sip().off(run.state(), 2));
    run.until(60'000);
    CHECK(run.observed(Notice::boots, 0) == Instants{0, 30'000});
    CHECK(run.observed(Notice::boots, 1) == Instants{5000, 35'000});
    CHECK(run.observed(Notice::boots, 2) == Instants{0});
}

TEST_CASE("power cut: a phone that is off by itself stays off until both are over") {
    Design design = crowd(2);
    design.faults.push_back(power_cut({0, 1}, 10'000, 20'000));
    design.faults.push_back(restart(5000, 60'000));
    Run run(design);
    run.until(100'000);
    CHECK(run.observed(Notice::restarts, 0) == Instants{5000});
    CHECK(run.observed(Notice::boots, 0) == Instants{0, 65'000});
    CHECK(run.observed(Notice::boots, 1) == Instants{0, 30'000});
}

TEST_CASE("full: new bindings are refused, those that are there are refreshed") {
    Design design = crowd(2);
    for (Phone& phone : design.phones) {
        phone.expires = 120'000;
    }
    design.phones[1].boot = sim::exactly(2000);
    design.faults.push_back(full(0, 1000, 100'000));
    design.faults[0].answer = Status::forbidden_403;
    Run run(design);
    run.until(99'000);
    CHECK(run.observed(Notice::registered, 0) == Instants{20, 60'020 + 20});
    CHECK(run.observed(Notice::refused, 1) == Instants{2020, 32'040, 62'060, 92'080});
    CHECK(run.responses(Method::register_, Status::forbidden_403).size() == 4);
    CHECK(run.observed(Notice::refresh_refused, 0).empty());
    CHECK(run.sip().reachable(run.state(), 0, 0));  // it answers
    CHECK(run.sip().in_outage(run.state(), 0));
    run.until(130'000);
    CHECK(run.observed(Notice::registered, 1) == Instants{122'100});
}

TEST_CASE("full: a registrar may take a refresh for a new binding") {
    Design design = crowd(1);
    design.phones[0].expires = 120'000;
    design.faults.push_back(full(0, 1000, 100'000));
    design.faults[0].refuses_refreshes = true;
    design.faults[0].retry_after = 10'000;
    Run run(design);
    run.until(65'000);
    CHECK(run.observed(Notice::refresh_refused) == Instants{60'030});
    CHECK(run.observed(Notice::refused) == Instants{60'040});
    CHECK(run.sip().bound(run.state(), 0));
    run.until(75'000);
    CHECK(run.observed(Notice::requests) == Instants{0, 60'020, 70'040});
}

}  // namespace failback::tests::model_load_test
