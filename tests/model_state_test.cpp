// What NOTIFYs tell, and what a phone shows of it (RFC 6665 4.1.2.4 and 4.2.1.4).
#include <catch2/catch.hpp>

#include "tests/run_fixture.hpp"

namespace failback::tests::model_state_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

constexpr DelayMs kSecond = 1000;

// Subscribed from 40 ms on; the state changes once, at `at`.
Design changing(DelayMs at, int count = 1) {
    Design design = design_with(1);
    design.phones[0].subscription.to = SubscribeTo::primary;
    design.phones[0].subscription.retry = sim::exactly(30 * kSecond);
    ChangePlan plan;
    plan.at = sim::exactly(at);
    plan.count = count;
    design.changes.push_back(plan);
    return design;
}

bool is_notify(const Event& event) {
    return event.method == Method::notify && event.kind == EventKind::message_to_phone;
}

constexpr std::size_t kSubscription = 1;

Shown shown(const Run& run) { return run.usage(kSubscription).shown; }

}  // namespace

TEST_CASE("state: it is unknown until the first NOTIFY, and then what that tells") {
    Run run(changing(60 * kSecond));
    run.until(39);
    CHECK(shown(run) == Shown::unknown);
    run.until(40);
    CHECK(shown(run) == Shown::current);
}

TEST_CASE("state: a change is told at once") {
    // RFC 6665 4.2.1.4
    Run run(changing(60 * kSecond));
    run.until(60 * kSecond);
    CHECK(shown(run) == Shown::stale);
    CHECK(run.sent(is_notify) == Instants{30, 60'000});
    run.until(60'010);
    CHECK(shown(run) == Shown::current);
    // It says nothing of the lifetime: the refresh is due as before.
    run.until(3541 * kSecond);
    CHECK(run.requests(Method::subscribe) == Instants{20, 3'540'040});
}

TEST_CASE("state: what a NOTIFY told that is overtaken is not shown") {
    Design design = changing(60 * kSecond, 2);
    design.changes[0].at = sim::any_time();
    design.default_delay = {10, 1000};
    Run run(design);
    run.until(40);
    const auto change = [](const Event& event) { return event.kind == EventKind::state_changes; };
    REQUIRE(run.happens(change, 100));
    REQUIRE(run.happens(change, 105));
    REQUIRE(run.happens([](const Event& event) { return is_notify(event) && event.cseq == 7; },
                        120));
    CHECK(shown(run) == Shown::current);
    REQUIRE(run.happens(is_notify, 130));
    CHECK(shown(run) == Shown::current);  // 500: its number is the lower one
    const Instants refused = run.sent([](const Event& event) {
        return event.method == Method::notify && event.status == Status::server_error_500;
    });
    CHECK(refused == Instants{130});
}

TEST_CASE("state: a NOTIFY from before the change shows what is over") {
    Design design = changing(60 * kSecond);
    design.changes[0].at = sim::any_time();
    design.default_delay = {10, 1000};
    Run run(design);
    run.until(30);
    REQUIRE(run.happens(
        [](const Event& event) { return event.kind == EventKind::state_changes; }, 32));
    REQUIRE(run.happens([](const Event& event) { return is_notify(event) && event.cseq == 6; },
                        40));
    CHECK(shown(run) == Shown::stale);
    // The next one takes the place of the first, which is not answered yet, and has its lifetime.
    REQUIRE(run.happens(is_notify, 42));
    CHECK(shown(run) == Shown::current);
    CHECK(run.usage(kSubscription).believes == 1);
}

TEST_CASE("state: the NOTIFY of a change has the lifetime of the one that was lost") {
    Design design = changing(5 * kSecond);
    design.faults.push_back(of_messages(FaultKind::loss, 9));
    Run run(design);
    run.fate = [&run](const Event& event) {
        const bool early = run.observed(Notice::changes, kSubscription).empty();
        return is_notify(event) && early ? Fate::lost : Fate::delivered;
    };
    run.until(4 * kSecond);
    CHECK(run.usage(kSubscription).believes == 0);
    run.fate = nullptr;
    run.until(6 * kSecond);
    CHECK(run.usage(kSubscription).believes == 1);
    CHECK(shown(run) == Shown::current);
    run.until(3700 * kSecond);
    const Instants subscribed = run.requests(Method::subscribe);
    REQUIRE(subscribed.size() == 2);
    CHECK(subscribed[1] <= 3'545'010);
    CHECK(subscribed[1] >= 3'513'010);  // Timer F earlier, at the earliest
}

TEST_CASE("state: without a subscription it is unknown, or what was last known") {
    for (const bool last_known : {false, true}) {
        Design design = changing(50 * kSecond);
        design.phones[0].subscription.shows_last_known = last_known;
        design.phones[0].subscription.expires = 120 * kSecond;
        design.faults.push_back(unreachable(0, 10 * kSecond, 3600 * kSecond));
        Run run(design);
        run.until(51 * kSecond);
        CHECK(shown(run) == Shown::stale);  // the NOTIFY does not arrive
        run.until(130 * kSecond);
        CHECK(run.usage(kSubscription).believes == 0);
        CHECK(shown(run) == (last_known ? Shown::stale : Shown::unknown));
    }
}

TEST_CASE("state: a restart of the phone forgets it") {
    Design design = changing(1000 * kSecond);
    design.phones[0].subscription.shows_last_known = true;
    design.faults.push_back(restart(10 * kSecond, 20 * kSecond));
    Run run(design);
    run.until(20 * kSecond);
    CHECK(shown(run) == Shown::unknown);
    run.until(40 * kSecond);
    CHECK(shown(run) == Shown::current);
}

TEST_CASE("state: nothing changes while the server is down") {
    Design design = changing(60 * kSecond);
    design.faults.push_back(crash(0, 50 * kSecond, 20 * kSecond));
    Run run(design);
    run.until(100 * kSecond);
    CHECK(shown(run) == Shown::current);
    CHECK(run.observed(Notice::changes, kSubscription).empty());
}

TEST_CASE("state: a change without a subscriber is told when there is one") {
    Design design = changing(60 * kSecond);
    design.phones[0].boot = sim::exactly(90 * kSecond);
    Run run(design);
    run.until(80 * kSecond);
    CHECK(run.sent(is_notify).empty());
    run.until(91 * kSecond);
    CHECK(shown(run) == Shown::current);
}

TEST_CASE("state: over TCP the next NOTIFY follows as well") {
    Design design = changing(60 * kSecond, 3);
    design.phones[0].transport = Transport::tcp;
    Run run(design);
    run.until(300 * kSecond);
    CHECK(run.observed(Notice::registered, kSubscription).size() == 4);
    CHECK(shown(run) == Shown::current);
}

}  // namespace failback::tests::model_state_test
