// Several subscriptions of one line: each has its own target, dialog, timers and life.
#include <catch2/catch.hpp>

#include "properties/catalogue.hpp"
#include "tests/run_fixture.hpp"

namespace failback::tests::model_subscriptions_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

constexpr DelayMs kSecond = 1000;

// Dialogs with all servers, message waiting with the first one only (Grandstream GRP26xx).
Design grandstream() {
    Design design = design_with(2);
    SubscriptionRules dialogs;
    dialogs.to = SubscribeTo::all;
    dialogs.event = "dialog";
    dialogs.retry = sim::exactly(30 * kSecond);
    SubscriptionRules messages = dialogs;
    messages.to = SubscribeTo::primary;
    messages.event = "message-summary";
    messages.expires = 600 * kSecond;
    design.phones[0].subscription = dialogs;
    design.phones[0].more_subscriptions = {messages};
    return design;
}

std::size_t usage_of(const Run& run, std::size_t entry, std::size_t which) {
    const SipModel::LineInfo& line = run.sip().lines()[0];
    const auto index = line.subscription[which * line.registration.size() + entry];
    REQUIRE(index.has_value());
    return *index;
}

}  // namespace

TEST_CASE("subscriptions: each goes to the servers of its own rule") {
    Run run(grandstream());
    run.until(10 * kSecond);
    CHECK(run.usage(usage_of(run, 0, 0)).believes == 1);
    CHECK(run.usage(usage_of(run, 1, 0)).believes == 1);
    CHECK(run.usage(usage_of(run, 0, 1)).believes == 1);
    const auto& line = run.sip().lines()[0];
    CHECK_FALSE(line.subscription[2 + 1].has_value());
}

TEST_CASE("subscriptions: each has its own lifetime and refresh") {
    Run run(grandstream());
    run.until(1000 * kSecond);
    CHECK(run.observed(Notice::requests, usage_of(run, 0, 0)) == Instants{20});
    CHECK(run.observed(Notice::requests, usage_of(run, 0, 1)) == Instants{20, 540'040});
}

TEST_CASE("subscriptions: one that is refused leaves the other as it is") {
    Design design = grandstream();
    design.servers[0].packages = {"dialog"};
    Run run(design);
    run.until(100 * kSecond);
    CHECK(run.usage(usage_of(run, 0, 0)).believes == 1);
    CHECK(run.observed(Notice::refused, usage_of(run, 0, 1)).size() == 4);
    CHECK(run.usage(usage_of(run, 0, 1)).believes == 0);
}

TEST_CASE("subscriptions: all of a server end when it is taken down with notice") {
    Design design = grandstream();
    Fault works = crash(0, 100 * kSecond, 60 * kSecond);
    works.kind = FaultKind::maintenance;
    works.notifies = EndReason::noresource;
    design.faults.push_back(works);
    Run run(design);
    run.until(101 * kSecond);
    CHECK(run.observed(Notice::rejected, usage_of(run, 0, 0)).size() == 1);
    CHECK(run.observed(Notice::rejected, usage_of(run, 0, 1)).size() == 1);
    CHECK(run.usage(usage_of(run, 1, 0)).believes == 1);
}

TEST_CASE("subscriptions: the catalogue asks for each, by its package") {
    Design design = grandstream();
    PropertyUse use;
    use.use = "subscription-answered";
    design.properties = {use};
    std::vector<std::string> names;
    for (const auto& instance : properties::instances_of(design)) {
        names.push_back(instance.name);
    }
    CHECK(names == std::vector<std::string>{"subscription-answered(line1, s1, dialog)",
                                            "subscription-answered(line1, s1, message-summary)",
                                            "subscription-answered(line1, s2, dialog)"});
    design.properties[0].event = "message-summary";
    CHECK(properties::instances_of(design).size() == 1);
}

TEST_CASE("subscriptions: atoms name the package, or there is only one") {
    const Design design = grandstream();
    const std::string says = "never subscribed(line1, s1, message-summary)";
    CHECK(to_text(properties::parse_property(says, design), design) == says);
    const auto refuses = [](const std::string& text, const Design& of, const char* found) {
        try {
            (void)properties::parse_property(text, of);
        } catch (const properties::LanguageError& error) {
            CAPTURE(error.found(), error.expected());
            CHECK(error.found().find(found) != std::string::npos);
            return true;
        }
        return false;
    };
    CHECK(refuses("never subscribed(line1, s1)", design, "several subscriptions"));
    CHECK(refuses("never subscribed(line1, s1, presence)", design, "presence"));
    CHECK(refuses("never registered(line1, s1, dialog)", design, "another number of names"));
    Design one = design_with(1);
    one.phones[0].subscription.to = SubscribeTo::primary;
    CHECK_FALSE(refuses("never subscribed(line1, s1)", one, ""));
    CHECK(refuses("never subscribed(line1, s1, dialog)", one, "dialog"));
}

}  // namespace failback::tests::model_subscriptions_test
