// What gateways that pass requests on do not go together with: whatever would make more of them
// than REGISTERs that lead to bindings of their own, and calls.
#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "model/design_parts.hpp"
#include "model/design_text.hpp"
#include "model/scope.hpp"

namespace failback::model {
namespace {

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
            for (const std::size_t server : {i, watched}) {
                const Server& each = design_.servers[server];
                require(!authenticates(each), server, "a server with \"authentication\"");
                require(each.repeat_window == 0, server, "a server with a \"repeat_window\"");
            }
            const Server& registrar = design_.servers[watched];
            require(registrar.accepts != Accepts::open, watched, R"(a server that is "open")");
            require(!registrar.processing, watched, R"(a server with "processing")");
            require(registrar.capacity.bindings == 0 && registrar.contacts_per_aor.bindings == 0,
                    watched, "a server with a limit of bindings");
        }
    }

    void check_phones() {
        for (std::size_t i = 0; i < design_.phones.size(); ++i) {
            const Phone& phone = design_.phones[i];
            const Node node = at(key_of("phones", i));
            for (std::size_t entry = 0; entry < phone.servers.size(); ++entry) {
                const std::size_t server = phone.servers[entry].server;
                if (phone.wipe_at_boot && (is_passed_to(server) || passes(server))) {
                    refuse(node, R"(a phone with "wipe_at_boot")", server);
                }
                if (!passes(server)) {
                    continue;
                }
                for (std::size_t each = 0; each < subscriptions_of(phone); ++each) {
                    if (subscribes_to(phone, entry, each)) {
                        refuse(node, "a phone that subscribes there", server);
                    }
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
            if (is_of_load && (is_passed_to(*fault.server) || passes(*fault.server))) {
                refuse(at(key_of("faults", i)), "such a fault", *fault.server);
            }
        }
    }

    void check_plans() {
        for (std::size_t i = 0; i < design_.calls.size(); ++i) {
            const CallPlan& plan = design_.calls[i];
            for (const ServerEntry& entry : design_.phones[plan.phone].servers) {
                if (passes(entry.server) && plan.dialog.lasts) {
                    refuse(at(key_of("calls", i)), "calls that last", entry.server);
                }
            }
        }
        for (std::size_t i = 0; i < design_.incoming.size(); ++i) {
            const IncomingPlan& plan = design_.incoming[i];
            if (plan.dialog.lasts) {
                check_plan("incoming", i, "calls that last", plan.phone, plan.entry);
            }
        }
        for (std::size_t i = 0; i < design_.seizures.size(); ++i) {
            const SeizurePlan& plan = design_.seizures[i];
            check_plan("appearances", i, "a shared line", plan.phone, plan.entry);
        }
    }

private:
    [[nodiscard]] bool passes(std::size_t server) const {
        return passes_on(design_.servers[server]);
    }

    [[nodiscard]] bool is_passed_to(std::size_t server) const {
        return std::ranges::any_of(design_.servers, [server](const Server& gateway) {
            return passes_on(gateway) && gateway.watches == server;
        });
    }

    // A part of the file.
    [[nodiscard]] Node at(const std::string& pointer) const {
        const Node root = parts_.input.root();
        return {&root.value->at(nlohmann::json::json_pointer(pointer)), pointer};
    }

    void require(bool is_right, std::size_t server, const char* found) {
        if (!is_right) {
            parts_.input.report(at(key_of("servers", server)),
                                {found, "one without, where requests are passed on or to",
                                 R"(REGISTER and calls are modelled there, without it)"});
        }
    }

    void refuse(const Node& node, const std::string& found, std::size_t gateway) {
        parts_.input.report(
            node, {found + " at " + in_quotes(design_.servers[gateway].name),
                   "a gateway that does not pass requests on, or one less thing to do with it",
                   R"(REGISTER and calls are modelled there, nothing else)"});
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
