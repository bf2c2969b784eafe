// The user agent's side of one registration, input by input.
#include <catch2/catch.hpp>

#include "model/nodes/client_usage.hpp"
#include "sim/check.hpp"

namespace failback::tests::model_client_usage_test {
namespace {

using namespace failback::model;

constexpr DelayMs kSecond = 1000;

// A user agent, and what its last step asked for.
struct Agent {
    ClientUsageConfig config{};
    ClientUsage usage{};
    Output output{};

    Agent() {
        config.timers.timer_f = 32'000;
        config.retry = sim::exactly(30'000);
    }

    void take(const ClientInput& input) {
        output = {};
        step(usage, config, input, output);
    }
    void start() { take({.kind = ClientInput::Kind::start}); }
    void fires(Timer timer) { take({.kind = ClientInput::Kind::timer, .timer = timer}); }
    void answer(Status status, DelayMs expires = 0) {
        take({.kind = ClientInput::Kind::response,
              .status = status,
              .cseq = usage.cseq,
              .expires = expires});
    }
    void fail() { fires(Timer::timeout); }
    // A subscription begins with the NOTIFY that follows the 200.
    void grant(DelayMs expires) {
        answer(Status::ok_200, expires);
        if (config.method == Method::subscribe) {
            take({.kind = ClientInput::Kind::notify,
                  .cseq = static_cast<std::uint8_t>(usage.heard + 1),
                  .dialog = usage.dialog,
                  .expires = expires});
        }
    }

    // The delay of a timer that the last step started; -1 if it did not.
    DelayMs started(Timer timer) const {
        for (const Output::TimerChange& change : output.timers) {
            if (change.timer == timer && change.starts) {
                CHECK(change.delay.earliest == change.delay.latest);
                return change.delay.earliest;
            }
        }
        return -1;
    }
    bool noted(Notice notice) const {
        return std::ranges::find(output.notices, notice) != output.notices.end();
    }
};

// 60 s after the first failure, twice as much after each further one, exactly.
RetryWait doubling(DelayMs max) {
    RetryWait wait;
    wait.rule = RetryRule::doubling;
    wait.base = 30 * kSecond;
    wait.max = max;
    wait.shortest_percent = 100;
    return wait;
}

Agent registered(ClientUsageConfig config = Agent{}.config) {
    Agent agent;
    agent.config = config;
    agent.start();
    agent.grant(3600 * kSecond);
    return agent;
}

}  // namespace

TEST_CASE("refresh rule `lead`: the hole at granted = lead, half of the lifetime below it") {
    struct Row {
        DelayMs granted;
        DelayMs refresh;
    };
    const auto row = GENERATE(values<Row>({{3600'000, 3540'000},
                                           {120'000, 60'000},
                                           {61'000, 1'000},  // almost a storm of REGISTERs
                                           {60'000, 0},      // read literally: at once
                                           {59'000, 29'500},
                                           {1'000, 500}}));
    CAPTURE(row.granted);
    CHECK(refresh_after({RefreshRule::lead, 60'000, 50}, row.granted) == row.refresh);
}

TEST_CASE("refresh rule `lead` of zero: at the very end") {
    CHECK(refresh_after({RefreshRule::lead, 0, 50}, 3600'000) == 3600'000);
}

TEST_CASE("refresh rule `fraction`: a share of what was granted, without overflow") {
    CHECK(refresh_after({RefreshRule::fraction, 0, 50}, 3600'000) == 1800'000);
    CHECK(refresh_after({RefreshRule::fraction, 0, 90}, 3600'000) == 3240'000);
    CHECK(refresh_after({RefreshRule::fraction, 0, 33}, 1000) == 330);
    CHECK(refresh_after({RefreshRule::fraction, 0, 1}, 1000) == 10);
    CHECK(refresh_after({RefreshRule::fraction, 0, 100}, 864'000'000) == 864'000'000);
}

TEST_CASE("a grant starts the refresh and the end of the belief, and tells so") {
    const Agent agent = registered();
    CHECK(agent.usage.believes == 1);
    CHECK(agent.usage.open == 0);
    CHECK(agent.noted(Notice::registered));
    CHECK(agent.started(Timer::refresh) == 3540 * kSecond);
    CHECK(agent.started(Timer::belief) == 3600 * kSecond);
    CHECK(agent.started(Timer::absorb) == 5 * kSecond);  // Timer K
}

TEST_CASE("over TCP there are no Timers E and K") {
    ClientUsageConfig config = Agent{}.config;
    config.transport = Transport::tcp;
    Agent agent;
    agent.config = config;
    agent.start();
    CHECK(agent.started(Timer::retransmit) == -1);
    CHECK(agent.started(Timer::timeout) == 32 * kSecond);
    agent.answer(Status::ok_200, 3600 * kSecond);
    CHECK(agent.started(Timer::absorb) == -1);
}

TEST_CASE("RFC 3261 10.2: the CSeq rises by one with each request, not with a retransmission") {
    Agent agent;
    agent.start();
    CHECK(agent.usage.cseq == 1);
    agent.fires(Timer::retransmit);
    CHECK(agent.output.messages.at(0).cseq == 1);
    agent.answer(Status::interval_too_brief_423, 7200 * kSecond);
    CHECK(agent.output.messages.at(0).cseq == 2);
    agent.fail();
    agent.fires(Timer::retry);
    CHECK(agent.output.messages.at(0).cseq == 3);
}

TEST_CASE("RFC 3261 10.2: no new registration while one is outstanding") {
    Agent agent;
    agent.start();
    CHECK_THROWS_AS(agent.start(), sim::InternalError);
}

TEST_CASE("RFC 3261 10.2.7: after a timeout the phone waits before it tries again") {
    Agent agent;
    agent.start();
    agent.fail();
    CHECK(agent.output.messages.empty());
    CHECK(agent.started(Timer::retry) == 30 * kSecond);
    CHECK_FALSE(agent.noted(Notice::lapses));  // it was not registered
}

TEST_CASE("RFC 3261 10.2.8: after a 423 the request is repeated at once with Min-Expires") {
    Agent agent;
    agent.config.expires = 60 * kSecond;
    agent.start();
    CHECK(agent.output.messages.at(0).expires == 60 * kSecond);
    agent.answer(Status::interval_too_brief_423, 300 * kSecond);
    REQUIRE(agent.output.messages.size() == 1);
    CHECK(agent.output.messages[0].expires == 300 * kSecond);
    CHECK(agent.usage.open == 1);
    CHECK_FALSE(agent.noted(Notice::refused));
    agent.answer(Status::ok_200, 300 * kSecond);
    agent.fires(Timer::refresh);
    CHECK(agent.output.messages.at(0).expires == 300 * kSecond);  // and from now on
}

TEST_CASE("belief until the failed refresh: the phone lapses when its refresh times out") {
    Agent agent = registered();
    agent.fires(Timer::refresh);
    CHECK(agent.usage.believes == 1);  // while it is refreshing
    agent.fail();
    CHECK(agent.usage.believes == 0);
    CHECK(agent.noted(Notice::lapses));
}

TEST_CASE("belief until expiry: the phone lapses only when the lifetime is over") {
    ClientUsageConfig config = Agent{}.config;
    config.belief = Belief::until_expiry;
    Agent agent = registered(config);
    agent.fires(Timer::refresh);
    agent.fail();
    CHECK(agent.usage.believes == 1);
    CHECK_FALSE(agent.noted(Notice::lapses));
    agent.fires(Timer::belief);
    CHECK(agent.usage.believes == 0);
    CHECK(agent.noted(Notice::lapses));
}

TEST_CASE("the end of a lifetime during a refresh ends the belief, not the refresh") {
    Agent agent = registered();
    agent.fires(Timer::refresh);
    agent.fires(Timer::belief);
    CHECK(agent.noted(Notice::lapses));
    CHECK(agent.usage.open == 1);
    agent.answer(Status::ok_200, 3600 * kSecond);
    CHECK(agent.usage.believes == 1);
}

TEST_CASE("a refresh that is due when the lifetime is over is sent, in either order") {
    const bool expires_first = GENERATE(false, true);
    const Method method = GENERATE(Method::register_, Method::subscribe);
    ClientUsageConfig config = Agent{}.config;
    config.method = method;
    config.refresh = GENERATE(Refresh{RefreshRule::lead, 0, 50},
                              Refresh{RefreshRule::fraction, 60'000, 100});
    Agent agent = registered(config);
    REQUIRE(agent.started(Timer::refresh) == 3600 * kSecond);
    REQUIRE(agent.started(Timer::belief) == 3600 * kSecond);
    agent.fires(expires_first ? Timer::belief : Timer::refresh);
    const Timer second = expires_first ? Timer::refresh : Timer::belief;
    CHECK((agent.usage.armed >> static_cast<unsigned>(second) & 1U) == 1);
    agent.fires(second);
    CHECK(agent.usage.believes == 0);
    CHECK(agent.usage.open == 1);
    agent.grant(3600 * kSecond);
    CHECK(agent.usage.believes == 1);
    CHECK(agent.started(Timer::refresh) == 3600 * kSecond);
}

TEST_CASE("an error response ends the attempt like a timeout") {
    const Status status = GENERATE(Status::server_error_500, Status::bad_request_400);
    Agent agent = registered();
    agent.fires(Timer::refresh);
    agent.answer(status);
    CHECK(agent.noted(Notice::refused));
    CHECK(agent.noted(Notice::lapses));
    CHECK(agent.started(Timer::retry) == 30 * kSecond);
}

TEST_CASE("max_retries: the first attempt and as many more, then never again") {
    Agent agent;
    agent.config.max_retries = 2;
    agent.start();
    for (int retry = 0; retry < 2; ++retry) {
        agent.fail();
        CHECK_FALSE(agent.noted(Notice::gives_up));
        agent.fires(Timer::retry);
    }
    agent.fail();
    CHECK(agent.noted(Notice::gives_up));
    CHECK(agent.usage.gave_up == 1);
    CHECK(agent.started(Timer::retry) == -1);
    CHECK(agent.usage.armed == 0);
}

TEST_CASE("a rejected attempt and an unanswered one have a wait each") {
    Agent agent;
    agent.config.retry.rejected.fixed = sim::exactly(10 * kSecond);
    agent.start();
    agent.fail();
    CHECK(agent.started(Timer::retry) == 30 * kSecond);
    agent.fires(Timer::retry);
    agent.answer(Status::server_error_500);
    CHECK(agent.started(Timer::retry) == 10 * kSecond);
    CHECK(agent.usage.failures == 0);  // the number makes no difference
}

TEST_CASE("waits that grow: with each failure in a row of either kind, and no further than max") {
    Agent agent;
    agent.config.retry.unanswered = doubling(200 * kSecond);
    agent.config.retry.rejected.fixed = sim::exactly(10 * kSecond);
    agent.start();
    for (const DelayMs wait : {60, 120, 200, 200, 200}) {
        agent.fail();
        CHECK(agent.started(Timer::retry) == wait * kSecond);
        agent.fires(Timer::retry);
    }
    CHECK(agent.usage.failures == 3);  // no more states than different waits
    agent.answer(Status::ok_200, 3600 * kSecond);
    CHECK(agent.usage.failures == 0);
    agent.fires(Timer::refresh);
    agent.answer(Status::server_error_500);
    agent.fires(Timer::retry);
    agent.fail();
    CHECK(agent.started(Timer::retry) == 120 * kSecond);
}

TEST_CASE("waits that grow: a 423 is no failure, and max_retries counts further than the waits") {
    Agent agent;
    agent.config.retry.unanswered = doubling(100 * kSecond);
    agent.config.max_retries = 4;
    agent.start();
    agent.answer(Status::interval_too_brief_423, 7200 * kSecond);
    for (const DelayMs wait : {60, 100, 100, 100}) {
        agent.fail();
        CHECK(agent.started(Timer::retry) == wait * kSecond);
        agent.fires(Timer::retry);
    }
    agent.fail();
    CHECK(agent.noted(Notice::gives_up));
}

TEST_CASE("waits that grow: a subscription that begins anew begins with the first wait") {
    Agent agent;
    agent.config.method = Method::subscribe;
    agent.config.retry.unanswered = doubling(300 * kSecond);
    agent.start();
    agent.fail();
    agent.fires(Timer::notify_wait);  // at the same instant
    agent.take({.kind = ClientInput::Kind::timer, .timer = Timer::retry, .wanted = false});
    CHECK(agent.usage == ClientUsage{.cseq = 1, .dialog = 1, .requested = 3600 * kSecond});
    agent.start();
    agent.fail();
    CHECK(agent.started(Timer::retry) == 60 * kSecond);
}

TEST_CASE("max_retries counts failures in a row only") {
    Agent agent;
    agent.config.max_retries = 1;
    agent.start();
    agent.fail();
    agent.fires(Timer::retry);
    agent.answer(Status::ok_200, 3600 * kSecond);
    agent.fires(Timer::refresh);
    agent.fail();
    CHECK_FALSE(agent.noted(Notice::gives_up));
    agent.fires(Timer::retry);
    agent.fail();
    CHECK(agent.noted(Notice::gives_up));
}

TEST_CASE("RFC 3261 17.1.3: a response that matches no open transaction changes nothing") {
    Agent agent = registered();
    const ClientUsage before = agent.usage;
    const Status status =
        GENERATE(Status::ok_200, Status::interval_too_brief_423, Status::server_error_500);
    agent.answer(status, 7200 * kSecond);  // once more, or late
    CHECK(agent.usage == before);
    agent.fires(Timer::refresh);
    const ClientUsage refreshing = agent.usage;
    agent.take({.kind = ClientInput::Kind::response,
                .status = status,
                .cseq = static_cast<std::uint8_t>(agent.usage.cseq - 1),
                .expires = 60 * kSecond});  // of the request before
    CHECK(agent.usage == refreshing);
    CHECK(agent.output.timers.empty());
    CHECK(agent.output.messages.empty());
}

TEST_CASE("wipe at boot: `Contact: *` with Expires 0 first, the real request on its 200") {
    Agent agent;
    agent.config.wipe_at_boot = true;
    agent.start();
    REQUIRE(agent.output.messages.size() == 1);
    CHECK(agent.output.messages[0].flags == kWildcard);
    CHECK(agent.output.messages[0].expires == 0);
    agent.fires(Timer::retransmit);
    CHECK(agent.output.messages.at(0).flags == (kWildcard | kRetransmission));
    agent.answer(Status::ok_200);
    CHECK_FALSE(agent.noted(Notice::registered));
    REQUIRE(agent.output.messages.size() == 1);
    CHECK(agent.output.messages[0].flags == 0);
    CHECK(agent.output.messages[0].expires == 3600 * kSecond);
    agent.answer(Status::ok_200, 3600 * kSecond);
    CHECK(agent.noted(Notice::registered));
    agent.fires(Timer::refresh);
    CHECK(agent.output.messages.at(0).flags == 0);  // at boot only
}

TEST_CASE("wipe at boot: a wipe that fails is tried again") {
    Agent agent;
    agent.config.wipe_at_boot = true;
    agent.start();
    agent.fail();
    agent.fires(Timer::retry);
    CHECK(agent.output.messages.at(0).flags == kWildcard);
}

}  // namespace failback::tests::model_client_usage_test
