// The search without time, and what it keeps its states in.
#include "sim/discrete_graph.hpp"
#include "sim/untimed.hpp"
#include "tests/toys/generated.hpp"
#include "tests/toys/two_phase_commit.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <vector>

#include <catch2/catch.hpp>

namespace failback::tests::sim_untimed_test {
namespace {

using toys::GeneratedModel;
using Bytes = std::vector<std::byte>;

Bytes random_record(sim::Random& random, std::size_t size, unsigned bits) {
    Bytes record(size, std::byte{0x5A});
    for (unsigned k = 0; k < bits; ++k) {
        const auto at = static_cast<std::size_t>(random.below(size));
        record[at] ^= std::byte{1} << static_cast<unsigned>(random.below(8));
    }
    return record;
}

TEST_CASE("sim: records keep only the bits that vary", "[sim]") {
    sim::Random random(7);
    for (const std::size_t size : {1U, 8U, 21U, 40U}) {
        sim::BitLayout layout(random_record(random, size, 0));
        CHECK(layout.bits() == 1);
        std::vector<std::pair<Bytes, std::vector<std::uint64_t>>> known;
        for (int k = 0; k < 200; ++k) {
            const Bytes record = random_record(random, size, 3);
            const std::size_t before = layout.bits();
            const bool covered = layout.covers(record);
            layout.widen(record);
            CHECK(covered == (layout.bits() == before));
            REQUIRE(layout.covers(record));
            std::vector<std::uint64_t> words(layout.words());
            layout.encode(record, words.data());
            CHECK(words.front() % 2 == 1);
            known.emplace_back(record, words);
        }
        CHECK(layout.bits() <= 8 * size + 1);
        // What was encoded before the layout grew is still right, with zeros behind it.
        for (auto& [record, words] : known) {
            words.resize(layout.words());
            Bytes decoded(size);
            layout.decode(words.data(), decoded);
            CHECK(decoded == record);
            std::vector<std::uint64_t> again(layout.words());
            layout.encode(record, again.data());
            CHECK(again == words);
        }
    }
}

TEST_CASE("sim: a set of words has what was put into it", "[sim]") {
    sim::Random random(11);
    std::size_t words = 1;
    sim::WordSet set(words);
    std::set<std::vector<std::uint64_t>> twin;
    const auto draw = [&] {
        std::vector<std::uint64_t> key{1 + 2 * random.below(900)};
        while (key.size() < words) {
            key.push_back(random.below(3));
        }
        return key;
    };
    for (int k = 0; k < 6'000; ++k) {
        if (k == 2'000 || k == 4'000) {
            set.widen(++words);
            std::set<std::vector<std::uint64_t>> longer;
            for (auto key : twin) {
                key.push_back(0);
                longer.insert(key);
            }
            twin = longer;
        }
        const auto key = draw();
        const auto hash = sim::hash_words(key.data(), words);
        CHECK(set.contains(key.data(), hash) == twin.contains(key));
        CHECK(set.insert(key.data(), hash) == twin.insert(key).second);
    }
    CHECK(set.size() == twin.size());
    CHECK(set.memory_bytes() < 4 * twin.size() * words * sizeof(std::uint64_t));
}

// The slow twin: every node of the discrete graph that can be reached without passing a violation.
template <sim::Model M>
void check_against_graph(const M& model) {
    sim::DiscreteGraph<M> graph(model);
    std::vector<sim::NodeId> reached{0};
    std::set<sim::NodeId> known{0};
    std::uint32_t marks = graph.initial_marks();
    std::uint64_t transitions = 0;
    for (std::size_t at = 0; at < reached.size(); ++at) {
        for (const sim::Firing& firing : graph.firings(reached[at])) {
            marks |= firing.marks;
            ++transitions;
            if ((firing.marks & sim::kViolation) == 0 && known.insert(firing.target).second) {
                reached.push_back(firing.target);
            }
        }
    }
    sim::UntimedSearch search(model);
    const auto result = search.run();
    if ((marks & sim::kViolation) != 0) {
        CHECK((result.marks & sim::kViolation) != 0);
        CHECK(result.statistics.stopped_by == "a violation was found");
        return;
    }
    CHECK(result.statistics.complete);
    CHECK(result.marks == marks);
    CHECK(result.statistics.discrete_states == reached.size());
    CHECK(result.statistics.transitions == transitions);
    for (const sim::NodeId node : reached) {
        const auto at = graph.configuration(node);
        if (!search.contains(at.state, at.agenda, at.watching)) {
            FAIL_CHECK("a state is missing");
        }
    }
}

TEST_CASE("sim: the search without time reaches what its twin reaches", "[sim]") {
    check_against_graph(toys::TwoPhaseCommit(4));
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        CAPTURE(seed);
        check_against_graph(GeneratedModel(seed));
    }
}

// Without time more can happen, never less.
TEST_CASE("sim: the search without time misses nothing", "[sim]") {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        CAPTURE(seed);
        const GeneratedModel model(seed);
        sim::DiscreteGraph<GeneratedModel> graph(model);
        sim::Explorer exact(graph);
        const auto result = exact.run();
        sim::UntimedSearch untimed(model);
        const auto more = untimed.run();
        CHECK((result.marks & ~more.marks & sim::kViolation) == 0);
        if (!more.statistics.complete) {
            continue;
        }
        CHECK((result.marks & ~more.marks) == 0);
        for (sim::NodeId node = 0; node < graph.nodes(); ++node) {
            const auto at = graph.configuration(node);
            if (!exact.zones().alive_zones(node).empty() &&
                !untimed.contains(at.state, at.agenda, at.watching)) {
                FAIL_CHECK("a state is missing");
            }
        }
    }
}

TEST_CASE("sim: the search without time is the same for every number of threads", "[sim]") {
    const toys::TwoPhaseCommit model(5);
    for (const std::uint64_t most : {1U, 700U, 5'000U, 10'000U}) {
        sim::Limits limits;
        limits.max_classes = most;
        const auto alone = sim::UntimedSearch(model).run(limits).statistics;
        const auto three = sim::UntimedSearch(model, 3).run(limits).statistics;
        CHECK(alone.complete == three.complete);
        CHECK(alone.classes_expanded == three.classes_expanded);
        CHECK(alone.discrete_states == three.discrete_states);
        CHECK(alone.transitions == three.transitions);
        CHECK(alone.waiting == three.waiting);
        CHECK(alone.memory_bytes == three.memory_bytes);
    }
}

TEST_CASE("sim: of several jobs that fail the first one is told", "[sim]") {
    for (const unsigned threads : {1U, 3U}) {
        sim::Workers workers(threads);
        std::array<int, 100> done{};
        workers.run(done.size(), [&](std::size_t job) { done[job] += 1; });
        CHECK(std::ranges::all_of(done, [](int times) { return times == 1; }));
        const auto job = [](std::size_t each) {
            sim::ensure(each != 40 && each != 60, each == 40 ? "forty" : "sixty");
        };
        CHECK_THROWS_WITH(workers.run(100, job), Catch::Contains("forty"));
        workers.run(1, [&](std::size_t each) { done[each] += 1; });  // none is left in a bad state
        CHECK(done[0] == 2);
        std::vector<char> many(150'000);
        workers.run(many.size(), [&](std::size_t each) { ++many[each]; });
        CHECK(std::ranges::count(many, 1) == 150'000);
        CHECK_THROWS_WITH(workers.run(many.size(),
                                      [](std::size_t each) {
                                          sim::ensure(each != 99'999 && each != 149'999,
                                                      each == 99'999 ? "sooner" : "later");
                                      }),
                          Catch::Contains("sooner"));
    }
}

}  // namespace
}  // namespace failback::tests::sim_untimed_test
