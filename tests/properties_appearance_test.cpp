// Appearances of shared lines: slices, reductions and abstractions against the whole, and the
// bounds of the catalogue from both sides.
#include <catch2/catch.hpp>

#include "properties/bounds.hpp"
#include "tests/agreement.hpp"
#include "tests/check_fixture.hpp"
#include "tests/design_fixture.hpp"
#include "tests/drawn_designs.hpp"

namespace failback::tests::properties_appearance_test {
namespace {

using namespace failback::model;

constexpr DelayMs kSecond = 1000;

const char* const kQuestions[] = {
    "never seized(s1, line1) and seized(s1, line2)",
    "never holds(line1, s1) and holds(line2, s1)",
    "never holds(line1, s1) and holds(line2, s1) for 1s",
    "never holds(line1, s1) and not seized(s1, line1)",
    "whenever asks(line1, s1) then seizes(line1, s1) or seize_refused(line1, s1) within 2s",
    "never seize_unanswered(line1, s1)",
    "never seized(s1, line1) and not holds(line1, s1) for 34s",
    "whenever grants(s1, line1) then frees(s1, line1) within 60s",
    "whenever releases(line1, s1) then not seized(s1, line1) within 1s",
    "never call_fails(line1)",
    "never registered(line1, s1) and seize_refused(line1, s1)",
};

// Two stations, of which the first may also call.
Design drawn_stations(Draw& draw) {
    Design design = design_with(1);
    Phone& phone = design.phones[0];
    design.default_delay = {0, draw({0, 100, 1000})};
    phone.expires = draw({3600, 120}) * kSecond;
    phone.timers.timer_f = draw({32, 5}) * kSecond;
    phone.belief = draw({Belief::until_failed_refresh, Belief::until_expiry});
    phone.transport = draw({Transport::udp, Transport::udp, Transport::tcp});
    phone.appearances = {draw({SeizeBy::notify, SeizeBy::notify, SeizeBy::subscribe}),
                         draw({30, 3}) * kSecond, draw({true, false})};
    phone.calls.unseized = draw({false, true});
    phone.boot = {0, draw({0, 50})};
    design.phones.push_back(phone);
    design.phones[1].name = "other";
    design.phones[1].lines[0].name = "line2";
    for (std::size_t station = 0; station < 2; ++station) {
        const DelayMs at = draw({1, 4, 90}) * kSecond;
        design.seizures.push_back({station, 0, 0, draw({1, 1, 1, 2}), draw({1, 1, 2}),
                                   {at, at + draw({0, 3}) * kSecond},
                                   sim::exactly(draw({1, 20, 200}) * kSecond), {}});
    }
    if (draw({true, false})) {
        dial_at(design, 2 * kSecond);
    }
    if (draw({true, true, false})) {
        draw_fault(design, draw);
    } else {
        design.faults.push_back(restart(draw({2, 100}) * kSecond, draw({1, 200}) * kSecond));
    }
    return design;
}

// Does the property hold, as far as a search can tell?
bool holds(const Design& design, const std::string& says) {
    const Findings found = search(design, says, kUsual);
    CHECK((found.complete || found.violated));
    return !found.violated;
}

// The first seizes the appearance after 10 s, for as long as it likes.
Design station(SeizeBy by) {
    Design design = design_with(1);
    design.default_delay = {0, kSecond};
    design.phones[0].appearances.by = by;
    design.seizures.push_back(
        {0, 0, 0, 1, 1, sim::exactly(10 * kSecond), sim::any_time(), {}});
    return design;
}

Design two_stations(SeizeBy by) {
    Design design = station(by);
    design.phones.push_back(design.phones[0]);
    design.phones[1].name = "other";
    design.phones[1].lines[0].name = "line2";
    design.seizures.push_back({1, 0, 0, 1, 1, {10 * kSecond, 60 * kSecond}, sim::any_time(), {}});
    return design;
}

}  // namespace

TEST_CASE("appearances: every way to search finds the same") {
    const Compared found = in_every_way(1, 10, drawn_stations, kQuestions, 600);
    CHECK(found.ways > 40);
    CHECK(found.violated > 8);
}

TEST_CASE("appearances: every way to search finds the same, in more designs", "[.slow]") {
    for (std::uint64_t seed = 100; seed < 112; ++seed) {
        Draw draw(seed);
        const Design design = drawn_stations(draw);
        for (const char* says : kQuestions) {
            CAPTURE(seed);
            (void)agreeing(design, says, 4'000);
        }
    }
}

TEST_CASE("appearances: a verdict that an abstraction gives is that of the search without it") {
    CHECK(approximations_agree(31, 35, drawn_stations, kQuestions, 600) > 5);
}

TEST_CASE("appearances: who shares one, and what its holder needs, is in the slice") {
    Design design = two_stations(SeizeBy::notify);
    dial_at(design, 0);
    const auto parts = [&](const char* says) {
        const auto property = properties::parse_property(says, design);
        std::vector<std::string> names;
        for (const Part& part : slice(design, properties::roots_of(property, design)).parts) {
            names.push_back(name_of(design, part));
        }
        return names;
    };
    using Names = std::vector<std::string>;
    const Names all{"registration of line1 at s1", "registration of line2 at s1",
                    "appearance of line1 at s1", "appearance of line2 at s1"};
    CHECK(parts("never holds(line1, s1)") == all);
    CHECK(parts("never call_fails(line1)").size() == 5);
    CHECK(parts("never registered(line1, s1)") == Names{"registration of line1 at s1"});
    design.seizures[1].appearance = 2;
    CHECK(parts("never holds(line1, s1)").size() == 2);
    design.seizures.pop_back();
    CHECK(parts("never holds(line2, s1)").empty());
    design.phones[0].calls.unseized = true;
    CHECK(parts("never call_fails(line1)").size() == 2);
}

TEST_CASE("appearances: a crashed holder blocks one for its lifetime and a message, no less") {
    Design design = station(SeizeBy::notify);
    design.phones[0].expires = 120 * kSecond;
    design.faults.push_back(restart(100 * kSecond, 1000 * kSecond));
    CHECK(properties::release_bound(design, {0, 0}) == 123 * kSecond);
    const std::string released =
        "whenever restarts(line1) and seized(s1, line1) then not seized(s1, line1) within ";
    CHECK(holds(design, released + "123s"));
    CHECK_FALSE(holds(design, released + "81s"));  // refreshed up to 20 s before the crash
}

TEST_CASE("appearances: a reboot releases one when the station has told its state") {
    Design design = station(SeizeBy::notify);
    design.faults.push_back(restart(30 * kSecond, 2 * kSecond));
    CHECK(properties::release_bound(design, {0, 0}) == 6 * kSecond);
    const std::string released =
        "whenever restarts(line1) and seized(s1, line1) then not seized(s1, line1) within ";
    CHECK(holds(design, released + "6s"));
    CHECK_FALSE(holds(design, released + "4999ms"));
}

TEST_CASE("appearances: two hold one for the way of a grant, no longer") {
    const Design design = two_stations(SeizeBy::subscribe);
    CHECK(properties::exclusion_bound(design, {0, 0}) == kSecond);
    CHECK(holds(design, "never holds(line1, s1) and holds(line2, s1) for 1s"));
    CHECK_FALSE(holds(design, "never holds(line1, s1) and holds(line2, s1) for 999ms"));
}

TEST_CASE("appearances: what a design file may not say of them") {
    const json plan{{"phone", "phone"}, {"line", "line1"}, {"server", "primary"}};
    const auto changed = [&plan](const char* key, const json& value) {
        json other = plan;
        other[key] = value;
        return json::array({other});
    };
    check_problem("/seizures", json::array({plan, plan}), "a second plan of the same line");
    check_problem("/seizures", changed("server", "gatewy"), "did you mean \"gateway\"?");
    check_problem("/seizures", changed("appearance", 17), "/seizures/0/appearance");
    check_problem("/seizures", changed("holds", json::array({"2s", "1s"})),
                  "the earliest first");
    check_problem("/phones/0/appearances", {{"by", "invite"}}, "one of \"notify\"");
    check_problem("/phones/0/appearances", {{"expires", "30s"}}, "no lifetime of its own");
    check_problem("/phones/0/appearances", {{"by", "subscribe"}, {"unanswered", "forgotten"}},
                  "ends by itself");
    json named = with("/phones/0/servers", json::array({{{"name", "pbx.example.com"}}}));
    named["dns"] = {{"records", json::array({{{"name", "pbx.example.com"},
                                              {"a", json::array({"primary"})},
                                              {"ttl", "600s"}}})}};
    named["seizures"] = json::array({plan});
    named.erase("properties");
    named.erase("calls");
    named.erase("links");
    CHECK(problems_of(named).find("look-ups before a seizure are not modelled") !=
          std::string::npos);
}

}  // namespace failback::tests::properties_appearance_test
