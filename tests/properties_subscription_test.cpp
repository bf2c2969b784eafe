// Subscriptions in searches: slices, reductions and approximations with them, and their bounds.
#include <catch2/catch.hpp>

#include "model/sip/scope_key.hpp"
#include "properties/alike.hpp"
#include "properties/bounds.hpp"
#include "properties/catalogue.hpp"
#include "tests/agreement.hpp"
#include "tests/check_fixture.hpp"
#include "tests/drawn_designs.hpp"

namespace failback::tests::properties_subscription_test {
namespace {

using namespace failback::model;
using properties::Outcome;

constexpr DelayMs kSecond = 1000;

const char* const kQuestions[] = {
    "never subscribed(line1, s1) and not subscription(s1, line1) for 10s",
    "never subscription(s1, line1) and not subscribed(line1, s1) for 40s",
    ("whenever subscribes(line1, s1) then notified(line1, s1) or not subscribed(line1, s1) within "
     "32s unless subscription_refused(line1, s1)"),
    "whenever registers(line1, s1) then notified(line1, s1) within 62s",
    "never subscription_ends(line1, s1)",
    "whenever notified(line1, s1) then never subscribes(line1, s1) before 30s",
};

Design drawn_with_subscription(Draw& draw) {
    Design design = drawn_design(draw);
    design.calls.clear();
    Phone& phone = design.phones[0];
    SubscriptionRules& rules = phone.subscription;
    rules.to = draw({SubscribeTo::primary, SubscribeTo::working, SubscribeTo::all});
    rules.expires = draw({120, 600}) * kSecond;
    rules.refresh.lead = draw({60, 5, 0}) * kSecond;
    rules.retry = sim::exactly(draw({15, 30}) * kSecond);
    rules.timer_n = draw({32'000, 32'000, 10'000});
    rules.heeds_reasons = draw({true, true, false});
    for (Server& server : design.servers) {
        server.subscriptions = draw({true, true, true, false});
    }
    draw_maintenance(design, draw);
    return design;
}

Design subscribing() {
    Design design = design_with(1);
    design.default_delay = {0, kSecond};
    design.phones[0].subscription.to = SubscribeTo::primary;
    design.phones[0].subscription.retry = sim::Interval{30 * kSecond, 60 * kSecond};
    return design;
}

}  // namespace

TEST_CASE("subscriptions: slices, reductions and inclusion agree in drawn designs") {
    const int agreed = over_drawn(11, 24, drawn_with_subscription, kQuestions,
                                  [](const Design& design, const char* question) {
                                      return agreeing(design, question);
                                  });
    CHECK(agreed > 150);
}

TEST_CASE("subscriptions: the bound of the agreement is met, and no less") {
    // The server loses its subscriptions right after the NOTIFY that takes longest.
    Design design = subscribing();
    design.phones[0].subscription.expires = 300 * kSecond;
    design.faults.push_back(crash(0, 0, 0));
    design.faults[0].at = sim::any_time();
    design.faults[0].lasts = {60 * kSecond, 200 * kSecond};
    design.faults[0].keeps_bindings = false;
    const std::string says = "never subscribed(line1, s1) and not subscription(s1, line1) for ";
    CHECK(properties::subscription_agreement_bound(design, {0, 0}) == 301 * kSecond);
    CHECK(outcome_of(design, says + "301s") == Outcome::holds);
    CHECK(outcome_of(design, says + "240s") == Outcome::violated);
}

TEST_CASE("subscriptions: the bound of the restoration holds in drawn outages") {
    Draw draw(5);
    for (int number = 0; number < 6; ++number) {
        Design design = subscribing();
        Phone& phone = design.phones[0];
        phone.expires = 120 * kSecond;
        phone.subscription.expires = draw({120, 300}) * kSecond;
        design.faults.push_back(crash(0, 0, 0));
        design.faults[0].at = sim::any_time();
        design.faults[0].lasts = {draw({0, 60}) * kSecond, 200 * kSecond};
        design.faults[0].keeps_bindings = draw({true, false});
        PropertyUse use;
        use.use = "subscription-restored";
        design.properties = {use};
        const auto instances = properties::instances_of(design);
        REQUIRE(instances.size() == 1);
        CAPTURE(number, instances[0].says);
        CHECK(properties::check(design, instances[0].property).outcome == Outcome::holds);
    }
}

TEST_CASE("subscriptions: 489 affects neither the registration nor the working server") {
    Design design = subscribing();
    design.servers[0].subscriptions = false;
    CHECK(outcome_of(design, "never lapses(line1, s1)") == Outcome::holds);
    CHECK(outcome_of(design, "whenever subscription_refused(line1, s1) then never working(line1) "
                             "!= s1") == Outcome::holds);
    CHECK(outcome_of(design, "whenever subscription_refused(line1, s1) then never "
                             "subscribes(line1, s1) before 30s") == Outcome::holds);
    CHECK(outcome_of(design, "whenever subscription_refused(line1, s1) then never "
                             "subscribes(line1, s1) before 30001ms") == Outcome::violated);
}

TEST_CASE("subscriptions: what a scope depends on includes all that is said of them") {
    const auto key = [](const Design& design) {
        return properties::key_of(
            properties::parse_property("never subscribed(line1, s1)", design), design);
    };
    const Design plain = subscribing();
    Design other = plain;
    other.phones[0].subscription.timer_n = 10'000;
    CHECK(key(other) != key(plain));
    other = plain;
    other.phones[0].subscription.heeds_reasons = false;
    CHECK(key(other) != key(plain));
    other = plain;
    other.phones[0].subscription.event = "dialog";
    CHECK(key(other) == key(plain));  // the server has it, too
    other.servers[0].packages = {"presence"};
    CHECK(key(other) != key(plain));
}

}  // namespace failback::tests::properties_subscription_test
