// Registrations as they come out of running phone, network and registrar together.
#include <catch2/catch.hpp>

#include "tests/run_fixture.hpp"

namespace failback::tests::model_registration_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

bool is_answer(const Event& event) { return event.kind == EventKind::message_to_phone; }

Fate lose_answers(const Event& event) {
    return is_answer(event) ? Fate::lost : Fate::delivered;
}

}  // namespace

TEST_CASE("run: a phone registers with all servers at once and refreshes 60 s before the end") {
    Run run(design_with(2));
    run.until(7'200'000);
    // 20 ms for the round trip, then 3540 s until the next.
    CHECK(run.observed(Notice::registered, 0) == Instants{20, 3'540'040, 7'080'060});
    CHECK(run.observed(Notice::registered, 1) == run.observed(Notice::registered, 0));
    CHECK(run.requests(Method::register_).size() == 6);
    CHECK(run.observed(Notice::lapses, 0).empty());
    CHECK(run.sip().working(run.state(), 0) == 0);
}

TEST_CASE("run: registrations boot independently of each other within the boot interval") {
    Design design = design_with(2);
    design.phones[0].boot = {0, 3'000};
    Run run(design);
    const auto boots = [](std::uint8_t usage) {
        return [usage](const Event& event) {
            return event.kind == EventKind::boot && event.index == usage;
        };
    };
    REQUIRE(run.happens(boots(1), 0));
    run.until(-1);
    REQUIRE(run.happens([](const Event& event) { return event.cseq != 0; }, 10));
    REQUIRE(run.happens(is_answer, 20));
    CHECK(run.sip().working(run.state(), 0) == 1);  // the lower server, as long as it is alone
    CHECK_FALSE(run.happens(boots(0), 3'001));
    REQUIRE(run.happens(boots(0), 3'000));
    run.until(3'020);
    CHECK(run.sip().working(run.state(), 0) == 0);
}

TEST_CASE("run: a phone that refreshes at the very end lapses for a round trip, each time") {
    Design design = design_with(1);
    design.phones[0].refresh.lead = 0;
    for (const Timer first : {Timer::belief, Timer::refresh}) {
        Run run(design);
        run.until(3'600'019);
        REQUIRE(run.happens([first](const Event& event) { return event.timer == first; },
                            3'600'020));
        run.until(7'300'000);
        CHECK(run.observed(Notice::lapses) == Instants{3'600'020, 7'200'040});
        CHECK(run.observed(Notice::registered) == Instants{20, 3'600'040, 7'200'060});
    }
}

TEST_CASE("run: a 423 costs one more round trip, once") {
    Design design = design_with(1);
    design.servers[0].min_expires = 300'000;
    design.phones[0].expires = 120'000;
    Run run(design);
    run.until(300'000);
    CHECK(run.responses(Method::register_, Status::interval_too_brief_423) == Instants{10});
    CHECK(run.observed(Notice::registered) == Instants{40, 240'060});
    CHECK(run.sip().bound(run.state(), 0));
}

TEST_CASE("run: granted = lead is a storm of REGISTERs") {
    Design design = design_with(1);
    design.phones[0].expires = 60'000;
    Run run(design, Fidelity::reduced);  // the full model has no room for so many transactions
    run.until(1000);
    CHECK(run.requests(Method::register_).size() > 40);
}

TEST_CASE("run: a 200 after Timer F is dropped although the registrar has the binding") {
    // RFC 4321 1.1. Each answer takes longer than the phone waits.
    Design design = design_with(1);
    design.phones[0].timers.timer_f = 4000;
    design.links.push_back({0, 0, sim::exactly(10), sim::exactly(4000), {}});
    Run run(design);
    run.until(20'000);
    CHECK(run.observed(Notice::accepted) == Instants{10});
    CHECK(run.observed(Notice::registered).empty());
    CHECK(run.usage(0).believes == 0);
    CHECK(run.sip().bound(run.state(), 0));
    CHECK_FALSE(run.responses(Method::register_, Status::ok_200).empty());
    run.until(40'000);  // and so on with the next attempt, for a new CSeq
    CHECK(run.observed(Notice::accepted) == Instants{10, 34'010});
}

TEST_CASE("run: an answer that arrives twice counts once") {
    Design design = design_with(1);
    design.faults.push_back(of_messages(FaultKind::duplication, 1));
    Run run(design);
    run.fate = [](const Event& event) {
        return is_answer(event) ? Fate::duplicated : Fate::delivered;
    };
    run.until(10'000);
    CHECK(run.responses(Method::register_, Status::ok_200) == Instants{10});
    CHECK(run.observed(Notice::registered) == Instants{20});
    CHECK(run.usage(0).believes == 1);
}

TEST_CASE("run: answers that overtake each other count once") {
    Design design = design_with(1);
    design.default_delay = {0, 1000};
    Run run(design);
    run.until(0);
    CHECK(run.observed(Notice::registered) == Instants{0});
    // Now with the first copy slower than the second.
    Run slow(design);
    REQUIRE(slow.happens([](const Event& e) { return e.kind == EventKind::boot; }, 0));
    REQUIRE(slow.happens([](const Event& e) { return e.timer == Timer::retransmit; }, 500));
    const auto request = [](const Event& e) { return e.kind == EventKind::message_to_server; };
    REQUIRE(slow.happens(request, 500));
    REQUIRE(slow.happens(request, 900));
    REQUIRE(slow.happens(is_answer, 1000));
    REQUIRE(slow.happens(is_answer, 1100));
    CHECK(slow.responses(Method::register_, Status::ok_200) == Instants{500, 900});
    CHECK(slow.observed(Notice::registered) == Instants{1000});
    CHECK(slow.observed(Notice::accepted) == Instants{500});
}

TEST_CASE("run: the phone gives up for good after max_retries, 952 s with Asterisk's values") {
    Design design = design_with(1);
    design.phones[0].max_retries = 10;
    design.phones[0].retry = sim::exactly(60'000);
    design.faults.push_back(crash(0, 0, 960'000));
    Run run(design);
    run.until(2'000'000);
    CHECK(run.observed(Notice::gives_up) == Instants{11 * 32'000 + 10 * 60'000});
    CHECK(run.observed(Notice::recovers) == Instants{960'000});
    CHECK(run.requests(Method::register_).back() < 952'000);
    CHECK(run.usage(0).believes == 0);
}

TEST_CASE("run: a registrar that stores nothing leaves the phone believing") {
    Design design = design_with(1);
    design.servers[0].stores_bindings = false;
    Run run(design);
    run.until(1000);
    CHECK(run.usage(0).believes == 1);
    CHECK_FALSE(run.sip().bound(run.state(), 0));
}

TEST_CASE("run: phone and registrar agree on the end of a binding but for the way of the answer") {
    Design design = design_with(1);
    design.phones[0].belief = Belief::until_expiry;
    design.faults.push_back(unreachable(0, 1000, 8'000'000));
    Run run(design);
    run.until(3'600'009);
    CHECK(run.sip().bound(run.state(), 0));
    run.until(3'600'010);
    CHECK_FALSE(run.sip().bound(run.state(), 0));
    CHECK(run.usage(0).believes == 1);
    run.until(3'600'020);
    CHECK(run.observed(Notice::lapses) == Instants{3'600'020});
}

TEST_CASE("run: lines with one address of record have a binding each, and `*` removes both") {
    Design design = design_with(1);
    design.phones.push_back(design.phones[0]);
    design.phones[1].name = "other";
    design.phones[1].lines[0].name = "line2";
    design.phones[1].wipe_at_boot = true;
    design.phones[1].boot = sim::exactly(100);
    Run run(design);
    run.until(100);
    REQUIRE(run.sip().records().size() == 1);
    CHECK(run.sip().bound(run.state(), 0));
    run.until(110);
    CHECK_FALSE(run.sip().bound(run.state(), 0));  // F25: the binding of the other phone
    CHECK(run.usage(0).believes == 1);
    run.until(140);
    CHECK(run.sip().bound(run.state(), 1));
    CHECK_FALSE(run.sip().bound(run.state(), 0));
}

TEST_CASE("run: one lost answer is made up for by the next retransmission") {
    Design design = design_with(1);
    design.faults.push_back(of_messages(FaultKind::loss, 1));
    Run run(design);
    run.fate = lose_answers;
    run.until(10'000);
    CHECK(run.responses(Method::register_, Status::ok_200) == Instants{10, 510});
    CHECK(run.observed(Notice::registered) == Instants{520});
}

}  // namespace failback::tests::model_registration_test
