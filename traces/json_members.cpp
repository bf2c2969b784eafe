#include "traces/json_members.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "model/file/design_text.hpp"

namespace failback::traces {

using nlohmann::json;

std::string Value::text() const {
    if (!json().is_string()) {
        wrong("a string");
        return {};
    }
    return json().get<std::string>();
}

bool Value::flag() const {
    if (!json().is_boolean()) {
        wrong("true or false");
        return false;
    }
    return json().get<bool>();
}

std::int64_t Value::number(std::int64_t least, std::int64_t most) const {
    // An unsigned number of 2^63 or more would read as a negative one.
    const bool fits = !json().is_number_unsigned() || json().get<std::uint64_t>() < (1ULL << 63U);
    if (json().is_number_integer() && fits) {
        const auto value = json().get<std::int64_t>();
        if (value >= least && value <= most) {
            return value;
        }
    }
    wrong(fmt::format("a whole number from {} to {}", least, most));
    return least;
}

std::uint64_t Value::natural() const {
    if (!json().is_number_unsigned()) {
        wrong("a whole number, not below 0");
        return 0;
    }
    return json().get<std::uint64_t>();
}

std::string Value::hash() const {
    constexpr std::string_view kDigits = "0123456789abcdef";
    if (json().is_string()) {
        const auto& text = json().get_ref<const std::string&>();
        if (text.size() == 16 && text.find_first_not_of(kDigits) == std::string::npos) {
            return text;
        }
    }
    wrong("sixteen hexadecimal digits");
    return {};
}

json Value::object() const {
    if (!json().is_object()) {
        wrong("an object");
    }
    return json();
}

std::vector<std::string> Value::texts() const {
    return list([](const Value& value) { return value.text(); });
}

std::string Value::one_of(const std::vector<std::string_view>& words) const {
    if (json().is_string()) {
        const auto& text = json().get_ref<const std::string&>();
        if (std::find(words.begin(), words.end(), text) != words.end()) {
            return text;
        }
    }
    wrong("one of " + model::quoted_list(words));
    return {};
}

void Value::wrong(const std::string& expected) const {
    input_.report(node_, {model::describe(json()), expected});
}

Members::Members(const Value& object) : object_(object) {
    if (!object.json().is_object()) {
        object.wrong("an object");
    }
}

std::string Members::text(std::string_view name) {
    return required(name, [](const Value& value) { return value.text(); });
}

void Members::finish() const {
    if (!object_.json().is_object()) {
        return;
    }
    for (const auto& [key, value] : object_.json().items()) {
        if (std::find(known_.begin(), known_.end(), key) == known_.end()) {
            object_.input_.report_key(
                object_.child(value, key).node_,
                {"the unknown member " + model::in_quotes(key),
                 "one of " + model::quoted_list(known_), model::did_you_mean(key, known_)});
        }
    }
}

const json* Members::find(std::string_view name, bool is_required) const {
    if (!object_.json().is_object()) {
        return nullptr;
    }
    const auto found = object_.json().find(name);
    if (found != object_.json().end()) {
        return &*found;
    }
    if (is_required) {
        object_.input_.report(object_.node_, {"no member " + model::in_quotes(name),
                                              "a member " + model::in_quotes(name)});
    }
    return nullptr;
}

}  // namespace failback::traces
