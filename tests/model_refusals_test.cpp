// Refused requests: what registrars have no room for, take for a repetition or find too brief, and
// what phones and calls make of a refusal or of a server that is not there.
#include <catch2/catch.hpp>

#include "model/sip/scope.hpp"
#include "tests/design_fixture.hpp"
#include "tests/run_fixture.hpp"

namespace failback::tests::model_refusals_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

constexpr DelayMs kSecond = 1000;

// As design_with(1), with a second phone whose line is "line2".
Design two_phones() {
    Design design = design_with(1);
    design.phones.push_back(design.phones[0]);
    design.phones[1].name = "other";
    design.phones[1].lines[0] = {"line2", "sip:1002@example.com", {}};
    design.phones[1].boot = sim::exactly(1000);
    return design;
}

Fault of_kind(FaultKind kind, DelayMs at, DelayMs lasts) {
    Fault fault = crash(0, at, lasts);
    fault.kind = kind;
    return fault;
}

AfterRefusal waits(DelayMs wait) {
    AfterRefusal after;
    after.kind = AfterRefusal::Kind::wait;
    after.wait.fixed = sim::exactly(wait);
    return after;
}

AfterRefusal& on(Phone& phone, Status status) {
    return phone.refusals.on_status[static_cast<std::size_t>(status)];
}

bool is_repeat_window(const Event& event) {
    return event.kind == EventKind::timer && event.timer == Timer::repeat_window;
}

}  // namespace

TEST_CASE("capacity: one binding more than there is room for is refused, a refresh never (P32)") {
    Design design = two_phones();
    design.servers[0].capacity.bindings = 1;
    Run run(design);
    run.until(3'600'000);
    // The second line asks every 30 s; the first one refreshes at 3540 s.
    CHECK(run.observed(Notice::registered, 0) == Instants{20, 3'540'040});
    CHECK(run.observed(Notice::registered, 1).empty());
    const Instants refused = run.responses(Method::register_, Status::service_unavailable_503);
    REQUIRE(refused.size() > 100);
    CHECK(refused[0] == 1010);
    CHECK(refused[1] == 1020 + 30'000 + 10);
}

TEST_CASE("capacity: bindings of all addresses of record count, or those of one (max_contacts)") {
    Design design = two_phones();
    design.servers[0].contacts_per_aor = {1, Status::forbidden_403, 0};
    SECTION("two addresses of record have room for one binding each") {
        Run run(design);
        run.until(2000);
        CHECK(run.observed(Notice::registered, 1) == Instants{1020});
    }
    SECTION("the second contact of one is refused, by Asterisk with 403") {
        design.phones[1].lines[0].aor = design.phones[0].lines[0].aor;
        Run run(design);
        run.until(2000);
        CHECK(run.responses(Method::register_, Status::forbidden_403) == Instants{1010});
    }
}

TEST_CASE("capacity: an expired binding makes room (Kamailio: expired records do not count)") {
    Design design = two_phones();
    design.servers[0].capacity.bindings = 1;
    design.phones[0].expires = 120 * kSecond;
    design.faults.push_back(unreachable(0, 500, 10'000'000));
    design.faults[0].phone = 0;
    Run run(design);
    run.until(200'000);
    // Stored at 10 ms for 120 s; attempts at 1000 + n * 30'020 reach the server 10 ms later.
    CHECK(run.observed(Notice::registered, 1) == Instants{1000 + 4 * 30'020 + 20});
}

TEST_CASE("capacity: which registrations depend on each other") {
    Design design = two_phones();
    const Part first{PartKind::registration, 0, 0, 0};
    const Part second{PartKind::registration, 1, 0, 0};
    Scope roots;
    roots.parts.insert(first);
    design.servers[0].capacity.bindings = 2;
    CHECK_FALSE(compete(design, first, second));  // there is room for all
    CHECK_FALSE(can_be_crowded_out(design, first));
    CHECK(slice(design, roots).parts.size() == 1);
    design.servers[0].capacity.bindings = 1;
    CHECK(compete(design, first, second));
    CHECK(influences(design, second, first));
    CHECK_FALSE(compete(design, first, first));
    CHECK(slice(design, roots).parts.size() == 2);
    design.servers[0].capacity.bindings = 0;
    design.servers[0].contacts_per_aor.bindings = 1;
    CHECK_FALSE(compete(design, first, second));  // each has its own address of record
    design.phones[1].lines[0].aor = design.phones[0].lines[0].aor;
    CHECK(compete(design, first, second));
    design.phones[1].servers[0].registers = false;
    CHECK_FALSE(can_be_crowded_out(design, first));
}

TEST_CASE("Retry-After: honoured exactly (RFC 3261 21.5.4), or not heard of") {
    Design design = two_phones();
    design.servers[0].capacity = {1, Status::service_unavailable_503, 100 * kSecond};
    const auto asked = [](const Design& changed) {
        Run run(changed);
        run.until(150'000);
        return run.responses(Method::register_, Status::service_unavailable_503);
    };
    CHECK(asked(design) == Instants{1010, 101'030});
    design.phones[1].refusals.retry_after = RetryAfter::ignored;
    CHECK(asked(design).size() == 5);
}

TEST_CASE("Retry-After: an appointment is no failure that counts (Asterisk)") {
    Design design = two_phones();
    design.servers[0].capacity = {1, Status::service_unavailable_503, 100 * kSecond};
    design.phones[1].max_retries = 1;
    Run patient(design);
    patient.until(1'000'000);
    CHECK(patient.observed(Notice::gives_up, 1).empty());
    design.phones[1].refusals.retry_after = RetryAfter::ignored;
    Run counting(design);
    counting.until(1'000'000);
    CHECK(counting.observed(Notice::gives_up, 1) == Instants{1020 + 30'020});
}

TEST_CASE("on_status: a wait of its own, or the end of all attempts (P04)") {
    Design design = two_phones();
    design.servers[0].capacity = {1, Status::forbidden_403, 0};
    SECTION("a wait") {
        on(design.phones[1], Status::forbidden_403) = waits(60 * kSecond);
        Run run(design);
        run.until(100'000);
        CHECK(run.responses(Method::register_, Status::forbidden_403) == Instants{1010, 61'030});
    }
    SECTION("another status does not matter") {
        on(design.phones[1], Status::service_unavailable_503) = waits(60 * kSecond);
        Run run(design);
        run.until(40'000);
        CHECK(run.responses(Method::register_, Status::forbidden_403) == Instants{1010, 31'030});
    }
    SECTION("the end") {
        on(design.phones[1], Status::forbidden_403).kind = AfterRefusal::Kind::give_up;
        Run run(design);
        run.until(10'000'000);
        CHECK(run.observed(Notice::gives_up, 1) == Instants{1020});
        CHECK(run.responses(Method::register_, Status::forbidden_403) == Instants{1010});
    }
}

TEST_CASE("on_status: waits that grow count failures of every kind") {
    ClientUsageConfig config;
    config.retry = sim::exactly(30'000);
    AfterRefusal& after =
        config.refusals.on_status[static_cast<std::size_t>(Status::service_unavailable_503)];
    after.kind = AfterRefusal::Kind::wait;
    after.wait = {RetryRule::doubling, {}, 1000, 0, 4000, 100, 100};
    ClientUsage usage;
    Output output;
    step(usage, config, {.kind = ClientInput::Kind::start}, output);
    for (const DelayMs wait : {2000, 4000, 4000}) {
        output = {};
        step(usage, config,
             {.kind = ClientInput::Kind::response,
              .status = Status::service_unavailable_503,
              .cseq = usage.cseq},
             output);
        CHECK(output.timers.back().timer == Timer::retry);
        CHECK(output.timers.back().delay == sim::exactly(wait));
        step(usage, config, {.kind = ClientInput::Kind::timer, .timer = Timer::retry}, output);
    }
}

TEST_CASE("423: requests for an hour or more, too, against RFC 3261 10.3 step 7") {
    RegistrarConfig config;
    config.min_expires = 7200 * kSecond;
    config.max_expires = 86'400 * kSecond;
    CHECK_FALSE(refuses_as_too_brief(config, 3600 * kSecond));
    config.too_brief = TooBrief::reject_423_always;
    CHECK(refuses_as_too_brief(config, 3600 * kSecond));
    CHECK(refuses_as_too_brief(config, 60 * kSecond));
    CHECK_FALSE(refuses_as_too_brief(config, 7200 * kSecond));
    CHECK_FALSE(refuses_as_too_brief(config, 0));
    config.too_brief = TooBrief::raise;
    CHECK_FALSE(refuses_as_too_brief(config, 60 * kSecond));
}

TEST_CASE("423: a ceiling below the minimum never ends (SPA, Reg Max Expires 7200; P16)") {
    Design design = design_with(1);
    design.servers[0].min_expires = 10'800 * kSecond;
    design.servers[0].max_expires = 86'400 * kSecond;
    design.servers[0].too_brief = TooBrief::reject_423_always;
    SECTION("RFC 3261 10.2.8: what the server names is asked for") {
        Run run(design);
        run.until(1000);
        CHECK(run.observed(Notice::too_brief_again).empty());
        CHECK(run.observed(Notice::registered) == Instants{40});
    }
    SECTION("the ceiling is asked for, again and again; a server remembers them all for 32 s") {
        design.phones[0].refusals.max_min_expires = 7200 * kSecond;
        const Fidelity fidelity = GENERATE(Fidelity::full, Fidelity::reduced);
        Run run(design, fidelity);
        run.until(60'000);
        CHECK(run.observed(Notice::registered).empty());
        CHECK(run.observed(Notice::refused).empty());
        const Instants again = run.observed(Notice::too_brief_again);
        REQUIRE(again.size() == 2999);
        CHECK(again[0] == 40);
    }
}

TEST_CASE("423: a new cycle begins anew") {
    ClientUsageConfig config;
    config.expires = 3600 * kSecond;
    config.timers.timer_f = 32'000;
    config.refusals.max_min_expires = 7200 * kSecond;
    ClientUsage usage;
    const auto take = [&](const ClientInput& input) {
        Output output;
        step(usage, config, input, output);
        return std::ranges::count(output.notices, Notice::too_brief_again);
    };
    const auto too_brief = [&](DelayMs least) {
        return take({.kind = ClientInput::Kind::response,
                     .status = Status::interval_too_brief_423,
                     .cseq = usage.cseq,
                     .expires = least});
    };
    (void)take({.kind = ClientInput::Kind::start});
    CHECK(too_brief(10'800 * kSecond) == 0);
    CHECK(usage.requested == 7200 * kSecond);
    CHECK(too_brief(10'800 * kSecond) == 1);
    (void)take({.kind = ClientInput::Kind::timer, .timer = Timer::timeout});
    (void)take({.kind = ClientInput::Kind::timer, .timer = Timer::retry});
    CHECK(too_brief(10'800 * kSecond) == 0);
    CHECK(too_brief(7200 * kSecond) == 1);
    CHECK(usage.raised == 0);  // it asked for all that was named
}

TEST_CASE("repeat window: the same CSeq is taken for a repetition, and refused later (Kamailio)") {
    // The answers of the first 3 s are lost; the copies find no transaction at the server.
    Design design = design_with(1);
    Server& server = design.servers[0];
    server.timer_j = 0;
    server.out_of_order = Status::bad_request_400;
    server.repeat_window = 2 * kSecond;
    design.faults.push_back(unreachable(0, 0, 3000, Direction::to_phone));
    Run run(design);
    run.until(3500);
    // Copies at 0.5 and 1.5 s are repetitions; that of 3.5 s is refused.
    CHECK(run.responses(Method::register_, Status::ok_200) == Instants{10, 510, 1510});
    run.until(3600);
    CHECK(run.responses(Method::register_, Status::bad_request_400) == Instants{3510});
    CHECK(run.observed(Notice::refused) == Instants{3520});
}

TEST_CASE("repeat window: a repetition is told what is left of the lifetime") {
    Design design = design_with(1);
    design.servers[0].timer_j = 0;
    design.servers[0].repeat_window = 20 * kSecond;
    design.faults.push_back(unreachable(0, 0, 1000, Direction::to_phone));
    Run run(design);
    run.until(1600);
    CHECK(run.observed(Notice::registered) == Instants{1520});
    const auto& agenda = run.execution().agenda();
    for (std::uint32_t entry = 0; entry < agenda.size(); ++entry) {
        const Event& event = agenda.event(entry);
        if (event.kind == EventKind::timer && event.timer == Timer::belief) {
            CHECK(agenda.note(entry).earliest() == 1520 + 3'580'000);
            CHECK(agenda.note(entry).latest() == 1520 + 3'600'000);
        } else if (event.kind == EventKind::timer && event.timer == Timer::refresh) {
            CHECK(agenda.note(entry).earliest() == 1520 + 3'520'000);
            CHECK(agenda.note(entry).latest() == 1520 + 3'540'000);
        }
    }
    CHECK(refresh_between({RefreshRule::lead, 60'000, 0}, 70'000, 20'000) == Interval{0, 30'000});
    CHECK(refresh_between({RefreshRule::fraction, 0, 90}, 100'000, 20'000) ==
          Interval{72'000, 90'000});
}

TEST_CASE("repeat window: it ends with the binding") {
    Design design = design_with(1);
    design.servers[0].min_expires = 1 * kSecond;
    design.servers[0].timer_j = 0;
    design.servers[0].repeat_window = 20 * kSecond;
    design.phones[0].expires = 5 * kSecond;
    SECTION("when that expires") {
        design.faults.push_back(unreachable(0, 1000, 100'000));
        Run run(design);
        run.until(5005);
        CHECK(std::ranges::any_of(run.execution().agenda().events(), is_repeat_window));
        run.until(5010);
        CHECK(std::ranges::none_of(run.execution().agenda().events(), is_repeat_window));
    }
    SECTION("when a restart forgets it") {
        design.faults.push_back(crash(0, 1000, 1000));
        design.faults[0].keeps_bindings = false;
        Run run(design);
        run.until(1000);
        CHECK(std::ranges::none_of(run.execution().agenda().events(), is_repeat_window));
    }
    SECTION("when it is registered anew, as a new one") {
        Run run(design);
        run.until(2530);  // refreshed after half of the lifetime
        CHECK(run.observed(Notice::accepted) == Instants{10, 2530});
        CHECK(std::ranges::count_if(run.execution().agenda().events(), is_repeat_window) == 1);
        run.until(100'000);
    }
}

TEST_CASE("whole seconds: a binding of E seconds lives between E - 1 s and E (Kamailio)") {
    RegistrarConfig config;
    config.whole_seconds = true;
    config.expiry_sweep = 5 * kSecond;
    config.min_expires = 1 * kSecond;
    AorRecord record;
    const RegisterOutcome outcome = step(record, config, {0, false, 1, 1, 1 * kSecond});
    REQUIRE(outcome.scheduled.size() == 1);
    CHECK(outcome.scheduled[0].delay == Interval{1, 6 * kSecond});
    CHECK(outcome.expires == 1 * kSecond);
}

TEST_CASE("maintenance: every REGISTER is answered with 503, and bindings are kept") {
    Design design = design_with(1);
    design.phones[0].expires = 100 * kSecond;
    design.phones[0].refresh.lead = 10 * kSecond;
    Fault works = of_kind(FaultKind::maintenance, 80'000, 20'000);
    works.retry_after = 15 * kSecond;
    design.faults.push_back(works);
    Run run(design);
    run.until(80'000);
    CHECK(run.sip().up(run.state(), 0));
    CHECK(run.sip().in_outage(run.state(), 0));
    CHECK_FALSE(run.sip().reachable(run.state(), 0, 0));
    CHECK(run.sip().bound(run.state(), 0));
    run.until(200'000);
    CHECK(run.observed(Notice::fails) == Instants{80'000});
    CHECK(run.observed(Notice::recovers) == Instants{100'000});
    CHECK(run.responses(Method::register_, Status::service_unavailable_503) == Instants{90'030});
    CHECK(run.observed(Notice::lapses) == Instants{90'040});
    CHECK(run.observed(Notice::registered) == Instants{20, 105'060, 195'080});
}

TEST_CASE("maintenance: a retransmission gets the answer that is remembered (RFC 3261 17.2.2)") {
    Design design = design_with(1);
    design.faults.push_back(of_kind(FaultKind::maintenance, 0, 100));
    design.faults.push_back(unreachable(0, 0, 400, Direction::to_phone));
    Run run(design);
    run.until(600);
    CHECK(run.responses(Method::register_, Status::service_unavailable_503) == Instants{10, 510});
    CHECK(run.observed(Notice::refused) == Instants{520});
}

TEST_CASE("maintenance: a call moves to the next server at once (RFC 3263 4.3)") {
    Design design = design_with(2);
    design.faults.push_back(of_kind(FaultKind::maintenance, 1000, 1'000'000));
    SECTION("the next one answers") {
        dial_at(design, 2000);
        Run run(design);
        run.until(5000);
        CHECK(run.observed(Notice::answered) == Instants{2000 + 20 + 20});
        CHECK(run.state().call_servers[0].phase == CallServer::Phase::refused);
    }
    SECTION("after the last one the call fails") {
        design.phones[0].servers.pop_back();
        dial_at(design, 2000);
        Run run(design);
        run.until(5000);
        CHECK(run.observed(Notice::call_fails) == Instants{2020});
    }
    SECTION("a copy of the INVITE is refused, too, even after the maintenance (RFC 3261 17.2.1)") {
        design.faults[0].lasts = sim::exactly(1300);
        design.faults.push_back(unreachable(0, 1500, 700, Direction::to_phone));
        dial_at(design, 2000);
        Run run(design);
        run.until(5000);
        CHECK(run.responses(Method::invite, Status::service_unavailable_503) ==
              Instants{2010, 2510});
        CHECK(run.observed(Notice::answered) == Instants{2520 + 20});
    }
}

TEST_CASE("refusal: nothing is processed, and an error comes back after the path's delay") {
    Design design = design_with(1);
    design.phones[0].expires = 100 * kSecond;
    design.phones[0].refresh.lead = 10 * kSecond;
    design.faults.push_back(of_kind(FaultKind::refusal, 80'000, 5000));
    design.faults[0].lasts = sim::exactly(20'000);
    SECTION("heard of, it counts as a 503 (RFC 3261 8.1.3.1)") {
        on(design.phones[0], Status::service_unavailable_503) = waits(5 * kSecond);
        Run run(design);
        run.until(80'000);
        CHECK_FALSE(run.sip().up(run.state(), 0));
        CHECK_FALSE(run.sip().reachable(run.state(), 0, 0));
        CHECK(run.sip().bound(run.state(), 0));
        run.until(102'000);
        CHECK(run.observed(Notice::refused) == Instants{90'040, 95'060});
        CHECK(run.observed(Notice::registered) == Instants{20, 100'080});
    }
    SECTION("ignored over UDP, requests are repeated (measured: baresip, linphone)") {
        design.phones[0].refusals.transport_errors = TransportErrors::ignored;
        Run run(design);
        run.until(106'000);
        CHECK(run.observed(Notice::refused).empty());
        // The first copy after 100 s is that of 90'020 + 11'500.
        CHECK(run.observed(Notice::registered) == Instants{20, 101'540});
    }
    SECTION("TCP never ignores a reset") {
        design.phones[0].refusals.transport_errors = TransportErrors::ignored;
        design.phones[0].transport = Transport::tcp;
        Run run(design);
        run.until(91'000);
        CHECK(run.observed(Notice::refused) == Instants{90'040});
    }
    SECTION("a restart may lose the bindings") {
        design.faults[0].keeps_bindings = false;
        Run run(design);
        run.until(80'000);
        CHECK_FALSE(run.sip().bound(run.state(), 0));
        CHECK(run.sip().binding_lost(run.state(), 0));
    }
}

TEST_CASE("refusal: a call moves on at once, unless the phone is deaf to ICMP") {
    Design design = design_with(2);
    design.faults.push_back(of_kind(FaultKind::refusal, 1000, 1'000'000));
    dial_at(design, 2000);
    SECTION("at once") {
        Run run(design);
        run.until(60'000);
        CHECK(run.observed(Notice::answered) == Instants{2040});
    }
    SECTION("after the retransmissions") {
        design.phones[0].refusals.transport_errors = TransportErrors::ignored;
        Run run(design);
        run.until(60'000);
        CHECK(run.observed(Notice::answered) == Instants{2000 + 7500 + 20});
    }
}

TEST_CASE("design file: keys of limits, refusals and outages that do not fit") {
    const auto fault = [](const char* kind, const char* key, const json& value) {
        return json{{{"name", "f"}, {"kind", kind}, {"server", "primary"}, {key, value}}};
    };
    CHECK(problems_of("/faults", fault("maintenance", "retry_after", "30s")) == "none");
    CHECK(problems_of("/faults", fault("refusal", "bindings", "lost")) == "none");
    check_problem("/faults", fault("refusal", "retry_after", "30s"), "no \"retry_after\" here");
    check_problem("/faults", fault("crash", "retry_after", "30s"), "no \"retry_after\" here");
    check_problem("/faults", fault("maintenance", "bindings", "lost"), "no \"bindings\" here");
    check_problem("/faults", fault("maintenance", "phone", "phone"), "no \"phone\" here");
    check_problem("/faults", fault("refusal", "direction", "both"), "no \"direction\" here");
    check_problem("/servers/0/capacity", {{"bindings", -1}}, "from 0 to 100000");
    check_problem("/servers/0/capacity", {{"answer", "404 "}}, "\"503\", \"500\"");
    check_problem("/servers/0/contacts_per_aor", {{"retry_after", "500ms"}}, "whole seconds");
    check_problem("/servers/0/capacity", 5, "a limit of bindings");
    check_problem("/servers/0/out_of_order", "403", "one of \"500\", \"400\"");
    check_problem("/phones/0/on_status", {{"423", "give-up"}}, "unknown key \"423\"");
    check_problem("/phones/0/on_status", {{"403", "stop"}}, "\"give-up\", \"retry\", an interval");
    check_problem("/phones/0/on_status", {{"403", "0s"}}, "/403");
    check_problem("/phones/0/max_min_expires", "1500ms", "whole seconds");
    CHECK(problems_of("/servers/0/timer_j", "0s") == "none");
}

}  // namespace failback::tests::model_refusals_test
