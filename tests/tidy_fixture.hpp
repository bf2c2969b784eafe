// Source files as text, for the house rules.
#pragma once

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>
#include <vector>

namespace failback::tests::tidy_test {

struct File {
    std::string path;  // from the project root
    std::string text;

    std::string folder() const { return path.substr(0, path.find('/')); }
};

struct Finding {
    std::size_t line;
    std::string what;
};
using Findings = std::vector<Finding>;
using Words = std::vector<std::string_view>;

inline constexpr std::ptrdiff_t kMaxFileLines = 500;
inline constexpr std::ptrdiff_t kMaxColumns = 100;
inline constexpr std::size_t kMaxBodyLines = 70;
inline constexpr auto npos = std::string_view::npos;

inline bool in_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

inline std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\n");
    if (first == npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\n") - first + 1);
}

inline std::size_t line_at(std::string_view text, std::size_t position) {
    const auto before = text.substr(0, position);
    return 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
}

// The places where `word` stands and is not part of a longer word.
inline std::vector<std::size_t> word_positions(std::string_view text, std::string_view word) {
    std::vector<std::size_t> found;
    for (auto at = text.find(word); at != npos; at = text.find(word, at + 1)) {
        const auto end = at + word.size();
        const bool starts = at == 0 || !in_word(text[at - 1]) || !in_word(word.front());
        const bool stops = end == text.size() || !in_word(text[end]) || !in_word(word.back());
        if (starts && stops) found.push_back(at);
    }
    return found;
}

inline bool has_word(std::string_view text, std::string_view word) {
    return !word_positions(text, word).empty();
}

// The position after the bracket that closes the one at `open`, or the end of the text.
inline std::size_t after_bracket(std::string_view text, std::size_t open, char left, char right) {
    int depth = 0;
    for (auto at = open; at < text.size(); ++at) {
        if (text[at] == left) ++depth;
        if (text[at] == right && --depth == 0) return at + 1;
    }
    return text.size();
}

// The position after the string literal whose opening quote is at `quote`.
inline std::size_t after_string(std::string_view text, std::size_t quote) {
    if (text[quote] == '"' && quote > 0 && text[quote - 1] == 'R') {  // a raw one
        const auto open = text.find('(', quote);
        if (open == npos) return text.size();
        const auto closing = ')' + std::string(text.substr(quote + 1, open - quote - 1)) + '"';
        const auto end = text.find(closing, open);
        return end == npos ? text.size() : end + closing.size();
    }
    auto at = quote + 1;
    while (at < text.size() && text[at] != text[quote] && text[at] != '\n') {
        at += text[at] == '\\' ? 2U : 1U;
    }
    return std::min(at + 1, text.size());
}

// Asks for each line what it breaks; an empty answer means nothing.
template <class Check>
Findings for_each_line(std::string_view text, Check check) {
    Findings findings;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto end = std::min(text.find('\n'), text.size());
        if (auto what = check(text.substr(0, end)); !what.empty())
            findings.push_back({number, what});
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return findings;
}

enum class Strings { keep, blank };

// The code with comments, and on demand the content of literals, overwritten by spaces.
inline std::string without_comments(std::string_view text, Strings strings) {
    std::string code(text);
    const auto blank = [&code](std::size_t from, std::size_t to) {
        for (auto at = from; at < to; ++at) {
            if (code[at] != '\n') code[at] = ' ';
        }
    };
    for (std::size_t at = 0; at < text.size();) {
        const auto rest = text.substr(at);
        const bool is_digit_separator = text[at] == '\'' && at > 0 && in_word(text[at - 1]);
        auto next = at + 1;
        if (rest.starts_with("//")) {
            next = std::min(text.find('\n', at), text.size());
            blank(at, next);
        } else if (rest.starts_with("/*")) {
            const auto end = text.find("*/", at + 2);
            next = end == npos ? text.size() : end + 2;
            blank(at, next);
        } else if (text[at] == '"' || (text[at] == '\'' && !is_digit_separator)) {
            next = after_string(text, at);
            if (strings == Strings::blank) blank(at + 1, next - 1);
        }
        at = next;
    }
    return code;
}

inline std::string bare_code(const File& file) {
    return without_comments(file.text, Strings::blank);
}

}  // namespace failback::tests::tidy_test
