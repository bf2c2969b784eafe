// What a campaign of simulated runs has found, on disk and on paper.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/command.hpp"
#include "properties/simulate.hpp"

namespace failback::app {

// What settles the runs of a campaign: only runs of equal ones can be added up.
struct CampaignKey {
    std::string version;
    std::string design_hash;
    std::uint64_t seed = 0;
    sim::TimeMs until = 0;
    int random_faults = 0;
    std::vector<std::string> properties;   // in the property language

    friend bool operator==(const CampaignKey&, const CampaignKey&) = default;
};

struct Campaign {
    CampaignKey key;
    properties::SimulationResult result;
    std::vector<std::string> traces;       // of result.violations; empty: not written
};

[[nodiscard]] Json to_json(const Campaign& campaign);
// "faults", "run", "at_ms", "runs" and "trace".
[[nodiscard]] Json to_json(const properties::SimulatedViolation& violation,
                           const std::string& trace);

[[nodiscard]] Json to_json(const properties::CutShort& cut_short);

inline constexpr int kCampaignFormat = 2;

// A campaign, without the choices of its runs. THROWS model::InputError. `file` is for messages.
[[nodiscard]] Campaign parse_campaign(std::string_view text, const std::string& file);

// That of a file; none if there is no such file.
// THROWS model::InputError: it holds none; UsageError: one with another key.
[[nodiscard]] std::optional<Campaign> read_campaign(const std::string& file,
                                                    const CampaignKey& expected);

// Members "durations", "late" and so on of one property.
[[nodiscard]] Json durations_json(const properties::Simulated& simulated);

// Rows of bars, the whole range in at most `rows` of equal width; each begins with `indent`.
// REQUIRES: not empty.
[[nodiscard]] std::string histogram_text(const properties::Histogram& histogram, int rows,
                                         const std::string& indent);

}  // namespace failback::app
