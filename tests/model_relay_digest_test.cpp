// Digest through gateways that pass requests on: RFC 3261 22 and 16.7.
#include <catch2/catch.hpp>

#include "model/nodes/digest.hpp"
#include "model/sip/scope.hpp"
#include "tests/relay_fixture.hpp"

namespace failback::tests::model_relay_digest_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

constexpr DelayMs kSecond = 1000;
constexpr std::size_t kGateway = 1;
constexpr std::size_t kLine = 0;

// The server behind the gateway challenges REGISTERs, the gateway nobody.
Design challenging(Accepts accepts = Accepts::open) {
    Design design = relayed();
    design.servers[0].authentication.of_register = true;
    design.servers[1].accepts = accepts;
    return design;
}

Authentication& policy_of(Design& design) { return design.servers[0].authentication; }

Instants relayed_with_credentials(const Run& run, Method method = Method::register_) {
    return run.sent([method](const Event& event) {
        return event.kind == EventKind::relayed_to_server && event.method == method &&
               nonce_of(event) != kNoNonce;
    });
}

Instants came_back(const Run& run, Method method, Status status) {
    return run.sent([method, status](const Event& event) {
        return event.kind == EventKind::relayed_to_gateway && event.method == method &&
               event.status == status;
    });
}

}  // namespace

TEST_CASE("relay digest: RFC 3261 22.1, the challenge of the registrar comes back unchanged") {
    Design design = challenging();
    SECTION("and the credentials go to it") {
        Run run(design);
        run.until(kSecond);
        CHECK(came_back(run, Method::register_, Status::unauthorized_401) == Instants{20});
        CHECK(run.responses(Method::register_, Status::unauthorized_401) == Instants{30});
        CHECK(run.requests(Method::register_) == Instants{0, 40});
        CHECK(relayed_with_credentials(run) == Instants{50});
        CHECK(run.observed(Notice::registered) == Instants{80});
        CHECK(run.observed(Notice::challenged) == Instants{40});
        CHECK(run.sip().bound(run.state(), kLine));
        CHECK(run.sip().bound_beyond(run.state(), kLine));
    }
    SECTION("a challenge leaves no binding at either of them") {
        Run run(design);
        run.until(35);
        CHECK_FALSE(run.sip().bound(run.state(), kLine));
        CHECK_FALSE(run.sip().bound_beyond(run.state(), kLine));
    }
    SECTION("a wrong password is refused, and the gateway learns nothing") {
        design.phones[0].credentials.accounts[0].password = "wrong";
        Run run(design);
        run.until(kSecond);
        CHECK(run.observed(Notice::denied) == Instants{80});
        CHECK_FALSE(run.sip().bound(run.state(), kLine));
    }
    SECTION("RFC 3261 10.3: a user that the registrar does not know, or does not let register") {
        const bool is_known = GENERATE(true, false);
        policy_of(design).knows_others = is_known;
        if (is_known) {
            UserRule rule;
            rule.aor = design.phones[0].lines[0].aor;
            rule.may_register = false;
            policy_of(design).users.push_back(rule);
        }
        Run run(design);
        run.until(kSecond);
        CHECK(run.responses(Method::register_, Status::not_found_404).empty() == is_known);
        CHECK(run.responses(Method::register_, Status::forbidden_403).empty() != is_known);
    }
}

TEST_CASE("relay digest: RFC 3261 17.2.2, the registrar challenges a copy from memory") {
    Design design = challenging();
    design.faults.push_back(of_messages(FaultKind::loss, 1));
    design.faults[0].gateway = kGateway;
    Run run(design);
    run.fate = [](const Event& event) {
        return event.kind == EventKind::relayed_to_gateway ? Fate::lost : Fate::delivered;
    };
    run.until(2 * kSecond);
    CHECK(came_back(run, Method::register_, Status::unauthorized_401) == Instants{20, 520});
    CHECK(run.observed(Notice::registered) == Instants{580});
}

TEST_CASE("relay digest: RFC 7616 3.3, a nonce gets old at the registrar, or dies with it") {
    Design design = challenging();
    design.phones[0].expires = 600 * kSecond;  // refreshed after 540 s
    SECTION("old: the refresh is challenged with stale=true") {
        policy_of(design).nonce_lifetime = sim::exactly(300 * kSecond);
        Run run(design);
        run.until(541 * kSecond);
        CHECK(came_back(run, Method::register_, Status::unauthorized_401) ==
              Instants{20, 540'100});
        CHECK(run.observed(Notice::registered) == Instants{80, 540'160});
    }
    SECTION("kept: it is accepted") {
        Run run(design);
        run.until(541 * kSecond);
        CHECK(came_back(run, Method::register_, Status::unauthorized_401) == Instants{20});
        CHECK(run.observed(Notice::registered) == Instants{80, 540'120});
    }
    SECTION("a restart of the registrar ends it, unless the secret is that of a group") {
        const bool is_shared = GENERATE(true, false);
        policy_of(design).shared_secret = is_shared ? "cluster" : "";
        design.faults.push_back(crash(0, 10 * kSecond, 20 * kSecond));
        Run run(design);
        run.until(541 * kSecond);
        CHECK((came_back(run, Method::register_, Status::unauthorized_401).size() == 1) ==
              is_shared);
    }
    SECTION("a restart of the gateway does not") {
        design.faults.push_back(crash(1, 10 * kSecond, 20 * kSecond));
        Run run(design);
        run.until(541 * kSecond);
        CHECK(came_back(run, Method::register_, Status::unauthorized_401) == Instants{20});
    }
}

TEST_CASE("relay digest: in an emergency nobody asks for credentials, and some are known (P36)") {
    Design design = challenging(GENERATE(Accepts::open, Accepts::known));
    const bool is_open = design.servers[1].accepts == Accepts::open;
    design.phones[0].expires = 600 * kSecond;
    design.servers[1].max_expires = 60 * kSecond;
    design.phones[0].refresh = {RefreshRule::fraction, 0, 50};
    SECTION("who was registered before is served, with the old nonce or without") {
        design.faults.push_back(crash(0, 30 * kSecond, 3600 * kSecond));
        Run run(design);
        run.until(400 * kSecond);
        CHECK(run.observed(Notice::registered) == Instants{80, 300'100, 330'120, 360'140,
                                                           390'160});
        CHECK(run.responses(Method::register_, Status::unauthorized_401) == Instants{30});
    }
    SECTION("who boots then is new: only an open gateway takes it") {
        design.faults.push_back(crash(0, 0, 3600 * kSecond));
        rules_of(design).probe = 5 * kSecond;
        design.phones[0].boot = sim::exactly(200 * kSecond);
        Run run(design);
        run.until(201 * kSecond);
        CHECK(run.observed(Notice::registered).empty() != is_open);
        CHECK(run.responses(Method::register_, Status::forbidden_403).empty() == is_open);
    }
    SECTION("a restart of the gateway forgets whom it knows") {
        design.faults.push_back(crash(0, 30 * kSecond, 3600 * kSecond));
        design.faults.push_back(crash(1, 40 * kSecond, kSecond));
        design.faults[1].keeps_bindings = false;
        Run run(design);
        run.until(301 * kSecond);
        CHECK(run.responses(Method::register_, Status::forbidden_403).empty() == is_open);
    }
}

TEST_CASE("relay digest: after an emergency the registrar challenges whom it has forgotten") {
    Design design = challenging();
    design.phones[0].expires = 600 * kSecond;
    design.servers[1].max_expires = 600 * kSecond;
    design.faults.push_back(crash(0, 30 * kSecond, 100 * kSecond));
    design.faults[0].keeps_bindings = false;
    SECTION("the refresh of the phone") {
        Run run(design);
        run.until(541 * kSecond);
        CHECK(came_back(run, Method::register_, Status::unauthorized_401).size() == 2);
        CHECK(run.sip().bound_beyond(run.state(), kLine));
    }
    SECTION("the gateway, which has the password (CUBE, reg-sync)") {
        rules_of(design).re_registers = kSecond;
        Run run(design);
        run.until(153 * kSecond);
        CHECK(came_back(run, Method::re_register, Status::unauthorized_401) == Instants{152'050});
        CHECK(relayed_with_credentials(run, Method::re_register) == Instants{152'060});
        CHECK(came_back(run, Method::re_register, Status::ok_200) == Instants{152'070});
        CHECK(run.sip().bound_beyond(run.state(), kLine));
        CHECK(run.state().relays[0].phase == Relay::Phase::none);
    }
    SECTION("the gateway, with a password that was changed meanwhile: once") {
        rules_of(design).re_registers = kSecond;
        Fault changed = crash(0, 140 * kSecond, 60 * kSecond);
        changed.name = "changed";
        changed.kind = FaultKind::credentials;
        design.faults.push_back(changed);
        Run run(design);
        run.until(190 * kSecond);
        CHECK(came_back(run, Method::re_register, Status::unauthorized_401).size() == 2);
        CHECK_FALSE(run.sip().bound_beyond(run.state(), kLine));
    }
    SECTION("the gateway, and the secret changes in between") {
        rules_of(design).re_registers = kSecond;
        design.faults.push_back(crash(0, 152'055, 10));
        Run run(design);
        run.until(190 * kSecond);
        CHECK(came_back(run, Method::re_register, Status::unauthorized_401).size() == 2);
        CHECK_FALSE(run.sip().bound_beyond(run.state(), kLine));
    }
}

TEST_CASE("relay digest: RFC 3261 22.3, a 407 comes back, and the gateway takes its ACK") {
    Design design = relayed();
    policy_of(design).of_invite = true;
    dial_at(design, 100 * kSecond);
    const auto invites = [](const Run& run) {
        return run.sent([](const Event& event) {
            return event.kind == EventKind::relayed_to_server && event.method == Method::invite;
        });
    };
    SECTION("in the normal state") {
        Run run(design);
        run.until(200 * kSecond);
        CHECK(invites(run) == Instants{100'010, 100'050});
        CHECK(relayed_with_credentials(run, Method::invite) == Instants{100'050});
        CHECK(run.observed(Notice::call_challenged) == Instants{100'040});
        CHECK(run.observed(Notice::answered) == Instants{100'080});
    }
    SECTION("not in an emergency") {
        design.faults.push_back(crash(0, 30, 3600 * kSecond));
        Run run(design);
        run.until(200 * kSecond);
        CHECK(run.observed(Notice::call_challenged).empty());
        CHECK(run.observed(Notice::answered) == Instants{100'020});
    }
    SECTION("a nonce from before a restart of the server earns another challenge") {
        design.calls[0].count = 2;
        design.faults.push_back(crash(0, 150 * kSecond, 10 * kSecond));
        Run run(design);
        run.until(300 * kSecond);
        CHECK(run.observed(Notice::call_challenged).size() == 2);
        CHECK(run.observed(Notice::answered).size() == 2);
    }
}

TEST_CASE("relay digest: one registration at a time, the nonce of a server goes along either way") {
    Design design = watched(InNormal::passed_on);
    design.servers[0].authentication.of_register = true;
    design.servers[1].accepts = Accepts::open;
    design.phones[0].registration.order = Order::successive;
    design.phones[0].failback = {FailbackRule::stay, 0, 0, 0};
    design.phones[0].expires = 600 * kSecond;
    design.faults.push_back(unreachable(0, 100 * kSecond, 3600 * kSecond));
    design.faults[0].phone = 0;  // the gateway still sees the server
    Run run(design);
    run.until(700 * kSecond);
    CHECK(run.responses(Method::register_, Status::unauthorized_401) == Instants{10});
    CHECK(relayed_with_credentials(run).size() == 1);
    CHECK(run.sip().bound_beyond(run.state(), 1));
}

}  // namespace failback::tests::model_relay_digest_test
