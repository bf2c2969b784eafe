// The designs that ship: each is read, and every property has the verdict that it is expected to
// have. Each failure of the museum has a twin in which it is mended.
#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <set>

#include "model/file/design_file.hpp"
#include "tests/check_fixture.hpp"

namespace failback::tests::designs_test {
namespace {

using namespace failback::properties;
using model::Expected;
using Path = std::filesystem::path;

const Path kDesigns = Path(FAILBACK_SOURCE_DIR) / "designs";
const Path kMuseum = kDesigns / "museum";
const Path kDecisions = Path(FAILBACK_SOURCE_DIR) / "tests/data/decisions";
constexpr std::string_view kMended = "-repaired";

std::vector<Path> designs_in(const Path& folder) {
    std::vector<Path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() == ".json") {
            files.push_back(entry.path());
        }
    }
    std::ranges::sort(files);
    return files;
}

bool is_mended(const Path& file) { return file.stem().string().ends_with(kMended); }

Path mended(const Path& file) {
    return file.parent_path() / (file.stem().string() + std::string(kMended) + ".json");
}

model::Design design_at(const Path& file) { return model::read_design(file.string()); }

std::set<std::string> names_expected(const model::Design& design, Expected expected) {
    std::set<std::string> names;
    for (const model::PropertyUse& property : design.properties) {
        if (property.expect == expected) {
            names.insert(property.name);
        }
    }
    return names;
}

bool expects_all(const model::Design& design) {
    return std::ranges::all_of(design.properties,
                               [](const auto& use) { return use.expect.has_value(); });
}

void check_expectations(const Path& file) {
    const model::Design design = design_at(file);
    for (const Instance& instance : instances_of(design)) {
        if (!instance.expect) {
            continue;
        }
        const Verdict verdict = check(design, instance.property);
        CAPTURE(design.name, instance.name, to_text(verdict.outcome), to_text(*instance.expect));
        CHECK(is_as_expected(verdict.outcome, *instance.expect));
        CHECK(executes(verdict) == (verdict.outcome == Outcome::violated));
    }
}

}  // namespace

TEST_CASE("designs: each ships with its own name and a description") {
    for (const Path& folder : {kDesigns, kMuseum}) {
        CHECK(designs_in(folder).size() >= 10);
        for (const Path& file : designs_in(folder)) {
            const model::Design design = design_at(file);
            CHECK(design.name == file.stem());
            CHECK(design.description.size() > 60);
        }
    }
}

TEST_CASE("designs: every property has the verdict that is expected of it") {
    for (const Path& file : designs_in(kDesigns)) {
        check_expectations(file);
    }
}

TEST_CASE("museum: every property has the verdict that is expected of it") {
    for (const Path& file : designs_in(kMuseum)) {
        const model::Design design = design_at(file);
        CAPTURE(design.name);
        CHECK(expects_all(design));
        check_expectations(file);
    }
}

// Each is about one decision of a node, which no other design notices: see tests/mutants.py.
TEST_CASE("decisions: every property has the verdict that is expected of it") {
    CHECK(designs_in(kDecisions).size() >= 10);
    for (const Path& file : designs_in(kDecisions)) {
        const model::Design design = design_at(file);
        CAPTURE(file.string());
        CHECK(design.name == file.stem());
        CHECK(design.description.size() > 60);
        CHECK(expects_all(design));
        check_expectations(file);
    }
}

TEST_CASE("museum: each failure is told with its source, and is mended in its twin") {
    for (const Path& file : designs_in(kMuseum)) {
        if (is_mended(file)) {
            continue;
        }
        const model::Design design = design_at(file);
        CAPTURE(design.name);
        CHECK(design.description.find("Source: ") != std::string::npos);
        const auto failures = names_expected(design, Expected::violated);
        CHECK_FALSE(failures.empty());
        REQUIRE(std::filesystem::exists(mended(file)));
        const model::Design twin = design_at(mended(file));
        const auto holding = names_expected(twin, Expected::holds);
        CHECK(holding.size() == twin.properties.size());
        CHECK(std::ranges::includes(holding, failures));
    }
}

TEST_CASE("museum: a twin mends a failure that is there") {
    for (const Path& file : designs_in(kMuseum)) {
        const std::string name = file.stem().string();
        const std::string broken = name.substr(0, name.size() - kMended.size()) + ".json";
        if (is_mended(file)) {
            CHECK(std::filesystem::exists(kMuseum / broken));
        }
    }
}

}  // namespace failback::tests::designs_test
