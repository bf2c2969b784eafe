// Calls to servers that the phone registers with first (Polycom UC Software 4.1.6 p. 51,
// failOver.reRegisterOn 1; Yealink register_on_enable 1).
#include <catch2/catch.hpp>

#include "tests/name_fixture.hpp"

namespace failback::tests::model_registers_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

constexpr DelayMs kSecond = 1000;

// The first server is dead from 1 s on; with the others the phone registers only for a call.
Design on_demand(std::size_t servers, DelayMs dials_at = 2 * kSecond) {
    Design design = design_with(servers);
    for (std::size_t i = 1; i < servers; ++i) {
        design.phones[0].servers[i].registers = false;
    }
    design.phones[0].failover.registers = true;
    design.faults.push_back(crash(0, kSecond, 3600 * kSecond));
    dial_at(design, dials_at);
    return design;
}

// REGISTERs to the server with that entry, in a scope that has all registrations.
Instants registers(const Run& run, std::uint8_t usage) {
    return run.sent([usage](const Event& event) {
        return event.kind == EventKind::message_to_server && event.method == Method::register_ &&
               event.index == usage;
    });
}

Instants invites(const Run& run, std::uint8_t entry) {
    return run.sent([entry](const Event& event) {
        return event.kind == EventKind::message_to_server && event.method == Method::invite &&
               event.key == entry;
    });
}

}  // namespace

TEST_CASE("registers: the INVITE to the next server follows its 200 (UCS 4.1.6 p. 51)") {
    Run run(on_demand(2));
    run.until(20 * kSecond);
    CHECK(registers(run, 1) == Instants{9500});  // 2 s + 7.5 s at the first one
    CHECK(run.observed(Notice::registered, 1) == Instants{9520});
    CHECK(invites(run, 1) == Instants{9520});
    CHECK(run.observed(Notice::answered) == Instants{9540});
}

TEST_CASE("registers: a server that does not answer the REGISTER is passed over") {
    Design design = on_demand(3);
    SECTION("in silence, after Timer F") {
        design.faults.push_back(crash(1, 0, 3600 * kSecond));
        Run run(design);
        run.until(60 * kSecond);
        CHECK(registers(run, 1).front() == 9500);
        CHECK(invites(run, 1).empty());
        CHECK(registers(run, 2) == Instants{9500 + 32'000});
        CHECK(invites(run, 2) == Instants{9500 + 32'020});
    }
    SECTION("or by a refusal, at once") {
        design.faults.push_back(crash(1, 0, 3600 * kSecond));
        design.faults.back().kind = FaultKind::maintenance;
        Run run(design);
        run.until(60 * kSecond);
        CHECK(registers(run, 1) == Instants{9500});
        CHECK(invites(run, 1).empty());
        CHECK(invites(run, 2) == Instants{9540});
    }
    SECTION("and without another one the call fails") {
        design.phones[0].servers.pop_back();
        design.faults.push_back(crash(1, 0, 3600 * kSecond));
        Run run(design);
        run.until(60 * kSecond);
        CHECK(run.observed(Notice::call_fails) == Instants{9500 + 32'000});
    }
}

TEST_CASE("registers: a call to a server with a registration does not wait") {
    Design design = on_demand(2);
    design.phones[0].servers[1].registers = true;
    Run run(design);
    run.until(20 * kSecond);
    CHECK(registers(run, 1) == Instants{0});
    CHECK(invites(run, 1) == Instants{9500});
}

TEST_CASE("registers: one request at a time (RFC 3261 10.2), the call waits for that one") {
    Design design = on_demand(2);
    design.phones[0].servers[1].registers = true;
    design.faults.push_back(unreachable(1, 0, 12 * kSecond));
    Run run(design);
    run.until(20 * kSecond);
    CHECK(run.observed(Notice::requests, 1) == Instants{0});
    CHECK(invites(run, 1) == Instants{15'520});  // the copy of 15.5 s gets through
}

TEST_CASE("registers: a wait for the next attempt is cut short") {
    Design design = on_demand(2);
    design.phones[0].servers[1].registers = true;
    design.phones[0].retry = sim::exactly(600 * kSecond);
    design.faults.push_back(unreachable(1, 0, 33 * kSecond));
    design.calls[0].at = sim::exactly(40 * kSecond);
    Run run(design);
    run.until(60 * kSecond);
    CHECK(run.observed(Notice::requests, 1) == Instants{0, 47'500});
    CHECK(invites(run, 1) == Instants{47'520});
}

TEST_CASE("registers: a line that dials before it boots boots with that server") {
    Design design = on_demand(2, 500);
    design.faults[0].at = sim::exactly(0);
    design.phones[0].servers[1].registers = true;
    design.phones[0].boot = sim::exactly(10 * kSecond);
    Run run(design);
    run.until(20 * kSecond);
    CHECK(invites(run, 0).front() == 500);  // the first server, registered or not
    CHECK(run.observed(Notice::boots, 1) == Instants{8000});
    CHECK(invites(run, 1) == Instants{8020});
    CHECK(run.observed(Notice::boots, 0) == Instants{10 * kSecond});
}

TEST_CASE("registers: a registration that was given up is not tried for a call") {
    Design design = on_demand(2);
    design.phones[0].servers[1].registers = true;
    design.phones[0].max_retries = 1;
    design.faults.push_back(unreachable(1, 0, 200 * kSecond));
    design.calls[0].at = sim::exactly(250 * kSecond);
    Run run(design);
    run.until(300 * kSecond);
    CHECK(run.usage(1).gave_up == 1);
    CHECK(invites(run, 1).empty());
    CHECK(run.observed(Notice::call_fails).size() == 1);
}

TEST_CASE("registers: with `register: false` it is refreshed until it fails") {
    Design design = on_demand(2);
    design.phones[0].expires = 120 * kSecond;
    SECTION("while the primary is away") {
        Run run(design);
        run.until(300 * kSecond);
        CHECK(run.state().lines[0].working == 1);
        CHECK(run.observed(Notice::registered, 1).size() > 3);
    }
    SECTION("and when the line is back there") {
        design.faults[0].lasts = sim::exactly(20 * kSecond);
        Run run(design);
        run.until(100 * kSecond);
        CHECK(run.state().lines[0].working == 0);
        CHECK(run.observed(Notice::registered, 1) == Instants{9520, 69'540});
    }
    SECTION("it is not tried again when it fails") {
        design.faults.push_back(crash(1, 20 * kSecond, 3600 * kSecond));
        Run run(design);
        run.until(600 * kSecond);
        CHECK(run.observed(Notice::requests, 1).size() == 2);
        CHECK(run.state().lines[0].working == kNoEntry);
    }
    SECTION("and not begun anew by a restart") {
        design.faults.push_back(restart(20 * kSecond, 5 * kSecond));
        Run run(design);
        run.until(300 * kSecond);
        CHECK(run.observed(Notice::registered, 1) == Instants{9520});
    }
}

TEST_CASE("registers: a restart of the phone ends the call that waits") {
    Design design = on_demand(2);
    design.faults.push_back(crash(1, 0, 15 * kSecond));
    design.faults.push_back(restart(12 * kSecond, 5 * kSecond));
    Run run(design);
    run.until(60 * kSecond);
    CHECK(run.state().calls[0].calling == 0);
    CHECK(invites(run, 1).empty());
}

TEST_CASE("registers: a line is not alone while it registers for a call") {
    Design design = on_demand(2);
    design.phones[0].failover.forgets = true;
    design.phones[0].failback = {FailbackRule::after, 60 * kSecond, 0, 0};
    design.faults[0].lasts = sim::exactly(20 * kSecond);
    SECTION("with the next server it goes on, and back in time") {
        Run run(design);
        run.until(120 * kSecond);
        CHECK(run.observed(Notice::leaves) == Instants{9500});
        CHECK(run.observed(Notice::registered, 0) == Instants{20, 9520 + 60'020});
        CHECK(run.state().lines[0].working == 0);
    }
    SECTION("without it, what was forgotten is tried again") {
        design.faults.push_back(crash(1, 0, 3600 * kSecond));
        Run run(design);
        run.until(120 * kSecond);
        CHECK(run.observed(Notice::registered, 0) == Instants{20, 41'520});
        CHECK(run.observed(Notice::call_fails) == Instants{41'500});
    }
}

TEST_CASE("registers: the address of the server is looked up with the registration") {
    Design design = named(2, {{1}});  // NAPTR, SRV and A take 30 ms
    design.phones[0].servers[1].registers = false;
    design.phones[0].failover.registers = true;
    design.faults.push_back(crash(0, kSecond, 3600 * kSecond));
    dial_at(design, 2 * kSecond);
    Run run(design);
    run.until(20 * kSecond);
    CHECK(registers(run, 1) == Instants{9530});
    CHECK(invites(run, 1) == Instants{9550});
}

}  // namespace failback::tests::model_registers_test
