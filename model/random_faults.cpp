#include "model/random_faults.hpp"

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "sim/random.hpp"

namespace failback::model {

namespace {

using nlohmann::json;

class Drawer {
public:
    Drawer(const json& design, std::uint64_t seed, sim::TimeMs horizon)
        : design_(&design), random_(seed), horizon_(horizon) {}

    json fault(int number) {
        json fault = kinds()[random_.below(kinds().size())];
        const std::string kind = fault["kind"];
        if (kind == "restart") {
            fault["phone"] = name_of("phones");
        } else if (kind != "loss" && kind != "duplication" && kind != "dns-outage") {
            fault["server"] = name_of("servers");
        }
        if (kind == "loss" || kind == "duplication") {
            fault["window"] = {seconds(0), seconds(horizon_ / kSecond)};
        } else {
            const sim::TimeMs unit = kUnits[random_.below(kUnits.size())];
            fault["at"] = {seconds(0), seconds(horizon_ / kSecond)};
            fault["lasts"] = {seconds(unit), seconds(kMostUnits * unit)};
        }
        fault["name"] = std::string(kRandomFault) + kind + "-" + std::to_string(number);
        return fault;
    }

private:
    static constexpr sim::TimeMs kSecond = 1000;
    static constexpr sim::TimeMs kMostUnits = 9;
    const std::vector<sim::TimeMs> kUnits{1, 10, 60, 600, 3600};   // seconds

    [[nodiscard]] const std::vector<json>& kinds() {
        if (kinds_.empty()) {
            kinds_ = {{{"kind", "crash"}, {"bindings", "kept"}},
                      {{"kind", "crash"}, {"bindings", "lost"}},
                      {{"kind", "refusal"}},
                      {{"kind", "maintenance"}},
                      {{"kind", "unreachable"}},
                      {{"kind", "unreachable"}, {"direction", "to-server"}},
                      {{"kind", "unreachable"}, {"direction", "to-phone"}},
                      {{"kind", "restart"}},
                      {{"kind", "loss"}},
                      {{"kind", "duplication"}}};
            if (design_->contains("dns")) {
                kinds_.push_back({{"kind", "dns-outage"}});
            }
        }
        return kinds_;
    }

    [[nodiscard]] std::string name_of(const char* list) {
        const json& all = design_->at(list);
        return all[random_.below(all.size())].at("name");
    }

    [[nodiscard]] static std::string seconds(sim::TimeMs count) {
        return std::to_string(count) + "s";
    }

    const json* design_;
    sim::Random random_;
    sim::TimeMs horizon_;
    std::vector<json> kinds_;
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
