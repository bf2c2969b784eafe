// What gateways that pass requests on do not go together with: whatever would make more of them
// than REGISTERs that lead to bindings of their own, and calls.
#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "model/duration.hpp"
#include "model/event.hpp"
#include "model/file/design_parts.hpp"
#include "model/file/design_text.hpp"
#include "model/sip/scope.hpp"

namespace failback::model {
namespace {

// Of a gateway that registers its phones anew.
constexpr std::int64_t kTimerF = 32'000;

bool authenticates(const Server& server) {
    const Authentication& rules = server.authentication;
    return rules.of_register || rules.of_subscribe || rules.of_invite || !rules.users.empty() ||
           !rules.knows_others;
}

std::string key_of(const char* list, std::size_t index) {
    return fmt::format("/{}/{}", list, index);
}

class Checking {
public:
    explicit Checking(DesignParts& parts) : parts_(parts), design_(parts.design) {}

    void check_servers() {
        for (std::size_t i = 0; i < design_.servers.size(); ++i) {
            if (!passes_on(design_.servers[i])) {
                continue;
            }
            const std::size_t watched = *design_.servers[i].watches;
            require(!authenticates(design_.servers[i]), i, R"(a server with "authentication")");
            check_challenges(i);
            for (const std::size_t server : {i, watched}) {
                const Server& each = design_.servers[server];
                require(each.repeat_window == 0, server, "a server with a \"repeat_window\"");
            }
            const Server& registrar = design_.servers[watched];
            require(!registrar.authentication.forbids_wrong, watched,
                    R"(a server that answers 403 to a "wrong_password")");
            require(registrar.accepts != Accepts::open, watched, R"(a server that is "open")");
            require(!registrar.processing, watched, R"(a server with "processing")");
        }
    }

    // What the server behind a gateway asks for, and what that can do without it.
    void check_challenges(std::size_t gateway) {
        const Server& server = design_.servers[gateway];
        const Authentication& rules = design_.servers[*server.watches].authentication;
        if (!challenges_registers(gateway)) {
            return;
        }
        if (server.accepts == Accepts::verified &&
            server.survivability.in_emergency == InNormal::served) {
            parts_.input.report(
                at(key_of("servers", gateway)),
                {R"(a gateway that "accepts" who is "verified")", R"("known" or "open")",
                 "in an emergency it has nobody to verify the credentials that " +
                     in_quotes(design_.servers[*server.watches].name) + " asks for"});
        }
        const std::int64_t used = 2 * kTimerF + delay_to_watched(design_, gateway).latest;
        if (server.survivability.re_registers && rules.nonce_lifetime &&
            rules.nonce_lifetime->earliest <= used) {
            parts_.input.report(
                at(key_of("servers", *server.watches)),
                {R"(a short "nonce_lifetime")",
                 "more than " + duration_text(static_cast<DelayMs>(used)),
                 "the REGISTERs of " + in_quotes(server.name) +
                     " are modelled with nonces that last as long as they"});
        }
    }

    void check_phones() {
        for (std::size_t i = 0; i < design_.phones.size(); ++i) {
            const Phone& phone = design_.phones[i];
            const Node node = at(key_of("phones", i));
            check_nonces(i);
            for (std::size_t entry = 0; entry < phone.servers.size(); ++entry) {
                const std::size_t server = phone.servers[entry].server;
                if (phone.wipe_at_boot && (is_passed_to(server) || passes(server))) {
                    refuse(node, R"(a phone with "wipe_at_boot")", server);
                }
                if (!passes(server)) {
                    continue;
                }
                for (std::size_t each = 0; each < subscriptions_of(phone); ++each) {
                    if (subscribes_to(phone, entry, each) &&
                        has_package(design_.servers[server], subscription_rules(phone, each))) {
                        refuse(node, "a phone that subscribes to what the gateway has itself",
                               server);
                    }
                }
                if (proxy_to(phone, server)) {
                    refuse(node, R"(a phone with an "outbound_proxy")", server);
                }
                if (phone.failover.registers) {
                    refuse(node, R"(a phone whose calls have it registered first)", server);
                }
                if (phone.failback.heartbeat ||
                    phone.flow.keep_alive.method == KeepAliveMethod::heartbeat) {
                    refuse(node, R"(a phone with "cisco-keep-alive")", server);
                }
                const Survivability& rules = design_.servers[server].survivability;
                if (rules.unanswered != Status::none && phone.flow.nat) {
                    refuse(node, R"(a phone with a "nat", and "unanswered")", server);
                }
            }
        }
    }

    void check_faults() {
        for (std::size_t i = 0; i < design_.faults.size(); ++i) {
            const Fault& fault = design_.faults[i];
            const bool is_of_load = fault.kind == FaultKind::hang || fault.kind == FaultKind::full;
            const bool is_refused = is_of_load || fault.kind == FaultKind::realm;
            if (is_refused && (is_passed_to(*fault.server) || passes(*fault.server))) {
                refuse(at(key_of("faults", i)), "such a fault", *fault.server);
            }
            if (fault.kind == FaultKind::move || fault.kind == FaultKind::half_open) {
                check_strike(fault, at(key_of("faults", i)));
            }
        }
    }

    void check_plans() {
        for (std::size_t i = 0; i < design_.seizures.size(); ++i) {
            const SeizurePlan& plan = design_.seizures[i];
            check_plan("appearances", i, "a shared line", plan.phone, plan.entry);
        }
    }

private:
    // A phone that moves, or whose connection is half open.
    void check_strike(const Fault& fault, const Node& node) {
        for (const ServerEntry& entry : design_.phones[*fault.phone].servers) {
            if (passes(entry.server)) {
                refuse(node, "such a fault of a phone", entry.server);
                return;
            }
        }
    }

    [[nodiscard]] bool challenges_registers(std::size_t gateway) const {
        const Server& server = design_.servers[challenger_of(design_, gateway)];
        return std::ranges::any_of(design_.phones, [&](const Phone& phone) {
            bool is_any = false;
            for (std::size_t line = 0; line < phone.lines.size(); ++line) {
                is_any = is_any || login_of(server, phone, line, Method::register_).challenged;
            }
            return is_any && std::ranges::any_of(phone.servers, [&](const ServerEntry& entry) {
                return entry.server == gateway && entry.registers;
            });
        });
    }

    // With one registration at a time a nonce goes from one way to a server to another. How often
    // it was used is known of each way by itself.
    void check_nonces(std::size_t index) {
        const Phone& phone = design_.phones[index];
        for (std::size_t entry = 0; entry < phone.servers.size(); ++entry) {
            const std::size_t server = challenger_of(design_, phone.servers[entry].server);
            const auto same = std::ranges::count_if(phone.servers, [&](const ServerEntry& each) {
                return challenger_of(design_, each.server) == server;
            });
            const bool counts =
                design_.servers[server].authentication.reuse != NonceReuse::allowed;
            if (same > 1 && counts && passes(phone.servers[entry].server) &&
                is_successive(phone, entry)) {
                refuse(at(key_of("phones", index)),
                       R"(one registration at a time and "nonce_reuse")",
                       phone.servers[entry].server);
                return;
            }
        }
    }

    [[nodiscard]] bool passes(std::size_t server) const {
        return passes_on(design_.servers[server]);
    }

    [[nodiscard]] bool is_passed_to(std::size_t server) const {
        return std::ranges::any_of(design_.servers, [server](const Server& gateway) {
            return passes_on(gateway) && gateway.watches == server;
        });
    }

    [[nodiscard]] Node at(const std::string& pointer) const { return parts_.input.at(pointer); }

    void require(bool is_right, std::size_t server, const char* found) {
        if (!is_right) {
            parts_.input.report(at(key_of("servers", server)),
                                {found, "one without, where requests are passed on or to",
                                 R"(REGISTER, SUBSCRIBE, calls are modelled there, without it)"});
        }
    }

    void refuse(const Node& node, const std::string& found, std::size_t gateway) {
        parts_.input.report(
            node, {found + " at " + in_quotes(design_.servers[gateway].name),
                   "a gateway that does not pass requests on, or one less thing to do with it",
                   R"(only REGISTER, SUBSCRIBE and calls are modelled there)"});
    }

    void check_plan(const char* list, std::size_t index, const char* found, std::size_t phone,
                    std::size_t entry) {
        const std::size_t server = design_.phones[phone].servers[entry].server;
        if (passes(server)) {
            refuse(at(key_of(list, index)), found, server);
        }
    }

    DesignParts& parts_;
    const Design& design_;
};

}  // namespace

void check_passing(DesignParts& parts) {
    const bool is_any = std::ranges::any_of(parts.design.servers, passes_on);
    if (!is_any || !parts.input.problems().empty()) {
        return;  // what could not be read has no place in the design
    }
    Checking checking(parts);
    checking.check_servers();
    checking.check_phones();
    checking.check_faults();
    checking.check_plans();
}

}  // namespace failback::model
