// Campaigns: seeded runs, what they find, how long it takes, and how their results add up.
#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <set>

#include <nlohmann/json.hpp>

#include "app/campaign.hpp"
#include "model/file/random_faults.hpp"
#include "properties/simulate.hpp"
#include "sim/random.hpp"
#include "tests/check_fixture.hpp"
#include "tests/design_fixture.hpp"

namespace failback::tests::simulation_test {
namespace {

using namespace failback::properties;

// Everything that a result says.
std::string told(const std::vector<Instance>& instances, const SimulationResult& result) {
    app::Campaign campaign;
    campaign.result = result;
    campaign.traces.resize(result.violations.size());
    campaign.key.properties.resize(instances.size());
    return app::to_json(campaign).dump(1);
}

SimulationOptions six_hours(std::uint64_t first, std::uint64_t runs) {
    SimulationOptions options;
    options.seed = 17;
    options.first = first;
    options.runs = runs;
    options.until = 6 * 3'600'000;
    return options;
}

}  // namespace

TEST_CASE("histogram: percentiles are those of the sorted list, to three digits") {
    sim::Random random(9);
    for (int round = 0; round < 40; ++round) {
        Histogram histogram;
        std::vector<sim::DelayMs> all;
        const std::uint64_t scale = round % 2 == 0 ? 900 : 9'000'000;
        for (int i = 0; i <= round; ++i) {
            all.push_back(static_cast<sim::DelayMs>(random.below(scale)));
            histogram.add(all.back());
        }
        std::ranges::sort(all);
        CHECK(histogram.count() == all.size());
        CHECK(histogram.least() == all.front());
        CHECK(histogram.most() == all.back());
        for (const unsigned thousandths : {1U, 500U, 900U, 999U, 1000U}) {
            const std::size_t rank = (all.size() * thousandths + 999) / 1000;
            const sim::DelayMs exact = all[rank - 1];
            const sim::DelayMs said = histogram.percentile(thousandths);
            CAPTURE(round, thousandths, exact, said);
            CHECK(said >= exact);
            CHECK(said - exact <= exact / 100);
            CHECK((scale > 1000 || said == exact));
        }
    }
}

TEST_CASE("histogram: joined in any order it is the same") {
    sim::Random random(10);
    Histogram all;
    Histogram halves[2];
    for (int i = 0; i < 100; ++i) {
        const auto duration = static_cast<sim::DelayMs>(random.below(100'000));
        all.add(duration);
        halves[i % 2].add(duration);
    }
    Histogram joined;
    joined.add(halves[1]);
    joined.add(halves[0]);
    CHECK(joined.buckets() == all.buckets());
    CHECK(joined.least() == all.least());
    CHECK(joined.most() == all.most());
}

TEST_CASE("campaign: threads and interruptions change nothing") {
    json written = shipped("museum/stuck-on-the-gateway");
    const model::Design design = read(written);
    const auto instances = instances_of(design);
    SimulationOptions options = six_hours(0, 12);
    const SimulationResult whole = simulate(design, instances, options);
    options.threads = 2;
    CHECK(told(instances, simulate(design, instances, options)) == told(instances, whole));
    const SimulationResult joined = simulate(design, instances, six_hours(5, 12),
                                             simulate(design, instances, six_hours(0, 5)));
    CHECK(told(instances, joined) == told(instances, whole));
    CHECK(whole.runs == 12);
    CHECK_FALSE(whole.violations.empty());
}

TEST_CASE("campaign: what is not told apart any more does not depend on interruptions") {
    const json written = shipped("museum/stuck-on-the-gateway");
    const model::Design design = read(written);
    const auto instances = instances_of(design);
    SimulationOptions options = six_hours(0, 12);
    options.most_distinct = 2;
    options.design_of = [&](std::uint64_t run) {
        return read(model::with_random_faults(written, run, 3, options.until));
    };
    const SimulationResult whole = simulate(design, instances, options);
    REQUIRE(whole.violations.size() == 2);
    CHECK(whole.violations[0].runs + whole.violations[1].runs <
          whole.properties[whole.violations[0].instance].violating_runs);
    options.runs = 7;
    const SimulationResult first = simulate(design, instances, options);
    options.first = 7;
    options.runs = 12;
    CHECK(told(instances, simulate(design, instances, options, first)) == told(instances, whole));
}

TEST_CASE("campaign: a run for which the model has no room counts, and others go on") {
    const model::Design design = read(shipped("museum/stuck-on-the-gateway"));
    const auto instances = instances_of(design);
    SimulationOptions options = six_hours(0, 12);
    std::uint64_t most = 0;
    for (std::uint64_t run = 0; run < options.runs; ++run) {
        most = std::max(most, simulate(design, instances, six_hours(run, run + 1)).steps);
    }
    options.max_steps = most - 1;
    const SimulationResult one = simulate(design, instances, options);
    CHECK(one.runs == 12);
    CHECK(one.cut_short.runs >= 1);
    CHECK(one.cut_short.runs < 12);
    CHECK(one.cut_short.why.find("time stand still") != std::string::npos);
    CHECK(one.stopped_by.empty());
    CHECK_FALSE(one.violations.empty());
    options.threads = 2;
    CHECK(told(instances, simulate(design, instances, options)) == told(instances, one));
    options.runs = 5;
    const SimulationResult first = simulate(design, instances, options);
    options.first = 5;
    options.runs = 12;
    CHECK(told(instances, simulate(design, instances, options, first)) == told(instances, one));
}

TEST_CASE("campaign: a run that is stopped does not count") {
    json written = shipped("reference");
    written["faults"] = {{{"name", "flapping"}, {"kind", "unreachable"}, {"server", "primary"},
                          {"at", "1s"}, {"lasts", "1s"}, {"count", "unlimited"}}};
    const model::Design design = read(written);
    const auto instances = instances_of(design);
    for (const unsigned threads : {1U, 2U}) {
        SimulationOptions options = six_hours(0, 4);
        options.threads = threads;
        std::atomic<int> asked = 0;
        options.stop = [&asked] { return ++asked > 8 ? "enough" : ""; };
        const SimulationResult stopped = simulate(design, instances, options);
        CHECK(stopped.stopped_by == "enough");
        CHECK(asked < 12);
        REQUIRE(stopped.runs < 4);
        const SimulationResult alone =
            stopped.runs == 0 ? SimulationResult{}
                              : simulate(design, instances, six_hours(0, stopped.runs));
        CHECK(stopped.steps == alone.steps);
        if (stopped.runs > 0) {
            CHECK(told(instances, stopped) == told(instances, alone));
        }
    }
    SimulationOptions options = six_hours(0, 1);
    options.stop = [] { return ""; };
    CHECK(simulate(design, instances, options).steps > 3 * 4096);
}

TEST_CASE("campaign: a file is read as it was written, and what is wrong with it has its place") {
    const model::Design design = read(shipped("museum/stuck-on-the-gateway"));
    const auto instances = instances_of(design);
    app::Campaign campaign;
    campaign.result = simulate(design, instances, six_hours(0, 3));
    campaign.key = {"1", "0123456789abcdef", 18'446'744'073'709'551'615U, 5, 2, {}};
    campaign.key.properties.resize(instances.size());
    campaign.traces.resize(campaign.result.violations.size());
    const std::string text = app::to_json(campaign).dump(1);
    const app::Campaign again = app::parse_campaign(text, "c.json");
    CHECK(again.key == campaign.key);
    CHECK(app::to_json(again).dump(1) == text);

    const auto refused = [&](const std::string& pointer, const json& value) -> std::string {
        json changed = json::parse(text);
        changed[json::json_pointer(pointer)] = value;
        try {
            (void)app::parse_campaign(changed.dump(1), "c.json");
        } catch (const model::InputError& error) {
            return error.what();
        }
        return "none";
    };
    const auto says = [](const std::string& problem, const std::string& words) {
        CAPTURE(problem, words);
        CHECK(problem.starts_with("c.json:"));
        CHECK(problem.find(words) != std::string::npos);
    };
    CHECK(refused("/runs", 99) == "none");
    says(refused("/runs", -5), "/runs: found the number -5, expected a whole number, not below 0");
    says(refused("/steps", "x"), "/steps: found \"x\"");
    says(refused("/runs", 0), "/violations/0/run: found");
    says(refused("/violations/0/instance", 99), "below");
    says(refused("/properties", json::array()), "one for each of the");
    says(refused("/properties/0/buckets", {{1, 2, 3}}), "a list of pairs");
    says(refused("/failback_campaign", 1), "/failback_campaign: found the number 1");
    says(refused("/more", 1), "unknown member \"more\"");
}

TEST_CASE("random faults: what hangs has room in a state") {
    const json written = shipped("museum/held-and-gone-repaired");  // two servers, and a long call
    int hangs = 0;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        const json changed = model::with_random_faults(written, seed, 6, 86'400'000);
        for (const json& fault : changed["faults"]) {
            hangs += static_cast<int>(fault["kind"] == "hang");
        }
        const model::Design design = read(changed);
        CHECK_NOTHROW(model::SipModel(design, model::whole(design)));
    }
    CHECK(hangs > 5);
}

TEST_CASE("campaign: it can end with the first run that violates a property") {
    const model::Design design = read(shipped("museum/stuck-on-the-gateway"));
    const auto instances = instances_of(design);
    SimulationOptions options = six_hours(0, 12);
    const SimulationResult whole = simulate(design, instances, options);
    options.stop_at_first = true;
    for (const unsigned threads : {1U, 2U}) {
        options.threads = threads;
        const SimulationResult ended = simulate(design, instances, options);
        std::uint64_t first = options.runs;
        for (const SimulatedViolation& violation : whole.violations) {
            first = std::min(first, violation.run);
        }
        CHECK(ended.runs == first + 1);
        for (const SimulatedViolation& violation : ended.violations) {
            CHECK(violation.run == first);
        }
    }
}

TEST_CASE("campaign: what it measures lies within the exact bounds, and comes near") {
    const model::Design design = read(shipped("reference"));
    const auto instances = instances_of(design);
    const SimulationResult result = simulate(design, instances, six_hours(0, 60));
    int compared = 0;
    for (std::size_t i = 0; i < instances.size(); ++i) {
        const Simulated& simulated = result.properties[i];
        if (instances[i].property.pattern != Pattern::response || simulated.durations.empty()) {
            continue;
        }
        CAPTURE(instances[i].name);
        const Measurement range = measure(design, instances[i].property);
        REQUIRE(range.outcome == Outcome::holds);
        CHECK(simulated.durations.least() >= range.least->ms);
        CHECK(simulated.durations.most() <= range.most->ms);
        CHECK(simulated.durations.most() > range.most->ms / 2);
        CHECK(simulated.late == 0);
        ++compared;
    }
    CHECK(compared > 0);
}

TEST_CASE("campaign: late responses are counted, and violate") {
    json written = shipped("reference");
    written["properties"] = json::array(
        {{{"name", "soon"},
          {"says", "whenever recovers(primary) then working(line1) = primary within 20s"}}});
    const model::Design design = read(written);
    const auto instances = instances_of(design);
    const SimulationResult result = simulate(design, instances, six_hours(0, 30));
    const Simulated& soon = result.properties.front();
    CHECK(soon.late > 0);
    CHECK(soon.violating_runs == soon.late);  // a run ends when all properties are violated
    CHECK(soon.durations.count() + soon.late <= result.runs);
    CHECK((soon.durations.empty() || soon.durations.most() <= 20'000));
}

TEST_CASE("random faults: each seed gives faults that the design can have, the same ones again") {
    for (const char* const name : {"reference", "polycom-dns", "audiocodes-sas"}) {
        const json design = shipped(name);
        std::set<std::string> kinds;
        for (std::uint64_t seed = 0; seed < 60; ++seed) {
            const json changed = model::with_random_faults(design, seed, 6, 86'400'000);
            CHECK(changed == model::with_random_faults(design, seed, 6, 86'400'000));
            const model::Design changed_design = read(changed);
            CHECK(changed_design.faults.size() == read(design).faults.size() + 6);
            for (const json& fault : changed["faults"]) {
                kinds.insert(fault["kind"]);
            }
        }
        CHECK(kinds.size() >= 7);
    }
}

TEST_CASE("random faults: violations are told apart by what came before") {
    const json written = shipped("reference");
    const model::Design design = read(written);
    const auto instances = instances_of(design);
    SimulationOptions options = six_hours(0, 40);
    options.design_of = [&](std::uint64_t run) {
        return read(model::with_random_faults(written, run_seed(17, run), 10, options.until));
    };
    const SimulationResult result = simulate(design, instances, options);
    REQUIRE_FALSE(result.violations.empty());
    for (std::size_t i = 0; i < result.violations.size(); ++i) {
        const SimulatedViolation& violation = result.violations[i];
        CHECK_FALSE(violation.choices.empty());
        CHECK(std::ranges::is_sorted(violation.faults));
        for (std::size_t k = 0; k < i; ++k) {
            const SimulatedViolation& other = result.violations[k];
            CHECK((other.instance != violation.instance || other.faults != violation.faults));
        }
        for (const std::string& fault : violation.faults) {
            CHECK(fault.find_first_of("0123456789") == std::string::npos);
        }
    }
    model::Fault fault = design.faults.front();
    CHECK(fault_label(design, fault) == fault.name);
    fault.name = "random-crash-3";
    CHECK(fault_label(design, fault) == "random-crash of primary");
}

TEST_CASE("histogram: a picture of few bars") {
    Histogram histogram;
    for (const sim::DelayMs duration : {10, 11, 11, 29}) {
        histogram.add(duration);
    }
    CHECK(app::histogram_text(histogram, 2, "  ") ==
          "  <=        20 ms         3  ########################################\n"
          "  <=        29 ms         1  ##############\n");
    Histogram one;
    one.add(7);
    CHECK(app::histogram_text(one, 10, "") ==
          "<=         7 ms         1  ########################################\n");
}

}  // namespace failback::tests::simulation_test
