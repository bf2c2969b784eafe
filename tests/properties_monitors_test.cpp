// Monitors against their slow twin: what a property means, judged from all steps of a run.
#include <catch2/catch.hpp>

#include "properties/check.hpp"
#include "properties/monitored.hpp"
#include "sim/chooser.hpp"
#include "tests/drawn_designs.hpp"

namespace failback::tests::properties_monitors_test {
namespace {

using namespace failback::properties;

// What one step shows: of the step itself, and of what lasts behind it.
struct Look {
    sim::TimeMs at = 0;
    bool premise[2] = {};
    bool conclusion[2] = {};
    bool release[2] = {};
};

struct Watched {
    std::vector<Look> looks;
    bool violated = false;
};

Watched watch(const model::Design& design, const Property& property, std::uint64_t seed,
              sim::TimeMs until) {
    const model::SipModel sip(design, model::whole(design), model::Fidelity::full);
    const MonitoredModel model(sip, {property});
    sim::Execution<MonitoredModel> run(model);
    sim::SeededChooser chooser(seed, until);
    Watched watched;
    while (const auto choice = chooser.next(run)) {
        const model::Event event = run.agenda().event(choice->entry);
        MonitoredState after = run.state();
        sim::Effects<model::Event> effects;
        MonitorLog log;
        model.step(after, event, choice->form, effects, log);
        run.step(*choice);
        watched.violated = watched.violated || !log.violated.empty();
        if (event.kind == model::EventKind::deadline) {
            continue;
        }
        Look look;
        look.at = choice->at;
        const model::StepLog nothing;
        const Sight sights[] = {{sip, after.sip, log.sip}, {sip, after.sip, nothing}};
        for (std::size_t i = 0; i < 2; ++i) {
            look.premise[i] = property.premise && holds(*property.premise, sights[i]);
            look.conclusion[i] = holds(property.conclusion, sights[i]);
            look.release[i] = property.release && holds(*property.release, sights[i]);
        }
        watched.looks.push_back(look);
    }
    return watched;
}

// Do more than `times` fall into a stretch of at most `within`?
bool too_often(const std::vector<Look>& looks, int times, sim::DelayMs within) {
    std::vector<sim::TimeMs> happened;
    for (const Look& look : looks) {
        if (look.conclusion[0]) {
            happened.push_back(look.at);
        }
    }
    for (std::size_t i = static_cast<std::size_t>(times); i < happened.size(); ++i) {
        if (happened[i] - happened[i - static_cast<std::size_t>(times)] <= within) {
            return true;
        }
    }
    return false;
}

// Does the conclusion fail to hold at `due` after a premise, or later, before a release?
bool does_not_stay(const std::vector<Look>& looks, sim::DelayMs due, sim::TimeMs until) {
    for (std::size_t p = 0; p < looks.size(); ++p) {
        const bool begins =
            looks[p].premise[0] || (looks[p].premise[1] && !looks[p].release[1]);
        if (!begins || (looks[p].premise[0] && looks[p].release[1])) {
            continue;
        }
        const sim::TimeMs from = looks[p].at + due;
        bool holds = looks[p].conclusion[1];
        for (std::size_t k = p + 1; k <= looks.size(); ++k) {
            const sim::TimeMs at = k < looks.size() ? looks[k].at : until;
            if (!holds && at > from) {
                return true;
            }
            if (k == looks.size() || looks[k].release[0] || looks[k].release[1]) {
                break;
            }
            holds = looks[k].conclusion[0] && looks[k].conclusion[1];
            if (!holds && at > from) {
                return true;
            }
            holds = looks[k].conclusion[1];
        }
    }
    return false;
}

constexpr sim::TimeMs kUntil = 1'200'000;

}  // namespace

TEST_CASE("monitors: more than N times within D, against the list of all times") {
    Draw draw(31);
    int violated = 0;
    int kept = 0;
    for (std::uint64_t seed = 0; seed < 150; ++seed) {
        const model::Design design = drawn_design(draw);
        const int times = draw({1, 2, 3, 8});
        const sim::DelayMs within = draw({1, 500, 4'000, 31'000, 120'000, 900'000});
        const Property property = parse_property(
            "never requests(line1, s1) more than " + std::to_string(times) + " times within " +
                std::to_string(within) + "ms",
            design);
        const Watched watched = watch(design, property, seed, kUntil);
        CAPTURE(seed, times, within);
        // Two at the ends of a stretch may come in either order with its end.
        CHECK((!watched.violated || too_often(watched.looks, times, within)));
        CHECK((watched.violated || !too_often(watched.looks, times, within - 1)));
        (watched.violated ? violated : kept)++;
    }
    CHECK(violated > 10);
    CHECK(kept > 20);
}

TEST_CASE("monitors: within D and stays, against the list of all steps") {
    Draw draw(32);
    int violated = 0;
    int kept = 0;
    for (std::uint64_t seed = 0; seed < 150; ++seed) {
        const model::Design design = drawn_design(draw);
        const sim::DelayMs within = draw({0, 1, 1'000, 30'000, 66'500, 200'000});
        const char* const release = draw({"", " unless fails(s1)", " unless not up(s1)"});
        const char* const premise = draw({"boots(line1, s1)", "recovers(s1)", "up(s1)"});
        const Property property = parse_property(
            std::string("whenever ") + premise + " then registered(line1, s1) within " +
                std::to_string(within) + "ms and stays" + release,
            design);
        const Watched watched = watch(design, property, seed, kUntil);
        CAPTURE(seed, within, premise, release);
        // What comes in the millisecond of the deadline may come before it or after.
        CHECK((!watched.violated || does_not_stay(watched.looks, within, kUntil)));
        CHECK((watched.violated || !does_not_stay(watched.looks, within + 1, kUntil)));
        (watched.violated ? violated : kept)++;
    }
    CHECK(violated > 20);
    CHECK(kept > 20);
}

TEST_CASE("monitors: one time within D is never again before D and a millisecond") {
    Draw draw(33);
    CheckOptions options;
    options.limits.max_classes = 20'000;
    int violated = 0;
    int kept = 0;
    for (int number = 0; number < 40; ++number) {
        const model::Design design = drawn_design(draw);
        const sim::DelayMs within = draw({499, 500, 31'999, 32'000, 60'000, 1'799'999, 1'800'000});
        const auto outcome = [&](const std::string& says) {
            return check(design, parse_property(says, design), options).outcome;
        };
        const Outcome rate = outcome("never requests(line1, s1) more than 1 times within " +
                                     std::to_string(within) + "ms");
        const Outcome pause =
            outcome("whenever requests(line1, s1) then never requests(line1, s1) before " +
                    std::to_string(within + 1) + "ms");
        if (rate == Outcome::undecided || pause == Outcome::undecided) {
            continue;
        }
        CAPTURE(number, within);
        CHECK((rate == Outcome::violated) == (pause == Outcome::violated));
        (rate == Outcome::violated ? violated : kept)++;
    }
    CHECK(violated > 5);
    CHECK(kept > 5);
}

TEST_CASE("monitors: always is never not") {
    const model::Design design = [] {
        model::Design made = design_with(2);
        made.faults.push_back(crash(0, 5'000, 40'000));
        return made;
    }();
    const auto outcome = [&](const std::string& says) {
        return check(design, parse_property(says, design)).outcome;
    };
    CHECK(outcome("always up(s1)") == Outcome::violated);
    CHECK(outcome("always up(s2)") == Outcome::holds);
    CHECK(outcome("always up(s1) until fails(s1)") == Outcome::violated);
    CHECK(outcome("whenever recovers(s1) then always up(s1)") == Outcome::holds);
    CHECK(outcome("whenever registers(line1, s1) then always up(s1) until fails(s1)") ==
          Outcome::violated);
    CHECK(outcome("whenever boots(line1, s1) then always up(s1) for 5s") == Outcome::holds);
    CHECK(outcome("whenever boots(line1, s1) then always up(s1) for 5001ms") ==
          Outcome::violated);
}

TEST_CASE("monitors: the first millisecond within which it stays is exact") {
    model::Design design = design_with(2);
    design.faults.push_back(crash(0, 0, 40'000));
    design.faults.back().at = {0, 100'000};
    const auto outcome = [&](sim::DelayMs within) {
        return check(design, parse_property("whenever boots(line1, s1) then registered(line1, s1) "
                                            "within " + std::to_string(within) +
                                                "ms and stays unless not up(s1)",
                                            design)).outcome;
    };
    // One round trip.
    CHECK(outcome(20) == Outcome::holds);
    CHECK(outcome(19) == Outcome::violated);
}

}  // namespace failback::tests::properties_monitors_test
