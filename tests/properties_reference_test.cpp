// The worst failback of the reference design, worked out by hand, and found by every way to search.
//
// The primary comes back just after the transmission at 27.5 s of an attempt reached it. The copy
// at 31.5 s may be answered too late for Timer F. At 32 s the attempt has failed; 60 s of waiting
// and a round trip of 2 s follow: 4.5 s + 60 s + 2 s = 66.5 s.
#include <catch2/catch.hpp>

#include "model/file/design_file.hpp"
#include "properties/bounds.hpp"
#include "tests/check_fixture.hpp"

namespace failback::tests::properties_reference_test {
namespace {

using namespace failback::properties;

const std::string kFailback =
    "whenever recovers(primary) then working(line1) = primary within ";

model::Design reference() {
    return model::read_design(FAILBACK_SOURCE_DIR "/designs/reference.json");
}

// The stopwatch at the last step of a run.
std::optional<sim::TimeMs> elapsed(const Setting& setting,
                                   const std::vector<sim::Choice>& choices) {
    sim::Execution<MonitoredModel> run(*setting.monitored);
    for (const sim::Choice& choice : choices) {
        REQUIRE(run.possible(choice));
        run.step(choice);
    }
    return run.elapsed();
}

}  // namespace

TEST_CASE("reference: failback takes 0 to 66.5 s exactly, and both ends are shown") {
    const model::Design design = reference();
    const Measurement range = measure(design, parse_property(kFailback + "24h", design));
    CHECK(range.outcome == Outcome::holds);
    REQUIRE(range.least);
    REQUIRE(range.most);
    CHECK(range.least->ms == 0);
    CHECK(range.most->ms == 66'500);
    CHECK(elapsed(range.setting, range.most->choices) == 66'500);
    CHECK_FALSE(range.most->chain.empty());
}

TEST_CASE("reference: it holds within 66.5 s and is violated within 1 ms less") {
    const model::Design design = reference();
    CHECK(check(design, parse_property(kFailback + "66500ms", design)).outcome ==
          Outcome::holds);
    const Verdict verdict =
        check(design, parse_property(kFailback + "66499ms", design));
    CHECK(verdict.outcome == Outcome::violated);
    CHECK(executes(verdict));
}

TEST_CASE("reference: the bound of the catalogue is the worst case") {
    const model::Design design = reference();
    CHECK(registration_bound(design, {0, 0}) == 66'500);
    CHECK(last_useful_transmission(design, {0, 0}) == 27'500);
    CHECK(instances_of(design).size() == 1);
}

TEST_CASE("reference: every way to search the slice gives the same range") {
    const model::Design design = reference();
    const std::string says = kFailback + "24h";
    const Findings usual = search(design, says, kUsual, true);
    CHECK(usual.complete);
    CHECK(usual.least == 0);
    CHECK(usual.most == 66'500);
    const Way inclusion_and_full{"", true, false, sim::Coverage::inclusion};
    const Way way = GENERATE_COPY(kFull, kInclusion, inclusion_and_full);
    CAPTURE(way.name);
    CHECK(search(design, says, way, true) == usual);
}

TEST_CASE("reference: the order of the search makes no difference") {
    const model::Design design = reference();
    const Property property = parse_property(kFailback + "24h", design);
    CheckOptions options;
    options.search.largest_first = GENERATE(false, true);
    options.search.faults_last = GENERATE(false, true);
    const Measurement range = measure(design, property, options);
    REQUIRE(range.most);
    CHECK(range.most->ms == 66'500);
    CHECK(range.least->ms == 0);
}

namespace {

void check_whole(const Way& way) {
    const Findings whole = search(reference(), kFailback + "24h", way, true);
    CHECK(whole.complete);
    CHECK(whole.least == 0);
    CHECK(whole.most == 66'500);
}

}  // namespace

TEST_CASE("reference: the whole design gives the same range") {
    check_whole(kWhole);
    check_whole({"whole, inclusion", false, true, sim::Coverage::inclusion});
}

TEST_CASE("reference: the whole design with every timer gives the same range", "[.slow]") {
    check_whole(kSlowest);
}

}  // namespace failback::tests::properties_reference_test
