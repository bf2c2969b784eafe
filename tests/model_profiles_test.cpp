// The profiles that ship, what they do to a design, and what is said of their values.
#include "model/file/profiles.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "model/file/design_file.hpp"
#include "tests/design_fixture.hpp"

namespace failback::tests::model_profiles_test {
namespace {

using model::Profile;
using model::ProfileKind;

std::vector<Profile> all() {
    std::vector<Profile> profiles;
    for (const std::string_view name : model::profile_names()) {
        profiles.push_back(*model::find_profile(name));
    }
    return profiles;
}

// The minimal design with the profile in its phone, or in its gateway.
json with_profile(const Profile& profile) {
    return with(profile.kind == ProfileKind::phone ? "/phones/0/profile" : "/servers/1/profile",
                profile.name);
}

json phone_like(const char* profile, json own = json::object()) {
    json design = with("/phones/0/profile", profile);
    design["phones"][0].update(own);
    return design;
}

model::Phone phone_of(const json& design) { return read(design).phones[0]; }

std::string error_of(const std::string& text) {
    try {
        (void)model::parse_design(text, "d.json");
    } catch (const model::InputError& error) {
        return error.what();
    }
    return "none";
}

}  // namespace

TEST_CASE("profiles: each can be named by a design", "[profiles]") {
    REQUIRE(all().size() >= 16);
    for (const Profile& profile : all()) {
        CAPTURE(profile.name);
        CHECK(problems_of(with_profile(profile)) == "none");
        const json written = model::resolved(with_profile(profile));
        CHECK_FALSE(written.dump().find("\"profile\"") != std::string::npos);
        CHECK(model::resolved(written) == written);
        CHECK(problems_of(written) == "none");
    }
}

TEST_CASE("profiles: each value has its source, and counts", "[profiles]") {
    for (const Profile& profile : all()) {
        CAPTURE(profile.name);
        CHECK_FALSE(profile.product.empty());
        CHECK(profile.description.ends_with('.'));
        CHECK_FALSE(profile.not_modelled.empty());
        for (const auto& document : profile.documents) {
            CHECK(document.title.size() > 10);
        }
        const json written = model::resolved(with_profile(profile));
        for (const auto& value : profile.values) {
            CAPTURE(value.key, value.source);
            const auto is_cited = [&value](const model::ProfileDocument& document) {
                return value.source.starts_with(document.key + " ") ||
                       value.source.starts_with(document.key + ",") ||
                       value.source.starts_with(document.key + ":");
            };
            CHECK(std::ranges::any_of(profile.documents, is_cited));
            const char* part = profile.kind == ProfileKind::phone ? "/phones/0/" : "/servers/1/";
            CHECK(written.at(json::json_pointer(part + value.key)) == value.value);
        }
        const json values = model::values_of(profile);
        const json subscription = values.value("subscription", json::object());
        for (const json& refresh : {values.value("refresh", json()),
                                    subscription.value("refresh", json())}) {
            const bool has_rule = refresh.is_null() || refresh.contains("rule");
            CHECK(has_rule);
        }
    }
}

TEST_CASE("profiles: their files are named after them and have no other keys", "[profiles]") {
    for (const Profile& profile : all()) {
        CAPTURE(profile.name);
        std::ifstream in(FAILBACK_SOURCE_DIR "/model/profiles/" + profile.name + ".json");
        const json file = json::parse(in);
        CHECK(file.at("format") == 1);
        CHECK(file.size() == 8);
        for (const json& value : file.at("values")) {
            CHECK(value.size() == 3);
        }
    }
}

TEST_CASE("profiles: the values arrive in phones and servers", "[profiles]") {
    const model::Phone phone = phone_of(phone_like("b222s"));
    CHECK(phone.refresh.rule == model::RefreshRule::fraction);
    CHECK(phone.refresh.percent == 50);
    CHECK(phone.retry == model::Interval{512'000, 512'000});
    CHECK(phone.expires == 3'600'000);
    const model::Server sas =
        read(with("/servers/1", {{"name", "gateway"}, {"profile", "audiocodes-sas"}})).servers[1];
    CHECK(sas.kind == model::ServerKind::gateway);
    CHECK(sas.max_expires == 20'000);
    CHECK_FALSE(sas.subscriptions);
}

TEST_CASE("profiles: what a design writes wins, member by member", "[profiles]") {
    CHECK(phone_of(phone_like("b222s", {{"retry", "1s"}})).retry == model::Interval{1000, 1000});
    CHECK(phone_of(phone_like("baresip", {{"retry", "1s"}})).refresh.percent == 90);
    const auto calls =
        phone_of(phone_like("openscape-cp", {{"calls", {{"retry_count", 3}}}})).calls;
    CHECK(calls.retry_count == 3);
    CHECK(calls.give_up == model::GiveUp::timer_b);
    const auto timers = phone_of(phone_like("spa841", {{"timers", {{"timer_f", "16s"}}}})).timers;
    CHECK(timers.timer_f == 16'000);
    CHECK(timers.timer_b == 32'000);
    const json gateway{{"name", "gateway"}, {"profile", "asterisk"}, {"kind", "gateway"}};
    CHECK(read(with("/servers/1", gateway)).servers[1].kind == model::ServerKind::gateway);
}

TEST_CASE("profiles: another rule replaces the refresh of the profile", "[profiles]") {
    const auto same = phone_of(phone_like("baresip", {{"refresh", {{"percent", 80}}}})).refresh;
    CHECK(same.rule == model::RefreshRule::fraction);
    CHECK(same.percent == 80);
    const auto other = phone_of(phone_like("baresip", {{"refresh", {{"rule", "lead"}}}})).refresh;
    CHECK(other.rule == model::RefreshRule::lead);
    CHECK(other.lead == 60'000);
    CHECK(problems_of(phone_like("baresip", {{"refresh", {{"lead", "5s"}}}}))
              .find("no \"lead\" here") != std::string::npos);
}

TEST_CASE("profiles: waits of another shape replace those of the profile", "[profiles]") {
    const auto retry = [](const char* profile, const json& own) {
        return phone_of(phone_like(profile, {{"retry", own}})).retry;
    };
    CHECK(retry("baresip", {{"max", "600s"}}).rejected.base == 30'000);
    CHECK(retry("baresip", {{"max", "600s"}}).rejected.max == 600'000);
    CHECK(retry("baresip", {{"rejected", "5s"}}).unanswered == model::RetryWait{});
    CHECK(retry("openscape-cp", {{"unanswered", "5s"}}).rejected.fixed == sim::exactly(30'000));
    CHECK(retry("openscape-cp", {{"base", "5s"}}).rejected.base == 5000);
}

TEST_CASE("profiles: a subscription to nobody is none", "[profiles]") {
    const json profile{{"to", "primary"}, {"expires", "60s"}};
    CHECK(model::merged(profile, {{"to", "nobody"}}) == json{{"to", "nobody"}});
    CHECK(model::merged(profile, {{"to", "working"}}) ==
          json{{"to", "working"}, {"expires", "60s"}});
    const auto own =
        phone_of(phone_like("polycom-soundpoint-2.1", {{"subscription", {{"to", "nobody"}}}}));
    CHECK(own.subscription.to == model::SubscribeTo::nobody);
}

TEST_CASE("profiles: names that are unknown, or of the wrong kind", "[profiles]") {
    check_problem("/phones/0/profile", "baresipp", "did you mean \"baresip\"?");
    check_problem("/phones/0/profile", "polycom", "did you mean \"polycom-soundpoint-2.1\"?");
    check_problem("/phones/0/profile", "kamailio",
                  "\"kamailio\", a profile of a server | "
                  "a profile of a phone: \"asterisk-client\"");
    check_problem("/servers/0/profile", "baresip",
                  "\"baresip\", a profile of a phone | "
                  "a profile of a server: \"asterisk\"");
    check_problem("/servers/0/profile", 5, "the number 5 | a text");
    check_problem("/phones/0/notes", "text", "an array of 0 to 1000");
    check_problem("/notes", {"a", 5}, "/notes/1: the number 5");
}

TEST_CASE("profiles: what is wrong with a value is reported where the profile is named",
          "[profiles]") {
    const std::string text = R"({
  "format": 1, "name": "p",
  "servers": [{"name": "primary",
               "profile": "audiocodes-sas", "max_expires": "10s"}],
  "phones": [{"name": "phone", "lines": [{"name": "line1", "aor": "sip:1@example.com"}],
              "servers": ["primary"], "profile": "spa841", "timers": {"t1": "5s"}}]
})";
    CHECK(error_of(text) ==
          "d.json:4:16: /servers/0/min_expires: found \"20s\" from the profile \"audiocodes-sas\", "
          "expected at most max_expires, which is 10s\n"
          "d.json:6:39: /phones/0/timers/t2: found \"4s\" from the profile \"spa841\", "
          "expected at least t1, which is 5s");
}

TEST_CASE("profiles: where a value comes from", "[profiles]") {
    const json design = phone_like("baresip", {{"retry", "1s"}});
    CHECK(model::profile_of(design, "/phones/0/refresh/percent") == "baresip");
    CHECK(model::profile_of(design, "/phones/0/timers/t2") == "baresip");
    CHECK(model::profile_of(design, "/phones/0/retry").empty());
    CHECK(model::profile_of(design, "/phones/0/calls/retry_count").empty());
    CHECK(model::profile_of(design, "/servers/0/timer_j").empty());
    CHECK(model::profile_of(design, "/delay").empty());
    CHECK(model::profile_of(design, "/links/0/delay").empty());
}

}  // namespace failback::tests::model_profiles_test
