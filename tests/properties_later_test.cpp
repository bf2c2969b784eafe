// Names that have other servers later, in searches and in files.
#include <catch2/catch.hpp>

#include <numeric>

#include "model/file/design_file.hpp"
#include "model/file/random_faults.hpp"
#include "model/sip/scope_key.hpp"
#include "properties/alike.hpp"
#include "tests/agreement.hpp"
#include "tests/check_fixture.hpp"
#include "tests/design_fixture.hpp"
#include "tests/drawn_designs.hpp"
#include "tests/later_fixture.hpp"

namespace failback::tests::properties_later_test {
namespace {

using namespace failback::model;
using properties::Outcome;

constexpr DelayMs kSecond = 1000;

const char* const kQuestions[] = {
    "never working(line1) = none for 45s",
    "never working(line1) = s1 and not up(s1) for 60s",
    "never lapses(line1, s1) until fails(s1)",
    "never registered(line1, s2) and registered(line1, s1)",
    "never registered(line1, s1) and not binding(s1, line1) for 2s",
    "never binding(s1, line1) and working(line1) = s2",
    "whenever registers(line1, s2) then never requests(line1, s1)",
};

Design drawn_later(Draw& draw) {
    const std::size_t servers = draw({std::size_t{2}, std::size_t{3}});
    Design design = named(servers, {{0, 1}});
    Phone& phone = design.phones[0];
    phone.timers.timer_f = 16 * kSecond;
    phone.expires = 120 * kSecond;
    phone.refresh.lead = draw({30, 5}) * kSecond;
    phone.belief = draw({Belief::until_failed_refresh, Belief::until_expiry});
    phone.lookup = {draw({2, 5}) * kSecond, draw({1, 2}), draw({2, 3}),
                    draw({Expired::unused, Expired::after_failure, Expired::refetched}), false};
    design.dns.answer = {0, draw({0, 10, 1000})};
    design.dns.records[0].ttl = draw({0, 60, 300}) * kSecond;
    phone.registration.order = draw({Order::concurrent, Order::successive});
    const Failback failback =
        draw({Failback{FailbackRule::stay}, Failback{FailbackRule::at_refresh},
              Failback{FailbackRule::after, 150 * kSecond, 0, 0}});
    if (phone.registration.order == Order::successive) {
        phone.failback = failback;
        phone.registration.leaves_to_return = draw({false, true});
        phone.registration.removes_old_binding = draw({false, true});
    } else {
        phone.address_failback = failback;
    }
    const Interval at{0, draw({0, 100}) * kSecond};
    if (draw({true, false})) {
        change_to(design, 1, {1}, at);
    } else {
        change_to(design, 2, draw({std::vector<std::size_t>{1, 0}, {1}, {0}}), at);
    }
    Fault fault = crash(draw({std::size_t{0}, std::size_t{1}}), 0, 0);
    fault.at = {0, draw({0, 100}) * kSecond};
    fault.lasts = draw({Interval{60 * kSecond, 90 * kSecond}, {0, 20 * kSecond}});
    if (draw({true, false, false})) {
        fault.kind = FaultKind::dns_outage;
        fault.server.reset();
    } else if (draw({true, false, false})) {
        fault.kind = FaultKind::restart;
        fault.server.reset();
        fault.phone = 0;
    }
    design.faults.push_back(fault);
    return design;
}

int compare(std::uint64_t seed, int designs, std::uint64_t classes) {
    return over_drawn(seed, designs, drawn_later, kQuestions,
                      within_limits([&](const Design& design, const char* question) {
                          return agreeing(design, question, classes) +
                                 approximation_agrees(design, question, classes);
                      }));
}

// What the name says from the start, if it changes before the phone boots, or never: `listed`.
Design unchanged(const Design& design, const std::vector<std::size_t>& listed) {
    Design same = design;
    Phone& phone = same.phones[0];
    const ListedName& name = design.phones[0].names[0];
    std::vector<ServerEntry> entries;
    same.dns.records[0].targets.clear();
    same.dns.records[0].later.clear();
    for (const std::size_t entry : listed) {
        entries.push_back(phone.servers[entry]);
        same.dns.records[0].targets.push_back({phone.servers[entry].server, 0, 1, 5060});
    }
    entries.insert(entries.end(), phone.servers.begin() + static_cast<std::ptrdiff_t>(name.count),
                   phone.servers.end());
    phone.servers = entries;
    phone.names[0].count = phone.names[0].count_at_first = listed.size();
    phone.names[0].later.clear();
    std::erase_if(same.faults,
                  [](const Fault& fault) { return fault.kind == FaultKind::dns_change; });
    return same;
}

int finds_the_same(const Design& design, const Design& other, std::uint64_t classes) {
    int compared = 0;
    sim::Limits limits;
    limits.max_classes = classes;
    for (const char* question : kQuestions) {
        CAPTURE(question);
        const Findings one = search(design, question, kUsual, false, limits);
        const Findings two = search(other, question, kUsual, false, limits);
        if (is_settled(one) && is_settled(two)) {
            CHECK(one == two);
            ++compared;
        }
    }
    return compared;
}

int as_if_always_so(std::uint64_t seed, int designs, std::uint64_t classes) {
    Draw draw(seed);
    int compared = 0;
    for (int number = 0; number < designs; ++number) {
        CAPTURE(number);
        Design design = drawn_later(draw);
        const ListedName& name = design.phones[0].names[0];
        design.phones[0].boot = sim::exactly(10 * kSecond);
        for (Fault& fault : design.faults) {
            fault.at = fault.kind == FaultKind::dns_change ? sim::exactly(0)
                                                           : Interval{20'000, 120'000};
        }
        compared += finds_the_same(design, unchanged(design, name.later), classes);
        std::vector<std::size_t> at_first(name.count_at_first);
        std::iota(at_first.begin(), at_first.end(), std::size_t{0});
        Design never = design;
        never.faults.erase(never.faults.begin());
        compared += finds_the_same(never, unchanged(design, at_first), classes);
    }
    return compared;
}

json with_later() {
    return shipped("museum/switched-off-before-the-records-were-over");
}

}  // namespace

TEST_CASE("later: slices, reductions and approximations of drawn designs agree") {
    CHECK(compare(5, 8, 500) > 30);
}

TEST_CASE("later: the same on many more", "[.slow]") { CHECK(compare(500, 28, 3000) > 200); }

TEST_CASE("later: a name that changes before the start, or never, as one that does not change") {
    CHECK(as_if_always_so(7, 6, 600) > 20);
}

TEST_CASE("later: the same on many more of them", "[.slow]") {
    CHECK(as_if_always_so(700, 22, 3000) > 100);
}

TEST_CASE("later: a phone turns to the new server by the end of record and refresh, exactly") {
    Design design = named(2, {{0, 1}});
    design.dns.answer = {0, 0};
    design.default_delay = {0, 0};
    design.phones[0].registration.order = Order::successive;
    design.phones[0].failback = {FailbackRule::stay};
    design.phones[0].expires = 600 * kSecond;
    design.phones[0].transport = Transport::tcp;
    design.dns.records[0].ttl = 100 * kSecond;
    change_to(design, 1, {1}, sim::exactly(50 * kSecond));
    const char* const says = "whenever boots(line1, s1) then registered(line1, s2) within ";
    CHECK(outcome_of(design, std::string(says) + "540s") == Outcome::holds);
    CHECK(outcome_of(design, std::string(says) + "539s") == Outcome::violated);
    design.dns.records[0].ttl = 700 * kSecond;
    CHECK(outcome_of(design, std::string(says) + "1080s") == Outcome::holds);
    CHECK(outcome_of(design, std::string(says) + "1079s") == Outcome::violated);
}

TEST_CASE("later: the museum's verdict depends on the time to live, and on the change") {
    json design = with_later();
    const std::string says = properties::instances_of(read(design)).front().says;
    CHECK(outcome_of(read(design), says) == Outcome::violated);
    json repaired = shipped("museum/switched-off-before-the-records-were-over-repaired");
    CHECK(outcome_of(read(repaired), says) == Outcome::holds);
    repaired["dns"]["records"][0].erase("later");
    CHECK(outcome_of(read(repaired), says) == Outcome::violated);
}

TEST_CASE("later: faults that are drawn may change such a name, once") {
    json design = with_later();
    design["faults"] = json::array();
    int changes = 0;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        const json drawn = with_random_faults(design, seed, 6, 86'400'000);
        CHECK(problems_of(drawn) == "none");
        changes += static_cast<int>(std::ranges::count_if(
            drawn["faults"], [](const json& fault) { return fault["kind"] == "dns-change"; }));
    }
    CHECK(changes > 3);
    CHECK(changes <= 40);
    const json again = with_random_faults(with_later(), 3, 20, 86'400'000);
    CHECK(std::ranges::count_if(again["faults"], [](const json& fault) {
              return fault["kind"] == "dns-change";
          }) == 1);
}

TEST_CASE("later: the key of a scope has the servers of later") {
    const auto key_of = [](std::vector<std::size_t> later) {
        Design design = named(2, {{0, 1}});
        design.phones[0].registration.order = Order::successive;
        change_to(design, 2, std::move(later), sim::exactly(0));
        return ScopeKey(design, whole(design), {}).take();
    };
    CHECK(key_of({1}) != key_of({0}));
    CHECK(key_of({1, 0}) != key_of({0, 1}));
    CHECK(key_of({1, 0}) == key_of({1, 0}));
}

TEST_CASE("design file: names that have other servers later", "[design]") {
    const json design = with_later();
    const Design known = read(design);
    CHECK(known.phones[0].servers.size() == 2);
    CHECK(known.phones[0].names[0].count_at_first == 1);
    CHECK(known.phones[0].names[0].later == std::vector<std::size_t>{1});
    const auto complains = [&](const char* pointer, const json& value, const char* about) {
        json changed = design;
        changed[json::json_pointer(pointer)] = value;
        CAPTURE(pointer);
        CHECK_THAT(problems_of(changed), Catch::Contains(about));
    };
    complains("/dns/records/0/later", {"new", "new"}, "the same server a second time");
    complains("/dns/records/0/later", {"newer"}, "newer");
    complains("/dns/records/0/later", json::array(), "later");
    complains("/faults/0/count", 2, "a second change");
    complains("/phones/0/failback", {{"probe", "30s"}}, "a failback that probes");
    complains("/phones/0/subscription", {{"to", "primary"}}, "a phone that subscribes");
    complains("/phones/0/lookup", {{"static_records", "1h"}}, "\"static_records\"");
    complains("/calls", {{{"phone", "phone"}, {"line", "line1"}}}, "a phone that calls");
    complains("/dns/records/0/a", {"old", "other"}, "other");
}

// A phone that has given all servers of the new list up has none to turn to.
TEST_CASE("later: the list changes when the phone has given up what is on the new one") {
    json written = json::parse(R"(
        {"format": 1, "name": "a", "servers": [{"name": "s1"}, {"name": "s2"},
        {"name": "s3"}], "dns": {"answer": "10ms", "records": [{"name": "n",
        "srv": [{"server": "s1", "priority": 1}, {"server": "s2", "priority": 2}],
        "later": ["s3"], "ttl": "30s"}]}, "phones": [{"name": "p", "expires": "10m",
        "lines": [{"name": "l", "aor": "sip:1@e"}], "servers": [{"name": "n"}],
        "registration": "concurrent", "address_failback": {"after": "300s"},
        "max_retries": 1}], "delay": "10ms", "faults": [{"name": "m", "kind": "dns-change",
        "record": "n", "at": "200s"}, {"name": "c1", "kind": "crash", "server": "s1",
        "at": "0s", "lasts": "240h"}, {"name": "c3", "kind": "maintenance", "server": "s3",
        "at": "0s", "lasts": "240h"}]})");
    CHECK(outcome_of(read(written), "never registers(l, s3)") == properties::Outcome::holds);
    written["phones"][0]["registration"] = "successive";
    written["phones"][0]["failback"] = {{"after", "300s"}};
    written["phones"][0].erase("address_failback");
    CHECK(outcome_of(read(written), "never registers(l, s3)") == properties::Outcome::holds);
}

}  // namespace failback::tests::properties_later_test
