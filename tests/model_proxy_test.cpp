// Outbound proxies: all that goes between a phone and its servers passes them, or does not.
#include <catch2/catch.hpp>

#include "model/sip/reduction.hpp"
#include "tests/proxy_fixture.hpp"

namespace failback::tests::model_proxy_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

constexpr DelayMs kSecond = 1000;

bool is_register(const Event& event) {
    return event.kind == EventKind::message_to_server && event.method == Method::register_;
}

// Those on the link to the proxy, or on the one behind it.
Instants registers(const Run& run, bool before) {
    return run.sent([before](const Event& event) {
        return is_register(event) && ((event.flags & kToProxy) != 0) == before;
    });
}

}  // namespace

TEST_CASE("proxy: requests and responses take both links (RFC 3261 8.1.2)") {
    Design design = behind_proxy(1);
    design.links.push_back({0, 1, sim::exactly(100), sim::exactly(200), {}});
    design.links.push_back({0, 0, sim::exactly(3), sim::exactly(4), {}});
    Run run(design);
    run.until(2 * kSecond);
    CHECK(registers(run, true) == Instants{0});
    CHECK(registers(run, false) == Instants{100});
    CHECK(run.responses(Method::register_, Status::ok_200) == Instants{103, 107});
    CHECK(run.observed(Notice::registered) == Instants{307});
    CHECK(delay_to_server(design, 0, 0) == sim::exactly(103));
    CHECK(delay_to_phone(design, 0, 0) == sim::exactly(204));
}

TEST_CASE("proxy: while it is down nothing passes, to any server") {
    Design design = behind_proxy(2);
    design.faults.push_back(crash(2, 0, 10 * kSecond));
    Run run(design);
    run.until(9 * kSecond);
    CHECK(registers(run, true).size() == 2 * 5);
    CHECK(registers(run, false).empty());
    run.until(20 * kSecond);
    CHECK(run.observed(Notice::registered, 0) == Instants{11'540});
    CHECK(run.observed(Notice::registered, 1) == Instants{11'540});
}

TEST_CASE("proxy: its restart forgets nothing, for it knows nothing (RFC 3261 16.11)") {
    Design design = behind_proxy(1);
    design.faults.push_back(crash(1, 12, 5));  // between the two passages
    Run run(design);
    run.until(2 * kSecond);
    CHECK(run.observed(Notice::registered) == Instants{40});
}

TEST_CASE("proxy: what was under way to the phone arrives") {
    Design design = behind_proxy(1);
    design.faults.push_back(crash(1, 31, 60 * kSecond));
    Run run(design);
    run.until(2 * kSecond);
    CHECK(run.observed(Notice::registered) == Instants{40});
}

TEST_CASE("proxy: each of its links may be cut, in each direction") {
    Design design = behind_proxy(2);
    SECTION("that of the phone") {
        design.faults.push_back(unreachable(2, 0, 5 * kSecond, Direction::to_phone));
        Run run(design);
        run.until(6 * kSecond);
        CHECK(registers(run, false).size() == 2 * 4);
        CHECK(run.observed(Notice::registered).empty());
    }
    SECTION("that of the phone, so that nothing comes from it") {
        design.faults.push_back(unreachable(2, 0, 5 * kSecond, Direction::to_server));
        Run run(design);
        run.until(6 * kSecond);
        CHECK(registers(run, false).empty());
    }
    SECTION("that to one server") {
        design.faults.push_back(unreachable(0, 0, 5 * kSecond));
        Run run(design);
        run.until(5 * kSecond);
        CHECK(registers(run, false).size() == 4 + 1);
        CHECK(run.observed(Notice::registered, 0).empty());
        CHECK(run.observed(Notice::registered, 1) == Instants{40});
    }
}

TEST_CASE("proxy: messages get lost on either link") {
    Design design = behind_proxy(1);
    design.faults.push_back(of_messages(FaultKind::loss, 1));
    Run run(design);
    run.fate = [](const Event& event) {  // as far as the budget goes
        const bool is_behind = (event.flags & kToProxy) == 0 && is_register(event);
        return is_behind ? Fate::lost : Fate::delivered;
    };
    run.until(2 * kSecond);
    CHECK(registers(run, true) == Instants{0, 500});
    CHECK(run.observed(Notice::registered) == Instants{540});
}

TEST_CASE("proxy: a server that is reached directly does not depend on it (UCS 4.1.6 p. 48)") {
    Design design = behind_proxy(2);
    design.phones[0].servers[1].direct = true;
    design.faults.push_back(crash(2, 0, 3600 * kSecond));
    Run run(design);
    run.until(kSecond);
    CHECK(run.observed(Notice::registered, 0).empty());
    CHECK(run.observed(Notice::registered, 1) == Instants{20});
    Scope roots;
    roots.parts.insert({PartKind::registration, 0, 0, 1});
    CHECK(slice(design, roots).servers == std::set<std::size_t>{1});
    CHECK(idle_parts(design, {PartKind::registration, 0, 0, 1}).retransmit);
    CHECK(delay_to_server(design, 0, 1) == sim::exactly(10));
}

TEST_CASE("proxy: calls in both directions pass it") {
    Design design = behind_proxy(2);
    dial_at(design, 2 * kSecond);
    design.incoming.push_back({0, 0, 0, 1, sim::exactly(2 * kSecond), sim::exactly(500), {}});
    SECTION("and are answered") {
        Run run(design);
        run.until(10 * kSecond);
        CHECK(run.observed(Notice::answered) == Instants{2040});
        CHECK(run.observed(Notice::rings) == Instants{2020});
        CHECK(run.observed(Notice::responds) == Instants{2040});
    }
    SECTION("or fail with it, at whatever server") {
        design.faults.push_back(crash(2, kSecond, 3600 * kSecond));
        Run run(design);
        run.until(60 * kSecond);
        CHECK(run.observed(Notice::invites).size() == 2);
        CHECK(run.observed(Notice::call_fails).size() == 1);
        CHECK(run.observed(Notice::unheard).size() == 1);
    }
}

TEST_CASE("proxy: a server that refuses for a while answers through it") {
    Design design = behind_proxy(1);
    design.faults.push_back(crash(0, 0, 5 * kSecond));
    design.faults.back().kind = FaultKind::maintenance;
    Run run(design);
    run.until(kSecond);
    CHECK(run.observed(Notice::refused) == Instants{40});
}

TEST_CASE("proxy: an outage of it is no outage of servers, and leaves them reachable") {
    Design design = behind_proxy(1);
    design.faults.push_back(crash(1, 0, 3600 * kSecond));
    Run run(design);
    run.until(kSecond);
    CHECK(run.sip().reachable(run.state(), 0, 0));
    CHECK_FALSE(run.sip().up(run.state(), 1));
}

TEST_CASE("proxy: what may be left out of a registration depends on it") {
    Design design = behind_proxy(1);
    const Part registration{PartKind::registration, 0, 0, 0};
    CHECK(idle_parts(design, registration).retransmit);
    Scope roots;
    roots.parts.insert(registration);
    CHECK(slice(design, roots).servers == std::set<std::size_t>{0, 1});
    SECTION("on its outages") { design.faults.push_back(crash(1, 0, kSecond)); }
    SECTION("on what gets lost on the way to it") {
        design.faults.push_back(of_messages(FaultKind::loss, 1));
        design.faults.back().server = 1;
    }
    CHECK_FALSE(idle_parts(design, registration).retransmit);
    design.faults[0].server = 0;
    CHECK_FALSE(idle_parts(design, registration).retransmit);
}

}  // namespace failback::tests::model_proxy_test
