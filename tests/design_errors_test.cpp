// What the reader says about designs that are wrong.
#include <algorithm>
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "model/file/design_file.hpp"
#include "tests/design_fixture.hpp"

namespace failback::tests::design_errors_test {

using model::InputError;

TEST_CASE("design file: top level", "[design]") {
    CHECK(problems_of(json::array()) ==
          ": an empty array | a design, which is an object {...} | \n");
    check_problem("/format", 2, "/format: the number 2 | 1, the only format");
    check_problem("/format", "1", "without quotes");
    check_problem("/name", "", "/name: \"\" | a text");
    check_problem("/servres", 1, "did you mean \"servers\"?");
    check_problem("/description", "a\nb", "a text of one line");
    json empty = minimal();
    empty.erase("format");
    empty.erase("servers");
    CHECK(problems_of(empty) ==
          ": no \"format\" in a design | \"format\": 1 | \n"
          ": no \"servers\" in a design | \"servers\": an array of 1 to 16 | \n");
    CHECK(problems_of("/$schema", "../model/design.schema.json") == "none");
}

TEST_CASE("design file: durations, lifetimes and intervals", "[design]") {
    check_problem("/phones/0/expires", "1500ms", "whole seconds");
    check_problem("/phones/0/expires", "0s", "at least 1s");
    check_problem("/phones/0/expires", "241h", "at most 10 days");
    check_problem("/phones/0/retry", "0s", "at least 1ms");
    check_problem("/phones/0/retry", "any", "bounded");
    check_problem("/phones/0/retry", {"30s", "never"}, "bounded");
    check_problem("/phones/0/retry", {"30s"}, "a pair of durations");
    check_problem("/phones/0/retry", {"30s", "40s", "50s"}, "an array of 3");
    check_problem("/delay", {"-1s", "1s"}, "/delay/0: \"-1s\" | a duration that is not negative");
    check_problem("/delay", {0, "1s"}, "/delay/0: the number 0");
    check_problem("/delay", nullptr, "null | a pair of durations");
    CHECK(read(with("/phones/0/retry", "45s")).phones[0].retry == model::Interval{45'000, 45'000});
}

TEST_CASE("design file: waits after failed attempts", "[design]") {
    const char* retry = "/phones/0/retry";
    check_problem(retry, {"60s", "30s"}, "did you mean [\"30s\", \"60s\"]?");
    check_problem(retry, true, "or waits that grow: {\"base\": ..., \"max\": ...}");
    check_problem(retry, json::object(), "no \"base\" in the waits after failed attempts");
    check_problem(retry, {{"rejectd", "1s"}, {"unanswered", "1s"}}, "did you mean \"rejected\"?");
    check_problem(retry, {{"base", "30s"}, {"maxi", "60s"}}, "did you mean \"max\"?");
    check_problem(retry, {{"base", "30s"}, {"unanswered", "60s"}},
                  "/phones/0/retry/base: \"base\" | no \"base\" here: it belongs into "
                  "\"rejected\" or \"unanswered\"");
    check_problem(retry, {{"base", "99ms"}}, "/phones/0/retry/base: \"99ms\" | at least 100ms");
    check_problem(retry, {{"base", "30s"}, {"max", "20s"}}, "at least base, which is 30s");
    check_problem(retry, {{"base", "1h"}}, "at most max, which is 30m");
    for (const json& percent : {json{0, 100}, json{50, 101}, json{100, 50}, json{50}, json(50)}) {
        check_problem(retry, {{"base", "30s"}, {"percent", percent}}, "such as [50, 100]");
    }
    check_problem(retry, {{"rejected", "0s"}}, "/phones/0/retry/rejected: \"0s\" | at least 1ms");
    check_problem(retry, {{"rejected", {{"unanswered", "1s"}, {"base", "1s"}}}},
                  "/phones/0/retry/rejected/unanswered: the unknown key");
    check_problem(retry, {{"base", "30s"}, {"max", "1m"}, {"base_beside", "90s"}},
                  "/phones/0/retry/base_beside: \"90s\" | at most max, which is 1m");
    check_problem("/phones/0/subscription",
                  {{"to", "primary"}, {"retry", {{"base", "1s"}, {"base_beside", "2s"}}}},
                  "it belongs to the retry of a phone");
    check_problem("/phones/0/subscription", {{"to", "primary"}, {"retry", {{"base", 5}}}},
                  "/phones/0/subscription/retry/base: the number 5");
}

TEST_CASE("design file: a wait for both ways to fail, or one for each", "[design]") {
    const auto retry = [](const json& value) {
        return read(with("/phones/0/retry", value)).phones[0].retry;
    };
    CHECK(retry("45s") == retry({{"rejected", "45s"}, {"unanswered", "45s"}}));
    CHECK(retry({{"rejected", "45s"}}).unanswered == model::RetryWait{});
    const json growing = {{"base", "45s"}, {"max", "90s"}, {"percent", {100, 100}}};
    CHECK(retry(growing) == retry({{"rejected", growing}, {"unanswered", growing}}));
    const model::RetryWait rfc5626 = retry({{"base", "30s"}}).unanswered;
    CHECK(rfc5626.rule == model::RetryRule::doubling);
    CHECK(rfc5626.max == 1'800'000);
    CHECK(rfc5626.shortest_percent == 50);
    CHECK(rfc5626.longest_percent == 100);
}

TEST_CASE("design file: servers", "[design]") {
    check_problem("/servers", json::array(), "an empty array | an array of 1 to 16");
    check_problem("/servers/0/name", "1st", "a name: a letter");
    check_problem("/servers/1/name", "primary", "\"primary\" a second time");
    check_problem("/servers/0/kind", "registar", "did you mean \"registrar\"?");
    check_problem("/servers/0/min_expires", "2h", "at most max_expires, which is 1h");
    check_problem("/servers/0/max_expires", "30s", "at least min_expires, which is 1m");
    check_problem("/servers/0/stores_bindings", "yes", "true or false");
    check_problem("/servers/0", 5, "the number 5 | a server, which is an object");
}

TEST_CASE("design file: phones", "[design]") {
    check_problem("/phones/0/servers/1", "primary", "the order of priority would be circular");
    check_problem("/phones/0/servers/1", {{"server", "primary"}}, "circular");
    check_problem("/phones/0/servers/1", {{"register", false}}, "no \"server\"");
    check_problem("/phones/0/lines/1", {{"name", "line1"}, {"aor", "sip:2@e"}}, "a second time");
    check_problem("/phones/0/lines/0/aor", "1001@example.com", "an address of record");
    check_problem("/phones/0/timers", {{"t2", "400ms"}}, "at least t1, which is 500ms");
    check_problem("/phones/0/timers", {{"t1", "5s"}}, "at most t2, which is 4s");
    check_problem("/phones/0/timers", {{"t1", "0s"}}, "at least 1ms");
    check_problem("/phones/0/timers", {{"timer_f", "400ms"}}, "at least t1");
    check_problem("/phones/0/timers", {{"t1", "4h"}, {"t2", "4h"}, {"timer_b", "5h"}},
                  "at most 3h");
    check_problem("/phones/0/timers",
                  {{"t1", "4h"}, {"t2", "4h"}, {"timer_b", "5h"}, {"timer_f", "5h"}},
                  "at most 3h");
    check_problem("/phones/0/refresh", {{"rule", "fraction"}, {"lead", "5s"}}, "no \"lead\" here");
    check_problem("/phones/0/refresh", {{"percent", 50}}, "no \"percent\" here");
    check_problem("/phones/0/refresh", {{"rule", "fraction"}, {"percent", 0}}, "from 1 to 100");
    check_problem("/phones/0/refresh", {{"rule", "x"}, {"percent", 5}, {"lead", "5s"}}, "one of");
    check_problem("/phones/0/calls", {{"retry_count", 21}}, "from 0 to 20");
    check_problem("/phones/0/max_retries", 3.0, "a whole number from 0 to 255");
    check_problem("/phones/0/max_retries", 18446744073709551615ULL, "a whole number");
    check_problem("/phones/0/subscription", {{"expires", "60s"}}, "subscribes to nobody");
    const json timers{{"t1", "250ms"}};
    CHECK(read(with("/phones/0/timers", timers)).phones[0].timers.timer_f == 16'000);
}

TEST_CASE("design file: what a phone is after a restart", "[design]") {
    constexpr const char* kPlace = "/phones/0/after_restart";
    check_problem(kPlace, {{"cseq", "restarts"}}, "no \"cseq\" here");
    check_problem(kPlace, {{"instance_id", true}}, "no \"instance_id\" here");
    check_problem(kPlace, {{"call_id", "old"}}, "one of");
    check_problem(kPlace, {{"callid", "new"}}, "callid");
    const model::Design same = read(with(kPlace, {{"call_id", "same"}}));
    CHECK_FALSE(same.phones[0].after_restart.new_call_id);
    CHECK_FALSE(same.phones[0].after_restart.cseq_restarts);
}

TEST_CASE("design file: keys that do not apply to a kind of fault", "[design]") {
    const auto fault = [](const char* kind, const char* key, json value) {
        json result{{"name", "f"}, {"kind", kind}, {"server", "primary"}};
        result[key] = std::move(value);
        return json::array({result});
    };
    check_problem("/faults", fault("crash", "window", "any"), "no \"window\" here");
    check_problem("/faults", fault("crash", "phone", "phone"), "no \"phone\" here");
    check_problem("/faults", fault("crash", "direction", "both"), "no \"direction\" here");
    check_problem("/faults", fault("unreachable", "bindings", "lost"), "no \"bindings\" here");
    check_problem("/faults", fault("loss", "bindings", "kept"), "no \"bindings\" here");
    check_problem("/faults", fault("loss", "lasts", "60s"), "no \"lasts\" here");
    check_problem("/faults", fault("duplication", "at", "any"), "no \"at\" here");
    check_problem("/faults", fault("crash", "server", "phone"), "\"phone\" | a server");
    check_problem("/faults", fault("crash", "count", 101), "from 1 to 100");
    const auto restart = [](const char* key, json value) {
        json result{{"name", "f"}, {"kind", "restart"}, {"phone", "phone"}};
        result[key] = std::move(value);
        return json::array({result});
    };
    check_problem("/faults", restart("server", "primary"), "no \"server\" here");
    check_problem("/faults", restart("bindings", "kept"), "no \"bindings\" here");
    check_problem("/faults", restart("direction", "both"), "no \"direction\" here");
    check_problem("/faults", restart("window", "any"), "no \"window\" here");
    check_problem("/faults", {{{"name", "f"}, {"kind", "restart"}}}, "no \"phone\" in a fault");
    CHECK(problems_of("/faults", restart("lasts", "30s")) == "none");
    check_problem("/faults", fault("crash", "lasts", "never"), "a pair of durations");
    check_problem("/faults", {{{"name", "f"}, {"kind", "crash"}}}, "no \"server\" in a fault");
    check_problem("/faults", {{{"name", "f"}}}, "no \"kind\" in a fault");
    CHECK(problems_of("/faults", {{{"name", "f"}, {"kind", "loss"}}}) == "none");
}

TEST_CASE("design file: links, calls and properties", "[design]") {
    const json link{{"phone", "phone"}, {"server", "primary"}, {"delay", "1s"}};
    check_problem("/links", {link, link}, "a second link");
    json both = link;
    both["to_phone"] = "2s";
    check_problem("/links", json::array({both}), "\"delay\" is both directions");
    both.erase("to_phone");
    both.erase("delay");
    check_problem("/links", json::array({both}), "no \"delay\" in a link");
    json third = with("/servers/2", {{"name", "third"}});
    third["links"] = json::array({{{"phone", "phone"}, {"server", "third"}, {"delay", "1s"}}});
    CHECK(problems_of(third).find("a server of the phone's own list") != std::string::npos);

    check_problem("/calls", {{{"phone", "phone"}, {"line", "line2"}}}, "did you mean \"line1\"?");
    json two = with("/phones/1", minimal()["phones"][0]);
    two["phones"][1]["name"] = "other";
    two["phones"][1]["lines"][0]["name"] = "line2";
    two["calls"] = json::array({{{"phone", "phone"}, {"line", "line2"}}});
    CHECK(problems_of(two).find("it is a line of \"other\"") != std::string::npos);

    check_problem("/properties", {"failback", "failback"}, "\"failback\" a second time");
    check_problem("/properties", json::array({5}), "the number 5 | the name of a property");
    check_problem("/properties", {{{"name", "x"}}}, "neither \"use\" nor \"says\"");
    check_problem("/properties", {{{"use", "x"}, {"says", "y"}}}, "no \"says\" here");
    check_problem("/properties", {{{"says", "y"}}}, "no \"name\" in a property");
    check_problem("/properties", {{{"use", "x"}, {"line", "nobody"}}}, "\"nobody\" | a line");
    check_problem("/properties", {{{"use", "x"}, {"expect", "undecided"}}},
                  "\"undecided\" | one of \"holds\", \"violated\", \"vacuous\"");
    check_problem("/properties", {{{"name", "x"}, {"says", "y"}, {"within", "1s"}}}, "names it");
}

TEST_CASE("design file: one unreadable name brings no further problems", "[design]") {
    check_problem("/servers/0/name", 5, "/servers/0/name: the number 5");
    check_problem("/servers", "primary", "/servers: \"primary\" | an array of 1 to 16");
    json lines = with("/phones/0/lines/0/name", "9");
    lines["calls"] = json::array({{{"phone", "phone"}, {"line", "line1"}}});
    const std::string problems = problems_of(lines);
    CHECK(std::count(problems.begin(), problems.end(), '\n') == 1);
}

TEST_CASE("design file: thousands of problems are cut short", "[design]") {
    json design = minimal();
    for (int i = 0; i < 5000; ++i) {
        design["key" + std::to_string(i)] = i;
    }
    try {
        (void)read(design);
        FAIL("no error");
    } catch (const InputError& error) {
        CHECK(error.problems().size() == 101);
        CHECK(error.problems().back().found == "4900 more problems");
    }
}

TEST_CASE("design file: every cut and every flipped byte gives errors, never a crash", "[design]") {
    const std::string text = with("/faults", {{{"name", "f"}, {"kind", "loss"}}}).dump(1);
    const auto try_reading = [](const std::string& mutant) {
        try {
            (void)model::parse_design(mutant, "d.json");
        } catch (const InputError& error) {
            const bool is_first_placed = error.problems().at(0).position.line > 0;
            if (!is_first_placed) {
                FAIL("no position: " << error.what());
            }
        }
    };
    for (std::size_t size = 0; size < text.size(); ++size) {
        try_reading(text.substr(0, size));
        for (const char byte : {'\0', '"', '}', '\xFF', '7', '\\'}) {
            std::string mutant = text;
            mutant[size] = byte;
            try_reading(mutant);
        }
    }
    SUCCEED();
}

TEST_CASE("design file: authentication and credentials", "[design]") {
    const char* const server = "/servers/0/authentication";
    check_problem(server, true, "the authentication of a server");
    check_problem(server, {{"challenges", "register"}}, "an array of 0 to 3");
    check_problem(server, {{"challenges", {"registr"}}}, "did you mean \"register\"?");
    check_problem(server, {{"challenges", {"register", "register"}}}, "a second time");
    check_problem(server, {{"algorithms", json::array()}}, "an array of 1 to 3");
    check_problem(server, {{"algorithms", {"MD5", "SHA-1"}}}, "/algorithms/1: \"SHA-1\"");
    check_problem(server, {{"nonce_lifetime", "0s"}}, "at least 1ms");
    check_problem(server, {{"nonce_lifetime", "any"}}, "bounded");
    check_problem(server, {{"nonce_reuse", "never"}}, "\"one-time\"");
    check_problem(server, {{"nonce_secret", "a b"}}, "nonce_secret");
    check_problem(server, {{"users", {json::object()}}}, "no \"aor\" in a user of a server");
    check_problem(server, {{"users", {{{"aor", "sip:1@a"}}, {{"aor", "sip:1@a"}}}}},
                  "the user \"sip:1@a\" a second time");
    check_problem(server, {{"users", {{{"aor", "sip:1@a"}, {"authentication", "maybe"}}}}},
                  "\"always\"");
    const char* const phone = "/phones/0/credentials";
    check_problem(phone, "nothing", "\"none\", or an object");
    check_problem(phone, {{"nonce", "lost"}}, "\"forgotten\"");
    check_problem(phone, {{"stale_retries", 11}}, "from 0 to 10");
    check_problem(phone, {{"accounts", {{{"line", "line2"}}}}}, "a line: \"line1\"");
    check_problem(phone, {{"accounts", {{{"user_ids", "1"}}}}}, "did you mean \"user_id\"?");
    json design = minimal();
    design["phones"].push_back(design["phones"][0]);
    design["phones"][1]["name"] = "other";
    design["phones"][1]["lines"][0]["name"] = "line2";
    design["phones"][1]["credentials"] = {{"accounts", {{{"line", "line1"}}}}};
    CHECK(problems_of(design).find("a line of another phone") != std::string::npos);
}

}  // namespace failback::tests::design_errors_test
