#include "properties/text_limits.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "properties/property.hpp"

namespace failback::properties {

namespace {

bool is_of_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-.:@+").find(c) != std::string_view::npos;
}

// Reads no more of a text than how deep it is.
class Depth {
public:
    void open() {
        before_.push_back(within_);
        within_ = ++now_;
    }

    void close() {
        if (!before_.empty()) {
            now_ = within_ = before_.back();
            before_.pop_back();
        }
    }

    void negate() { ++now_; }

    [[nodiscard]] bool is_too_great() const { return now_ > kDeepestText; }

private:
    std::vector<std::size_t> before_;   // each open bracket
    std::size_t within_ = 0;            // the innermost open bracket
    std::size_t now_ = 0;               // with the negations of what comes next
};

std::size_t end_of_name(std::string_view text, std::size_t begin) {
    if (text[begin] == '"') {
        return std::min(text.find('"', begin + 1), text.size() - 1) + 1;
    }
    std::size_t end = begin + 1;
    while (is_of_word(text[begin]) && end < text.size() && is_of_word(text[end])) {
        ++end;
    }
    return end;
}

}  // namespace

void require_readable(std::string_view text) {
    if (text.size() > kLongestText) {
        throw LanguageError(1, "a text of " + std::to_string(text.size()) + " bytes",
                            "at most " + std::to_string(kLongestText) + " bytes", "");
    }
    Depth depth;
    std::size_t end = 0;
    for (std::size_t begin = 0; begin < text.size(); begin = end) {
        end = end_of_name(text, begin);
        const std::string_view token = text.substr(begin, end - begin);
        if (token == "(") {
            depth.open();
        } else if (token == ")") {
            depth.close();
        } else if (token == "not") {
            depth.negate();
        }
        if (depth.is_too_great()) {
            throw LanguageError(begin + 1, "'" + std::string(token) + "' deep within others",
                                "brackets and 'not' at most " + std::to_string(kDeepestText) +
                                    " deep",
                                "");
        }
    }
}

}  // namespace failback::properties
