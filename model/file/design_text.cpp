#include "model/file/design_text.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <range/v3/range/conversion.hpp>
#include <range/v3/view/take.hpp>
#include <range/v3/view/transform.hpp>

namespace failback::model {
namespace {

struct CodePoint {
    std::uint32_t value;
    std::size_t bytes;
};

std::uint32_t byte_at(std::string_view text, std::size_t index) {
    return static_cast<unsigned char>(text[index]);
}

std::size_t sequence_length(std::uint32_t lead) {
    if (lead < 0x80) {
        return 1;
    }
    if (lead >= 0xC2 && lead <= 0xDF) {
        return 2;
    }
    if (lead >= 0xE0 && lead <= 0xEF) {
        return 3;
    }
    return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
}

// Strict: overlong forms and surrogates are not UTF-8, and would make a JSON writer throw later.
std::optional<CodePoint> first_code_point(std::string_view text) {
    const std::uint32_t lead = byte_at(text, 0);
    const std::size_t length = sequence_length(lead);
    if (length == 0 || length > text.size()) {
        return std::nullopt;
    }
    std::uint32_t value = length == 1 ? lead : lead & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        const std::uint32_t next = byte_at(text, i);
        if ((next & 0xC0U) != 0x80) {
            return std::nullopt;
        }
        value = (value << 6U) | (next & 0x3FU);
    }
    const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
    const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
    if (overlong || surrogate || value > 0x10FFFF) {
        return std::nullopt;
    }
    return CodePoint{value, length};
}

// Controls, line separators and the marks that turn the direction of writing.
bool is_invisible(std::uint32_t c) {
    return c < 0x20 || (c >= 0x7F && c <= 0x9F) || (c >= 0x2028 && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

constexpr std::size_t kLongestWord = 40;
constexpr std::size_t kMostWords = 24;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Edits (insert, delete, replace) that turn one word into the other; '-' equals '_'.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    const auto letter = [](char c) { return c == '-' ? '_' : lower(c); };
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) {
        row[j] = j;
    }
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t replaced = diagonal + (letter(a[i]) == letter(b[j]) ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

}  // namespace

std::string printable(std::string_view text, std::size_t limit) {
    std::string result;
    while (!text.empty()) {
        const std::optional<CodePoint> point = first_code_point(text);
        const std::size_t bytes = point ? point->bytes : 1;
        std::string piece(text.substr(0, bytes));
        if (!point) {
            piece = fmt::format("\\x{:02x}", byte_at(text, 0));
        } else if (is_invisible(point->value)) {
            piece = fmt::format("\\u{:04x}", point->value);
        }
        if (result.size() + piece.size() > limit) {
            return result + "...";
        }
        result += piece;
        text.remove_prefix(bytes);
    }
    return result;
}

std::string in_quotes(std::string_view text) { return '"' + printable(text) + '"'; }

std::string describe(const nlohmann::json& value) {
    if (value.is_string()) {
        return in_quotes(value.get_ref<const std::string&>());
    }
    if (value.is_array()) {
        return value.empty() ? "an empty array" : fmt::format("an array of {}", value.size());
    }
    if (value.is_object()) {
        return "an object";
    }
    return value.is_number() ? "the number " + value.dump() : value.dump();
}

std::string quoted_list(const std::vector<std::string_view>& words) {
    const auto parts = words | ranges::views::take(kMostWords) |
                       ranges::views::transform(in_quotes) | ranges::to<std::vector>();
    return fmt::format("{}{}", fmt::join(parts, ", "), words.size() > kMostWords ? ", ..." : "");
}

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates) {
    std::string_view best;
    std::size_t least = std::max<std::size_t>(1, std::min<std::size_t>(word.size() / 3, 4)) + 1;
    if (word.empty() || word.size() > kLongestWord) {
        return {};
    }
    for (const std::string_view candidate : candidates) {
        const std::size_t distance = edit_distance(word, candidate);
        if (distance < least) {
            least = distance;
            best = candidate;
        }
    }
    return best.empty() ? std::string() : fmt::format("did you mean {}?", in_quotes(best));
}

}  // namespace failback::model
