// The values of an input file, read one by one, and what was found wrong with them.
//
//  1. Bad input never throws here: it becomes a Problem, so that one pass finds all of them.
//  2. The number of problems kept is bounded, and so is the length of their words.
//  3. The values of profiles are read as if they were written in the file. What is wrong with one
//     is reported where the file names its profile.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "model/file/design_file.hpp"
#include "model/file/json_source.hpp"

namespace failback::model {

// A value and where it stands.
struct Node {
    const nlohmann::json* value;
    std::string pointer;
};

// The words of a Problem.
struct Wrong {
    std::string found;
    std::string expected;
    std::string hint = {};
};

// A file under reading and what was found wrong with it so far.
class Input {
public:
    Input(const JsonSource& source, std::string file);
    // `root` is that of the source with the values of profiles, and outlives this.
    Input(const JsonSource& source, const nlohmann::json& root, std::string file);

    [[nodiscard]] Node root() const { return {&root_, {}}; }
    // What a JSON pointer leads to. REQUIRES: it is there.
    [[nodiscard]] Node at(const std::string& pointer) const;
    [[nodiscard]] Position position(const Node& node) const;
    void report(const Node& node, Wrong wrong);
    // At the key of the member instead of its value.
    void report_key(const Node& node, Wrong wrong);
    // Whether further problems are counted only, so that their words need not be found.
    [[nodiscard]] bool is_full() const;
    // In the order of the file.
    [[nodiscard]] std::vector<Problem> problems() const;

private:
    void add(Position position, const std::string& pointer, Wrong wrong);

    const JsonSource& source_;
    const nlohmann::json& root_;
    std::string file_;
    std::vector<Problem> problems_;
    std::size_t left_out_ = 0;
};

// The names that something of a design may be referred to by, each with an index.
class Names {
public:
    // `what` in the singular: "server".
    explicit Names(std::string what) : what_(std::move(what)) {}

    // Reports a name that is taken already.
    void add(Input& input, const Node& node, const std::string& name, std::size_t index);
    // A name could not be read: references are not checked any more, they may mean that one.
    void forgive_unknown() { is_forgiving_ = true; }
    // Reports a name that is unknown.
    [[nodiscard]] std::optional<std::size_t> find(Input& input, const Node& node,
                                                  const std::string& name) const;

private:
    std::string what_;
    std::map<std::string, std::size_t, std::less<>> indices_;
    bool is_forgiving_ = false;
};

struct DurationRule {
    DelayMs least = 0;
    bool whole_seconds = false;
};

struct IntervalRule {
    DelayMs least = 0;
    bool may_be_open = false;  // "any", and "never" as the latest
    std::string_view also = {};  // what else may stand there, for messages
};

inline constexpr IntervalRule kOpen{0, true};
inline constexpr DurationRule kPositive{1, false};
inline constexpr DurationRule kLifetime{1000, true};

// What stands at `node`, if it is as asked for; else it is reported.
[[nodiscard]] std::optional<std::string> read_string(Input& input, const Node& node,
                                                     std::string_view expected);
// A letter, then letters, digits, '-', '_' and '.'.
[[nodiscard]] std::optional<std::string> read_name(Input& input, const Node& node);
[[nodiscard]] std::optional<DelayMs> read_duration(Input& input, const Node& node,
                                                   DurationRule rule);
// A pair of durations, one duration d for [d, d], or "any".
[[nodiscard]] std::optional<Interval> read_interval(Input& input, const Node& node,
                                                    IntervalRule rule);

// The element or member of `node` that is called `token`.
[[nodiscard]] Node child_of(const Node& node, const nlohmann::json& value, std::string_view token);

// What a name must look like, for messages.
extern const std::string_view kNameRule;

}  // namespace failback::model
