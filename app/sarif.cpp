// The findings of a check as SARIF 2.1.0. Comments name sections of the OASIS standard.
#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <xxhash.h>

#include "app/check_report.hpp"
#include "model/duration.hpp"
#include "properties/catalogue.hpp"

namespace failback::app {

namespace {

using properties::Outcome;

Json message(const std::string& text) { return {{"text", text}}; }

// 3.4.3: a URI reference of RFC 3986, here a path. 4.2: its first segment has no colon.
std::string uri_of(const std::string& path) {
    constexpr std::string_view kAsTheyAre =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    std::string uri;
    for (const char c : path) {
        const bool plain = kAsTheyAre.find(c) != std::string_view::npos;
        uri += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return uri;
}

Json place(const CheckReport& report, int line) {
    Json physical{{"artifactLocation", {{"uri", uri_of(report.file)}}}};
    if (line > 0) {
        physical["region"] = {{"startLine", line}};
    }
    return {{"physicalLocation", physical}};
}

bool fails(const CheckReport& report, const CheckedProperty& property) {
    return property.outcome == Outcome::violated ||
           (property.outcome == Outcome::vacuous && report.strict);
}

// 3.27.9: whether the rule was broken, kept, could not be judged, or does not apply.
const char* kind_of(const CheckReport& report, const CheckedProperty& property) {
    if (fails(report, property)) {
        return "fail";
    }
    switch (property.outcome) {
        case Outcome::holds:
            return "pass";
        case Outcome::vacuous:
            return "notApplicable";
        default:
            return "open";
    }
}

const traces::Participant* participant_of(const traces::Trace& trace, const traces::Step& step) {
    const auto found =
        std::ranges::find(trace.participants, step.participant, &traces::Participant::name);
    return found == trace.participants.end() ? nullptr : &*found;
}

std::string words_of(const traces::Step& step) {
    std::string words = model::people_text(step.at) + ": " + step.event;
    words += step.dropped ? " (dropped)" : "";
    for (const traces::Sent& sent : step.sent) {
        words += fmt::format("; sends {} to {}{}", sent.label, sent.to,
                             sent.fate == "lost" ? " (lost)" : "");
    }
    for (const std::string& observed : step.observed) {
        words += "; " + observed;
    }
    return words;
}

// 3.38: a step, where it happens. The state is what it changes.
Json location_of(const CheckReport& report, const traces::Step& step, std::size_t number) {
    const auto line = report.lines.find(step.participant);
    Json location = place(report, line == report.lines.end() ? 0 : line->second);
    location["message"] = message(words_of(step));
    const bool matters = !step.changes.empty() || !step.observed.empty() ||
                         step.kind == "deadline" || step.kind == "fault";
    Json state = Json::object();
    for (const traces::Change& change : step.changes) {
        state[change.variable] = message(change.to);
    }
    Json result{{"location", location},
                {"executionOrder", number},
                {"kinds", {step.kind}},
                {"importance", matters ? "essential" : "important"}};
    if (!state.empty()) {
        result["state"] = state;
    }
    return result;
}

// 3.36: a thread for each phone and server that does something. What happens nowhere, such as a
// deadline, is on the thread of the property.
Json code_flow(const CheckReport& report, const CheckedProperty& property) {
    const traces::Trace& trace = *property.trace;
    std::vector<std::pair<std::string, Json>> threads;
    for (const traces::Participant& participant : trace.participants) {
        threads.emplace_back(participant.name, Json::array());
    }
    threads.emplace_back(property.name, Json::array());
    for (std::size_t i = 0; i < trace.steps.size(); ++i) {
        const traces::Participant* at = participant_of(trace, trace.steps[i]);
        const auto thread = at == nullptr
                                ? threads.end() - 1
                                : threads.begin() + (at - trace.participants.data());
        thread->second.push_back(location_of(report, trace.steps[i], i + 1));
    }
    Json initial = Json::object();
    for (const traces::Variable& variable : trace.variables) {
        initial[variable.name] = message(variable.initial);
    }
    Json flows = Json::array();
    for (auto& [name, locations] : threads) {
        if (!locations.empty()) {  // 3.37.6: at least one
            flows.push_back(
                {{"id", name}, {"initialState", initial}, {"locations", std::move(locations)}});
        }
    }
    return {{"message", message("a run in which it happens")}, {"threadFlows", flows}};
}

// 3.27.17: stays the same from run to run of the tool: the property, and the faults that struck.
std::string fingerprint(const CheckReport& report, const CheckedProperty& property) {
    std::set<std::string> faults;
    if (property.trace) {
        for (const traces::Step& step : property.trace->steps) {
            if (step.kind == "fault") {
                faults.insert(step.event);
            }
        }
    }
    std::string text = report.design + "\n" + property.name;
    for (const std::string& fault : faults) {
        text += "\n" + fault;
    }
    return fmt::format("{:016x}", XXH3_64bits(text.data(), text.size()));
}

Json result_of(const CheckReport& report, const CheckedProperty& property, std::size_t rule) {
    Json location = place(report, property.line);
    Json result{
        {"ruleId", rule_of(property)},
        {"ruleIndex", rule},
        {"kind", kind_of(report, property)},
        {"level", fails(report, property) ? "error" : "none"},
        {"message", message(fmt::format("{}: {}. {}", property.name,
                                        properties::to_text(property.outcome), property.reason))},
        {"locations", Json::array({location})},
        {"partialFingerprints", {{"failback/v1", fingerprint(report, property)}}},
        {"properties", {{"outcome", properties::to_text(property.outcome)},
                        {"says", property.says}}}};
    if (property.trace) {
        result["codeFlows"] = Json::array({code_flow(report, property)});
    }
    if (!property.trace_file.empty()) {
        result["attachments"] =
            Json::array({{{"artifactLocation", {{"uri", uri_of(property.trace_file)}}},
                          {"description", message("the run, for failback show and replay")}}});
    }
    return result;
}

Json rule_json(const CheckedProperty& property) {
    const std::string id = rule_of(property);
    for (const properties::CatalogueEntry& entry : properties::catalogue()) {
        if (entry.id == id) {
            return {{"id", id},
                    {"name", std::string(entry.code)},
                    {"shortDescription", message(std::string(entry.says))},
                    {"fullDescription", message("Catches: " + std::string(entry.catches) +
                                                ". Source: " + std::string(entry.source) + ".")}};
        }
    }
    return {{"id", id}, {"shortDescription", message(property.says)}};
}

// 3.20.21: what an undecided property means is not left to the reader of a list of results.
Json invocation(const CheckReport& report) {
    Json notifications = Json::array();
    for (const CheckedProperty& property : report.properties) {
        if (property.outcome == Outcome::undecided) {
            notifications.push_back(
                {{"level", "error"},
                 {"message", message(property.name + " is undecided: " + property.reason)}});
        }
    }
    Json invocation{{"executionSuccessful", true}, {"exitCode", report.exit_code}};
    if (!notifications.empty()) {
        invocation["toolExecutionNotifications"] = notifications;
    }
    return invocation;
}

}  // namespace

std::string rule_of(const CheckedProperty& property) {
    const std::string head = property.name.substr(0, property.name.find('('));
    return head.find(' ') == std::string::npos ? head : property.name;
}

std::string as_sarif(const CheckReport& report) {
    Json rules = Json::array();
    std::vector<std::string> ids;
    Json results = Json::array();
    for (const CheckedProperty& property : report.properties) {
        const auto known = std::ranges::find(ids, rule_of(property));
        const auto index = static_cast<std::size_t>(known - ids.begin());
        if (known == ids.end()) {
            ids.push_back(rule_of(property));
            rules.push_back(rule_json(property));
        }
        results.push_back(result_of(report, property, index));
    }
    const Json driver{
        {"name", "failback"}, {"version", std::string(version())}, {"rules", rules}};
    const Json run{{"tool", {{"driver", driver}}},
                   {"invocations", Json::array({invocation(report)})},
                   {"columnKind", "unicodeCodePoints"},
                   {"results", results}};
    const Json sarif{{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                     {"version", "2.1.0"},
                     {"runs", Json::array({run})}};
    return sarif.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace failback::app
