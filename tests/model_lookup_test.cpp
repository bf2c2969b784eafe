// Look-ups of names (RFC 3263, 2782, 2308), and requests that wait for them.
#include <catch2/catch.hpp>

#include "model/nodes/lookup.hpp"
#include "tests/name_fixture.hpp"

namespace failback::tests::model_lookup_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;
using End = QueryEnd;
using Kind = NameInput::Kind;

constexpr sim::TimeMs kSecond = 1000;

// One name of a phone, and what its steps ask for.
struct Name {
    NameState state;
    NameConfig config;
    NameOutput output;

    Name() {
        config.srv = true;
        config.ttl = 300'000;
    }

    void step(Kind kind, std::uint64_t resolvers = as_bits(0, End::answer)) {
        output = {};
        model::step(state, config, {kind, resolvers}, output);
    }

    // Asks, and lets each query end as `ends` says; gives how many were sent.
    int look_up(const std::vector<End>& ends) {
        int sent = 0;
        for (const End end : ends) {
            step(sent == 0 ? Kind::ask : Kind::query_ends, as_bits(0, end));
            ++sent;
            REQUIRE(output.query);
            REQUIRE(state.end == end);
        }
        step(Kind::query_ends);
        return sent;
    }
};

Instants requests(const Run& run, std::uint8_t usage) {
    return run.sent([=](const Event& event) {
        return event.kind == EventKind::message_to_server && event.method == Method::register_ &&
               event.index == usage && (event.flags & kRetransmission) == 0;
    });
}

Instants invites(const Run& run, std::uint8_t entry) {
    return run.sent([=](const Event& event) {
        return event.kind == EventKind::message_to_server && event.method == Method::invite &&
               event.key == entry && (event.flags & kRetransmission) == 0;
    });
}

}  // namespace

TEST_CASE("look-up: NAPTR, SRV and A are asked for one after the other") {
    Name name;
    CHECK(name.look_up({End::answer, End::answer, End::answer}) == 3);
    CHECK(name.output.found == true);
    CHECK(name.output.keeps == 300'000);
    CHECK(is_usable(name.state));
    name.step(Kind::expires);
    CHECK_FALSE(is_usable(name.state));
    CHECK(name.state == NameState{});
}

TEST_CASE("look-up: a query without an answer is tried again, then the next one is asked") {
    Name name;
    SECTION("without NAPTR records SRV records are enough") {
        CHECK(name.look_up({End::silence, End::silence, End::answer, End::silence, End::answer}) ==
              5);
        CHECK(name.output.found == true);
    }
    SECTION("without SRV records their targets are not known") {
        CHECK(name.look_up({End::answer, End::silence, End::silence, End::answer}) == 4);
        CHECK(name.output.found == false);
    }
    SECTION("a name with addresses needs none") {
        name.config.srv = false;
        CHECK(name.look_up({End::answer, End::silence, End::silence, End::answer}) == 4);
        CHECK(name.output.found == true);
    }
    SECTION("the last one must be answered") {
        name.config.srv = false;
        CHECK(name.look_up({End::answer, End::answer, End::silence, End::silence}) == 4);
        CHECK(name.output.found == false);
        CHECK(name.state == NameState{});
    }
}

TEST_CASE("look-up: a query waits for its timeout, or takes what the answer takes") {
    Name name;
    name.step(Kind::ask, as_bits(0, End::silence));
    CHECK(name.output.query == sim::exactly(5000));
    name.step(Kind::query_ends, as_bits(0, End::answer));
    CHECK(name.output.query == Interval{0, 1000});
}

TEST_CASE("look-up: resolvers are asked in turn") {
    Name name;
    name.config.resolvers = 2;
    const std::uint64_t second_answers = as_bits(0, End::silence) | as_bits(1, End::answer);
    name.step(Kind::ask, second_answers);
    CHECK(name.state.end == End::silence);
    name.step(Kind::query_ends, second_answers);
    CHECK(name.state.end == End::answer);
    name.step(Kind::query_ends, second_answers);  // the next query begins with the first one
    CHECK(name.state.end == End::silence);
}

TEST_CASE("look-up: who asks meanwhile waits for the same answer") {
    Name name;
    name.step(Kind::ask);
    name.step(Kind::ask);
    CHECK_FALSE(name.output.query);
}

TEST_CASE("look-up: an answer with a time to live of 0 is not kept") {
    Name name;
    name.config.ttl = 0;
    (void)name.look_up({End::answer, End::answer, End::answer});
    CHECK(name.output.found == true);
    CHECK_FALSE(name.output.keeps);
    CHECK_FALSE(is_usable(name.state));
}

TEST_CASE("look-up: that there is no such name is kept for a while (RFC 2308)") {
    Name name;
    name.config.negative_ttl = 60'000;
    CHECK(name.look_up({End::denial}) == 1);
    CHECK(name.output.found == false);
    CHECK(name.output.keeps == 60'000);
    name.step(Kind::ask);
    CHECK(name.output.query == sim::exactly(0));
    name.step(Kind::query_ends);
    CHECK(name.output.found == false);
    CHECK_FALSE(name.output.keeps);
    name.step(Kind::expires);
    CHECK(name.state == NameState{});
    name.config.negative_ttl = 0;
    (void)name.look_up({End::denial});
    CHECK(name.state == NameState{});
}

TEST_CASE("look-up: an expired record is of use if the phone says so") {
    Name name;
    SECTION("after a failure, unless the name is gone") {
        name.config.rules.expired = Expired::after_failure;
        name.config.rules.queries = 2;
        (void)name.look_up({End::answer, End::answer});
        name.step(Kind::expires);
        CHECK_FALSE(is_usable(name.state));
        (void)name.look_up({End::silence, End::silence, End::silence, End::silence});
        CHECK(name.output.found == true);
        (void)name.look_up({End::denial});
        CHECK(name.output.found == false);
        CHECK(name.state == NameState{});
    }
    SECTION("at once: it never ends then") {
        name.config.rules.expired = Expired::at_once;
        (void)name.look_up({End::answer, End::answer, End::answer});
        CHECK_FALSE(name.output.keeps);
        name.step(Kind::restart);
        CHECK_FALSE(name.output.ends_record);
    }
    SECTION("never: it is fetched again as soon as it has ended") {
        name.config.rules.expired = Expired::refetched;
        (void)name.look_up({End::answer, End::answer, End::answer});
        name.step(Kind::expires, as_bits(0, End::answer));
        CHECK_FALSE(is_usable(name.state));
        CHECK(name.state.end == End::answer);
        name.step(Kind::ask);
        CHECK_FALSE(name.output.query);  // waits with it
        name.step(Kind::query_ends, as_bits(0, End::answer));
        name.step(Kind::query_ends, as_bits(0, End::answer));
        name.step(Kind::query_ends);
        CHECK(name.output.found == true);
        CHECK(is_usable(name.state));
        CHECK(name.output.keeps == 300'000);
    }
}

TEST_CASE("look-up: a restart forgets all") {
    Name name;
    name.step(Kind::ask);
    name.step(Kind::restart);
    CHECK(name.output.ends_query);
    CHECK_FALSE(name.output.ends_record);
    (void)name.look_up({End::answer, End::answer, End::answer});
    name.step(Kind::restart);
    CHECK(name.output.ends_record);
    CHECK(name.state == NameState{});
}

TEST_CASE("names: a REGISTER is sent once the address is known, and no look-up precedes the next") {
    Design design = named(1, {{0}});
    design.phones[0].expires = 300'000;
    Run run(design);
    run.until(250 * kSecond);
    CHECK(requests(run, 0) == Instants{30, 240'050});
    CHECK(run.observed(Notice::looks_up, 0) == Instants{0});
}

TEST_CASE("names: a list that is fetched again when it ends is there when it is needed") {
    Design design = named(1, {{0}});
    design.phones[0].expires = 400'000;
    design.phones[0].lookup.expired = GENERATE(Expired::refetched, Expired::unused);
    const bool refetched = design.phones[0].lookup.expired == Expired::refetched;
    Run run(design);
    run.until(360 * kSecond);
    // The record ended after 300 s; 60 s before its end the registration is refreshed.
    CHECK(requests(run, 0) == Instants{30, refetched ? 340'050 : 340'080});
    CHECK(run.observed(Notice::looks_up, 0) == Instants{0, refetched ? 300'030 : 340'050});
}

TEST_CASE("names: a name that is not resolved is a failure of its server only") {
    Design design = named(3, {{0, 1}});
    design.faults.push_back(dns_outage(0, 100'000));
    SECTION("the server behind it is next, not the second address of the name") {
        design.phones[0].registration.order = Order::successive;
        design.phones[0].failback.rule = FailbackRule::stay;
        Run run(design);
        run.until(100 * kSecond);
        CHECK(requests(run, 0).empty());
        CHECK(requests(run, 1).empty());
        CHECK(requests(run, 2) == Instants{30'000});
        CHECK(run.observed(Notice::unresolved, 0) == Instants{30'000});
    }
    SECTION("other registrations do not wait for it") {
        Run run(design);
        run.until(190 * kSecond);
        CHECK(requests(run, 2) == Instants{0});
        // Look-ups of 30 s with pauses of 30 s; the third one meets the resolver's return.
        CHECK(run.observed(Notice::unresolved, 0) == Instants{30'000, 90'000});
        CHECK(run.observed(Notice::looks_up, 0) == Instants{0, 60'000, 120'000});
        CHECK(requests(run, 0) == Instants{120'030});
    }
}

TEST_CASE("names: nothing but a name, and nobody to resolve it: a pause comes between look-ups") {
    Design design = named(2, {{0, 1}});
    design.phones[0].registration.order = Order::successive;
    design.phones[0].failback.rule = FailbackRule::stay;
    design.faults.push_back(dns_outage(0, 100'000));
    Run run(design);
    run.until(130 * kSecond);
    CHECK(run.observed(Notice::unresolved, 0) == Instants{30'000, 90'000});
    CHECK(requests(run, 0) == Instants{120'030});
}

TEST_CASE("names: a call waits for the name of each server that it turns to, and then it fails") {
    Design design = named(2, {{0}, {1}});
    for (ServerEntry& entry : design.phones[0].servers) {
        entry.registers = false;
    }
    dial_at(design, 10'000);
    design.faults.push_back(dns_outage(0, 1'000'000));
    Run run(design);
    run.until(100 * kSecond);
    CHECK(run.observed(Notice::call_fails, 0) == Instants{70'000});
    CHECK(invites(run, 0).empty());
}

TEST_CASE("names: a call turns to the next server when a name is not resolved") {
    Design design = named(2, {{0}});
    design.phones[0].servers[0].registers = false;
    design.phones[0].calls.first = CallFirst::primary;
    dial_at(design, 10'000);
    design.faults.push_back(dns_outage(0, 1'000'000));
    Run run(design);
    run.until(100 * kSecond);
    CHECK(invites(run, 1) == Instants{40'000});
}

TEST_CASE("names: a phone that resolves all names first may wait for one in vain") {
    Design design = named(2, {{1}});
    design.phones[0].servers[1].registers = false;
    dial_at(design, 10'000);
    design.faults.push_back(dns_outage(0, 1'000'000));
    design.phones[0].lookup.all_before_calls = GENERATE(false, true);
    Run run(design);
    run.until(100 * kSecond);
    const bool all = design.phones[0].lookup.all_before_calls;
    CHECK(invites(run, 0) == Instants{all ? 40'000 : 10'000});
}

TEST_CASE("names: the answer to a request before the look-up is not taken for one to the next") {
    Design design = named(1, {{0}});
    design.phones[0].timers.timer_f = 1000;
    design.phones[0].lookup.timeout = 20'000;
    design.dns.records[0].ttl = 0;
    design.default_delay = sim::exactly(20'000);
    design.faults.push_back(dns_outage(1000, 60'000));
    Run run(design);
    // The REGISTER is given up after 1 s, the next look-up begins 30 s later, the answer to the
    // first one comes after 40 s.
    run.until(60 * kSecond);
    CHECK(run.observed(Notice::registered, 0).empty());
    CHECK(run.usage(0).open == kLookingUp);
}

TEST_CASE("names: one address of a name is registered with, beside other servers") {
    Design design = named(3, {{0, 1}});
    design.phones[0].expires = 300'000;
    design.faults.push_back(crash(0, 100'000, 400'000));
    SECTION("and the other one when that fails") {
        Run run(design);
        run.until(280 * kSecond);
        CHECK(requests(run, 0) == Instants{30, 240'050});
        CHECK(requests(run, 1) == Instants{272'050});
        CHECK(requests(run, 2) == Instants{0, 240'020});
        CHECK(run.sip().working(run.state(), 0) == 1);
        CHECK(run.observed(Notice::switches, 0) == Instants{20, 50, 272'050, 272'070});
    }
    SECTION("where it stays") {
        Run run(design);
        run.until(1000 * kSecond);
        CHECK(run.sip().working(run.state(), 0) == 1);
    }
    SECTION("or returns from, after the time to live of the name") {
        design.phones[0].address_failback = {FailbackRule::after, 300'000, 0, 0, true};
        Run run(design);
        run.until(570 * kSecond);
        CHECK(run.sip().working(run.state(), 0) == 1);
        run.until(573 * kSecond);
        CHECK(run.sip().working(run.state(), 0) == 0);
        // The refresh at 512 s has looked the name up.
        CHECK(run.observed(Notice::leaves, 1) == Instants{572'090});
    }
}

TEST_CASE("names: after a restart nothing is known, and nothing is being looked up") {
    Design design = named(3, {{0, 1}});
    design.faults.push_back(restart(10, 1000));
    Run run(design);
    run.until(5 * kSecond);
    CHECK(requests(run, 0) == Instants{1040});
    CHECK(run.observed(Notice::looks_up, 0) == Instants{0, 1010});
}

}  // namespace failback::tests::model_lookup_test
