// Typed reading of the members of JSON objects, collecting everything that is wrong with them.
//
//  1. What is wrong becomes a Problem and the fallback is given, so that one pass finds all
//     problems. Whoever reads must look at Input::problems() before using the result.
//  2. Each key that an object may have is asked for (or refused) before finish(), which reports all
//     others as unknown.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/file/design_input.hpp"

namespace failback::model {

struct IntegerRange {
    int least;
    int most;
};

template <typename T>
struct Choice {
    std::string_view word;
    T value;
};

class ObjectReader {
public:
    // `what` is read, with its article: "a server".
    ObjectReader(Input& input, Node node, std::string what);

    [[nodiscard]] Input& input() const { return input_; }
    [[nodiscard]] const Node& node() const { return node_; }
    [[nodiscard]] Position position() const { return input_.position(node_); }
    [[nodiscard]] bool has(std::string_view key) const;

    // A member, if it is there. Marks the key as known, as do all functions below.
    [[nodiscard]] std::optional<Node> member(std::string_view key);
    // Reports that the member is missing.
    [[nodiscard]] std::optional<Node> required(std::string_view key, std::string_view expected);
    // Reports the member if it is there. `why`: "it applies to a crash only".
    void refuse(std::string_view key, std::string_view why);

    // Free text of one line. An empty one is no text.
    [[nodiscard]] std::optional<std::string> text(std::string_view key);
    // The lines of `notes`, which are for people only.
    void skip_notes();
    [[nodiscard]] std::optional<std::string> name(std::string_view key);
    [[nodiscard]] std::optional<std::string> required_name(std::string_view key);
    // The index of what a name refers to.
    [[nodiscard]] std::optional<std::size_t> reference(std::string_view key, const Names& names);
    [[nodiscard]] bool boolean(std::string_view key, bool fallback);
    [[nodiscard]] int integer(std::string_view key, int fallback, IntegerRange range);
    // A pair of whole numbers, the smaller one first.
    [[nodiscard]] IntegerRange integers(std::string_view key, IntegerRange fallback,
                                        IntegerRange range);
    [[nodiscard]] DelayMs duration(std::string_view key, DelayMs fallback, DurationRule rule = {});
    [[nodiscard]] Interval interval(std::string_view key, Interval fallback,
                                    IntervalRule rule = {});
    // The elements of an array; none if it is absent, no array, or has too many or too few.
    [[nodiscard]] std::vector<Node> elements(std::string_view key, IntegerRange range);

    template <typename T, std::size_t N>
    [[nodiscard]] std::optional<T> choice(std::string_view key,
                                          const std::array<Choice<T>, N>& choices) {
        std::vector<std::string_view> words;
        for (const Choice<T>& each : choices) {
            words.push_back(each.word);
        }
        const std::optional<std::size_t> index = word_index(key, words);
        return index ? std::optional<T>(choices[*index].value) : std::nullopt;
    }

    // Reports every key that nobody asked for.
    void finish();

private:
    [[nodiscard]] std::optional<std::size_t> word_index(
        std::string_view key, const std::vector<std::string_view>& words);

    Input& input_;
    Node node_;
    std::string what_;
    bool is_object_;
    std::vector<std::string_view> known_;    // keys are literals of the callers
    std::vector<std::string_view> refused_;  // known elsewhere, and reported already
};

}  // namespace failback::model
