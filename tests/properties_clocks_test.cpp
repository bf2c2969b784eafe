// Clocks that have one of several rates: a search finds what the searches of each rate find.
#include <catch2/catch.hpp>

#include <algorithm>
#include <vector>

#include "model/sip/clock_rates.hpp"
#include "model/sip/scope_key.hpp"
#include "properties/alike.hpp"
#include "tests/agreement.hpp"
#include "tests/check_fixture.hpp"
#include "tests/design_fixture.hpp"
#include "tests/drawn_designs.hpp"
#include "tests/name_fixture.hpp"
#include "traces/script.hpp"

namespace failback::tests::properties_clocks_test {
namespace {

using namespace failback::model;
using properties::Outcome;
using Rates = std::vector<int>;

constexpr DelayMs kSecond = 1000;

const char* const kQuestions[] = {
    "never working(line1) = none for 45s",
    "never lapses(line1, s1) until fails(s1)",
    "never registered(line1, s1) and not binding(s1, line1) for 2s",
    "whenever recovers(s1) then registered(line1, s1) within 65s unless fails(s1)",
    "whenever accepts(s1, line1) then accepts(s1, line1) within 100s",
    "never call_fails(line1)",
};

Design drawn_with_rates(Draw& draw) {
    Design design = drawn_design(draw);
    design.phones[0].clock_rates = draw({Rates{-2000, 2000}, Rates{0, 50'000},
                                         Rates{-50'000, 0, 1000}, Rates{100'000, -100'000}});
    return design;
}

bool is_about(const Design& design, const char* question) {
    return !design.calls.empty() || std::string_view(question).find("call") == std::string::npos;
}

// All combinations of rates of the phones, as designs whose clocks are known.
std::vector<Design> each_of(const Design& design) {
    std::vector<Design> designs{design};
    for (std::size_t phone = 0; phone < design.phones.size(); ++phone) {
        std::vector<Design> next;
        for (const Design& each : designs) {
            for (const int rate : rates_of(design.phones[phone])) {
                next.push_back(each);
                next.back().phones[phone].clock_ppm = rate;
                next.back().phones[phone].clock_rates.clear();
            }
        }
        designs = std::move(next);
    }
    return designs;
}

// 1 if the worst of all rates is what a search of them together finds; 0 if one has no end.
int is_the_worst(const Design& design, const std::string& says, std::uint64_t classes,
                 bool measured) {
    sim::Limits limits;
    limits.max_classes = classes;
    Findings worst;
    worst.complete = true;
    for (const Design& each : each_of(design)) {
        const Findings one = search(each, says, kUsual, measured, limits);
        if (!is_settled(one)) {
            return 0;
        }
        worst.violated = worst.violated || one.violated;
        worst.triggered = worst.triggered || one.triggered;
        worst.most = std::max(worst.most, one.most);
        worst.least = !worst.least ? one.least
                      : !one.least ? worst.least
                                   : std::min(worst.least, one.least);
    }
    const Findings together = search(design, says, kUsual, measured, limits);
    if (!is_settled(together)) {
        return 0;
    }
    CAPTURE(says);
    CHECK(together == worst);
    return 1;
}

int compare(std::uint64_t seed, int designs, std::uint64_t classes) {
    return over_drawn(seed, designs, drawn_with_rates, kQuestions,
                      within_limits([&](const Design& design, const char* question) {
                          return is_about(design, question)
                                     ? is_the_worst(design, question, classes, false) +
                                           agreeing(design, question, classes) +
                                           approximation_agrees(design, question, classes)
                                     : 0;
                      }));
}

// Two phones with lists of their own, the second one with two lines.
Design two_phones() {
    Design design = design_with(1);
    design.default_delay = {0, 100};
    Phone& phone = design.phones[0];
    phone.expires = 600 * kSecond;
    phone.refresh.lead = 3 * kSecond;
    phone.transport = Transport::tcp;
    phone.clock_rates = {-10'000, 10'000};
    design.phones.push_back(phone);
    design.phones[1].name = "other";
    design.phones[1].lines = {{"line2", "sip:1002@example.com", {}},
                              {"line3", "sip:1003@example.com", {}}};
    return design;
}

}  // namespace

TEST_CASE("clocks: the worst of all rates, in every way to search") {
    CHECK(compare(3, 5, 400) > 20);
}

TEST_CASE("clocks: the same on many more", "[.slow]") { CHECK(compare(300, 28, 2000) > 200); }

TEST_CASE("clocks: the range of a duration is that of all rates") {
    const char* const says = "whenever recovers(s1) then registered(line1, s1) within 24h";
    int compared = 0;
    for (const Rates& rates : {Rates{-2000, 2000}, Rates{0, 50'000}}) {
        Design design = design_with(1);
        design.default_delay = {0, 100};
        design.phones[0].expires = 600 * kSecond;
        design.phones[0].transport = Transport::tcp;
        design.phones[0].clock_rates = rates;
        design.faults = {crash(0, 0, 0)};
        design.faults[0].at = {0, 700 * kSecond};
        design.faults[0].lasts = {60 * kSecond, 100 * kSecond};
        compared += is_the_worst(design, says, 50'000, true);
    }
    CHECK(compared == 2);
}

// Both try twice, and give up: (32 + 30 + 32) s, by their clocks.
TEST_CASE("clocks: each phone has a rate of its own, and phones together each pair of them") {
    Design design = two_phones();
    design.default_delay = sim::exactly(10);
    design.faults = {crash(0, 0, 100'000 * kSecond)};
    for (Phone& phone : design.phones) {
        phone.max_retries = 1;
        phone.refresh.lead = 60 * kSecond;
    }
    const char* const says = "never gives_up(line2, s1) until gives_up(line1, s1)";
    const auto with_start_of_other = [&](DelayMs boot) {
        design.phones[1].boot = sim::exactly(boot);
        CHECK(is_the_worst(design, says, 5000, false) == 1);
        return outcome_of(design, says);
    };
    // 94 s / 0.99 - 94 s / 1.01 = 1.88 s
    CHECK(with_start_of_other(1870) == Outcome::violated);
    CHECK(with_start_of_other(1900) == Outcome::holds);
    design.phones[0].clock_rates = {10'000, 9000};
    CHECK(with_start_of_other(200) == Outcome::holds);
}

// The second line of a phone may be the one for which its clock matters first.
TEST_CASE("clocks: a run in which a slow one is too late is one of the whole design") {
    Design design = two_phones();
    const auto property = properties::parse_property(
        "never registered(line3, s1) and not binding(s1, line3)", design);
    const auto verdict = properties::check(design, property);
    CHECK(verdict.outcome == Outcome::violated);
    CHECK(executes(verdict));
    const auto setting = properties::make_setting(design, {property},
                                                  {properties::Breadth::context, false, false});
    const auto retold = traces::retell(
        setting, traces::script_of(verdict.setting, verdict.choices), verdict.choices.size() + 20);
    CHECK(retold.has_value());
    design.phones[1].clock_rates = {0, 10'000};
    CHECK(properties::check(design, property).outcome == Outcome::holds);
}

TEST_CASE("clocks: names are kept by the clock that the phone has") {
    Design design = named(2U, {{0}});
    design.phones[0].timers.timer_f = 16 * kSecond;
    design.phones[0].expires = 120 * kSecond;
    design.dns.records[0].ttl = 60 * kSecond;
    design.phones[0].clock_rates = {-50'000, 50'000};
    design.faults = {dns_outage(0, 0)};
    design.faults[0].at = {0, 100 * kSecond};
    design.faults[0].lasts = {0, 20 * kSecond};
    CHECK(is_the_worst(design, "never not resolved(line1, s1) for 70s", 5000, false) +
              is_the_worst(design, "never lapses(line1, s1)", 5000, false) >
          0);
}

TEST_CASE("clocks: deadlines and pauses leave room for each rate, and there is a margin to keep") {
    Design design = design_with(1);
    design.default_delay = {0, 100};
    design.phones[0].clock_rates = {10'000, -10'000};
    design.phones[0].transport = Transport::tcp;
    design.phones[0].expires = 600 * kSecond;
    design.faults = {crash(0, 0, 0)};
    design.faults[0].at = {0, 700 * kSecond};
    design.faults[0].lasts = {60 * kSecond, 100 * kSecond};
    for (const char* id : {"failback", "eventual-registration", "refresh-rule", "clock-margin"}) {
        CAPTURE(id);
        CHECK(outcome_of_all(design, id) == Outcome::holds);
    }
    design.phones[0].refresh.lead = 5 * kSecond;
    CHECK(outcome_of_all(design, "clock-margin") == Outcome::violated);
    design.phones[0].clock_rates = {10'000, 0};
    CHECK(outcome_of_all(design, "clock-margin") == Outcome::holds);
}

TEST_CASE("clocks: the key of a scope has all rates") {
    Design design = design_with(1);
    const auto key_of = [&](Rates rates) {
        design.phones[0].clock_rates = std::move(rates);
        return ScopeKey(design, whole(design), {}).take();
    };
    CHECK(key_of({-50, 50}) != key_of({-50, 0, 50}));
    CHECK(key_of({-50, 50}) != key_of({-50, 51}));
    CHECK(key_of({}) != key_of({0, 1}));
}

TEST_CASE("design file: clocks with several rates", "[design]") {
    const auto clock = [](const char* ppm) {
        return with("/phones/0/clock", {{"ppm", json::parse(ppm)}});
    };
    CHECK(read(clock("[-50, 0, 50]")).phones[0].clock_rates == Rates{-50, 0, 50});
    CHECK(read(clock("-50")).phones[0].clock_rates.empty());
    CHECK(read(clock("[-50]")).phones[0].clock_ppm == -50);
    CHECK(read(clock("[-50]")).phones[0].clock_rates.empty());
    CHECK_THAT(problems_of(clock("[-50, -50]")), Catch::Contains("a rate for the second time"));
    CHECK_THAT(problems_of(clock("[0, 100001]")), Catch::Contains("a whole number from -100000"));
    CHECK_THAT(problems_of(clock(R"([0, "1"])")), Catch::Contains("a whole number from -100000"));
    CHECK_THAT(problems_of(clock("[]")), Catch::Contains("/phones/0/clock/ppm"));
}

}  // namespace failback::tests::properties_clocks_test
