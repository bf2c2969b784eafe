// The designs of the benchmarks: they are read, and no property is violated early on. How long the
// rest takes is what the benchmarks are for.
#include <catch2/catch.hpp>

#include <filesystem>

#include "model/file/design_file.hpp"
#include "tests/check_fixture.hpp"

namespace failback::tests::bench_designs_test {
namespace {

using properties::Outcome;

const std::filesystem::path kFolder = FAILBACK_SOURCE_DIR "/tests/bench/designs";

model::Design bench_design(const std::string& name) {
    return model::read_design((kFolder / (name + ".json")).string());
}

}  // namespace

TEST_CASE("bench: no design has a property that is violated early on") {
    properties::CheckOptions options;
    options.limits.max_classes = 200;
    int designs = 0;
    for (const auto& file : std::filesystem::directory_iterator(kFolder)) {
        const model::Design design = model::read_design(file.path().string());
        CAPTURE(design.name);
        CHECK(design.name == file.path().stem().string());
        const auto instances = properties::instances_of(design);
        CHECK_FALSE(instances.empty());
        for (const properties::Instance& instance : instances) {
            CAPTURE(instance.name);
            const auto verdict = properties::check(design, instance.property, options);
            CHECK((verdict.outcome == Outcome::holds || verdict.outcome == Outcome::undecided));
        }
        ++designs;
    }
    CHECK(designs == 9);
}

TEST_CASE("bench: with two lost messages everything holds") {
    const model::Design design = bench_design("two-lost-messages");
    for (const properties::Instance& instance : properties::instances_of(design)) {
        CAPTURE(instance.name);
        CHECK(properties::check(design, instance.property).outcome == Outcome::holds);
    }
}

TEST_CASE("bench: three servers are decided by abstraction, however many classes of each state",
          "[.slow]") {
    const model::Design design = bench_design("three-servers");
    properties::CheckOptions options;
    options.limits.max_classes = 200'000;   // of one search
    int decided = 0;
    for (const properties::Instance& instance : properties::instances_of(design)) {
        if (instance.name.starts_with("takeover")) {
            const auto verdict = properties::check(design, instance.property, options);
            CHECK(verdict.outcome == Outcome::holds);
            CHECK(verdict.statistics.classes_expanded < 200'000);
            ++decided;
        }
    }
    CHECK(decided > 0);
}

TEST_CASE("bench: the registrations of a shared address act on each other") {
    for (const char* name : {"shared-address-tcp", "shared-address-udp", "four-registrations-tcp",
                             "four-registrations-udp"}) {
        const model::Design design = bench_design(name);
        const auto property = properties::instances_of(design).at(0).property;
        CHECK(slice(design, properties::roots_of(property, design)).parts.size() == 4);
    }
}

}  // namespace failback::tests::bench_designs_test
