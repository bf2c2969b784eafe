#include "model/import/import_settings.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "model/duration.hpp"
#include "model/file/design_text.hpp"

namespace failback::model {
namespace {

constexpr std::size_t kMostProblems = 100;
constexpr std::size_t kMostUnknown = 200;
constexpr std::size_t kLongestWord = 200;

std::optional<std::int64_t> integer_of(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_whole = error == std::errc{} && end == text.data() + text.size();
    return is_whole ? std::optional(number) : std::nullopt;
}

// "0.5" is 500, ".25" is 250, "16" is 16000.
std::optional<std::int64_t> thousandths_of(std::string_view text) {
    const std::size_t dot = std::min(text.find('.'), text.size());
    std::string decimals(text.substr(std::min(dot + 1, text.size())));
    const bool is_number = !text.empty() && text != "." && text.front() != '-' &&
                           decimals.size() <= 3 &&
                           decimals.find_first_not_of("0123456789") == std::string::npos;
    const auto whole = dot == 0 ? std::optional<std::int64_t>(0) : integer_of(text.substr(0, dot));
    constexpr std::int64_t kMostWhole = 10'000'000'000;
    if (!is_number || !whole || *whole < 0 || *whole > kMostWhole) {
        return std::nullopt;
    }
    decimals.resize(3, '0');
    return *whole * 1000 + *integer_of(decimals);
}

// What must not get into a design, which is shown around.
bool is_secret(std::string_view key) {
    const std::string lower = lower_case(key);
    return lower.find("pass") != lower.npos || lower.find("secret") != lower.npos ||
           lower.find("auth") != lower.npos;
}

}  // namespace

bool is_word(std::string_view text) {
    return text.size() <= kLongestWord && std::ranges::all_of(text, [](char c) {
               return c > ' ' && c < '\x7F' && c != '"' && c != '<' && c != '>' && c != '\'';
           });
}

void Settings::add(Setting setting) {
    if (settings_.size() >= kMostSettings) {
        report(setting, {fmt::format("more than {} settings", kMostSettings), "fewer"});
        return;
    }
    setting.value = std::string(trimmed(setting.value));
    const auto [known, is_new] = settings_.try_emplace(setting.key, setting);
    if (is_new || known->second.value == setting.value) {
        return;
    }
    if (known->second.file == setting.file) {
        report(setting, {fmt::format("{} and before, in line {}, {}", in_quotes(setting.value),
                                     known->second.position.line, in_quotes(known->second.value)),
                         "one value"});
        return;
    }
    const bool replaces = precedence_ == Precedence::last_file;
    const Setting& winner = replaces ? setting : known->second;
    const Setting& loser = replaces ? known->second : setting;
    note(fmt::format("{}: {} counts, not {} of {}.", printable(setting.key),
                     in_quotes(winner.value), in_quotes(loser.value), place_of(loser)));
    if (replaces) {
        known->second = std::move(setting);
    }
}

const Setting* Settings::find(const std::string& key) {
    asked_.insert(key);
    return known(key);
}

bool Settings::has(const std::string& key) const { return known(key) != nullptr; }

const Setting* Settings::known(const std::string& key) const {
    const auto found = settings_.find(key);
    return found != settings_.end() && !found->second.value.empty() ? &found->second : nullptr;
}

std::optional<std::int64_t> Settings::parsed(const std::string& key, NumberRange range,
                                             ParseNumber* parse, const std::string& expected) {
    const Setting* setting = find(key);
    if (setting == nullptr) {
        return std::nullopt;
    }
    const auto value = parse(setting->value);
    if (!value || *value < range.least || *value > range.most) {
        report(*setting, {in_quotes(setting->value), expected});
        return std::nullopt;
    }
    return value;
}

std::optional<std::int64_t> Settings::number(const std::string& key, NumberRange range) {
    return parsed(key, range, integer_of,
                  fmt::format("a whole number from {} to {}", range.least, range.most));
}

DelayMs Settings::capped(const Setting& setting, std::int64_t ms) {
    if (ms > kLongestDuration) {
        note(fmt::format("{}: {} is more than the longest duration of a design, which is taken.",
                         printable(setting.key), in_quotes(setting.value)));
    }
    return static_cast<DelayMs>(std::min<std::int64_t>(ms, kLongestDuration));
}

std::optional<DelayMs> Settings::lifetime(const std::string& key, NumberRange seconds) {
    const auto value = number(key, seconds);
    return value ? std::optional(capped(*find(key), *value * 1000)) : std::nullopt;
}

std::optional<DelayMs> Settings::seconds(const std::string& key, NumberRange ms) {
    const auto value = parsed(key, ms, thousandths_of,
                              fmt::format("seconds, from {} to {} ms", ms.least, ms.most));
    return value ? std::optional(capped(*find(key), *value)) : std::nullopt;
}

std::optional<DelayMs> Settings::milliseconds(const std::string& key, NumberRange ms) {
    const auto value = number(key, ms);
    return value ? std::optional(capped(*find(key), *value)) : std::nullopt;
}

std::optional<bool> Settings::flag(const std::string& key) {
    const auto index = choice(key, {"0", "1", "no", "yes", "false", "true"});
    return index ? std::optional(*index % 2 == 1) : std::nullopt;
}

std::optional<std::string> Settings::word(const std::string& key) {
    const Setting* setting = find(key);
    if (setting == nullptr) {
        return std::nullopt;
    }
    if (!is_word(setting->value)) {
        report(*setting,
               {in_quotes(setting->value),
                "a name or address of ASCII letters without spaces, quotes and brackets"});
        return std::nullopt;
    }
    return setting->value;
}

std::optional<std::size_t> Settings::choice(const std::string& key,
                                            const std::vector<std::string_view>& words) {
    const Setting* setting = find(key);
    if (setting == nullptr) {
        return std::nullopt;
    }
    const std::string value = lower_case(setting->value);
    const auto found = std::ranges::find_if(
        words, [&value](std::string_view word) { return lower_case(word) == value; });
    if (found == words.end()) {
        report(*setting, {in_quotes(setting->value), "one of " + quoted_list(words),
                          did_you_mean(setting->value, words)});
        return std::nullopt;
    }
    return static_cast<std::size_t>(found - words.begin());
}

std::set<int> Settings::numbers_after(std::string_view prefix, char end) const {
    constexpr int kLargest = 99;
    std::set<int> numbers;
    for (auto at = settings_.lower_bound(prefix);
         at != settings_.end() && at->first.starts_with(prefix); ++at) {
        const std::string_view rest = std::string_view(at->first).substr(prefix.size());
        const auto number = integer_of(rest.substr(0, rest.find(end)));
        if (number && *number > 0 && *number <= kLargest && rest.find(end) != rest.npos) {
            numbers.insert(static_cast<int>(*number));
        }
    }
    return numbers;
}

void Settings::report(const Setting& setting, Wrong wrong) {
    if (problems_.size() < kMostProblems) {
        problems_.push_back({setting.file, setting.position, printable(setting.key),
                             std::move(wrong.found), std::move(wrong.expected),
                             std::move(wrong.hint)});
    }
}

void Settings::report_files(Wrong wrong) {
    problems_.push_back({first_file_,
                         {},
                         {},
                         std::move(wrong.found),
                         std::move(wrong.expected),
                         std::move(wrong.hint)});
}

void Settings::require_no_problem() const {
    if (problems_.empty()) {
        return;
    }
    std::vector<Problem> sorted = problems_;
    std::ranges::stable_sort(sorted, [](const Problem& a, const Problem& b) {
        return std::tie(a.file, a.position.line, a.position.column) <
               std::tie(b.file, b.position.line, b.position.column);
    });
    throw InputError(std::move(sorted));
}

void Settings::note(std::string text) { notes_.push_back(std::move(text)); }

std::vector<std::string> Settings::note_unknown(
    bool (*bears_on_registration)(std::string_view key)) {
    // What is set already was not meant by something else.
    std::vector<std::string_view> missing;
    std::ranges::copy_if(asked_, std::back_inserter(missing),
                         [this](const std::string& key) { return !has(key); });
    std::vector<std::string> unknown;
    std::size_t others = 0;
    for (const auto& [key, setting] : settings_) {
        if (asked_.contains(key)) {
            continue;
        }
        if (setting.value.empty() || !bears_on_registration(key) || is_secret(key) ||
            unknown.size() >= kMostUnknown) {
            ++others;
            continue;
        }
        const std::string hint = did_you_mean(key, missing);
        unknown.push_back(fmt::format("Not imported: {} = {} ({}){}", printable(key),
                                      in_quotes(setting.value), place_of(setting),
                                      hint.empty() ? "." : "; " + hint));
    }
    if (others > 0) {
        unknown.push_back(fmt::format("Not imported: {} other settings.", others));
    }
    notes_.insert(notes_.end(), unknown.begin(), unknown.end());
    return unknown;
}

std::string place_of(const Setting& setting) {
    return fmt::format("{}:{}:{}", printable(setting.file), setting.position.line,
                       setting.position.column);
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n\v\f";
    // Of nothing but space, the empty piece at its beginning: it still has a column.
    text.remove_suffix(text.size() - (text.find_last_not_of(kSpace) + 1));
    text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
    return text;
}

std::string lower_case(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return lower;
}

int column_of(std::string_view line, std::string_view part) {
    const auto before = line.substr(0, static_cast<std::size_t>(part.data() - line.data()));
    return 1 + static_cast<int>(std::ranges::count_if(before, [](char c) {
               return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
           }));
}

}  // namespace failback::model
