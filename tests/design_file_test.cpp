#include "model/file/design_file.hpp"

#include <filesystem>
#include <string>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/design_fixture.hpp"

namespace failback::model::design_file_test {
namespace {

using nlohmann::json;
using tests::minimal;
using tests::read;
using tests::with;

std::string text_of(Interval i) { return fmt::format("{}-{}", i.earliest, i.latest); }

std::string text_of(const Refresh& r) {
    return fmt::format("{} {} {}", static_cast<int>(r.rule), r.lead, r.percent);
}

std::string text_of(const RetryWait& w) {
    return fmt::format("{} {} {} {} {}-{}", static_cast<int>(w.rule), text_of(w.fixed), w.base,
                       w.max, w.shortest_percent, w.longest_percent);
}

std::string text_of(const Retry& r) { return text_of(r.rejected) + " " + text_of(r.unanswered); }

std::string text_of(const RegistrationRules& r) {
    return fmt::format("{} {} {} {} {}", static_cast<int>(r.order), static_cast<int>(r.pause),
                       r.loss_starts_over, r.removes_old_binding, r.leaves_to_return);
}

std::string text_of(const Failback& f) {
    return fmt::format("{} {} {} {}", static_cast<int>(f.rule), f.after, f.hold, f.probe);
}

std::string text_of(const Limit& l) {
    return fmt::format("{}-{}-{}", l.bindings, code_of(l.answer), l.retry_after);
}

std::string text_of(const RefusalRules& r) {
    std::string text = fmt::format("{} {} {}", static_cast<int>(r.transport_errors),
                                   static_cast<int>(r.retry_after), r.max_min_expires);
    for (std::size_t status = 0; status < kStatuses; ++status) {
        const AfterRefusal& after = r.on_status[status];
        if (after.kind == AfterRefusal::Kind::give_up) {
            text += fmt::format(" {}:never", code_of(static_cast<Status>(status)));
        } else if (after.kind == AfterRefusal::Kind::wait) {
            text += fmt::format(" {}:{}", code_of(static_cast<Status>(status)),
                                text_of(wait_after(after.wait, 1)));
        }
    }
    return text;
}

std::string text_of(const Authentication& a) {
    std::string text = fmt::format("{:d} {:d} {:d} {} ", a.of_register, a.of_subscribe,
                                   a.of_invite, a.realm);
    for (const Algorithm algorithm : a.algorithms) {
        text += fmt::format("{} ", static_cast<int>(algorithm));
    }
    text += fmt::format("{} {} {:d} {} ", a.nonce_lifetime ? text_of(*a.nonce_lifetime) : "never",
                        static_cast<int>(a.reuse), a.stale, a.shared_secret);
    for (const UserRule& user : a.users) {
        text += fmt::format("{} {} {:d} {} {} ", user.aor, static_cast<int>(user.challenge),
                            user.may_register, user.user_id, user.password);
    }
    return text + fmt::format("{:d}", a.knows_others);
}

std::string text_of(const Credentials& c) {
    std::string text;
    for (const DigestAccount& account : c.accounts) {
        text += fmt::format("{} {} {} {} ", account.line.value_or(99),
                            account.realm.value_or("any"), account.user_id, account.password);
    }
    for (const Algorithm algorithm : c.algorithms) {
        text += fmt::format("{} ", static_cast<int>(algorithm));
    }
    const ChallengeRules& r = c.rules;
    return text + fmt::format("{:d} {} {} {:d} {:d}", r.keeps_nonce,
                              static_cast<int>(r.new_nonce), r.stale_retries,
                              r.forgets_after_423, r.replays);
}

std::string text_of(const Server& s) {
    return fmt::format("{} {} {} {} {} ", s.whole_seconds, text_of(s.capacity),
                       text_of(s.contacts_per_aor), code_of(s.out_of_order), s.repeat_window) +
           fmt::format("{} {} {} {} {} {} {} {} {} {}", s.name, s.address,
                       static_cast<int>(s.kind), s.min_expires, s.max_expires,
                       static_cast<int>(s.too_brief), s.expiry_sweep, s.stores_bindings,
                       s.subscriptions, s.timer_j);
}

std::string text_of(const Phone& p) {
    const TransactionTimers& t = p.timers;
    return fmt::format("{} {} {} {} {} {} {} {} ", static_cast<int>(p.transport), t.t1, t.t2, t.t4,
                       t.timer_f, t.timer_b, t.timer_j, p.expires) +
           fmt::format("{} {} {} {} {} {} {} ", text_of(p.refresh), text_of(p.retry),
                       p.max_retries, static_cast<int>(p.belief), text_of(p.failback),
                       text_of(p.boot), p.wipe_at_boot) +
           text_of(p.registration) + " " +
           fmt::format("{} {} {} {} {} {} {} ", static_cast<int>(p.calls.first),
                       static_cast<int>(p.calls.then), p.calls.retry_timeout,
                       p.calls.retry_count, static_cast<int>(p.calls.give_up),
                       p.calls.unregistered, p.calls.heeds_provisional) +
           fmt::format("{} {} {} {} ", p.failover.only_registered, p.failover.registers,
                       p.failover.forgets, static_cast<int>(p.failover.strange_calls)) +
           text_of(p.refusals) + " " +
           fmt::format("{} {} {} {}", static_cast<int>(p.subscription.to), p.subscription.expires,
                       text_of(p.subscription.refresh), text_of(p.subscription.retry));
}

std::string text_of(const Fault& f) {
    return fmt::format("{} {} {} {} {} {} {} {}", static_cast<int>(f.kind), f.retry_after,
                       text_of(f.at),
                       text_of(f.lasts), f.count, f.keeps_bindings,
                       static_cast<int>(f.direction), f.window ? text_of(*f.window) : "always");
}

// The defaults that the schema gives for the keys of `definition`.
json schema_defaults(const char* definition) {
    const json schema = json::parse(kDesignSchema);
    json defaults = json::object();
    for (const auto& [key, property] : schema["definitions"][definition]["properties"].items()) {
        if (property.contains("default")) {
            defaults[key] = property["default"];
        }
    }
    return defaults;
}

}  // namespace

TEST_CASE("design file: defaults", "[design]") {
    const Design design = read(minimal());
    REQUIRE(design.servers.size() == 2);
    REQUIRE(design.phones.size() == 1);
    CHECK(design.file == "d.json");
    CHECK(design.servers[0].subscriptions);
    CHECK_FALSE(design.servers[1].subscriptions);
    const Phone& phone = design.phones[0];
    CHECK(phone.timers.timer_f == 32'000);
    CHECK(phone.timers.timer_b == 32'000);
    CHECK(phone.timers.timer_j == 32'000);
    CHECK(phone.servers.size() == 2);
    CHECK(phone.servers[1].server == 1);
    CHECK(text_of(phone) == text_of([] {
              Phone defaults;
              defaults.timers.timer_f = defaults.timers.timer_b = defaults.timers.timer_j = 32'000;
              return defaults;
          }()));
    CHECK(design.all_properties);
    CHECK(design.faults.empty());
    CHECK(design.default_delay == Interval{0, 1000});
}

TEST_CASE("design file: the schema states the defaults of the reader", "[design]") {
    const Design plain = read(minimal());
    json server = schema_defaults("server");
    CHECK(server.size() == 16);
    server["name"] = "primary";
    CHECK(text_of(read(with("/servers/0", server)).servers[0]) == text_of(plain.servers[0]));

    json phone = schema_defaults("phone");
    phone.update(minimal()["phones"][0]);
    phone["timers"] = schema_defaults("timers");
    phone["calls"] = schema_defaults("call_rules");
    CHECK(phone["calls"].size() == 11);
    phone["failover"] = schema_defaults("failover");
    CHECK(phone["failover"].size() == 4);
    CHECK(text_of(read(with("/phones/0", phone)).phones[0]) == text_of(plain.phones[0]));
    phone["subscription"] = schema_defaults("subscription");
    phone["subscription"]["to"] = "primary";
    const json brief = with("/phones/0/subscription", {{"to", "primary"}});
    CHECK(text_of(read(with("/phones/0", phone)).phones[0]) == text_of(read(brief).phones[0]));

    json fault = schema_defaults("fault");
    CHECK(fault.size() == 5);
    fault.update({{"name", "f"}, {"kind", "crash"}, {"server", "primary"}});
    fault.erase("direction");
    const json short_fault{{"name", "f"}, {"kind", "crash"}, {"server", "primary"}};
    CHECK(text_of(read(with("/faults", json::array({fault}))).faults[0]) ==
          text_of(read(with("/faults", json::array({short_fault}))).faults[0]));
}

TEST_CASE("design file: appearances of shared lines arrive", "[design]") {
    const Design design = read_design(FAILBACK_SOURCE_DIR "/tests/data/every_key.json");
    REQUIRE(design.seizures.size() == 1);
    CHECK(design.seizures[0].phone == 1);
    CHECK(design.seizures[0].line == 1);
    CHECK(design.seizures[0].entry == 1);
    CHECK(design.seizures[0].appearance == 2);
    CHECK(design.seizures[0].count == 3);
    CHECK(design.seizures[0].at == Interval{0, 7'200'000});
    CHECK(design.seizures[0].holds == Interval{1000, 1'200'000});
    CHECK(design.phones[0].appearances == SeizureRules{SeizeBy::notify, 30'000, false});
    CHECK(design.phones[1].appearances == SeizureRules{SeizeBy::subscribe, 20'000, true});
    CHECK(design.phones[0].calls.unseized);
}

TEST_CASE("design file: clocks and faults that change something arrive", "[design]") {
    const Design design = read_design(FAILBACK_SOURCE_DIR "/tests/data/every_key.json");
    CHECK(design.phones[0].clock_ppm == -100);
    CHECK(delay_to_phone(design, 0, 0) == Interval{0, 2000});
    CHECK(text_of(design.faults[12]) == "11 0 0-2147483647 60000-7200000 255 true 0 always");
    CHECK(design.faults[12].delay == sim::exactly(4000));
    CHECK(text_of(design.faults[13]) == "12 0 1000-1000 600000-600000 1 true 2 always");
    CHECK(design.faults[13].delay == Interval{1000, 2000});
    CHECK(design.faults[13].after == 4U);
    CHECK(text_of(design.faults[14]) == "13 0 10800000-10800000 60000-7200000 1 true 0 always");
}

TEST_CASE("design file: everything that can be written arrives", "[design]") {
    const Design design = read_design(FAILBACK_SOURCE_DIR "/tests/data/every_key.json");
    CHECK(text_of(design.servers[0]) == "true 5-403-30000 2-480-0 400 20000 "
                                        "primary sip.example.com 0 120000 7200000 1 30000 false "
                                        "false 16000");
    CHECK(text_of(design.phones[0]) ==
          "1 100 1000 2500 6400 3700 32000 600000 1 60000 90 "
          "0 5000-10000 30000 1800000 50-100 1 30000-60000 5000 60000 50-100 "
          "7 1 3 7200000 0 0 0-10000 true 0 1 false false false 1 1 500 2 0 "
          "false false true false true 2 "
          "0 1 7200000 500:5000-5000 403:never 404:90000-90000 480:1000-2000 503:1000-2000 "
          "401:3000-3000 408:4000-4000 "
          "2 1800000 0 5000 50 "
          "0 1000-1000 30000 1800000 50-100 0 1000-1000 30000 1800000 50-100");
    CHECK(text_of(design.servers[0].authentication) ==
          "1 1 1 example.com 1 0 300000-301000 2 0 cluster "
          "sip:1001@example.com 1 0 u1001 secret sip:1002@example.com 2 1   0");
    CHECK(text_of(design.phones[0].credentials) ==
          "0 example.com u1001 secret 2 0 0 1 5 1 1");
    CHECK(design.phones[1].credentials.accounts.empty());
    CHECK_FALSE(design.phones[0].servers[1].registers);
    CHECK(text_of(design.phones[1].registration) == "1 0 true true true");
    CHECK(text_of(design.phones[1].failback) == "5 0 120000 30000");
    CHECK(delay_to_server(design, 0, 0) == Interval{10, 20});
    CHECK(usual_delay_to_phone(design, 0, 0) == Interval{0, 50});
    CHECK(delay_to_server(design, 0, 1) == Interval{5, 5});
    CHECK(delay_to_server(design, 1, 0) == Interval{0, 50});
    const AfterRestart& after = design.phones[0].after_restart;
    CHECK_FALSE(after.new_call_id);
    CHECK(after.cseq_restarts);
    CHECK(after.new_contact);
    CHECK(after.instance_id);
    REQUIRE(design.faults.size() == 23);
    CHECK(design.faults[10].resolver == 1U);
    CHECK(design.faults[10].kind == FaultKind::dns_outage);
    CHECK(design.faults[11].kind == FaultKind::dns_denial);
    CHECK_FALSE(design.faults[11].resolver);
    CHECK(text_of(design.faults[6]) == "6 0 3600000-3600000 30000-30000 1 true 0 always");
    CHECK(design.faults[6].phone == 1U);
    CHECK_FALSE(design.faults[6].server);
    CHECK(text_of(design.faults[0]) == "0 0 0-2147483647 60000-7200000 1 false 0 always");
    CHECK(text_of(design.faults[1]) == "1 0 3600000-7200000 600000-2147483647 2 true 1 always");
    CHECK(text_of(design.faults[2]) == "2 0 0-2147483647 60000-7200000 100 true 2 0-3600000");
    CHECK(design.faults[3].kind == FaultKind::duplication);
    CHECK(text_of(design.faults[4]) == "4 300000 0-2147483647 60000-7200000 1 true 0 always");
    CHECK(text_of(design.faults[5]) == "5 0 0-2147483647 60000-7200000 1 false 0 always");
    CHECK_FALSE(design.faults[3].server);
    CHECK(design.faults[1].phone == 1U);
    REQUIRE(design.calls.size() == 2);
    CHECK(design.calls[0].phone == 1);
    CHECK(design.calls[0].line == 1);
    CHECK(design.calls[0].at == Interval{0, 3'600'000});
    CHECK(design.calls[0].callee == Callee{true, {1000, 20'000}, true});
    REQUIRE(design.incoming.size() == 2);
    CHECK(design.incoming[0].phone == 1);
    CHECK(design.incoming[0].line == 0);
    CHECK(design.incoming[0].entry == 1);
    CHECK(design.incoming[0].count == 3);
    CHECK(design.incoming[0].at == Interval{0, 7'200'000});
    CHECK(design.incoming[0].rings == Interval{5000, 5000});
    REQUIRE(design.properties.size() == 4);
    CHECK_FALSE(design.all_properties);
    CHECK(design.properties[0].name == "failback");
    CHECK(design.properties[1].event == "presence");
    CHECK(design.properties[2].within == 66'500);
    CHECK(design.properties[2].line == "line1");
    CHECK(design.properties[3].says == "never working(line1) = gateway");
    CHECK_FALSE(design.properties[0].expect);
    CHECK(design.properties[2].expect == Expected::holds);
    CHECK(design.properties[3].expect == Expected::violated);
}

TEST_CASE("design file: what is said of calls that last arrives", "[design]") {
    const Design design = read_design(FAILBACK_SOURCE_DIR "/tests/data/every_key.json");
    CHECK(design.calls[0].dialog == DialogPlan{});
    CHECK(design.calls[1].dialog ==
          DialogPlan{Interval{60'000, sim::kNever}, true, true, sim::exactly(30'000),
                     sim::exactly(20'000), Interval{1000, sim::kNever}});
    CHECK(design.incoming[1].dialog == DialogPlan{sim::any_time(), false, true, sim::any_time(),
                                                  sim::any_time(), sim::exactly(3000)});
    CHECK(design.phones[0].calls.confirmation == 20'000);
    CHECK(design.phones[0].failover.dialogs == UnregisteredDialogs::silent);
    CHECK(design.phones[0].calls.session_expires == 1'800'000);
    CHECK(design.servers[0].keeps_dialogs);
}

TEST_CASE("design file: positions", "[design]") {
    const Design design = parse_design(R"({
  "format": 1, "name": "p",
  "servers": [{"name": "primary"}],
  "phones": [{"name": "phone", "lines": [{"name": "line1", "aor": "sip:1@example.com"}],
              "servers": ["primary"]}],
  "properties": ["failback", {"name": "mine",
                              "says": "true"}]
})", "d.json");
    CHECK(design.servers[0].position.column == 15);
    CHECK(design.phones[0].servers[0].position.line == 5);
    CHECK(design.properties[0].position.line == 6);
    CHECK(design.properties[0].position.column == 18);
    CHECK(design.properties[1].position.line == 7);
    CHECK(design.properties[1].position.column == 39);
}

TEST_CASE("design file: all problems at once, in the order of the file", "[design]") {
    try {
        (void)parse_design(R"({
  "format": 1,
  "name": "bad",
  "servers": [{"name": "primary", "min_expire": "60s"}],
  "phones": [
    {
      "name": "phone",
      "lines": [{"name": "line1"}],
      "servers": ["primry"],
      "retry": ["60s", "30s"],
      "expires": 3600
    }
  ]
})", "designs/x.json");
        FAIL("no error");
    } catch (const InputError& error) {
        CHECK(std::string(error.what()) ==
              R"(designs/x.json:4:35: /servers/0/min_expire: found the unknown key "min_expire", )"
              R"(expected a key of a server: "name", "profile", "notes", "address", "kind", )"
              R"("min_expires", "max_expires", "too_brief", "expiry_sweep", "whole_seconds", )"
              R"("stores_bindings", "subscriptions", "accepts", "dialogs", "timer_j", "capacity", )"
              R"("contacts_per_aor", "out_of_order", "repeat_window", "cisco_keep_alive", )"
              R"("authentication", )"
              R"("processing" )"
              R"((did you mean "min_expires"?))" "\n"
              R"(designs/x.json:8:17: /phones/0/lines/0: found no "aor" in a line, expected )"
              R"("aor": an address of record such as "sip:1001@example.com")" "\n"
              R"(designs/x.json:9:19: /phones/0/servers/0: found "primry", expected )"
              R"(a server: "primary" (did you mean "primary"?))" "\n"
              R"(designs/x.json:10:16: /phones/0/retry: found ["60s", "30s"], expected the )"
              R"(earliest first, then the latest (did you mean ["30s", "60s"]?))" "\n"
              R"(designs/x.json:11:18: /phones/0/expires: found the number 3600, expected )"
              R"(a duration: a whole number with the unit ms, s, m or h, such as "500ms" or )"
              R"("3600s" (the unit is missing; did you mean "3600s"?))");
    }
}

TEST_CASE("design file: files that cannot be read", "[design]") {
    CHECK_THROWS_WITH(read_design("/nowhere/x.json"),
                      "/nowhere/x.json: found no readable file: No such file or directory, "
                      "expected a design file");
    CHECK_THROWS_WITH(read_design("/tmp"), "/tmp: found a directory, expected a design file");
    CHECK_THROWS_WITH(read_design("/dev/zero"), Catch::Contains("more than 16 MiB"));
    CHECK_THROWS_WITH(read_design("/dev/null"), Catch::Contains("the end of the file"));
}

TEST_CASE("design file: the shipped designs are read", "[design]") {
    std::size_t count = 0;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(FAILBACK_SOURCE_DIR "/designs")) {
        if (entry.path().extension() == ".json") {
            CAPTURE(entry.path());
            CHECK_NOTHROW(read_design(entry.path().string()));
            ++count;
        }
    }
    CHECK(count >= 3);
}

}  // namespace failback::model::design_file_test
