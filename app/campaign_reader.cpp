// Reading a campaign's file. It has been written by this program, or changed by somebody since.
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "app/campaign.hpp"
#include "model/file/design_file.hpp"
#include "traces/json_members.hpp"

namespace failback::app {

namespace {

using properties::CutShort;
using properties::Histogram;
using properties::Simulated;
using properties::SimulatedViolation;
using traces::Members;
using traces::Value;

bool read_flag(const Value& value) { return value.flag(); }
std::uint64_t read_natural(const Value& value) { return value.natural(); }

template <class Number>
Number read_number(const Value& value) {
    return static_cast<Number>(value.number(0, std::numeric_limits<Number>::max()));
}

CampaignKey read_key(const Value& value) {
    Members members(value);
    CampaignKey key;
    key.version = members.text("version");
    key.design_hash = members.text("design_hash");
    key.seed = members.required("seed", read_natural);
    key.until = members.required("until_ms", read_number<sim::TimeMs>);
    key.random_faults = members.required("random_faults", read_number<int>);
    key.properties = members.required("properties", [](const Value& list) { return list.texts(); });
    members.finish();
    return key;
}

CutShort read_cut_short(const Value& value) {
    Members members(value);
    CutShort cut_short;
    cut_short.runs = members.required("runs", read_natural);
    cut_short.first = members.required("first", read_natural);
    cut_short.why = members.text("why");
    members.finish();
    return cut_short;
}

Histogram::Buckets read_buckets(const Value& value) {
    Histogram::Buckets buckets;
    for (const auto& pair : value.list([](const Value& each) { return each.list(read_natural); })) {
        if (pair.size() == 2 && pair[0] <= std::numeric_limits<sim::DelayMs>::max()) {
            buckets[static_cast<sim::DelayMs>(pair[0])] = pair[1];
        } else {
            value.wrong("a list of pairs: a duration in milliseconds, and how often");
            break;
        }
    }
    return buckets;
}

Simulated read_simulated(const Value& value) {
    Members members(value);
    Simulated simulated;
    simulated.triggered = members.required("triggered", read_flag);
    simulated.violating_runs = members.required("violating_runs", read_natural);
    simulated.late = members.required("late", read_natural);
    const auto least = members.required("least_ms", read_number<sim::DelayMs>);
    const auto most = members.required("most_ms", read_number<sim::DelayMs>);
    simulated.durations = Histogram(least, most, members.required("buckets", read_buckets));
    members.finish();
    return simulated;
}

std::pair<SimulatedViolation, std::string> read_violation(const Value& value) {
    Members members(value);
    SimulatedViolation violation;
    violation.instance = members.required("instance", read_natural);
    violation.faults = members.required("faults", [](const Value& list) { return list.texts(); });
    violation.run = members.required("run", read_natural);
    violation.at = members.required("at_ms", read_number<sim::TimeMs>);
    violation.runs = members.required("runs", read_natural);
    std::string trace = members.text("trace");
    members.finish();
    return {std::move(violation), std::move(trace)};
}

Campaign read_members(const Value& value) {
    Members members(value);
    Campaign campaign;
    (void)members.required("failback_campaign", [](const Value& format) {
        return format.number(kCampaignFormat, kCampaignFormat);
    });
    campaign.key = members.required("key", read_key);
    campaign.result.runs = members.required("runs", read_natural);
    campaign.result.steps = members.required("steps", read_natural);
    campaign.result.cut_short = members.required("cut_short", read_cut_short);
    campaign.result.properties = members.required(
        "properties", [](const Value& list) { return list.list(read_simulated); });
    for (auto& [violation, trace] : members.required(
             "violations", [](const Value& list) { return list.list(read_violation); })) {
        campaign.result.violations.push_back(std::move(violation));
        campaign.traces.push_back(std::move(trace));
    }
    members.finish();
    return campaign;
}

// Whether the members fit together.
void check(const Campaign& campaign, model::Input& input) {
    const auto& result = campaign.result;
    const auto report = [&input](const std::string& pointer, std::string found,
                                 std::string expected) {
        input.report({nullptr, pointer}, {std::move(found), std::move(expected)});
    };
    const std::size_t properties = campaign.key.properties.size();
    if (result.properties.size() != properties) {
        report("/properties", fmt::format("results for {} properties", result.properties.size()),
               fmt::format("one for each of the {} properties of the key", properties));
    }
    for (std::size_t i = 0; i < result.violations.size(); ++i) {
        const SimulatedViolation& violation = result.violations[i];
        const std::string pointer = fmt::format("/violations/{}", i);
        if (violation.instance >= properties) {
            report(pointer + "/instance", fmt::format("the number {}", violation.instance),
                   fmt::format("the number of a property, below {}", properties));
        }
        if (violation.run >= result.runs) {
            report(pointer + "/run", fmt::format("the number {}", violation.run),
                   fmt::format("the number of a run, below {}", result.runs));
        }
    }
}

Campaign read(std::string_view text, const std::string& file) {
    const model::JsonSource source(text, file, model::kMostTraceValues);
    model::Input input(source, file);
    Campaign campaign = read_members(Value(input, input.root()));
    if (input.problems().empty()) {
        check(campaign, input);
    }
    if (!input.problems().empty()) {
        throw model::InputError(input.problems());
    }
    return campaign;
}

}  // namespace

Campaign parse_campaign(std::string_view text, const std::string& file) {
    try {
        return read(text, file);
    } catch (const model::InputError& error) {
        std::vector<model::Problem> problems = error.problems();
        problems.back().hint = "remove the file to begin anew";
        throw model::InputError(std::move(problems));
    }
}

}  // namespace failback::app
