// Counterexamples of slices and of reduced models: each is a run of the full one, too.
#include <catch2/catch.hpp>

#include "model/sip/reduction.hpp"
#include "properties/setting.hpp"
#include "tests/agreement.hpp"
#include "tests/load_fixture.hpp"

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

// Requests that may arrive after the server has forgotten them: they are late, or it is slow.
Design drawn_late(Draw& draw) {
    Design design = crowd(draw({1U, 1U, 1U, 2U}));
    for (Phone& phone : design.phones) {
        phone.expires = draw({3600, 300}) * kSecond;
        phone.timers.timer_f = draw({32, 32, 5}) * kSecond;
        phone.timers.t2 = draw({4, 4, 16}) * kSecond;
    }
    design.servers[0].timer_j = draw({32, 32, 5}) * kSecond;
    design.default_delay = {draw({0, 10}), draw({10, 1000, 1000})};
    const auto way = draw({0, 1, 2, 3});
    if (way == 0) {
        design.servers[0].processing = taking(draw({2, 20, 40}) * kSecond, draw({4, 16}));
        return design;
    }
    if (way == 1) {
        design.default_delay.latest = draw({20, 60}) * kSecond;
        return design;
    }
    Fault fault = way == 2 ? crash(0, 0, 0) : of_messages(FaultKind::late, draw({1, 2}));
    if (way == 2) {
        fault.kind = FaultKind::latency;
        fault.at = {0, draw({0, 400, 5000})};
        fault.lasts = sim::exactly(draw({10, 40}) * kSecond);
    }
    fault.direction = draw({Direction::to_server, Direction::to_server, Direction::both});
    fault.delay = sim::exactly(draw({33, 60}) * kSecond);
    design.faults.push_back(fault);
    return design;
}

const char* const kOfLateCopies[] = {
    "never requests(line1, s1) more than 1 times",
    "never requests(line1, s1) more than 2 times",
    "never accepts(s1, line1) more than 1 times",
    "never refused(line1, s1)",
    "never unanswered(line1, s1)",
    "never lapses(line1, s1)",
    "whenever unanswered(line1, s1) then registered(line1, s1) within 60s",
    "whenever registers(line1, s1) then never requests(line1, s1) before 40s",
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

TEST_CASE("completion: a copy that comes after Timer J is answered in another way") {
    Design design = design_with(1);
    SECTION("it was delayed") {
        design.default_delay = sim::exactly(kSecond);
        Fault slow = crash(0, 400, 10 * kSecond);
        slow.kind = FaultKind::latency;
        slow.direction = Direction::to_server;
        slow.delay = sim::exactly(60 * kSecond);
        design.faults.push_back(slow);
    }
    SECTION("others had to be handled before") {
        design.servers[0].processing = taking(20 * kSecond, 16);
    }
    CHECK(idle_parts(design, {PartKind::registration, 0, 0, 0}).forget);
    check_violated(design, "never requests(line1, s1) more than 1 times");
}

TEST_CASE("completion: drawn requests that are late, with Timer J and without") {
    CHECK(over_drawn(5, 6, drawn_late, kOfLateCopies,
                     within_limits([](const Design& design, const char* says) {
                         return replayed(design, says, 600, {kUsual, kFull});
                     })) > 15);
}

TEST_CASE("completion: many drawn requests that are late, with Timer J and without", "[.slow]") {
    CHECK(over_drawn(91, 18, drawn_late, kOfLateCopies,
                     within_limits([](const Design& design, const char* says) {
                         return replayed(design, says, 4000, {kUsual, kFull});
                     })) > 60);
}

}  // namespace failback::tests::properties_completion_test
