// What registrars do with REGISTERs that come late, or are heartbeats; and where probes go.
#include <catch2/catch.hpp>

#include "tests/name_fixture.hpp"
#include "tests/run_fixture.hpp"

namespace failback::tests::model_register_laws_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

constexpr DelayMs kSecond = 1000;

bool is_request(const Event& event, Method method) {
    return event.kind == EventKind::message_to_server && event.method == method;
}

// A phone with one registration at a time, that works with s2 while s1 cannot be reached, and
// probes s1 by heartbeats. Its binding at s1 lives for an hour.
Design probing(bool known) {
    Design design = design_with(2);
    Phone& phone = design.phones[0];
    phone.registration.order = Order::successive;
    phone.failback = {FailbackRule::probe, 0, 120 * kSecond, 30 * kSecond};
    phone.failback.heartbeat = true;
    phone.refresh = {RefreshRule::fraction, 0, 50};
    design.servers[0].knows_heartbeat = known;
    design.faults.push_back(unreachable(0, 1800 * kSecond, 60 * kSecond));
    return design;
}

Design keeping(bool known) {
    Design design = design_with(1);
    KeepAlive& rules = design.phones[0].flow.keep_alive;
    rules.method = KeepAliveMethod::heartbeat;
    rules.every = sim::exactly(115 * kSecond);
    design.servers[0].knows_heartbeat = known;
    return design;
}

// A phone that wipes at boot; the server forgets each request at once.
Design wiping(Status out_of_order) {
    Design design = design_with(1);
    design.phones[0].wipe_at_boot = true;
    design.servers[0].timer_j = 0;
    design.servers[0].out_of_order = out_of_order;
    design.default_delay = {10, 1000};
    design.faults.push_back(of_messages(FaultKind::duplication, 1));
    return design;
}

// The copy of the wipe arrives when the phone is registered.
Run& with_late_copy(Run& run) {
    run.fate = [](const Event& event) {
        const bool is_wipe = is_request(event, Method::register_) && event.flags == kWildcard;
        return is_wipe ? Fate::duplicated : Fate::delivered;
    };
    run.until(0);
    REQUIRE(run.happens([](const Event& event) { return is_request(event, Method::register_); },
                        10));
    REQUIRE(run.happens(
        [](const Event& event) { return event.kind == EventKind::message_to_phone; }, 20));
    REQUIRE(run.happens(
        [](const Event& event) {
            return is_request(event, Method::register_) && (event.flags & kWildcard) == 0;
        },
        30));
    REQUIRE(run.sip().bound(run.state(), 0));
    REQUIRE(run.happens(
        [](const Event& event) {
            return is_request(event, Method::register_) && (event.flags & kWildcard) != 0;
        },
        40));
    return run;
}

}  // namespace

TEST_CASE("register: a heartbeat is known, and changes nothing") {
    Run run(probing(true));
    run.until(2000 * kSecond);
    CHECK_FALSE(run.observed(Notice::heartbeats, 0).empty());
    CHECK(run.observed(Notice::removed, 0).empty());
    CHECK(run.requests(Method::options).empty());
}

TEST_CASE("register: a heartbeat that is taken literally removes the contact") {
    // RFC 3261 10.3 step 7, a lifetime of zero.
    Run run(probing(false));
    run.until(2000 * kSecond);
    const Instants removed = run.observed(Notice::removed, 0);
    REQUIRE(removed.size() == 1);
    CHECK(run.observed(Notice::heartbeats, 0).front() == removed.front());
}

TEST_CASE("register: heartbeats bring the phone back as OPTIONS do") {
    Design design = probing(true);
    design.phones[0].failback.heartbeat = false;
    Run options(design);
    Run heartbeats(probing(true));
    options.until(2200 * kSecond);
    heartbeats.until(2200 * kSecond);
    CHECK(heartbeats.observed(Notice::switches, 0) == options.observed(Notice::switches, 0));
    CHECK(heartbeats.observed(Notice::registered, 0) == options.observed(Notice::registered, 0));
}

TEST_CASE("register: heartbeats over a flow leave the binding, or remove it") {
    Run known(keeping(true));
    known.until(200 * kSecond);
    CHECK(known.observed(Notice::heartbeats, 0) == Instants{115'030});
    CHECK(known.sip().bound(known.state(), 0));
    Run literal(keeping(false));
    literal.until(200 * kSecond);
    CHECK(literal.observed(Notice::removed, 0) == Instants{115'030});
    CHECK_FALSE(literal.sip().bound(literal.state(), 0));
    CHECK(literal.usage(0).believes == 1);
}

TEST_CASE("register: a heartbeat without credentials removes nothing where they are asked for") {
    Design design = keeping(false);
    design.servers[0].authentication.of_register = true;
    Run run(design);
    run.until(200 * kSecond);
    CHECK_FALSE(run.observed(Notice::heartbeats, 0).empty());
    CHECK(run.sip().bound(run.state(), 0));
}

TEST_CASE("register: a heartbeat that nobody answers is a flow that failed") {
    Design design = keeping(true);
    design.faults.push_back(crash(0, 100 * kSecond, 3600 * kSecond));
    Run run(design);
    run.until(150 * kSecond);
    CHECK(run.observed(Notice::flow_fails, 0) == Instants{147'020});
}

TEST_CASE("register: a late copy is refused, or undoes what came after it") {
    Run refusing(wiping(Status::bad_request_400));
    with_late_copy(refusing);
    CHECK(refusing.sip().bound(refusing.state(), 0));
    CHECK(refusing.observed(Notice::out_of_order, 0) == Instants{40});
    Run storing(wiping(Status::ok_200));
    with_late_copy(storing);
    CHECK_FALSE(storing.sip().bound(storing.state(), 0));
    CHECK(storing.observed(Notice::reordered, 0) == Instants{40});
}

TEST_CASE("register: a CSeq that stays is refused until the binding has expired") {
    Design design = design_with(1);
    design.phones[0].raises_cseq = false;
    design.phones[0].expires = 600 * kSecond;
    Run run(design);
    run.until(700 * kSecond);
    CHECK(run.observed(Notice::out_of_order, 0) == Instants{540'030, 570'050});
    CHECK(run.observed(Notice::registered, 0) == Instants{20, 600'080});
    CHECK(run.observed(Notice::lapses, 0) == Instants{540'040});
}

TEST_CASE("register: a CSeq that stays is no harm after a challenge, and a repetition may be") {
    Design design = design_with(1);
    design.phones[0].raises_cseq = false;
    design.servers[0].authentication.of_register = true;
    Run challenged(design);
    challenged.until(kSecond);
    CHECK(challenged.observed(Notice::registered, 0) == Instants{40});
    design = design_with(1);
    design.phones[0].raises_cseq = false;
    design.phones[0].expires = 61 * kSecond;  // refreshed a second after the grant
    design.servers[0].repeat_window = 20 * kSecond;
    Run repeated(design);
    repeated.until(1035);
    CHECK(repeated.responses(Method::register_, Status::ok_200) == Instants{10, 1030});
}

TEST_CASE("register: who grants more than was asked for is seen") {
    Design design = design_with(1);
    design.phones[0].expires = 30 * kSecond;
    design.phones[0].refresh.lead = 10 * kSecond;  // less than what is granted
    design.servers[0].too_brief = TooBrief::raise;
    Run raising(design);
    raising.until(kSecond);
    CHECK(raising.observed(Notice::lengthened, 0) == Instants{10});
    design.servers[0].too_brief = TooBrief::reject_423;
    Run refusing(design);
    refusing.until(kSecond);
    CHECK(refusing.observed(Notice::lengthened, 0).empty());
}

TEST_CASE("register: a Retry-After is told to the phone, honoured or not") {
    Design design = design_with(1);
    Fault works = crash(0, 0, 100 * kSecond);
    works.kind = FaultKind::maintenance;
    works.retry_after = 60 * kSecond;
    design.faults.push_back(works);
    for (const RetryAfter rule : {RetryAfter::honoured, RetryAfter::ignored}) {
        design.phones[0].refusals.retry_after = rule;
        Run run(design);
        run.until(80 * kSecond);
        const DelayMs second = rule == RetryAfter::honoured ? 60'020 : 30'020;
        const Instants told = run.observed(Notice::told_to_wait, 0);
        REQUIRE(told.size() >= 2);
        CHECK(told[0] == 20);
        CHECK(told[1] == second + 20);
    }
}

TEST_CASE("register: OPTIONS go to the first address of the name, if they resolve it themselves") {
    // Asterisk, issue 1927: the line is registered with the second one.
    Design design = named(2, {{0, 1}});
    Phone& phone = design.phones[0];
    phone.registration.order = Order::successive;
    phone.flow.keep_alive.method = KeepAliveMethod::options;
    phone.flow.keep_alive.every = sim::exactly(60 * kSecond);
    design.faults.push_back(crash(0, 0, 3600 * kSecond));
    Run right(design);
    right.until(300 * kSecond);
    CHECK(right.observed(Notice::flow_fails, 1).empty());
    phone.flow.keep_alive.to_first = true;
    Run wrong(design);
    wrong.until(300 * kSecond);
    REQUIRE_FALSE(wrong.observed(Notice::flow_fails, 1).empty());
    CHECK(wrong.usage(1).believes == 1);  // it registers again, and the server answers
}

TEST_CASE("register: the first address answers for the second one, which is dead") {
    Design design = named(2, {{0, 1}});
    Phone& phone = design.phones[0];
    phone.registration.order = Order::successive;
    phone.flow.keep_alive.method = KeepAliveMethod::options;
    phone.flow.keep_alive.every = sim::exactly(60 * kSecond);
    phone.flow.keep_alive.to_first = true;
    design.faults.push_back(crash(0, 0, 40 * kSecond));
    design.faults.push_back(crash(1, 100 * kSecond, 3600 * kSecond));
    Run run(design);
    run.until(1000 * kSecond);
    CHECK(run.usage(1).believes == 1);
    CHECK(run.observed(Notice::flow_fails, 1).empty());
    CHECK(run.observed(Notice::flow_fails, 0).empty());
}

}  // namespace failback::tests::model_register_laws_test
