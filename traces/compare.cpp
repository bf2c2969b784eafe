#include "traces/compare.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "traces/clock_text.hpp"

namespace failback::traces {

namespace {

constexpr std::size_t kMostDifferences = 20;  // of designs
constexpr std::size_t kShownSteps = 12;       // behind the point where they part

bool same_messages(const Step& a, const Step& b) {
    return std::ranges::equal(a.sent, b.sent, [](const Sent& one, const Sent& other) {
        return one.from == other.from && one.to == other.to && one.label == other.label &&
               one.fate == other.fate;
    });
}

bool same(const Step& a, const Step& b) {
    return a.at == b.at && a.event == b.event && a.participant == b.participant &&
           a.dropped == b.dropped && a.observed == b.observed && a.changes == b.changes &&
           same_messages(a, b);
}

// What decides nothing that happens: words for people, and what was asked about the design.
bool is_remark(const std::string& pointer) {
    constexpr std::array<std::string_view, 5> kMembers{"/$schema", "/name", "/description",
                                                       "/notes", "/properties"};
    return std::ranges::any_of(kMembers, [&pointer](std::string_view member) {
        return pointer == member || pointer.starts_with(std::string(member) + "/");
    });
}

// Where the designs differ. Remarks come last.
std::vector<std::string> different_places(const nlohmann::json& a, const nlohmann::json& b) {
    constexpr std::string_view kBehindTheLast = "/-";
    std::vector<std::string> places;
    std::map<std::string, std::size_t> sizes;   // of lists, with what was appended
    for (const nlohmann::json& edit : nlohmann::json::diff(a, b)) {
        std::string place = edit["path"];
        if (edit["op"] == "add" && place.ends_with(kBehindTheLast)) {
            place.resize(place.size() - kBehindTheLast.size());
            const auto list = nlohmann::json::json_pointer(place);
            const auto size = sizes.emplace(place, a.at(list).size()).first;
            place += fmt::format("/{}", size->second++);
        }
        places.push_back(std::move(place));
    }
    std::stable_partition(places.begin(), places.end(), std::not_fn(is_remark));
    return places;
}

std::vector<std::string> design_differences(const Trace& a, const Trace& b) {
    std::vector<std::string> texts;
    const std::vector<std::string> places = different_places(a.design, b.design);
    for (const std::string& place : places) {
        if (texts.size() == kMostDifferences) {
            texts.push_back(fmt::format("... and {} more", places.size() - kMostDifferences));
            break;
        }
        const auto value = [pointer = nlohmann::json::json_pointer(place)](const Trace& trace) {
            return trace.design.contains(pointer) ? trace.design.at(pointer).dump() : "not there";
        };
        texts.push_back(fmt::format("{} is {} in a, {} in b", place, value(a), value(b)));
    }
    return texts;
}

// The instant at which an event comes in a trace, from a step on.
std::optional<sim::TimeMs> instant_of(const Trace& trace, std::size_t from,
                                      const std::string& event) {
    for (std::size_t i = from; i < trace.steps.size(); ++i) {
        if (trace.steps[i].event == event) {
            return trace.steps[i].at;
        }
    }
    return std::nullopt;
}

std::string fate_text(const Sent& sent) { return sent.fate.empty() ? "delivered" : sent.fate; }

// Both steps are the same event at the same instant, and do not do the same.
std::string other_effect(const Step& a, const Step& b) {
    for (std::size_t i = 0; i < std::min(a.sent.size(), b.sent.size()); ++i) {
        if (a.sent[i].label == b.sent[i].label && a.sent[i].fate != b.sent[i].fate) {
            return fmt::format("{} to {} is {} in a, {} in b", a.sent[i].label, a.sent[i].to,
                               fate_text(a.sent[i]), fate_text(b.sent[i]));
        }
    }
    if (a.dropped != b.dropped) {
        return fmt::format("{} finds its path cut or its server down in {}", a.event,
                           a.dropped ? "a" : "b");
    }
    return fmt::format("{} has another effect: the designs differ in what follows from it",
                       a.event);
}

std::string cause_of(const Trace& a, const Trace& b, std::size_t at) {
    const Step& in_a = a.steps[at];
    const Step& in_b = b.steps[at];
    if (in_a.event == in_b.event && in_a.at == in_b.at) {
        return other_effect(in_a, in_b);
    }
    // Whatever comes first in one of them comes later, or never, in the other.
    const bool a_is_first = in_a.at <= in_b.at;
    const Step& first = a_is_first ? in_a : in_b;
    const auto later = instant_of(a_is_first ? b : a, at, first.event);
    const char* one = a_is_first ? "a" : "b";
    const char* other = a_is_first ? "b" : "a";
    if (!later) {
        return fmt::format("{} comes at {} in {}, and not at all in {}", first.event,
                           clock_text(first.at), one, other);
    }
    if (*later == first.at) {
        return fmt::format("at {}, {} comes first in {}, and later in {}", clock_text(first.at),
                           first.event, one, other);
    }
    return fmt::format("{} comes {} later in {}", first.event, span_text(*later - first.at),
                       other);
}

std::map<std::string, std::string> last_values(const Trace& trace) {
    std::map<std::string, std::string> values;
    for (const Variable& variable : trace.variables) {
        values[variable.name] = variable.initial;
    }
    for (const Step& step : trace.steps) {
        for (const Change& change : step.changes) {
            values[change.variable] = change.to;
        }
    }
    return values;
}

std::vector<std::string> differences_at_end(const Trace& a, const Trace& b) {
    std::vector<std::string> texts;
    const auto of_b = last_values(b);
    for (const auto& [name, value] : last_values(a)) {
        const auto other = of_b.find(name);
        if (other != of_b.end() && other->second != value) {
            texts.push_back(fmt::format("{} is {} in a, {} in b", name, value, other->second));
        }
    }
    return texts;
}

std::string row(const char* mark, const Step& step) {
    std::string text = fmt::format("  {}  {}  {}{}", mark, clock_text(step.at), step.event,
                                   step.dropped ? "  [dropped]" : "");
    for (const Sent& sent : step.sent) {
        text += fmt::format("  -> {}{}", sent.label,
                            sent.fate.empty() ? "" : " [" + sent.fate + "]");
    }
    return text + "\n";
}

// The steps of both from `at` on, by their instants; "=" marks those that both have.
std::string both_from(const Trace& a, const Trace& b, std::size_t at) {
    std::string text;
    std::size_t i = at;
    std::size_t j = at;
    for (std::size_t shown = 0; shown < kShownSteps; ++shown) {
        const bool has_a = i < a.steps.size();
        const bool has_b = j < b.steps.size();
        if (has_a && has_b && same(a.steps[i], b.steps[j])) {
            text += row("=", a.steps[i]);
            ++i;
            ++j;
        } else if (has_a && (!has_b || a.steps[i].at <= b.steps[j].at)) {
            text += row("a", a.steps[i++]);
        } else if (has_b) {
            text += row("b", b.steps[j++]);
        } else {
            return text;
        }
    }
    const std::size_t rest = (a.steps.size() - i) + (b.steps.size() - j);
    return rest == 0 ? text : text + fmt::format("  ... {} more steps in both\n", rest);
}

std::string end_of(const char* mark, const Trace& trace) {
    const sim::TimeMs end = trace.steps.empty() ? 0 : trace.steps.back().at;
    return fmt::format("  {}  {} steps, until {}: {}{}\n", mark, trace.steps.size(),
                       clock_text(end), trace.outcome,
                       trace.reason.empty() ? "" : ", " + trace.reason);
}

}  // namespace

Comparison compare(const Trace& a, const Trace& b) {
    Comparison result;
    result.designs = design_differences(a, b);
    const std::size_t shorter = std::min(a.steps.size(), b.steps.size());
    while (result.common < shorter && same(a.steps[result.common], b.steps[result.common])) {
        ++result.common;
    }
    const bool ends = result.common == shorter;
    result.same = ends && a.steps.size() == b.steps.size() && result.designs.empty();
    if (!ends) {
        result.cause = cause_of(a, b, result.common);
    }
    result.at_end = differences_at_end(a, b);
    return result;
}

std::string as_text(const Comparison& comparison, const Trace& a, const Trace& b) {
    std::string text;
    for (const std::string& difference : comparison.designs) {
        text += "design: " + difference + "\n";
    }
    const bool ends = comparison.cause.empty();
    const bool equal = ends && a.steps.size() == b.steps.size();
    text += equal ? fmt::format("all {} steps are the same\n", comparison.common)
                  : fmt::format("{} steps are the same\n", comparison.common);
    if (!equal) {
        text += ends ? fmt::format("then {} goes on\n", a.steps.size() > b.steps.size() ? "a" : "b")
                     : "then they part: " + comparison.cause + "\n";
        text += both_from(a, b, comparison.common);
    }
    for (const std::string& difference : comparison.at_end) {
        text += "at the end: " + difference + "\n";
    }
    return text + end_of("a", a) + end_of("b", b);
}

}  // namespace failback::traces
