#include "model/file/json_source.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "model/file/design_text.hpp"
#include "model/file/json_cursor.hpp"

namespace failback::model {
namespace {

using nlohmann::json;

constexpr auto kNone = std::string_view::npos;

// The pointers of all values together; only nested long keys, times many values, come near it.
constexpr std::size_t kMostPointerBytesPerValue = 320;

constexpr std::string_view kPunctuation = "{}[],:";

bool has(std::string_view text, std::string_view part) { return text.find(part) != kNone; }

// What the parser's message says without the text that it quotes from the file.
struct ParserMessage {
    std::string_view fault;  // "... syntax error while parsing object key - invalid literal"
    std::string_view tail;   // "...; expected end of input"

    explicit ParserMessage(std::string_view what)
        : fault(what.substr(0, what.find("; last read:"))), tail(what) {}
};

std::string expected_by(const ParserMessage& message) {
    if (message.tail.ends_with("expected end of input")) {
        return "nothing after the end of the JSON value";
    }
    if (has(message.fault, "parsing object key")) {
        return "a key in double quotes";
    }
    if (has(message.fault, "parsing object separator")) {
        return "':' and a value";
    }
    if (has(message.fault, "parsing object")) {
        return "',' or '}'";
    }
    return has(message.fault, "parsing array") ? "',' or ']'" : "a JSON value";
}

std::string hint_at(std::string_view rest, std::string_view before) {
    if (rest.starts_with("/") || rest.starts_with("#")) {
        return "JSON has no comments";
    }
    if (rest.starts_with("'")) {
        return "strings stand in double quotes";
    }
    if (rest.starts_with("\xFF\xFE") || rest.starts_with("\xFE\xFF")) {
        return "save the file as UTF-8, this looks like UTF-16";
    }
    const std::size_t last = before.find_last_not_of(" \t\r\n");
    const bool after_comma = last != kNone && before[last] == ',';
    if (after_comma && (rest.starts_with("}") || rest.starts_with("]"))) {
        return "remove the comma before it";
    }
    return {};
}

std::string token_at(std::string_view rest) {
    if (rest.empty()) {
        return "the end of the file";
    }
    const bool alone = kPunctuation.find(rest.front()) != kNone;
    const std::size_t end = alone ? 1 : rest.find_first_of(" \t\r\n,:{}[]", 1);
    return "'" + printable(rest.substr(0, end), 40) + "'";
}

// Faults inside of one token deserve their own words.
void explain_token(Problem& problem, const ParserMessage& message, std::string_view rest) {
    if (has(message.fault, "ill-formed UTF-8")) {
        problem.found = "bytes that are not UTF-8: " + printable(rest.substr(0, 4));
        problem.expected = "a text in UTF-8";
    } else if (has(message.fault, "missing closing quote")) {
        problem.found = "a string without an end: " + token_at(rest);
        problem.expected = "a closing double quote";
    } else if (has(message.fault, "invalid string")) {
        problem.found = "a string with a bad escape, a line end or a control character: " +
                        printable(rest.substr(0, rest.find_first_of("\r\n")), 40);
        problem.expected = "a JSON string, which is on one line";
    } else if (has(message.fault, "number overflow")) {
        problem.expected = "a number that is not that large";
    }
}

}  // namespace

// Takes the parser's events: builds the values and notes where each value and key stands.
class SourceBuilder final : public nlohmann::json_sax<json> {
public:
    SourceBuilder(JsonSource& source, std::string_view text, const std::string& file,
                  std::size_t most_values)
        : source_(source), text_(text), file_(file), cursor_(text), most_values_(most_values) {}

    bool null() override { return add(nullptr); }
    bool boolean(bool value) override { return add(value); }
    bool number_integer(number_integer_t value) override { return add(value); }
    bool number_unsigned(number_unsigned_t value) override { return add(value); }
    bool number_float(number_float_t value, const string_t&) override { return add(value); }
    bool string(string_t& value) override { return add(std::move(value)); }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return open(json::object()); }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override { return open(json::array()); }
    bool end_array() override { return close(); }

    bool key(string_t& name) override {
        const Position here = cursor_.to_token();
        cursor_.over_token();
        Level& level = levels_.back();
        pointer_.resize(level.pointer_length);
        pointer_ = child_pointer(pointer_, name);
        JsonSource::Places& place = source_.places_[pointer_];
        if (level.value->contains(name)) {
            source_.problems_.push_back(
                {file_, here, printable(pointer_, 200),
                 fmt::format("{} a second time, after line {}", in_quotes(name), place.key.line),
                 "each key of an object once", {}});
        }
        place.key = here;
        level.key = std::move(name);
        return true;
    }

    bool parse_error(std::size_t end, const std::string&, const json::exception& error) override {
        const ParserMessage message(error.what());
        const std::size_t last = std::min(std::max<std::size_t>(end, 1) - 1, text_.size());
        const bool is_mark = last < text_.size() && kPunctuation.find(text_[last]) != kNone &&
                             has(message.fault, "unexpected");
        if (has(message.fault, "ill-formed UTF-8") || is_mark) {
            cursor_.to_offset(last);
        } else {
            cursor_.to_token();
        }
        const std::string_view rest = text_.substr(cursor_.offset());
        problem_ = {file_, cursor_.here(), {}, token_at(rest), expected_by(message),
                    hint_at(rest, text_.substr(0, cursor_.offset()))};
        explain_token(problem_, message, rest);
        return false;
    }

    [[nodiscard]] const Problem& problem() const { return problem_; }

private:
    struct Level {
        json* value;
        std::size_t pointer_length;
        std::string key;
    };

    bool refuse(const Position& where, std::string found, std::string expected) {
        problem_ = {file_, where, {}, std::move(found), std::move(expected), {}};
        return false;
    }

    // Puts a value into its array or object; nullptr if there are too many.
    json* place(json&& value) {
        const Position here = cursor_.to_token();
        cursor_.over_token();
        if (!levels_.empty() && levels_.back().value->is_array()) {
            pointer_.resize(levels_.back().pointer_length);
            pointer_ += '/' + std::to_string(levels_.back().value->size());
        }
        pointer_bytes_ += pointer_.size();
        if (++values_ > most_values_ ||
            pointer_bytes_ > most_values_ * kMostPointerBytesPerValue) {
            refuse(here, fmt::format("more than {} values, or far too long keys", most_values_),
                   "a smaller file");
            return nullptr;
        }
        source_.places_[pointer_].value = here;
        if (levels_.empty()) {
            source_.root_ = std::move(value);
            return &source_.root_;
        }
        json& parent = *levels_.back().value;
        if (parent.is_array()) {
            parent.push_back(std::move(value));
            return &parent.back();
        }
        json& member = parent[levels_.back().key];
        member = std::move(value);
        return &member;
    }

    bool add(json&& value) { return place(std::move(value)) != nullptr; }

    bool open(json&& container) {
        if (levels_.size() >= kDeepest) {
            return refuse(cursor_.to_token(), fmt::format("more than {} levels", kDeepest),
                          "values that are not nested so deeply");
        }
        json* value = place(std::move(container));
        if (value != nullptr) {
            levels_.push_back({value, pointer_.size(), {}});
        }
        return value != nullptr;
    }

    bool close() {
        cursor_.to_token();
        cursor_.over_token();
        levels_.pop_back();
        return true;
    }

    JsonSource& source_;
    std::string_view text_;
    const std::string& file_;
    JsonCursor cursor_;
    std::string pointer_;  // of the last key or value
    std::vector<Level> levels_;
    std::size_t most_values_;
    std::size_t values_ = 0;
    std::size_t pointer_bytes_ = 0;
    Problem problem_;
};

JsonSource::JsonSource(std::string_view text, const std::string& file, std::size_t most_values) {
    SourceBuilder builder(*this, text, file, most_values);
    if (!json::sax_parse(text, &builder)) {
        throw InputError({builder.problem()});
    }
}

Position JsonSource::value_position(const std::string& pointer) const {
    const auto found = places_.find(pointer);
    return found == places_.end() ? Position{} : found->second.value;
}

Position JsonSource::key_position(const std::string& pointer) const {
    const auto found = places_.find(pointer);
    return found == places_.end() ? Position{} : found->second.key;
}

std::string child_pointer(std::string_view pointer, std::string_view token) {
    std::string result(pointer);
    result += '/';
    for (const char c : token) {
        if (c == '~') {
            result += "~0";
        } else if (c == '/') {
            result += "~1";
        } else {
            result += c;
        }
    }
    return result;
}

}  // namespace failback::model
