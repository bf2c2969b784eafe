// Gateways that pass requests on to the server that they watch: RFC 3261 16, RFC 3327, RFC 4320.
#include <catch2/catch.hpp>

#include "model/sip/scope.hpp"
#include "tests/relay_fixture.hpp"

namespace failback::tests::model_relay_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

constexpr DelayMs kSecond = 1000;
constexpr std::size_t kGateway = 1;
constexpr std::size_t kLine = 0;  // the registration through the gateway

Instants passed(const Run& run, Method method = Method::register_) {
    return run.sent([method](const Event& event) {
        return event.kind == EventKind::relayed_to_server && event.method == method;
    });
}

Instants came_back(const Run& run, Status status) {
    return run.sent([status](const Event& event) {
        return event.kind == EventKind::relayed_to_gateway && event.status == status;
    });
}

}  // namespace

TEST_CASE("relay: a REGISTER goes to the server behind the gateway, and its answer back") {
    Design design = relayed();
    design.servers[0].max_expires = 600 * kSecond;
    design.servers[1].max_expires = 60 * kSecond;
    Run run(design);
    run.until(50);
    CHECK(run.requests(Method::register_) == Instants{0});
    CHECK(passed(run) == Instants{10});
    CHECK(came_back(run, Status::ok_200) == Instants{20});
    CHECK(run.responses(Method::register_, Status::ok_200) == Instants{30});
    CHECK(run.observed(Notice::registered) == Instants{40});
    // The grant is that of the server; the gateway has learnt it (RFC 3327: each has its record).
    CHECK(run.sip().bound(run.state(), kLine));
    CHECK(run.sip().bound_beyond(run.state(), kLine));
    run.until(539 * kSecond);
    CHECK(run.requests(Method::register_) == Instants{0});
    run.until(541 * kSecond);
    CHECK(run.requests(Method::register_).size() == 2);
}

TEST_CASE("relay: the links before and behind the gateway both count, lost or cut") {
    Design design = relayed();
    const auto first_grant = [&design] {
        Run run(design);
        run.until(200 * kSecond);
        const Instants granted = run.observed(Notice::registered);
        return granted.empty() ? sim::kNever : granted.front();
    };
    SECTION("delays add up") {
        rules_of(design).delay = sim::exactly(100);
        CHECK(first_grant() == 220);
    }
    SECTION("the path of the phone is cut for 3 s") {
        design.faults.push_back(unreachable(1, 0, 3000));
        design.faults[0].phone = 0;
        CHECK(first_grant() == 3500 + 40);
    }
    SECTION("the path behind the gateway is cut, in either direction, before that notices") {
        design.faults.push_back(centre_cut(0, 3000));
        design.faults[0].direction =
            GENERATE(Direction::both, Direction::to_server, Direction::to_phone);
        CHECK(first_grant() == 3500 + 40);
    }
    SECTION("the server is cut off from everybody, or down") {
        design.faults.push_back(GENERATE(crash(0, 0, 3000), unreachable(0, 0, 3000)));
        CHECK(first_grant() == 3500 + 40);
    }
    SECTION("a single message behind the gateway") {
        design.faults.push_back(of_messages(FaultKind::loss, 1));
        design.faults[0].gateway = kGateway;
        Run run(design);
        run.fate = [](const Event& event) {
            return event.kind == EventKind::relayed_to_gateway ? Fate::lost : Fate::delivered;
        };
        run.until(2000);
        // The copy is answered from memory, as over one link (RFC 3261 17.2.2).
        CHECK(came_back(run, Status::ok_200) == Instants{20, 520});
        CHECK(run.observed(Notice::registered) == Instants{540});
    }
}

TEST_CASE("relay: what the server behind the gateway refuses is refused, with its Retry-After") {
    Design design = relayed();
    design.faults.push_back(crash(0, 0, 100 * kSecond));
    design.faults[0].kind = FaultKind::maintenance;
    rules_of(design).enters_after = 100;
    design.faults[0].retry_after = 120 * kSecond;
    Run run(design);
    run.until(130 * kSecond);
    CHECK(run.responses(Method::register_, Status::service_unavailable_503) == Instants{30});
    CHECK(run.observed(Notice::registered) == Instants{120'040 + 40});
}

TEST_CASE("relay: with silence behind it the gateway is silent, or says so (RFC 4320 4.2)") {
    Design design = relayed();
    rules_of(design).enters_after = 100;
    design.faults.push_back(crash(0, 0, 3600 * kSecond));
    SECTION("silent: Timer F of the phone") {
        Run run(design);
        run.until(40 * kSecond);
        CHECK(run.observed(Notice::unanswered) == Instants{32 * kSecond});
        CHECK(passed(run).size() == 11);
    }
    SECTION("408 in its own time: copies are passed on before, and no more after") {
        rules_of(design).unanswered = Status::request_timeout_408;
        rules_of(design).gives_up_after = 5 * kSecond;
        Run run(design);
        run.until(20 * kSecond);
        CHECK(run.responses(Method::register_, Status::request_timeout_408) == Instants{5010});
        CHECK(run.observed(Notice::refused) == Instants{5020});
        CHECK(passed(run) == Instants{10, 510, 1510, 3510});
    }
    SECTION("what comes back too late goes nowhere (RFC 6026 8.9)") {
        rules_of(design).unanswered = Status::server_error_500;
        rules_of(design).gives_up_after = 5 * kSecond;
        rules_of(design).delay = sim::exactly(3 * kSecond);
        design.faults.clear();
        Run run(design);
        run.until(20 * kSecond);
        CHECK(run.responses(Method::register_, Status::server_error_500) == Instants{5010});
        CHECK(run.responses(Method::register_, Status::ok_200).empty());
        CHECK(run.sip().bound_beyond(run.state(), kLine));  // RFC 4321: a binding nobody knows of
        CHECK_FALSE(run.sip().bound(run.state(), kLine));
    }
    SECTION("nobody is there: it says so at once, or keeps no transactions (RFC 3261 16.9)") {
        design.faults[0].kind = FaultKind::refusal;
        const bool tells = GENERATE(false, true);
        rules_of(design).unanswered = tells ? Status::server_error_500 : Status::none;
        Run run(design);
        run.until(5 * kSecond);
        CHECK(run.responses(Method::register_, Status::server_error_500) ==
              (tells ? Instants{30} : Instants{}));
    }
}

TEST_CASE("relay: in an emergency the gateway serves, with its own lifetime, or refuses") {
    Design design = relayed();
    design.servers[1].max_expires = 60 * kSecond;
    design.phones[0].refresh = {RefreshRule::fraction, 0, 50};
    design.phones[0].expires = 300 * kSecond;
    design.faults.push_back(crash(0, 30 * kSecond, 3600 * kSecond));
    SECTION("served: what it has learnt lasts, and the next refresh is its own") {
        Run run(design);
        run.until(149 * kSecond);
        CHECK(run.observed(Notice::enters_emergency, kGateway) == Instants{92'020});
        CHECK(run.sip().bound(run.state(), kLine));
        run.until(400 * kSecond);
        // Half of 300 s after the first grant, then half of 60 s each time.
        const Instants sent = run.requests(Method::register_);
        REQUIRE(sent.size() > 4);
        CHECK(sent[1] == 150'040);
        CHECK(sent[2] == 180'060);
        CHECK(sent[3] == 210'080);
        CHECK(run.observed(Notice::lapses).empty());
        CHECK_FALSE(run.sip().bound_beyond(run.state(), kLine));  // it has expired there
    }
    SECTION("refused with 500 (CUBE, local-fallback)") {
        rules_of(design).in_emergency = InNormal::refused;
        Run run(design);
        run.until(160 * kSecond);
        CHECK(run.responses(Method::register_, Status::server_error_500) == Instants{150'050});
    }
    SECTION("ignored (SASSurvivabilityMode 4)") {
        rules_of(design).in_emergency = InNormal::ignored;
        Run run(design);
        run.until(200 * kSecond);
        CHECK(run.observed(Notice::unanswered) == Instants{150'040 + 32'000});
    }
}

TEST_CASE("relay: a copy of what the server had answered is new to a gateway in an emergency") {
    Design design = relayed();
    design.phones[0].expires = 120 * kSecond;  // refreshed after 60 s
    rules_of(design).timeout = 1 * kSecond;
    rules_of(design).probe = 60 * kSecond;
    // The server answers the second REGISTER, the answers are cut off.
    design.faults.push_back(centre_cut(59 * kSecond, 600 * kSecond));
    design.faults[0].direction = Direction::to_phone;
    Run run(design);
    run.until(70 * kSecond);
    CHECK(run.observed(Notice::enters_emergency, kGateway) == Instants{61'020});
    CHECK(came_back(run, Status::ok_200).size() == 3);
    CHECK(run.observed(Notice::registered) == Instants{40, 61'560});
    CHECK(run.responses(Method::register_, Status::server_error_500).empty());
}

TEST_CASE("relay: after an emergency the server does not know the phone until somebody tells it") {
    Design design = relayed();
    design.servers[1].max_expires = 600 * kSecond;
    design.phones[0].expires = 600 * kSecond;
    design.faults.push_back(crash(0, 30 * kSecond, 100 * kSecond));
    design.faults[0].keeps_bindings = false;
    SECTION("its own refresh") {
        Run run(design);
        run.until(539 * kSecond);
        CHECK(run.observed(Notice::leaves_emergency, kGateway) == Instants{152'040});
        CHECK(run.sip().bound(run.state(), kLine));
        CHECK_FALSE(run.sip().bound_beyond(run.state(), kLine));
        CHECK(run.sip().binding_lost(run.state(), kLine));
        run.until(541 * kSecond);
        CHECK(run.sip().bound_beyond(run.state(), kLine));
    }
    SECTION("the gateway (CUBE, reg-sync)") {
        rules_of(design).re_registers = 1000;
        Run run(design);
        run.until(153 * kSecond);
        CHECK(passed(run, Method::re_register) == Instants{152'040});
        CHECK(run.sip().bound_beyond(run.state(), kLine));
        CHECK_FALSE(run.sip().binding_lost(run.state(), kLine));
        // The refresh of the phone has another Call-ID, and takes its place (RFC 3261 10.3).
        run.until(541 * kSecond);
        CHECK(run.observed(Notice::registered) == Instants{40, 540'080});
    }
    SECTION("the gateway, in as many turns as there are lines") {
        rules_of(design).re_registers = 5000;
        design.phones[0].lines.push_back({"line2", "sip:1002@example.com", {}});
        design.phones[0].lines.push_back({"line3", "sip:1003@example.com", {}});
        CHECK(re_registration_delay(design, kGateway) == Interval{0, 10'000});
        Run run(design);
        run.until(153 * kSecond);
        CHECK(passed(run, Method::re_register).size() == 3);
    }
    SECTION("it repeats the REGISTER until it is answered, and gives up by Timer F") {
        rules_of(design).re_registers = 1000;
        design.faults.push_back(centre_cut(152'045, 60 * kSecond));
        Run run(design);
        run.until(240 * kSecond);
        CHECK(passed(run, Method::re_register).size() == 11);
        CHECK(passed(run, Method::re_register)[1] == 152'540);
        CHECK_FALSE(run.sip().bound_beyond(run.state(), kLine));
    }
    SECTION("a restart of the gateway ends it") {
        rules_of(design).re_registers = 1000;
        design.faults.push_back(centre_cut(152'045, 60 * kSecond));
        design.faults.push_back(crash(1, 153 * kSecond, 1000));
        Run run(design);
        run.until(240 * kSecond);
        CHECK(passed(run, Method::re_register).size() == 2);
    }
}

TEST_CASE("relay: a restart of the server behind the gateway forgets what it has answered") {
    Design design = relayed();
    design.faults.push_back(crash(0, 200, 100));
    design.faults[0].keeps_bindings = GENERATE(true, false);
    Run run(design);
    run.until(400);
    CHECK(run.sip().bound_beyond(run.state(), kLine) == design.faults[0].keeps_bindings);
    CHECK(run.sip().binding_lost(run.state(), kLine) != design.faults[0].keeps_bindings);
    CHECK(run.sip().bound(run.state(), kLine));
    const Relay& relay = run.state().relays[0];
    CHECK(relay.at_registrar == ServerTransactions{});
}

TEST_CASE("relay: a call goes through the gateway, and is answered by who is in charge") {
    Design design = relayed();
    dial_at(design, 100 * kSecond);
    SECTION("the server behind it") {
        Run run(design);
        run.until(200 * kSecond);
        CHECK(passed(run, Method::invite) == Instants{100'010});
        CHECK(passed(run, Method::ack) == Instants{100'050});
        CHECK(run.observed(Notice::answered) == Instants{100'040});
    }
    SECTION("the gateway, in an emergency") {
        design.faults.push_back(crash(0, 30, 3600 * kSecond));
        Run run(design);
        run.until(200 * kSecond);
        CHECK(passed(run, Method::invite).empty());
        CHECK(run.observed(Notice::answered) == Instants{100'020});
    }
    SECTION("nobody, as long as the gateway has not noticed: Timer B") {
        design.faults.push_back(crash(0, 99 * kSecond, 3600 * kSecond));
        rules_of(design).enters_after = 100;
        Run run(design);
        run.until(200 * kSecond);
        CHECK(run.observed(Notice::call_fails) == Instants{132'000});
    }
    SECTION("nobody: the gateway hears that nobody is there, and says so") {
        design.faults.push_back(crash(0, 99 * kSecond, 3600 * kSecond));
        design.faults[0].kind = FaultKind::refusal;
        rules_of(design).unanswered = Status::service_unavailable_503;
        Run run(design);
        run.until(200 * kSecond);
        CHECK(run.observed(Notice::call_fails) == Instants{100'040});
    }
}

TEST_CASE("relay: a call from outside reaches the phone along the Path (RFC 3327 5.3)") {
    Design design = relayed();
    IncomingPlan plan;
    plan.at = sim::exactly(100 * kSecond);
    plan.is_beyond = true;
    design.incoming.push_back(plan);
    const auto rings = [&design] {
        Run run(design);
        run.until(200 * kSecond);
        return std::pair{run.observed(Notice::rings), run.observed(Notice::unheard)};
    };
    SECTION("through the gateway") {
        Run run(design);
        run.until(200 * kSecond);
        CHECK(run.observed(Notice::offers) == Instants{100'000});
        CHECK(run.observed(Notice::rings) == Instants{100'020});
        CHECK(run.observed(Notice::responds) == Instants{100'040});
    }
    SECTION("not while that is down") {
        design.faults.push_back(crash(1, 99 * kSecond, 60 * kSecond));
        CHECK(rings() == std::pair{Instants{}, Instants{132'000}});
    }
    SECTION("not while the path behind it is cut") {
        design.faults.push_back(centre_cut(99 * kSecond, 60 * kSecond));
        CHECK(rings() == std::pair{Instants{}, Instants{132'000}});
    }
    SECTION("not without a binding at the server") {
        design.faults.push_back(crash(0, 50 * kSecond, 1000));
        design.faults[0].keeps_bindings = false;
        Run run(design);
        run.until(200 * kSecond);
        CHECK(run.observed(Notice::unavailable) == Instants{100'000});
    }
}

TEST_CASE("relay: the gateway and the server behind it come with a registration") {
    const Design design = relayed();
    Scope roots;
    roots.parts = {{PartKind::registration, 0, 0, 0}};
    const Scope scope = slice(design, roots);
    CHECK(scope.servers == std::set<std::size_t>{0, 1});
    CHECK(scope.gateways == std::set<std::size_t>{kGateway});
}

TEST_CASE("relay: a phone that registers with both has two bindings at the server") {
    Design design = watched(InNormal::passed_on);
    Run run(design);
    run.until(kSecond);
    CHECK(run.sip().bound(run.state(), 0));
    CHECK(run.sip().bound_beyond(run.state(), 1));
    CHECK_FALSE(run.sip().bound_beyond(run.state(), 0));
    CHECK(run.sip().records().size() == 2);
}

TEST_CASE("relay: an attack in the normal state is left to the server behind the gateway (P36)") {
    Design design = relayed();
    design.servers[1].accepts = Accepts::open;
    design.faults.push_back(attack(50 * kSecond, design));
    design.faults.push_back(crash(0, 60 * kSecond, 3600 * kSecond));
    const auto hijacked = [&design](sim::TimeMs at) {
        Run run(design);
        run.until(at);
        return run.sip().hijacked(run.state(), kGateway, design.phones[0].lines[0].aor);
    };
    CHECK_FALSE(hijacked(50 * kSecond));
    design.faults[0].at = sim::exactly(200 * kSecond);
    CHECK(hijacked(200 * kSecond));
    rules_of(design).in_emergency = InNormal::refused;
    CHECK_FALSE(hijacked(200 * kSecond));
}

}  // namespace failback::tests::model_relay_test
