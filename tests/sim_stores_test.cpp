// The tables that a search keeps: keys, zones, the discrete graph, and states as bytes.
#include "sim/check.hpp"
#include "sim/discrete_graph.hpp"
#include "sim/explorer.hpp"
#include "sim/key_table.hpp"
#include "sim/zone_store.hpp"
#include "tests/sim_zones.hpp"
#include "tests/toys/timers.hpp"

#include <string>
#include <string_view>

#include <catch2/catch.hpp>

namespace failback::tests::sim_stores_test {
namespace {

using sim::Coverage;
using sim::kNever;
using sim::ZoneStore;

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

// Keys of all lengths from 0 to 40, many beginning alike. 20 000 keys make the 1 024 slots grow
// six times.
TEST_CASE("sim: keys are numbered in the order of insertion", "[sim]") {
    sim::KeyTable table;
    std::vector<std::string> keys;
    for (std::uint32_t i = 0; i < 20'000; ++i) {
        keys.push_back(i < 40 ? std::string(i, 'x') : std::string(i % 40, 'x') + std::to_string(i));
    }
    const auto before = table.memory_bytes();
    for (std::uint32_t i = 0; i < keys.size(); ++i) {
        REQUIRE(table.find(bytes_of(keys[i])) == table.size());
        REQUIRE(table.insert(bytes_of(keys[i])) == std::pair(i, true));
    }
    CHECK(table.size() == keys.size());
    CHECK(table.memory_bytes() > before);
    for (std::uint32_t i = 0; i < keys.size(); ++i) {
        REQUIRE(table.insert(bytes_of(keys[i])) == std::pair(i, false));
        REQUIRE(table.find(bytes_of(keys[i])) == i);
        REQUIRE(std::ranges::equal(table.key(i), bytes_of(keys[i])));
    }
    CHECK(table.find(bytes_of("absent")) == table.size());
    CHECK_THROWS_AS(table.key(table.size()), sim::InternalError);
}

// Zero bytes at the end count.
TEST_CASE("sim: keys that differ only in length are different", "[sim]") {
    sim::KeyTable table;
    const std::string zeros(8, '\0');
    for (std::uint32_t length = 0; length <= zeros.size(); ++length) {
        CHECK(table.insert(bytes_of(std::string_view(zeros).substr(0, length))) ==
              std::pair(length, true));
    }
    CHECK(table.find(bytes_of(std::string_view(zeros).substr(0, 3))) == 3);
}

// XXH3 of nothing and of "abc", as published with xxHash.
TEST_CASE("sim: the hash is XXH3", "[sim]") {
    CHECK(sim::hash_bytes({}) == 0x2d06800538d394c2U);
    CHECK(sim::hash_bytes(bytes_of("abc")) == 0x78af5f94892f3950U);
}

Bounds between(sim::DelayMs least, sim::DelayMs most) { return {0, -least, most, 0}; }

std::vector<Bounds> alive(const ZoneStore& store, sim::NodeId node) {
    std::vector<Bounds> all;
    for (const sim::ZoneId id : store.alive_zones(node)) {
        const auto zone = store.zone(id);
        all.emplace_back(zone.begin(), zone.end());
    }
    return all;
}

TEST_CASE("sim: equal coverage keeps whatever differs", "[sim]") {
    ZoneStore store(Coverage::equal);
    CHECK(store.insert(0, 2, between(1, 3)).has_value());
    CHECK(store.insert(0, 2, between(2, 3)).has_value());
    CHECK_FALSE(store.insert(0, 2, between(1, 3)).has_value());
    CHECK(store.insert(0, 2, between(0, 9)).has_value());
    CHECK(store.alive_count() == 3);
}

TEST_CASE("sim: inclusion drops zones inside others, old and new", "[sim]") {
    ZoneStore store(Coverage::inclusion);
    const auto first = store.insert(0, 2, between(1, 3));
    CHECK_FALSE(store.insert(0, 2, between(2, 3)).has_value());
    const auto next = store.insert(0, 2, between(4, 6));
    const auto other = store.insert(1, 2, between(1, 3));
    REQUIRE((first && next && other));
    const auto wide = store.insert(0, 2, between(0, kNever));
    REQUIRE(wide.has_value());
    CHECK(alive(store, 0) == std::vector<Bounds>{between(0, kNever)});
    CHECK_FALSE(store.alive(*first));
    CHECK_FALSE(store.alive(*next));
    CHECK(store.alive(*other));
    CHECK(store.node(*other) == 1);
    CHECK(store.alive_count() == 2);
    CHECK_THROWS_AS(store.zone(*first), sim::InternalError);
    CHECK(store.alive_zones(7).empty());
    // Places of dead zones are used again.
    const auto memory = store.memory_bytes();
    CHECK(store.insert(1, 2, between(7, 8)).has_value());
    CHECK(store.memory_bytes() - memory < 100);
    CHECK(alive(store, 1) == std::vector<Bounds>{between(1, 3), between(7, 8)});
    CHECK(alive(store, 0) == std::vector<Bounds>{between(0, kNever)});
}

// [0, 1], [4, 5] and [2, 3]: the last one joins with both, one after the other.
TEST_CASE("sim: merging joins until nothing can be joined", "[sim]") {
    ZoneStore store(Coverage::merging);
    const auto low = store.insert(0, 2, between(0, 1));
    const auto high = store.insert(0, 2, between(4, 5));
    CHECK(store.alive_count() == 2);
    const auto all = store.insert(0, 2, between(2, 3));
    REQUIRE((low && high && all));
    CHECK(alive(store, 0) == std::vector<Bounds>{between(0, 5)});
    CHECK_FALSE(store.alive(*low));
    CHECK_FALSE(store.alive(*high));
    CHECK(store.alive_count() == 1);
}

TEST_CASE("sim: a store without zones keeps one entry a node", "[sim]") {
    for (const auto coverage : {Coverage::equal, Coverage::inclusion, Coverage::merging}) {
        ZoneStore store(coverage);
        CHECK(store.insert(0, 0, {}).has_value());
        CHECK_FALSE(store.insert(0, 0, {}).has_value());
        CHECK(store.insert(3, 0, {}).has_value());
        CHECK(store.alive_count() == 2);
    }
}

// Keeps only one of its two bytes, and renames nothing.
struct Packed : toys::TwoTimers {
    struct State {
        std::uint8_t fired;
        std::uint8_t spare;
    };

    void initial(State&, sim::Effects<Event>& effects) const {
        effects.schedule(Event::a, a);
        effects.schedule(Event::b, b);
    }

    void apply(State& state, const Event& event, std::uint32_t, sim::Effects<Event>&) const {
        const auto bit = static_cast<std::uint8_t>(event == Event::a ? 1 : 2);
        state.fired = static_cast<std::uint8_t>(state.fired | bit);
    }

    [[nodiscard]] std::size_t packed_size() const { return 1; }
    void pack(const State& state, std::byte* out) const { *out = std::byte{state.fired}; }
    void unpack(const std::byte* in, State& state) const {
        state = {std::to_integer<std::uint8_t>(*in), 0};
    }
};

TEST_CASE("sim: the graph of two timers", "[sim]") {
    using Event = toys::TwoTimers::Event;
    const Packed model{{{2, 5}, {4, 7}}};
    sim::DiscreteGraph<Packed> graph(model);
    CHECK(graph.nodes() == 1);
    CHECK(graph.transitions() == 0);
    CHECK_FALSE(graph.expanded(0));
    REQUIRE(graph.firings(0).size() == 2);
    CHECK(graph.expanded(0));
    CHECK(graph.nodes() == 3);
    CHECK(graph.transitions() == 2);
    CHECK(graph.dimension(0) == 3);
    const sim::Firing b = graph.firings(0)[1];
    CHECK(b.entry == 1);
    CHECK(graph.dimension(b.target) == 2);
    REQUIRE(graph.origins(b).size() == 2);
    CHECK(graph.origins(b)[0].base == 2);  // b is the new present,
    CHECK(graph.origins(b)[1].base == 1);  // and a is kept
    const auto after_b = graph.configuration(b.target);
    CHECK(after_b.state.fired == 2);
    CHECK(after_b.agenda == std::vector<Event>{Event::a});
    CHECK_FALSE(after_b.watching);
    // The spare byte is not looked at.
    CHECK(graph.find({2, 99}, {Event::a}, false) == b.target);
    CHECK_FALSE(graph.find({2, 0}, {Event::a}, true).has_value());
    CHECK_FALSE(graph.find({3, 0}, {}, false).has_value());  // not found yet
    CHECK(graph.memory_bytes() > 0);
}

}  // namespace
}  // namespace failback::tests::sim_stores_test
