// Late messages in searches, and messages that a simulation draws.
#include <catch2/catch.hpp>

#include "properties/simulate.hpp"
#include "tests/agreement.hpp"
#include "tests/check_fixture.hpp"
#include "tests/design_fixture.hpp"
#include "tests/drawn_designs.hpp"

namespace failback::tests::properties_messages_test {
namespace {

using namespace failback::model;
using properties::Outcome;

constexpr DelayMs kSecond = 1000;

const char* const kQuestions[] = {
    "never denied(line1, s1)",
    "whenever boots(line1, s1) then registered(line1, s1) within 40s",
    "never working(line1) = none for 45s",
    "never lapses(line1, s1)",
    "never registered(line1, s1) and not binding(s1, line1) for 2s",
    "whenever recovers(s1) then registered(line1, s1) within 65s",
};

Design drawn_late(Draw& draw) {
    Design design = drawn_design(draw);
    Fault fault = of_messages(FaultKind::late, draw({1, 1, 2}));
    fault.delay = draw({Interval{0, 2500}, {600, 700}, {4000, 4000}, {40'000, 50'000}});
    fault.direction = draw({Direction::both, Direction::to_phone, Direction::to_server});
    if (draw({true, false})) {
        fault.window = Interval{0, draw({1, 100}) * kSecond};
    }
    design.faults.push_back(fault);
    return design;
}

int compare(std::uint64_t seed, int designs, std::uint64_t classes) {
    return over_drawn(seed, designs, drawn_late, kQuestions,
                      within_limits([&](const Design& design, const char* question) {
                          return agreeing(design, question, classes);
                      }));
}

// Faults of one kind, each with a budget and a window of its own, may strike the same messages.
Design drawn_overlapping(Draw& draw) {
    Design design = drawn_design(draw);
    design.faults.clear();
    const FaultKind kind = draw({FaultKind::loss, FaultKind::loss, FaultKind::late});
    design.phones[0].timers.timer_f = draw({1000, 4000});
    for (int number = draw({2, 2, 3}); number > 0; --number) {
        Fault fault = of_messages(kind, draw({1, 1, 2}));
        if (kind == FaultKind::late) {
            fault.delay = draw({Interval{2500, 2500}, {4000, 4000}});
        }
        fault.direction = draw({Direction::both, Direction::to_phone, Direction::to_server});
        if (draw({true, false})) {
            const DelayMs from = draw({0, 0, 1000});
            fault.window = Interval{from, from + draw({200, 1000, 30'000})};
        }
        design.faults.push_back(fault);
    }
    return design;
}

// Of the two orders of the faults in the design.
int compare_orders(std::uint64_t seed, int designs, std::uint64_t classes) {
    sim::Limits limits;
    limits.max_classes = classes;
    return over_drawn(seed, designs, drawn_overlapping, kQuestions,
                      within_limits([&](const Design& design, const char* question) {
                          Design turned = design;
                          std::ranges::reverse(turned.faults);
                          const Findings one = search(design, question, kUsual, false, limits);
                          const Findings other = search(turned, question, kUsual, false, limits);
                          if (!is_settled(one) || !is_settled(other)) {
                              return 0;
                          }
                          CHECK(one == other);
                          return 1 + agreeing(design, question, classes);
                      }));
}

}  // namespace

TEST_CASE("faults of messages: whichever fault strikes a message, the others may strike the next") {
    Design design = design_with(1);
    design.phones[0].boot = sim::exactly(0);
    design.phones[0].timers.timer_f = 1000;   // two requests, at once and after half a second
    design.faults = {of_messages(FaultKind::loss, 1), of_messages(FaultKind::loss, 1)};
    for (const std::size_t early : {std::size_t{0}, std::size_t{1}}) {
        Design with_window = design;
        with_window.faults[early].window = Interval{0, 200};
        CAPTURE(early);
        CHECK(outcome_of(with_window, "never unanswered(line1, s1)") == Outcome::violated);
        with_window.faults[early].count = 2;
        with_window.faults.erase(with_window.faults.begin() +
                                 static_cast<std::ptrdiff_t>(1 - early));
        CHECK(outcome_of(with_window, "never unanswered(line1, s1)") == Outcome::holds);
    }
}

TEST_CASE("faults of messages: the order of those of one kind does not matter") {
    CHECK(compare_orders(1, 6, 600) > 30);
}

TEST_CASE("faults of messages: the same on many designs", "[.slow]") {
    CHECK(compare_orders(20, 30, 2000) > 150);
}

TEST_CASE("late: slices and reductions agree on drawn designs") { CHECK(compare(1, 6, 600) > 30); }

TEST_CASE("late: slices and reductions agree on many drawn designs", "[.slow]") {
    CHECK(compare(20, 40, 2000) > 150);
}

TEST_CASE("late: approximations agree on drawn designs with two servers") {
    Draw draw(7);
    int compared = 0;
    for (int number = 0; number < 30; ++number) {
        const Design design = drawn_late(draw);
        if (design.servers.size() > 1) {
            CAPTURE(number);
            compared += within_limits([](const Design& two, const char* question) {
                return approximation_agrees(two, question, 2000);
            })(design, "never working(line1) = none for 45s");
        }
    }
    CHECK(compared > 4);
}

TEST_CASE("late: the bounds of the catalogue hold, however late a message is") {
    Design design = design_with(2);
    design.default_delay = {0, 100};
    design.phones[0].expires = 600 * kSecond;
    Fault late = of_messages(FaultKind::late, 1);
    late.delay = GENERATE(Interval{0, 2 * kSecond}, Interval{0, 50 * kSecond});
    design.faults = {late, crash(0, 0, 0)};
    design.faults[1].at = {0, 100 * kSecond};
    design.faults[1].lasts = {60 * kSecond, 100 * kSecond};
    for (const char* id : {"failback", "takeover", "eventual-registration", "best-server"}) {
        CAPTURE(id);
        CHECK(outcome_of_all(design, id) == Outcome::holds);
    }
}

// A copy of what is late is an equal message with another delay.
TEST_CASE("ratio: what a simulation finds, it can tell again") {
    Design design = read(shipped("museum/a-late-one-undoes-the-new"));
    for (Fault& fault : design.faults) {
        fault.count = kUnlimited;
    }
    const auto instances = properties::instances_of(design);
    properties::SimulationOptions options;
    options.runs = 60;
    options.until = 3'600'000;
    const auto result = properties::simulate(design, instances, options);
    REQUIRE_FALSE(result.violations.empty());
    for (const auto& violation : result.violations) {
        CHECK(violation.faults == std::vector<std::string>{"a late message"});
        CHECK_FALSE(violation.choices.empty());
    }
}

// UPDATEs have numbers of three bits.
TEST_CASE("late: no UPDATE is so late that it is taken for a new one") {
    json written = json::parse(R"(
        {"format": 1, "name": "u", "servers": [{"name": "s1"}], "phones": [{"name": "p",
        "expires": "1h", "calls": {"session_expires": "90s"}, "lines": [{"name": "l",
        "aor": "sip:1@e"}], "servers": ["s1"]}], "delay": "10ms", "calls": [{"phone": "p",
        "line": "l", "at": "10s", "lasts": "20m"}], "faults": [{"name": "la",
        "kind": "late", "delay": "4m", "count": 1, "direction": "to-server"}]})");
    CHECK(problems_of(written).find(R"(the least "session_expires")") != std::string::npos);
    written["faults"][0]["delay"] = "90s";
    CHECK(outcome_of(read(written), "never drops(l, s1)") == Outcome::holds);
}

TEST_CASE("ratio: a step of too many messages ends the run, and no more") {
    json written = minimal();
    written["phones"] = json::array();
    for (int i = 0; i < 17; ++i) {
        const std::string number = std::to_string(i);
        written["phones"].push_back(
            {{"name", "p" + number},
             {"boot", "0s"},
             {"expires", "1h"},
             {"subscription", {{"to", "primary"}, {"expires", "1h"}}},
             {"lines", {{{"name", "l" + number}, {"aor", "sip:" + number + "@example.com"}}}},
             {"servers", {"primary"}}});
    }
    written["servers"] = {{{"name", "primary"}, {"subscriptions", true}}};
    written["faults"] = {{{"name", "radio"}, {"kind", "loss"}, {"ratio", {1, 3}}},
                         {{"name", "works"},
                          {"kind", "maintenance"},
                          {"server", "primary"},
                          {"at", "20m"},
                          {"lasts", "1m"},
                          {"notifies", "deactivated"}}};
    Design design = read(written);
    design.faults[0].count = kUnlimited;
    properties::SimulationOptions options;
    options.runs = 2;
    options.until = 30 * 60 * kSecond;
    const auto result = properties::simulate(design, {}, options);
    CHECK(result.runs == 2);
    CHECK(result.cut_short.runs == 2);
    CHECK(result.cut_short.why.find("too many messages") != std::string::npos);
}

TEST_CASE("ratio: bounds are those of a budget, whatever a simulation draws") {
    Design design = design_with(1);
    design.faults = {of_messages(FaultKind::loss, 1), crash(0, 100 * kSecond, 60 * kSecond)};
    design.faults[0].ratio = Ratio{1, 100};
    design.all_properties = true;
    const auto says = [&design] {
        std::vector<std::string> texts;
        for (const auto& instance : properties::instances_of(design)) {
            texts.push_back(instance.says);
        }
        return texts;
    };
    const auto counted = says();
    REQUIRE(counted.size() > 5);
    design.faults[0].count = kUnlimited;
    CHECK(says() == counted);
}

}  // namespace failback::tests::properties_messages_test
