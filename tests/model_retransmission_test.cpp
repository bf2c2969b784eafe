// The tables of transmissions of RFC 3261 17, as they come out of running the model.
#include <catch2/catch.hpp>

#include "tests/run_fixture.hpp"

namespace failback::tests::model_retransmission_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

constexpr DelayMs kHour = 3'600'000;

// Every server is down from the start.
Design dead(std::size_t servers) {
    Design design = design_with(servers);
    for (std::size_t server = 0; server < servers; ++server) {
        design.faults.push_back(crash(server, 0, kHour));
    }
    return design;
}

// When the first REGISTER is sent, until it is given up at exactly `give_up`.
Instants registers(const Design& design, sim::TimeMs give_up) {
    Run run(design);
    run.until(give_up - 1);
    CHECK(run.usage(0).open == 1);
    run.until(give_up);
    CHECK(run.usage(0).open == 0);
    run.until(give_up + design.phones[0].retry.unanswered.fixed.earliest - 1);
    return run.requests(Method::register_);
}

// When INVITEs are sent; the call fails at exactly `give_up`.
Instants invites(Design design, sim::TimeMs give_up) {
    dial_at(design, 0);
    for (ServerEntry& entry : design.phones[0].servers) {
        entry.registers = false;
    }
    Run run(design);
    run.until(give_up);
    CHECK(run.observed(Notice::call_fails) == Instants{give_up});
    return run.requests(Method::invite);
}

void set_timers(Design& design, DelayMs t1, DelayMs t2) {
    set_t1(design, t1);
    design.phones[0].timers.t2 = t2;
}

}  // namespace

TEST_CASE("REGISTER over UDP: eleven transmissions, given up after 32 s") {
    CHECK(registers(dead(1), 32'000) == Instants{0, 500, 1500, 3500, 7500, 11'500, 15'500, 19'500,
                                                 23'500, 27'500, 31'500});
}

TEST_CASE("REGISTER with a Timer F of 16 s: seven transmissions") {
    Design design = dead(1);
    design.phones[0].timers.timer_f = 16'000;
    CHECK(registers(design, 16'000) ==
          Instants{0, 500, 1500, 3500, 7500, 11'500, 15'500});
}

TEST_CASE("REGISTER with a Timer F of 6 s, as Unify recommends") {
    Design design = dead(1);
    design.phones[0].timers.timer_f = 6'000;
    CHECK(registers(design, 6'000) == Instants{0, 500, 1500, 3500});
}

TEST_CASE("REGISTER with other T1 and T2") {
    Design design = dead(1);
    set_timers(design, 250, 2000);
    CHECK(registers(design, 16'000) == Instants{0, 250, 750, 1750, 3750, 5750, 7750, 9750, 11'750,
                                                13'750, 15'750});
    set_timers(design, 1000, 3000);  // T2 is no power of two times T1
    design.phones[0].timers.timer_f = 10'000;
    CHECK(registers(design, 10'000) == Instants{0, 1000, 3000, 6000, 9000});
    set_timers(design, 2000, 2000);  // never doubled
    design.phones[0].timers.timer_f = 9'000;
    CHECK(registers(design, 9'000) == Instants{0, 2000, 4000, 6000, 8000});
}

TEST_CASE("REGISTER over TCP: one transmission, given up after 32 s") {
    Design design = dead(1);
    design.phones[0].transport = Transport::tcp;
    CHECK(registers(design, 32'000) == Instants{0});
}

TEST_CASE("each attempt to register is transmitted anew, with the next CSeq") {
    Run run(dead(1));
    run.until(70'000);
    const Instants all = run.requests(Method::register_);
    REQUIRE(all.size() == 16);
    CHECK(Instants(all.begin() + 11, all.end()) ==
          Instants{62'000, 62'500, 63'500, 65'500, 69'500});
    CHECK(run.observed(Notice::refused).empty());
}

TEST_CASE("INVITE over UDP to the last server: seven transmissions, 32 s") {
    CHECK(invites(dead(1), 32'000) == Instants{0, 500, 1500, 3500, 7500, 15'500, 31'500});
}

TEST_CASE("INVITE with a Timer B of 3.7 s, as Unify recommends: four transmissions") {
    Design design = dead(1);
    design.phones[0].timers.timer_b = 3'700;
    CHECK(invites(design, 3'700) == Instants{0, 500, 1500, 3500});
}

TEST_CASE("INVITE with another T1: Timer A doubles without a cap") {
    Design design = dead(1);
    set_timers(design, 1000, 4000);
    CHECK(invites(design, 64'000) ==
          Instants{0, 1000, 3000, 7000, 15'000, 31'000, 63'000});
}

TEST_CASE("INVITE over TCP: one transmission to each server, 32 s each") {
    Design design = dead(2);
    design.phones[0].transport = Transport::tcp;
    CHECK(invites(design, 64'000) == Instants{0, 32'000});
}

TEST_CASE("INVITE past a dead server, three retries: given up after 3.5 s or 7.5 s") {
    Design design = dead(2);
    const DelayMs moves_on = GENERATE(3500, 7500);
    design.phones[0].calls.give_up =
        moves_on == 3500 ? GiveUp::at_last_retry : GiveUp::one_interval_later;
    Instants expected{0, 500, 1500, 3500};
    for (const sim::TimeMs at : {0, 500, 1500, 3500, 7500, 15'500, 31'500}) {
        expected.push_back(moves_on + at);  // the last server gets all of Timer B
    }
    CHECK(invites(design, moves_on + 32'000) == expected);
}

TEST_CASE("INVITE past two dead servers: 7 s to 15 s until the third") {
    Design design = dead(3);
    const DelayMs each = GENERATE(3500, 7500);
    design.phones[0].calls.give_up =
        each == 3500 ? GiveUp::at_last_retry : GiveUp::one_interval_later;
    CHECK(invites(design, 2 * each + 32'000)[8] == 2 * each);
}

TEST_CASE("INVITE with a constant spacing R and n retries: given up after n*R or (n+1)*R") {
    const int retries = GENERATE(0, 1, 2, 5);
    const bool waits = GENERATE(false, true);
    Design design = dead(2);
    CallRules& rules = design.phones[0].calls;
    rules.retry_timeout = 700;
    rules.retry_count = retries;
    rules.give_up = waits ? GiveUp::one_interval_later : GiveUp::at_last_retry;
    const sim::TimeMs moves_on = 700 * (retries + (waits ? 1 : 0));
    Instants to_first = invites(design, moves_on + 32'000);
    to_first.resize(static_cast<std::size_t>(retries) + 1);
    for (std::size_t i = 0; i < to_first.size(); ++i) {
        CHECK(to_first[i] == static_cast<sim::TimeMs>(700 * i));
    }
}

TEST_CASE("Timer A doubles up to the longest delay, for every T1 and count that may be written") {
    Design design = dead(2);
    design.faults[0].lasts = design.faults[1].lasts = {sim::kLongestDelay, sim::kNever};
    set_timers(design, 3'600'000, 3'600'000);
    design.phones[0].calls.retry_count = 20;
    dial_at(design, 0);
    Run run(design);
    run.until(sim::TimeMs{14} * sim::kLongestDelay);
    const Instants at = run.requests(Method::invite);
    REQUIRE(at.size() > 20);
    CHECK(at[9] - at[8] == 256 * sim::TimeMs{3'600'000});
    CHECK(at[10] - at[9] == sim::kLongestDelay);
    CHECK(at[20] - at[19] == sim::kLongestDelay);
}

TEST_CASE("INVITE to the last server with the shortest T1 and the longest Timer B") {
    Design design = dead(1);
    design.phones[0].timers.t1 = 1;
    design.phones[0].timers.timer_b = 864'000'000;
    design.faults[0].lasts = sim::exactly(sim::kLongestDelay);
    const Instants at = invites(design, 864'000'000);
    REQUIRE(at.size() == 30);
    CHECK(at.back() == (sim::TimeMs{1} << 29) - 1);
}

TEST_CASE("RFC 3261 13.3.1.4: a 200 to INVITE is repeated until its ACK arrives, at most 32 s") {
    Design design = design_with(1);
    design.phones[0].servers[0].registers = false;
    design.faults.push_back(unreachable(0, 5, 100'000, Direction::to_phone));
    dial_at(design, 0);
    Run run(design);
    run.until(100'000);
    Instants expected;
    for (const sim::TimeMs at : {0, 500, 1500, 3500, 7500, 11'500, 15'500, 19'500, 23'500, 27'500,
                                 31'500}) {
        expected.push_back(10 + at);
    }
    CHECK(run.responses(Method::invite, Status::ok_200) == expected);
    CHECK(run.state().call_servers[0].phase == CallServer::Phase::confirmed);
}

}  // namespace failback::tests::model_retransmission_test
