// Checking all properties of a design together: as many searches as there are questions, and the
// verdicts of checking each alone.
#include <catch2/catch.hpp>

#include "model/file/design_file.hpp"
#include "properties/check_all.hpp"
#include "tests/check_fixture.hpp"

namespace failback::tests::properties_check_all_test {
namespace {

using properties::CheckAllOptions;
using properties::CheckOptions;
using properties::Instance;
using properties::Outcome;
using properties::SharedVerdict;

model::Design bench_design(const std::string& name) {
    return model::read_design(FAILBACK_SOURCE_DIR "/tests/bench/designs/" + name + ".json");
}

struct Sum {
    std::uint64_t expanded = 0;
    std::size_t shared = 0;
    std::size_t hold = 0;
};

Sum sum_of(const std::vector<SharedVerdict>& verdicts) {
    Sum sum;
    for (const SharedVerdict& one : verdicts) {
        sum.expanded += one.verdict.statistics.classes_expanded;
        sum.shared += one.same_as ? 1U : 0U;
        sum.hold += one.verdict.outcome == Outcome::holds ? 1U : 0U;
    }
    return sum;
}

Sum check_design(const std::string& name, const CheckAllOptions& options = {}) {
    const model::Design design = bench_design(name);
    return sum_of(check_all(design, properties::instances_of(design), options));
}

// The first phones of ten.
model::Design phones(std::size_t count) {
    model::Design design = bench_design("ten-identical-phones");
    design.phones.resize(count);
    return design;
}

// As checking each alone, whatever is shared.
void check_agreement(const model::Design& design, const CheckAllOptions& options) {
    const auto instances = properties::instances_of(design);
    const auto verdicts = check_all(design, instances, options);
    REQUIRE(verdicts.size() == instances.size());
    for (std::size_t i = 0; i < instances.size(); ++i) {
        CAPTURE(instances[i].name);
        const auto alone = check(design, instances[i].property, options.each(i));
        const properties::Verdict& verdict = verdicts[i].verdict;
        CHECK(verdict.outcome == alone.outcome);
        CHECK(verdict.reason == alone.reason);
        CHECK(verdict.searched.parts == alone.searched.parts);
        CHECK(verdict.searched.servers == alone.searched.servers);
        CHECK(verdict.statistics.complete == alone.statistics.complete);
        CHECK(verdict.choices == alone.choices);
        CHECK(executes(verdict) == (verdict.outcome == Outcome::violated));
    }
}

}  // namespace

TEST_CASE("check_all: ten identical phones expand as many classes as one") {
    const Sum one = check_design("reference-catalogue");
    const Sum ten = check_design("ten-identical-phones");
    CHECK(one.expanded > 1000);
    CHECK(ten.expanded == one.expanded);
    CHECK(ten.hold == 10 * one.hold);
    CHECK(one.shared == 0);
    CHECK(ten.shared == 9 * one.hold);
}

TEST_CASE("check_all: different phones are searched each") {
    const Sum ten = check_design("ten-different-phones");
    CHECK(ten.shared == 0);
    CHECK(ten.hold == 170);
}

TEST_CASE("check_all: nothing is shared without slices, or if it is not wanted") {
    const model::Design design = phones(2);
    auto instances = properties::instances_of(design);
    std::erase_if(instances, [](const Instance& instance) {
        return !instance.name.starts_with("never-give-up");
    });
    CheckAllOptions options;
    CHECK(sum_of(check_all(design, instances, options)).shared == instances.size() / 2);
    options.share = false;
    CHECK(sum_of(check_all(design, instances, options)).shared == 0);
    options.share = true;
    options.each = [](std::size_t) {
        CheckOptions each;
        each.slice = false;
        each.limits.max_classes = 100;
        return each;
    };
    CHECK(sum_of(check_all(design, instances, options)).shared == 0);
}

TEST_CASE("check_all: the verdicts of checking each alone, with one thread and with two") {
    model::Design design = phones(3);
    design.phones[1].failback.rule = design.phones[2].failback.rule = model::FailbackRule::stay;
    for (const unsigned threads : {1U, 2U}) {
        CheckAllOptions options;
        options.threads = threads;
        check_agreement(design, options);
    }
}

TEST_CASE("check_all: what is violated has a run of its own") {
    model::Design design = phones(2);
    design.phones[0].failback.rule = design.phones[1].failback.rule = model::FailbackRule::stay;
    auto instances = properties::instances_of(design);
    std::erase_if(instances, [](const Instance& instance) {
        return !instance.name.starts_with("failback(");
    });
    const auto verdicts = check_all(design, instances, {});
    REQUIRE(verdicts.size() == 2);
    for (const SharedVerdict& one : verdicts) {
        CHECK(one.verdict.outcome == Outcome::violated);
        CHECK_FALSE(one.same_as);
        CHECK(executes(one.verdict));
    }
    CHECK(verdicts[1].verdict.setting.scope.parts.begin()->phone == 1);
}

TEST_CASE("check_all: a limit says the same of both") {
    CheckAllOptions options;
    options.each = [](std::size_t) {
        CheckOptions each;
        each.limits.max_classes = 50;
        return each;
    };
    check_agreement(phones(2), options);
}

TEST_CASE("check_all: an error on any thread ends the check") {
    const model::Design design = phones(2);
    CheckAllOptions options;
    options.threads = 2;
    options.each = [](std::size_t instance) {
        CheckOptions each;
        if (instance == 3) {
            each.limits.poll = [](const auto&) -> std::string { throw std::bad_alloc(); };
        }
        return each;
    };
    CHECK_THROWS_AS(check_all(design, properties::instances_of(design), options), std::bad_alloc);
}

}  // namespace failback::tests::properties_check_all_test
