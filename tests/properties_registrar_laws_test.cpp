// Heartbeats, CSeqs and keep-alives in searches: slices, reductions and approximations agree, in
// designs that were drawn.
#include <catch2/catch.hpp>

#include "model/sip/scope_key.hpp"
#include "properties/alike.hpp"
#include "tests/agreement.hpp"
#include "tests/check_fixture.hpp"
#include "tests/design_fixture.hpp"
#include "tests/drawn_designs.hpp"
#include "tests/name_fixture.hpp"

namespace failback::tests::properties_registrar_laws_test {
namespace {

using namespace failback::model;

constexpr DelayMs kSecond = 1000;

const char* const kQuestions[] = {
    "never heartbeats(s1, line1) and removes(s1, line1)",
    "never reorders(s1, line1)",
    "never out_of_order(s1, line1)",
    "never lapses(line1, s1)",
    "never registered(line1, s1) and not binding(s1, line1) for 10s",
    "whenever told_to_wait(line1, s1) then never requests(line1, s1) before 40s",
    "never lengthens(s1, line1)",
    "whenever registers(line1, s1) then never requests(line1, s1) before 30s",
};

Design drawn_laws(Draw& draw) {
    Design design = drawn_design(draw);
    design.calls.clear();
    Phone& phone = design.phones[0];
    phone.raises_cseq = draw({true, true, false});
    phone.failback.heartbeat = phone.failback.rule == FailbackRule::probe && draw({true, false});
    phone.wipe_at_boot = draw({true, false});
    phone.refusals.retry_after = draw({RetryAfter::honoured, RetryAfter::ignored});
    if (draw({true, false})) {
        phone.flow.keep_alive.method = KeepAliveMethod::heartbeat;
        phone.flow.keep_alive.every = sim::exactly(draw({40, 115}) * kSecond);
    }
    for (Server& server : design.servers) {
        server.knows_heartbeat = draw({true, false});
        server.out_of_order =
            draw({Status::server_error_500, Status::ok_200, Status::bad_request_400});
        server.too_brief = draw({TooBrief::reject_423, TooBrief::raise});
    }
    for (Fault& fault : design.faults) {
        if (fault.kind == FaultKind::crash && draw({true, false})) {
            fault.kind = FaultKind::maintenance;
            fault.keeps_bindings = true;
            fault.retry_after = draw({0, 40}) * kSecond;
        }
    }
    return design;
}

// Keep-alives that resolve the name by themselves.
Design drawn_probes(Draw& draw) {
    Design design = draw({named(2, {{0, 1}}), named(3, {{0, 1}})});
    Phone& phone = design.phones[0];
    phone.timers.timer_f = 16 * kSecond;
    phone.expires = draw({120, 3600}) * kSecond;
    phone.registration.order = draw({Order::concurrent, Order::successive});
    phone.flow.keep_alive.method = KeepAliveMethod::options;
    phone.flow.keep_alive.every = sim::exactly(draw({40, 60}) * kSecond);
    phone.flow.keep_alive.max_lost = draw({1, 2});
    phone.flow.keep_alive.to_first = draw({true, true, false});
    design.default_delay = {0, draw({0, 10})};
    design.faults.push_back(draw({crash(0, 0, 0), unreachable(0, 0, 0), crash(1, 0, 0)}));
    design.faults.back().at = {0, draw({0, 100}) * kSecond};
    design.faults.back().lasts = {60 * kSecond, draw({90, 200}) * kSecond};
    return design;
}

const char* const kProbeQuestions[] = {
    "never flow_fails(line1, s2)",
    "never flow_fails(line1, s2) until fails(s2)",
    "never registered(line1, s2) and not reachable(line1, s2) for 80s",
    "never flow_fails(line1, s1)",
};

int agreed_laws(std::uint64_t seed, int designs, std::uint64_t classes) {
    return over_drawn(seed, designs, drawn_laws, kQuestions,
                      [&](const Design& design, const char* question) {
                          return agreeing(design, question, classes);
                      });
}

int agreed_probes(std::uint64_t seed, int designs, std::uint64_t classes) {
    return over_drawn(seed, designs, drawn_probes, kProbeQuestions,
                      [&](const Design& design, const char* question) {
                          return agreeing(design, question, classes);
                      });
}

}  // namespace

TEST_CASE("register: slices and reductions of drawn designs say the same as the whole") {
    CHECK(agreed_laws(29, 3, 150) > 10);
}

TEST_CASE("register: slices and reductions of more of them do", "[.slow]") {
    CHECK(agreed_laws(30, 24, 400) > 100);
}

TEST_CASE("register: approximations of drawn designs say the same", "[.slow]") {
    const int settled = over_drawn(31, 24, drawn_laws, kQuestions,
                                   [](const Design& design, const char* question) {
                                       return approximation_agrees(design, question, 3000);
                                   });
    CHECK(settled > 50);
}

TEST_CASE("register: slices and reductions agree where keep-alives go elsewhere") {
    CHECK(agreed_probes(37, 2, 150) > 0);
}

TEST_CASE("register: slices and reductions agree where more of them do", "[.slow]") {
    CHECK(agreed_probes(38, 16, 500) > 40);
}

TEST_CASE("register: what a scope depends on includes how REGISTERs are taken") {
    const auto key = [](const Design& design) {
        return properties::key_of(
            properties::parse_property("never lapses(line1, s1)", design), design);
    };
    const Design plain = design_with(1);
    Design other = plain;
    other.phones[0].raises_cseq = false;
    CHECK(key(other) != key(plain));
    other = plain;
    other.servers[0].knows_heartbeat = true;
    CHECK(key(other) != key(plain));
    other = plain;
    other.servers[0].out_of_order = Status::ok_200;
    CHECK(key(other) != key(plain));
    other = plain;
    other.phones[0].failback.heartbeat = true;
    CHECK(key(other) != key(plain));
    other = plain;
    other.phones[0].flow.keep_alive.to_first = true;
    CHECK(key(other) != key(plain));
}

TEST_CASE("design file: heartbeats, and CSeqs that are not looked at", "[design]") {
    const json probe = json::parse(R"({"probe": "30s", "by": "cisco-keep-alive"})");
    json design = with("/phones/0/failback", probe);
    design["phones"][0]["registration"] = "successive";
    CHECK(read(design).phones[0].failback.heartbeat);
    check_problem("/phones/0/failback", json::parse(R"({"hold": "30s", "by": "options"})"),
                  R"(it belongs to "probe")");
    CHECK(read(with("/servers/0/cisco_keep_alive", "known")).servers[0].knows_heartbeat);
    check_problem("/servers/0/cisco_keep_alive", "unknown", R"("literal", "known")");
    CHECK(read(with("/servers/0/out_of_order", "stored")).servers[0].out_of_order ==
          Status::ok_200);
    design = with("/servers/0/out_of_order", "stored");
    design["servers"][0]["repeat_window"] = "20s";
    CHECK(problems_of(design).find("nobody looks at CSeqs") != std::string::npos);
    CHECK_FALSE(read(with("/phones/0/cseq", "stays")).phones[0].raises_cseq);
    check_problem("/phones/0/cseq", "falls", R"("rises", "stays")");
}

TEST_CASE("design file: where keep-alives go", "[design]") {
    const char* const kKeepAlive = "/phones/0/keep_alive";
    const json elsewhere =
        json::parse(R"({"method": "options", "every": "60s", "to": "first-of-name"})");
    check_problem(kKeepAlive, elsewhere, "and no name");
    json wrong = elsewhere;
    wrong["method"] = "cisco-keep-alive";
    check_problem(kKeepAlive, wrong, R"(it belongs to the method "options")");
    json design = with(kKeepAlive, elsewhere);
    design["dns"] = json::parse(
        R"({"records": [{"name": "sip.example.com",
                         "srv": [{"server": "primary", "priority": 1},
                                 {"server": "gateway", "priority": 2}]}]})");
    design["phones"][0]["servers"] = json::parse(R"([{"name": "sip.example.com"}])");
    CHECK(read(design).phones[0].flow.keep_alive.to_first);
    design["phones"][0]["nat"] = json::parse(R"({"lifetime": "30s"})");
    CHECK(problems_of(design).find("and a NAT") != std::string::npos);
    design["phones"][0].erase("nat");
    design["phones"][0]["transport"] = "tcp";
    CHECK(problems_of(design).find("over TCP") != std::string::npos);
    design["phones"][0].erase("transport");
    design["dns"]["records"][0]["srv"][1]["priority"] = 1;
    CHECK(problems_of(design).find("equal priority") != std::string::npos);
}

}  // namespace failback::tests::properties_registrar_laws_test
