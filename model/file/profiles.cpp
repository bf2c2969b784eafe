#include "model/file/profiles.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "model/file/design_text.hpp"
#include "model/file/embedded_profiles.hpp"

namespace failback::model {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 3> kKinds{"phone", "registrar", "gateway"};

struct List {
    const char* key;
    bool of_phones;
};
constexpr std::array<List, 2> kLists{{{"servers", false}, {"phones", true}}};

ProfileKind kind_of(std::string_view word) {
    const auto found = std::ranges::find(kKinds, word);
    return static_cast<ProfileKind>(found - kKinds.begin());
}

bool is_phone(const Profile& profile) { return profile.kind == ProfileKind::phone; }

// The files are part of the program, and a test reads each: what is wrong with one is a defect.
Profile parsed(std::string_view text) {
    const auto file = nlohmann::ordered_json::parse(text);
    Profile profile;
    profile.name = file.at("name");
    profile.kind = kind_of(file.at("kind").get<std::string>());
    profile.product = file.at("product");
    profile.description = file.at("description");
    for (const auto& [key, title] : file.at("documents").items()) {
        profile.documents.push_back({key, title});
    }
    for (const auto& [key, value] : file.at("values").items()) {
        profile.values.push_back(
            {key, json(value.at("value")), value.at("source"), value.at("certain")});
    }
    for (const auto& text_of_rule : file.at("not_modelled")) {
        profile.not_modelled.push_back(text_of_rule);
    }
    return profile;
}

// Waits after failed attempts: for each outcome, or growing ones for both.
bool is_by_outcome(const json& retry) {
    return retry.contains("rejected") || retry.contains("unanswered");
}

bool is_growing(const json& retry) { return retry.contains("base") || retry.contains("max"); }

// Whether the object that a design writes stands for itself.
bool replaces(const json& profile, const json& written) {
    const bool has_rule = written.contains("rule");
    const bool has_order = written.contains("order");
    return (has_order && (!profile.contains("order") || profile["order"] != written["order"])) ||
           written.contains("after") != profile.contains("after") ||
           (written.contains("method") && profile.value("method", json{}) != written["method"]) ||
           (is_by_outcome(profile) && is_growing(written)) ||
           (is_growing(profile) && is_by_outcome(written)) ||
           (has_rule && (!profile.contains("rule") || profile["rule"] != written["rule"])) ||
           (written.contains("to") && written["to"] == "nobody");
}

// One subscription, and a list of several, take the place of each other.
void keep_one_list(json& profile, const json& written) {
    if (written.contains("subscription")) {
        profile.erase("subscriptions");
    }
    if (written.contains("subscriptions")) {
        profile.erase("subscription");
    }
}

std::optional<Profile> named_by(const json& part, bool of_phones) {
    if (!part.is_object() || !part.contains("profile") || !part["profile"].is_string()) {
        return std::nullopt;
    }
    std::optional<Profile> profile = find_profile(part["profile"].get<std::string>());
    const bool fits = profile && is_phone(*profile) == of_phones;
    return fits ? std::move(profile) : std::nullopt;
}

}  // namespace

std::string_view word_of(ProfileKind kind) { return kKinds.at(static_cast<std::size_t>(kind)); }

std::vector<std::string_view> profile_names() {
    std::vector<std::string_view> names;
    std::ranges::transform(kProfiles, std::back_inserter(names), &EmbeddedFile::name);
    return names;
}

std::vector<std::string_view> profile_names(bool of_phones) {
    std::vector<std::string_view> names = profile_names();
    std::erase_if(names, [of_phones](std::string_view name) {
        return is_phone(*find_profile(name)) != of_phones;
    });
    return names;
}

std::optional<Profile> find_profile(std::string_view name) {
    const auto found = std::ranges::find(kProfiles, name, &EmbeddedFile::name);
    return found != kProfiles.end() ? std::optional(parsed(found->text)) : std::nullopt;
}

std::string did_you_mean_profile(std::string_view name,
                                 const std::vector<std::string_view>& known) {
    constexpr std::size_t kShortest = 3;
    const auto alike = std::ranges::find_if(known, [name](std::string_view candidate) {
        return name.size() >= kShortest && candidate.starts_with(name);
    });
    return alike != known.end() ? "did you mean " + in_quotes(*alike) + "?"
                                : did_you_mean(name, known);
}

json& place_in(json& root, const json::json_pointer& place) {
    if (place.empty()) {
        return root;
    }
    json& parent = place_in(root, place.parent_pointer());
    if (parent.is_null()) {
        parent = json::object();
    }
    return parent[json::json_pointer("/" + place.back())];
}

json values_of(const Profile& profile) {
    json values = json::object();
    if (!is_phone(profile)) {
        values["kind"] = std::string(word_of(profile.kind));
    }
    for (const ProfileValue& value : profile.values) {
        place_in(values, json::json_pointer("/" + value.key)) = value.value;
    }
    return values;
}

json merged(const json& profile, const json& written) {
    if (replaces(profile, written)) {
        return written;
    }
    json result = profile;
    for (const auto& [key, value] : written.items()) {
        const bool merges = value.is_object() && result.contains(key) && result[key].is_object();
        result[key] = merges ? merged(result[key], value) : value;
    }
    return result;
}

json resolved(const json& design) {
    json result = design;
    for (const List& list : kLists) {
        if (!result.is_object() || !result.contains(list.key) || !result[list.key].is_array()) {
            continue;
        }
        for (json& part : result[list.key]) {
            if (const auto profile = named_by(part, list.of_phones)) {
                part.erase("profile");
                json values = values_of(*profile);
                if (list.of_phones) {
                    keep_one_list(values, part);
                }
                part = merged(values, part);
            }
        }
    }
    return result;
}

std::string profile_around(const json& design, std::string_view pointer) {
    for (const List& list : kLists) {
        const std::string start = std::string("/") + list.key + "/";
        if (!pointer.starts_with(start)) {
            continue;
        }
        const std::size_t end = std::min(pointer.find('/', start.size()), pointer.size());
        const json::json_pointer part{std::string(pointer.substr(0, end))};
        const auto profile =
            design.contains(part) ? named_by(design[part], list.of_phones) : std::nullopt;
        return profile ? profile->name : "";
    }
    return {};
}

std::string profile_of(const json& design, const std::string& pointer) {
    const json::json_pointer place(pointer);
    const bool is_written = design.contains(place);
    return !is_written && resolved(design).contains(place) ? profile_around(design, pointer) : "";
}

}  // namespace failback::model
