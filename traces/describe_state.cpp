// Who takes part in a run, of which kind an event is, and what can be observed of its states.
#include <algorithm>

#include "sim/check.hpp"
#include "traces/describe.hpp"

namespace failback::traces {

namespace {

const char* yes_no(bool value) { return value ? "yes" : "no"; }

const char* word_of(model::ServerKind kind) {
    switch (kind) {
        case model::ServerKind::proxy:
            return "proxy";
        case model::ServerKind::gateway:
            return "gateway";
        default:
            return "registrar";
    }
}

// Lines and entries of their lists, each once.
std::set<std::pair<std::size_t, std::size_t>> legs_with_dialogs(const model::SipModel& model) {
    std::set<std::pair<std::size_t, std::size_t>> legs;
    for (const auto& dialog : model.dialogs()) {
        legs.emplace(dialog.line, dialog.entry);
    }
    return legs;
}

}  // namespace

std::set<std::size_t> Describer::phones() const {
    std::set<std::size_t> phones = phones_that_restart();
    for (const auto& line : model_->lines()) {
        phones.insert(line.phone);
    }
    return phones;
}

std::set<std::size_t> Describer::phones_that_restart() const {
    std::set<std::size_t> phones;
    for (const model::Fault& fault : model_->design().faults) {
        for (const std::size_t phone : model::switched_off(fault)) {
            const auto& scope = model_->scope();
            const bool takes_part =
                scope.phones.contains(phone) ||
                std::ranges::any_of(scope.parts, [phone](const model::Part& part) {
                    return part.phone == phone;
                });
            if (takes_part) {
                phones.insert(phone);
            }
        }
    }
    return phones;
}

std::set<std::pair<std::size_t, std::string>> Describer::attacked() const {
    std::set<std::pair<std::size_t, std::string>> all;
    for (const model::Fault& fault : model_->design().faults) {
        if (fault.kind == model::FaultKind::rogue_register &&
            model::involves(model_->scope(), fault)) {
            all.emplace(*fault.server, fault.aor);
        }
    }
    return all;
}

const std::string& Describer::line_with(const std::string& aor) const {
    for (const model::Phone& phone : model_->design().phones) {
        const auto line = std::ranges::find(phone.lines, aor, &model::Line::aor);
        if (line != phone.lines.end()) {
            return line->name;
        }
    }
    return aor;
}

std::string Describer::dialog_name(std::size_t dialog) const {
    return "call of " + line_name(model_->dialogs()[dialog].line) + " at " +
           end_of_dialog(dialog, true);
}

const std::string& Describer::end_of_dialog(std::size_t dialog, bool is_server) const {
    const auto& info = model_->dialogs()[dialog];
    return is_server ? server_name(info.server)
                     : phone_name(model_->lines()[info.line].phone);
}

// Of a line that has a binding of its own there, with the way that leads to the other one.
std::string Describer::server_beyond(std::size_t usage) const {
    const auto& info = model_->usages()[usage];
    const std::string& server = server_name(info.beyond->server);
    const auto& others = model_->lines()[info.line].registration;
    const bool is_own = std::ranges::any_of(others, [&](const auto& other) {
        return other && model_->usages()[*other].server == info.beyond->server;
    });
    return is_own ? server + " by " + server_of_usage(usage) : server;
}

std::string Describer::kind(const model::Event& event) const {
    switch (event.kind) {
        case model::EventKind::message_to_server:
        case model::EventKind::message_to_phone:
        case model::EventKind::probe_to_watched:
        case model::EventKind::answer_to_gateway:
        case model::EventKind::relayed_to_server:
        case model::EventKind::relayed_to_gateway:
            return "message";
        case model::EventKind::gateway_timer:
            return "timer";
        case model::EventKind::timer:
            return event.timer == model::Timer::subscription_expires ||
                           event.timer == model::Timer::seize_expires
                       ? "expiry"
                       : "timer";
        case model::EventKind::binding_expires:
            return "expiry";
        case model::EventKind::fault_strikes:
        case model::EventKind::fault_ends:
        case model::EventKind::window_opens:
        case model::EventKind::window_closes:
            return "fault";
        case model::EventKind::boot:
            return "boot";
        case model::EventKind::query_ends:
        case model::EventKind::name_expires:
            return "timer";
        case model::EventKind::dial:
        case model::EventKind::calls_in:
        case model::EventKind::wanted:
        case model::EventKind::state_changes:
            return "user";
        case model::EventKind::served:
            return "timer";
        case model::EventKind::deadline:
            return "deadline";
        case model::EventKind::belief_changes:
            break;  // only in searches, never in a run
    }
    return {};
}

std::vector<Participant> Describer::participants() const {
    std::vector<Participant> all;
    std::set<std::size_t> taking_part = phones();
    std::set<std::size_t> servers = model_->scope().servers;
    // Those of faults that others wait for need not be in scope.
    for (std::size_t i = 0; i < model_->design().faults.size(); ++i) {
        const model::Fault& fault = model_->design().faults[i];
        const bool is_of_phone =
            fault.kind == model::FaultKind::restart ||
            (fault.phone && model::is_instant(fault.kind));
        if (model_->fault_in_scope(i) && is_of_phone) {
            taking_part.insert(*fault.phone);
        } else if (model_->fault_in_scope(i) && fault.server) {
            servers.insert(*fault.server);
        }
    }
    for (const std::size_t phone : taking_part) {
        all.push_back({phone_name(phone), "phone"});
    }
    const auto kind_of = [&](std::size_t server) { return model_->design().servers[server].kind; };
    std::vector<std::size_t> in_order(servers.begin(), servers.end());
    // Proxies are between the phones and the others.
    std::stable_partition(in_order.begin(), in_order.end(), [&](std::size_t server) {
        return kind_of(server) == model::ServerKind::proxy;
    });
    for (const std::size_t server : in_order) {
        all.push_back({server_name(server), word_of(kind_of(server))});
    }
    sim::ensure(!all.empty(), "a run has participants");
    return all;
}

std::vector<std::string> Describer::variables() const {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < model_->lines().size(); ++i) {
        names.push_back("working(" + line_name(i) + ")");
    }
    for (std::size_t i = 0; i < model_->usages().size(); ++i) {
        const auto& usage = model_->usages()[i];
        const std::string line = line_name(usage.line);
        const std::string server = server_of_usage(i);
        const bool subscription = usage.part.kind == model::PartKind::subscription;
        const std::string package = subscription ? package_of(i) : "";
        names.push_back((subscription ? "subscribed(" : "registered(") + line + ", " + server +
                        package + ")");
        names.push_back((subscription ? "subscription(" : "binding(") + server + ", " + line +
                        package + ")");
        if (usage.changes != nullptr) {
            names.push_back("state(" + line + ", " + server + package + ")");
        }
        if (usage.flow.binds()) {
            names.push_back("inbound(" + line + ", " + server + ")");
        }
        if (usage.beyond) {
            names.push_back("binding(" + server_beyond(i) + ", " + line + ")");
        }
    }
    for (const auto& call : model_->calls()) {
        names.push_back("calling(" + line_name(call.line) + ")");
    }
    for (const auto& [line, entry] : legs_with_dialogs(*model_)) {
        const auto phone = model_->lines()[line].phone;
        const auto& server =
            server_name(model_->design().phones[phone].servers[entry].server);
        names.push_back("in_call(" + line_name(line) + ", " + server + ")");
        names.push_back("dialog(" + server + ", " + line_name(line) + ")");
        if (model_->transfers_in_use() > 0) {
            names.push_back("prompts(" + line_name(line) + ", " + server + ")");
        }
    }
    for (std::size_t i = 0; i < model_->appearances().size(); ++i) {
        names.push_back(of_appearance_notice("holds", false, i));
        names.push_back(of_appearance_notice("seized", true, i));
    }
    for (const std::size_t server : model_->scope().servers) {
        names.push_back("up(" + server_name(server) + ")");
        names.push_back("outage(" + server_name(server) + ")");
    }
    for (const std::size_t gateway : model_->gateways()) {
        names.push_back("emergency(" + server_name(gateway) + ")");
    }
    for (const auto& [server, aor] : attacked()) {
        names.push_back("hijacked(" + server_name(server) + ", " + line_with(aor) + ")");
    }
    for (std::size_t i = 0; i < model_->names().size(); ++i) {
        names.push_back("known(" + phone_name(model_->names()[i].phone) + ", " + listed_name(i) +
                        ")");
    }
    for (const std::size_t phone : phones_that_restart()) {
        for (const model::Line& line : model_->design().phones[phone].lines) {
            names.push_back("off(" + line.name + ")");
        }
    }
    return names;
}

std::vector<std::string> Describer::values(const model::SipState& state) const {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < model_->lines().size(); ++i) {
        const auto& line = model_->lines()[i];
        const std::uint8_t entry = model_->working(state, i);
        all.push_back(
            entry == model::kNoEntry
                ? "none"
                : server_name(model_->design().phones[line.phone].servers[entry].server));
    }
    for (std::size_t i = 0; i < model_->usages().size(); ++i) {
        all.emplace_back(yes_no(state.usages[i].believes != 0));
        all.emplace_back(yes_no(model_->bound(state, i)));
        if (model_->usages()[i].changes != nullptr) {
            constexpr const char* words[] = {"unknown", "current", "stale"};
            all.emplace_back(words[static_cast<std::size_t>(state.usages[i].shown)]);
        }
        if (model_->usages()[i].flow.binds()) {
            all.emplace_back(yes_no(model_->inbound(state, i)));
        }
        if (model_->usages()[i].beyond) {
            all.emplace_back(yes_no(model_->bound_beyond(state, i)));
        }
    }
    for (std::size_t i = 0; i < model_->calls().size(); ++i) {
        all.emplace_back(yes_no(state.calls[i].calling != 0));
    }
    for (const auto& [line, entry] : legs_with_dialogs(*model_)) {
        all.emplace_back(yes_no(model_->in_call(state, line, entry)));
        all.emplace_back(yes_no(model_->has_dialog(state, line, entry)));
        if (model_->transfers_in_use() > 0) {
            all.emplace_back(yes_no(model_->prompts(state, line, entry)));
        }
    }
    for (std::size_t i = 0; i < model_->appearances().size(); ++i) {
        all.emplace_back(yes_no(state.appearances[i].holds != 0));
        all.emplace_back(yes_no(state.appearances[i].granted != 0));
    }
    for (const std::size_t server : model_->scope().servers) {
        all.emplace_back(yes_no(model_->up(state, server)));
        all.emplace_back(yes_no(model_->in_outage(state, server)));
    }
    for (const std::size_t gateway : model_->gateways()) {
        all.emplace_back(yes_no(model_->in_emergency(state, gateway)));
    }
    for (const auto& [server, aor] : attacked()) {
        all.emplace_back(yes_no(model_->hijacked(state, server, aor)));
    }
    for (std::size_t i = 0; i < model_->names().size(); ++i) {
        all.emplace_back(yes_no(is_usable(state.names[i])));
    }
    for (const std::size_t phone : phones_that_restart()) {
        for (std::size_t i = 0; i < model_->design().phones[phone].lines.size(); ++i) {
            all.emplace_back(yes_no(model_->off(state, phone)));
        }
    }
    return all;
}

}  // namespace failback::traces
