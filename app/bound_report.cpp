#include "app/bound_report.hpp"

#include <fmt/format.h>

#include "model/duration.hpp"

namespace failback::app {

namespace {

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json ms_or_null(const std::optional<sim::DelayMs>& ms) { return ms ? Json(*ms) : Json(nullptr); }

Json end_json(model::End end) {
    switch (end) {
        case model::End::shortest:
            return "shortest";
        case model::End::longest:
            return "longest";
        case model::End::whole:
            break;
    }
    return nullptr;
}

Json parameter_json(const ParameterReport& report) {
    Json json{{"key", report.parameter.key}};
    json["line"] = report.line > 0 ? Json(report.line) : Json(nullptr);
    json["profile"] = text_or_null(report.profile);
    json["end"] = end_json(report.parameter.end);
    json["if_one_second_shorter"] =
        report.less ? Json{{"ms", ms_or_null(report.less->ms)}, {"reason", report.less->reason}}
                    : Json(nullptr);
    return json;
}

// The members of the first parameter stand in the link itself, those of others in `also`.
Json link_json(const LinkReport& link) {
    Json json{{"what", link.words.what}, {"ms", link.words.ms}};
    Json also = Json::array();
    for (const ParameterReport& parameter : link.parameters) {
        const Json members = parameter_json(parameter);
        if (json.contains("key")) {
            also.push_back(members);
        } else {
            json.update(members);
        }
    }
    if (link.parameters.empty()) {
        json.update({{"key", nullptr}, {"line", nullptr}, {"profile", nullptr}, {"end", nullptr},
                     {"if_one_second_shorter", nullptr}});
    }
    json["also"] = also;
    return json;
}

Json chain_json(const EndReport& end) {
    Json links = Json::array();
    for (const LinkReport& link : end.chain) {
        links.push_back(link_json(link));
    }
    return links;
}

std::string less_text(const OneSecondLess& less, const std::optional<sim::DelayMs>& now) {
    if (!less.ms) {
        return less.reason;
    }
    return less.ms == now ? "would not change it" : fmt::format("{} ms", *less.ms);
}

std::string parameter_text(const ParameterReport& report, const EndReport& end) {
    const Json which = end_json(report.parameter.end);
    std::string text = which.is_null() ? "" : which.get<std::string>() + " of ";
    text += report.parameter.key;
    text += report.line > 0           ? fmt::format(", line {}", report.line)
            : !report.profile.empty() ? ", profile " + report.profile
                                      : ", default";
    if (report.less && report.parameter.value) {
        text += "; 1 s shorter: " + less_text(*report.less, end.ms);
    }
    return text;
}

std::string chain_text(const EndReport& end) {
    std::string text;
    for (const LinkReport& link : end.chain) {
        text += fmt::format("  {:>+12} ms  {}\n", link.words.ms, link.words.what);
        for (const ParameterReport& parameter : link.parameters) {
            text += fmt::format("{:19}{}\n", "", parameter_text(parameter, end));
        }
    }
    return text;
}

std::string traces_text(const BoundReport& report) {
    std::string text;
    if (!report.most.trace.empty()) {
        text += "longest run:  " + report.most.trace + "\n";
    }
    if (!report.least.trace.empty()) {
        text += "shortest run: " + report.least.trace + "\n";
    }
    if (report.is_large) {
        text += "next: --what-if measures again with each of these times 1 s shorter\n";
    }
    if (!report.most.trace.empty()) {
        text += "next: failback show " + report.most.trace + " --as ladder -o worst.svg\n";
    }
    return text;
}

}  // namespace

Json to_json(const BoundReport& report) {
    Json json = json_header("bound");
    json["design"] = report.design;
    json["from"] = report.from;
    json["to"] = report.to;
    json["outcome"] = properties::to_text(report.outcome);
    json["reason"] = report.reason;
    json["bound"] = {{"min_ms", ms_or_null(report.least.ms)},
                     {"max_ms", ms_or_null(report.most.ms)},
                     {"chain", chain_json(report.most)},
                     {"trace", text_or_null(report.most.trace)},
                     {"min_chain", chain_json(report.least)},
                     {"min_trace", text_or_null(report.least.trace)}};
    return json;
}

std::string to_text(const BoundReport& report) {
    std::string text = fmt::format("from {} to {}\n", report.from, report.to);
    if (!report.most.ms || !report.least.ms) {
        text += std::string(properties::to_text(report.outcome)) + ": " + report.reason + "\n";
    } else {
        text += fmt::format("at most  {} ms ({}), {}\n", *report.most.ms,
                            model::people_text(*report.most.ms), report.reason);
        text += chain_text(report.most);
        text += fmt::format("at least {} ms ({})\n", *report.least.ms,
                            model::people_text(*report.least.ms));
        text += chain_text(report.least);
    }
    return text + traces_text(report);
}

}  // namespace failback::app
