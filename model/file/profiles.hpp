// Profiles: what documents or measurements say of a product, as values for keys of a design.
//
//  1. A value stands under the path of its key within a phone or server: "expires",
//     "refresh/lead". Each has a source, which begins with the key of a document.
//  2. What a design writes itself wins. Objects are merged member by member, with three
//     exceptions, in which the object of the design replaces that of the profile: a `rule` that
//     differs, "to": "nobody", and waits that grow instead of a wait for each outcome, or the other
//     way round.
//  3. resolved(resolved(design)) == resolved(design): the values are written out.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace failback::model {

enum class ProfileKind : unsigned char { phone, registrar, gateway };

struct ProfileDocument {
    std::string key;
    std::string title;
};

struct ProfileValue {
    std::string key;
    nlohmann::json value;
    std::string source;
    bool certain = false;  // false: derived, of a relative, or contradicted elsewhere
};

struct Profile {
    std::string name;
    ProfileKind kind = ProfileKind::phone;
    std::string product;
    std::string description;
    std::vector<ProfileDocument> documents;
    std::vector<ProfileValue> values;
    std::vector<std::string> not_modelled;
};

[[nodiscard]] std::string_view word_of(ProfileKind kind);

// Always in the same order.
[[nodiscard]] std::vector<std::string_view> profile_names();
[[nodiscard]] std::vector<std::string_view> profile_names(bool of_phones);
[[nodiscard]] std::optional<Profile> find_profile(std::string_view name);

// A name that was probably meant: one that begins alike, or is close. Empty if there is none.
[[nodiscard]] std::string did_you_mean_profile(std::string_view name,
                                               const std::vector<std::string_view>& known);

// The value at a place. Missing objects around it are made: a key may look like an index ("403").
[[nodiscard]] nlohmann::json& place_in(nlohmann::json& root,
                                       const nlohmann::json::json_pointer& place);

// What a phone or server would have to write to be like the profile.
[[nodiscard]] nlohmann::json values_of(const Profile& profile);

// `written` wins over `profile`; both are objects.
[[nodiscard]] nlohmann::json merged(const nlohmann::json& profile, const nlohmann::json& written);

// The JSON of a design with the values of its profiles written out and without its `profile` keys.
// A key that names no profile of the right kind stays.
[[nodiscard]] nlohmann::json resolved(const nlohmann::json& design);

// The profile that the phone or server around a place of a design names; empty if there is none.
[[nodiscard]] std::string profile_around(const nlohmann::json& design, std::string_view pointer);

// The profile that the value at a place comes from; empty for what the design writes itself and
// for defaults.
[[nodiscard]] std::string profile_of(const nlohmann::json& design, const std::string& pointer);

}  // namespace failback::model
