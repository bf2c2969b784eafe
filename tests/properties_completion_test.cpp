// Counterexamples of slices and of reduced models: each is a run of the full one, too.
#include <catch2/catch.hpp>

#include "properties/setting.hpp"
#include "tests/agreement.hpp"

namespace failback::tests::properties_completion_test {
namespace {

using namespace failback::model;
using properties::Outcome;

constexpr DelayMs kSecond = 1000;

properties::Verdict checked(const Design& design, const std::string& says, const Way& way,
                            std::uint64_t classes = UINT64_MAX) {
    properties::CheckOptions options = options_of(way);
    options.limits.max_classes = classes;
    return properties::check(design, properties::parse_property(says, design), options);
}

// Violated, sliced and reduced or not, by runs that can be executed.
void check_violated(const Design& design, const std::string& says) {
    CAPTURE(says);
    for (const Way& way : {kUsual, kWhole, kFull}) {
        CAPTURE(way.name);
        const auto verdict = checked(design, says, way);
        CHECK(verdict.outcome == Outcome::violated);
        CHECK(executes(verdict));
    }
}

// How many ways come to the verdict of the first one; each that is violated executes.
int replayed(const Design& design, const std::string& says, std::uint64_t classes,
             std::initializer_list<Way> ways) {
    std::optional<Outcome> usual;
    int agreed = 0;
    for (const Way& way : ways) {
        CAPTURE(way.name);
        const auto verdict = checked(design, says, way, classes);
        if (verdict.outcome == Outcome::violated) {
            CHECK(executes(verdict));
        }
        if (verdict.outcome != Outcome::undecided) {
            CHECK(verdict.outcome == usual.value_or(verdict.outcome));
            agreed += usual ? 1 : 0;
            usual = verdict.outcome;
        }
    }
    return agreed;
}

// A phone that registers with all of its servers, or with one at a time, and goes back by any rule.
Design drawn_return(Draw& draw) {
    const auto servers = draw({2U, 2U, 3U});
    Design design = design_with(servers);
    Phone& phone = design.phones[0];
    design.default_delay = {0, draw({0, 10, 100})};
    phone.expires = draw({120, 300}) * kSecond;
    phone.timers.timer_f = draw({5, 32}) * kSecond;
    phone.retry = sim::Interval{20 * kSecond, draw({20, 30}) * kSecond};
    if (draw({true, true, false})) {
        phone.failback = draw({Failback{}, Failback{FailbackRule::stay, 0, 0, 0},
                               Failback{FailbackRule::hold, 0, 20 * kSecond, 0},
                               Failback{FailbackRule::after, 50 * kSecond, 0, 0},
                               Failback{FailbackRule::after, 150 * kSecond, 0, 0}});
    } else {
        draw_order(phone, draw);
    }
    if (draw({true, false})) {
        draw_fault(design, draw);
    }
    return design;
}

const char* const kOfEachServer[] = {
    "never accepts(s1, line1) more than 2 times",
    "never accepts(s2, line1) more than 2 times",
    "never requests(line1, s2) more than 3 times",
    "never lapses(line1, s2)",
    "whenever registers(line1, s2) then never requests(line1, s2) before 100s",
    "never registered(line1, s2) and not registered(line1, s1)",
    "never working(line1) = s2",
    "never switches(line1, s2) more than 1 times",
};

}  // namespace

TEST_CASE("completion: in a slice no timer runs for the server that a line works with") {
    Design design = design_with(2);
    design.phones[0].expires = 120 * kSecond;
    const FailbackRule rule = GENERATE(FailbackRule::after, FailbackRule::hold);
    design.phones[0].failback = {rule, 50 * kSecond, 50 * kSecond, 0};
    check_violated(design, "never accepts(s2, line1) more than 4 times");
    check_violated(design, "never accepts(s1, line1) more than 4 times");
}

TEST_CASE("completion: a slice chooses where all registrations of the line are in it") {
    Design design = design_with(3);
    const auto chooses = [&design](const char* says) {
        const auto property = properties::parse_property(says, design);
        return properties::make_setting(design, {property}, {}).sip->lines()[0].chooses;
    };
    for (const FailbackRule rule : {FailbackRule::after, FailbackRule::hold, FailbackRule::stay}) {
        design.phones[0].failback.rule = rule;
        CHECK(chooses("never working(line1) = s2"));
        CHECK(chooses("never switches(line1, s2)"));
        CHECK_FALSE(chooses("never registered(line1, s2)"));
        CHECK_FALSE(chooses("never registered(line1, s2) and registered(line1, s3)"));
    }
    design.phones[0].failback.rule = FailbackRule::immediate;
    CHECK(chooses("never working(line1) = s2"));
    CHECK(chooses("never registered(line1, s2)"));
    dial_at(design, kSecond);
    design.phones[0].failback.rule = FailbackRule::after;
    CHECK(chooses("never call_fails(line1)"));
}

TEST_CASE("completion: counterexamples about each server, whatever the way back") {
    CHECK(over_drawn(3, 6, drawn_return, kOfEachServer,
                     within_limits([](const Design& design, const char* says) {
                         return replayed(design, says, 3000, {kUsual, kWhole});
                     })) > 30);
}

TEST_CASE("completion: many counterexamples about each server, whatever the way back",
          "[.slow]") {
    CHECK(over_drawn(71, 40, drawn_return, kOfEachServer,
                     within_limits([](const Design& design, const char* says) {
                         return replayed(design, says, 6000, {kUsual, kWhole, kFull});
                     })) > 200);
}

}  // namespace failback::tests::properties_completion_test
