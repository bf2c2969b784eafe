// The settings of configuration files, looked up by their keys, and what is wrong with them.
//
//  1. Bad input becomes a Problem with file, line and column, so that one pass finds all problems.
//  2. A setting without a value is as good as none.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/file/design_input.hpp"

namespace failback::model {

struct Setting {
    std::string key;
    std::string value;
    std::string file;
    Position position;
};

// Which of two files counts that set the same key.
enum class Precedence : unsigned char { first_file, last_file };

struct NumberRange {
    std::int64_t least;
    std::int64_t most;
};

class Settings {
public:
    // `file`: the first one, for what is wrong with the files as a whole.
    Settings(Precedence precedence, std::string file)
        : precedence_(precedence), first_file_(std::move(file)) {}

    // Two values in one file are a problem.
    void add(Setting setting);

    // Each of these marks a key as known. Nothing is returned for one that is not set, and for a
    // value that is wrong, which is reported.
    [[nodiscard]] const Setting* find(const std::string& key);
    [[nodiscard]] std::optional<std::int64_t> number(const std::string& key, NumberRange range);
    // Whole seconds, as lifetimes are.
    [[nodiscard]] std::optional<DelayMs> lifetime(const std::string& key, NumberRange seconds);
    // Seconds with up to three decimals.
    [[nodiscard]] std::optional<DelayMs> seconds(const std::string& key, NumberRange ms);
    [[nodiscard]] std::optional<DelayMs> milliseconds(const std::string& key, NumberRange ms);
    [[nodiscard]] std::optional<bool> flag(const std::string& key);
    // Without spaces, quotes and angle brackets, as in names and addresses.
    [[nodiscard]] std::optional<std::string> word(const std::string& key);
    // An index into `words`, whatever the case of the letters.
    [[nodiscard]] std::optional<std::size_t> choice(const std::string& key,
                                                    const std::vector<std::string_view>& words);

    // The numbers n of keys that begin with prefix + n + ".", or end with prefix + n + "_".
    [[nodiscard]] std::set<int> numbers_after(std::string_view prefix, char end) const;
    [[nodiscard]] bool has(const std::string& key) const;

    void report(const Setting& setting, Wrong wrong);
    // About the files as a whole.
    void report_files(Wrong wrong);
    // THROWS InputError with everything that was reported, if anything was.
    void require_no_problem() const;

    // Something that is not as in the files, but not wrong either.
    void note(std::string text);
    [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }
    // Notes what no one asked for: a line for each key that `bears_on_registration`, and how many
    // others there are. Returns the new notes.
    std::vector<std::string> note_unknown(bool (*bears_on_registration)(std::string_view key));

private:
    using ParseNumber = std::optional<std::int64_t>(std::string_view text);

    // A setting with a value.
    [[nodiscard]] const Setting* known(const std::string& key) const;
    [[nodiscard]] std::optional<std::int64_t> parsed(const std::string& key, NumberRange range,
                                                     ParseNumber* parse,
                                                     const std::string& expected);
    [[nodiscard]] DelayMs capped(const Setting& setting, std::int64_t ms);

    Precedence precedence_;
    std::string first_file_;
    std::map<std::string, Setting, std::less<>> settings_;
    std::set<std::string, std::less<>> asked_;
    std::vector<Problem> problems_;
    std::vector<std::string> notes_;
};

// What the numbers of most vendors may be: seconds, and ports.
inline constexpr std::int64_t kMostSeconds = 2'147'483'647;
inline constexpr std::int64_t kMostPort = 65'535;

// Of a file written by a person.
inline constexpr std::size_t kMostSettings = 200'000;

// Without spaces, quotes, brackets and anything but ASCII.
[[nodiscard]] bool is_word(std::string_view text);

// "phone.cfg:12:3"
[[nodiscard]] std::string place_of(const Setting& setting);

[[nodiscard]] std::string_view trimmed(std::string_view text);
[[nodiscard]] std::string lower_case(std::string_view text);

// Calls `take(line, number)` for each line, without its end.
template <class Take>
void for_each_line(std::string_view text, Take take) {
    for (int number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        take(line, number);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

// The column of `part`, which is a piece of `line`: in characters, from 1.
[[nodiscard]] int column_of(std::string_view line, std::string_view part);

}  // namespace failback::model
