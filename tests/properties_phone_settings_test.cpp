// Records that are written in phones, Flow-Timers and failures that count on: slices and reductions
// of drawn designs against the whole.
#include <catch2/catch.hpp>

#include "tests/agreement.hpp"
#include "tests/check_fixture.hpp"
#include "tests/drawn_designs.hpp"
#include "tests/name_fixture.hpp"

namespace failback::tests::properties_phone_settings_test {
namespace {

using namespace failback::model;

constexpr DelayMs kSecond = 1000;

const char* const kOfNames[] = {
    "never lapses(line1, s1)",
    "whenever requests(line1, s1) then registers(line1, s1) within 20s",
    "never not resolved(line1, s1) for 70s",
    "never call_fails(line1)",
};

const char* const kOfFlows[] = {
    "never lapses(line1, s1)",
    "never flow_fails(line1, s1)",
    "whenever recovers(s1) then registered(line1, s1) within 50s unless fails(s1)",
    "whenever unanswered(line1, s1) then requests(line1, s1) within 45s",
};

Design drawn_static(Draw& draw) {
    Design design = named(2, {{0}});
    Phone& phone = design.phones[0];
    phone.timers.timer_f = 16 * kSecond;
    phone.expires = 120 * kSecond;
    phone.refresh.lead = 30 * kSecond;
    phone.lookup.timeout = draw({2, 5}) * kSecond;
    phone.lookup.static_ttl = draw({20, 100, 300}) * kSecond;
    phone.lookup.all_before_calls = draw({false, true});
    design.dns.answer = {0, draw({0, 10, 1000})};
    design.dns.records[0].ttl = draw({0, 60, 300}) * kSecond;
    if (draw({false, true})) {
        dial_at(design, draw({0, 70}) * kSecond);
    }
    design.faults.push_back(dns_outage(0, 0));
    design.faults.back().kind = draw({FaultKind::dns_outage, FaultKind::dns_denial});
    design.faults.back().at = {0, draw({0, 100}) * kSecond};
    design.faults.back().lasts = draw({Interval{60 * kSecond, 90 * kSecond}, {0, 20 * kSecond}});
    return design;
}

Design drawn_flow(Draw& draw) {
    Design design = design_with(draw({1U, 2U}));
    Phone& phone = design.phones[0];
    design.default_delay = {0, draw({0, 100})};
    phone.transport = draw({Transport::udp, Transport::tcp});
    phone.expires = draw({60, 3600}) * kSecond;
    phone.refresh.lead = draw({5, 20}) * kSecond;
    phone.timers.timer_f = 5 * kSecond;
    phone.retry.rejected = phone.retry.unanswered =
        RetryWait{RetryRule::doubling, {}, draw({5, 10}) * kSecond, 0, 40 * kSecond, 50, 100};
    phone.max_retries = draw({0, 0, 2});
    phone.failures_until_stable = draw({true, true, false});
    KeepAlive& rules = phone.flow.keep_alive;
    rules.method = phone.transport == Transport::tcp ? KeepAliveMethod::crlf
                                                     : KeepAliveMethod::options;
    rules.answered = phone.transport == Transport::tcp;
    rules.every = sim::exactly(25 * kSecond);
    rules.heeds_flow_timer = draw({true, true, false});
    if (draw({true, false})) {
        design.servers[0].flow_timer = draw({20, 40}) * kSecond;
    }
    draw_fault(design, draw);
    draw_maintenance(design, draw);
    return design;
}

}  // namespace

TEST_CASE("static records: every way to search finds the same") {
    CHECK(over_drawn(1034, 8, drawn_static, kOfNames, [](const Design& design, const char* says) {
              return agreed(design, says, 2'500, {kWhole, kFull, kSlowest}).ways;
          }) > 50);
}

TEST_CASE("flow timer, failures: every way to search finds the same") {
    CHECK(over_drawn(5626, 8, drawn_flow, kOfFlows, [](const Design& design, const char* says) {
              return agreed(design, says, 2'500, {kWhole, kFull, kSlowest}).ways;
          }) > 40);
}

TEST_CASE("flow timer, static records: more of both", "[.slow]") {
    const auto all = [](const Design& design, const char* says) {
        return agreed(design, says, 3'000, {kWhole, kFull, kSlowest}).ways +
               approximation_agrees(design, says, 3'000);
    };
    CHECK(over_drawn(77, 20, drawn_static, kOfNames, all) > 150);
    CHECK(over_drawn(78, 10, drawn_flow, kOfFlows, all) > 60);
}

}  // namespace failback::tests::properties_phone_settings_test
