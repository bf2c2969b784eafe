// Design files: what a server can do at once, and faults of many phones or bindings.
#include <catch2/catch.hpp>

#include "tests/design_fixture.hpp"

namespace failback::tests::design_load_test {
namespace {

using namespace failback::model;

json fault(const char* kind, json keys) {
    keys.update({{"name", "f"}, {"kind", kind}});
    return json::array({keys});
}

json watching() {
    json design = minimal();
    design["servers"][1]["watches"] = "primary";
    return design;
}

void check_found(const json& design, const std::string& expected) {
    const std::string problems = problems_of(design);
    CAPTURE(problems, expected);
    CHECK(problems.find(expected) != std::string::npos);
}

}  // namespace

TEST_CASE("design file: what a server can do at once", "[design]") {
    const auto rules = [](const json& processing) {
        return *read(with("/servers/0/processing", processing)).servers[0].processing;
    };
    CHECK(rules(json::object()) == Processing{});
    CHECK(rules({{"time", {"5ms", "20ms"}}, {"queue", 0}}) ==
          Processing{{5, 20}, 1, 0, false, 0});
    CHECK(rules({{"when_full", "503"}, {"retry_after", "30s"}}) ==
          Processing{{0, 0}, 1, kUsualQueue, true, 30'000});
    CHECK_FALSE(read(minimal()).servers[0].processing);
    const char* const key = "/servers/0/processing";
    check_problem(key, {{"queue", 49}}, "0 to 48");
    check_problem(key, {{"workers", 0}}, "1 to 16");
    check_problem(key, {{"time", {"20ms", "5ms"}}}, "/servers/0/processing/time");
    check_problem(key, {{"wrokers", 2}}, "did you mean \"workers\"?");
    check_problem(key, {{"when_full", "404"}}, "\"silent\"");
    check_problem(key, {{"retry_after", "30s"}}, R"(it belongs to "when_full": "503")");
    check_problem(key, "5ms", "what a server can do at once");
    json design = watching();
    design["servers"][1]["processing"] = {{"time", "5ms"}};
    check_found(design, "a server that watches none");
    design["servers"][1].erase("processing");
    design["servers"][0]["processing"] = {{"time", "5ms"}};
    CHECK(problems_of(design) == "none");
}

TEST_CASE("design file: every key of a load arrives", "[design]") {
    const Design design = read_design(FAILBACK_SOURCE_DIR "/tests/data/every_key.json");
    CHECK(design.faults[15].kind == FaultKind::hang);
    CHECK(design.faults[16].kind == FaultKind::power_cut);
    CHECK(design.faults[16].phones == std::vector<std::size_t>{0, 1});
    CHECK(design.faults[17].kind == FaultKind::full);
    CHECK(design.faults[17].answer == Status::forbidden_403);
    CHECK(design.faults[17].retry_after == 60'000);
    CHECK(design.faults[17].refuses_refreshes);
    CHECK(design.servers[0].processing == Processing{{1, 2}, 2, 8, true, 20'000});
    CHECK_FALSE(design.servers[1].processing);
}

TEST_CASE("design file: hangs", "[design]") {
    CHECK(problems_of("/faults", fault("hang", {{"server", "primary"}})) == "none");
    check_problem("/faults", fault("hang", json::object()), "server");
    check_problem("/faults", fault("hang", {{"server", "primary"}, {"bindings", "lost"}}),
                  "only a \"crash\"");
    check_problem("/faults", fault("hang", {{"server", "primary"}, {"phone", "phone"}}),
                  "it concerns all phones");
    check_problem("/faults", fault("hang", {{"server", "primary"}, {"retry_after", "30s"}}),
                  R"(it belongs to "maintenance" and "full")");
    check_problem("/faults", fault("hang", {{"server", "primary"}, {"phones", {"phone"}}}),
                  R"(it belongs to "power-cut")");
    json design = watching();
    design["faults"] = fault("hang", {{"server", "gateway"}});
    check_found(design, "a hang of \"gateway\"");
    design["faults"] = fault("hang", {{"server", "primary"}});
    CHECK(problems_of(design) == "none");
    design["seizures"] = {{{"phone", "phone"}, {"line", "line1"}, {"server", "primary"}}};
    check_found(design, "a hang of \"primary\"");
}

TEST_CASE("design file: power cuts", "[design]") {
    const Design design = read(with("/faults", fault("power-cut", {{"phones", {"phone"}}})));
    CHECK(design.faults[0].phones == std::vector<std::size_t>{0});
    CHECK_FALSE(design.faults[0].phone);
    check_problem("/faults", fault("power-cut", json::object()), "an array of 1 to 64");
    check_problem("/faults", fault("power-cut", {{"phones", {"phone", "phone"}}}),
                  "each phone once");
    check_problem("/faults", fault("power-cut", {{"phones", {"fone"}}}), "a phone: \"phone\"");
    check_problem("/faults", fault("power-cut", {{"phones", {"phone"}}, {"server", "primary"}}),
                  R"(it strikes "phones")");
    check_problem("/faults", fault("power-cut", {{"phones", {"phone"}}, {"bindings", "kept"}}),
                  "a phone has none");
}

TEST_CASE("design file: registrars without room", "[design]") {
    const Design design = read(with(
        "/faults", fault("full", {{"server", "primary"}, {"answer", "403"},
                                  {"retry_after", "30s"}, {"refreshes", "refused"}})));
    CHECK(design.faults[0].answer == Status::forbidden_403);
    CHECK(design.faults[0].retry_after == 30'000);
    CHECK(design.faults[0].refuses_refreshes);
    CHECK(is_outage(design.faults[0].kind));
    check_problem("/faults", fault("full", {{"server", "primary"}, {"answer", "423"}}), "\"503\"");
    check_problem("/faults", fault("crash", {{"server", "primary"}, {"answer", "503"}}),
                  R"(it belongs to "full")");
    check_problem("/faults", fault("crash", {{"server", "primary"}, {"refreshes", "accepted"}}),
                  R"(it belongs to "full")");
}

}  // namespace failback::tests::design_load_test
