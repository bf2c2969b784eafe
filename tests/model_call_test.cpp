// One call attempt: which server is tried when, and what ends it.
#include <catch2/catch.hpp>

#include "model/file/design_file.hpp"
#include "tests/run_fixture.hpp"

namespace failback::tests::model_call_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;
using Entries = std::vector<int>;

constexpr DelayMs kHour = 3'600'000;

// The entries of the server list that a call turned to, in order; -1 if it failed in the end.
Entries tried(const Run& run) {
    Entries entries;
    for (const Run::Step& step : run.steps()) {
        for (const Observation& seen : step.log.observations) {
            if (seen.notice == Notice::invites) {
                entries.push_back(seen.b);
            } else if (seen.notice == Notice::call_fails) {
                entries.push_back(-1);
            }
        }
    }
    return entries;
}

// Three servers, of which the first is never registered, and those listed are down from 1 s on.
Design second_works(const std::vector<std::size_t>& dead) {
    Design design = design_with(3);
    design.phones[0].servers[0].registers = false;
    for (const std::size_t server : dead) {
        design.faults.push_back(crash(server, 1000, kHour));
    }
    dial_at(design, 2000);
    return design;
}

Entries run_out(const Design& design) {
    Run run(design);
    run.until(200'000);
    return tried(run);
}

}  // namespace

TEST_CASE("call: the working server is tried first, and answers") {
    Run run(second_works({}));
    run.until(10'000);
    CHECK(tried(run) == Entries{1});
    CHECK(run.observed(Notice::answered) == Instants{2020});
    CHECK(run.state().calls[0].calling == 0);
    CHECK(run.requests(Method::ack) == Instants{2020});
    CHECK(run.state().call_servers[1].phase == CallServer::Phase::confirmed);
}

TEST_CASE("call: with `first: primary` the primary is tried, registered or not") {
    Design design = second_works({});
    design.phones[0].calls.first = CallFirst::primary;
    CHECK(run_out(design) == Entries{0});
}

TEST_CASE("call: without a working server the primary is tried first") {
    Design design = second_works({});
    for (ServerEntry& entry : design.phones[0].servers) {
        entry.registers = false;
    }
    CHECK(run_out(design) == Entries{0});
}

TEST_CASE("call: all others follow in order of priority, registered or not") {
    // SIP 3.0.2 p. 4-40. The phone still believes in its registration with the second.
    CHECK(run_out(second_works({1})) == Entries{1, 0});
    CHECK(run_out(second_works({0, 1})) == Entries{1, 0, 2});
}

TEST_CASE("call: it fails only when the list is exhausted") {
    CHECK(run_out(second_works({0, 1, 2})) == Entries{1, 0, 2, -1});
}

TEST_CASE("call: with `then: lower` only servers below the first one follow") {
    Design design = second_works({1, 2});
    design.phones[0].calls.then = CallThen::lower;
    CHECK(run_out(design) == Entries{1, 2, -1});  // although the first one is up
}

TEST_CASE("call: the last server gets all of Timer B") {
    Run run(second_works({0, 1, 2}));
    run.until(200'000);
    CHECK(run.observed(Notice::call_fails) == Instants{2000 + 7500 + 7500 + 32'000});
}

TEST_CASE("call: a late answer of a server that was given up is acknowledged, and no more") {
    Design design = second_works({});
    design.links.push_back({0, 1, sim::exactly(10), sim::exactly(7600), {}});
    design.calls[0].at = sim::exactly(10'000);
    Run run(design);
    run.until(100'000);
    CHECK(tried(run) == Entries{1, 0});
    CHECK(run.observed(Notice::answered) == Instants{10'000 + 7500 + 20});
    CHECK(run.state().call_servers[1].phase == CallServer::Phase::confirmed);
    // Each copy of the late 200, sent at T1 intervals until the first ACK arrived.
    CHECK(run.requests(Method::ack).size() > 2);
}

TEST_CASE("call: an answer too late for every server fails the call") {
    Design design = design_with(1);
    design.links.push_back({0, 0, sim::exactly(10), sim::exactly(33'000), {}});
    dial_at(design, 0);
    Run run(design);
    run.until(32'000);
    CHECK(tried(run) == Entries{0, -1});
    run.until(100'000);
    CHECK(run.observed(Notice::answered).empty());
}

TEST_CASE("call: a retransmitted INVITE is absorbed, also after the ACK") {
    Design design = design_with(1);
    design.links.push_back({0, 0, sim::exactly(10), sim::exactly(700), {}});
    dial_at(design, 0);
    Run run(design);
    run.until(100'000);
    CHECK(run.requests(Method::invite) == Instants{0, 500});
    // The answer and its two repetitions until the ACK of 720 ms.
    CHECK(run.responses(Method::invite, Status::ok_200) == Instants{10, 510});
    CHECK(run.observed(Notice::answered) == Instants{710});
}

TEST_CASE("call: a crash forgets the call; the retransmitted INVITE is answered as a new one") {
    Design design = design_with(1);
    design.phones[0].servers[0].registers = false;
    design.faults.push_back(crash(0, 100, 200));
    design.faults.push_back(unreachable(0, 0, 50, Direction::to_phone));
    dial_at(design, 0);
    Run run(design);
    run.until(100'000);
    CHECK(run.responses(Method::invite, Status::ok_200) == Instants{10, 510});
    CHECK(run.observed(Notice::answered) == Instants{520});
}

TEST_CASE("call: the next attempt begins after the end of the one before, within the budget") {
    Design design = design_with(1);
    dial_at(design, 1000);
    design.calls[0].count = 3;
    Run run(design);
    run.until(100'000);
    CHECK(run.observed(Notice::dials) == Instants{1000, 2020, 3040});
    CHECK(run.observed(Notice::answered) == Instants{1020, 2040, 3060});
    CHECK(run.state().calls[0].dials_left == 0);
}

TEST_CASE("call: over TCP nothing is repeated by the caller, each server gets Timer B") {
    Design design = second_works({1});
    design.phones[0].transport = Transport::tcp;
    Run run(design);
    run.until(200'000);
    CHECK(tried(run) == Entries{1, 0});
    CHECK(run.requests(Method::invite) == Instants{2000, 34'000});
}

TEST_CASE("call: a line has one call plan; a second one is refused where it stands") {
    const std::string design = R"({"format": 1, "name": "two-plans",
  "servers": [{"name": "s1"}],
  "phones": [{"name": "phone", "servers": ["s1"],
    "lines": [{"name": "line1", "aor": "sip:1@example.com"},
              {"name": "line2", "aor": "sip:2@example.com"}]}],
  "calls": [{"phone": "phone", "line": "line1"}, {"phone": "phone", "line": "line2"},
            {"phone": "phone", "line": "line1", "at": "1h"}]})";
    try {
        (void)parse_design(design, "d.json");
        FAIL("it was read");
    } catch (const InputError& error) {
        REQUIRE(error.problems().size() == 1);
        CHECK(error.problems()[0].pointer == "/calls/2");
        CHECK(error.problems()[0].position.line == 7);
        CHECK(error.problems()[0].expected == "each line once; \"count\" is for more calls");
    }
}

}  // namespace failback::tests::model_call_test
