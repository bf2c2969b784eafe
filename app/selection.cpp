#include "app/selection.hpp"

#include <algorithm>
#include <cctype>

#include "app/command.hpp"
#include "model/file/design_file.hpp"
#include "model/file/design_text.hpp"

namespace failback::app {

namespace {

using properties::Instance;

// A text in the property language begins with one of these words, and something after it.
bool is_text(std::string_view wanted) {
    constexpr std::string_view kBlank = " \t\n";
    const std::size_t begin = wanted.find_first_not_of(kBlank);
    if (begin == std::string_view::npos) {
        return false;
    }
    const std::size_t end = wanted.find_first_of(" \t\n(", begin);
    std::string word(wanted.substr(begin, end - begin));
    std::ranges::transform(word, word.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    return word == "never" || word == "always" || word == "whenever";
}

bool is_called(const Instance& instance, const std::string& wanted) {
    return instance.name == wanted ||
           instance.name.substr(0, instance.name.find('(')) == wanted;
}

Instance from_text(const model::Design& design, const std::string& text) {
    try {
        Instance instance;
        instance.property = properties::parse_property(text, design);
        instance.says = properties::to_text(instance.property, design);
        instance.name = instance.says;
        return instance;
    } catch (const properties::LanguageError& error) {
        throw UsageError("--property: at character " + std::to_string(error.column()) + ": " +
                         error.what());
    }
}

// All instances that the catalogue has for the design.
std::vector<Instance> from_catalogue(model::Design design) {
    design.properties.clear();
    design.all_properties = true;
    return properties::instances_of(design);
}

// REQUIRES: it is nothing that the design or the catalogue has for it.
[[noreturn]] void refuse(const std::string& wanted, const std::vector<Instance>& instances) {
    std::vector<std::string_view> known;
    for (const auto& entry : properties::catalogue()) {
        known.push_back(entry.id);
    }
    const std::string base = wanted.substr(0, wanted.find('('));
    std::string expected = "a property that applies to this design";
    std::string hint = model::did_you_mean(wanted, known);
    if (std::ranges::find(known, base) != known.end()) {
        std::vector<std::string_view> names;
        for (const Instance& instance : instances) {
            if (is_called(instance, base)) {
                names.push_back(instance.name);
            }
        }
        expected = names.empty() ? "one that applies to this design: that one says nothing about it"
                                 : "one of " + model::quoted_list(names);
        hint.clear();
    }
    throw UsageError("--property: found " + model::in_quotes(wanted) + ", expected " + expected +
                     " (failback properties lists the catalogue)" +
                     (hint.empty() ? "" : "; " + hint));
}

}  // namespace

std::vector<Instance> select(const model::Design& design,
                             const std::vector<std::string>& wanted) {
    std::vector<Instance> listed = properties::instances_of(design);
    if (wanted.empty()) {
        if (listed.empty()) {
            throw model::InputError({{design.file, {}, "/properties", "no property that applies",
                                      "at least one property to check", ""}});
        }
        return listed;
    }
    const std::vector<Instance> more = from_catalogue(design);
    std::vector<Instance> chosen;
    for (const std::string& name : wanted) {
        if (is_text(name)) {
            chosen.push_back(from_text(design, name));
            continue;
        }
        const std::size_t before = chosen.size();
        const auto called = [&name](const Instance& instance) {
            return is_called(instance, name);
        };
        std::ranges::copy_if(listed, std::back_inserter(chosen), called);
        if (chosen.size() == before) {
            std::ranges::copy_if(more, std::back_inserter(chosen), called);
        }
        if (chosen.size() == before) {
            refuse(name, more);
        }
    }
    return chosen;
}

bool is_fixed(const model::Design& design, const std::string& goal) {
    const auto is_given = [](const model::PropertyUse& use) {
        return use.within || !use.says.empty();
    };
    const auto uses = [&goal](const model::PropertyUse& use) {
        return (use.name.empty() ? use.use : use.name) == goal.substr(0, goal.find('('));
    };
    return is_text(goal) ||
           (std::ranges::any_of(design.properties, uses) &&
            std::ranges::all_of(design.properties, [&](const model::PropertyUse& use) {
                return !uses(use) || is_given(use);
            }));
}

}  // namespace failback::app
