// Subscriptions through gateways that pass requests on, in searches: against their slow twins.
#include <catch2/catch.hpp>

#include "properties/bounds.hpp"
#include "properties/catalogue.hpp"
#include "tests/agreement.hpp"
#include "tests/drawn_relays.hpp"

namespace failback::tests::properties_relay_subscription_test {
namespace {

using namespace failback::model;
using properties::Outcome;

constexpr DelayMs kSecond = 1000;

const char* const kQuestions[] = {
    "never subscribed(line1, s2) and not subscription(s2, line1) for 10s",
    "never subscription(s2, line1) and not subscribed(line1, s2) for 40s",
    ("whenever subscribes(line1, s2) then notified(line1, s2) or not subscribed(line1, s2) within "
     "32s unless subscription_refused(line1, s2)"),
    "never subscription_refused(line1, s2) and not emergency(s2)",
    "never subscription(s2, line1) and emergency(s2)",
    "never subscription_ends(line1, s2)",
    "whenever notified(line1, s2) then never subscribes(line1, s2) before 30s",
};

Design drawn_with_subscription(Draw& draw) {
    Design design = drawn_relay(draw);
    design.calls.clear();
    design.incoming.clear();
    design.servers[1].subscriptions = false;
    design.servers[1].subscribe_answer =
        draw({Status::bad_event_489, Status::bad_event_489, Status::service_unavailable_503});
    SubscriptionRules& rules = design.phones[0].subscription;
    rules.to = draw({SubscribeTo::working, SubscribeTo::all});
    rules.expires = draw({120, 600}) * kSecond;
    rules.refresh.lead = draw({60, 5, 0}) * kSecond;
    rules.retry = sim::exactly(draw({15, 30}) * kSecond);
    rules.timer_n = draw({32'000, 32'000, 10'000});
    design.servers[0].subscriptions = draw({true, true, true, false});
    design.servers[0].authentication.of_subscribe = draw({false, false, true});
    draw_maintenance(design, draw);
    return design;
}

Design with_outage() {
    Design design = relayed_with_outage();
    design.phones[0].subscription.to = SubscribeTo::primary;
    design.phones[0].subscription.expires = 300 * kSecond;
    design.phones[0].subscription.retry = sim::exactly(30 * kSecond);
    design.servers[1].subscriptions = false;
    design.faults[0].lasts = {10 * kSecond, 200 * kSecond};
    return design;
}

}  // namespace

TEST_CASE("relay subscriptions: drawn designs, sliced and reduced against whole and full") {
    CHECK(as_the_slowest(3, 6, drawn_with_subscription, kQuestions, 1000) > 2);
}

TEST_CASE("relay subscriptions: many drawn designs, sliced and reduced against whole and full",
          "[.slow]") {
    CHECK(as_the_slowest(31, 12, drawn_with_subscription, kQuestions, 6000) > 15);
}

TEST_CASE("relay subscriptions: what the catalogue asks of them holds", "[.slow]") {
    Design design = with_outage();
    design.all_properties = true;
    int asked = 0;
    for (const auto& instance : properties::instances_of(design)) {
        if (instance.name.find("subscri") == std::string::npos) {
            continue;
        }
        ++asked;
        CAPTURE(instance.name, instance.says);
        const Outcome found = properties::check(design, instance.property).outcome;
        CHECK((found == Outcome::holds || found == Outcome::vacuous));
    }
    CHECK(asked >= 5);
}

}  // namespace failback::tests::properties_relay_subscription_test
