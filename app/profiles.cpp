// failback profiles: the products that a design may name, and what is known of one.
#include <fmt/format.h>

#include "app/arguments.hpp"
#include "app/command.hpp"
#include "model/file/design_text.hpp"
#include "model/file/profiles.hpp"

namespace failback::app {

namespace {

using model::Profile;

constexpr std::size_t kColumns = 100;

std::vector<Profile> all_profiles() {
    std::vector<Profile> profiles;
    for (const std::string_view name : model::profile_names()) {
        profiles.push_back(*model::find_profile(name));
    }
    return profiles;
}

Profile profile_called(const std::string& name) {
    if (auto profile = model::find_profile(name)) {
        return *std::move(profile);
    }
    const auto known = model::profile_names();
    refuse_word("profile", name, known, model::did_you_mean_profile(name, known));
}

// `text` broken at spaces, the lines behind the first one indented.
std::string wrapped(std::string_view text, std::size_t indent) {
    std::string result;
    std::size_t used = indent;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        if (used + end > kColumns && used > indent) {
            result.back() = '\n';
            result.append(indent, ' ');
            used = indent;
        }
        result += std::string(text.substr(0, end)) + ' ';
        used += end + 1;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    result.pop_back();
    return result;
}

void print_list() {
    print("A phone or server of a design takes the values of a product with \"profile\": NAME.\n");
    const std::vector<Profile> profiles = all_profiles();
    for (const bool phones : {true, false}) {
        print(phones ? "\nphones\n" : "\nservers\n");
        for (const Profile& profile : profiles) {
            const bool is_phone = profile.kind == model::ProfileKind::phone;
            if (is_phone == phones) {
                print(
                    fmt::format("  {:<24}{}{}\n", profile.name,
                                is_phone ? "" : fmt::format("{:<11}", model::word_of(profile.kind)),
                                profile.product));
            }
        }
    }
}

void print_profile(const Profile& profile) {
    print(
        fmt::format("{} ({}): {}\n", profile.name, model::word_of(profile.kind), profile.product));
    print("  " + wrapped(profile.description, 2) + "\n\nvalues (? where they are not certain)\n");
    for (const model::ProfileValue& value : profile.values) {
        print(fmt::format("  {:<22}{} {}\n", value.key, value.certain ? " " : "?",
                          value.value.dump()));
        print("      " + wrapped(value.source, 6) + "\n");
    }
    print(profile.values.empty() ? "  none\nnot modelled\n" : "not modelled\n");
    for (const std::string& rule : profile.not_modelled) {
        print("  - " + wrapped(rule, 4) + "\n");
    }
    print("sources\n");
    for (const auto& [key, title] : profile.documents) {
        print(fmt::format("  {:<10}{}\n", key, wrapped(title, 12)));
    }
}

Json to_json(const Profile& profile) {
    Json json{{"name", profile.name},
              {"kind", std::string(model::word_of(profile.kind))},
              {"product", profile.product},
              {"description", profile.description}};
    json["documents"] = Json::object();
    for (const auto& [key, title] : profile.documents) {
        json["documents"][key] = title;
    }
    json["values"] = Json::object();
    for (const model::ProfileValue& value : profile.values) {
        json["values"][value.key] = {
            {"value", value.value}, {"certain", value.certain}, {"source", value.source}};
    }
    json["not_modelled"] = profile.not_modelled;
    return json;
}

}  // namespace

int run(const ProfilesArguments& arguments) {
    if (!arguments.json && arguments.name.empty()) {
        print_list();
    } else if (!arguments.json) {
        print_profile(profile_called(arguments.name));
    } else {
        Json json = json_header("profiles");
        json["profiles"] = Json::array();
        for (const Profile& profile : arguments.name.empty()
                                          ? all_profiles()
                                          : std::vector{profile_called(arguments.name)}) {
            json["profiles"].push_back(to_json(profile));
        }
        print_json(json);
    }
    return kAllHold;
}

}  // namespace failback::app
