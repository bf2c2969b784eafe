// Approximate searches against the exact one alone: the verdicts and bounds are the same.
#include "properties/abstraction.hpp"

#include <filesystem>

#include <catch2/catch.hpp>

#include "model/file/design_file.hpp"
#include "tests/check_fixture.hpp"
#include "tests/drawn_designs.hpp"

namespace failback::tests::properties_abstraction_test {
namespace {

using namespace failback::model;
using properties::CheckOptions;
using properties::Outcome;
using properties::Property;

constexpr DelayMs kSecond = 1000;

CheckOptions exactly(std::uint64_t max_classes) {
    CheckOptions options;
    options.approximate = false;
    options.limits.max_classes = max_classes;
    return options;
}

// Whether both ways came to a verdict; if so, it is the same.
bool agree(const Design& design, const Property& property, const CheckOptions& exact) {
    CheckOptions both = exact;
    both.approximate = true;
    const properties::Verdict plain = properties::check(design, property, exact);
    const properties::Verdict usual = properties::check(design, property, both);
    if (plain.outcome == Outcome::undecided || usual.outcome == Outcome::undecided) {
        return false;
    }
    CHECK(plain.outcome == usual.outcome);
    CHECK(plain.reason == usual.reason);
    CHECK((plain.choices == usual.choices || plain.reason.find("perhaps") != std::string::npos));
    return true;
}

const char* const kQuestions[] = {
    "never working(line1) = none for 100s",
    "never registered(line1, s1) and working(line1) = s2",
    "whenever fails(s1) then working(line1) = s2 within 3600s unless recovers(s1)",
    "whenever recovers(s1) then working(line1) = s1 within 70s unless fails(s1)",
    "whenever working(line1) = s2 then working(line1) = s1 within 2h",
    "never lapses(line1, s1) until registered(line1, s2)",
    "never call_fails(line1)",
    "whenever dials(line1) then answered(line1) within 5s",
    "whenever fails(s1) then never working(line1) = s2 before 40s until recovers(s1)",
    "whenever lapses(line1, s1) then never working(line1) = s2 before 5s",
    "whenever registers(line1, s2) then never requests(line1, s2) before 70s",
};

// A drawn design with two registrations of one line.
Design two_servers(Draw& draw) {
    while (true) {
        const Design design = drawn_design(draw);
        if (design.servers.size() == 2) {
            return design;
        }
    }
}

int compare(std::uint64_t seed, int designs) {
    Draw draw(seed);
    int compared = 0;
    for (int number = 0; number < designs; ++number) {
        const Design design = two_servers(draw);
        for (const char* question : kQuestions) {
            CAPTURE(seed, number, question);
            const Property property = properties::parse_property(question, design);
            compared += static_cast<int>(agree(design, property, exactly(4000)));
        }
    }
    return compared;
}

int compare_corpus(const char* folder) {
    int compared = 0;
    const std::filesystem::path corpus(FAILBACK_SOURCE_DIR "/tests/data");
    for (const auto& file : std::filesystem::directory_iterator(corpus / folder)) {
        const Design design = read_design(file.path().string());
        for (const properties::Instance& instance : properties::instances_of(design)) {
            CAPTURE(file.path().string(), instance.name);
            compared += static_cast<int>(agree(design, instance.property, exactly(25'000)));
        }
    }
    return compared;
}

// Two phones with a line each at the same two servers, over TCP.
Design two_phones() {
    Design design = design_with(2);
    design.phones[0].transport = Transport::tcp;
    design.phones.push_back(design.phones[0]);
    design.phones[1].name = "other";
    design.phones[1].lines[0].name = "line2";
    design.faults.push_back(crash(0, 0, 0));
    design.faults[0].at = sim::any_time();
    design.faults[0].lasts = {60 * kSecond, 7200 * kSecond};
    return design;
}

}  // namespace

TEST_CASE("approximation: drawn designs give the verdicts of the exact search") {
    CHECK(compare(1979, 6) > 30);
}

TEST_CASE("approximation: many drawn designs give the verdicts of the exact search", "[.slow]") {
    CHECK(compare(5626, 64) > 300);
}

TEST_CASE("approximation: every design of the corpus gives the same verdicts", "[.slow]") {
    CHECK(compare_corpus("properties") > 20);
}

TEST_CASE("approximation: every design about a decision gives the same verdicts", "[.slow]") {
    CHECK(compare_corpus("decisions") > 60);
}

// A SUBSCRIBE is refused only if it comes as the subscription has just expired: two timers have to
// drift towards each other for some rounds, and an outage has to end between them.
TEST_CASE("approximation: a premise that comes true rarely is found on short ways") {
    const Design design = read_design(FAILBACK_SOURCE_DIR "/designs/polycom-soundpoint.json");
    for (const properties::Instance& instance : properties::instances_of(design)) {
        if (instance.name == "subscribe-pause(line1, primary)") {
            const auto verdict = properties::check(design, instance.property);
            CHECK(verdict.outcome == Outcome::holds);
            CHECK(verdict.statistics.complete);
            CHECK(verdict.statistics.classes_expanded < 120'000);  // 200'000 without
        }
    }
}

TEST_CASE("approximation: what no registration needs is settled without any") {
    const Design design = two_phones();
    const auto property = properties::parse_property(
        "never registered(line1, s1) and working(line1) = s2 and registered(line2, s2)", design);
    const auto verdict = properties::check(design, property);
    CHECK(verdict.outcome == Outcome::holds);
    CHECK(verdict.statistics.classes_expanded < 50);
    const auto exact = properties::check(design, property, exactly(1'000'000));
    CHECK(exact.outcome == Outcome::holds);
    CHECK(verdict.statistics.classes_expanded < exact.statistics.classes_expanded);
}

TEST_CASE("approximation: one registration that never fails is enough") {
    Design design = two_phones();
    const auto property = properties::parse_property(
        "never working(line1) = none and working(line2) = none for 100s", design);
    const auto verdict = properties::check(design, property);
    CHECK(verdict.outcome == Outcome::holds);
    CHECK(verdict.statistics.classes_expanded < 200);
    design.faults.push_back(crash(1, 0, 0));
    design.faults[1].at = sim::any_time();
    design.faults[1].lasts = {60 * kSecond, 7200 * kSecond};
    const auto of_one = properties::parse_property("never working(line1) = none for 100s", design);
    const auto violated = properties::check(design, of_one);
    CHECK(violated.outcome == Outcome::violated);
    CHECK(executes(violated));
}

TEST_CASE("approximation: a premise that never comes true stays vacuous") {
    const Design design = two_phones();
    // Both phones boot at once and are registered long before the hour is over.
    const auto never = properties::parse_property(
        "whenever gives_up(line1, s1) and working(line2) = s2 then up(s1) within 1s", design);
    CHECK(properties::check(design, never).outcome == Outcome::vacuous);
}

TEST_CASE("approximation: registrations that see each other's bindings are not abstracted") {
    Design design = two_phones();
    for (Phone& phone : design.phones) {
        phone.wipe_at_boot = true;
    }
    design.phones[1].boot = {0, 100 * kSecond};
    design.faults.clear();
    // The other phone removes the binding when it boots.
    const auto property = properties::parse_property(
        "whenever registers(line1, s1) then never not binding(s1, line1)", design);
    const auto verdict = properties::check(design, property);
    CHECK(verdict.outcome == Outcome::violated);
    CHECK(executes(verdict));
}

// Beliefs change as they like when both are abstracted; the binding of neither is looked at.
TEST_CASE("approximation: registrations that wipe each other's bindings are abstracted together") {
    Design design = two_phones();
    for (Phone& phone : design.phones) {
        phone.wipe_at_boot = true;
        phone.lines[0].aor = design.phones[0].lines[0].aor;
    }
    design.phones[1].boot = {0, 100 * kSecond};
    const auto both = properties::parse_property(
        "never registered(line1, s1) and working(line1) = s2 and registered(line2, s2)", design);
    const auto verdict = properties::check(design, both);
    CHECK(verdict.outcome == Outcome::holds);
    CHECK(verdict.statistics.classes_expanded < 50);
    // Without the other one in full, line1 would never lose its binding at s1.
    const auto one = properties::parse_property(
        "never not binding(s1, line1) and registered(line1, s1) for 1s", design);
    const auto violated = properties::check(design, one);
    CHECK(violated.outcome == Outcome::violated);
    CHECK(executes(violated));
    CHECK(agree(design, one, exactly(100'000)));
}

TEST_CASE("approximation: a bound is that of the exact search") {
    Design design = design_with(2);
    design.default_delay = {0, 1000};
    design.phones[0].transport = Transport::tcp;
    design.faults.push_back(crash(0, 0, 0));
    design.faults[0].at = sim::any_time();
    design.faults[0].lasts = {60 * kSecond, 7200 * kSecond};
    const auto question = properties::parse_property(
        "whenever recovers(s1) then working(line1) = s1 and registered(line1, s2) within 24h",
        design);
    const auto usual = properties::measure(design, question);
    const auto exact = properties::measure(design, question, exactly(1'000'000));
    REQUIRE(usual.outcome == Outcome::holds);
    REQUIRE(exact.outcome == Outcome::holds);
    CHECK(usual.most->ms == exact.most->ms);
    CHECK(usual.least->ms == exact.least->ms);
}

}  // namespace failback::tests::properties_abstraction_test
