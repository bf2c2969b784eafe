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
        } else if (kind != "loss" && kind != "duplication" && !kind.starts_with("dns-") &&
                   kind != "credentials") {
            fault["server"] = one_of(design_->at("servers"), random_).at("name");
        }
        const json until_horizon = {seconds(0), seconds(horizon_ / kSecond)};
        if (kind == "loss" || kind == "duplication") {
            fault["window"] = until_horizon;
        } else {
            const sim::TimeMs unit = one_of(kUnits, random_);
            fault["at"] = until_horizon;
            fault["lasts"] = {seconds(unit), seconds(kMostUnits * unit)};
        }
        fault["name"] = std::string(kRandomFault) + kind + "-" + std::to_string(number);
        return fault;
    }

private:
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
