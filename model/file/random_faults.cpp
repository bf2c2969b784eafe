#include "model/file/random_faults.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "model/file/design_file.hpp"
#include "model/sip/scope.hpp"
#include "model/sip/sip_model.hpp"
#include "sim/random.hpp"

namespace failback::model {

namespace {

using nlohmann::json;

constexpr sim::TimeMs kSecond = 1000;
constexpr sim::TimeMs kMostUnits = 9;
constexpr std::array<sim::TimeMs, 5> kUnits{1, 10, 60, 600, 3600};   // seconds

std::string seconds(sim::TimeMs count) { return std::to_string(count) + "s"; }

bool is_proxy(const json& server) { return server.value("kind", "") == "proxy"; }

// An outbound proxy is there or not.
std::vector<json> servers_with(const json& design, const std::string& kind) {
    const bool strikes_proxies = kind == "crash" || kind == "unreachable" || kind == "latency";
    std::vector<json> servers;
    for (const json& server : design.at("servers")) {
        if (strikes_proxies || !is_proxy(server)) {
            servers.push_back(server);
        }
    }
    return servers;
}

bool passes_on(const json& server) {
    return server.value(json::json_pointer("/survivability/in_normal"), "") == "passed-on";
}

// Does a gateway pass requests on to it, or it itself? It has no faults of load then.
bool is_passed(const json& design, const json& server) {
    return std::ranges::any_of(design.at("servers"), [&server](const json& gateway) {
        return passes_on(gateway) &&
               (gateway == server || gateway.value("watches", "") == server.at("name"));
    });
}

// Nothing of a phone that lists such a gateway is half open, and it does not move.
bool lists_passing(const json& design, const json& phone) {
    return std::ranges::any_of(phone.at("servers"), [&](const json& entry) {
        const std::string name =
            entry.is_string() ? entry.get<std::string>() : entry.value("server", "");
        return std::ranges::any_of(design.at("servers"), [&](const json& server) {
            return server.at("name") == name && passes_on(server);
        });
    });
}

std::vector<json> servers_that_fill(const json& design) {
    std::vector<json> names;
    for (const json& server : design.at("servers")) {
        if (!is_proxy(server) && !is_passed(design, server)) {
            names.push_back(server.at("name"));
        }
    }
    return names;
}

// A hang of the others is no design: see docs/design-load.md.
std::vector<json> servers_that_hang(const json& design) {
    std::vector<json> names;
    for (const json& server : design.at("servers")) {
        if (!is_proxy(server) && !server.contains("watches") && !is_passed(design, server) &&
            design.value("seizures", json::array()).empty()) {
            names.push_back(server.at("name"));
        }
    }
    return names;
}

// Of a phone whose lines are no others', for then a record has room for its contacts.
bool may_move(const json& design, const json& phone) {
    const json faults = design.value("faults", json::array());
    const bool has_changed = std::ranges::any_of(faults, [&](const json& fault) {
        return fault.value("phone", "") == phone.at("name");
    });
    const bool is_new = phone.contains(json::json_pointer("/after_restart/contact"));
    bool shares = false;
    for (const json& other : design.at("phones")) {
        for (const json& line : other.at("lines")) {
            shares = shares || (other != phone &&
                                std::ranges::any_of(phone.at("lines"), [&](const json& own) {
                                    return own.at("aor") == line.at("aor");
                                }));
        }
    }
    return !has_changed && !is_new && !shares;
}

void add_moves(const json& design, std::vector<json>& kinds) {
    for (const json& phone : design.at("phones")) {
        if (lists_passing(design, phone) || phone.contains("outbound_proxy")) {
            continue;
        }
        if (may_move(design, phone)) {
            kinds.push_back({{"kind", "move"}, {"phone", phone.at("name")}});
        }
        if (phone.value("transport", "") != "tcp" || design.contains("links")) {
            continue;  // ports of links may age
        }
        for (const json& entry : phone.at("servers")) {
            if (entry.is_string()) {
                kinds.push_back({{"kind", "half-open"},
                                 {"phone", phone.at("name")},
                                 {"server", entry}});
            }
        }
    }
}

// Of names that have other servers later, and do not change already.
void add_migrations(const json& design, std::vector<json>& kinds) {
    for (const json& record : design.at("dns").value("records", json::array())) {
        const json change{{"kind", "dns-change"}, {"record", record.at("name")}};
        const json faults = design.value("faults", json::array());
        const bool is_changed = std::ranges::any_of(faults, [&change](const json& fault) {
            return fault.at("kind") == change.at("kind") &&
                   fault.value("record", "") == change.at("record");
        });
        if (record.contains("later") && !is_changed) {
            kinds.push_back(change);
        }
    }
}

std::vector<json> kinds_of(const json& design) {
    std::vector<json> kinds{{{"kind", "crash"}, {"bindings", "kept"}},
                            {{"kind", "crash"}, {"bindings", "lost"}},
                            {{"kind", "maintenance"}},
                            {{"kind", "unreachable"}},
                            {{"kind", "unreachable"}, {"direction", "to-server"}},
                            {{"kind", "unreachable"}, {"direction", "to-phone"}},
                            {{"kind", "restart"}},
                            {{"kind", "loss"}},
                            {{"kind", "duplication"}},
                            {{"kind", "late"}, {"delay", {"0s", "40s"}}}};
    const auto has_proxy = [](const json& phone) { return phone.contains("outbound_proxy"); };
    if (std::ranges::none_of(design.at("phones"), has_proxy)) {
        const json refusal = json::object({{"kind", "refusal"}});
        kinds.insert(kinds.begin() + 2, refusal);
    }
    kinds.push_back({{"kind", "power-cut"}});
    if (!servers_that_fill(design).empty()) {
        kinds.push_back({{"kind", "full"}});
    }
    if (!servers_that_hang(design).empty()) {
        kinds.push_back({{"kind", "hang"}});
    }
    if (design.contains("dns")) {
        kinds.push_back({{"kind", "dns-outage"}});
        kinds.push_back({{"kind", "dns-delay"}, {"delay", "1s"}});
        kinds.push_back({{"kind", "dns-wrong"}});
        add_migrations(design, kinds);
    }
    kinds.push_back({{"kind", "latency"}, {"delay", {"0s", "3s"}}});
    for (const json& server : design.at("servers")) {
        const json::json_pointer time("/processing/time");
        if (server.contains(time) && server.at(time) != "0ms" && server.at(time) != "0s") {
            kinds.push_back(
                {{"kind", "slowdown"}, {"server", server.at("name")}, {"time", {"0s", "3s"}}});
        }
    }
    for (const json& server : design.at("servers")) {
        const json::json_pointer challenges("/authentication/challenges");
        const json::json_pointer users("/authentication/users");  // some may be asked for nothing
        if (server.contains(challenges) && !server.at(challenges).empty() &&
            !server.contains(users)) {
            kinds.push_back({{"kind", "credentials"}, {"server", server.at("name")}});
        }
    }
    add_moves(design, kinds);
    return kinds;
}

bool is_of_messages(const std::string& kind) {
    return kind == "loss" || kind == "duplication" || kind == "late";
}

// One of a list, uniformly.
template <class List>
const auto& one_of(const List& list, sim::Random& random) {
    return list[random.below(list.size())];
}

class Drawer {
public:
    Drawer(const json& design, std::uint64_t seed, sim::TimeMs horizon)
        : design_(&design), kinds_(kinds_of(design)), random_(seed), horizon_(horizon) {}

    // `before` are those that it may come after.
    json fault(int number, const json& before) {
        const json drawn = one_of(kinds_, random_);
        json fault = drawn;
        const std::string kind = fault["kind"];
        const bool is_once = kind == "move" || kind == "dns-change";
        const bool is_instant = is_once || kind == "half-open";
        if (is_once) {
            std::erase(kinds_, drawn);  // contacts have room then, and a record changes once
        }
        if (is_instant) {
            // They have their targets.
        } else if (kind == "restart") {
            fault["phone"] = one_of(design_->at("phones"), random_).at("name");
        } else if (kind == "power-cut") {
            fault["phones"] = some_phones();
        } else if (kind == "hang") {
            fault["server"] = one_of(servers_that_hang(*design_), random_);
        } else if (kind == "full") {
            fault["server"] = one_of(servers_that_fill(*design_), random_);
        } else if (!is_of_messages(kind) && !kind.starts_with("dns-") && kind != "credentials" &&
                   kind != "slowdown") {
            fault["server"] = one_of(servers_with(*design_, kind), random_).at("name");
        }
        const json until_horizon = {seconds(0), seconds(horizon_ / kSecond)};
        if (is_of_messages(kind)) {
            fault["window"] = until_horizon;
        } else {
            // What waits for hours may be more requests than a state has room for.
            const sim::TimeMs unit =
                kind == "hang" ? kUnits[random_.below(2)] : one_of(kUnits, random_);
            fault["at"] = until_horizon;
            if (!is_instant) {
                fault["lasts"] = {seconds(unit), seconds(kMostUnits * unit)};
            }
            set_times(fault, unit, before);
        }
        fault["name"] = std::string(kRandomFault) + kind + "-" + std::to_string(number);
        return fault;
    }

private:
    // One of four comes soon after another fault, one of eight goes on and on.
    void set_times(json& fault, sim::TimeMs unit, const json& before) {
        std::vector<json> lasting;
        for (const json& other : before) {
            if (other.contains("lasts") && other.value("count", json()) != "unlimited") {
                lasting.push_back(other.at("name"));
            }
        }
        if (!lasting.empty() && random_.below(4) == 0) {
            fault["after"] = one_of(lasting, random_);
            fault["at"] = {seconds(0), seconds(unit)};
        }
        const std::string kind = fault["kind"];
        const bool is_counted = kind == "restart" || kind == "power-cut" || kind == "move" ||
                                kind == "half-open" || kind == "dns-change";
        if (!is_counted && random_.below(8) == 0) {
            fault["count"] = "unlimited";
        }
    }

    // Each with an even chance, and one in any case.
    json some_phones() {
        json names = json::array();
        for (const json& phone : design_->at("phones")) {
            if (random_.below(2) == 0) {
                names.push_back(phone.at("name"));
            }
        }
        if (names.empty()) {
            names.push_back(one_of(design_->at("phones"), random_).at("name"));
        }
        return names;
    }

    const json* design_;
    std::vector<json> kinds_;
    sim::Random random_;
    sim::TimeMs horizon_;
};

// What a server that hangs keeps may be more than a state has room for.
bool has_room(const json& design) {
    if (design["faults"].back()["kind"] != "hang") {
        return true;
    }
    try {
        const Design read = parse_design(design.dump(), "");
        const SipModel model(read, whole(read));
        return true;
    } catch (const InputError&) {
        return false;
    }
}

}  // namespace

json with_random_faults(const json& design, std::uint64_t seed, int count, sim::TimeMs horizon) {
    Drawer drawer(design, seed, horizon);
    json changed = design;
    const auto before = static_cast<int>(design.value("faults", json::array()).size());
    for (int number = before + 1; number <= before + count; ++number) {
        const json others = changed.value("faults", json::array());
        json more = changed;
        do {
            more["faults"] = others;
            more["faults"].push_back(drawer.fault(number, others));
        } while (!has_room(more));
        changed = std::move(more);
    }
    return changed;
}

json with_drawn_messages(const json& design) {
    json changed = design;
    if (changed.contains("faults")) {
        for (json& fault : changed["faults"]) {
            if (fault.contains("ratio")) {
                fault["count"] = "unlimited";
            }
        }
    }
    return changed;
}

}  // namespace failback::model
