// Each kind of fault matters: some design that ships has another verdict without it.
#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <set>

#include <nlohmann/json.hpp>

#include "tests/check_fixture.hpp"
#include "tests/design_fixture.hpp"

namespace failback::tests::faults_test {
namespace {

using namespace failback::properties;

// The kinds that a design file may name: where the schema lists this one among others.
std::set<std::string> kinds_in(const json& schema) {
    if (schema.is_array() && std::ranges::count(schema, json("rogue-register")) == 1) {
        return schema.get<std::set<std::string>>();
    }
    std::set<std::string> kinds;
    for (const json& member : schema) {
        if (member.is_structured()) {
            kinds.merge(kinds_in(member));
        }
    }
    return kinds;
}

json without(const json& design, const std::string& kind) {
    json changed = design;
    std::erase_if(changed["faults"].get_ref<json::array_t&>(),
                  [&](const json& fault) { return fault["kind"] == kind; });
    return changed;
}

// Is the verdict another one than is expected? Not if the property says nothing any more.
bool is_otherwise(const model::Design& design) {
    return std::ranges::any_of(instances_of(design), [&](const Instance& instance) {
        if (!instance.expect || *instance.expect == model::Expected::vacuous) {
            return false;
        }
        const Outcome outcome = check(design, instance.property).outcome;
        return outcome != Outcome::undecided && outcome != Outcome::vacuous &&
               !is_as_expected(outcome, *instance.expect);
    });
}

// Does a property that was expected to hold fail without these faults, or the other way round?
bool verdict_depends(const json& design, const std::string& kind) {
    json changed = without(design, kind);
    for (const json& property : design["properties"]) {
        changed["properties"] = json::array({property});
        try {
            if (is_otherwise(read(changed))) {
                return true;
            }
        } catch (const model::InputError&) {
            // a property of the catalogue that is about this fault
        }
    }
    return false;
}

}  // namespace

TEST_CASE("faults: of each kind there is a design with a verdict that depends on it") {
    std::set<std::string> left = kinds_in(json::parse(model::kDesignSchema));
    CHECK(left.size() >= 14);
    const std::filesystem::path museum(FAILBACK_SOURCE_DIR "/designs/museum");
    for (const auto& entry : std::filesystem::directory_iterator(museum)) {
        const std::string name = entry.path().stem().string();
        if (name.ends_with("-repaired")) {
            continue;  // what holds there rarely fails with fewer faults
        }
        const json design = shipped("museum/" + name);
        for (const json& fault : design.value("faults", json::array())) {
            const std::string kind = fault["kind"];
            if (left.contains(kind) && verdict_depends(design, kind)) {
                left.erase(kind);
            }
        }
    }
    CAPTURE(left);
    CHECK(left.empty());
}

}  // namespace failback::tests::faults_test
