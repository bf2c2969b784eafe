// The explorer against the enumeration of all integer timings, on generated models.
#include "sim/discrete_graph.hpp"
#include "sim/explorer.hpp"
#include "tests/sim_integer_search.hpp"
#include "tests/sim_zones.hpp"
#include "tests/toys/generated.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

namespace failback::tests {
namespace {

using sim::Coverage;
using toys::GeneratedModel;
using Twin = IntegerSearch<GeneratedModel>;
using Graph = sim::DiscreteGraph<GeneratedModel>;

static_assert(GeneratedModel::kMostWatched * GeneratedModel::kLongest < Twin::kCap);

constexpr std::size_t kSituations = 60'000;
constexpr std::uint64_t kClasses = 20'000;

std::vector<sim::SearchOptions> all_options() {
    std::vector<sim::SearchOptions> all;
    for (const auto coverage : {Coverage::equal, Coverage::inclusion, Coverage::merging}) {
        for (const bool largest_first : {false, true}) {
            for (const bool faults_last : {false, true}) {
                sim::SearchOptions options;
                options.coverage = coverage;
                options.largest_first = largest_first;
                options.faults_last = faults_last;
                all.push_back(options);
            }
        }
    }
    return all;
}

void check_nodes(const Twin& twin, const Graph& graph, const sim::Explorer& explorer) {
    std::size_t reached = 0;
    for (sim::NodeId node = 0; node < graph.nodes(); ++node) {
        reached += static_cast<std::size_t>(!explorer.zones().alive_zones(node).empty());
    }
    CHECK(reached == twin.nodes().size());
    for (const auto& [bytes, situations] : twin.nodes()) {
        const auto& some = situations.front();
        const auto node = graph.find(some.state, some.events(), some.watched != Twin::kAtRest);
        if (!node || explorer.zones().alive_zones(*node).empty()) {
            FAIL_CHECK("a node is missing");
        }
    }
}

void check_elapsed(const Twin& twin, const sim::SearchResult& result) {
    REQUIRE(result.elapsed.has_value() == !twin.elapsed().empty());
    if (result.elapsed) {
        CHECK(result.elapsed->least == twin.elapsed().begin()->first);
        const int most = twin.elapsed().rbegin()->first;
        CHECK(result.elapsed->most == (most == Twin::kCap ? sim::kNever : most));
    }
}

// How many of the searches ended.
int compare(const GeneratedModel& model, const Twin& twin) {
    int compared = 0;
    for (const auto& options : all_options()) {
        Graph graph(model);
        sim::Explorer explorer(graph, options);
        sim::Limits limits;
        limits.max_classes = kClasses;
        const auto result = explorer.run(limits);
        if (!result.statistics.complete) {
            continue;
        }
        ++compared;
        CHECK(result.marks == twin.marks());
        check_elapsed(twin, result);
        check_nodes(twin, graph, explorer);
    }
    return compared;
}

TEST_CASE("sim: classes reach what integer timings reach", "[sim][.slow]") {
    int models = 0;
    int searches = 0;
    int watched = 0;
    int violated = 0;
    for (std::uint64_t seed = 0; models < 400; ++seed) {
        REQUIRE(seed < 1'000);
        CAPTURE(seed);
        const GeneratedModel model(seed);
        const Twin twin(model, kSituations);
        if (!twin.complete()) {
            continue;
        }
        searches += compare(model, twin);
        ++models;
        watched += static_cast<int>(!twin.elapsed().empty());
        violated += static_cast<int>((twin.marks() & sim::kViolation) != 0);
    }
    CHECK(searches > 390 * 12);
    CHECK(watched > 100);
    CHECK(violated > 50);
    WARN(searches << " searches " << watched << " watched " << violated);
}

}  // namespace
}  // namespace failback::tests
