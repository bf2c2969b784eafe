#include "model/duration.hpp"

#include <string>

#include <catch2/catch.hpp>

namespace failback::model::duration_test {
namespace {

std::string hint_of(std::string_view text) {
    const DurationReading reading = parse_duration(text);
    CHECK_FALSE(reading.value);
    CHECK_FALSE(reading.expected.empty());
    return reading.hint;
}

}  // namespace

TEST_CASE("duration: a whole number with a unit", "[duration]") {
    CHECK(parse_duration("500ms").value == 500);
    CHECK(parse_duration("3600s").value == 3'600'000);
    CHECK(parse_duration("60m").value == 3'600'000);
    CHECK(parse_duration("2h").value == 7'200'000);
    CHECK(parse_duration("0s").value == 0);
    CHECK(parse_duration("007s").value == 7000);
}

TEST_CASE("duration: ten days are the most", "[duration]") {
    CHECK(parse_duration("240h").value == kLongestDuration);
    CHECK(parse_duration("864000000ms").value == kLongestDuration);
    CHECK_FALSE(parse_duration("864000001ms").value);
    CHECK_FALSE(parse_duration("241h").value);
    // 2^32 + 1 and 2^64 + 1 milliseconds must not come back as one.
    CHECK_FALSE(parse_duration("4294967297ms").value);
    CHECK_FALSE(parse_duration("18446744073709551617ms").value);
    CHECK_FALSE(parse_duration(std::string(100'000, '9') + "h").value);
    CHECK(parse_duration("241h").expected == "a duration of at most 10 days (240h)");
}

TEST_CASE("duration: wrong texts get the hint that was probably meant", "[duration]") {
    CHECK(hint_of("60") == R"(the unit is missing; did you mean "60s"?)");
    CHECK(hint_of("60 s") == R"(did you mean "1m"?)");
    CHECK(hint_of("90sec") == R"(did you mean "90s"?)");
    CHECK(hint_of("0.5s") == R"(did you mean "500ms"?)");
    CHECK(hint_of("66.5") == R"(did you mean "66500ms"?)");
    CHECK(hint_of("1.5h") == R"(did you mean "90m"?)");
    CHECK(hint_of("1d") == R"(did you mean "24h"?)");
    CHECK(hint_of("0.0005s").empty());  // not a whole number of milliseconds
    CHECK(hint_of("99999999999999999999.999999d").empty());
    for (const char* text : {"", "s", "ms", "soon", "1e3s", "+5s", "5S", "5s ", "0x10s", "never"}) {
        CAPTURE(text);
        (void)hint_of(text);
    }
    CHECK(parse_duration("-5s").expected == "a duration that is not negative");
}

TEST_CASE("duration: text of a file", "[duration]") {
    CHECK(duration_text(0) == "0s");
    CHECK(duration_text(66'500) == "66500ms");
    CHECK(duration_text(90'000) == "90s");
    CHECK(duration_text(3'600'000) == "1h");
    CHECK(duration_text(sim::kNever) == "never");
    for (sim::DelayMs delay = 0; delay < kLongestDuration - 8'000'000; delay += 7'777'500) {
        CHECK(parse_duration(duration_text(delay)).value == delay);
    }
}

TEST_CASE("duration: text for people is exact and short", "[duration]") {
    CHECK(people_text(sim::DelayMs{0}) == "0 s");
    CHECK(people_text(sim::DelayMs{1}) == "1 ms");
    CHECK(people_text(sim::DelayMs{20}) == "20 ms");
    CHECK(people_text(sim::DelayMs{500}) == "0.5 s");
    CHECK(people_text(sim::DelayMs{1234}) == "1.234 s");
    CHECK(people_text(sim::DelayMs{31'500}) == "31.5 s");
    CHECK(people_text(sim::DelayMs{66'500}) == "66.5 s");
    CHECK(people_text(sim::DelayMs{60'000}) == "60 s");
    CHECK(people_text(sim::DelayMs{100'050}) == "100.05 s");
    CHECK(people_text(sim::DelayMs{7'200'000}) == "2 h");
    CHECK(people_text(sim::kNever) == "never");
    CHECK(people_text(sim::TimeMs{sim::kNever}) == "2147483.647 s");
    CHECK(people_text(sim::TimeMs{-1500}) == "-1.5 s");
}

TEST_CASE("duration: intervals for people", "[duration]") {
    CHECK(people_text(sim::Interval{30'000, 60'000}) == "30 s to 60 s");
    CHECK(people_text(sim::exactly(1000)) == "1 s");
    CHECK(people_text(sim::any_time()) == "any time");
    CHECK(people_text(sim::Interval{1000, sim::kNever}) == "1 s or later");
}

}  // namespace failback::model::duration_test
