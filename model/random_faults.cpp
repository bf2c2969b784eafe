#include "model/random_faults.hpp"

#include <array>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "sim/random.hpp"

namespace failback::model {

namespace {

using nlohmann::json;

constexpr sim::TimeMs kSecond = 1000;
constexpr sim::TimeMs kMostUnits = 9;
constexpr std::array<sim::TimeMs, 5> kUnits{1, 10, 60, 600, 3600};   // seconds

std::string seconds(sim::TimeMs count) { return std::to_string(count) + "s"; }

// A hang of the others is no design: see docs/design-load.md.
std::vector<json> servers_that_hang(const json& design) {
    std::vector<json> names;
    for (const json& server : design.at("servers")) {
        if (!server.contains("watches") && design.value("seizures", json::array()).empty()) {
            names.push_back(server.at("name"));
        }
    }
    return names;
}

std::vector<json> kinds_of(const json& design) {
    std::vector<json> kinds{{{"kind", "crash"}, {"bindings", "kept"}},
                            {{"kind", "crash"}, {"bindings", "lost"}},
                            {{"kind", "refusal"}},
                            {{"kind", "maintenance"}},
                            {{"kind", "unreachable"}},
                            {{"kind", "unreachable"}, {"direction", "to-server"}},
                            {{"kind", "unreachable"}, {"direction", "to-phone"}},
                            {{"kind", "restart"}},
                            {{"kind", "loss"}},
                            {{"kind", "duplication"}}};
    kinds.push_back({{"kind", "power-cut"}});
    kinds.push_back({{"kind", "full"}});
    if (!servers_that_hang(design).empty()) {
        kinds.push_back({{"kind", "hang"}});
    }
    if (design.contains("dns")) {
        kinds.push_back({{"kind", "dns-outage"}});
        kinds.push_back({{"kind", "dns-delay"}, {"delay", "1s"}});
    }
    kinds.push_back({{"kind", "latency"}, {"delay", {"0s", "3s"}}});
    for (const json& server : design.at("servers")) {
        const json::json_pointer challenges("/authentication/challenges");
        const json::json_pointer users("/authentication/users");  // some may be asked for nothing
        if (server.contains(challenges) && !server.at(challenges).empty() &&
            !server.contains(users)) {
            kinds.push_back({{"kind", "credentials"}, {"server", server.at("name")}});
        }
    }
    return kinds;
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

    json fault(int number) {
        json fault = one_of(kinds_, random_);
        const std::string kind = fault["kind"];
        if (kind == "restart") {
            fault["phone"] = one_of(design_->at("phones"), random_).at("name");
        } else if (kind == "power-cut") {
            fault["phones"] = some_phones();
        } else if (kind == "hang") {
            fault["server"] = one_of(servers_that_hang(*design_), random_);
        } else if (kind != "loss" && kind != "duplication" && !kind.starts_with("dns-") &&
                   kind != "credentials") {
            fault["server"] = one_of(design_->at("servers"), random_).at("name");
        }
        const json until_horizon = {seconds(0), seconds(horizon_ / kSecond)};
        if (kind == "loss" || kind == "duplication") {
            fault["window"] = until_horizon;
        } else {
            // What waits for hours may be more requests than a state has room for.
            const sim::TimeMs unit =
                kind == "hang" ? kUnits[random_.below(2)] : one_of(kUnits, random_);
            fault["at"] = until_horizon;
            fault["lasts"] = {seconds(unit), seconds(kMostUnits * unit)};
        }
        fault["name"] = std::string(kRandomFault) + kind + "-" + std::to_string(number);
        return fault;
    }

private:
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

}  // namespace

json with_random_faults(const json& design, std::uint64_t seed, int count, sim::TimeMs horizon) {
    Drawer drawer(design, seed, horizon);
    json changed = design;
    const auto before = static_cast<int>(design.value("faults", json::array()).size());
    for (int number = before + 1; number <= before + count; ++number) {
        changed["faults"].push_back(drawer.fault(number));
    }
    return changed;
}

}  // namespace failback::model
