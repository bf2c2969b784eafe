// For which values of a parameter a property holds, and how values of a design are named.
#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "model/file/vary.hpp"
#include "properties/tuning.hpp"

namespace failback::tests::tuning_test {
namespace {

using namespace failback::properties;
using model::parse_variation;
using model::Variation;
using nlohmann::json;

struct Tried {
    Tuning tuning;
    int trials = 0;
};

Tried tried(const TuningRange& range, std::optional<std::int64_t> present,
            const TuningRules& rules, const std::function<bool(std::int64_t)>& holds) {
    Tried tried;
    tried.tuning = tune(range, present, rules, [&](std::int64_t value) {
        ++tried.trials;
        return Trial{value, holds(value) ? Outcome::holds : Outcome::violated, {}};
    });
    for (HoldsBetween& interval : tried.tuning.intervals) {
        interval.proved = false;
    }
    return tried;
}

// Where a property holds in the intervals that are given, with few values tried first.
Tried tried(const TuningRange& range, std::optional<std::int64_t> present, int points,
            const std::vector<HoldsBetween>& where) {
    return tried(range, present, {points, false, {}}, [&](std::int64_t value) {
        return std::ranges::any_of(where, [value](const HoldsBetween& interval) {
            return interval.low <= value && value <= interval.high;
        });
    });
}

using Intervals = std::vector<HoldsBetween>;

std::string refusal(const std::string& text, const json& design) {
    try {
        static_cast<void>(parse_variation(text, design));
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return "";
}

const json kDesign = json::parse(R"({
    "servers": [{ "name": "primary" }, { "name": "gateway" }],
    "phones": [{ "name": "phone", "expires": "600s", "retry": ["30s", "60s"],
                 "calls": { "retry_count": 3 }, "servers": ["primary", "gateway"] }]
})");

}  // namespace

TEST_CASE("tune: the ends of an interval are exact, whatever the range") {
    for (std::int64_t end = 0; end <= 40; ++end) {
        CAPTURE(end);
        CHECK(tried({0, 40, 1}, {}, 0, {{0, end}}).tuning.intervals == Intervals{{0, end}});
        CHECK(tried({0, 40, 1}, {}, 0, {{end, 40}}).tuning.intervals == Intervals{{end, 40}});
    }
}

TEST_CASE("tune: few trials for a large range") {
    const Tried large = tried({0, 1'000'000'000, 1}, {}, 3, {{0, 53'500}});
    CHECK(large.tuning.intervals == Intervals{{0, 53'500}});
    CHECK(large.trials < 50);
}

TEST_CASE("tune: what comes again with a period is not hidden between the values tried first") {
    // Of each 4 seconds the last one is wrong, but for none of the values that lie evenly.
    const auto holds = [](std::int64_t ms) { return ms % 4000 <= 3000; };
    const Tried found = tried({8'000, 24'000, 1}, {}, {3, false, {}}, holds);
    CHECK(found.tuning.intervals ==
          Intervals{{8'000, 11'000}, {12'000, 15'000}, {16'000, 19'000}, {20'000, 23'000},
                    {24'000, 24'000}});
    CHECK_FALSE(found.tuning.complete);
    CHECK(tried({8'000, 24'000, 1}, {}, {0, false, {}}, holds).tuning.intervals ==
          Intervals{{8'000, 24'000}});
}

TEST_CASE("tune: what is proved for all values between is not tried") {
    const auto up_to = [](std::int64_t end) {
        return [end](std::int64_t value) { return value <= end; };
    };
    const auto all_hold = [](std::int64_t, std::int64_t high) { return high <= 600; };
    const Tried whole = tried({0, 1000, 1}, {}, {0, false, all_hold}, up_to(600));
    CHECK(whole.tuning.intervals == Intervals{{0, 600}});
    CHECK_FALSE(whole.tuning.complete);   // perhaps it holds for some value above
    const Tried nested = tried({0, 1000, 1}, {}, {0, true, {}}, up_to(600));
    CHECK(nested.tuning.intervals == Intervals{{0, 600}});
    CHECK(nested.tuning.complete);
    const auto is_proved = [&](const TuningRules& rules, std::int64_t end) {
        const Tuning tuning = tune({0, 1000, 1}, {}, rules, [&](std::int64_t value) {
            return Trial{value, value <= end ? Outcome::holds : Outcome::violated, {}};
        });
        return tuning.intervals.front().proved;
    };
    CHECK(is_proved({3, false, all_hold}, 600));
    CHECK_FALSE(is_proved({3, false, all_hold}, 700));
    CHECK_FALSE(is_proved({3, false, {}}, 600));
    CHECK(is_proved({3, true, {}}, 700));
    CHECK(tried({0, 500, 1}, {}, {3, false, all_hold}, up_to(600)).tuning.complete);
}

TEST_CASE("tune: what holds within the range only is found from the present value") {
    CHECK(tried({0, 1000, 1}, 421, 0, {{400, 450}}).tuning.intervals == Intervals{{400, 450}});
    CHECK(tried({0, 1000, 1}, {}, 0, {{400, 450}}).tuning.intervals.empty());
    CHECK(tried({0, 1000, 1}, {}, 24, {{400, 450}}).tuning.intervals == Intervals{{400, 450}});
    CHECK(tried({0, 1000, 1}, 5000, 0, {{400, 450}}).tuning.intervals.empty());
}

TEST_CASE("tune: several intervals, where enough values are tried") {
    CHECK(tried({0, 100, 1}, {}, 9, {{0, 33}, {57, 91}}).tuning.intervals ==
          Intervals{{0, 33}, {57, 91}});
}

TEST_CASE("tune: values are a step apart, and the end of the range is one of them") {
    const Tried coarse = tried({0, 95, 10}, {}, 0, {{0, 47}});
    CHECK(coarse.tuning.intervals == Intervals{{0, 40}});
    for (const Trial& trial : coarse.tuning.trials) {
        CHECK((trial.value % 10 == 0 || trial.value == 95));
    }
    CHECK(tried({0, 95, 10}, {}, 0, {{92, 95}}).tuning.intervals == Intervals{{95, 95}});
}

TEST_CASE("tune: undecided ends it") {
    const Tuning tuning = tune({0, 100, 1}, {}, {}, [](std::int64_t value) {
        return Trial{value, value == 50 ? Outcome::undecided : Outcome::holds, "limit"};
    });
    REQUIRE(tuning.undecided);
    CHECK(tuning.undecided->value == 50);
}

TEST_CASE("vary: elements by name or by number, with or without a slash") {
    for (const char* key : {"/phones/0/retry/1", "/phones/phone/retry/1", "phones/phone/retry/1"}) {
        const Variation variation = parse_variation(std::string(key) + "=30s..2m", kDesign);
        CHECK(variation.pointer == "/phones/0/retry/1");
        CHECK(variation.low == 30'000);
        CHECK(variation.high == 120'000);
        CHECK(variation.present == 60'000);
    }
    const Variation count = parse_variation("/phones/phone/calls/retry_count=0..5", kDesign);
    CHECK_FALSE(count.duration);
    CHECK(count.present == 3);
}

TEST_CASE("vary: what is not written yet is put there") {
    const Variation lead = parse_variation("/phones/phone/refresh/lead=0s..60s", kDesign);
    CHECK_FALSE(lead.present);
    const json changed = model::with_value(kDesign, lead, 5000);
    CHECK(changed["phones"][0]["refresh"]["lead"] == "5s");
    CHECK(model::value_of(lead, 53'501) == "53501ms");
}

TEST_CASE("vary: intervals, and their ends") {
    const Variation end = parse_variation("/phones/phone/retry/1=30s..2m", kDesign);
    const auto one_end = model::with_one_end(kDesign, end);
    REQUIRE(one_end);
    CHECK((*one_end)["phones"][0]["retry"] == "30s");
    const Variation expires = parse_variation("/phones/phone/expires=30s..2m", kDesign);
    CHECK_FALSE(model::with_one_end(kDesign, expires));
    CHECK(model::with_interval(kDesign, expires, 30'000, 45'500)["phones"][0]["expires"] ==
          json::parse(R"(["30s", "45500ms"])"));
}

TEST_CASE("vary: mistakes are explained") {
    CHECK(refusal("/phones/phone/retry", kDesign).find("KEY=LOW..HIGH") != std::string::npos);
    CHECK(refusal("/phones/phon/expires=1s..2s", kDesign).find("did you mean \"phone\"?") !=
          std::string::npos);
    CHECK(refusal("/phones/7/expires=1s..2s", kDesign).find("below 1") != std::string::npos);
    CHECK(refusal("/phones/phone/expires/1=1s..2s", kDesign).find("a list") !=
          std::string::npos);
    CHECK(refusal("/phones/phone/expires=2s..1s", kDesign).find("lower end first") !=
          std::string::npos);
    CHECK(refusal("/phones/phone/expires=1s..2", kDesign).find("a duration") !=
          std::string::npos);
    CHECK(refusal("/phones/phone/expires=1..2s", kDesign).find("a whole number") !=
          std::string::npos);
    CHECK(refusal("/phones//expires=1s..2s", kDesign).find("a key such as") != std::string::npos);
}

}  // namespace failback::tests::tuning_test
