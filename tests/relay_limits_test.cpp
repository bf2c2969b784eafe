// Limits of bindings at a server that gateways pass registrations on to (PROPERTIES P32), and calls
// that a gateway refuses to phones that it does not know.
#include <catch2/catch.hpp>

#include "model/sip/scope.hpp"
#include "tests/agreement.hpp"
#include "tests/drawn_relays.hpp"

namespace failback::tests::relay_limits_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

constexpr DelayMs kSecond = 1000;

// Two lines that register through the gateway, one after the other.
Design two_lines(const Limit& limit) {
    Design design = relayed();
    design.phones[0].lines.push_back({"line2", "sip:1002@example.com", {}, {}});
    design.phones[0].lines[1].enabled = sim::exactly(10 * kSecond);
    design.servers[0].capacity = limit;
    return design;
}

const char* const kQuestions[] = {
    "never refused(line1, s2)",
    "never registered(line1, s2) and registered(line2, s2)",
    "never working(line1) = none for 150s",
    "never registered(line1, s2) and not binding(s1, line1) for 20s",
    "never lapses(line1, s2)",
};

Design drawn(Draw& draw) {
    Design design = drawn_relay(draw);
    design.calls.clear();
    design.incoming.clear();
    Phone& phone = design.phones[0];
    phone.lines.push_back({"line2", draw({true, false}) ? "sip:1002@example.com"
                                                        : phone.lines[0].aor, {}, {}});
    const Limit limit{1, Status::service_unavailable_503, draw({0, 20}) * kSecond};
    (draw({true, false}) ? design.servers[0].capacity : design.servers[0].contacts_per_aor) =
        limit;
    return design;
}

const char* const kOfCalls[] = {
    "never call_fails(line1)",
    "whenever dials(line1) then answered(line1) within 5s",
    "whenever dials(line1) and registered(line1, s2) then answered(line1) within 5s",
};

Design drawn_with_bars(Draw& draw) {
    Design design = drawn_relay(draw);
    design.incoming.clear();
    if (design.calls.empty()) {
        dial_at(design, 0);
        design.calls[0].at.latest = draw({0, 100}) * kSecond;
    }
    Survivability& rules = design.servers[1].survivability;
    rules.in_normal = draw({InNormal::passed_on, InNormal::passed_on, InNormal::served,
                            InNormal::refused});
    if (rules.in_normal != InNormal::passed_on) {
        rules.in_emergency = InNormal::served;
        rules.re_registers.reset();
        rules.unanswered = Status::none;
    }
    rules.to_unregistered = draw({Status::forbidden_403, Status::service_unavailable_503});
    return design;
}

}  // namespace

TEST_CASE("relay: a server that is full refuses what a gateway passes on, with its Retry-After") {
    Design design = two_lines({1, Status::service_unavailable_503, 120 * kSecond});
    Run run(design);
    run.until(20 * kSecond);
    CHECK(run.observed(Notice::registered, 0) == Instants{40});
    CHECK(run.responses(Method::register_, Status::service_unavailable_503) == Instants{10'030});
    CHECK_FALSE(run.sip().bound(run.state(), 1));
    CHECK_FALSE(run.sip().bound_beyond(run.state(), 1));
    CHECK(run.sip().bound_beyond(run.state(), 0));
}

TEST_CASE("relay: a refresh finds room, at a server that is full, too") {
    Design design = two_lines({2, Status::forbidden_403, 0});
    design.phones[0].expires = 600 * kSecond;
    Run run(design);
    run.until(600 * kSecond);
    CHECK(run.responses(Method::register_, Status::forbidden_403).empty());
    CHECK(run.observed(Notice::registered, 0).size() == 2);
}

TEST_CASE("relay: a gateway that registers its phones anew may find no room") {
    Design design = two_lines({1, Status::service_unavailable_503, 0});
    design.phones[0].expires = 600 * kSecond;
    design.phones[0].lines[1].enabled = sim::exactly(110 * kSecond);  // in the emergency
    design.servers[1].max_expires = 600 * kSecond;
    rules_of(design).re_registers = 1;
    design.faults.push_back(crash(0, 30 * kSecond, 100 * kSecond));
    design.faults[0].keeps_bindings = false;
    Run run(design);
    run.until(160 * kSecond);
    CHECK(run.sip().bound(run.state(), 0));
    CHECK(run.sip().bound(run.state(), 1));
    CHECK(run.sip().bound_beyond(run.state(), 0) != run.sip().bound_beyond(run.state(), 1));
}

TEST_CASE("relay: those who compete for the room of a server come together, whichever way") {
    Design design = two_lines({1, Status::forbidden_403, 0});
    design.phones[0].servers.push_back({0, true, {}, {}});  // and directly
    Scope roots;
    roots.parts = {{PartKind::registration, 0, 0, 0}};
    CHECK(slice(design, roots).parts.size() == 4);
    CHECK(can_be_crowded_out(design, {PartKind::registration, 0, 0, 0}));
    design.servers[0].capacity.bindings = 4;
    CHECK(slice(design, roots).parts.size() == 1);
    CHECK_FALSE(can_be_crowded_out(design, {PartKind::registration, 0, 0, 0}));
    design.servers[0].contacts_per_aor = {1, Status::forbidden_403, 0};
    CHECK(slice(design, roots).parts.size() == 2);
}

TEST_CASE("relay: limits behind gateways in drawn designs, against whole and full") {
    CHECK(as_the_slowest(17, 6, drawn, kQuestions, 1000) > 5);
}

TEST_CASE("gateway: calls of phones without a binding there are refused (SASBlockUnRegUsers)") {
    Design design = relayed();
    design.phones[0].boot = sim::exactly(60 * kSecond);
    design.phones[0].calls.unregistered = true;
    rules_of(design).to_unregistered = Status::forbidden_403;
    dial_at(design, 20 * kSecond);
    const auto answered = [](const Run& run) { return run.observed(Notice::answered); };
    const auto failed = [](const Run& run) { return run.observed(Notice::call_fails); };
    SECTION("in the normal state") {
        Run run(design);
        run.until(200 * kSecond);
        CHECK(run.responses(Method::invite, Status::forbidden_403) == Instants{20'010});
        CHECK(failed(run) == Instants{20'020});
        CHECK(run.sent([](const Event& event) {
                   return event.kind == EventKind::relayed_to_server &&
                          event.method == Method::invite;
               }).empty());
    }
    SECTION("in an emergency") {
        design.calls[0].at = sim::exactly(200 * kSecond);
        design.phones[0].boot = sim::exactly(300 * kSecond);
        design.faults.push_back(crash(0, 30, 3600 * kSecond));
        Run run(design);
        run.until(250 * kSecond);
        CHECK(failed(run) == Instants{200'020});
    }
    SECTION("not once it is registered") {
        design.calls[0].at = sim::exactly(100 * kSecond);
        Run run(design);
        run.until(200 * kSecond);
        CHECK(answered(run) == Instants{100'040});
    }
    SECTION("with 503 the phone turns to the next server") {
        rules_of(design).to_unregistered = Status::service_unavailable_503;
        design.phones[0].servers.push_back({0, true, {}, {}});
        Run run(design);
        run.until(50 * kSecond);
        CHECK(run.responses(Method::invite, Status::service_unavailable_503).size() == 1);
        CHECK(answered(run) == Instants{20'040});
    }
    SECTION("the call reads the registration") {
        Scope roots;
        roots.parts = {{PartKind::call, 0, 0, 0}};
        design.phones[0].calls.first = CallFirst::primary;
        CHECK(slice(design, roots).parts.contains({PartKind::registration, 0, 0, 0}));
        rules_of(design).to_unregistered = Status::none;
        CHECK_FALSE(slice(design, roots).parts.contains({PartKind::registration, 0, 0, 0}));
    }
}

TEST_CASE("gateway: calls that are refused for want of a binding, against whole and full") {
    CHECK(as_the_slowest(13, 8, drawn_with_bars, kOfCalls, 1500) > 6);
}

TEST_CASE("gateway: the usual check of such calls gives the verdict of the exact one") {
    int compared = 0;
    Draw draw(21);
    for (int number = 0; number < 4; ++number) {
        const Design design = drawn_with_bars(draw);
        for (const char* question : kOfCalls) {
            CAPTURE(number, question);
            compared += within_limits([](const Design& of, const char* asks) {
                return approximation_agrees(of, asks, 2000);
            })(design, question);
        }
    }
    CHECK(compared > 3);
}

}  // namespace failback::tests::relay_limits_test
