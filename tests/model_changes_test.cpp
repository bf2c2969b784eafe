// Faults in which something goes on, but otherwise than before; flapping; and clocks of phones.
#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>

#include "model/sip/clock.hpp"
#include "model/sip/scope_key.hpp"
#include "tests/design_fixture.hpp"
#include "tests/name_fixture.hpp"

namespace failback::tests::model_changes_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

constexpr DelayMs kSecond = 1000;

Fault change(FaultKind kind, DelayMs at, DelayMs lasts) {
    Fault fault = crash(0, at, lasts);
    fault.kind = kind;
    return fault;
}

Design booting_at(DelayMs boot, const Fault& fault) {
    Design design = design_with(1);
    design.phones[0].boot = sim::exactly(boot);
    design.faults.push_back(fault);
    return design;
}

Fault slow(DelayMs at, DelayMs lasts, DelayMs delay) {
    Fault fault = change(FaultKind::latency, at, lasts);
    fault.delay = sim::exactly(delay);
    return fault;
}

}  // namespace

TEST_CASE("latency: a message has the delay of the moment in which it is sent") {
    Run run(booting_at(0, slow(0, 1000, 700)));
    run.until(5000);
    // The copy of 500 ms is as slow; the answers to both as well, if they are sent in time.
    CHECK(run.observed(Notice::accepted) == Instants{700});
    CHECK(run.observed(Notice::registered) == Instants{1210});
    CHECK(run.observed(Notice::fails).empty());
    CHECK(run.sip().reachable(run.state(), 0, 0));
}

TEST_CASE("latency: a copy that is sent afterwards overtakes the first one") {
    Run run(booting_at(0, slow(0, 400, 3000)));
    run.until(10'000);
    CHECK(run.observed(Notice::accepted) == Instants{510});
    CHECK(run.observed(Notice::registered) == Instants{520});
    // The first one comes later, and is answered from memory.
    CHECK(run.responses(Method::register_, Status::ok_200) == Instants{510, 3000});
}

TEST_CASE("latency: of a direction, of other phones, and of the path of a gateway") {
    Fault fault = slow(0, 1000, 300);
    fault.direction = Direction::to_phone;
    Run to_phone(booting_at(0, fault));
    to_phone.until(5000);
    CHECK(to_phone.observed(Notice::accepted) == Instants{10});
    CHECK(to_phone.observed(Notice::registered) == Instants{310});
    Design design = booting_at(0, slow(0, 1000, 300));
    design.phones.push_back(design.phones[0]);
    design.phones[1].name = "other";
    design.phones[1].lines[0] = {"line2", "sip:1002@example.com", {}};
    design.faults[0].phone = 1;
    Run other(design);
    other.until(5000);
    CHECK(other.observed(Notice::registered, 0) == Instants{20});
    CHECK(other.observed(Notice::registered, 1) == Instants{600});
    design.faults[0].phone.reset();
    design.faults[0].gateway = 0;
    Run probes(design);
    probes.until(5000);
    CHECK(probes.observed(Notice::registered, 1) == Instants{20});
}

TEST_CASE("latency: what is computed counts with the delays of all times") {
    Design design = booting_at(0, slow(0, 1000, 300));
    CHECK(delay_to_server(design, 0, 0) == Interval{10, 300});
    CHECK(usual_delay_to_server(design, 0, 0) == Interval{10, 10});
    design.faults[0].direction = Direction::to_phone;
    CHECK(delay_to_server(design, 0, 0) == Interval{10, 10});
    CHECK(delay_to_phone(design, 0, 0) == Interval{10, 300});
    design.faults[0].server = 7;
    CHECK(delay_to_phone(design, 0, 0) == Interval{10, 10});
}

TEST_CASE("latency: nothing is left out where a copy may come first") {
    Design design = design_with(1);
    CHECK(idle_parts(design, {PartKind::registration, 0, 0, 0}, false).retransmit);
    design.faults.push_back(slow(0, 1000, 300));
    CHECK_FALSE(idle_parts(design, {PartKind::registration, 0, 0, 0}, false).retransmit);
}

TEST_CASE("credentials: challenged again and again, and bound as before") {
    Design design = booting_at(2000, change(FaultKind::credentials, 1000, 60 * kSecond));
    design.servers[0].authentication.of_register = true;
    Run run(design);
    run.until(60'999);
    CHECK(run.observed(Notice::fails) == Instants{1000});
    CHECK(run.sip().up(run.state(), 0));
    CHECK_FALSE(run.sip().reachable(run.state(), 0, 0));
    // Without credentials, with them, and after 30 s so again (RFC 3261 22.1).
    CHECK(run.requests(Method::register_) == Instants{2000, 2020, 32'040, 32'060});
    CHECK(run.observed(Notice::denied) == Instants{2040, 32'080});
    run.until(70'000);
    CHECK(run.observed(Notice::recovers) == Instants{61'000});
    CHECK(run.observed(Notice::registered) == Instants{62'120});
}

TEST_CASE("credentials: a binding stays, and so does one of another phone") {
    Design design = booting_at(0, change(FaultKind::credentials, 1000, 60 * kSecond));
    design.servers[0].authentication.of_register = true;
    design.faults[0].phone = 1;
    design.phones.push_back(design.phones[0]);
    design.phones[1].lines[0] = {"line2", "sip:1002@example.com", {}};
    Run run(design);
    run.until(2000);
    CHECK(run.sip().bound(run.state(), 0));
    CHECK(run.sip().bound(run.state(), 1));
    CHECK(run.sip().reachable(run.state(), 0, 0));
    CHECK_FALSE(run.sip().reachable(run.state(), 1, 0));
}

TEST_CASE("credentials: an INVITE is challenged, too, if the server challenges those") {
    Design design = booting_at(0, change(FaultKind::credentials, 0, 60 * kSecond));
    design.servers[0].authentication.of_invite = true;
    dial_at(design, 1000);
    Run run(design);
    run.until(2000);
    CHECK(run.observed(Notice::registered) == Instants{20});
    CHECK(run.responses(Method::invite, Status::proxy_authentication_required_407).size() == 2);
    CHECK(run.observed(Notice::answered).empty());
}

TEST_CASE("dns-delay: an answer comes later, or not in time") {
    Design design = named(1, {{0}});
    Fault fault = dns_outage(0, 100 * kSecond);
    fault.kind = FaultKind::dns_delay;
    fault.delay = sim::exactly(2000);
    design.faults = {fault};
    Run later(design);
    later.until(100'000);
    CHECK(later.requests(Method::register_).front() == 6000);  // NAPTR, SRV and A
    design.faults[0].delay = sim::exactly(5000);               // as the phone waits for
    Run too_late(design);
    too_late.until(29'999);
    CHECK(too_late.requests(Method::register_).empty());
    CHECK(too_late.observed(Notice::looked_up).empty());
    too_late.until(30'000);
    CHECK(too_late.observed(Notice::looked_up) == Instants{30'000});  // twice three queries
    CHECK(too_late.sip().dns_up(too_late.state()));
}

TEST_CASE("count: an unlimited one is not counted down") {
    Fault fault = crash(0, 1000, 500);
    fault.count = kUnlimited;
    Run run(booting_at(0, fault));
    run.until(600'000);
    CHECK(run.observed(Notice::fails).size() == 400);
    CHECK(run.state().faults[0].left == kUnlimited);
}

TEST_CASE("after: counted from the first end of another fault") {
    Design design = booting_at(0, crash(0, 1000, 500));
    design.faults[0].count = 2;
    Fault second = slow(200, 100, 300);
    second.after = 0;
    second.count = 2;
    Fault third = restart(50, 10);
    third.after = 1;
    design.faults.push_back(second);
    design.faults.push_back(third);
    Run run(design);
    run.until(20'000);
    Instants begun;
    for (const Run::Step& step : run.steps()) {
        if (step.event.kind == EventKind::fault_strikes && step.event.index == 1) {
            begun.push_back(step.at);
        }
    }
    CHECK(begun == Instants{1700, 2000});
    CHECK(run.observed(Notice::fails) == Instants{1000, 2500});
    CHECK(run.observed(Notice::restarts) == Instants{1850});
}

TEST_CASE("after: the fault that another one waits for goes with it") {
    Design design = design_with(2);
    design.faults = {crash(1, 1000, 500), crash(0, 100, 500)};
    design.faults[1].after = 0;
    Scope roots;
    roots.parts.insert({PartKind::registration, 0, 0, 0});
    const Scope scope = slice(design, roots);
    const SipModel sip(design, scope);
    CHECK(sip.fault_in_scope(0));
    CHECK(sip.fault_in_scope(1));
    const auto key_of = [&](const Design& of) { return ScopeKey(of, scope, {}).take(); };
    const auto key = key_of(design);
    design.faults[0].lasts = sim::exactly(600);
    CHECK(key_of(design) != key);
    design.faults[1].after.reset();
    const auto alone = key_of(design);
    design.faults[0].lasts = sim::exactly(700);
    CHECK(key_of(design) == alone);
}

TEST_CASE("clock: what is counted in true time, and between which milliseconds it ends") {
    CHECK(true_time({1000, 2000}, 0) == Interval{1000, 2000});
    CHECK(true_time(sim::exactly(1000), -100'000) == Interval{1111, 1112});
    CHECK(true_time(sim::exactly(1100), 100'000) == Interval{1000, 1000});
    CHECK(true_time(sim::any_time(), 1000) == sim::any_time());
    CHECK(at_longest(1000, 0) == 1000);
    CHECK(at_longest(900, -100'000) == 1200);
    CHECK(at_shortest(1100, 100'000) == 800);
}

TEST_CASE("clock: timers of the phone follow it, those of the server do not") {
    Design design = design_with(1);
    design.phones[0].clock_ppm = -100'000;
    design.phones[0].expires = 90 * kSecond;
    design.phones[0].refresh.lead = 9 * kSecond;
    Run run(design);
    run.until(91'000);
    // 81 s of its clock after the answer.
    CHECK(run.requests(Method::register_) == Instants{0, 90'020});
    run.until(180'100);
    CHECK(run.observed(Notice::lapses).empty());
    Design dead = booting_at(0, crash(0, 0, 80 * kSecond));
    dead.phones[0].clock_ppm = 100'000;
    Run silent(dead);
    silent.until(40'000);
    CHECK(silent.requests(Method::register_).front() == 0);
    CHECK(silent.requests(Method::register_)[1] == 454);   // 500 / 1.1 = 454.5
    CHECK(silent.observed(Notice::unanswered) == Instants{29'090});
}

TEST_CASE("clock: which timers a phone runs") {
    const auto timer = [](Timer which, std::uint8_t key = 0) {
        Event event;
        event.kind = EventKind::timer;
        event.timer = which;
        event.cseq = key;
        return event;
    };
    for (const Timer own : {Timer::retransmit, Timer::timeout, Timer::refresh, Timer::retry,
                            Timer::belief, Timer::hold, Timer::invite_give_up, Timer::keep_alive,
                            Timer::notify_wait, Timer::taken_give_up, Timer::seize_over,
                            Timer::session_refresh}) {
        CHECK(is_of_clock(timer(own)));
    }
    for (const Timer other : {Timer::forget, Timer::subscription_expires, Timer::nonce_age,
                              Timer::answer_give_up, Timer::callee_answers, Timer::offer_give_up,
                              Timer::silence, Timer::user_answers, Timer::hang_up,
                              Timer::seize_expires, Timer::user_releases, Timer::mid_call}) {
        CHECK_FALSE(is_of_clock(timer(other)));
    }
    CHECK_FALSE(is_of_clock(timer(Timer::bye_timeout, 16)));  // the other end
}

TEST_CASE("design file: faults that change something, and clocks", "[design]") {
    const auto fault = [](const json& members) {
        json all = {{"name", "f"}};
        all.update(members);
        return problems_of("/faults", json::array({all}));
    };
    const auto says = [](const std::string& problems, const std::string& what) {
        CAPTURE(problems, what);
        CHECK(problems.find(what) != std::string::npos);
    };
    says(fault({{"kind", "latency"}}), "no \"delay\" in a fault");
    says(fault({{"kind", "latency"}, {"delay", "any"}}), "/faults/0/delay");
    says(fault({{"kind", "latency"}, {"delay", "1s"}, {"window", "any"}}),
         "no \"window\" here: nothing stops");
    says(fault({{"kind", "latency"}, {"delay", "1s"}, {"resolver", "dns"}}), "a \"dns-delay\"");
    says(fault({{"kind", "crash"}, {"server", "primary"}, {"delay", "1s"}}),
         "it belongs to \"latency\", \"late\" and \"dns-delay\"");
    says(fault({{"kind", "credentials"}, {"server", "primary"}}),
         "which asks nobody for a password");
    says(fault({{"kind", "credentials"}}), "no \"server\"");
    says(fault({{"kind", "dns-delay"}, {"delay", "1s"}, {"server", "primary"}}),
         "it concerns queries of all phones");
    says(fault({{"kind", "loss"}, {"count", "unlimited"}}), "a number from 1 to 100");
    says(fault({{"kind", "crash"}, {"server", "primary"}, {"count", "forever"}}),
         "/faults/0/count: \"forever\"");
    const auto flapping = [&](const json& at, const json& lasts) {
        return fault({{"kind", "unreachable"}, {"server", "primary"}, {"count", "unlimited"},
                      {"at", at}, {"lasts", lasts}});
    };
    says(flapping("0s", "0s"),
         "/faults/0/count: \"unlimited\" with an \"at\" and a \"lasts\" of no time");
    CHECK(flapping("0s", "1ms") == "none");
    CHECK(flapping({"0s", "1s"}, "0s") == "none");
    CHECK(flapping("any", "any") == "none");
    says(fault({{"kind", "loss"}, {"after", "f"}}), "has a \"window\" instead");
    says(fault({{"kind", "crash"}, {"server", "primary"}, {"after", "f"}}), "the fault itself");
    says(fault({{"kind", "crash"}, {"server", "primary"}, {"after", "g"}}), "/faults/0/after");
    json two = json::array({{{"name", "g"}, {"kind", "loss"}},
                            {{"name", "f"}, {"kind", "crash"}, {"server", "primary"},
                             {"after", "g"}}});
    says(problems_of("/faults", two), "which has no first end");
    two[0] = {{"name", "g"}, {"kind", "crash"}, {"server", "primary"}, {"count", "unlimited"}};
    says(problems_of("/faults", two), "which has no first end");
    check_problem("/phones/0/clock", 3, "the clock of a phone");
    check_problem("/phones/0/clock", json::object(), "no \"ppm\"");
    check_problem("/phones/0/clock", {{"ppm", 100'001}}, "/phones/0/clock/ppm");
}

TEST_CASE("design file: answers of DNS are all in time, or none", "[design]") {
    json design = shipped("polycom-dns");
    design["faults"].push_back(
        {{"name", "late"}, {"kind", "dns-delay"}, {"delay", {"1s", "100s"}}});
    CHECK(problems_of(design).find("gives a query up") != std::string::npos);
    design["faults"].back()["delay"] = "100s";
    CHECK(problems_of(design) == "none");
}

}  // namespace failback::tests::model_changes_test
