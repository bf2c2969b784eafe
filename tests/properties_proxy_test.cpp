// Outbound proxies: slices, reductions and abstractions against the whole, bounds from both sides,
// and what a design file may not say.
#include <catch2/catch.hpp>

#include "properties/bounds.hpp"
#include "tests/agreement.hpp"
#include "tests/check_fixture.hpp"
#include "tests/design_fixture.hpp"
#include "tests/drawn_designs.hpp"
#include "tests/proxy_fixture.hpp"

namespace failback::tests::properties_proxy_test {
namespace {

using namespace failback::model;

constexpr DelayMs kSecond = 1000;

const char* const kQuestions[] = {
    "whenever recovers(s1) then working(line1) = s1 within 70s unless fails(s1)",
    "whenever recovers(proxy) then registered(line1, s1) within 70s unless fails(proxy)",
    "never working(line1) = none until fails(s1)",
    "never call_fails(line1)",
    "never unheard(s1, line1)",
    "never binding(s1, line1) and not registered(line1, s1) for 34s",
    "never lapses(line1, s2)",
};

Design drawn_behind_proxy(Draw& draw) {
    Design design = behind_proxy(2);
    const std::size_t proxy = 2;
    Phone& phone = design.phones[0];
    design.default_delay = {0, draw({0, 100, 490, 1000})};
    if (draw({true, false})) {
        design.links.push_back({0, proxy, {0, 300}, {100, 600}, {}});
    }
    phone.timers.timer_f = draw({32, 5}) * kSecond;
    phone.expires = draw({3600, 120}) * kSecond;
    phone.transport = draw({Transport::udp, Transport::udp, Transport::tcp});
    phone.belief = draw({Belief::until_failed_refresh, Belief::until_expiry});
    phone.servers[1].direct = draw({true, false, false});
    draw_order(phone, draw);
    if (draw({true, false})) {
        dial_at(design, kSecond);
    }
    if (draw({true, false, false})) {
        design.incoming.push_back({0, 0, 0, 1, {0, 5 * kSecond}, sim::exactly(500), {}});
    }
    draw_fault(design, draw);
    for (Fault& fault : design.faults) {
        if (fault.server && draw({true, true, false})) {
            fault.server = proxy;
        }
    }
    return design;
}

}  // namespace

TEST_CASE("proxy: every way to search finds the same") {
    const Compared found = in_every_way(1, 6, drawn_behind_proxy, kQuestions, 2'000);
    CHECK(found.ways > 60);
    CHECK(found.violated > 5);
}

TEST_CASE("proxy: every way to search finds the same, in more designs", "[.slow]") {
    Draw draw(53);
    int compared = 0;
    for (int number = 0; number < 25; ++number) {
        const Design design = drawn_behind_proxy(draw);
        for (const char* says : kQuestions) {
            CAPTURE(number);
            compared += agreed(design, says, 4'000, {kWhole, kFull, kSlowest}).ways;
            compared += approximation_agrees(design, says, 4'000);
        }
    }
    CHECK(compared > 250);
}

TEST_CASE("proxy: a verdict that an abstraction gives is that of the search without it") {
    CHECK(approximations_agree(31, 36, drawn_behind_proxy, kQuestions, 2'000) > 15);
}

TEST_CASE("proxy: the bound of a failback counts both links, and holds exactly") {
    Design design = behind_proxy(1);
    design.default_delay = {0, 500};
    design.phones[0].retry = Interval{30 * kSecond, 60 * kSecond};
    design.faults.push_back(crash(0, 0, 100 * kSecond));
    design.faults[0].at = {0, 100 * kSecond};
    design.faults[0].lasts = {60 * kSecond, 100 * kSecond};
    const DelayMs bound = properties::registration_bound(design, {0, 0});
    CHECK(bound == 66'500);  // as with links of a second each way, and no proxy
    const auto holds = [&](DelayMs within) {
        return !search(design,
                       "whenever recovers(s1) then registered(line1, s1) within " +
                           std::to_string(within) + "ms unless fails(s1)",
                       kUsual)
                    .violated;
    };
    CHECK(holds(bound));
    CHECK_FALSE(holds(bound - 1));
}

TEST_CASE("proxy: what a design file may not say of it") {
    json design = with("/phones/0/outbound_proxy", "sbc");
    CHECK(problems_of(design).find("\"sbc\"") != std::string::npos);
    design["servers"].push_back({{"name", "sbc"}, {"kind", "proxy"}});
    CHECK(problems_of(design) == "none");
    const auto says = [&](const json& changed, const char* words) {
        CAPTURE(problems_of(changed));
        CHECK(problems_of(changed).find(words) != std::string::npos);
    };
    json changed = design;
    changed["servers"][2]["timer_j"] = "1s";
    says(changed, "timer_j");
    changed = design;
    changed["phones"][0]["servers"].push_back("sbc");
    says(changed, "write \"outbound_proxy\" of the phone");
    changed = design;
    changed["phones"][0]["outbound_proxy"] = "gateway";
    says(changed, "which is not of the kind \"proxy\"");
    changed = design;
    changed["servers"][1]["watches"] = "sbc";
    says(changed, "a server that phones register with");
    changed = design;
    changed["phones"][0]["keep_alive"] = {{"method", "options"}, {"every", "30s"}};
    says(changed, "flows to outbound proxies are not modelled");
    changed = design;
    changed["links"] = {{{"phone", "phone"}, {"server", "primary"}, {"ageing", "60s"}}};
    says(changed, "links of that phone without it");
    changed = design;
    changed["links"] = {{{"phone", "phone"}, {"server", "sbc"}, {"delay", "10ms"}}};
    CHECK(problems_of(changed) == "none");
    for (const char* kind : {"hang", "maintenance", "refusal"}) {
        changed = design;
        changed["faults"] = {{{"name", "f"}, {"kind", kind}, {"server", "sbc"}}};
        says(changed, "it has no state and answers nothing itself");
    }
    changed["faults"][0]["server"] = "primary";
    says(changed, "what the proxy makes of it is not modelled");
    changed = design;
    changed["phones"][0].erase("outbound_proxy");
    changed["phones"][0]["servers"] = {{{"server", "primary"}, {"outbound_proxy", false}}};
    says(changed, "a phone with an \"outbound_proxy\"");
    changed = design;
    changed["dns"]["records"] = {{{"name", "sip.example.com"}, {"ttl", "1h"},
                                  {"a", json::array({"primary"})}}};
    changed["phones"][0]["servers"] = {{{"name", "sip.example.com"}}};
    changed["phones"][0]["lookup"] = {{"queries", "a"}};
    says(changed, "the phone asks for the name of the proxy");
}

}  // namespace failback::tests::properties_proxy_test
