// Subscriptions through gateways that pass requests on: RFC 6665 with RFC 3261 16.
#include <catch2/catch.hpp>

#include "tests/relay_fixture.hpp"

namespace failback::tests::model_relay_subscription_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

constexpr DelayMs kSecond = 1000;
constexpr std::size_t kGateway = 1;

Design subscribing() {
    Design design = relayed();
    design.servers[1].subscriptions = false;
    design.phones[0].subscription.to = SubscribeTo::primary;
    design.phones[0].subscription.retry = sim::exactly(30 * kSecond);
    return design;
}

std::size_t subscription(const Run& run) {
    const auto index = run.sip().lines()[0].subscription[0];
    REQUIRE(index.has_value());
    return *index;
}

Instants sent(const Run& run, EventKind kind, Method method, Status status = Status::none) {
    return run.sent([=](const Event& event) {
        return event.kind == kind && event.method == method && event.status == status;
    });
}

}  // namespace

TEST_CASE("relay: a SUBSCRIBE goes to the server behind the gateway, its NOTIFY to the phone") {
    Design design = subscribing();
    rules_of(design).delay = sim::exactly(100);
    Run run(design);
    run.until(kSecond);
    // The registration: 0 to 220.
    CHECK(run.requests(Method::subscribe) == Instants{220});
    CHECK(sent(run, EventKind::relayed_to_server, Method::subscribe) == Instants{230});
    // The 200 and the NOTIFY (RFC 6665 4.2.1.2), either way.
    CHECK(sent(run, EventKind::relayed_to_gateway, Method::subscribe, Status::ok_200) ==
          Instants{330});
    CHECK(sent(run, EventKind::relayed_to_gateway, Method::notify) == Instants{330});
    CHECK(sent(run, EventKind::message_to_phone, Method::notify) == Instants{430});
    CHECK(sent(run, EventKind::message_to_server, Method::notify, Status::ok_200) ==
          Instants{440});
    CHECK(sent(run, EventKind::relayed_to_server, Method::notify, Status::ok_200) ==
          Instants{450});
    CHECK(run.sip().bound(run.state(), subscription(run)));
    CHECK(run.usage(subscription(run)).believes == 1);
    const auto index = run.sip().usages()[subscription(run)].notifier;
    CHECK(run.state().notifiers[index].open == 0);
}

TEST_CASE("relay: RFC 6665 4.2.2, the server behind a gateway repeats a NOTIFY") {
    Design design = subscribing();
    SECTION("the phone is cut off") {
        design.faults.push_back(unreachable(1, 55, 3 * kSecond));
        design.faults[0].phone = 0;
        design.faults[0].direction = Direction::to_phone;
        Run run(design);
        run.until(5 * kSecond);
        CHECK(sent(run, EventKind::relayed_to_gateway, Method::notify) ==
              Instants{60, 560, 1560, 3560});
        CHECK(sent(run, EventKind::message_to_phone, Method::notify).size() == 4);
    }
    SECTION("the answer of the phone is lost behind the gateway") {
        design.faults.push_back(of_messages(FaultKind::loss, 1));
        design.faults[0].gateway = kGateway;
        Run run(design);
        run.fate = [](const Event& event) {
            return event.kind == EventKind::relayed_to_server && event.method == Method::notify
                       ? Fate::lost
                       : Fate::delivered;
        };
        run.until(5 * kSecond);
        CHECK(sent(run, EventKind::relayed_to_gateway, Method::notify) == Instants{60, 560});
    }
    SECTION("Timer F ends the subscription") {
        design.faults.push_back(unreachable(1, 55, 60 * kSecond));
        design.faults[0].phone = 0;
        Run run(design);
        run.until(40 * kSecond);
        CHECK_FALSE(run.sip().bound(run.state(), subscription(run)));
    }
}

TEST_CASE("relay: in an emergency the gateway answers a SUBSCRIBE itself (SASSubscribeResponse)") {
    Design design = subscribing();
    design.phones[0].subscription.expires = 600 * kSecond;
    design.phones[0].expires = 600 * kSecond;
    design.servers[1].max_expires = 600 * kSecond;
    design.faults.push_back(crash(0, 100 * kSecond, 600 * kSecond));
    SECTION("489, which ends it at the phone (RFC 6665 4.1.2.1)") {
        Run run(design);
        run.until(541 * kSecond);
        CHECK(run.responses(Method::subscribe, Status::bad_event_489) == Instants{540'090});
        CHECK(run.usage(subscription(run)).believes == 0);
        CHECK(sent(run, EventKind::relayed_to_server, Method::subscribe).size() == 1);
    }
    SECTION("503, which says nothing of it (RFC 6665 4.1.2.2)") {
        design.servers[1].subscribe_answer = Status::service_unavailable_503;
        Run run(design);
        run.until(541 * kSecond);
        CHECK(run.responses(Method::subscribe, Status::service_unavailable_503).size() == 1);
        CHECK(run.usage(subscription(run)).believes == 1);
    }
    SECTION("nothing (SASSurvivabilityMode 4)") {
        rules_of(design).in_emergency = InNormal::ignored;
        Run run(design);
        run.until(541 * kSecond);
        CHECK(run.responses(Method::subscribe, Status::bad_event_489).empty());
        CHECK(run.requests(Method::subscribe).size() > 1);
    }
    SECTION("afterwards the phone subscribes with the server again") {
        design.faults[0].keeps_bindings = false;
        Run run(design);
        run.until(900 * kSecond);
        CHECK(run.sip().bound(run.state(), subscription(run)));
        CHECK(run.usage(subscription(run)).believes == 1);
    }
}

TEST_CASE("relay: whose restart ends a subscription") {
    Design design = subscribing();
    const std::size_t server = GENERATE(std::size_t{0}, std::size_t{1});
    design.faults.push_back(crash(server, 10 * kSecond, 5 * kSecond));
    design.faults[0].keeps_bindings = false;
    Run run(design);
    run.until(20 * kSecond);
    CHECK(run.sip().bound(run.state(), subscription(run)) == (server == kGateway));
}

TEST_CASE("relay: a server that goes down with notice tells its subscribers through the gateway") {
    Design design = subscribing();
    design.faults.push_back(crash(0, 100 * kSecond, 600 * kSecond));
    design.faults[0].kind = FaultKind::maintenance;
    design.faults[0].notifies = EndReason::deactivated;
    Run run(design);
    run.until(100 * kSecond + 30);
    CHECK(sent(run, EventKind::message_to_phone, Method::notify).size() == 2);
    CHECK(run.observed(Notice::lapses, subscription(run)) == Instants{100'020});
}

TEST_CASE("relay: an emergency that ends drops no subscription of the server behind (Oracle)") {
    Design design = subscribing();
    rules_of(design).drops_at_exit = true;
    design.faults.push_back(crash(0, 30 * kSecond, 100 * kSecond));
    Run run(design);
    run.until(200 * kSecond);
    CHECK(run.observed(Notice::leaves_emergency, kGateway).size() == 1);
    CHECK(run.sip().bound(run.state(), subscription(run)));
}

TEST_CASE("relay: with silence behind it the gateway answers a SUBSCRIBE in its own time") {
    Design design = subscribing();
    rules_of(design).enters_after = 100;
    rules_of(design).unanswered = Status::request_timeout_408;
    rules_of(design).gives_up_after = 5 * kSecond;
    design.faults.push_back(crash(0, 45, 3600 * kSecond));
    Run run(design);
    run.until(10 * kSecond);
    CHECK(run.responses(Method::subscribe, Status::request_timeout_408) == Instants{5050});
}

TEST_CASE("relay: RFC 3261 22, a SUBSCRIBE is challenged by the server behind the gateway") {
    Design design = subscribing();
    design.servers[0].authentication.of_subscribe = true;
    Run run(design);
    run.until(kSecond);
    CHECK(run.responses(Method::subscribe, Status::unauthorized_401) == Instants{70});
    CHECK(run.requests(Method::subscribe) == Instants{40, 80});
    CHECK(run.usage(subscription(run)).believes == 1);
}

}  // namespace failback::tests::model_relay_subscription_test
