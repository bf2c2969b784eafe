// The range of the reference design with one of its times a second shorter.
#include <fstream>

#include <catch2/catch.hpp>

#include "model/file/design_file.hpp"
#include "properties/sensitivity.hpp"

namespace failback::tests::properties_sensitivity_test {
namespace {

using model::End;
using model::Parameter;
using nlohmann::json;
using namespace failback::properties;

const std::string kFile = FAILBACK_SOURCE_DIR "/designs/reference.json";
const std::string kFailback =
    "whenever recovers(primary) then working(line1) = primary within 24h";

json reference() {
    std::ifstream in(kFile);
    return json::parse(in);
}

Property failback_of(const json& design) {
    return parse_property(kFailback, model::parse_design(design.dump(), kFile));
}

Sensitivity sensitivity(const CheckOptions& options = {}) {
    return {reference(), kFile, failback_of(reference()), options};
}

Parameter duration(const char* key, sim::DelayMs ms) {
    return {key, sim::exactly(ms), End::whole};
}

const Parameter kLongestRetry{"/phones/0/retry", sim::Interval{30'000, 60'000}, End::longest};
const Parameter kLongestDelay{"/delay", sim::Interval{0, 1000}, End::longest};

// Measured anew, with the design changed by hand.
std::optional<sim::DelayMs> most_with(const char* pointer, const json& value) {
    json design = reference();
    design[json::json_pointer(pointer)] = value;
    const Measurement range = measure(model::parse_design(design.dump(), kFile),
                                      failback_of(design));
    return range.most ? std::optional(range.most->ms) : std::nullopt;
}

}  // namespace

TEST_CASE("sensitivity: the longest retry wait counts in full") {
    const ChangedRange range = sensitivity().one_second_less(kLongestRetry);
    CHECK(range.most == 65'500);
    CHECK(range.least == 0);
    CHECK(range.reason == "exact, for every timing");
}

TEST_CASE("sensitivity: the shortest retry wait changes nothing") {
    Parameter shortest = kLongestRetry;
    shortest.end = End::shortest;
    CHECK(sensitivity().one_second_less(shortest).most == 66'500);
}

TEST_CASE("sensitivity: Timer F, T2 and the delay are measured again") {
    Sensitivity ask = sensitivity();
    const auto timer_f = ask.one_second_less(duration("/phones/0/timers/timer_f", 32'000)).most;
    CHECK(timer_f == most_with("/phones/0/timers/timer_f", "31s"));
    CHECK(timer_f == 65'500);
    const auto t2 = ask.one_second_less(duration("/phones/0/timers/t2", 4000)).most;
    CHECK(t2 == most_with("/phones/0/timers/t2", "3s"));
    const auto delay = ask.one_second_less(kLongestDelay).most;
    CHECK(delay == most_with("/delay", json{"0s", "0s"}));
    // The answers of one question do not depend on those before it.
    CHECK(ask.one_second_less(duration("/phones/0/timers/timer_f", 32'000)).most == timer_f);
}

TEST_CASE("sensitivity: what cannot be a second shorter says why") {
    Sensitivity ask = sensitivity();
    const auto reason = [&ask](const Parameter& parameter) {
        const ChangedRange range = ask.one_second_less(parameter);
        CHECK_FALSE(range.most);
        CHECK_FALSE(range.least);
        return range.reason;
    };
    CHECK(reason(duration("/phones/0/timers/t1", 500)) ==
          "not possible: it is less than a second");
    CHECK(reason({"/phones/0/retry", sim::Interval{59'500, 60'000}, End::longest}) ==
          "not possible: its longest would be less than its shortest");
    CHECK(reason({"/phones/0/refresh/percent", {}, End::whole}) == "not possible: it is no time");
    CHECK(reason(duration("/phones/0/expires", 1000)) ==
          "not possible: found \"0s\", expected at least 1s");
}

TEST_CASE("sensitivity: a search beyond its limits is undecided") {
    CheckOptions options;
    options.limits.max_classes = 3;
    const ChangedRange range = sensitivity(options).one_second_less(kLongestRetry);
    CHECK_FALSE(range.most);
    CHECK(range.reason.starts_with("undecided: "));
}

}  // namespace failback::tests::properties_sensitivity_test
