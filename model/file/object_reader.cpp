#include "model/file/object_reader.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include <fmt/format.h>
#include <range/v3/algorithm/contains.hpp>
#include <range/v3/algorithm/find.hpp>

#include "model/file/design_text.hpp"

namespace failback::model {
namespace {

using nlohmann::json;

constexpr std::size_t kLongestText = 2000;
constexpr int kMostNotes = 1000;

bool is_one_line(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) { return c >= 0 && c < ' '; });
}

std::optional<std::string> read_text(Input& input, const Node& node) {
    std::optional<std::string> text =
        read_string(input, node, "a text in quotes that is not empty");
    if (text && (text->size() > kLongestText || !is_one_line(*text))) {
        input.report(node, {in_quotes(*text), "a text of one line, at most 2000 bytes"});
        return std::nullopt;
    }
    return text;
}

std::optional<std::int64_t> integer_of(const json& value) {
    if (!value.is_number_integer()) {
        return std::nullopt;
    }
    constexpr std::uint64_t kSaturated = 1'000'000'000'000;
    return value.is_number_unsigned()
               ? static_cast<std::int64_t>(std::min(value.get<std::uint64_t>(), kSaturated))
               : value.get<std::int64_t>();
}

}  // namespace

ObjectReader::ObjectReader(Input& input, Node node, std::string what)
    : input_(input),
      node_(std::move(node)),
      what_(std::move(what)),
      is_object_(node_.value->is_object()) {
    if (!is_object_) {
        input_.report(node_, {describe(*node_.value), what_ + ", which is an object {...}"});
    }
}

bool ObjectReader::has(std::string_view key) const {
    return is_object_ && node_.value->contains(key);
}

std::optional<Node> ObjectReader::member(std::string_view key) {
    if (!ranges::contains(known_, key)) {
        known_.push_back(key);
    }
    if (!has(key)) {
        return std::nullopt;
    }
    return child_of(node_, *node_.value->find(key), key);
}

std::optional<Node> ObjectReader::required(std::string_view key, std::string_view expected) {
    std::optional<Node> node = member(key);
    if (!node && is_object_) {
        input_.report(node_, {fmt::format("no {} in {}", in_quotes(key), what_),
                              fmt::format("{}: {}", in_quotes(key), expected)});
    }
    return node;
}

void ObjectReader::refuse(std::string_view key, std::string_view why) {
    if (has(key)) {
        const Node node = child_of(node_, *node_.value->find(key), key);
        const std::string name = in_quotes(key);
        input_.report_key(node, {name, fmt::format("no {} here: {}", name, why)});
    }
    // Known, so that finish() does not report it again, but not offered as a key of this object.
    refused_.push_back(key);
}

std::optional<std::string> ObjectReader::text(std::string_view key) {
    const std::optional<Node> node = member(key);
    return node ? read_text(input_, *node) : std::nullopt;
}

void ObjectReader::skip_notes() {
    for (const Node& node : elements("notes", {0, kMostNotes})) {
        (void)read_text(input_, node);
    }
}

std::optional<std::string> ObjectReader::name(std::string_view key) {
    const std::optional<Node> node = member(key);
    return node ? read_name(input_, *node) : std::nullopt;
}

std::optional<std::string> ObjectReader::required_name(std::string_view key) {
    const std::optional<Node> node = required(key, kNameRule);
    return node ? read_name(input_, *node) : std::nullopt;
}

std::optional<std::size_t> ObjectReader::reference(std::string_view key, const Names& names) {
    const std::optional<Node> node = member(key);
    const auto text = node ? read_string(input_, *node, "a name in quotes") : std::nullopt;
    return text ? names.find(input_, *node, *text) : std::nullopt;
}

bool ObjectReader::boolean(std::string_view key, bool fallback) {
    const std::optional<Node> node = member(key);
    if (node && !node->value->is_boolean()) {
        input_.report(*node, {describe(*node->value), "true or false, without quotes"});
        return fallback;
    }
    return node ? node->value->get<bool>() : fallback;
}

int ObjectReader::integer(std::string_view key, int fallback, IntegerRange range) {
    const std::optional<Node> node = member(key);
    if (!node) {
        return fallback;
    }
    const std::optional<std::int64_t> number = integer_of(*node->value);
    if (!number || *number < range.least || *number > range.most) {
        input_.report(*node, {describe(*node->value), fmt::format("a whole number from {} to {}",
                                                                  range.least, range.most)});
        return fallback;
    }
    return static_cast<int>(*number);
}

IntegerRange ObjectReader::integers(std::string_view key, IntegerRange fallback,
                                    IntegerRange range) {
    const std::optional<Node> node = member(key);
    if (!node) {
        return fallback;
    }
    const json& value = *node->value;
    const bool is_pair = value.is_array() && value.size() == 2;
    const auto least = is_pair ? integer_of(value[0]) : std::nullopt;
    const auto most = is_pair ? integer_of(value[1]) : std::nullopt;
    if (!least || !most || *least < range.least || *most > range.most || *least > *most) {
        input_.report(*node, {is_pair ? value.dump() : describe(value),
                              fmt::format("a pair of whole numbers from {} to {}, the smaller one "
                                          "first, such as [{}, {}]",
                                          range.least, range.most, fallback.least,
                                          fallback.most)});
        return fallback;
    }
    return {static_cast<int>(*least), static_cast<int>(*most)};
}

DelayMs ObjectReader::duration(std::string_view key, DelayMs fallback, DurationRule rule) {
    const std::optional<Node> node = member(key);
    return node ? read_duration(input_, *node, rule).value_or(fallback) : fallback;
}

Interval ObjectReader::interval(std::string_view key, Interval fallback, IntervalRule rule) {
    const std::optional<Node> node = member(key);
    return node ? read_interval(input_, *node, rule).value_or(fallback) : fallback;
}

std::vector<Node> ObjectReader::elements(std::string_view key, IntegerRange range) {
    const std::string expected = fmt::format("an array of {} to {}", range.least, range.most);
    const std::optional<Node> node = range.least > 0 ? required(key, expected) : member(key);
    if (!node) {
        return {};
    }
    const json& value = *node->value;
    const auto size = std::ssize(value);
    if (!value.is_array() || size < range.least || size > range.most) {
        input_.report(*node, {describe(value), expected});
        return {};
    }
    std::vector<Node> nodes;
    for (const json& element : value) {
        nodes.push_back(child_of(*node, element, std::to_string(nodes.size())));
    }
    return nodes;
}

std::optional<std::size_t> ObjectReader::word_index(std::string_view key,
                                                    const std::vector<std::string_view>& words) {
    const std::optional<Node> node = member(key);
    if (!node) {
        return std::nullopt;
    }
    const json& value = *node->value;
    const std::string word = value.is_string() ? value.get<std::string>() : std::string();
    const auto found = ranges::find(words, word);
    if (found == words.end()) {
        input_.report(*node, {describe(value), "one of " + quoted_list(words),
                              did_you_mean(word, words)});
        return std::nullopt;
    }
    return static_cast<std::size_t>(found - words.begin());
}

void ObjectReader::finish() {
    if (!is_object_) {
        return;
    }
    for (const auto& [key, value] : node_.value->items()) {
        if (ranges::contains(known_, key) || ranges::contains(refused_, key)) {
            continue;
        }
        Wrong wrong{"the unknown key " + in_quotes(key), {}, {}};
        if (!input_.is_full()) {
            wrong.expected = fmt::format("a key of {}: {}", what_, quoted_list(known_));
            wrong.hint = did_you_mean(key, known_);
        }
        input_.report_key(child_of(node_, value, key), std::move(wrong));
    }
}

}  // namespace failback::model
