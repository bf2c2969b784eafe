#include "model/file/design_input.hpp"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>
#include <range/v3/range/conversion.hpp>
#include <range/v3/view/map.hpp>

#include "model/duration.hpp"
#include "model/file/design_text.hpp"
#include "model/file/profiles.hpp"

namespace failback::model {
namespace {

using nlohmann::json;

constexpr std::size_t kMostProblems = 100;
constexpr std::size_t kLongestName = 40;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= kLongestName && is_letter(text.front()) &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
           });
}

// An end of an interval: "never" only as the latest one of an open interval.
std::optional<DelayMs> read_end(Input& input, const Node& node, bool may_be_never) {
    if (may_be_never && *node.value == "never") {
        return sim::kNever;
    }
    return read_duration(input, node, {});
}

std::string expected_interval(const IntervalRule& rule) {
    return std::string(R"(a pair of durations such as ["30s", "60s"], or one duration)") +
           (rule.may_be_open ? R"(, or "any"; the latest may be "never")" : "") +
           std::string(rule.also);
}

std::string hint_for(const json& value) {
    return value.is_number() ? parse_duration(value.dump()).hint : std::string();
}

}  // namespace

const std::string_view kNameRule =
    "a name: a letter, then letters, digits, '-', '_' or '.', at most 40 characters";

Input::Input(const JsonSource& source, std::string file)
    : Input(source, source.root(), std::move(file)) {}

Input::Input(const JsonSource& source, const json& root, std::string file)
    : source_(source), root_(root), file_(std::move(file)) {
    const std::vector<Problem>& problems = source.problems();
    const std::size_t kept = std::min(problems.size(), kMostProblems);
    problems_.assign(problems.begin(), problems.begin() + static_cast<std::ptrdiff_t>(kept));
    left_out_ = problems.size() - kept;
}

Node Input::at(const std::string& pointer) const {
    return {&root_.at(json::json_pointer(pointer)), pointer};
}

Position Input::position(const Node& node) const { return source_.value_position(node.pointer); }

void Input::report(const Node& node, Wrong wrong) {
    add(source_.value_position(node.pointer), node.pointer, std::move(wrong));
}

void Input::report_key(const Node& node, Wrong wrong) {
    add(source_.key_position(node.pointer), node.pointer, std::move(wrong));
}

void Input::add(Position position, const std::string& pointer, Wrong wrong) {
    if (is_full()) {
        ++left_out_;
        return;
    }
    if (position.line == 0) {
        const std::string profile = profile_around(source_.root(), pointer);
        const std::size_t part_end = pointer.find('/', pointer.find('/', 1) + 1);
        position = source_.key_position(pointer.substr(0, part_end) + "/profile");
        wrong.found += fmt::format(" from the profile {}", in_quotes(profile));
    }
    problems_.push_back({file_, position, printable(pointer, 200), std::move(wrong.found),
                         std::move(wrong.expected), std::move(wrong.hint)});
}

bool Input::is_full() const { return problems_.size() >= kMostProblems; }

std::vector<Problem> Input::problems() const {
    std::vector<Problem> sorted = problems_;
    std::stable_sort(sorted.begin(), sorted.end(), [](const Problem& a, const Problem& b) {
        return std::tie(a.position.line, a.position.column) <
               std::tie(b.position.line, b.position.column);
    });
    if (left_out_ > 0) {
        sorted.push_back({file_, {}, {}, fmt::format("{} more problems", left_out_), "none", {}});
    }
    return sorted;
}

void Names::add(Input& input, const Node& node, const std::string& name, std::size_t index) {
    if (!indices_.try_emplace(name, index).second) {
        forgive_unknown();
        input.report(node, {in_quotes(name) + " a second time",
                            fmt::format("a different name for each {} of the design", what_)});
    }
}

std::optional<std::size_t> Names::find(Input& input, const Node& node,
                                       const std::string& name) const {
    const auto found = indices_.find(name);
    if (found != indices_.end()) {
        return found->second;
    }
    if (!is_forgiving_) {
        const std::vector<std::string_view> known =
            indices_ | ranges::views::keys | ranges::to<std::vector<std::string_view>>();
        input.report(node, {in_quotes(name), fmt::format("a {}: {}", what_, quoted_list(known)),
                            did_you_mean(name, known)});
    }
    return std::nullopt;
}

std::optional<std::string> read_string(Input& input, const Node& node, std::string_view expected) {
    if (node.value->is_string() && !node.value->get_ref<const std::string&>().empty()) {
        return node.value->get<std::string>();
    }
    input.report(node, {describe(*node.value), std::string(expected)});
    return std::nullopt;
}

std::optional<std::string> read_name(Input& input, const Node& node) {
    std::optional<std::string> name = read_string(input, node, kNameRule);
    if (name && !is_name(*name)) {
        input.report(node, {in_quotes(*name), std::string(kNameRule)});
        return std::nullopt;
    }
    return name;
}

std::optional<DelayMs> read_duration(Input& input, const Node& node, DurationRule rule) {
    const json& value = *node.value;
    const bool is_text = value.is_string();
    const std::string text = is_text ? value.get<std::string>() : std::string();
    const DurationReading reading = parse_duration(text);
    if (!reading.value) {
        input.report(node, {describe(value), reading.expected,
                            is_text ? reading.hint : hint_for(value)});
        return std::nullopt;
    }
    if (rule.whole_seconds && *reading.value % 1000 != 0) {
        input.report(node, {in_quotes(text), "whole seconds, as lifetimes are in SIP"});
        return std::nullopt;
    }
    if (*reading.value < rule.least) {
        input.report(node, {in_quotes(text), "at least " + duration_text(rule.least)});
        return std::nullopt;
    }
    return reading.value;
}

std::optional<Interval> read_interval(Input& input, const Node& node, IntervalRule rule) {
    const json& value = *node.value;
    const bool is_word = value == "any" || value == "never";
    if (value.is_string() && !(is_word && rule.may_be_open)) {
        const auto delay = read_duration(input, node, {rule.least, false});
        return delay ? std::optional(sim::exactly(*delay)) : std::nullopt;
    }
    if (value == "any" && rule.may_be_open) {
        return sim::any_time();
    }
    if (!value.is_array() || value.size() != 2) {
        input.report(node, {describe(value), expected_interval(rule), hint_for(value)});
        return std::nullopt;
    }
    const auto earliest =
        read_duration(input, child_of(node, value[0], "0"), {rule.least, false});
    const auto latest = read_end(input, child_of(node, value[1], "1"), rule.may_be_open);
    if (!earliest || !latest) {
        return std::nullopt;
    }
    if (*earliest > *latest) {
        const std::string first = describe(value[0]);
        const std::string second = describe(value[1]);
        input.report(node, {fmt::format("[{}, {}]", first, second),
                            "the earliest first, then the latest",
                            fmt::format("did you mean [{}, {}]?", second, first)});
        return std::nullopt;
    }
    return Interval{*earliest, *latest};
}

Node child_of(const Node& node, const json& value, std::string_view token) {
    return {&value, child_pointer(node.pointer, token)};
}

}  // namespace failback::model
