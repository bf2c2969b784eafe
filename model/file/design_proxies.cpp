// Where an outbound proxy stands, and what it does not go together with: whatever would make more
// of it than a hop that is there or not.
#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "model/file/design_parts.hpp"
#include "model/file/design_text.hpp"

namespace failback::model {
namespace {

class Checking {
public:
    explicit Checking(DesignParts& parts) : parts_(parts), design_(parts.design) {}

    void check_servers() {
        for (std::size_t i = 0; i < design_.servers.size(); ++i) {
            const auto& watched = design_.servers[i].watches;
            if (watched && is_proxy(*watched)) {
                report(fmt::format("/servers/{}/watches", i),
                       {in_quotes(design_.servers[*watched].name) + R"(, of the kind "proxy")",
                        "a server that phones register with", {}});
            }
        }
    }

    void check_phones() {
        for (std::size_t i = 0; i < design_.phones.size(); ++i) {
            const Phone& phone = design_.phones[i];
            for (const ServerEntry& entry : phone.servers) {
                if (is_proxy(entry.server)) {
                    report(fmt::format("/phones/{}/servers", i),
                           {in_quotes(design_.servers[entry.server].name) +
                                R"(, of the kind "proxy")",
                            "servers that the phone registers with or calls through",
                            R"(write "outbound_proxy" of the phone)"});
                }
                if (entry.direct && !phone.outbound_proxy) {
                    report(fmt::format("/phones/{}/servers", i),
                           {R"("outbound_proxy": false of an entry)",
                            R"(a phone with an "outbound_proxy")", {}});
                }
            }
            if (phone.outbound_proxy) {
                check_phone(i, phone);
            }
        }
    }

    void check_faults() {
        for (std::size_t i = 0; i < design_.faults.size(); ++i) {
            const Fault& fault = design_.faults[i];
            const std::string kind = fmt::format("/faults/{}/kind", i);
            if (fault.server && is_proxy(*fault.server) && !may_strike_a_proxy(fault.kind)) {
                report(kind, {"such a fault of an outbound proxy",
                              R"("crash", "unreachable", "latency", "loss" or "duplication")",
                              "it has no state and answers nothing itself"});
            }
            const bool is_of_contact =
                fault.kind == FaultKind::move || fault.kind == FaultKind::half_open;
            if (is_of_contact && design_.phones[*fault.phone].outbound_proxy) {
                report(kind, {"such a fault of a phone with an outbound proxy",
                              "a phone without one", "flows to outbound proxies are not modelled"});
            }
            if (fault.kind == FaultKind::refusal && is_behind_a_proxy(*fault.server)) {
                report(kind, {R"("refusal" of a server that a phone reaches through a proxy)",
                              R"("crash" or "maintenance")",
                              "what the proxy makes of it is not modelled"});
            }
        }
    }

    void check_links() {
        for (const Link& link : design_.links) {
            if (link.ageing && proxy_to(design_.phones[link.phone], link.server)) {
                report("/links", {R"("ageing" of a port on the way to a server of )" +
                                      in_quotes(design_.phones[link.phone].name) +
                                      ", which has an outbound proxy",
                                  "links of that phone without it", {}});
            }
        }
    }

private:
    [[nodiscard]] bool is_proxy(std::size_t server) const {
        return design_.servers[server].kind == ServerKind::proxy;
    }

    [[nodiscard]] static bool may_strike_a_proxy(FaultKind kind) {
        return kind == FaultKind::crash || kind == FaultKind::unreachable ||
               kind == FaultKind::latency || is_of_messages(kind);
    }

    [[nodiscard]] bool is_behind_a_proxy(std::size_t server) const {
        return std::ranges::any_of(design_.phones, [server](const Phone& phone) {
            return proxy_to(phone, server).has_value();
        });
    }

    void check_phone(std::size_t index, const Phone& phone) {
        const std::string key = fmt::format("/phones/{}/outbound_proxy", index);
        if (!is_proxy(*phone.outbound_proxy)) {
            report(key, {in_quotes(design_.servers[*phone.outbound_proxy].name) +
                             R"(, which is not of the kind "proxy")",
                         R"(a server of the kind "proxy", which has a name and an address only)",
                         {}});
        }
        if (!phone.names.empty()) {
            report(key, {"an outbound proxy of a phone whose servers have names in DNS",
                         "servers without names",
                         "the phone asks for the name of the proxy, and for no other"});
        }
        if (phone.flow.nat || phone.flow.keep_alive.method != KeepAliveMethod::none) {
            report(key, {R"(an outbound proxy of a phone with a "nat" or "keep_alive")",
                         "a phone without them", "flows to outbound proxies are not modelled"});
        }
    }

    void report(const std::string& pointer, Wrong wrong) {
        parts_.input.report(parts_.input.at(pointer), std::move(wrong));
    }

    DesignParts& parts_;
    const Design& design_;
};

}  // namespace

void check_proxies(DesignParts& parts) {
    const bool is_any = std::ranges::any_of(parts.design.servers, [](const Server& server) {
        return server.kind == ServerKind::proxy;
    });
    const bool is_wanted =
        std::ranges::any_of(parts.design.phones, [](const Phone& phone) {
            return phone.outbound_proxy || std::ranges::any_of(phone.servers, &ServerEntry::direct);
        });
    if ((!is_any && !is_wanted) || !parts.input.problems().empty()) {
        return;  // what could not be read has no place in the design
    }
    Checking checking(parts);
    checking.check_servers();
    checking.check_phones();
    checking.check_faults();
    checking.check_links();
}

}  // namespace failback::model
