#include "traces/observables.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "traces/svg.hpp"

namespace failback::traces {
namespace {

constexpr std::array<Fill, 6> kServerColors{{{"#0072b2", "#ffffff"},
                                             {"#e69f00", "#1b2733"},
                                             {"#cc79a7", "#1b2733"},
                                             {"#56b4e9", "#1b2733"},
                                             {"#f0e442", "#1b2733"},
                                             {"#5d5d8a", "#ffffff"}}};

constexpr std::array<Fill, 4> kOtherColors{{{"#c7d7e5", "#1b2733"},
                                            {"#e7d5b5", "#1b2733"},
                                            {"#d9cfe3", "#1b2733"},
                                            {"#cfe3d3", "#1b2733"}}};

constexpr Fill kNothing{kNoValue, "#1b2733"};

std::string_view trimmed(std::string_view text) {
    const std::size_t first = std::min(text.find_first_not_of(' '), text.size());
    return text.substr(first, text.find_last_not_of(' ') + 1 - first);
}

// Place among the servers, in the order of the trace.
std::size_t server_rank(const Trace& trace, std::size_t participant) {
    const auto begin = trace.participants.begin();
    const auto end = begin + static_cast<std::ptrdiff_t>(participant);
    return participant - static_cast<std::size_t>(std::count_if(begin, end, is_phone));
}

bool is_server(const Trace& trace, std::size_t participant) {
    return participant < trace.participants.size() && !is_phone(trace.participants[participant]);
}

Fill server_fill(const Trace& trace, std::size_t participant) {
    return kServerColors[server_rank(trace, participant) % kServerColors.size()];
}

// Place of a value among all values that the variable takes, sorted.
std::size_t value_rank(const Trace& trace, const std::string& variable, const std::string& value) {
    std::set<std::string> values;
    for (const ValueSpan& span : spans_of(trace, variable)) {
        values.insert(span.value);
    }
    return static_cast<std::size_t>(std::distance(values.begin(), values.find(value)));
}

}  // namespace

Term term_of(std::string_view variable) {
    const std::size_t open = std::min(variable.find('('), variable.size());
    Term term{std::string(trimmed(variable.substr(0, open))), {}};
    std::string_view rest = variable.substr(open);
    while (!rest.empty() && rest.front() != ')') {
        rest.remove_prefix(1);
        const std::size_t end = std::min(rest.find_first_of(",)"), rest.size());
        term.arguments.emplace_back(trimmed(rest.substr(0, end)));
        rest.remove_prefix(end);
    }
    return term;
}

std::vector<ValueSpan> spans_of(const Trace& trace, const std::string& variable) {
    std::vector<ValueSpan> spans;
    for (const Variable& candidate : trace.variables) {
        if (candidate.name == variable) {
            spans.push_back({0, trace.steps.size(), candidate.initial});
        }
    }
    for (std::size_t i = 0; i < trace.steps.size(); ++i) {
        for (const Change& change : trace.steps[i].changes) {
            if (change.variable == variable && !spans.empty()) {
                spans.back().last = i;
                spans.push_back({i, trace.steps.size(), change.to});
            }
        }
    }
    return spans;
}

bool is_phone(const Participant& participant) { return participant.kind == "phone"; }

std::size_t participant_index(const Trace& trace, std::string_view name) {
    const auto found =
        std::find_if(trace.participants.begin(), trace.participants.end(),
                     [name](const Participant& participant) { return participant.name == name; });
    return static_cast<std::size_t>(found - trace.participants.begin());
}

std::size_t owner_of(const Trace& trace, const std::string& variable) {
    const std::size_t none = trace.participants.size();
    const auto phone_at = [&](std::string_view name) {
        const std::size_t index = participant_index(trace, name);
        return index < none && !is_server(trace, index) ? index : none;
    };
    for (const std::string& argument : term_of(variable).arguments) {
        // "desk" and "desk.line1" both belong to the phone "desk".
        for (std::size_t end = 0; end != std::string::npos;) {
            end = argument.find_first_of("./:", end + 1);
            if (const std::size_t index = phone_at(argument.substr(0, end)); index < none) {
                return index;
            }
        }
    }
    for (const Step& step : trace.steps) {
        const bool changes =
            std::any_of(step.changes.begin(), step.changes.end(),
                        [&](const Change& change) { return change.variable == variable; });
        if (changes && phone_at(step.participant) < none) {
            return phone_at(step.participant);
        }
    }
    const auto first = std::find_if(trace.participants.begin(), trace.participants.end(), is_phone);
    return static_cast<std::size_t>(first - trace.participants.begin());
}

bool is_failure(const std::string& variable, const std::string& value) {
    const std::string function = term_of(variable).function;
    return (function == "up" && value == "no") ||
           ((function == "outage" || function == "off") && value == "yes");
}

bool is_recovery(const Step& step) {
    return std::any_of(step.changes.begin(), step.changes.end(), [](const Change& change) {
        return is_failure(change.variable, change.from) && !is_failure(change.variable, change.to);
    });
}

std::string_view server_color(const Trace& trace, std::size_t participant) {
    return is_server(trace, participant) ? server_fill(trace, participant).fill : "#6b7785";
}

Fill fill_of(const Trace& trace, const std::string& variable, const std::string& value) {
    if (const std::size_t index = participant_index(trace, value); is_server(trace, index)) {
        return server_fill(trace, index);
    }
    if (is_failure(variable, value)) {
        return {kHatched, "#8a1c08"};
    }
    if (value == "no" || value == "none") {
        return kNothing;
    }
    if (value == "yes") {
        for (const std::string& argument : term_of(variable).arguments) {
            const std::size_t index = participant_index(trace, argument);
            if (is_server(trace, index)) {
                return server_fill(trace, index);
            }
        }
    }
    return kOtherColors[value_rank(trace, variable, value) % kOtherColors.size()];
}

}  // namespace failback::traces
