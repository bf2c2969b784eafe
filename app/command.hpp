// What all commands share: exit codes, options, and how results leave the program.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "model/design.hpp"

namespace failback::app {

// As sysexits.h and the shells have them.
enum ExitCode : int {
    kAllHold = 0,
    kViolated = 1,
    kUndecided = 2,
    kVacuous = 3,       // only with --strict
    kUsage = 64,
    kBadInput = 65,
    kInternal = 70,
    kCannotWrite = 73,
    kInterrupted = 130,
};

// Wrong use that the option parser cannot see. Ends in exit code 64.
class UsageError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// THROWS UsageError: a word that is none of those known. `hint` may be empty.
[[noreturn]] void refuse_word(std::string_view what, std::string_view word,
                              const std::vector<std::string_view>& known, const std::string& hint);

// A design and the JSON that it was read from.
struct LoadedDesign {
    model::Design design;
    nlohmann::json json;
    nlohmann::json resolved;  // with the values of its profiles; what traces hold
    std::string text;
};

// THROWS model::InputError.
[[nodiscard]] LoadedDesign load_design(const std::string& file);

// For a search. THROWS model::InputError if that would need to draw lots, too.
[[nodiscard]] LoadedDesign load_searched(const std::string& file);

// A whole file. THROWS model::InputError if it cannot be read.
[[nodiscard]] std::string read_text(const std::string& file);

// Ordered members: the objects that --json prints.
using Json = nlohmann::ordered_json;

// {"format": 1, "tool": "failback", "version": ..., "command": ...}
[[nodiscard]] Json json_header(std::string_view command);

void print(std::string_view text);                 // to stdout
void print_json(const Json& json);
// At the end: what was printed may wait in a buffer. THROWS traces::OutputError.
void require_printed();
void say(std::string_view text);                   // to stderr

// Writes to a file, or to stdout if it is "-" or empty. THROWS traces::OutputError.
void deliver(const std::string& file, std::string_view content);

[[nodiscard]] std::string_view version();

}  // namespace failback::app
