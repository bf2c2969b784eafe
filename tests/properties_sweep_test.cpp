// The exact time to register after an outage, over many parameters: the usual search against its
// slow twin, and against the bound that the catalogue computes.
#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "properties/bounds.hpp"
#include "tests/check_fixture.hpp"
#include "tests/drawn_designs.hpp"

namespace failback::tests::properties_sweep_test {
namespace {

using namespace failback::model;
using properties::registration_bound;

constexpr DelayMs kSecond = 1000;
constexpr const char* kRegisters =
    "whenever recovers(s1) then working(line1) = s1 within 24h unless fails(s1)";

Fault outage(Draw& draw) {
    Fault fault = crash(0, 0, 0);
    fault.at = sim::any_time();
    // Longer than any Timer F below, so that the worst case can come about.
    fault.lasts = draw({Interval{60 * kSecond, 7200 * kSecond}, {200 * kSecond, 400 * kSecond}});
    fault.keeps_bindings = draw({true, false});
    fault.count = draw({1, 1, 2});
    if (draw({false, false, true})) {
        fault.kind = FaultKind::unreachable;
        fault.direction = draw({Direction::both, Direction::to_server});
    }
    return fault;
}

Design drawn(Draw& draw) {
    Design design = design_with(1);
    Phone& phone = design.phones[0];
    const DelayMs least = draw({0, 0, 10, 50});
    design.default_delay = {least, least + draw({0, 100, 490, 1000, 2000})};
    TransactionTimers& timers = phone.timers;
    timers.t1 = draw({250, 500, 500, 750});
    timers.t2 = draw({2 * kSecond, 4 * kSecond, 4 * kSecond, 8 * kSecond});
    timers.timer_f = draw({64 * timers.t1, 64 * timers.t1, 16'000, 6'000});
    design.servers[0].timer_j = std::max(timers.timer_f, 32 * kSecond);
    const DelayMs wait = draw({10, 30, 30, 60}) * kSecond;
    phone.retry = sim::Interval{wait, wait + draw({0, 30, 60}) * kSecond};
    phone.belief = draw({Belief::until_failed_refresh, Belief::until_expiry});
    phone.expires = draw({3600, 3600, 600, 120}) * kSecond;
    phone.refresh.lead = draw({60, 60, 10, 5, 0}) * kSecond;
    if (draw({false, false, true})) {
        phone.refresh = {RefreshRule::fraction, 0, draw({50, 90})};
    }
    phone.transport = draw({Transport::udp, Transport::udp, Transport::udp, Transport::tcp});
    design.faults.push_back(outage(draw));
    return design;
}

std::string text(const Design& design) {
    const Phone& phone = design.phones[0];
    return fmt::format("delay {}..{}, T1 {}, T2 {}, F {}, retry {}..{}, expires {}, lead {}, {}",
                       design.default_delay.earliest, design.default_delay.latest,
                       phone.timers.t1, phone.timers.t2, phone.timers.timer_f,
                       phone.retry.unanswered.fixed.earliest, phone.retry.unanswered.fixed.latest,
                       phone.expires,
                       phone.refresh.lead, phone.transport == Transport::tcp ? "tcp" : "udp");
}

Findings range_of(const Design& design, const Way& way) {
    return search(design, kRegisters, way, true);
}

}  // namespace

TEST_CASE("sweep: the usual search, its slow twin and the bound agree") {
    Draw draw(66'500);
    for (int combination = 0; combination < 80; ++combination) {
        const Design design = drawn(draw);
        const Findings usual = range_of(design, kUsual);
        CAPTURE(combination, text(design));
        CHECK(usual.complete);
        CHECK(usual == range_of(design, kSlowest));
        CHECK(usual.most == registration_bound(design, {0, 0}));
    }
}

TEST_CASE("sweep: merging and plain inclusion of zones agree") {
    Draw draw(66'501);
    for (int combination = 0; combination < 40; ++combination) {
        const Design design = drawn(draw);
        CAPTURE(combination, text(design));
        CHECK(range_of(design, kUsual) == range_of(design, kInclusion));
    }
}

TEST_CASE("bound: a retry wait shorter than the pause between retransmissions") {
    // The pause of 4 s before the next transmission is longer than what follows a timeout.
    Design design = design_with(1);
    design.default_delay = {0, 100};
    design.phones[0].retry = sim::exactly(1 * kSecond);
    design.faults.push_back(crash(0, 0, 0));
    design.faults[0].at = sim::any_time();
    design.faults[0].lasts = {60 * kSecond, 7200 * kSecond};
    CHECK(range_of(design, kUsual).most == 4200);
    CHECK(registration_bound(design, {0, 0}) == 4200);
}

TEST_CASE("bound: a server that forgets requests before Timer F refuses the next copy") {
    // The answers got lost; the copy after the recovery earns a 500 because of its CSeq.
    Design design = design_with(1);
    design.default_delay = {0, 490};
    set_t1(design, 1000);
    design.phones[0].retry = sim::Interval{30 * kSecond, 60 * kSecond};
    design.servers[0].timer_j = 32 * kSecond;
    design.faults.push_back(unreachable(0, 0, 0, Direction::to_phone));
    design.faults[0].at = sim::any_time();
    design.faults[0].lasts = {0, 60 * kSecond};
    CHECK(range_of(design, kUsual).most == 4000 + 2 * 980 + 60'000);
    CHECK(registration_bound(design, {0, 0}) == 4000 + 2 * 980 + 60'000);
}

TEST_CASE("bound: a phone that boots after the recovery") {
    Design design = design_with(1);
    design.phones[0].boot = {0, 200 * kSecond};
    design.faults.push_back(crash(0, 10'000, 60'000));
    CHECK(range_of(design, kUsual).most == 200'000 - 70'000 + 20);
    CHECK(registration_bound(design, {0, 0}) == 200'000 - 70'000 + 20);
}

TEST_CASE("bound: a 423, a wipe and the loss of messages cost no more than it says") {
    Design design = design_with(1);
    design.default_delay = {0, 1000};
    design.phones[0].retry = sim::Interval{30 * kSecond, 60 * kSecond};
    design.faults.push_back(crash(0, 0, 0));
    design.faults[0].at = {0, 300 * kSecond};
    design.faults[0].lasts = {60 * kSecond, 600 * kSecond};
    SECTION("423: one more round trip") {
        design.phones[0].expires = 120 * kSecond;
        design.servers[0].min_expires = 300 * kSecond;
        CHECK(range_of(design, kUsual).most == 68'500);
        CHECK(registration_bound(design, {0, 0}) == 68'500);
    }
    SECTION("wipe at boot: one more round trip") {
        design.phones[0].wipe_at_boot = true;
        CHECK(range_of(design, kUsual).most == 68'500);
        CHECK(registration_bound(design, {0, 0}) == 68'500);
    }
    SECTION("loss: far less than one attempt for each message") {
        design.faults.push_back(of_messages(FaultKind::loss, 1));
        const Findings usual = range_of(design, kUsual);
        CHECK(usual == range_of(design, kFull));
        CHECK(usual.most <= registration_bound(design, {0, 0}));
        CHECK(usual.most > 66'500);
    }
}

TEST_CASE("bound: where every answer may come after Timer F no bound holds") {
    Design design = design_with(1);
    design.default_delay = {0, 4 * kSecond};
    design.phones[0].timers.timer_f = 6 * kSecond;
    design.faults.push_back(crash(0, 10'000, 60'000));
    CHECK(search(design, "whenever recovers(s1) then registered(line1, s1) within 5m", kUsual)
              .violated);
    CHECK(registration_bound(design, {0, 0}) < 100 * kSecond);
}

}  // namespace failback::tests::properties_sweep_test
