// Calls that come in for a phone behind a NAT: an INVITE goes to the mapping that the registrar has
// a binding of (RFC 5626 4.4.2), and to nobody once the NAT has forgotten that.
#include <catch2/catch.hpp>

#include "tests/agreement.hpp"
#include "tests/check_fixture.hpp"
#include "tests/drawn_designs.hpp"

namespace failback::tests::model_nat_call_test {
namespace {

using namespace failback::model;
using properties::Outcome;
using Instants = Run::Instants;

constexpr DelayMs kSecond = 1000;

Fault rebinding(Interval at) {
    Fault fault;
    fault.name = "router";
    fault.kind = FaultKind::rebinding;
    fault.phone = 0;
    fault.at = at;
    return fault;
}

// Registered at 20 ms; somebody calls at `at`.
Design called(DelayMs at, DelayMs lifetime) {
    Design design = design_with(1);
    design.phones[0].flow.nat = sim::exactly(lifetime);
    design.incoming.push_back({0, 0, 0, 1, sim::exactly(at), sim::exactly(500), {}, {}});
    return design;
}

bool holds(const Design& design, const std::string& says) {
    return properties::check(design, properties::parse_property(says, design)).outcome ==
           Outcome::holds;
}

Design drawn_calls(Draw& draw) {
    Design design = design_with(draw({1U, 1U, 2U}));
    Phone& phone = design.phones[0];
    design.default_delay = {0, draw({0, 100})};
    phone.expires = draw({60, 120}) * kSecond;
    phone.refresh.lead = 20 * kSecond;
    phone.flow.nat = draw({Interval{30 * kSecond, 30 * kSecond}, {20 * kSecond, 70 * kSecond},
                           {200 * kSecond, 200 * kSecond}});
    phone.flow.keep_alive.method = draw({KeepAliveMethod::none, KeepAliveMethod::crlf,
                                         KeepAliveMethod::stun, KeepAliveMethod::options});
    phone.flow.keep_alive.every = {24 * kSecond, 29 * kSecond};
    const Interval at = draw({Interval{0, 60 * kSecond}, {40 * kSecond, 40 * kSecond}});
    design.incoming.push_back({0, 0, 0, 1, at, {0, draw({0, 5}) * kSecond}, {}, {}});
    draw_fault(design, draw);
    if (design.faults.empty() || draw({false, true})) {
        design.faults.push_back(rebinding({0, 60 * kSecond}));
    }
    return design;
}

int compare(std::uint64_t seed, int designs, std::uint64_t classes) {
    Draw draw(seed);
    int compared = 0;
    for (int number = 0; number < designs; ++number) {
        const Design design = drawn_calls(draw);
        for (const char* says :
             {"never unheard(s1, line1)", "never rings(line1, s1)",
              "whenever offers(s1, line1) then responds(line1, s1) within 5s"}) {
            CAPTURE(seed, number, says);
            compared += agreeing(design, says, classes);
        }
    }
    return compared;
}

}  // namespace

TEST_CASE("nat calls: an INVITE passes through the mapping of the binding") {
    Run run(called(10 * kSecond, 30 * kSecond));
    run.until(60 * kSecond);
    CHECK(run.observed(Notice::rings) == Instants{10'010});
    CHECK(run.observed(Notice::unheard).empty());
}

TEST_CASE("nat calls: an INVITE to a mapping that is forgotten reaches nobody") {
    Run run(called(40 * kSecond, 30 * kSecond));
    run.until(100 * kSecond);
    CHECK(run.observed(Notice::offers) == Instants{40 * kSecond});
    CHECK(run.observed(Notice::rings).empty());
    CHECK(run.observed(Notice::unheard) == Instants{72 * kSecond});  // Timer B
}

TEST_CASE("nat calls: a keep-alive makes another mapping, of which the registrar knows nothing") {
    Design design = called(40 * kSecond, 60 * kSecond);
    design.phones[0].flow.keep_alive.method = KeepAliveMethod::crlf;
    design.phones[0].flow.keep_alive.every = sim::exactly(10 * kSecond);
    design.faults.push_back(rebinding(sim::exactly(25 * kSecond)));
    Run run(design);
    run.until(100 * kSecond);
    CHECK(run.observed(Notice::rings).empty());
    CHECK(run.observed(Notice::unheard) == Instants{72 * kSecond});
}

TEST_CASE("nat calls: a call that is offered goes on to the mapping of before") {
    Design design = called(40 * kSecond, 60 * kSecond);
    design.phones[0].flow.keep_alive.method = KeepAliveMethod::stun;
    design.phones[0].flow.keep_alive.every = sim::exactly(10 * kSecond);
    design.default_delay = sim::exactly(200);
    design.faults.push_back(rebinding(sim::exactly(40'100)));
    Run run(design);
    run.until(60 * kSecond);
    // STUN has told the phone, which has registered anew; the copies of the INVITE stay lost.
    CHECK(run.sip().inbound(run.state(), 0));
    CHECK(run.observed(Notice::rings).empty());
    run.until(100 * kSecond);
    CHECK(run.observed(Notice::unheard) == Instants{72 * kSecond});
}

TEST_CASE("nat calls: without a NAT nothing changes, and in a slice the mapping is there") {
    Design design = called(40 * kSecond, 30 * kSecond);
    CHECK_FALSE(holds(design, "never unheard(s1, line1)"));
    design.phones[0].flow.nat.reset();
    CHECK(holds(design, "never unheard(s1, line1)"));
    design.phones[0].flow.nat = sim::exactly(30 * kSecond);
    design.phones[0].flow.keep_alive.method = KeepAliveMethod::crlf;
    design.phones[0].flow.keep_alive.every = {20 * kSecond, 29 * kSecond};
    CHECK(holds(design, "never unheard(s1, line1)"));
}

TEST_CASE("nat calls: drawn designs, sliced and reduced against whole and full") {
    CHECK(compare(5626, 4, 500) > 15);
}

TEST_CASE("nat calls: many drawn designs, sliced and reduced against whole and full", "[.slow]") {
    CHECK(compare(4787, 30, 2000) > 100);
}

}  // namespace failback::tests::model_nat_call_test
