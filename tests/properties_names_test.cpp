// Designs with names of servers: slow twins, the bounds of the catalogue, and what was worked out
// by hand.
#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "properties/alike.hpp"
#include "properties/bounds.hpp"
#include "properties/catalogue.hpp"
#include "properties/check_all.hpp"
#include "tests/agreement.hpp"
#include "tests/check_fixture.hpp"
#include "tests/drawn_designs.hpp"
#include "tests/name_fixture.hpp"

namespace failback::tests::properties_names_test {
namespace {

using namespace failback::model;
using namespace failback::properties;

constexpr DelayMs kSecond = 1000;

Fault any_outage(Fault fault, Interval lasts) {
    fault.at = sim::any_time();
    fault.lasts = lasts;
    return fault;
}

// A name, one or two addresses behind it, perhaps another server, perhaps calls and faults.
Design drawn_names(Draw& draw) {
    Design design = draw({named(2, {{0}}), named(2, {{0, 1}}), named(3, {{0, 1}}),
                          named(1, {{0}})});
    Phone& phone = design.phones[0];
    phone.timers.timer_f = 16 * kSecond;
    phone.expires = 120 * kSecond;
    phone.refresh.lead = draw({30, 5}) * kSecond;
    phone.belief = draw({Belief::until_failed_refresh, Belief::until_expiry});
    phone.lookup = {draw({2, 5}) * kSecond, draw({1, 2}), draw({2, 3}),
                    draw({Expired::unused, Expired::after_failure, Expired::at_once}),
                    draw({false, true})};
    design.dns.answer = {0, draw({0, 10, 1000})};
    for (NameRecord& record : design.dns.records) {
        record.ttl = draw({0, 60, 300}) * kSecond;
        record.negative_ttl = draw({0, 20}) * kSecond;
    }
    phone.registration.order = draw({Order::concurrent, Order::successive});
    if (phone.registration.order == Order::successive) {
        phone.failback = draw({Failback{FailbackRule::stay}, Failback{FailbackRule::at_refresh},
                               Failback{FailbackRule::after, 150 * kSecond, 0, 0}});
    } else {
        phone.address_failback =
            draw({Failback{FailbackRule::stay}, Failback{FailbackRule::at_refresh},
                  Failback{FailbackRule::after, 150 * kSecond, 0, 0}});
    }
    if (draw({false, true})) {
        dial_at(design, draw({0, 70}) * kSecond);
    }
    const Interval lasts = draw({Interval{60 * kSecond, 90 * kSecond}, {0, 20 * kSecond}});
    const Interval at{0, draw({0, 100}) * kSecond};
    for (const Fault& fault : draw({std::vector{dns_outage(0, 0)}, std::vector{crash(0, 0, 0)},
                                    std::vector{dns_outage(0, 0), crash(0, 0, 0)},
                                    std::vector{restart(0, 0)}})) {
        design.faults.push_back(any_outage(fault, lasts));
        design.faults.back().at = at;
        if (fault.kind == FaultKind::dns_outage) {
            design.faults.back().kind = draw({FaultKind::dns_outage, FaultKind::dns_denial});
        }
    }
    return design;
}

const std::vector<std::string> kQuestions{
    "never lapses(line1, s1)",
    "whenever requests(line1, s1) then registers(line1, s1) within 20s",
    "never not resolved(line1, s1) for 70s",
    "whenever unresolved(line1, s1) then dns_up(line1) within 65s",
};

}  // namespace

TEST_CASE("names: slices, reduction and merging do not change what holds") {
    Draw draw(3263);
    int settled = 0;
    for (int combination = 0; combination < 24; ++combination) {
        const Design design = drawn_names(draw);
        const std::string says =
            kQuestions[static_cast<std::size_t>(combination) % kQuestions.size()];
        CAPTURE(combination, says);
        settled += agreed(design, says, 3'000, {kWhole, kFull}).ways;
    }
    CHECK(settled > 12);
}

TEST_CASE("names: approximations and shared searches do not change verdicts") {
    Draw draw(2782);
    for (int combination = 0; combination < 6; ++combination) {
        const Design design = drawn_names(draw);
        const Property property = parse_property(kQuestions[0], design);
        CheckOptions exact;
        exact.approximate = false;
        exact.limits.max_classes = 5'000;
        CheckOptions usual;
        usual.limits = exact.limits;
        const Outcome alone = check(design, property, exact).outcome;
        const Outcome approximated = check(design, property, usual).outcome;
        CAPTURE(combination);
        if (alone != Outcome::undecided && approximated != Outcome::undecided) {
            CHECK(approximated == alone);
        }
    }
}

TEST_CASE("names: phones whose names have other records are not alike") {
    Design design = named(4, {{0, 1}});
    design.phones.push_back(named(4, {{0, 1}}).phones[0]);
    Phone& second = design.phones[1];
    second.name = "second";
    second.lines = {{"line2", "sip:1002@example.com", {}}};
    design.dns.records.push_back(design.dns.records[0]);
    second.names[0].record = 1;
    for (std::size_t entry = 0; entry < 2; ++entry) {
        second.servers[entry].server = entry + 2;
    }
    second.servers.resize(2);
    design.phones[0].servers.resize(2);
    const auto alike = [&] {
        const auto key = [&](const char* says) {
            return key_of(parse_property(says, design), design);
        };
        return key("never lapses(line1, s1)") == key("never lapses(line2, s3)");
    };
    CHECK(alike());
    SECTION("time to live") { design.dns.records[1].ttl = 1; }
    SECTION("negative time to live") { design.dns.records[1].negative_ttl = 1; }
    SECTION("kind") { design.dns.records[1].srv = false; }
    SECTION("return") { second.address_failback.rule = FailbackRule::at_refresh; }
    SECTION("no name") { second.servers[1].name.reset(); }
    CHECK_FALSE(alike());
}

TEST_CASE("names: the worst failback is a look-up later, where its record has just ended") {
    // As without a name 4.5 s, a pause of 30 s and a round trip of 2 s; then three answers of 1 s.
    Design design = named(1, {{0}});
    design.default_delay = {0, 1 * kSecond};
    design.dns.answer = {0, 1 * kSecond};
    design.faults.push_back(any_outage(crash(0, 0, 0), {60 * kSecond, 7200 * kSecond}));
    const std::string back = "whenever recovers(s1) then working(line1) = s1 within ";
    CHECK(failback_bound(design, {0, 0}) == 39'500);
    CHECK(check(design, parse_property(back + "39500ms", design)).outcome == Outcome::holds);
    const Verdict late = check(design, parse_property(back + "39499ms", design));
    CHECK(late.outcome == Outcome::violated);
    CHECK(executes(late));
}

TEST_CASE("names: a call waits for DNS as long as the phone does, for each name and query") {
    Design design = named(2, {{0}, {1}});
    for (ServerEntry& entry : design.phones[0].servers) {
        entry.registers = false;
    }
    design.servers.push_back(design.servers[1]);
    design.servers.back().name = "s3";
    design.phones[0].servers.push_back({2, true, {}, {}});
    design.phones[0].calls.first = CallFirst::primary;
    design.phones[0].lookup.all_before_calls = true;
    design.calls.push_back({0, 0, 1, sim::any_time(), {}, {}});
    design.faults.push_back(any_outage(dns_outage(0, 0), {0, 7200 * kSecond}));
    const std::string says =
        "whenever dials(line1) then invites(line1, s1) or invites(line1, s2) or "
        "invites(line1, s3) within ";
    // Two names, three queries, two tries, 5 s; the last try of a query may be answered, too.
    CHECK(check(design, parse_property(says + "60s", design)).outcome == Outcome::holds);
    CHECK(check(design, parse_property(says + "59999ms", design)).outcome == Outcome::violated);
    design.dns.resolvers = {"on-site", "far"};
    design.faults[0].resolver = 1;
    CHECK(check(design, parse_property(says + "60ms", design)).outcome == Outcome::holds);
}

TEST_CASE("names: the bounds of the catalogue hold in drawn designs whose resolvers answer",
          "[.slow]") {
    Draw draw(2308);
    int settled = 0;
    for (int combination = 0; combination < 60; ++combination) {
        Design design = drawn_names(draw);
        if (std::ranges::any_of(design.faults,
                                [](const Fault& fault) { return !is_outage(fault.kind); })) {
            continue;
        }
        design.all_properties = true;
        for (const Instance& instance : instances_of(design)) {
            const bool is_bounded = instance.name.starts_with("failback") ||
                                    instance.name.starts_with("takeover") ||
                                    instance.name.starts_with("eventual");
            const Phone rules = rules_among(design.phones[0], 0);
            if (!is_bounded || (rules.failback.rule == FailbackRule::stay &&
                                !instance.name.starts_with("takeover"))) {
                continue;
            }
            CAPTURE(combination, instance.name, instance.says);
            sim::Limits limits;
            limits.max_classes = 50'000;
            const Findings usual = search(design, instance.property, kUsual, false, limits);
            CHECK_FALSE(usual.violated);
            settled += usual.complete ? 1 : 0;
        }
    }
    CHECK(settled > 5);
}

}  // namespace failback::tests::properties_names_test
