// Bounds and searches of designs in which servers refuse: bounds from both sides, and the usual
// search against its slow twins.
#include <catch2/catch.hpp>

#include "model/sip/reduction.hpp"
#include "properties/bounds.hpp"
#include "tests/agreement.hpp"
#include "tests/check_fixture.hpp"
#include "tests/drawn_designs.hpp"

namespace failback::tests::properties_refusals_test {
namespace {

using namespace failback::model;
using properties::Outcome;
using properties::registration_bound;

constexpr DelayMs kSecond = 1000;

// Messages take up to 1 s, retries come after 30 to 60 s, and the server has such an outage once.
Design with_outage(FaultKind kind) {
    Design design = design_with(1);
    design.default_delay = {0, 1000};
    design.phones[0].retry = sim::Interval{30 * kSecond, 60 * kSecond};
    design.faults.push_back(crash(0, 0, 0));
    design.faults[0].kind = kind;
    design.faults[0].at = sim::any_time();
    design.faults[0].lasts = {60 * kSecond, 7200 * kSecond};
    return design;
}

void set_wait(Design& design, Status status, DelayMs wait) {
    AfterRefusal& after =
        design.phones[0].refusals.on_status[static_cast<std::size_t>(status)];
    after.kind = AfterRefusal::Kind::wait;
    after.wait.fixed = sim::exactly(wait);
}

bool registers_within(const Design& design, DelayMs within) {
    const Findings findings = search(design,
                                     "whenever recovers(s1) then registered(line1, s1) within " +
                                         std::to_string(within) + "ms unless fails(s1)",
                                     kUsual);
    CHECK((findings.complete || findings.violated));
    CHECK(findings.triggered);
    return !findings.violated;
}

// The bound holds, 1 ms less does not.
void check_bound(const Design& design, DelayMs bound) {
    CHECK(registration_bound(design, {0, 0}) == bound);
    CHECK(registers_within(design, bound));
    CHECK_FALSE(registers_within(design, bound - 1));
}

}  // namespace

TEST_CASE("bound: maintenance leaves the wait after a 503 behind") {
    Design design = with_outage(FaultKind::maintenance);
    SECTION("the refusal of the request that came last, the wait, a round trip") {
        check_bound(design, 1000 + 60'000 + 2000);
    }
    SECTION("Retry-After instead of the wait (RFC 3261 21.5.4)") {
        design.faults[0].retry_after = 300 * kSecond;
        check_bound(design, 1000 + 300'000 + 2000);
    }
    SECTION("a Retry-After that is ignored") {
        design.faults[0].retry_after = 300 * kSecond;
        design.phones[0].refusals.retry_after = RetryAfter::ignored;
        check_bound(design, 1000 + 60'000 + 2000);
    }
    SECTION("a wait of its own after a 503") {
        set_wait(design, Status::service_unavailable_503, 10 * kSecond);
        check_bound(design, 1000 + 10'000 + 2000);
    }
    SECTION("over TCP") {
        design.phones[0].transport = Transport::tcp;
        check_bound(design, 1000 + 60'000 + 2000);
    }
    SECTION("besides crashes, whichever leaves more") {
        design.faults[0].lasts = sim::exactly(60 * kSecond);
        design.faults.push_back(crash(0, 0, 0));
        design.faults[1].at = {0, 1000 * kSecond};
        design.faults[1].lasts = {60 * kSecond, 7200 * kSecond};
        CHECK(registration_bound(design, {0, 0}) == 66'500);
        CHECK(registers_within(design, 66'500));
        CHECK_FALSE(registers_within(design, 66'499));
    }
}

TEST_CASE("bound: a refused connection leaves the wait after a 503 behind (RFC 3261 8.1.3.1)") {
    Design design = with_outage(FaultKind::refusal);
    SECTION("the error, the wait, a round trip") {
        set_wait(design, Status::service_unavailable_503, 100 * kSecond);
        check_bound(design, 1000 + 100'000 + 2000);
    }
    SECTION("ignored, it is like a crash") {
        design.phones[0].refusals.transport_errors = TransportErrors::ignored;
        check_bound(design, 66'500);
    }
    SECTION("with the bindings lost") {
        design.faults[0].keeps_bindings = false;
        check_bound(design, 1000 + 60'000 + 2000);
    }
}

TEST_CASE("bound: a lost refusal, or two, cost no more than it says") {
    Design design = with_outage(FaultKind::maintenance);
    design.faults[0].at = {0, 300 * kSecond};
    design.faults[0].lasts = {60 * kSecond, 600 * kSecond};
    const auto most = [&design] {
        const Findings findings =
            search(design,
                   "whenever recovers(s1) then registered(line1, s1) within 24h unless fails(s1)",
                   kUsual, true);
        CHECK(findings.complete);
        return findings.most.value_or(sim::kNever);
    };
    SECTION("a message") {
        design.faults.push_back(of_messages(FaultKind::loss, 1));
        CHECK(most() > 63'000);
        CHECK(most() <= registration_bound(design, {0, 0}));
    }
    SECTION("all answers for a while") {
        design.faults.push_back(unreachable(0, 0, 0, Direction::to_phone));
        design.faults[1].at = {0, 100 * kSecond};
        design.faults[1].lasts = {0, 60 * kSecond};
        CHECK(most() > 63'000);
        CHECK(most() <= registration_bound(design, {0, 0}));
    }
}

namespace {

// Two phones at a server that has room for some of them.
Design crowded(int room) {
    Design design = design_with(1);
    design.default_delay = {0, 100};
    design.servers[0].capacity.bindings = room;
    design.phones.push_back(design.phones[0]);
    design.phones[1].name = "other";
    design.phones[1].lines[0] = {"line2", "sip:1002@example.com", {}};
    design.phones[1].boot = sim::exactly(1 * kSecond);
    design.phones[1].retry = sim::Interval{30 * kSecond, 60 * kSecond};
    return design;
}

// The first phone is cut off before the second one boots, and soon gives up.
Design left_behind(int room) {
    Design design = crowded(room);
    design.phones[0].expires = 300 * kSecond;
    design.phones[0].max_retries = 1;
    design.faults.push_back(unreachable(0, 500, 100'000 * kSecond));
    design.faults[0].phone = 0;
    return design;
}

}  // namespace

TEST_CASE("capacity: who finds no room is never registered, unless there is enough (P32)") {
    const std::string registers =
        "whenever boots(line2, s1) then registered(line2, s1) within 200ms";
    const std::string refuses = "never refused(line1, s1) or refused(line2, s1)";
    CHECK(search(crowded(1), registers, kUsual).violated);
    CHECK(search(crowded(1), refuses, kUsual).violated);
    CHECK_FALSE(search(crowded(2), registers, kUsual).violated);
    CHECK_FALSE(search(crowded(2), refuses, kUsual).violated);
    // A refresh is never refused: the first one stays.
    const std::string loses = "never refused(line1, s1) or lapses(line1, s1)";
    const std::string both = "never binding(s1, line1) and binding(s1, line2)";
    CHECK_FALSE(search(crowded(1), loses, kUsual).violated);
    CHECK_FALSE(search(crowded(1), both, kUsual).violated);
    CHECK(search(crowded(2), both, kUsual).violated);
}

TEST_CASE("capacity: a place that becomes free is taken after a refusal, the wait, a round trip") {
    const auto taken_within = [](DelayMs within) {
        const Findings findings = search(
            left_behind(1), "whenever not binding(s1, line1) and not registered(line2, s1) then "
                            "registered(line2, s1) within " +
                                std::to_string(within) + "ms unless accepts(s1, line1)",
            kUsual);
        CHECK((findings.complete || findings.violated));
        return !findings.violated;
    };
    CHECK(taken_within(100 + 60'000 + 200));
    CHECK_FALSE(taken_within(100 + 60'000 + 200 - 1));
}

TEST_CASE("capacity: one registration is not searched without those that take its place") {
    const Design design = crowded(1);
    const auto property = properties::parse_property(
        "whenever boots(line2, s1) then registered(line2, s1) within 100s", design);
    const auto verdict = properties::check(design, property);
    CHECK(verdict.outcome == Outcome::violated);
    CHECK(executes(verdict));
    CHECK_FALSE(idle_parts(design, {PartKind::registration, 0, 0, 0}).binding_expiry);
    CHECK(idle_parts(crowded(2), {PartKind::registration, 0, 0, 0}).binding_expiry);
}

TEST_CASE("one-423: a loop without any delay is found, and ends the search") {
    Design design = design_with(1);
    design.default_delay = {0, 1000};
    design.servers[0].min_expires = 10'800 * kSecond;
    design.servers[0].max_expires = 86'400 * kSecond;
    design.servers[0].too_brief = TooBrief::reject_423_always;
    design.phones[0].refusals.max_min_expires = 7200 * kSecond;
    const auto check = [&design](const char* says) {
        const auto verdict =
            properties::check(design, properties::parse_property(says, design));
        CHECK((verdict.outcome != Outcome::violated || executes(verdict)));
        return verdict.outcome;
    };
    CHECK(check("never too_brief_again(line1, s1)") == Outcome::violated);
    CHECK(check("never registered(line1, s1)") == Outcome::holds);
    CHECK(check("whenever boots(line1, s1) then registered(line1, s1) within 100s") ==
          Outcome::violated);
    design.phones[0].refusals.max_min_expires = 10'800 * kSecond;
    CHECK(check("never too_brief_again(line1, s1)") == Outcome::holds);
}

TEST_CASE("stateless: a copy that overtakes the answer is refused, unless it is a repetition") {
    Design design = design_with(1);
    design.default_delay = {0, 1000};
    design.servers[0].timer_j = 0;
    const auto refuses = [&design](const Way& way) {
        return search(design, "never refused(line1, s1)", way).violated;
    };
    CHECK(refuses(kUsual));
    CHECK(refuses(kSlowest));
    design.servers[0].repeat_window = 20 * kSecond;
    CHECK_FALSE(refuses(kUsual));
    CHECK_FALSE(refuses(kSlowest));
    // Up to 2 s of round trips after the first copy has been stored.
    design.servers[0].repeat_window = 100;
    CHECK(refuses(kUsual));
}

TEST_CASE("stateless: Kamailio, answers lost for 25 s: a late retransmission is refused (P10)") {
    Design design = design_with(1);
    design.servers[0].timer_j = 0;
    design.servers[0].out_of_order = Status::bad_request_400;
    design.servers[0].repeat_window = 20 * kSecond;
    design.faults.push_back(unreachable(0, 0, 25 * kSecond, Direction::to_phone));
    CHECK(search(design, "never refused(line1, s1)", kUsual).violated);
    design.faults[0].lasts = sim::exactly(15 * kSecond);
    CHECK_FALSE(search(design, "never refused(line1, s1)", kUsual).violated);
}

namespace {

const char* const kQuestions[] = {
    "never lapses(line1, s1)",
    "never gives_up(line1, s1)",
    "never refused(line1, s1)",
    "never too_brief_again(line1, s1)",
    "never accepts(s1, line1) and registered(line1, s1)",
    "whenever refused(line1, s1) then registered(line1, s1) within 40s",
    "whenever accepts(s1, line1) then registered(line1, s1) within 10s",
    "whenever fails(s1) then not registered(line1, s1) within 100s unless recovers(s1)",
    "whenever recovers(s1) then registered(line1, s1) within 70s unless fails(s1)",
    "never call_fails(line1)",
    "whenever dials(line1) then answered(line1) within 5s",
};

void draw_server(Server& server, Draw& draw) {
    server.timer_j = draw({32'000, 32'000, 0, 2'000});
    server.repeat_window = draw({0, 0, 1, 20}) * kSecond;
    server.out_of_order = draw({Status::server_error_500, Status::bad_request_400});
    server.whole_seconds = draw({false, true});
    server.too_brief = draw({TooBrief::reject_423, TooBrief::reject_423_always, TooBrief::raise});
    server.capacity = {draw({0, 0, 1}),
                       draw({Status::service_unavailable_503, Status::forbidden_403}),
                       draw({0, 20}) * kSecond};
}

void draw_rules(RefusalRules& rules, Draw& draw) {
    rules.transport_errors = draw({TransportErrors::fail_attempt, TransportErrors::ignored});
    rules.retry_after = draw({RetryAfter::honoured, RetryAfter::ignored});
    rules.max_min_expires = draw({0, 0, 150}) * kSecond;
    AfterRefusal& after =
        rules.on_status[static_cast<std::size_t>(draw({Status::service_unavailable_503,
                                                       Status::forbidden_403,
                                                       Status::bad_request_400}))];
    after.kind = draw({AfterRefusal::Kind::rejected, AfterRefusal::Kind::wait,
                       AfterRefusal::Kind::give_up});
    after.wait.fixed = sim::exactly(10 * kSecond);
}

Design drawn_refusals(Draw& draw) {
    Design design = drawn_design(draw);
    for (Server& server : design.servers) {
        draw_server(server, draw);
    }
    draw_rules(design.phones[0].refusals, draw);
    if (!design.faults.empty() && is_outage(design.faults[0].kind)) {
        Fault& fault = design.faults[0];
        fault.direction = Direction::both;
        fault.kind = draw({FaultKind::maintenance, FaultKind::maintenance, FaultKind::refusal,
                           FaultKind::crash});
        fault.keeps_bindings = draw({true, false});
        fault.retry_after = fault.kind == FaultKind::maintenance ? draw({0, 20}) * kSecond : 0;
    }
    if (draw({false, false, true})) {
        Phone other = design.phones[0];
        other.name = "other";
        other.lines[0] = {"line2", draw({"sip:1001@example.com", "sip:1002@example.com"}), {}};
        other.servers.resize(1);
        design.phones.push_back(other);
    }
    return design;
}

}  // namespace

TEST_CASE("refusals: drawn designs, sliced and reduced against whole and full") {
    CHECK(as_the_slowest(503, 8, drawn_refusals, kQuestions, 3000) > 40);
}

TEST_CASE("refusals: many drawn designs, sliced and reduced against whole and full", "[.slow]") {
    CHECK(as_the_slowest(403, 20, drawn_refusals, kQuestions, 6000) > 75);
}

TEST_CASE("refusals: approximate searches of crowded servers give the verdicts of the exact one") {
    properties::CheckOptions exact;
    exact.approximate = false;
    for (const int room : {1, 2}) {
        for (const Design& design : {crowded(room), left_behind(room)}) {
            for (const char* says : {"never registered(line1, s1) and registered(line2, s1)",
                                     "never working(line2) = none for 100s",
                                     "never refused(line2, s1)",
                                     "never lapses(line1, s1)"}) {
                CAPTURE(room, says);
                const auto property = properties::parse_property(says, design);
                CHECK(properties::check(design, property).outcome ==
                      properties::check(design, property, exact).outcome);
            }
        }
    }
}

}  // namespace failback::tests::properties_refusals_test
