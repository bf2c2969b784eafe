// Settings of phones that a server, DNS or a flow has a part in: records that are written in the
// phone, ports of targets, the Flow-Timer, and until when failures count.
#include <catch2/catch.hpp>

#include "model/nodes/flow.hpp"
#include "model/sip/reduction.hpp"
#include "tests/design_fixture.hpp"
#include "tests/name_fixture.hpp"

namespace failback::tests::model_phone_settings_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

constexpr DelayMs kSecond = 1000;

Instants pings(const Run& run) {
    return run.sent([](const Event& event) {
        return event.kind == EventKind::message_to_server && event.method == Method::keep_alive;
    });
}

Instants looked_up(const Run& run) { return run.observed(Notice::looks_up); }

// DNS is gone for ten minutes; a look-up takes 3 queries of 2 tries of 1 s then.
Design with_static_records(DelayMs ttl) {
    Design design = named(1, {{0}});
    design.phones[0].lookup.timeout = kSecond;
    design.phones[0].lookup.static_ttl = ttl;
    design.phones[0].expires = 120 * kSecond;  // refreshed after 60 s
    design.faults.push_back(dns_outage(0, 600 * kSecond));
    return design;
}

// Keep-alives over TCP after 30 s that the server answers; refreshed after 59 minutes.
Design with_flow() {
    Design design = design_with(1);
    Phone& phone = design.phones[0];
    phone.transport = Transport::tcp;
    phone.flow.keep_alive.method = KeepAliveMethod::crlf;
    phone.flow.keep_alive.every = sim::exactly(30 * kSecond);
    phone.flow.keep_alive.answered = true;
    return design;
}

}  // namespace

TEST_CASE("static records: they serve when nobody answers (Polycom CX5500 p. 148)") {
    Run run(with_static_records(300 * kSecond));
    run.until(100 * kSecond);
    CHECK(run.observed(Notice::registered) == Instants{6020, 66'040});
    CHECK(run.observed(Notice::unresolved).empty());
    CHECK(looked_up(run) == Instants{0});
}

TEST_CASE("static records: after their time DNS is asked again (CX5500 p. 261)") {
    Run run(with_static_records(40 * kSecond));
    run.until(100 * kSecond);
    CHECK(looked_up(run) == Instants{0, 66'020});
    CHECK(run.observed(Notice::registered) == Instants{6020, 72'040});
}

TEST_CASE("static records: also when there is no such name, and not where DNS answers") {
    Design design = with_static_records(300 * kSecond);
    SECTION("a denial") {
        design.faults[0].kind = FaultKind::dns_denial;
        design.dns.records[0].negative_ttl = 500 * kSecond;
        Run run(design);
        run.until(10 * kSecond);
        CHECK(run.observed(Notice::registered).size() == 1);
        CHECK(run.state().names[0].record == NameRecordState::fresh);
    }
    SECTION("an answer has the time to live of DNS") {
        design.faults.clear();
        design.dns.records[0].ttl = 30 * kSecond;
        Run run(design);
        run.until(70 * kSecond);
        CHECK(looked_up(run).size() == 2);
    }
    SECTION("without them the attempt fails") {
        design.phones[0].lookup.static_ttl = 0;
        Run run(design);
        run.until(10 * kSecond);
        CHECK(run.observed(Notice::unresolved).size() == 1);
    }
}

TEST_CASE("ports: targets with another port than the first one are left out") {
    json design = minimal();
    design["servers"].push_back({{"name", "third"}});
    design["dns"]["records"] = {
        {{"name", "sip.example.com"},
         {"srv", {{{"server", "gateway"}, {"priority", 20}, {"port", 5080}},
                  {{"server", "primary"}, {"priority", 10}},
                  {{"server", "third"}, {"priority", 30}, {"port", 5060}}}}}};
    design["phones"][0]["servers"] = {{{"name", "sip.example.com"}, {"ports", "of-first"}}};
    const auto servers = [](const Design& read) {
        std::vector<std::size_t> list;
        for (const ServerEntry& entry : read.phones[0].servers) {
            list.push_back(entry.server);
        }
        return list;
    };
    CHECK(servers(read(design)) == std::vector<std::size_t>{0, 2});
    CHECK(read(design).phones[0].names[0].count == 2);
    design["phones"][0]["servers"][0]["ports"] = "all";
    CHECK(servers(read(design)) == std::vector<std::size_t>{0, 1, 2});
    design["phones"][0]["servers"][0]["ports"] = "some";
    CHECK(problems_of(design).find("\"of-first\"") != std::string::npos);
}

TEST_CASE("flow timer: keep-alives come after 80 to 100 percent of it (RFC 5626 4.4)") {
    Design design = with_flow();
    design.faults.push_back(crash(0, 3600 * kSecond, 1));  // else nothing could be found
    design.servers[0].flow_timer = 20 * kSecond;
    CHECK(keep_alive_to(design, 0, 0).every == Interval{16 * kSecond, 20 * kSecond});
    Run run(design);
    run.until(40 * kSecond);
    CHECK(pings(run) == Instants{16'020, 32'020});
    design.phones[0].flow.keep_alive.heeds_flow_timer = false;
    Run deaf(design);
    deaf.until(40 * kSecond);
    CHECK(pings(deaf) == Instants{30'020});
}

TEST_CASE("failures: they count until a keep-alive was answered (RFC 5626 4.5)") {
    Design design = with_flow();
    Phone& phone = design.phones[0];
    phone.retry.rejected = phone.retry.unanswered =
        RetryWait{RetryRule::doubling, {}, 10 * kSecond, 0, 1800 * kSecond, 100, 100};
    phone.expires = 120 * kSecond;
    phone.refresh.lead = 110 * kSecond;  // after 10 s, before the first keep-alive
    design.faults.push_back(crash(0, 0, 50 * kSecond));  // 32 s and 20 s in vain
    phone.failures_until_stable = true;
    SECTION("not until a grant") {
        Run run(design);
        run.until(60 * kSecond);
        CHECK(run.observed(Notice::registered).size() == 1);
        CHECK(run.usage(0).failures == 1);
    }
    SECTION("a keep-alive is answered") {
        phone.refresh.lead = 10 * kSecond;
        Run run(design);
        run.until(90 * kSecond);
        CHECK(pings(run).size() == 1);
        CHECK(run.usage(0).failures == 0);
    }
    SECTION("or a grant is enough") {
        phone.failures_until_stable = false;
        Run run(design);
        run.until(60 * kSecond);
        CHECK(run.usage(0).failures == 0);
    }
    SECTION("or there is no answer to wait for") {
        phone.flow.keep_alive.answered = false;
        Run run(design);
        run.until(60 * kSecond);
        CHECK(run.usage(0).failures == 0);
    }
}

TEST_CASE("subscription: a lifetime that is too short for the phone counts as longer") {
    Design design = design_with(1);
    design.servers[0].max_expires = 60 * kSecond;
    design.phones[0].refresh = {RefreshRule::fraction, 0, 50};
    SubscriptionRules& rules = design.phones[0].subscription;
    rules.to = SubscribeTo::primary;
    rules.refresh = {RefreshRule::fraction, 0, 50};
    rules.least_expires = 180 * kSecond;
    Run run(design);
    run.until(55 * kSecond);  // before the notifier ends it
    CHECK(run.requests(Method::subscribe).size() == 1);
    CHECK(counted_lifetime(design, {PartKind::subscription}) == 180 * kSecond);
    json written = minimal();
    written["phones"][0]["subscription"] = {{"least_expires", "1m"}};
    CHECK(problems_of(written).find("without \"to\"") != std::string::npos);
}

TEST_CASE("settings: what a design file may not say of records, timers and failures") {
    check_problem("/phones/0/lookup", {{"expired", "at-once"}, {"static_records", "5m"}},
                  "it belongs to \"expired\": \"unused\"");
    check_problem("/phones/0/failures_until", "never", "one of \"granted\"");
    check_problem("/servers/0/flow_timer", "0s", "/servers/0/flow_timer");
    check_problem("/phones/0/keep_alive", {{"method", "none"}, {"flow_timer", "heeded"}},
                  "the method is \"none\"");
}

}  // namespace failback::tests::model_phone_settings_test
