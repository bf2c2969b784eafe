// Names that lead nowhere and servers with another realm, in searches; and their keys.
#include <catch2/catch.hpp>

#include "model/file/design_file.hpp"
#include "tests/agreement.hpp"
#include "tests/check_fixture.hpp"
#include "tests/design_fixture.hpp"
#include "tests/name_fixture.hpp"

namespace failback::tests::properties_records_test {
namespace {

using namespace failback::model;

constexpr DelayMs kSecond = 1000;

const char* const kQuestions[] = {
    "never working(line1) = none for 45s",
    "never registered(line1, s1) and not binding(s1, line1) for 3s",
    "never lapses(line1, s1) until fails(s1)",
    "whenever accepts(s1, line1) then accepts(s1, line1) within 100s",
    "never denied(line1, s1)",
    "never misjudges(line1, s1)",
    "never challenged(line1, s1) and registered(line1, s1)",
    "never call_fails(line1)",
};

Design drawn_names(Draw& draw) {
    Design design = draw({named(2, {{0}}), named(2, {{0, 1}}), named(1, {{0}})});
    Phone& phone = design.phones[0];
    phone.timers.timer_f = 16 * kSecond;
    phone.expires = 120 * kSecond;
    phone.lookup.tries = 1;
    phone.lookup.queries = draw({1, 2});
    phone.lookup.expired = draw({Expired::unused, Expired::after_failure, Expired::at_once,
                                 Expired::refetched});
    phone.registration.order = draw({Order::concurrent, Order::successive});
    phone.failback = Failback{phone.registration.order == Order::successive
                                  ? FailbackRule::stay
                                  : phone.failback.rule};
    for (NameRecord& record : design.dns.records) {
        record.ttl = draw({0, 60, 300}) * kSecond;
    }
    design.dns.answer = {0, draw({0, 1000})};
    Fault fault = dns_outage(0, 0);
    fault.kind = draw({FaultKind::dns_wrong, FaultKind::dns_change});
    fault.at = {0, draw({1, 100}) * kSecond};
    fault.lasts = draw({Interval{0, 2 * kSecond}, {30 * kSecond, 60 * kSecond}});
    fault.count = draw({1, 2});
    if (fault.kind == FaultKind::dns_change || draw({true, false})) {
        fault.record = 0;
    }
    design.faults.push_back(fault);
    if (draw({true, false})) {
        design.faults.push_back(draw({dns_outage(0, 30 * kSecond), crash(0, 0, 20 * kSecond)}));
        design.faults[1].at = {0, 50 * kSecond};
    }
    if (draw({true, false, false})) {
        dial_at(design, 20 * kSecond);
    }
    return design;
}

Design drawn_realms(Draw& draw) {
    Design design = drawn_design(draw);
    Authentication& policy = design.servers[0].authentication;
    policy.of_register = true;
    policy.of_invite = draw({true, false});
    policy.realm = "old";
    policy.stale = draw({true, false});
    policy.forbids_wrong = draw({true, false});
    policy.reuse = draw({NonceReuse::allowed, NonceReuse::counted, NonceReuse::one_time});
    if (draw({true, false})) {
        policy.nonce_lifetime = draw({Interval{32'000, 32'000}, {1000, 2000}});
    }
    Phone& phone = design.phones[0];
    phone.credentials.rules.new_nonce =
        draw({NewNonce::accepted, NewNonce::if_stale, NewNonce::never});
    phone.credentials.rules.keeps_nonce = draw({true, false});
    phone.credentials.accounts.clear();
    for (const char* realm : {"old", "new"}) {
        if (draw({true, true, false})) {
            DigestAccount account;
            account.realm = realm;
            phone.credentials.accounts.push_back(account);
        }
    }
    Fault fault = crash(0, 0, 0);
    fault.name = "platform";
    fault.kind = draw({FaultKind::realm, FaultKind::realm, FaultKind::credentials});
    fault.realm = "new";
    fault.at = {0, draw({1, 100}) * kSecond};
    fault.lasts = draw({Interval{0, 2 * kSecond}, {30 * kSecond, 60 * kSecond}});
    fault.count = draw({1, 2});
    design.faults.push_back(fault);
    return design;
}

int compare(std::uint64_t seed, int designs, std::uint64_t classes) {
    const auto agree = within_limits([&](const Design& design, const char* question) {
        return agreeing(design, question, classes) +
               approximation_agrees(design, question, classes);
    });
    return over_drawn(seed, designs, drawn_names, kQuestions, agree) +
           over_drawn(seed, designs, drawn_realms, kQuestions, agree);
}

}  // namespace

TEST_CASE("records: slices, reductions and approximations of drawn designs agree") {
    CHECK(compare(3, 3, 500) > 20);
}

TEST_CASE("records: the same on many more", "[.slow]") { CHECK(compare(100, 20, 2000) > 300); }

TEST_CASE("design file: names that lead nowhere, and realms", "[design]") {
    json design = minimal();
    design["servers"][0]["authentication"] = {{"challenges", {"register"}}};
    design["dns"] = {{"records", json::array({{{"name", "sip.example.com"}, {"a", {"primary"}}}})}};
    design["phones"][0]["servers"] = json::array({{{"name", "sip.example.com"}}, "gateway"});
    const auto says = [&](const char* fault, const char* expected) {
        json changed = design;
        changed["faults"] = json::array({json::parse(fault)});
        const std::string problems = problems_of(changed);
        CAPTURE(problems, expected);
        CHECK(problems.find(expected) != std::string::npos);
    };
    says(R"({"name": "f", "kind": "dns-wrong"})", "none");
    says(R"({"name": "f", "kind": "dns-wrong", "record": "sip.example.com", "count": "unlimited"})",
         "none");
    says(R"({"name": "f", "kind": "dns-wrong", "record": "other.example.com"})",
         "a name among the \"records\"");
    says(R"({"name": "f", "kind": "dns-wrong", "server": "primary"})", "to all phones");
    says(R"({"name": "f", "kind": "dns-change", "record": "sip.example.com"})", "none");
    says(R"({"name": "f", "kind": "dns-change"})", "no \"record\"");
    says(R"({"name": "f", "kind": "dns-change", "record": "sip.example.com", "lasts": "1s"})",
         "at one instant");
    says(R"({"name": "f", "kind": "dns-change", "record": "sip.example.com",
             "count": "unlimited"})", "a number from 1 to 100");
    says(R"({"name": "f", "kind": "crash", "server": "primary", "record": "sip.example.com"})",
         "it belongs to \"dns-wrong\" and \"dns-change\"");
    says(R"({"name": "f", "kind": "realm", "server": "primary", "realm": "new"})", "none");
    says(R"({"name": "f", "kind": "realm", "server": "primary"})", "no \"realm\"");
    says(R"({"name": "f", "kind": "realm", "server": "primary", "realm": ""})", "another one");
    says(R"({"name": "f", "kind": "realm", "server": "gateway", "realm": "new"})",
         "which asks nobody for a password");
    says(R"({"name": "f", "kind": "crash", "server": "primary", "realm": "new"})",
         "it belongs to \"realm\"");
    design["phones"][0]["registration"] = {{"order", "successive"}};
    design["phones"][0]["failback"] = "stay";
    says(R"({"name": "f", "kind": "realm", "server": "primary", "realm": "new"})",
         "shares between servers");
    design["phones"][0].erase("registration");
    design["phones"][0].erase("failback");
    design["phones"][0]["servers"] = {"primary", "gateway"};
    says(R"({"name": "f", "kind": "dns-change", "record": "sip.example.com"})",
         "does not list by it");
}

}  // namespace failback::tests::properties_records_test
