// What is seen of the model: the table fits what happens, and searches agree with runs.
#include <catch2/catch.hpp>

#include <filesystem>

#include "model/file/design_file.hpp"
#include "model/file/random_faults.hpp"
#include "properties/coverage.hpp"
#include "properties/simulate.hpp"
#include "tests/design_fixture.hpp"

namespace failback::tests::coverage_test {
namespace {

using namespace failback::properties;
using model::Coverage;
using model::Role;

std::vector<std::filesystem::path> shipped_designs() {
    std::vector<std::filesystem::path> files;
    for (const char* folder : {"/designs", "/designs/museum"}) {
        for (const auto& entry :
             std::filesystem::directory_iterator(std::string(FAILBACK_SOURCE_DIR) + folder)) {
            if (entry.path().extension() == ".json") {
                files.push_back(entry.path());
            }
        }
    }
    return files;
}

Coverage simulated(const model::Design& design, std::uint64_t runs, sim::TimeMs until) {
    SimulationOptions options;
    options.coverage = true;
    options.runs = runs;
    options.until = until;
    return simulate(design, {}, options).coverage;
}

Covered covered(const model::Design& design, bool slice) {
    sim::Limits limits;
    limits.max_classes = 5'000;
    return cover(design, instances_of(design), slice, limits);
}

// Is all of it in the other one?
bool is_within(const Coverage& a, const Coverage& b) {
    Coverage both = b;
    both.add(a);
    return both == b;
}

std::size_t place(const std::vector<std::string_view>& names, std::string_view name) {
    const auto found = std::ranges::find(names, name);
    REQUIRE(found != names.end());
    return static_cast<std::size_t>(found - names.begin());
}

bool seen(const Coverage& coverage, Role role, std::string_view phase, std::string_view event) {
    const model::RoleTable& table = model::role_tables()[static_cast<std::size_t>(role)];
    return coverage.seen(role, place(table.phases, phase), place(table.events, event));
}

}  // namespace

TEST_CASE("coverage: each kind of fault has a phase") {
    const json schema = json::parse(model::kDesignSchema);
    const auto& kinds = schema["definitions"]["fault"]["properties"]["kind"]["enum"];
    const auto& faults = model::role_tables()[static_cast<std::size_t>(Role::fault)];
    CHECK(faults.phases.size() == kinds.size());
    for (const json& kind : kinds) {
        CHECK(std::ranges::count(faults.phases, kind.get<std::string>()) == 1);
    }
}

TEST_CASE("coverage: the table says of each phase and event whether they go together") {
    for (const model::RoleTable& table : model::role_tables()) {
        CAPTURE(table.name);
        CHECK(table.possible.size() == table.phases.size());
        for (const std::string_view row : table.possible) {
            CHECK(row.size() == table.events.size());
            CHECK(row.find_first_not_of("+.") == std::string_view::npos);
        }
        CHECK(table.possible_pairs() > 0);
        CHECK(table.phases.size() <= 24);
        CHECK(table.events.size() <= 16);
    }
}

TEST_CASE("coverage: nothing happens in a run that the table excludes") {
    for (const auto& file : shipped_designs()) {
        CAPTURE(file.stem());
        CHECK_NOTHROW(simulated(model::read_design(file.string()), 2, 2 * 3'600'000));
    }
}

TEST_CASE("coverage: nothing happens that the table excludes, with faults that were drawn",
          "[.slow]") {
    for (const auto& file : shipped_designs()) {
        CAPTURE(file.stem());
        const json written = shipped(file.parent_path().stem() == "museum"
                                         ? "museum/" + file.stem().string()
                                         : file.stem().string());
        for (const std::uint64_t seed : {1U, 2U, 3U}) {
            const json drawn = model::with_random_faults(written, seed, 5, 6 * 3'600'000);
            const model::Design design = model::parse_design(drawn.dump(), "t.json");
            CHECK_NOTHROW(simulated(design, 2, 6 * 3'600'000));
        }
    }
}

TEST_CASE("coverage: what happens in runs is seen by a search that is complete") {
    for (const char* name : {"museum/a-timeout-at-every-refresh", "museum/the-16-minute-cycle",
                             "museum/held-and-gone", "museum/locked-out-after-a-reboot"}) {
        CAPTURE(name);
        const model::Design design = model::parse_design(shipped(name).dump(), "t.json");
        const Covered whole = covered(design, false);
        REQUIRE(whole.complete == whole.slices);
        CHECK(is_within(simulated(design, 20, 6 * 3'600'000), whole.coverage));
        const Covered sliced = covered(design, true);
        REQUIRE(sliced.complete == sliced.slices);
        CHECK(is_within(sliced.coverage, whole.coverage));
    }
}

TEST_CASE("coverage: a registration without faults is granted and refreshed, and never waits") {
    json written = shipped("reference");
    written["faults"] = json::array();
    written["properties"] = {{{"name", "p"}, {"says", "never lapses(line1, primary)"}}};
    const model::Design design = model::parse_design(written.dump(), "t.json");
    const Covered found = covered(design, true);
    REQUIRE(found.slices == 1);
    REQUIRE(found.complete == 1);
    CHECK(found.stopped_by.empty());
    CHECK(seen(found.coverage, Role::registration, "idle", "boot"));
    CHECK(seen(found.coverage, Role::registration, "asking", "200"));
    CHECK(seen(found.coverage, Role::registration, "registered", "refresh due"));
    CHECK(seen(found.coverage, Role::registration, "refreshing", "Timer E"));
    CHECK_FALSE(seen(found.coverage, Role::registration, "refreshing", "Timer F"));
    CHECK_FALSE(seen(found.coverage, Role::registration, "waiting", "retry"));
    CHECK(seen(found.coverage, Role::registrar, "unbound", "REGISTER"));
    CHECK_FALSE(seen(found.coverage, Role::registrar, "down", "REGISTER"));
    CHECK_FALSE(found.coverage.has(Role::caller));
    CHECK_FALSE(found.coverage.has(Role::fault));
}

}  // namespace failback::tests::coverage_test
