// Walks a JSON text in step with a parser, to know line and column of each token.
//
//  1. over_token() is called only at tokens that the parser has accepted.
//  2. Lines and columns count from 1; columns count code points. A byte order mark has no column.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "model/design.hpp"

namespace failback::model {

class JsonCursor {
public:
    explicit JsonCursor(std::string_view text) : text_(text) {
        if (text.starts_with("\xEF\xBB\xBF")) {
            offset_ = 3;
        }
    }

    // To the beginning of the next token.
    Position to_token() {
        over_all(" \t\r\n,:");
        return here_;
    }

    void over_token() {
        switch (peek()) {
            case '"': over_string(); break;
            case 't':
            case 'n': over(4); break;
            case 'f': over(5); break;
            case '{':
            case '}':
            case '[':
            case ']': over(1); break;
            default: over_number(); break;
        }
    }

    void to_offset(std::size_t offset) {
        while (offset_ < std::min(offset, text_.size())) {
            over(1);
        }
    }

    [[nodiscard]] std::size_t offset() const { return offset_; }
    [[nodiscard]] Position here() const { return here_; }

private:
    [[nodiscard]] char peek() const { return offset_ < text_.size() ? text_[offset_] : '\0'; }

    void over(std::size_t bytes) {
        for (; bytes > 0 && offset_ < text_.size(); --bytes) {
            const char c = text_[offset_++];
            if (c == '\n') {
                here_ = {here_.line + 1, 1};
            } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80) {
                ++here_.column;
            }
        }
    }

    void over_all(std::string_view set) {
        while (offset_ < text_.size() && set.find(text_[offset_]) != std::string_view::npos) {
            over(1);
        }
    }

    void over_string() {
        over(1);
        while (offset_ < text_.size() && peek() != '"') {
            over(peek() == '\\' ? 2 : 1);
        }
        over(1);
    }

    // By the grammar, not up to the next separator: for the parser "01" is two tokens.
    void over_number() {
        constexpr std::string_view kDigits = "0123456789";
        over(peek() == '-' ? 1 : 0);
        if (peek() == '0') {
            over(1);
        } else {
            over_all(kDigits);
        }
        if (peek() == '.') {
            over(1);
            over_all(kDigits);
        }
        if (peek() == 'e' || peek() == 'E') {
            over(1);
            over(peek() == '+' || peek() == '-' ? 1 : 0);
            over_all(kDigits);
        }
    }

    std::string_view text_;
    std::size_t offset_ = 0;
    Position here_{1, 1};
};

}  // namespace failback::model
