// Each property of the catalogue has a design that must violate it, and a twin that differs in one
// parameter and must not.
#include <catch2/catch.hpp>

#include <fstream>
#include <set>

#include <nlohmann/json.hpp>

#include "model/file/design_file.hpp"
#include "tests/check_fixture.hpp"
#include "tests/name_fixture.hpp"

namespace failback::tests::properties_catalogue_test {
namespace {

using namespace failback::properties;

std::string path_of(std::string_view id, const char* kind) {
    return std::string(FAILBACK_SOURCE_DIR "/tests/data/properties/") + std::string(id) + "." +
           kind + ".json";
}

// The JSON pointers at which two designs differ, other than in what they are called.
std::vector<std::string> differences(std::string_view id) {
    nlohmann::json designs[2];
    for (const int i : {0, 1}) {
        designs[i] = nlohmann::json::parse(
            std::ifstream(path_of(id, i == 0 ? "violated" : "holds")));
        designs[i].erase("name");
        designs[i].erase("description");
    }
    std::set<std::string> pointers;
    for (const auto& change : nlohmann::json::diff(designs[0], designs[1])) {
        auto pointer = change.at("path").get<std::string>();
        const bool of_interval = pointer.ends_with("/0") || pointer.ends_with("/1");
        pointers.insert(of_interval ? pointer.substr(0, pointer.size() - 2) : pointer);
    }
    return {pointers.begin(), pointers.end()};
}

model::Design design_of(std::string_view id, const char* kind) {
    const model::Design design = model::read_design(path_of(id, kind));
    REQUIRE(design.properties.size() == 1);
    CHECK(design.properties[0].use == id);
    CHECK(design.description.size() > 60);
    return design;
}

}  // namespace

TEST_CASE("catalogue: ids are unique, and everything is said") {
    std::set<std::string_view> ids;
    for (const CatalogueEntry& entry : catalogue()) {
        CHECK(ids.insert(entry.id).second);
        CHECK(entry.code.starts_with("P"));
        CHECK(entry.says.ends_with("."));
        CHECK_FALSE(entry.catches.empty());
        CHECK_FALSE(entry.source.empty());
    }
}

TEST_CASE("catalogue: the twins differ in one parameter") {
    for (const CatalogueEntry& entry : catalogue()) {
        CAPTURE(entry.id);
        CHECK(differences(entry.id).size() == 1);
    }
}

TEST_CASE("catalogue: each property is violated by the design made for it, and that executes") {
    for (const CatalogueEntry& entry : catalogue()) {
        const model::Design design = design_of(entry.id, "violated");
        bool violated = false;
        for (const Instance& instance : instances_of(design)) {
            CAPTURE(instance.name, instance.says);
            const Verdict verdict = check(design, instance.property);
            CHECK((verdict.outcome == Outcome::violated || verdict.outcome == Outcome::holds));
            if (verdict.outcome == Outcome::violated) {
                violated = true;
                CHECK(executes(verdict));
            }
        }
        CAPTURE(entry.id);
        CHECK(violated);
    }
}

TEST_CASE("catalogue: each property holds in the twin, whose premise happens") {
    for (const CatalogueEntry& entry : catalogue()) {
        const model::Design design = design_of(entry.id, "holds");
        for (const Instance& instance : instances_of(design)) {
            CAPTURE(instance.name, instance.says);
            CHECK(check(design, instance.property).outcome == Outcome::holds);
        }
    }
}

TEST_CASE("catalogue: the whole of it in a design that asks for nothing else") {
    model::Design design = named(3, {{0}, {1, 2}});
    model::Phone& phone = design.phones[0];
    phone.subscription.to = model::SubscribeTo::primary;
    phone.registration.order = model::Order::successive;
    phone.failback = {model::FailbackRule::probe, 0, 120'000, 30'000};
    phone.failback.heartbeat = true;
    phone.flow.keep_alive.method = model::KeepAliveMethod::options;
    design.servers[0].out_of_order = model::Status::ok_200;
    design.changes.emplace_back();
    phone.expires = 30'000;  // too brief
    phone.clock_ppm = -100;
    design.servers[0].authentication.of_register = true;
    design.servers[0].authentication.of_invite = true;
    design.faults.push_back(crash(0, 0, 60'000));
    design.faults.push_back(restart(0, 60'000));
    model::Fault works = crash(0, 0, 60'000);
    works.kind = model::FaultKind::maintenance;
    works.notifies = model::EndReason::rejected;
    works.retry_after = 30'000;
    design.faults.push_back(works);
    phone.flow.nat = sim::exactly(30'000);
    design.links.push_back({0, 0, sim::exactly(10), sim::exactly(10), 60'000});
    dial_at(design, 0);
    design.servers[1].kind = model::ServerKind::gateway;
    design.servers[1].watches = 0;
    design.faults.push_back(crash(1, 0, 60'000));
    design.faults.back().kind = model::FaultKind::rogue_register;
    design.faults.back().aor = phone.lines[0].aor;
    design.servers[0].processing.emplace();
    design.faults.push_back(crash(0, 0, 60'000));
    design.faults.back().kind = model::FaultKind::full;
    design.faults.push_back(crash(0, 0, 60'000));
    design.faults.back().kind = model::FaultKind::power_cut;
    design.faults.back().server.reset();
    design.faults.back().phones = {0, 1};
    design.calls[0].callee.rings = true;
    design.calls[0].dialog.lasts = design.calls[0].dialog.transfer = sim::exactly(60'000);
    design.incoming.push_back({});
    phone.appearances.by = model::SeizeBy::subscribe;
    design.phones.push_back(design.phones[0]);
    design.phones[1].name = "phone2";
    design.phones[1].lines[0].name = "line2";
    design.seizures = {{0, 0, 0, 1, 1, sim::any_time(), sim::any_time(), {}},
                       {1, 0, 0, 1, 1, sim::any_time(), sim::any_time(), {}}};
    design.all_properties = true;
    std::set<std::string> names;
    for (const Instance& instance : instances_of(design)) {
        CHECK(names.insert(instance.name).second);
        CHECK(to_text(parse_property(instance.says, design), design) == instance.says);
    }
    CHECK(names.contains("failback(line1, s1)"));
    CHECK_FALSE(names.contains("failback(line1, s2)"));
    // Over TCP, through a gateway that passes requests on.
    for (model::Phone& each : design.phones) {
        each.transport = model::Transport::tcp;
        each.flow.nat.reset();
        each.expires = 3'600'000;  // refreshed later than failures may follow each other
    }
    std::erase_if(design.faults,
                  [](const model::Fault& fault) { return model::switches_off(fault.kind); });
    design.servers[1].survivability.in_normal = model::InNormal::passed_on;
    for (const Instance& instance : instances_of(design)) {
        names.insert(instance.name);
    }
    CHECK(names.contains("subscription-placement(line1, s2)"));
    for (const CatalogueEntry& entry : catalogue()) {
        CAPTURE(entry.id);
        const std::string name = std::string(entry.id) + "(line1, s";
        CHECK((names.contains(name + "1)") || names.contains(name + "2)")));
    }
}

TEST_CASE("catalogue: what an entry of a server list has of its own decides what applies") {
    model::Design design = design_with(2);
    design.phones[0].servers[1].expires = 30'000;  // less than min_expires
    design.phones[0].servers[1].transport = model::Transport::tcp;
    design.faults = {crash(0, 0, 60'000), crash(1, 0, 60'000)};
    design.all_properties = true;
    std::set<std::string> names;
    for (const Instance& instance : instances_of(design)) {
        names.insert(instance.name);
    }
    for (const char* id : {"lifetime-law", "flow-truth", "one-423"}) {
        CAPTURE(id);
        CHECK(names.contains(std::string(id) + "(line1, s2)"));
        CHECK_FALSE(names.contains(std::string(id) + "(line1, s1)"));
    }
}

TEST_CASE("catalogue: phone, line and server narrow a property down") {
    model::Design design = design_with(2);
    design.phones[0].lines.push_back({"line2", "sip:2@example.com", {}});
    model::PropertyUse use;
    use.use = "never-give-up";
    const auto named = [&] {
        design.properties = {use};
        std::vector<std::string> names;
        for (const Instance& instance : instances_of(design)) {
            names.push_back(instance.name);
        }
        return names;
    };
    CHECK(named().size() == 4);
    use.server = "s2";
    CHECK(named() == std::vector<std::string>{"never-give-up(line1, s2)",
                                              "never-give-up(line2, s2)"});
    use.line = "line2";
    use.name = "mine";
    CHECK(named() == std::vector<std::string>{"mine(line2, s2)"});
}

TEST_CASE("catalogue: an outage that concerns another phone asks no takeover of this one") {
    model::Design design = design_with(2);
    design.phones[0].expires = 120'000;
    design.phones.push_back(design.phones[0]);
    design.phones[1].name = "other";
    design.phones[1].lines[0].name = "line2";
    design.phones[1].lines[0].aor = "sip:1002@example.com";
    design.faults.push_back(unreachable(0, 60'000, 600'000));
    design.faults[0].phone = 1;
    model::PropertyUse use;
    use.use = "takeover";
    design.properties = {use};
    for (const Instance& instance : instances_of(design)) {
        const Outcome expected = instance.name == "takeover(line1, s1)" ? Outcome::vacuous
                                                                        : Outcome::holds;
        CAPTURE(instance.name);
        CHECK(check(design, instance.property).outcome == expected);
    }
}

}  // namespace failback::tests::properties_catalogue_test
