// Outbound proxies in the configuration of phones, and calls that register first.
#include <catch2/catch.hpp>

#include "model/file/design_file.hpp"
#include "model/import/import.hpp"

namespace failback::tests::import_proxies_test {
namespace {

using model::Design;
using model::ImportedDesign;
using model::ServerKind;

ImportedDesign imported(const char* vendor, const std::string& text) {
    return model::import_design(vendor, {{"f", text}});
}

Design design_of(const ImportedDesign& imported) {
    return model::parse_design(imported.text, "d.json");
}

std::string polycom(const std::string& more) {
    return "<a reg.1.address=\"1001\" reg.1.server.1.address=\"one.example.com\" "
           "reg.1.server.2.address=\"two.example.com\" " +
           more + "/>";
}

std::string yealink(const std::string& more) {
    return "account.1.enable = 1\naccount.1.user_name = 1\naccount.1.sip_server.1.address = a\n"
           "account.1.sip_server.2.address = b\n" +
           more + "\n";
}

// The address of the only phone's outbound proxy, or "none".
std::string proxy_of(const ImportedDesign& imported) {
    const Design design = design_of(imported);
    REQUIRE(design.phones.size() == 1);
    const auto& proxy = design.phones[0].outbound_proxy;
    if (proxy) {
        CHECK(design.servers[*proxy].kind == ServerKind::proxy);
    }
    return proxy ? design.servers[*proxy].address : "none";
}

}  // namespace

TEST_CASE("import: outbound proxies of each vendor", "[import]") {
    CHECK(proxy_of(imported("polycom", polycom("reg.1.outboundProxy.address=\"sbc\""))) == "sbc");
    CHECK(proxy_of(imported("polycom", polycom("voIpProt.SIP.outboundProxy.address=\"sbc\""))) ==
          "sbc");
    CHECK(proxy_of(imported("polycom", polycom(""))) == "none");
    const std::string address = "account.1.outbound_proxy.1.address = sbc\n";
    CHECK(proxy_of(imported("yealink", yealink(address))) == "none");
    const std::string on = "account.1.outbound_proxy_enable = 1\n";
    CHECK(proxy_of(imported("yealink", yealink(address + on))) == "sbc");
    const ImportedDesign two = imported(
        "yealink", yealink(address + on + "account.1.outbound_proxy.2.address = sbc2"));
    CHECK(proxy_of(two) == "sbc");
    CHECK(two.text.find("a second outbound proxy") != std::string::npos);
    const std::string spa = "<flat-profile><Proxy_1_>a</Proxy_1_><User_ID_1_>1</User_ID_1_>"
                            "<Outbound_Proxy_1_>sbc:5070</Outbound_Proxy_1_>"
                            "<Use_Outbound_Proxy_1_>Yes</Use_Outbound_Proxy_1_></flat-profile>";
    CHECK(proxy_of(imported("spa", spa)) == "sbc:5070");
}

TEST_CASE("import: a proxy that is a server of the list is not in the way of that one",
          "[import]") {
    const ImportedDesign one =
        imported("polycom", polycom("reg.1.outboundProxy.address=\"One.example.com\""));
    CHECK(proxy_of(one) == "One.example.com");
    const auto servers = design_of(one).phones[0].servers;
    CHECK((servers[0].direct && !servers[1].direct));
    CHECK(one.text.find("fails apart from the server that it is") != std::string::npos);
    const ImportedDesign apart =
        imported("polycom", polycom("reg.1.outboundProxy.address=\"sbc\" "
                                    "reg.1.server.2.useOutboundProxy=\"0\""));
    CHECK(design_of(apart).phones[0].servers[1].direct);
    const ImportedDesign only = imported(
        "polycom", "<a reg.1.address=\"1001\" reg.1.server.1.address=\"one.example.com\" "
                   "reg.1.outboundProxy.address=\"one.example.com\"/>");
    CHECK(proxy_of(only) == "none");
    CHECK(only.text.find("outbound proxy") == std::string::npos);
}

TEST_CASE("import: lines with other proxies are other phones, which share proxies", "[import]") {
    const auto with_second = [](const char* proxy) {
        return design_of(imported(
            "polycom", polycom("reg.1.outboundProxy.address=\"sbc\" reg.2.address=\"1002\" "
                               "reg.2.server.1.address=\"one.example.com\" "
                               "reg.2.server.2.address=\"two.example.com\" "
                               "reg.2.outboundProxy.address=\"" +
                               std::string(proxy) + "\"")));
    };
    // The addresses of record have the same domain, the phones the same list.
    CHECK(with_second("sbc").phones.size() == 1);
    CHECK(with_second("sbc").servers.size() == 3);
    CHECK(with_second("other").phones.size() == 2);
    CHECK(with_second("other").servers.size() == 4);
}

TEST_CASE("import: reRegisterOn and register_on_enable are calls that register", "[import]") {
    const Design design = design_of(
        imported("polycom", polycom("reg.1.server.1.failOver.reRegisterOn=\"1\" "
                                    "reg.1.server.2.register=\"0\"")));
    CHECK(design.phones[0].failover.registers);
    CHECK_FALSE(design.phones[0].servers[1].registers);
    const std::string on = "account.1.sip_server.1.register_on_enable = 1\n";
    CHECK(design_of(imported("yealink", yealink(on))).phones[0].failover.registers);
    const Design successive = design_of(
        imported("yealink", yealink(on + "account.1.fallback.redundancy_type = 1")));
    CHECK_FALSE(successive.phones[0].failover.registers);
    CHECK(successive.phones[0].failover.only_registered);
}

TEST_CASE("import: Reg_Min_Expires is the least that the phone counts", "[import]") {
    const std::string spa = "<flat-profile><Proxy_1_>a</Proxy_1_><User_ID_1_>1</User_ID_1_>"
                            "<Reg_Min_Expires>90</Reg_Min_Expires></flat-profile>";
    CHECK(design_of(imported("spa", spa)).phones[0].least_expires == 90'000);
}

}  // namespace failback::tests::import_proxies_test
