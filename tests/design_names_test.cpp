// Names of servers in design files: what arrives, and what the reader says about mistakes.
#include <catch2/catch.hpp>

#include "tests/design_fixture.hpp"

namespace failback::tests::design_names_test {
namespace {

using namespace failback::model;

// `phone` takes the place of what the phone has.
json with_names(json records, json phone = {{"servers", {{{"name", "sip.example.com"}}}}}) {
    json design = minimal();
    design["dns"] = {{"records", std::move(records)}};
    design["phones"][0].update(phone);
    return design;
}

json srv(const char* ttl = "300s") {
    return json::array({{{"name", "sip.example.com"},
                         {"ttl", ttl},
                         {"srv", {{{"server", "gateway"}, {"priority", 20}},
                                  {{"server", "primary"}, {"priority", 10}, {"weight", 5}}}}}});
}

void check_found(const json& design, const std::string& expected) {
    const std::string problems = problems_of(design);
    CAPTURE(problems, expected);
    CHECK(problems.find(expected) != std::string::npos);
    CHECK(std::count(problems.begin(), problems.end(), '\n') == 1);
}

}  // namespace

TEST_CASE("design file: a name stands for its servers, best first", "[design]") {
    const Design design = read(with_names(srv()));
    const Phone& phone = design.phones[0];
    REQUIRE(phone.servers.size() == 2);
    CHECK(phone.servers[0].server == 0);
    CHECK(phone.servers[1].server == 1);
    CHECK(same_name(phone, 0, 1));
    CHECK_FALSE(same_name(phone, 1, 2));
    CHECK(is_successive(phone, 0));
    REQUIRE(phone.names.size() == 1);
    CHECK(phone.names[0].count == 2);
    CHECK(phone.address_failback.rule == FailbackRule::stay);
    CHECK(design.dns.resolvers == std::vector<std::string>{"dns"});
    CHECK(phone.lookup.queries == 3);
    CHECK(phone.lookup.expired == Expired::unused);
}

TEST_CASE("design file: every key of names arrives", "[design]") {
    const Design design = read_design(FAILBACK_SOURCE_DIR "/tests/data/every_key.json");
    CHECK(design.dns.resolvers == std::vector<std::string>{"dns1", "dns2"});
    CHECK(design.dns.answer == Interval{0, 50});
    REQUIRE(design.dns.records.size() == 3);
    CHECK(design.dns.records[0].ttl == 600'000);
    CHECK(design.dns.records[0].negative_ttl == 60'000);
    CHECK_FALSE(design.dns.records[0].srv);
    CHECK(design.dns.records[1].targets[0].priority == 10);
    CHECK(design.dns.records[1].targets[0].weight == 60);
    const Phone& phone = design.phones[1];
    CHECK(phone.lookup.timeout == 2000);
    CHECK(phone.lookup.tries == 3);
    CHECK(phone.lookup.queries == 2);
    CHECK(phone.lookup.expired == Expired::after_failure);
    CHECK(phone.lookup.all_before_calls);
    CHECK(phone.address_failback.rule == FailbackRule::at_refresh);
    CHECK_FALSE(phone.servers[2].registers);
    CHECK(phone.servers[3].name == 1U);
}

TEST_CASE("design file: mistakes with names", "[design]") {
    const json a = json::array({{{"name", "sip.example.com"}, {"a", {"primary"}}}});
    CHECK(problems_of(with_names(a)) == "none");
    check_found(with_names(json::array()),
                "/phones/0/servers/0/name: \"sip.example.com\" | a name in DNS");
    check_found(with_names(json::array({{{"name", "n"}}}), json::object()), "no \"srv\"");
    json both{{"name", "n"}, {"a", {"primary"}}, {"srv", {{{"server", "primary"}}}}};
    check_found(with_names(json::array({both}), json::object()), "the name has SRV records");
    check_found(with_names(json::array({{{"name", "n"}, {"a", {"primary", "primary"}}}}),
                           json::object()), "each server of a name once");
    check_found(with_names(a, {{"servers", {"primary", {{"name", "sip.example.com"}}}}}),
                "the server \"primary\" a second time");
    json entry{{"name", "sip.example.com"}, {"server", "primary"}};
    check_found(with_names(a, {{"servers", json::array({entry})}}),
                "stands for the servers that it resolves to");
    const json equal = json::array({{{"name", "sip.example.com"}, {"a", {"primary", "gateway"}}}});
    CHECK(problems_of(with_names(equal)) == "none");
    check_found(with_names(equal, {{"servers", {{{"name", "sip.example.com"}}}},
                                   {"registration", "successive"},
                                   {"failback", {{"probe", "30s"}}}}),
                "two of whose servers are as good, and a \"probe\"");
    check_found(with_names(srv(), {{"servers", {{{"name", "sip.example.com"}}}},
                                   {"lookup", {{"queries", "a"}}}}), "which has SRV records");
    check_found(with_names(a, {{"servers", {{{"name", "sip.example.com"}}}},
                               {"lookup", {{"timeout", "1s"}}}}), "a \"dns-outage\"");
    check_problem("/phones/0/lookup", {{"timeuot", "1s"}}, "did you mean \"timeout\"?");
    check_problem("/dns", {{"resolvers", {"a", "a"}}}, "a different name for each resolver");
    check_problem("/dns", {{"resolvers", json::array()}}, "an array of 1 to 4");
}

TEST_CASE("design file: servers of equal priority", "[design]") {
    json records = srv();
    records[0]["srv"][0]["priority"] = 10;
    const Design design = read(with_names(records));
    const Phone& phone = design.phones[0];
    CHECK_FALSE(phone.servers[0].equals_previous);
    CHECK(phone.servers[1].equals_previous);
    CHECK(phone.servers[1].weight == 5);
    CHECK(tier_of(phone, 1) == 0);
    CHECK(all_are_equal(phone));
    CHECK_FALSE(has_equals(read(with_names(srv())).phones[0]));
}

TEST_CASE("design file: a failback after the time to live needs one", "[design]") {
    const json name = {{{"name", "sip.example.com"}}};
    const json single{{"servers", name}, {"address_failback", "dns-ttl"}};
    const Design design = read(with_names(srv(), single));
    CHECK(design.phones[0].address_failback.rule == FailbackRule::after);
    CHECK(design.phones[0].address_failback.after == 300'000);
    check_found(with_names(srv("0s"), single), "has a time to live of 0");
    json list{{"servers", name}, {"registration", "successive"}, {"failback", "dns-ttl"}};
    CHECK(read(with_names(srv(), list)).phones[0].failback.after == 300'000);
    list["servers"] = {"primary", "gateway"};
    check_found(with_names(srv(), list), "\"gateway\", which has no name");
}

TEST_CASE("design file: faults of resolvers", "[design]") {
    const auto fault = [](json keys) {
        keys.update({{"name", "f"}, {"kind", "dns-outage"}});
        return json::array({keys});
    };
    CHECK(problems_of("/faults", fault({{"resolver", "dns"}})) == "none");
    check_problem("/faults", fault({{"resolver", "dsn"}}), "a resolver: \"dns\"");
    check_problem("/faults", fault({{"server", "primary"}}), "it strikes a \"resolver\"");
    check_problem("/faults", fault({{"phone", "phone"}}), "queries of all phones");
    check_problem("/faults", fault({{"direction", "both"}}), "queries of all phones");
    check_problem("/faults", json::array({{{"name", "f"}, {"kind", "crash"},
                                           {"server", "primary"}, {"resolver", "dns"}}}),
                  "it belongs to \"dns-outage\"");
}

}  // namespace failback::tests::design_names_test
