#include "model/file/vary.hpp"

#include <charconv>
#include <stdexcept>
#include <vector>

#include "model/duration.hpp"
#include "model/file/design_text.hpp"
#include "model/file/json_source.hpp"
#include "model/file/profiles.hpp"

namespace failback::model {

namespace {

using nlohmann::json;

[[noreturn]] void refuse(const std::string& found, const std::string& expected) {
    throw std::invalid_argument("found " + found + ", expected " + expected);
}

std::optional<std::int64_t> number_in(const std::string& text) {
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, value);
    return error == std::errc{} && rest == end && !text.empty() ? std::optional(value)
                                                                : std::nullopt;
}

// Number of the element that a token means: its position, or its name.
std::size_t element(const json& list, const std::string& token, const std::string& pointer) {
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const json* name = &list[i];
        if (name->is_object()) {
            const auto found = name->find("name");
            name = found == name->end() ? nullptr : &*found;
        }
        if (name != nullptr && name->is_string()) {
            const auto& text = name->get_ref<const std::string&>();
            if (text == token) {
                return i;
            }
            names.push_back(text);
        }
    }
    const auto index = number_in(token);
    if (index && *index >= 0 && static_cast<std::size_t>(*index) < list.size()) {
        return static_cast<std::size_t>(*index);
    }
    const std::string hint = did_you_mean(token, names);
    refuse(in_quotes(token) + " in " + (pointer.empty() ? "/" : pointer),
           "a name or a number below " + std::to_string(list.size()) +
               (hint.empty() ? "" : "; " + hint));
}

// What is not written yet may be a member of an object, at any depth.
std::string pointer_of(const std::string& key, const json& design) {
    const std::string path = key.starts_with('/') ? key : "/" + key;
    std::string pointer;
    const json* place = &design;
    for (std::size_t begin = 1; begin <= path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        std::string token = path.substr(begin, end - begin);
        begin = end + 1;
        if (token.empty()) {
            refuse(in_quotes(key), "a key such as /phones/phone/retry/1");
        }
        if (place != nullptr && place->is_array()) {
            token = std::to_string(element(*place, token, pointer));
            place = &(*place)[std::stoul(token)];
        } else if (place != nullptr && !place->is_object()) {
            refuse(pointer + ", which is " + place->dump(),
                   number_in(token) ? "a list; an interval is written [\"30s\", \"60s\"]"
                                    : "an object with " + in_quotes(token));
        } else if (place != nullptr) {
            const auto member = place->find(token);
            place = member == place->end() ? nullptr : &*member;
        }
        pointer = child_pointer(pointer, token);
    }
    return pointer;
}

// A value of one of the two kinds, in the unit of the kind.
std::optional<std::int64_t> value_in(const std::string& text, bool duration) {
    if (!duration) {
        return number_in(text);
    }
    const DurationReading reading = parse_duration(text);
    return reading.value ? std::optional<std::int64_t>(*reading.value) : std::nullopt;
}

std::optional<std::int64_t> present_value(const json& design, const std::string& pointer,
                                          bool duration) {
    const json::json_pointer place(pointer);
    if (!design.contains(place)) {
        return std::nullopt;
    }
    const json& value = design.at(place);
    if (value.is_string()) {
        return value_in(value.get<std::string>(), duration);
    }
    return value.is_number_integer() && !duration ? std::optional(value.get<std::int64_t>())
                                                  : std::nullopt;
}

}  // namespace

Variation parse_variation(const std::string& text, const json& design) {
    const std::size_t equals = text.find('=');
    const std::size_t dots = text.find("..", equals == std::string::npos ? 0 : equals);
    if (equals == std::string::npos || dots == std::string::npos) {
        refuse(in_quotes(text), "KEY=LOW..HIGH, such as /phones/phone/retry/1=30s..120s");
    }
    const std::string low = text.substr(equals + 1, dots - equals - 1);
    const std::string high = text.substr(dots + 2);
    Variation variation;
    variation.pointer = pointer_of(text.substr(0, equals), design);
    variation.duration = !number_in(low);
    const auto first = value_in(low, variation.duration);
    const auto last = value_in(high, variation.duration);
    if (!first || !last) {
        refuse(in_quotes(first ? high : low),
               first && !variation.duration ? "a whole number, as the other end is"
                                            : "a duration such as 53500ms, or a whole number");
    }
    if (*first > *last) {
        refuse(in_quotes(low + ".." + high), "the lower end first");
    }
    variation.low = *first;
    variation.high = *last;
    variation.present = present_value(design, variation.pointer, variation.duration);
    return variation;
}

json value_of(const Variation& variation, std::int64_t value) {
    return variation.duration ? json(duration_text(static_cast<DelayMs>(value))) : json(value);
}

json with_value(const json& design, const Variation& variation, std::int64_t value) {
    json changed = design;
    changed[json::json_pointer(variation.pointer)] = value_of(variation, value);
    return changed;
}

json with_interval(const json& design, const Variation& variation, std::int64_t low,
                   std::int64_t high) {
    json changed = design;
    changed[json::json_pointer(variation.pointer)] = {value_of(variation, low),
                                                      value_of(variation, high)};
    return changed;
}

std::optional<json> with_one_end(const json& design, const Variation& variation) {
    const json::json_pointer place(variation.pointer);
    if (!variation.duration || place.empty() || !design.contains(place.parent_pointer())) {
        return std::nullopt;
    }
    const json& pair = design.at(place.parent_pointer());
    if (!pair.is_array() || pair.size() != 2 || !pair[0].is_string()) {
        return std::nullopt;
    }
    json changed = design;
    changed[place.parent_pointer()] = pair[0];
    return changed;
}

}  // namespace failback::model
