// The explorer against the enumeration of all integer timings, on generated models.
#include "sim/discrete_graph.hpp"
#include "sim/explorer.hpp"
#include "tests/sim_integer_search.hpp"
#include "tests/toys/generated.hpp"

#include <algorithm>
#include <vector>

#include <catch2/catch.hpp>

namespace failback::tests::sim_twin_test {
namespace {

using sim::Coverage;
using toys::GeneratedModel;
using Twin = IntegerSearch<GeneratedModel>;
using Graph = sim::DiscreteGraph<GeneratedModel>;

static_assert(GeneratedModel::kMostWatched * GeneratedModel::kLongest < Twin::kCap);

constexpr std::size_t kSituations = 30'000;
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
}

// A grid of remaining delays, and of how long the stopwatch has run (last, if it runs).
class Grid {
public:
    static constexpr int kLongestDelay = GeneratedModel::kLongest + 2;
    static constexpr int kLongestWatch = 12;

    using Point = std::vector<int>;

    explicit Grid(const Twin::Situation& some)
        : highest_(some.agenda.size(), kLongestDelay), watching_(some.watched != Twin::kAtRest) {
        if (watching_) {
            highest_.push_back(kLongestWatch);
        }
        std::size_t size = 1;
        for (const int highest : highest_) {
            size *= static_cast<std::size_t>(highest + 1);
        }
        marked_.resize(size);
    }

    [[nodiscard]] const std::vector<bool>& marked() const { return marked_; }

    void mark(const Twin::Situation& situation) {
        Point low;
        Point high;
        for (const auto& entry : situation.agenda) {
            low.push_back(entry.least);
            high.push_back(std::min(entry.most, kLongestDelay));
        }
        if (watching_ && situation.watched <= kLongestWatch) {
            low.push_back(situation.watched);
            high.push_back(situation.watched);
        }
        if (low.size() == highest_.size()) {
            for_each(low, high, [&](const Point& point) { marked_[index(point)] = true; });
        }
    }

    void mark(sim::ConstMatrix zone) {
        for_each(Point(highest_.size(), 0), highest_, [&](const Point& point) {
            std::vector<sim::TimeMs> instants{0};
            instants.insert(instants.end(), point.begin(), point.end());
            if (watching_) {
                instants.back() = -instants.back();
            }
            if (sim::contains(zone, instants)) {
                marked_[index(point)] = true;
            }
        });
    }

private:
    template <class Visit>
    static void for_each(const Point& low, const Point& high, Visit visit) {
        Point point = low;
        while (true) {
            visit(point);
            std::size_t at = 0;
            while (at < point.size() && point[at] == high[at]) {
                point[at] = low[at];
                ++at;
            }
            if (at == point.size()) {
                return;
            }
            ++point[at];
        }
    }

    [[nodiscard]] std::size_t index(const Point& point) const {
        std::size_t sum = 0;
        for (std::size_t i = 0; i < point.size(); ++i) {
            sum = sum * static_cast<std::size_t>(highest_[i] + 1) +
                  static_cast<std::size_t>(point[i]);
        }
        return sum;
    }

    Point highest_;
    bool watching_;
    std::vector<bool> marked_;
};

// Not only the nodes: the remaining delays themselves.
void check_points(const GeneratedModel& model, const Twin& twin, Coverage coverage) {
    Graph graph(model);
    sim::SearchOptions options;
    options.coverage = coverage;
    sim::Explorer explorer(graph, options);
    REQUIRE(explorer.run().statistics.complete);
    for (const auto& [bytes, situations] : twin.nodes()) {
        const auto& some = situations.front();
        const auto node = graph.find(some.state, some.events(), some.watched != Twin::kAtRest);
        REQUIRE(node.has_value());
        Grid expected(some);
        for (const auto& situation : situations) {
            expected.mark(situation);
        }
        Grid found(some);
        for (const sim::ZoneId id : explorer.zones().alive_zones(*node)) {
            found.mark(explorer.zones().zone(id));
        }
        if (found.marked() != expected.marked()) {
            FAIL_CHECK("a node has other remaining delays");
        }
    }
}

// Zones and their numbers, too.
TEST_CASE("sim: threads change nothing", "[sim]") {
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        CAPTURE(seed);
        const GeneratedModel model(seed);
        Graph one_graph(model);
        Graph many_graph(model);
        sim::SearchOptions options;
        sim::Explorer one(one_graph, options);
        options.threads = 2 + static_cast<unsigned>(seed % 3);
        options.share_from = 0;
        sim::Explorer many(many_graph, options);
        const auto expected = one.run();
        const auto found = many.run();
        CHECK(found.marks == expected.marks);
        CHECK(found.elapsed.has_value() == expected.elapsed.has_value());
        if (found.elapsed && expected.elapsed) {
            CHECK(found.elapsed->least == expected.elapsed->least);
            CHECK(found.elapsed->most == expected.elapsed->most);
        }
        CHECK(found.statistics.classes_expanded == expected.statistics.classes_expanded);
        CHECK(found.statistics.classes_stored == expected.statistics.classes_stored);
        CHECK(found.statistics.transitions == expected.statistics.transitions);
        CHECK(found.statistics.memory_bytes == expected.statistics.memory_bytes);
        REQUIRE(many_graph.nodes() == one_graph.nodes());
        for (sim::NodeId node = 0; node < one_graph.nodes(); ++node) {
            const auto ids = one.zones().alive_zones(node);
            REQUIRE(many.zones().alive_zones(node) == ids);
            for (const sim::ZoneId id : ids) {
                CHECK(std::ranges::equal(many.zones().zone(id), one.zones().zone(id)));
            }
        }
    }
}

TEST_CASE("sim: the integer points of all zones are what integer timings reach", "[sim][.slow]") {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        CAPTURE(seed);
        const GeneratedModel model(seed);
        const Twin twin(model, kSituations);
        if (twin.complete()) {
            check_points(model, twin, Coverage::inclusion);
            check_points(model, twin, Coverage::merging);
        }
    }
}

}  // namespace
}  // namespace failback::tests::sim_twin_test
