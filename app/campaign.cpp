#include "app/campaign.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "model/duration.hpp"

namespace failback::app {

namespace {

using properties::Histogram;
using properties::Simulated;
using properties::SimulatedViolation;

Json to_json(const CampaignKey& key) {
    return {{"version", key.version},
            {"design_hash", key.design_hash},
            {"seed", key.seed},
            {"until_ms", key.until},
            {"random_faults", key.random_faults},
            {"properties", key.properties}};
}

Json to_json(const Simulated& simulated) {
    Json buckets = Json::array();
    for (const auto& [longest, times] : simulated.durations.buckets()) {
        buckets.push_back({longest, times});
    }
    return {{"triggered", simulated.triggered},
            {"violating_runs", simulated.violating_runs},
            {"late", simulated.late},
            {"least_ms", simulated.durations.least()},
            {"most_ms", simulated.durations.most()},
            {"buckets", buckets}};
}

const char* difference(const CampaignKey& a, const CampaignKey& b) {
    return a.version != b.version           ? "version of failback"
           : a.design_hash != b.design_hash ? "design"
           : a.seed != b.seed               ? "--seed"
           : a.until != b.until             ? "--until"
           : a.properties != b.properties   ? "list of properties"
                                            : "--random-faults";
}

}  // namespace

Json to_json(const SimulatedViolation& violation, const std::string& trace) {
    return {{"faults", violation.faults},
            {"run", violation.run},
            {"at_ms", violation.at},
            {"runs", violation.runs},
            {"trace", trace}};
}

Json to_json(const properties::CutShort& cut_short) {
    return {{"runs", cut_short.runs}, {"first", cut_short.first}, {"why", cut_short.why}};
}

Json to_json(const Campaign& campaign) {
    Json json{{"failback_campaign", kCampaignFormat},
              {"key", to_json(campaign.key)},
              {"runs", campaign.result.runs},
              {"steps", campaign.result.steps},
              {"cut_short", to_json(campaign.result.cut_short)},
              {"properties", Json::array()},
              {"violations", Json::array()}};
    for (const Simulated& simulated : campaign.result.properties) {
        json["properties"].push_back(to_json(simulated));
    }
    for (std::size_t i = 0; i < campaign.result.violations.size(); ++i) {
        const SimulatedViolation& violation = campaign.result.violations[i];
        Json entry{{"instance", violation.instance}};
        entry.update(to_json(violation, campaign.traces.at(i)));
        json["violations"].push_back(entry);
    }
    return json;
}

std::optional<Campaign> read_campaign(const std::string& file, const CampaignKey& expected) {
    if (!std::filesystem::exists(file)) {
        return std::nullopt;
    }
    Campaign campaign = parse_campaign(read_text(file), file);
    if (!(campaign.key == expected)) {
        throw UsageError("--campaign: " + file + ": found a campaign with another " +
                         difference(campaign.key, expected) +
                         "; give another file, or remove this one to begin anew");
    }
    return campaign;
}

Json durations_json(const Simulated& simulated) {
    const Histogram& durations = simulated.durations;
    Json json{{"count", durations.count()}, {"late", simulated.late}};
    if (!durations.empty()) {
        json["least_ms"] = durations.least();
        json["p50_ms"] = durations.percentile(500);
        json["p90_ms"] = durations.percentile(900);
        json["p99_ms"] = durations.percentile(990);
        json["most_ms"] = durations.most();
    }
    return json;
}

std::string histogram_text(const Histogram& histogram, int rows, const std::string& indent) {
    constexpr std::uint64_t kWidth = 40;
    // Rows of equal width; what comes in the same millisecond shares one.
    const sim::DelayMs least = histogram.buckets().begin()->first;
    const sim::DelayMs most = histogram.buckets().rbegin()->first;
    const sim::DelayMs width = std::max<sim::DelayMs>((most - least + rows - 1) / rows, 1);
    std::vector<sim::DelayMs> bounds;
    for (sim::DelayMs bound = least + width; bounds.empty() || bounds.back() < most;
         bound += width) {
        bounds.push_back(std::min(bound, most));
    }
    std::vector<std::uint64_t> counts(bounds.size());
    for (const auto& [longest, times] : histogram.buckets()) {
        const auto row = std::ranges::lower_bound(bounds, longest) - bounds.begin();
        counts[static_cast<std::size_t>(row)] += times;
    }
    const std::uint64_t tallest = *std::ranges::max_element(counts);
    std::string text;
    for (std::size_t row = 0; row < bounds.size(); ++row) {
        const std::uint64_t bar = (counts[row] * kWidth + tallest - 1) / tallest;
        text += fmt::format("{}<= {:>12}  {:>8}  {}\n", indent, model::people_text(bounds[row]),
                            counts[row], std::string(bar, '#'));
    }
    return text;
}

}  // namespace failback::app
