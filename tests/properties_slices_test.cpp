// Slices and reductions against the whole design with every timer: the verdicts are the same.
#include <catch2/catch.hpp>

#include <filesystem>

#include "model/file/design_file.hpp"
#include "tests/check_fixture.hpp"

namespace failback::tests::properties_slices_test {
namespace {

using namespace failback::model;
using properties::Instance;

constexpr DelayMs kSecond = 1000;

// A design that ships, with less that can happen, so that the whole of it can be searched.
Design small_variant(const std::string& file) {
    Design design = read_design(file);
    design.default_delay = sim::exactly(100);
    for (Link& link : design.links) {
        link.to_server = link.to_phone = sim::exactly(100);
    }
    for (Fault& fault : design.faults) {
        fault.count = 1;
        fault.at = {0, 10 * kSecond};
        fault.lasts = {60 * kSecond, 90 * kSecond};
    }
    for (CallPlan& plan : design.calls) {
        plan.count = 1;
        plan.at = sim::exactly(75 * kSecond);
    }
    for (Phone& phone : design.phones) {
        phone.boot = sim::exactly(0);
    }
    return design;
}

// How many of the ways could finish; those that did agree with the usual one.
int agreeing(const Design& design, const Instance& instance, std::uint64_t max_classes) {
    sim::Limits limits;
    limits.max_classes = max_classes;
    const auto found = [&](const Way& way) {
        return search(design, instance.property, way, false, limits);
    };
    const Findings usual = found(kUsual);
    CAPTURE(design.name, instance.name);
    if (!usual.complete && !usual.violated) {
        return 0;
    }
    int agreed = 0;
    for (const Way& way : {kWhole, kFull, kSlowest}) {
        const Findings other = found(way);
        if (other.complete || other.violated) {
            CAPTURE(way.name);
            CHECK(other == usual);
            ++agreed;
        }
    }
    return agreed;
}

}  // namespace

TEST_CASE("slices: small variants of the shipped designs, each property, every way", "[.slow]") {
    int compared = 0;
    for (const auto& file : std::filesystem::directory_iterator(FAILBACK_SOURCE_DIR "/designs")) {
        if (file.path().extension() != ".json") {
            continue;
        }
        const Design design = small_variant(file.path().string());
        for (const Instance& instance : properties::instances_of(design)) {
            compared += agreeing(design, instance, 6000);
        }
    }
    CHECK(compared > 60);
}

TEST_CASE("slices: the slice of a property is as small as its parts allow") {
    const Design design = read_design(FAILBACK_SOURCE_DIR "/designs/polycom-soundpoint.json");
    const auto parts = [&](const char* says) {
        const auto property = properties::parse_property(says, design);
        std::vector<std::string> names;
        for (const Part& part : slice(design, properties::roots_of(property, design)).parts) {
            names.push_back(name_of(design, part));
        }
        return names;
    };
    using Names = std::vector<std::string>;
    CHECK(parts("never up(primary)").empty());
    CHECK(parts("never reachable(line1, primary)").empty());
    CHECK(parts("never working(line1) = primary") == Names{"registration of line1 at primary"});
    CHECK(parts("never lapses(line1, gateway)") == Names{"registration of line1 at gateway"});
    CHECK(parts("never working(line1) = gateway") ==
          Names{"registration of line1 at primary", "registration of line1 at gateway"});
    CHECK(parts("never subscribed(line1, primary)") ==
          Names{"registration of line1 at primary", "subscription of line1 at primary"});
    CHECK(parts("never call_fails(line1)") == Names{"registration of line1 at primary",
                                                   "registration of line1 at gateway",
                                                   "calls of line1"});
}

TEST_CASE("slices: what couples registrations enlarges the slice") {
    Design design = design_with(2);
    design.phones.push_back(design.phones[0]);
    design.phones[1].name = "other";
    design.phones[1].lines[0].name = "line2";
    const auto parts = [&](const char* says) {
        const auto property = properties::parse_property(says, design);
        return slice(design, properties::roots_of(property, design)).parts.size();
    };
    CHECK(parts("never working(line1) = s1") == 1);
    design.phones[0].failback.rule = FailbackRule::stay;  // now the lower registration matters too
    CHECK(parts("never working(line1) = s1") == 2);
    CHECK(parts("never registered(line1, s1)") == 1);
    design.phones[1].wipe_at_boot = true;  // of the shared address of record
    CHECK(parts("never registered(line1, s1)") == 2);
    design.phones[1].lines[0].aor = "sip:1002@example.com";
    CHECK(parts("never registered(line1, s1)") == 1);
}

TEST_CASE("slices: calls that start at the primary need no registrations") {
    Design design = design_with(2);
    dial_at(design, 0);
    const auto property = properties::parse_property("never call_fails(line1)", design);
    CHECK(slice(design, properties::roots_of(property, design)).parts.size() == 3);
    design.phones[0].calls.first = CallFirst::primary;
    const Scope scope = slice(design, properties::roots_of(property, design));
    CHECK(scope.parts.size() == 1);
    CHECK(scope.servers.size() == 2);  // their faults matter
}

}  // namespace failback::tests::properties_slices_test
