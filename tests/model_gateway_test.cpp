// Gateways that watch the primary: their probes, when they serve, and which faults they notice.
#include <catch2/catch.hpp>

#include "model/sip/scope.hpp"
#include "tests/design_fixture.hpp"
#include "tests/gateway_fixture.hpp"

namespace failback::tests::model_gateway_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

constexpr DelayMs kSecond = 1000;
constexpr std::size_t kGateway = 1;

Instants probes(const Run& run) {
    return run.sent([](const Event& event) {
        return event.kind == EventKind::probe_to_watched && (event.flags & kRetransmission) == 0;
    });
}

Instants entered(const Run& run) { return run.observed(Notice::enters_emergency, kGateway); }
Instants left(const Run& run) { return run.observed(Notice::leaves_emergency, kGateway); }

}  // namespace

TEST_CASE("gateway: probes one after the other, each repeated until it is answered or fails") {
    Design design = watched();
    design.faults.push_back(crash(0, 30 * kSecond, 100 * kSecond));
    Run run(design);
    run.until(300 * kSecond);
    CHECK(probes(run) == Instants{0, 60'020, 152'020, 212'040, 272'060});
    CHECK(run.observed(Notice::probe_answered, kGateway) ==
          Instants{20, 152'040, 212'060, 272'080});
    CHECK(entered(run) == Instants{92'020});
    CHECK(left(run) == Instants{152'040});
    // Timer E, RFC 3261 17.1.2.2: doubled from 500 ms up to 4 s, eleven transmissions in 32 s.
    const Instants sent = run.sent(
        [](const Event& event) { return event.kind == EventKind::probe_to_watched; });
    REQUIRE(sent.size() == 5 + 10);
    CHECK(sent[2] == 60'520);
    CHECK(sent[5] == 67'520);
    CHECK(sent[6] == 71'520);
    CHECK(sent[11] == 91'520);
}

TEST_CASE("gateway: so many probes in a row fail, or are answered") {
    Design design = watched();
    Survivability& rules = design.servers[1].survivability;
    rules.enters_after = 2;
    rules.leaves_after = 3;
    rules.probe_in_emergency = 10 * kSecond;
    design.faults.push_back(crash(0, 30 * kSecond, 150 * kSecond));
    SECTION("one after the other") {
        Run run(design);
        run.until(300 * kSecond);
        // Sent at 60.020, 152.020; back at 180 s: the last copy of the second one is answered.
        CHECK(entered(run).empty());
        CHECK(probes(run)[3] == 243'540);
    }
    SECTION("over TCP there are no copies") {
        rules.transport = Transport::tcp;
        Run run(design);
        run.until(300 * kSecond);
        CHECK(entered(run) == Instants{184'020});
        CHECK(left(run) == Instants{184'020 + 3 * 10'020});
    }
    SECTION("a failure begins the count anew") {
        rules.transport = Transport::tcp;
        design.faults.push_back(crash(0, 200 * kSecond, 10 * kSecond));
        Run run(design);
        run.until(400 * kSecond);
        // Answered at 194.040; that of 204.040 is given up at 236.040.
        CHECK(entered(run) == Instants{184'020});
        CHECK(left(run) == Instants{236'040 + 3 * 10'020});
    }
}

TEST_CASE("gateway: an answer that comes after its probe has failed changes nothing") {
    Design design = watched();
    design.servers[1].survivability.delay = sim::exactly(4 * kSecond);
    design.servers[1].survivability.timeout = 5 * kSecond;
    design.servers[1].survivability.probe = 1 * kSecond;
    design.servers[1].survivability.probe_in_emergency = 1 * kSecond;
    Run run(design);
    run.until(100 * kSecond);
    CHECK(entered(run) == Instants{5 * kSecond});
    CHECK(left(run).empty());
    CHECK(run.observed(Notice::probe_answered, kGateway).empty());
    CHECK(run.state().gateways[0].number == kProbe);
}

TEST_CASE("gateway: 503, or nobody there, fails a probe at once") {
    const auto kind = GENERATE(FaultKind::maintenance, FaultKind::refusal);
    Design design = watched();
    design.faults.push_back(crash(0, 30 * kSecond, 100 * kSecond));
    design.faults[0].kind = kind;
    Run run(design);
    run.until(300 * kSecond);
    CHECK(entered(run) == Instants{60'040});
    CHECK(left(run) == Instants{180'080});
}

TEST_CASE("gateway: in the normal state it ignores, refuses or serves") {
    Design design = watched(InNormal::ignored);
    Server& gateway = design.servers[1];
    const auto first_grant = [&design] {
        Run run(design);
        run.until(200 * kSecond);
        const Instants granted = run.observed(Notice::registered, kGateway);
        return granted.empty() ? sim::kNever : granted.front();
    };
    SECTION("ignored: a request comes to nothing but Timer F") {
        Run run(design);
        run.until(200 * kSecond);
        CHECK(run.observed(Notice::registered, kGateway).empty());
        CHECK(run.observed(Notice::unanswered, kGateway) == Instants{32'000, 94'000, 156'000});
        design.faults.push_back(crash(0, 30, 3600 * kSecond));
        // In an emergency from 92.020 on: the last copy of the second request, at 93.5 s, arrives.
        CHECK(first_grant() == 93'520);
    }
    SECTION("refused: each request has an answer, a copy the same one") {
        gateway.survivability.in_normal = InNormal::refused;
        Run run(design);
        run.until(100 * kSecond);
        CHECK(run.responses(Method::register_, Status::server_error_500) ==
              Instants{10, 30'030, 60'050, 90'070});
        design.faults.push_back(crash(0, 30, 3600 * kSecond));
        CHECK(first_grant() == 120'100);
    }
    SECTION("served: as in an emergency") {
        gateway.survivability.in_normal = InNormal::served;
        CHECK(first_grant() == 20);
    }
    SECTION("watching nobody: always") {
        gateway.watches.reset();
        CHECK(first_grant() == 20);
    }
}

TEST_CASE("gateway: at the end of an emergency its bindings are kept or dropped") {
    Design design = watched(InNormal::refused);
    design.faults.push_back(crash(0, 30, 200 * kSecond));
    const bool drops = GENERATE(false, true);
    design.servers[1].survivability.drops_at_exit = drops;
    Run run(design);
    run.until(200 * kSecond);
    CHECK(run.sip().bound(run.state(), kGateway));
    run.until(300 * kSecond);
    REQUIRE(left(run).size() == 1);
    CHECK(run.sip().bound(run.state(), kGateway) == !drops);
    CHECK(run.sip().binding_lost(run.state(), kGateway) == drops);
    CHECK(run.usage(kGateway).believes == 1);
}

TEST_CASE("gateway: a call finds it only in an emergency") {
    Design design = watched(InNormal::refused);
    design.phones[0].calls.first = CallFirst::primary;
    design.faults.push_back(crash(0, 30, 3600 * kSecond));
    const auto call_at = [&design](DelayMs at) {
        dial_at(design, at);
        Run run(design);
        run.until(200 * kSecond);
        return std::pair{run.observed(Notice::answered), run.observed(Notice::call_fails)};
    };
    // Given up at the primary after 0.5 + 1 + 2 + 4 s.
    SECTION("not before: it is the last server") {
        CHECK(call_at(10 * kSecond) == std::pair{Instants{}, Instants{17'520}});
    }
    SECTION("in the emergency") {
        CHECK(call_at(100 * kSecond) == std::pair{Instants{107'520}, Instants{}});
    }
    SECTION("silence, if it ignores") {
        design.servers[1].survivability.in_normal = InNormal::ignored;
        CHECK(call_at(10 * kSecond) == std::pair{Instants{}, Instants{17'500 + 32'000}});
    }
}

TEST_CASE("gateway: one that restarts knows nothing of an emergency") {
    Design design = watched();
    design.faults.push_back(crash(0, 30 * kSecond, 3600 * kSecond));
    design.faults.push_back(crash(1, 100 * kSecond, 50 * kSecond));
    Run run(design);
    run.until(140 * kSecond);
    CHECK(run.state().gateways[0] == GatewayMode{.number = kProbe});
    run.until(200 * kSecond);
    CHECK(probes(run) == Instants{0, 60'020, 150'000});
    CHECK(entered(run) == Instants{92'020, 182'000});
    CHECK(left(run).empty());
}

TEST_CASE("gateway: which faults it notices") {
    Design design = watched();
    const auto entries = [&design] {
        Run run(design);
        run.until(200 * kSecond);
        return entered(run).size();
    };
    Fault cut = unreachable(0, 30 * kSecond, 100 * kSecond);
    SECTION("its own path, which phones do not use") {
        design.faults.push_back(centre_cut(30 * kSecond, 100 * kSecond));
        CHECK(entries() == 1);
        Run run(design);
        run.until(80 * kSecond);
        CHECK_FALSE(run.sip().sees_watched(run.state(), kGateway));
        CHECK(run.sip().reachable(run.state(), 0, 0));
    }
    SECTION("a server that is cut off from all, in either direction") {
        cut.direction = GENERATE(Direction::both, Direction::to_server, Direction::to_phone);
        design.faults.push_back(cut);
        CHECK(entries() == 1);
    }
    SECTION("its own cut, in either direction") {
        cut.server = 1;
        cut.direction = GENERATE(Direction::both, Direction::to_server, Direction::to_phone);
        design.faults.push_back(cut);
        CHECK(entries() == 1);
    }
    SECTION("not the path of a phone") {
        cut.phone = 0;
        design.faults.push_back(cut);
        CHECK(entries() == 0);
    }
    SECTION("single messages, as long as their budget lasts") {
        design.servers[1].survivability.transport = Transport::udp;
        design.faults.push_back(of_messages(FaultKind::loss, 11));
        design.faults[0].gateway = kGateway;
        Run run(design);
        run.fate = [](const Event& event) {
            return event.kind == EventKind::probe_to_watched ? Fate::lost : Fate::delivered;
        };
        run.until(200 * kSecond);
        CHECK(entered(run) == Instants{32'000});
        CHECK(run.state().faults[0].left == 0);
    }
}

TEST_CASE("attack: a gateway that is open takes a foreign contact in an emergency (P36)") {
    Design design = watched(InNormal::refused);
    Server& gateway = design.servers[1];
    gateway.max_expires = 60 * kSecond;
    design.phones[0].refresh = {RefreshRule::fraction, 0, 50};
    gateway.accepts = Accepts::open;
    design.faults.push_back(crash(0, 30, 3600 * kSecond));
    const auto hijacked = [&design](sim::TimeMs at) {
        Run run(design);
        run.until(at);
        return run.sip().hijacked(run.state(), kGateway, design.phones[0].lines[0].aor);
    };
    design.faults.push_back(attack(100 * kSecond, design));
    SECTION("for as long as it grants") {
        CHECK_FALSE(hijacked(99'999));
        CHECK(hijacked(159'999));
        CHECK_FALSE(hijacked(160'000));
    }
    SECTION("not if it knows its phones, or asks for credentials") {
        gateway.accepts = GENERATE(Accepts::known, Accepts::verified);
        CHECK_FALSE(hijacked(100'000));
    }
    SECTION("not before the emergency, even if it serves then") {
        gateway.survivability.in_normal = GENERATE(InNormal::refused, InNormal::served);
        design.faults[1].at = sim::exactly(50 * kSecond);
        CHECK_FALSE(hijacked(50'000));
    }
    SECTION("again, after the first try was refused") {
        design.faults[1].at = sim::exactly(60 * kSecond);
        design.faults[1].count = 2;
        CHECK_FALSE(hijacked(119'999));
        CHECK(hijacked(120'000));
    }
    SECTION("not if nobody reaches it") {
        design.faults.push_back(unreachable(1, 95 * kSecond, 10 * kSecond));
        CHECK_FALSE(hijacked(100'000));
    }
    SECTION("no longer than the emergency, if that drops bindings") {
        gateway.survivability.drops_at_exit = true;
        design.faults[0].lasts = sim::exactly(110 * kSecond);
        CHECK(hijacked(150'000));
        CHECK_FALSE(hijacked(152'200));
    }
    SECTION("until a restart forgets it") {
        design.faults.push_back(crash(1, 110 * kSecond, 1 * kSecond));
        CHECK(hijacked(110'000));
        design.faults[2].keeps_bindings = false;
        CHECK_FALSE(hijacked(110'000));
    }
}

TEST_CASE("attack: what replaces a binding is not forgotten, and leaves none to the phone (P36)") {
    Design design = watched(InNormal::served);
    design.servers[1].watches.reset();
    design.servers[1].accepts = Accepts::open;
    design.faults.push_back(attack(100 * kSecond, design));
    const bool replaces = GENERATE(false, true);
    design.faults[0].replaces = replaces;
    Run run(design);
    run.until(200 * kSecond);
    CHECK(run.sip().bound(run.state(), kGateway) == !replaces);
    CHECK_FALSE(run.sip().binding_lost(run.state(), kGateway));
    CHECK(run.usage(kGateway).believes == 1);
    run.until(3600 * kSecond);
    CHECK(run.sip().bound(run.state(), kGateway));
}

TEST_CASE("attack: the mode of the gateway comes with it") {
    Design design = watched(InNormal::served);
    Scope roots;
    roots.servers = {kGateway};
    CHECK(slice(design, roots).gateways.empty());
    design.faults.push_back(attack(0, design));
    CHECK(slice(design, roots).gateways == std::set<std::size_t>{kGateway});
}

TEST_CASE("attack: what a design file may say of it") {
    const auto fault = [](const json& own) {
        json one{{"name", "a"}, {"kind", "rogue-register"}, {"server", "gateway"},
                 {"line", "line1"}};
        one.update(own);
        return with("/faults", json::array({one}));
    };
    const Design design = read(fault({{"replaces", true}}));
    CHECK(design.faults[0].aor == "sip:1@example.com");
    CHECK(design.faults[0].lasts == sim::exactly(3600 * kSecond));
    CHECK(problems_of(fault({{"lasts", "1s"}})).find("the server decides") != std::string::npos);
    CHECK(problems_of(fault({{"line", "line2"}})).find("/faults/0/line") == 0);
    CHECK(problems_of(fault({{"kind", "crash"}})).find("it belongs to \"rogue-register\"") !=
          std::string::npos);
    check_problem("/servers/1/accepts", "all", "\"verified\", \"known\"");
}

TEST_CASE("gateway: it is in a scope with its mode, and the server that it watches") {
    Design design = watched();
    Scope roots;
    roots.gateways = {kGateway};
    CHECK(slice(design, roots).servers == std::set<std::size_t>{0, 1});
    roots = {};
    roots.servers = {kGateway};
    CHECK(SipModel(design, slice(design, roots)).gateways().empty());
    roots = {};
    roots.parts = {{PartKind::registration, 0, 0, 1}};
    CHECK(slice(design, roots).parts.size() == 1);
    CHECK(SipModel(design, slice(design, roots)).gateways() == std::vector<std::size_t>{kGateway});
    design.servers[1].survivability.in_normal = InNormal::served;
    CHECK(slice(design, roots).gateways.empty());
    design.servers[1].survivability.drops_at_exit = true;
    CHECK(slice(design, roots).gateways == std::set<std::size_t>{kGateway});
}

TEST_CASE("gateway: what a design file may say of it") {
    const auto gateway = [](const json& own) {
        json server{{"name", "gateway"}, {"kind", "gateway"}, {"watches", "primary"}};
        server.update(own);
        return with("/servers/1", server);
    };
    const Server server = read(gateway({{"survivability",
                                         {{"probe", "120s"}, {"in_normal", "404"}}}})).servers[1];
    CHECK(server.watches == std::optional<std::size_t>{0});
    CHECK(server.survivability.probe_in_emergency == 120'000);
    CHECK(server.survivability.answer == Status::not_found_404);
    const auto problem = [&](const json& own) { return problems_of(gateway(own)); };
    CHECK(problem({{"watches", "gatway"}}).find("did you mean") != std::string::npos);
    CHECK(problem({{"watches", "gateway"}}).find("the gateway itself") != std::string::npos);
    CHECK(problem({{"kind", "registrar"}}).find("/servers/1/watches") == 0);
    CHECK(problem({{"survivability", {{"in_normal", "200"}}}}).find("in_normal: \"200\"") !=
          std::string::npos);
    CHECK(problem({{"survivability", {{"enters_after", 0}}}}).find("from 1 to 100") !=
          std::string::npos);
    json mutual = gateway(json::object());
    mutual["servers"][0]["kind"] = "gateway";
    mutual["servers"][0]["watches"] = "gateway";
    CHECK(problems_of(mutual).find("a server that watches nobody") != std::string::npos);
    json cut = gateway(json::object());
    cut["faults"] = {{{"name", "cut"}, {"kind", "unreachable"}, {"server", "primary"},
                      {"gateway", "gateway"}}};
    CHECK(problems_of(cut) == "none");
    cut["faults"][0]["server"] = "gateway";
    CHECK(problems_of(cut).find("the server that the gateway watches, \"primary\"") !=
          std::string::npos);
    check_problem("/faults",
                  {{{"name", "cut"}, {"kind", "unreachable"}, {"server", "primary"},
                    {"gateway", "gateway"}}},
                  "which watches no server");
}

}  // namespace failback::tests::model_gateway_test
