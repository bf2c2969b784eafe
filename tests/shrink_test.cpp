// Shrinking of violating runs, and the comparison of two traces.
#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>

#include "model/file/random_faults.hpp"
#include "properties/simulate.hpp"
#include "tests/check_fixture.hpp"
#include "tests/design_fixture.hpp"
#include "traces/compare.hpp"
#include "traces/cut.hpp"
#include "traces/recorder.hpp"
#include "traces/recurrence.hpp"
#include "traces/script.hpp"
#include "traces/shrink.hpp"
#include "traces/trace_file.hpp"

namespace failback::tests::shrink_test {
namespace {

using namespace failback::properties;

json museum(const std::string& name) { return shipped("museum/" + name); }

// A trace with the design that it needs to be read again.
struct Told {
    json written;
    model::Design design;
    Instance goal;
    traces::Trace trace;
    std::size_t faults = 0;
};

Told told(const json& written, const std::function<std::vector<sim::Choice>(const Told&)>& find,
          bool whole) {
    Told told{written, model::parse_design(written.dump(), "t.json"), {}, {}, 0};
    told.goal = instances_of(told.design).front();
    const std::vector<sim::Choice> choices = find(told);
    traces::Caption caption;
    caption.says = told.goal.says;
    caption.outcome = "violated";
    caption.extent = {whole ? Breadth::whole : Breadth::context, false, false};
    const Setting setting = make_setting(told.design, {told.goal.property}, caption.extent);
    told.faults = traces::faults_in(setting, choices);
    told.trace = traces::record(setting, written, caption, choices);
    return told;
}

Told checked(const json& written) {
    return told(
        written,
        [](const Told& it) { return check(it.design, it.goal.property).choices; }, false);
}

// The first run, by its seed, in which at least so many faults strike before the violation.
Told simulated(const json& written, std::size_t faults) {
    return told(
        written,
        [faults](const Told& it) {
            const Setting setting = make_setting(it.design, {it.goal.property},
                                                 {Breadth::whole, false, false});
            for (std::uint64_t seed = 1;; ++seed) {
                SimulationOptions options;
                options.seed = seed;
                options.until = 6 * 3'600'000;
                const auto result = simulate(it.design, {it.goal}, options);
                if (!result.violations.empty() &&
                    traces::faults_in(setting, result.violations.front().choices) >= faults) {
                    return result.violations.front().choices;
                }
            }
        },
        true);
}

// The museum's phone that stays on the gateway, with a second phone, calls, and many more faults.
json crowded() {
    json design = museum("stuck-on-the-gateway");
    design["properties"] = json::array({design["properties"][0]});
    json second = json::parse(
        json(design["phones"][0]).dump());
    second["name"] = "second";
    second["lines"][0] = {{"name", "line2"}, {"aor", "sip:1002@example.com"}};
    design["phones"].push_back(second);
    design["properties"][0]["line"] = "line1";
    design["calls"] = {{{"phone", "second"}, {"line", "line2"}, {"count", 3}, {"at", "any"}}};
    design["faults"].push_back({{"name", "lossy"}, {"kind", "loss"}, {"count", 8}});
    design["faults"].push_back({{"name", "twice"}, {"kind", "duplication"}, {"count", 8}});
    design["faults"].push_back({{"name", "cut"},
                                {"kind", "unreachable"},
                                {"server", "gateway"},
                                {"phone", "second"},
                                {"at", {"0s", "10m"}},
                                {"count", 3}});
    return design;
}

}  // namespace

TEST_CASE("shrink: a violation with twelve faults becomes the smallest one that is known",
          "[.slow]") {
    json alone = museum("stuck-on-the-gateway");
    alone["properties"] = json::array({alone["properties"][0]});
    const Told known = checked(alone);
    const Told found = simulated(crowded(), 12);
    REQUIRE(found.faults >= 12);
    const traces::Shrunk shrunk = traces::shrink(found.trace);
    CHECK(shrunk.before.faults == found.faults);
    CHECK(shrunk.before.steps == found.trace.steps.size());
    CHECK(shrunk.after.faults == known.faults);
    CHECK(shrunk.after.phones == 1);
    CHECK(shrunk.after.calls == 0);
    CHECK(shrunk.after.steps == known.trace.steps.size());
    CHECK(shrunk.trace.says == found.trace.says);
    CHECK(traces::replay(shrunk.trace).agrees);
}

TEST_CASE("shrink: without the exact search the faults that are not needed go, too",
          "[.slow]") {
    const Told found = simulated(crowded(), 5);
    const traces::Shrunk shrunk = traces::shrink(found.trace, {0});
    CHECK_FALSE(shrunk.exact);
    CHECK(shrunk.after.faults == 1);
    CHECK(shrunk.after.phones == 1);
    CHECK(shrunk.after.steps < found.trace.steps.size());
    CHECK(shrunk.trace.design["faults"].size() == 1);
    CHECK(traces::replay(shrunk.trace).agrees);
    // The instants are round: only what the property needs is in the run.
    CHECK(shrunk.trace.steps.back().at % 10 <= 1);
}

TEST_CASE("shrink: of faults that were drawn those that are not needed go, with what they caused") {
    json design = museum("split-brain");
    design["properties"] = json::array({design["properties"][0]});
    const sim::TimeMs horizon = 6 * 3'600'000;
    const Told found = simulated(model::with_random_faults(design, 1, 10, horizon), 4);
    REQUIRE(found.trace.steps.size() > 500);
    const traces::Shrunk shrunk = traces::shrink(found.trace, {0});
    CHECK(shrunk.after.faults == 1);
    CHECK(shrunk.after.steps <= 30);
    CHECK(shrunk.trace.design["faults"].size() == 1);
    CHECK(shrunk.trials < 500);
    CHECK(traces::replay(shrunk.trace).agrees);
}

TEST_CASE("shrink: a phone stays off as long as the story needs, though it does not end there") {
    // It restarts during the outage, and is not back when it is too late.
    json design = shipped("reference");
    design["faults"].push_back({{"name", "off"},
                                {"kind", "restart"},
                                {"phone", "phone"},
                                {"at", {"0s", "6h"}},
                                {"lasts", {"10m", "90m"}}});
    design["properties"] = {{{"name", "goal"},
                             {"says", "whenever recovers(primary) then working(line1) = primary "
                                      "within 66500ms unless fails(primary)"}}};
    const Told found = simulated(design, 2);
    const traces::Shrunk shrunk = traces::shrink(found.trace, {0});
    CHECK(shrunk.after.faults == 2);
    CHECK(shrunk.after.steps < 20);
}

TEST_CASE("shrink: stopped at any time, it gives the smallest story so far") {
    const Told found = simulated(museum("stuck-on-the-gateway"), 1);
    const traces::Shrunk whole = traces::shrink(found.trace, {0});
    std::size_t steps = found.trace.steps.size();
    for (const std::uint64_t most : {0U, 1U, 5U, 20U}) {
        traces::ShrinkOptions options;
        options.poll = [most](const traces::StorySize&, std::uint64_t trials) {
            return trials < most ? "" : "enough";
        };
        const traces::Shrunk shrunk = traces::shrink(found.trace, options);
        CAPTURE(most, shrunk.trials);
        CHECK(shrunk.stopped_by == "enough");
        CHECK(shrunk.trials == most);
        CHECK_FALSE(shrunk.exact);
        CHECK(shrunk.after.steps <= steps);
        CHECK(shrunk.after.steps >= whole.after.steps);
        CHECK(traces::replay(shrunk.trace).agrees);
        steps = shrunk.after.steps;
    }
    CHECK(steps < found.trace.steps.size());
    traces::ShrinkOptions patient{0};
    std::uint64_t asked = 0;
    patient.poll = [&asked](const traces::StorySize&, std::uint64_t) { return ++asked, ""; };
    const traces::Shrunk same = traces::shrink(found.trace, patient);
    CHECK(asked >= same.trials);
    CHECK(same.stopped_by.empty());
    CHECK(traces::to_json_text(same.trace) == traces::to_json_text(whole.trace));
}

TEST_CASE("recurrence: without a stretch that leads back there is a shorter run") {
    const Told found = simulated(museum("stuck-on-the-gateway"), 1);
    const Setting setting =
        make_setting(found.design, {found.goal.property}, {Breadth::whole, false, false});
    std::vector<sim::Choice> choices;
    for (const traces::Choice& choice : found.trace.choices) {
        choices.push_back({choice.entry, choice.form, choice.at});
    }
    const traces::Script script = traces::script_of(setting, choices);
    const traces::Moments moments(setting, choices, script);
    const auto stretches = moments.recurrences(choices.size());
    REQUIRE_FALSE(stretches.empty());
    CHECK(std::ranges::is_sorted(stretches, std::greater{}, [](const traces::Stretch& each) {
        return each.to - each.from;
    }));
    CHECK(std::ranges::any_of(stretches, [&](const traces::Stretch& stretch) {
        const auto retold =
            traces::retell(setting, moments.without(stretch), choices.size() - 1);
        return retold && retold->choices.size() == choices.size() - (stretch.to - stretch.from);
    }));
}

TEST_CASE("shrink: a trace of the exact search stays a violation of the same property") {
    json design = museum("emergency-lifetime-20s");
    std::erase_if(design["properties"].get_ref<json::array_t&>(), [](const json& property) {
        return property["expect"] != "violated";
    });
    const Told known = checked(design);
    const traces::Shrunk shrunk = traces::shrink(known.trace);
    CHECK(shrunk.after.faults == known.faults);  // all five messages must be lost
    CHECK(shrunk.after.steps <= known.trace.steps.size());
    CHECK(traces::replay(shrunk.trace).agrees);
}

TEST_CASE("shrink: what violates nothing, or does not replay, is refused") {
    Told known = checked(museum("stuck-on-the-gateway"));
    traces::Trace other = known.trace;
    other.outcome = "simulated";
    CHECK_THROWS_AS(traces::shrink(other), traces::CannotShrink);
    other = known.trace;
    other.steps[2].hash = "0000000000000000";
    CHECK_THROWS_AS(traces::shrink(other), traces::CannotShrink);
}

TEST_CASE("cut: a phone goes with its links, faults and calls") {
    const json design = {
        {"phones", {{{"name", "a"}}, {{"name", "b"}}}},
        {"faults", {{{"name", "f"}, {"phone", "b"}}, {{"name", "g"}}}},
        {"calls", {{{"phone", "a"}}, {{"phone", "b"}}}},
        {"links", {{{"phone", "b"}, {"server", "s"}}}}};
    const json cut = traces::without_phone(design, 1);
    CHECK(cut["phones"] == json({{{"name", "a"}}}));
    CHECK(cut["faults"] == json({{{"name", "g"}}}));
    CHECK(cut["calls"] == json({{{"phone", "a"}}}));
    CHECK(cut["links"].empty());
    CHECK(traces::count_of(cut, "servers") == 0);
}

TEST_CASE("script: a run told again by its script is the same run") {
    const Told known = checked(museum("stuck-on-the-gateway"));
    const Setting setting = make_setting(known.design, {known.goal.property},
                                         {Breadth::context, false, false});
    std::vector<sim::Choice> choices;
    for (const traces::Choice& choice : known.trace.choices) {
        choices.push_back({choice.entry, choice.form, choice.at});
    }
    const auto retold = traces::retell(setting, traces::script_of(setting, choices),
                                       choices.size());
    REQUIRE(retold);
    CHECK(retold->choices == choices);
    CHECK(retold->faults == known.faults);
}

TEST_CASE("diff: what was appended has its place, and remarks come last") {
    traces::Trace a;
    a.design = {{"description", "one"},
                {"faults", {{{"name", "f"}}}},
                {"name", "a"},
                {"properties", json::array()},
                {"servers", json::array()}};
    traces::Trace b = a;
    b.design["description"] = "other";
    b.design["faults"].push_back({{"name", "g"}});
    b.design["faults"].push_back({{"name", "h"}});
    b.design["servers"].push_back(1);
    for (int i = 0; i < 30; ++i) {
        b.design["properties"].push_back(i);
    }
    const std::vector<std::string> designs = traces::compare(a, b).designs;
    REQUIRE(designs.size() == 21);
    CHECK(designs[0] == R"(/faults/1 is not there in a, {"name":"g"} in b)");
    CHECK(designs[1] == R"(/faults/2 is not there in a, {"name":"h"} in b)");
    CHECK(designs[2] == "/servers/0 is not there in a, 1 in b");
    CHECK(designs[3] == R"(/description is "one" in a, "other" in b)");
    CHECK(designs[4] == "/properties/0 is not there in a, 0 in b");
    CHECK(designs[20] == "... and 14 more");
    const std::vector<std::string> back = traces::compare(b, a).designs;
    CHECK(std::ranges::count(back, R"(/faults/2 is {"name":"h"} in a, not there in b)") == 1);
}

TEST_CASE("diff: equal traces, one that is longer, and another instant") {
    const traces::Trace a = checked(museum("stuck-on-the-gateway")).trace;
    CHECK(traces::compare(a, a).same);
    traces::Trace b = a;
    b.steps.pop_back();
    const traces::Comparison shorter = traces::compare(a, b);
    CHECK_FALSE(shorter.same);
    CHECK(shorter.common == b.steps.size());
    CHECK(shorter.cause.empty());
    b = a;
    b.steps.back().at += 1500;
    const traces::Comparison later = traces::compare(a, b);
    CHECK(later.common == a.steps.size() - 1);
    CHECK(later.cause == a.steps.back().event + " comes 1.5 s later in b");
    CHECK(traces::compare(b, a).cause == a.steps.back().event + " comes 1.5 s later in a");
}

TEST_CASE("diff: a lost message is the cause, another design is told") {
    traces::Trace a = checked(museum("stuck-on-the-gateway")).trace;
    const auto sends = std::ranges::find_if(
        a.steps, [](const traces::Step& step) { return !step.sent.empty(); });
    REQUIRE(sends != a.steps.end());
    const auto number = static_cast<std::size_t>(sends - a.steps.begin());
    traces::Trace b = a;
    b.steps[number].sent.front().fate = "lost";
    b.design["phones"][0]["expires"] = "120s";
    const traces::Comparison comparison = traces::compare(a, b);
    CHECK(comparison.common == number);
    CHECK(comparison.cause.find("is delivered in a, lost in b") != std::string::npos);
    CHECK(comparison.designs ==
          std::vector<std::string>{"/phones/0/expires is \"180s\" in a, \"120s\" in b"});
}

}  // namespace failback::tests::shrink_test
