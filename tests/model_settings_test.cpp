// Settings of products that no other rule depends on: ports that are enabled later, lifetimes that
// the phone does not believe, what ends a call.
#include <catch2/catch.hpp>

#include "model/sip/reduction.hpp"
#include "tests/design_fixture.hpp"
#include "tests/run_fixture.hpp"

namespace failback::tests::model_settings_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

constexpr DelayMs kSecond = 1000;

Instants registers_of(const Design& design, sim::TimeMs end) {
    Run run(design);
    run.until(end);
    return run.requests(Method::register_);
}

// The callee rings from 2 s on and decides after `answers_after`; the INVITE expires after a time.
Design ringing(Interval answers_after, DelayMs expires, bool is_busy = false) {
    Design design = design_with(2);
    design.phones[0].calls.invite_expires = expires;
    dial_at(design, 2000);
    design.calls[0].callee = {true, answers_after, is_busy};
    return design;
}

}  // namespace

TEST_CASE("settings: a line that is enabled later registers at once then") {
    Design design = design_with(1);
    design.phones[0].lines[0].enabled = sim::exactly(100 * kSecond);
    CHECK(registers_of(design, 200 * kSecond) == Instants{100 * kSecond});
    design.phones[0].boot = sim::exactly(5 * kSecond);
    CHECK(registers_of(design, 200 * kSecond) == Instants{105 * kSecond});
}

TEST_CASE("settings: other lines do not wait for one that is enabled later") {
    Design design = design_with(1);
    design.phones[0].lines.push_back({"line2", "sip:1002@example.com", {}});
    design.phones[0].lines[1].enabled = sim::exactly(100 * kSecond);
    CHECK(registers_of(design, 200 * kSecond) == Instants{0, 100 * kSecond});
}

TEST_CASE("settings: a lifetime that is too short for the phone counts as longer") {
    Design design = design_with(1);
    design.servers[0].max_expires = 60 * kSecond;
    design.phones[0].refresh = {RefreshRule::fraction, 0, 50};
    CHECK(registers_of(design, 100 * kSecond) == Instants{0, 30'020, 60'040, 90'060});
    design.phones[0].least_expires = 180 * kSecond;
    CHECK(registers_of(design, 100 * kSecond) == Instants{0, 90'020});
    Run run(design);
    run.until(80 * kSecond);
    CHECK(run.usage(0).believes == 1);  // the binding is gone for 20 s
    CHECK(counted_lifetime(design, {}) == 180 * kSecond);
    CHECK(granted_lifetime(design, {}) == 60 * kSecond);
    design.phones[0].least_expires = 30 * kSecond;  // changes nothing
    CHECK(registers_of(design, 100 * kSecond) == Instants{0, 30'020, 60'040, 90'060});
}

TEST_CASE("settings: an INVITE that has rung as long as it may is answered with 487") {
    // RFC 3261 13.3.1.
    Run run(ringing(sim::exactly(300 * kSecond), 240 * kSecond));
    run.until(400 * kSecond);
    CHECK(run.responses(Method::invite, Status::terminated_487) == Instants{242'010});
    CHECK(run.observed(Notice::declined) == Instants{242'020});
    CHECK(run.observed(Notice::answers).empty());
    CHECK(run.requests(Method::ack) == Instants{242'020});
}

TEST_CASE("settings: who answers before that does not hear of it") {
    for (const bool is_busy : {false, true}) {
        Run run(ringing(sim::exactly(20 * kSecond), 240 * kSecond, is_busy));
        run.until(400 * kSecond);
        CHECK(run.responses(Method::invite, Status::terminated_487).empty());
        CHECK(run.observed(is_busy ? Notice::declined : Notice::answered) == Instants{22'020});
    }
}

TEST_CASE("settings: a crash of the server ends the ringing, with all that it waits for") {
    Design design = ringing(sim::exactly(300 * kSecond), 240 * kSecond);
    design.faults.push_back(crash(0, 10 * kSecond, 5 * kSecond));
    Run run(design);
    run.until(400 * kSecond);
    CHECK(run.responses(Method::invite, Status::terminated_487).empty());
}

TEST_CASE("settings: a 503 ends a call where the phone turns to no other server then") {
    Design design = design_with(2);
    design.faults.push_back(crash(0, 1000, 100 * kSecond));
    design.faults[0].kind = FaultKind::maintenance;
    dial_at(design, 2000);
    const auto outcome = [&] {
        Run run(design);
        run.until(100 * kSecond);
        return std::pair{run.observed(Notice::answered), run.observed(Notice::call_fails)};
    };
    CHECK(outcome() == std::pair{Instants{2040}, Instants{}});
    design.phones[0].calls.fails_after_503 = true;
    CHECK(outcome() == std::pair{Instants{}, Instants{2020}});
    // No answer, and nobody there, make it turn as ever.
    design.faults[0].kind = FaultKind::crash;
    CHECK(outcome().first.size() == 1);
    design.faults[0].kind = FaultKind::refusal;
    CHECK(outcome().first == Instants{2040});
}

TEST_CASE("settings: a line that is off must not restart") {
    json design = with("/phones/0/lines/0/enabled", {"10s", "1h"});
    CHECK(read(design).phones[0].lines[0].enabled == Interval{10 * kSecond, 3600 * kSecond});
    design["faults"] = {
        {{"name", "unplugged"}, {"kind", "restart"}, {"phone", "phone"}, {"at", "1h"}}};
    CHECK(problems_of(design).find("enabled later") != std::string::npos);
}

}  // namespace failback::tests::model_settings_test
