// What a design file may say of gateways that pass requests on.
#include <catch2/catch.hpp>

#include "tests/design_fixture.hpp"

namespace failback::tests::relay_errors_test {
namespace {

using namespace failback::model;

// "none", or the problems of a design with a gateway like that, one after the other.
std::string problems_of_gateway(const json& survivability, const json& also = json::object()) {
    json rules{{"in_normal", "passed-on"}};
    rules.update(survivability);
    json design = with("/servers/1", {{"name", "gateway"},
                                      {"kind", "gateway"},
                                      {"watches", "primary"},
                                      {"survivability", rules}});
    for (const auto& [pointer, value] : also.items()) {
        design[json::json_pointer(pointer)] = value;
    }
    return problems_of(design);
}

bool says(const std::string& problems, const char* text) {
    CAPTURE(problems, text);
    return problems.find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("relay: the keys of a gateway that passes requests on") {
    CHECK(problems_of_gateway({{"in_emergency", "500"}}) == "none");
    CHECK(problems_of_gateway({{"unanswered", "408"}, {"gives_up_after", "16s"}}) == "none");
    CHECK(problems_of_gateway({{"re_registers", "1s"}}) == "none");
    CHECK(says(problems_of_gateway({{"in_emergency", "passed-on"}}), "\"served\""));
    CHECK(says(problems_of_gateway({{"unanswered", "404"}}), "\"silence\", \"408\""));
    CHECK(says(problems_of_gateway({{"gives_up_after", "16s"}}), "nothing is given up"));
    CHECK(says(problems_of_gateway({{"re_registers", "0s"}}), "re_registers"));
    CHECK(says(problems_of_gateway({{"in_normal", "500"}, {"re_registers", "1s"}}),
               "it belongs to the \"in_normal\" \"passed-on\""));
    CHECK(problems_of_gateway({{"unregistered_calls", "403"}}) == "none");
    CHECK(problems_of_gateway({{"in_normal", "ignored"}, {"unregistered_calls", "503"}}) == "none");
    CHECK(says(problems_of_gateway({{"unregistered_calls", "404"}}), "\"taken\", \"403\""));
    CHECK(says(problems_of_gateway({{"at_exit", "dropped"}, {"re_registers", "1s"}}), "\"kept\""));
    CHECK(says(problems_of_gateway({{"in_emergency", "500"}, {"re_registers", "1s"}}),
               "does not serve"));
}

TEST_CASE("relay: what does not go together with it") {
    const auto also = [](const char* pointer, const json& value) {
        return problems_of_gateway(json::object(), {{pointer, value}});
    };
    CHECK(says(also("/servers/1/authentication", {{"challenges", {"register"}}}),
               "/servers/1: a server with \"authentication\""));
    CHECK(says(also("/servers/0/repeat_window", "20s"), "\"repeat_window\""));
    CHECK(also("/servers/0/capacity", {{"bindings", 10}}) == "none");
    CHECK(says(also("/servers/0/accepts", "open"), "a server that is \"open\""));
    CHECK(says(also("/servers/0/authentication",
                    {{"challenges", {"register"}}, {"wrong_password", "403"}}),
               "\"wrong_password\""));
    const json realm{{"name", "f"},     {"kind", "realm"},  {"server", "primary"},
                     {"realm", "other"}, {"at", "0s"}, {"lasts", "60s"}};
    CHECK(says(problems_of_gateway(json::object(),
                                   {{"/servers/0/authentication", {{"challenges", {"invite"}}}},
                                    {"/faults", json::array({realm})}}),
               "such a fault at \"primary\""));
    const json move{{"name", "f"}, {"kind", "move"}, {"phone", "phone"}, {"at", "any"}};
    CHECK(says(also("/faults", json::array({move})), "such a fault of a phone at \"gateway\""));
    CHECK(says(also("/phones/0/wipe_at_boot", true), "\"wipe_at_boot\""));
    CHECK(also("/phones/0/subscription", {{"to", "all"}}) == "none");
    CHECK(says(problems_of_gateway(json::object(), {{"/phones/0/subscription", {{"to", "all"}}},
                                                    {"/servers/1/subscriptions", true}}),
               "/phones/0: a phone that subscribes to what the gateway has itself"));
    CHECK(also("/calls", {{{"phone", "phone"}, {"line", "line1"}, {"lasts", "60s"}}}) == "none");
    CHECK(also("/calls", {{{"phone", "phone"}, {"line", "line1"}}}) == "none");
    CHECK(also("/incoming",
               {{{"phone", "phone"}, {"line", "line1"}, {"server", "gateway"}}}) == "none");
}

TEST_CASE("relay: what a server behind it may ask for") {
    const json asks{{"challenges", {"register", "invite"}}};
    const auto problems = [&](const json& survivability, json also) {
        if (!also.contains("/servers/0/authentication")) {
            also["/servers/0/authentication"] = asks;
        }
        return problems_of_gateway(survivability, also);
    };
    const json open{{"/servers/1/accepts", "open"}};
    CHECK(problems(json::object(), open) == "none");
    CHECK(problems(json::object(), {{"/servers/1/accepts", "known"}}) == "none");
    CHECK(problems({{"in_emergency", "500"}}, json::object()) == "none");
    CHECK(says(problems(json::object(), json::object()),
               "/servers/1: a gateway that \"accepts\" who is \"verified\""));
    CHECK(problems(json::object(), {{"/servers/0/authentication", {{"challenges", {"invite"}}}}}) ==
          "none");
    json brief = open;
    brief["/servers/0/authentication"] = asks;
    brief["/servers/0/authentication"]["nonce_lifetime"] = "60s";
    CHECK(problems(json::object(), brief) == "none");
    CHECK(says(problems({{"re_registers", "1s"}}, brief),
               "/servers/0: a short \"nonce_lifetime\""));
    json once = open;
    once["/servers/0/authentication"] = asks;
    once["/servers/0/authentication"]["nonce_reuse"] = "one-time";
    CHECK(problems(json::object(), once) == "none");
    once["/phones/0/registration"] = "successive";
    once["/phones/0/failback"] = "stay";
    CHECK(says(problems(json::object(), once), "/phones/0: one registration at a time"));
}

TEST_CASE("relay: calls come in at the server behind a gateway for phones that do not list it") {
    json design = with("/servers/1", {{"name", "gateway"},
                                      {"kind", "gateway"},
                                      {"watches", "primary"},
                                      {"survivability", {{"in_normal", "passed-on"}}}});
    design["phones"][0]["servers"] = {"gateway"};
    design["incoming"] = {{{"phone", "phone"}, {"line", "line1"}, {"server", "primary"}}};
    const Design read_design = read(design);
    REQUIRE(read_design.incoming.size() == 1);
    CHECK(read_design.incoming[0].is_beyond);
    CHECK(read_design.incoming[0].entry == 0);
    design["servers"][1]["survivability"]["in_normal"] = "500";
    CHECK(says(problems_of(design), "/incoming/0: phone"));
}

}  // namespace failback::tests::relay_errors_test
