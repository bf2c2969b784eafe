// Reading one value after the other from a JSON text, with a problem for each that is not what it
// should be.
//
//  1. Nothing throws for bad input: a problem goes into the model::Input and a value of the right
//     type comes back, so that all problems of a file are found at once.
//  2. Members::finish() is called once, when every known member of an object was asked for; it
//     reports the others.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "model/file/design_input.hpp"

namespace failback::traces {

class Value {
public:
    Value(model::Input& input, model::Node node) : input_(input), node_(std::move(node)) {}

    [[nodiscard]] std::string text() const;
    [[nodiscard]] bool flag() const;
    [[nodiscard]] std::int64_t number(std::int64_t least, std::int64_t most) const;
    // Not below 0.
    [[nodiscard]] std::uint64_t natural() const;
    // Sixteen hexadecimal digits.
    [[nodiscard]] std::string hash() const;
    [[nodiscard]] nlohmann::json object() const;
    [[nodiscard]] std::vector<std::string> texts() const;

    template <std::size_t N>
    [[nodiscard]] std::string one_of(const std::array<std::string_view, N>& words) const {
        return one_of(std::vector<std::string_view>(words.begin(), words.end()));
    }
    [[nodiscard]] std::string one_of(const std::vector<std::string_view>& words) const;

    // convert(Value) for each element of an array.
    template <class Convert>
    [[nodiscard]] auto list(Convert convert) const {
        std::vector<decltype(convert(*this))> result;
        if (!json().is_array()) {
            wrong("an array");
            return result;
        }
        result.reserve(json().size());
        for (const nlohmann::json& element : json()) {
            result.push_back(convert(child(element, std::to_string(result.size()))));
        }
        return result;
    }

    // Reports it.
    void wrong(const std::string& expected) const;

private:
    friend class Members;

    [[nodiscard]] const nlohmann::json& json() const { return *node_.value; }
    [[nodiscard]] Value child(const nlohmann::json& value, std::string_view token) const {
        return {input_, {&value, model::child_pointer(node_.pointer, token)}};
    }

    model::Input& input_;
    model::Node node_;
};

class Members {
public:
    explicit Members(const Value& object);

    // read(Value) of a member that must be there.
    template <class Read>
    auto required(std::string_view name, Read read) {
        return member(name, read, decltype(read(object_)){}, true);
    }

    // read(Value) of a member that may be left out.
    template <class Read, class Result>
    Result optional(std::string_view name, Result otherwise, Read read) {
        return member(name, read, std::move(otherwise), false);
    }

    std::string text(std::string_view name);

    void finish() const;

private:
    template <class Read, class Result>
    Result member(std::string_view name, Read read, Result otherwise, bool is_required) {
        known_.push_back(name);
        const nlohmann::json* json = find(name, is_required);
        return json == nullptr ? otherwise : read(object_.child(*json, name));
    }

    const nlohmann::json* find(std::string_view name, bool is_required) const;

    Value object_;
    std::vector<std::string_view> known_;
};

}  // namespace failback::traces
