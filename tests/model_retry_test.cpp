// Waits after failed attempts: their law, and runs that keep it.
#include <catch2/catch.hpp>

#include "model/retry.hpp"
#include "sim/chooser.hpp"
#include "tests/run_fixture.hpp"

namespace failback::tests::model_retry_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

constexpr DelayMs kSecond = 1000;
constexpr DelayMs kMinute = 60 * kSecond;

RetryWait doubling(DelayMs base, DelayMs max, int shortest = 50, int longest = 100) {
    RetryWait wait;
    wait.rule = RetryRule::doubling;
    wait.base = base;
    wait.max = max;
    wait.shortest_percent = shortest;
    wait.longest_percent = longest;
    return wait;
}

bool is_retry(const Event& event) { return event.timer == Timer::retry; }

// The server cannot be reached for ten days.
Design dead_server(const RetryWait& unanswered) {
    Design design = design_with(1);
    design.phones[0].retry.unanswered = unanswered;
    design.faults.push_back(crash(0, 0, 864'000'000));
    return design;
}

}  // namespace

TEST_CASE("retry: RFC 5626 4.5, its table for base-time-all-fail of 30 s") {
    const RetryWait wait = doubling(30 * kSecond, 1800 * kSecond);
    CHECK(wait_after(wait, 1) == Interval{30 * kSecond, 60 * kSecond});
    CHECK(wait_after(wait, 2) == Interval{1 * kMinute, 2 * kMinute});
    CHECK(wait_after(wait, 3) == Interval{2 * kMinute, 4 * kMinute});
    CHECK(wait_after(wait, 4) == Interval{4 * kMinute, 8 * kMinute});
    CHECK(wait_after(wait, 5) == Interval{8 * kMinute, 16 * kMinute});
    CHECK(wait_after(wait, 6) == Interval{15 * kMinute, 30 * kMinute});
    CHECK(wait_after(wait, 255) == Interval{15 * kMinute, 30 * kMinute});
    CHECK(failures_that_count(wait) == 6);
    CHECK(longest_wait(wait) == 30 * kMinute);
}

TEST_CASE("retry: RFC 5626 4.5, its table for base-time-not-failed of 90 s") {
    const RetryWait wait = doubling(90 * kSecond, 1800 * kSecond);
    CHECK(wait_after(wait, 1) == Interval{90 * kSecond, 180 * kSecond});
    CHECK(wait_after(wait, 4) == Interval{12 * kMinute, 24 * kMinute});
    CHECK(wait_after(wait, 5) == Interval{15 * kMinute, 30 * kMinute});
    CHECK(failures_that_count(wait) == 5);
}

TEST_CASE("retry: RFC 5626 4.5, the base depends on whether another flow works") {
    RetryWait wait = doubling(30 * kSecond, 1800 * kSecond);
    CHECK(beside(wait) == wait);
    CHECK_FALSE(looks_beside(Retry{}));
    wait.base_beside = 90 * kSecond;
    CHECK(wait_after(wait, 1) == Interval{30 * kSecond, 60 * kSecond});
    CHECK(wait_after(beside(wait), 1) == Interval{90 * kSecond, 180 * kSecond});
    CHECK(beside(beside(wait)) == wait);
    // The slower growth decides how far failures are counted.
    CHECK(failures_that_count(wait) == 6);
    CHECK(failures_that_count(beside(wait)) == 6);
    CHECK(longest_wait(wait) == 30 * kMinute);
    Retry retry;
    retry.unanswered = wait;
    CHECK(looks_beside(retry));
}

TEST_CASE("retry: while the line is registered elsewhere it waits longer") {
    RetryWait wait = doubling(30 * kSecond, 1800 * kSecond, 100, 100);
    wait.base_beside = 90 * kSecond;
    Design design = design_with(2);
    design.phones[0].retry.unanswered = wait;
    design.faults.push_back(crash(0, 0, 864'000'000));
    const bool both = GENERATE(false, true);
    if (both) {
        design.faults.push_back(crash(1, 0, 864'000'000));
    }
    Run run(design);
    run.until(220 * kSecond);
    CHECK(run.observed(Notice::requests, 0) ==
          (both ? Instants{0, 92'000} : Instants{0, 212'000}));
    const Part first{PartKind::registration, 0, 0, 0};
    Scope roots;
    roots.parts.insert(first);
    CHECK(slice(design, roots).parts.size() == 2);  // one registration reads the other
    design.phones[0].retry = sim::exactly(30'000);
    CHECK(slice(design, roots).parts.size() == 1);
}

TEST_CASE("retry: registerRetry of UC Software, which with its defaults does not grow") {
    const RetryWait shipped = doubling(60 * kSecond, 60 * kSecond);
    CHECK(wait_after(shipped, 0) == Interval{30 * kSecond, 60 * kSecond});
    CHECK(wait_after(shipped, 7) == Interval{30 * kSecond, 60 * kSecond});
    CHECK(failures_that_count(shipped) == 0);
    CHECK(failures_that_count(doubling(30 * kSecond, 60 * kSecond)) == 0);
    const RetryWait brief = doubling(10 * kSecond, 60 * kSecond);
    CHECK(wait_after(brief, 1) == Interval{10 * kSecond, 20 * kSecond});
    CHECK(wait_after(brief, 2) == Interval{20 * kSecond, 40 * kSecond});
    CHECK(wait_after(brief, 3) == Interval{30 * kSecond, 60 * kSecond});
    CHECK(failures_that_count(brief) == 3);
}

TEST_CASE("retry: an interval does not grow") {
    RetryWait wait;
    wait.fixed = {5 * kSecond, 7 * kSecond};
    CHECK(wait_after(wait, 9) == wait.fixed);
    CHECK(failures_that_count(wait) == 0);
    CHECK(longest_wait(wait) == 7 * kSecond);
}

TEST_CASE("retry: the extremes of what a design allows are waits, and bounded") {
    constexpr DelayMs kTenDays = 864'000'000;
    for (const auto& wait : {doubling(kLeastRetryBase, kLeastRetryBase, 1, 1),
                             doubling(kLeastRetryBase, kTenDays, 1, 100),
                             doubling(kTenDays, kTenDays, 100, 100)}) {
        for (int failures = 0; failures <= 255; ++failures) {
            const Interval delay = wait_after(wait, failures);
            CHECK(sim::is_valid(delay));
            CHECK(delay.earliest > 0);
            CHECK(delay.latest <= kTenDays);
        }
        CHECK(failures_that_count(wait) <= 24);
        CHECK(longest_wait(wait) == wait_after(wait, 255).latest);
    }
}

TEST_CASE("run: each wait begins and ends where the law says") {
    const RetryWait wait = doubling(30 * kSecond, 200 * kSecond);
    Run run(dead_server(wait));
    sim::TimeMs failed = 32 * kSecond;
    for (int failures = 1; failures <= 5; ++failures) {
        const Interval delay = wait_after(wait, failures);
        run.until(failed);
        CHECK_FALSE(run.happens(is_retry, failed + delay.earliest - 1));
        CHECK_FALSE(run.happens(is_retry, failed + delay.latest + 1));
        const bool soon = failures % 2 == 0;
        const sim::TimeMs next = failed + (soon ? delay.earliest : delay.latest);
        REQUIRE(run.happens(is_retry, next));
        failed = next + 32 * kSecond;
    }
}

TEST_CASE("run: failures count on from one outage to the next, until a success") {
    Design design = design_with(1);
    design.phones[0].retry.unanswered = doubling(30 * kSecond, 1800 * kSecond, 100, 100);
    design.phones[0].expires = 600'000;
    design.faults.push_back(crash(0, 0, 150'000));
    design.faults[0].count = 2;
    design.faults[0].at = sim::exactly(0);
    Run run(design);
    // Fails at 32 s and 124 s; the attempt at 244 s is too late for the first outage, which ends at
    // 150 s, and the second one follows at once, until 300 s: fails at 276 s.
    run.until(1'000'000);
    CHECK(run.observed(Notice::recovers) == Instants{150'000, 300'000});
    // The waits were 60, 120 and 240 s.
    CHECK(run.observed(Notice::registered) == Instants{516'020});
    CHECK(run.usage(0).failures == 0);
}

TEST_CASE("run: waits drawn at random keep the law") {
    const RetryWait wait = doubling(30 * kSecond, 200 * kSecond);
    const Design design = dead_server(wait);
    const SipModel sip(design, whole(design));
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        CAPTURE(seed);
        sim::Execution<SipModel> run(sip);
        sim::SeededChooser chooser(seed, 3'600'000);
        sim::TimeMs failed = -1;
        int failures = 0;
        while (const auto choice = chooser.next(run)) {
            const Event event = run.agenda().event(choice->entry);
            run.step(*choice);
            if (event.timer == Timer::timeout) {
                failed = run.now();
                ++failures;
            } else if (event.timer == Timer::retry) {
                const Interval delay = wait_after(wait, failures);
                CHECK(run.now() - failed >= delay.earliest);
                CHECK(run.now() - failed <= delay.latest);
            }
        }
        CHECK(failures > 10);
    }
}

TEST_CASE("run: the way to fail decides, as OpenScape phones do it") {
    // Rejected: the server has forgotten the request when its copy arrives, and refuses the CSeq.
    Design design = design_with(1);
    design.phones[0].retry.rejected.fixed = sim::exactly(30 * kSecond);
    design.phones[0].retry.unanswered.fixed = sim::exactly(60 * kSecond);
    design.servers[0].timer_j = 100;
    design.faults.push_back(of_messages(FaultKind::loss, 1));
    Run rejected(design);
    rejected.fate = [](const Event& event) {
        return event.kind == EventKind::message_to_phone ? Fate::lost : Fate::delivered;
    };
    rejected.until(40 * kSecond);
    CHECK(rejected.observed(Notice::refused) == Instants{520});
    CHECK(rejected.requests(Method::register_) == Instants{0, 500, 30'520});

    design.faults[0] = crash(0, 0, 60 * kSecond);
    Run unanswered(design);
    unanswered.until(100 * kSecond);
    CHECK(unanswered.observed(Notice::refused).empty());
    CHECK(unanswered.requests(Method::register_).back() == 92 * kSecond);
}

TEST_CASE("run: a subscription that is refused waits as long as its own rules say") {
    Design design = design_with(1);
    design.servers[0].subscriptions = false;
    design.phones[0].subscription.to = SubscribeTo::primary;
    design.phones[0].subscription.retry.rejected = doubling(10 * kSecond, 40 * kSecond, 100, 100);
    Run run(design);
    run.until(130 * kSecond);
    // 20 ms after each request comes the 489; then 20, 40 and 40 s pass.
    CHECK(run.requests(Method::subscribe) == Instants{20, 20'040, 60'060, 100'080});
}

}  // namespace failback::tests::model_retry_test
