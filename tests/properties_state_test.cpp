// Several subscriptions, and what they tell, in searches: the ways to search agree, and bounds.
#include <catch2/catch.hpp>

#include "model/sip/scope_key.hpp"
#include "properties/bounds.hpp"
#include "properties/catalogue.hpp"
#include "tests/agreement.hpp"
#include "tests/check_fixture.hpp"
#include "tests/design_fixture.hpp"
#include "tests/drawn_designs.hpp"

namespace failback::tests::properties_state_test {
namespace {

using namespace failback::model;
using properties::Outcome;

constexpr DelayMs kSecond = 1000;

const char* const kQuestions[] = {
    "never stale(line1, s1, dialog) for 2s",
    "never shows(line1, s1, dialog) and not subscribed(line1, s1, dialog)",
    ("whenever changes(s1, line1, dialog) then not stale(line1, s1, dialog) within 40s"),
    "never subscribed(line1, s1, mwi) and not subscription(s1, line1, mwi) for 10s",
    "whenever registers(line1, s1) then shows(line1, s1, dialog) within 62s",
    "never subscription_ends(line1, s1, mwi)",
    "never subscribed(line1, s1, dialog) and not subscription(s1, line1, dialog) for 40s",
};

SubscriptionRules drawn_rules(Draw& draw, const char* event) {
    SubscriptionRules rules;
    rules.event = event;
    rules.to = draw({SubscribeTo::primary, SubscribeTo::working, SubscribeTo::all});
    rules.expires = draw({120, 600}) * kSecond;
    rules.refresh.lead = draw({60, 5, 0}) * kSecond;
    rules.retry = sim::exactly(draw({10, 30}) * kSecond);
    rules.timer_n = draw({32'000, 32'000, 10'000});
    rules.shows_last_known = draw({true, false});
    return rules;
}

Design drawn_states(Draw& draw) {
    Design design = drawn_design(draw);
    design.calls.clear();
    Phone& phone = design.phones[0];
    phone.subscription = drawn_rules(draw, "dialog");
    phone.more_subscriptions = {drawn_rules(draw, "mwi")};
    ChangePlan plan;
    plan.count = draw({1, 1, 2});
    plan.at = draw({Interval{0, 100 * kSecond}, Interval{0, 0}, sim::any_time()});
    design.changes.push_back(plan);
    draw_maintenance(design, draw);
    return design;
}

Design changing() {
    Design design = design_with(1);
    design.default_delay = {0, kSecond};
    Phone& phone = design.phones[0];
    phone.subscription.to = SubscribeTo::primary;
    phone.subscription.expires = 300 * kSecond;
    phone.subscription.retry = sim::Interval{30 * kSecond, 60 * kSecond};
    design.changes.emplace_back();
    return design;
}

int agreed_states(std::uint64_t seed, int designs, std::uint64_t classes) {
    return over_drawn(seed, designs, drawn_states, kQuestions,
                      [&](const Design& design, const char* question) {
                          return agreeing(design, question, classes);
                      });
}

}  // namespace

TEST_CASE("state: slices and reductions of drawn designs say the same as the whole") {
    CHECK(agreed_states(41, 3, 150) > 5);
}

TEST_CASE("state: slices and reductions of more of them do", "[.slow]") {
    CHECK(agreed_states(42, 20, 500) > 60);
}

TEST_CASE("state: approximations of drawn designs say the same", "[.slow]") {
    const int settled = over_drawn(43, 12, drawn_states, kQuestions,
                                   [](const Design& design, const char* question) {
                                       return approximation_agrees(design, question, 3000);
                                   });
    CHECK(settled > 15);
}

TEST_CASE("state: where nothing is lost a change is known after the way of its NOTIFY") {
    const Design design = changing();
    CHECK(properties::stale_bound(design, {0, 0}) == kSecond);
    CHECK(outcome_of(design, "never stale(line1, s1) for 1s") == Outcome::holds);
    CHECK(outcome_of(design, "never stale(line1, s1) for 999ms") == Outcome::violated);
}

TEST_CASE("state: where NOTIFYs may be lost the bound holds, with the subscription's lifetime",
          "[.slow]") {
    Design design = changing();
    design.default_delay = {0, 50};
    design.faults.push_back(unreachable(0, 0, 0));
    design.faults[0].at = {0, 300 * kSecond};
    design.faults[0].lasts = {0, 100 * kSecond};
    PropertyUse use;
    use.use = "state-told";
    design.properties = {use};
    const auto instances = properties::instances_of(design);
    REQUIRE(instances.size() == 1);
    CHECK(properties::check(design, instances[0].property).outcome == Outcome::holds);
    CHECK(outcome_of(design, "never stale(line1, s1) for 100s") == Outcome::violated);
}

TEST_CASE("state: what a scope depends on includes what may change, and which subscription it is") {
    const char* const kSays = "never stale(line1, s1)";
    const Design plain = changing();
    Design other = plain;
    other.changes[0].count = 2;
    CHECK(key_of(other, kSays) != key_of(plain, kSays));
    other = plain;
    other.changes[0].at = sim::exactly(5);
    CHECK(key_of(other, kSays) != key_of(plain, kSays));
    other = plain;
    other.phones[0].subscription.shows_last_known = true;
    CHECK(key_of(other, kSays) != key_of(plain, kSays));
    other = plain;
    other.phones[0].subscription.event = "dialog";
    other.phones[0].more_subscriptions = {other.phones[0].subscription};
    other.phones[0].more_subscriptions[0].event = "mwi";
    CHECK(key_of(other, "never stale(line1, s1, dialog)") !=
          key_of(other, "never stale(line1, s1, mwi)"));
}

TEST_CASE("design file: several subscriptions, and what they tell", "[design]") {
    const char* const kList = "/phones/0/subscriptions";
    const json two = json::parse(
        R"([{"to": "all", "event": "dialog"}, {"to": "primary", "event": "mwi"}])");
    const Design design = read(with(kList, two));
    REQUIRE(design.phones[0].more_subscriptions.size() == 1);
    CHECK(design.phones[0].subscription.event == "dialog");
    CHECK(design.phones[0].more_subscriptions[0].timer_n == 32'000);
    json wrong = two;
    wrong[1]["event"] = "dialog";
    check_problem(kList, wrong, R"("dialog" a second time)");
    wrong[1].erase("event");
    check_problem(kList, wrong, "its event package");
    wrong = two;
    wrong[0]["to"] = "nobody";
    wrong[0].erase("event");
    check_problem(kList, wrong, "a subscription that there is not is left out");
    json both = with(kList, two);
    both["phones"][0]["subscription"] = json::parse(R"({"to": "primary"})");
    CHECK(problems_of(both).find("lists all of them") != std::string::npos);

    json changes = with(kList, two);
    const auto with_change = [&changes](const char* change) {
        changes["changes"] = json::array({json::parse(change)});
        return problems_of(changes);
    };
    const char* const kMwi =
        R"({"phone": "phone", "line": "line1", "server": "primary", "event": "mwi", "count": 2})";
    CHECK(with_change(kMwi) == "none");
    CHECK(read(changes).changes[0].subscription == 1);
    changes["changes"].push_back(json::parse(kMwi));
    CHECK(problems_of(changes).find("a second plan") != std::string::npos);
    CHECK(with_change(R"({"phone": "phone", "line": "line1", "server": "primary"})")
              .find("the event package of one") != std::string::npos);
    CHECK(with_change(
              R"({"phone": "phone", "line": "line1", "server": "primary", "event": "mwo"})")
              .find("did you mean") != std::string::npos);
    CHECK(with_change(
              R"({"phone": "phone", "line": "line1", "server": "gateway", "event": "mwi"})")
              .find("does not subscribe to") != std::string::npos);
}

TEST_CASE("design file: a list of subscriptions takes the place of the profile's one", "[design]") {
    json design = with("/phones/0/profile", "polycom-soundpoint-2.1");
    design["phones"][0]["subscriptions"] =
        json::parse(R"([{"to": "all", "event": "dialog"}, {"to": "primary", "event": "mwi"}])");
    CHECK(read(design).phones[0].more_subscriptions.size() == 1);
}

}  // namespace failback::tests::properties_state_test
