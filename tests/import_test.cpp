// Designs from the configuration of real phones, and what is said of configuration that is wrong.
#include "model/import/import.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "model/file/design_file.hpp"
#include "tests/golden.hpp"
#include "tests/import_fixture.hpp"

namespace failback::tests::import_test {
namespace {

using model::ConfigFile;
using model::ImportedDesign;

ImportedDesign imported(const char* vendor, const std::string& text) {
    return model::import_design(vendor, {{"f", text}});
}

model::Design design_of(const char* vendor, const std::string& text) {
    return model::parse_design(imported(vendor, text).text, "d.json");
}

std::string error_of(const char* vendor, const std::string& text) {
    try {
        (void)imported(vendor, text);
    } catch (const model::InputError& error) {
        return error.what();
    }
    return "none";
}

void check_error(const char* vendor, const std::string& text, const std::string& expected) {
    const std::string error = error_of(vendor, text);
    CAPTURE(error, expected);
    CHECK(error.find(expected) != std::string::npos);
}

bool has_note(const ImportedDesign& design, const std::string& words) {
    return design.text.find(words) != std::string::npos;
}

std::string flat_profile(const std::string& more) {
    return "<flat-profile>\n<Proxy_1_>a</Proxy_1_><User_ID_1_>1</User_ID_1_>\n" + more +
           "\n</flat-profile>";
}

std::string account(const std::string& more) {
    return "account.1.enable = 1\naccount.1.user_name = 1\n"
           "account.1.sip_server.1.address = a\n" +
           more + "\n";
}

}  // namespace

TEST_CASE("import: the samples", "[import]") {
    for (const Sample& sample : samples()) {
        CAPTURE(sample.name);
        const ImportedDesign design = model::import_design(sample.vendor, sample.files);
        check_golden("import/" + sample.name + ".json", design.text);
        CHECK_NOTHROW(model::parse_design(design.text, "d.json"));
        CHECK(design.text.find("not-to-be-seen") == std::string::npos);
        CHECK(design.notes >= design.unknown.size() + 2);
        CHECK(model::import_design(sample.vendor, sample.files).text == design.text);
    }
}

TEST_CASE("import: what the files say arrives in the design", "[import]") {
    const auto polycom =
        model::parse_design(model::import_design("polycom", samples().at(0).files).text, "d.json");
    REQUIRE(polycom.phones.size() == 2);
    const model::RegistrationTimes first = model::times_of(polycom.phones[0], 0);
    CHECK(first.expires == 1'800'000);
    CHECK(first.retry.rejected == first.retry.unanswered);
    CHECK(model::wait_after(first.retry.unanswered, 1) == model::Interval{10'000, 20'000});
    CHECK(model::wait_after(first.retry.unanswered, 9) == model::Interval{30'000, 60'000});
    CHECK(model::times_of(polycom.phones[0], 1).expires == 3'600'000);  // as shipped
    CHECK(polycom.phones[0].lines[0].aor == "sip:1001@voipserver.serviceprovider.com");
    CHECK(polycom.phones[1].refresh.lead == 30'000);
    CHECK(polycom.phones[1].calls.retry_count == 3);
    CHECK(polycom.phones[1].failback.rule == model::FailbackRule::stay);
    CHECK_FALSE(polycom.phones[1].servers[1].registers);
    const auto client =
        model::parse_design(model::import_design("pjsip", samples().at(5).files).text, "d.json");
    REQUIRE(client.phones.size() == 2);
    CHECK(client.phones[0].expires == 1'800'000);
    CHECK(client.phones[0].max_retries == 10);
    CHECK(client.phones[1].max_retries == 255);
    CHECK(client.phones[1].transport == model::Transport::tcp);
}

TEST_CASE("import: what a call that fails over means to registrations", "[import]") {
    const auto failover = [](const char* vendor, const std::string& text) {
        return model::parse_design(imported(vendor, text).text, "d.json").phones[0].failover;
    };
    const auto polycom = [&failover](const std::string& options, const char* mode = "duration") {
        const std::string server = "reg.1.server.1.";
        return failover("polycom", "<a reg.1.address=\"1001\" reg.1.server.2.address=\"b\" " +
                                       server + "address=\"a\" " + server +
                                       "failOver.failBack.mode=\"" + mode + "\" " + options +
                                       "/>");
    };
    const std::string option = "reg.1.server.1.failOver.";
    const std::string registers = option + "reRegisterOn=\"1\" ";
    const std::string forgets = registers + option + "failRegistrationOn=\"1\" ";
    using model::FailoverRules;
    using model::StrangeCalls;
    CHECK(polycom("") == FailoverRules{});
    CHECK(polycom(option + "failRegistrationOn=\"1\"") == FailoverRules{});  // alone, nothing
    constexpr auto kKept = model::UnregisteredDialogs::kept;
    constexpr auto kSilent = model::UnregisteredDialogs::silent;
    CHECK(polycom(registers) == FailoverRules{false, false, StrangeCalls::taken, kKept, true});
    CHECK(polycom(forgets) == FailoverRules{false, true, StrangeCalls::ignored, kSilent, true});
    CHECK(polycom(forgets + option + "onlySignalWithRegistered=\"0\"") ==
          FailoverRules{false, true, StrangeCalls::taken, kKept, true});
    CHECK(polycom(forgets, "newRequests") ==
          FailoverRules{false, false, StrangeCalls::taken, kKept, true});
    const std::string enabled = account("account.1.sip_server.1.register_on_enable = 1\n");
    CHECK(failover("yealink", enabled) ==
          FailoverRules{false, false, StrangeCalls::taken, kKept, true});
    const std::string strict = "account.1.sip_server.1.only_signal_with_registered = 1\n";
    CHECK(failover("yealink", enabled + strict) ==
          FailoverRules{false, false, StrangeCalls::ignored, kKept, true});
}

TEST_CASE("import: unknown settings that bear on registration are told, others counted",
          "[import]") {
    const ImportedDesign design = imported(
        "yealink", account("account.1.sip_server.1.trasnport_type = 1\nvoice.tone.dial = 3\n"
                           "account.1.register_password = x"));
    REQUIRE(design.unknown.size() == 2);
    CHECK(design.unknown[0] ==
          "Not imported: account.1.sip_server.1.trasnport_type = \"1\" (f:4:1); did you mean "
          "\"account.1.sip_server.1.transport_type\"?");
    CHECK(design.unknown[1] == "Not imported: 2 other settings.");
}

TEST_CASE("import: files that are not what they should be", "[import]") {
    check_error("polycom", "<a b=\"1\"\n c=2/>", "f:2:4: found \"2/>\", expected an XML file");
    check_error("polycom", "", "f:1:1: found the end of the file, expected an XML file");
    check_error("polycom", "<a/>", "f: found no account that registers, expected at least one");
    check_error("spa", "<gs_provision/>", "f:1:1: found the element \"gs_provision\"");
    check_error("yealink", "\n  account.1.enable 1", "f:2:3: found \"account.1.enable 1\"");
    check_error("baresip", "\nsip:1@a;regint=5", "f:2:1: found \"sip:1@a;regint=5\", expected an");
    check_error("baresip", " <sip:example.com>",
                "f:1:3: found \"sip:example.com\", expected an "
                "address with user and domain");
    check_error("pjsip", "type=aor", "f:1:1: found \"type=aor\", expected a section");
    check_error("pjsip", "[a](b)", "f:1:1: found the template \"b\", expected a template above");
    check_error("pjsip", "[a", "f:1:1: found \"[a\", expected a section such as [name]");
    std::string deep;
    for (int i = 0; i < 100; ++i) {
        deep += "<a>";
    }
    check_error("spa", deep, "f:");
    CHECK_THROWS_WITH(model::import_design("baresip", {{"f", ""}, {"g", ""}}),
                      "g: found a second file, expected one accounts file");
}

TEST_CASE("import: values that are wrong, all at once and with their places", "[import]") {
    CHECK(error_of("yealink", account("account.1.sip_server.1.expires = soon\n"
                                      "account.1.sip_server.1.port = 70000")) ==
          "f:4:1: account.1.sip_server.1.expires: found \"soon\", expected a whole number from 30 "
          "to 2147483647\n"
          "f:5:1: account.1.sip_server.1.port: found \"70000\", expected a whole number from 0 to "
          "65535");
    check_error("spa", flat_profile("<SIP_T1>x</SIP_T1>"), "f:3:2: SIP_T1: found \"x\"");
    check_error("spa", flat_profile("<SIP_T1>-0.5</SIP_T1>"), "found \"-0.5\"");
    check_error("spa", flat_profile("<SIP_Transport_1_>UDPS</SIP_Transport_1_>"),
                "did you mean \"UDP\"?");
    check_error("polycom", "<r reg.1.address='1'/>",
                "f:1:4: reg.1.address: found a registration without server");
    check_error("polycom", "<r reg.1.address='a b' />", "found \"a b\"");
    check_error("yealink", "account.1.enable = 1\naccount.1.user_name = 1",
                "found an account without server");
    check_error("baresip", "<sip:1@a>;rwait=99", "f:1:11: account1.rwait: found \"99\"");
    check_error("pjsip", "[a]\ntype=registration\nserver_uri=sip:b", "a.registration.client_uri");
    check_error("pjsip", "[a]\ntype=aor\nmax_contacts=1\nmaximum_expiration=30",
                "f:4:1: a.aor.maximum_expiration: found 30 s, expected at least");
}

TEST_CASE("import: contradictions", "[import]") {
    check_error("yealink", account("account.1.sip_server.1.address = b"),
                "f:4:1: account.1.sip_server.1.address: found \"b\" and before, in line 3, \"a\"");
    check_error("spa", flat_profile("<SIP_T1>5</SIP_T1>"),
                "f:3:2: SIP_T1: found \"5\", expected at most SIP_T2, which is 4 s");
    check_error("spa", flat_profile("<SIP_Timer_F>.2</SIP_Timer_F>"),
                "f:3:2: SIP_Timer_F: found \".2\", expected at least T1, which is 0.5 s");
    std::string servers;
    for (int server = 2; server <= 17; ++server) {
        servers += fmt::format("account.1.sip_server.{0}.address = h{0}\n", server);
    }
    check_error("yealink", account(servers), "f: found 17 servers of sip:1@a, expected at most 16");
    check_error("spa", flat_profile("<Dual_Registration_1_>Yes</Dual_Registration_1_>"),
                "found no Alternate_Proxy_1_");
    const std::vector<ConfigFile> two{{"a", account("")},
                                      {"b", "account.1.sip_server.1.address = z"}};
    const ImportedDesign last = model::import_design("yealink", two);
    CHECK(has_note(last, R"("z\" counts, not \"a\" of a:3:1)"));
    CHECK(model::parse_design(last.text, "d").servers[0].address == "z");
    const ImportedDesign first =
        model::import_design("polycom", {{"a", "<r reg.1.address='1' reg.1.server.1.address='x'/>"},
                                         {"b", "<r reg.1.server.1.address='y'/>"}});
    CHECK(model::parse_design(first.text, "d").servers[0].address == "x");
}

TEST_CASE("import: the way back to a better server", "[import]") {
    const auto failback_of = [](const std::string& lines) {
        const ImportedDesign made = imported("yealink", account(lines.c_str()));
        return model::parse_design(made.text, "d").phones[0];
    };
    const model::Phone successive = failback_of("account.1.fallback.redundancy_type = 1");
    CHECK(successive.registration.order == model::Order::successive);
    CHECK(successive.failback == model::Failback{model::FailbackRule::after, 120'000, 0, 0});
    const model::Phone given = failback_of("account.1.fallback.redundancy_type = 1\n"
                                           "account.1.fallback.timeout = 300\n"
                                           "account.1.sip_server.1.failback_mode = 0");
    CHECK(given.failback.after == 300'000);
    const model::Phone timed = failback_of("account.1.sip_server.1.failback_mode = 3\n"
                                           "account.1.sip_server.1.failback_timeout = 30");
    CHECK(timed.failback == model::Failback{model::FailbackRule::after, 60'000, 0, 0});
}

TEST_CASE("import: how servers are looked up, and the way back among addresses", "[import]") {
    const auto spa = [](const std::string& more) {
        return design_of("spa", "<flat-profile><Proxy_1_>sip.example.com</Proxy_1_>"
                                "<User_ID_1_>1</User_ID_1_>" + more + "</flat-profile>")
            .phones[0];
    };
    CHECK(spa("").lookup.queries == 1);
    CHECK(spa("<Use_DNS_SRV_1_>Yes</Use_DNS_SRV_1_>").lookup.queries == 2);
    CHECK(spa("<Proxy_Fallback_Intvl_1_>60</Proxy_Fallback_Intvl_1_>").failback.after == 60'000);
    CHECK(spa("<Proxy_Fallback_Intvl_1_>0</Proxy_Fallback_Intvl_1_>").failback.rule ==
          model::FailbackRule::stay);
    const auto yealink = [](const std::string& lines) {
        return design_of("yealink", "account.1.enable = 1\naccount.1.user_name = 1\n"
                                    "account.1.sip_server.1.address = sip.example.com\n" + lines)
            .phones[0];
    };
    const std::string server = "account.1.sip_server.1.";
    CHECK(yealink(server + "transport_type = 3").lookup.queries == 3);
    CHECK(yealink(server + "transport_type = 0").lookup.queries == 2);
    CHECK(yealink(server + "transport_type = 3\n" + server + "port = 5070").lookup.queries == 1);
    CHECK(yealink(server + "failback_mode = 1").address_failback.of_dns);
    CHECK(yealink(server + "failback_mode = 2").address_failback.rule ==
          model::FailbackRule::at_refresh);
    CHECK(yealink(server + "failback_mode = 3").address_failback.after == 3'600'000);
    const auto polycom = [](const std::string& more) {
        return design_of("polycom", "<r reg.1.address='1' "
                                    "reg.1.server.1.address='sip.example.com' " + more + "/>")
            .phones[0];
    };
    CHECK(polycom("").lookup.queries == 3);
    CHECK(polycom("reg.1.server.1.transport='UDPOnly'").lookup.queries == 2);
    CHECK(polycom("reg.1.server.1.port='5070'").lookup.queries == 1);
    CHECK(polycom("reg.1.server.1.failOver.failBack.mode='DNSTTL'").address_failback.of_dns);
}

TEST_CASE("import: the rules of an SPA phone after a rejection", "[import]") {
    const std::string settings =
        flat_profile("<Retry_Reg_RSC>503, 48?</Retry_Reg_RSC>"
                     "<Reg_Retry_Long_Intvl>0</Reg_Retry_Long_Intvl>"
                     "<Reg_Max_Expires>600</Reg_Max_Expires>");
    const auto rules = design_of("spa", settings).phones[0].refusals;
    using model::AfterRefusal;
    CHECK(rules.after(model::Status::service_unavailable_503).wait.fixed == sim::exactly(30'000));
    CHECK(rules.after(model::Status::temporarily_unavailable_480).kind ==
          AfterRefusal::Kind::wait);
    CHECK(rules.after(model::Status::forbidden_403).kind == AfterRefusal::Kind::give_up);
    CHECK(rules.max_min_expires == 600'000);
}

TEST_CASE("import: what has to be assumed is noted", "[import]") {
    CHECK(has_note(imported("yealink", account("account.1.sip_server.1.expires = 2000000000")),
                   "longest duration"));
    CHECK(has_note(
        imported("spa", flat_profile("<Reg_Retry_Intvl_Cap>600</Reg_Retry_Intvl_Cap>"
                                     "<Reg_Retry_Random_Delay>5</Reg_Retry_Random_Delay>")),
        "doubles"));
    CHECK(has_note(imported("spa", flat_profile("<Retry_Reg_RSC>503,60?</Retry_Reg_RSC>")),
                   "\\\"60?\\\" of Retry_Reg_RSC"));
    CHECK(has_note(imported("spa", flat_profile("<Use_DNS_SRV_1_>Yes</Use_DNS_SRV_1_>")),
                   "stands for one server"));
    CHECK(has_note(imported("spa", flat_profile("<Alternate_Proxy_1_>b</Alternate_Proxy_1_>")),
                   "Dual_Registration is off"));
    CHECK(has_note(imported("baresip", "<sip:1@a>;prio=2"), "serial registration"));
    CHECK(has_note(imported("pjsip", "[a]\ntype=aor\nmax_contacts=1\n"), "says nothing of it"));
}

TEST_CASE("import: details of the formats", "[import]") {
    CHECK(design_of("baresip", "<sip:1:secret@a;transport=tls>").phones[0].lines[0].aor ==
          "sip:1@a");
    CHECK(design_of("baresip", "<sip:1@a>;outbound=\"sip:b;transport=tcp\"").phones[0].transport ==
          model::Transport::tcp);
    CHECK(design_of("baresip", "<sip:1@a>;x=\"p;q\";regint=90").phones[0].expires == 90'000);
    CHECK(design_of("yealink", "\xEF\xBB\xBF" + account("\r\naccount.1.sip_server.1.port=5070\r"))
              .servers[0]
              .address == "a:5070");
    CHECK(design_of("pjsip", "[a]\ntype=aor ; x\n;-- max_contacts=0\nno --;\nmax_contacts = 2")
              .phones.size() == 1);
    CHECK(
        design_of("polycom", "<r reg.1.address='a&amp;b' reg.1.server.1.address='[2001:db8::1]'/>")
            .phones[0]
            .lines[0]
            .aor == "sip:a&b@[2001:db8::1]");
    CHECK(design_of("spa", flat_profile("<Reg_Retry_Random_Delay>5</Reg_Retry_Random_Delay>"))
              .phones[0]
              .retry.unanswered.fixed == model::Interval{30'000, 35'000});
}

TEST_CASE("import: the waits of an SPA phone, doubling and after a rejection", "[import]") {
    const std::string settings =
        flat_profile("<Reg_Retry_Intvl>20</Reg_Retry_Intvl>"
                     "<Reg_Retry_Intvl_Cap>50</Reg_Retry_Intvl_Cap>"
                     "<Reg_Retry_Long_Intvl>600</Reg_Retry_Long_Intvl>");
    const auto retry = design_of("spa", settings).phones[0].retry;
    CHECK(model::wait_after(retry.unanswered, 1) == sim::exactly(20'000));
    CHECK(model::wait_after(retry.unanswered, 2) == sim::exactly(40'000));
    CHECK(model::wait_after(retry.unanswered, 3) == sim::exactly(50'000));
    CHECK(retry.rejected.fixed == sim::exactly(600'000));
    const auto shipped = design_of("spa", flat_profile("")).phones[0].retry;
    CHECK(shipped.rejected.fixed == sim::exactly(1'200'000));
    CHECK(shipped.unanswered.fixed == sim::exactly(30'000));
}

TEST_CASE("import: retries of RFC 5626 that never grow are an interval", "[import]") {
    const auto design = [](const std::string& base) {
        return design_of("polycom",
                         "<r reg.1.address='a' reg.1.server.1.address='b' "
                         "reg.1.server.1.registerRetry.baseTimeOut='" + base + "'/>");
    };
    CHECK(design("60").phones[0].retry == model::Interval{30'000, 60'000});
    CHECK(design("30").phones[0].retry == model::Interval{30'000, 60'000});
    CHECK(design("29").phones[0].retry.unanswered.base == 29'000);
}

}  // namespace failback::tests::import_test
