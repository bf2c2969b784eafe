// failback import: a design from the configuration of real phones.
#include <fmt/format.h>

#include "app/arguments.hpp"
#include "app/command.hpp"
#include "model/file/design_file.hpp"
#include "model/file/design_text.hpp"
#include "model/import/import.hpp"

namespace failback::app {

namespace {

constexpr std::size_t kLargestFile = 16U << 20U;

void require_vendor(const std::string& name) {
    std::vector<std::string_view> known;
    for (const model::Vendor& vendor : model::vendors()) {
        if (vendor.name == name) {
            return;
        }
        known.push_back(vendor.name);
    }
    refuse_word("vendor", name, known, model::did_you_mean(name, known));
}

model::ConfigFile read_config(const std::string& file) {
    std::string text = read_text(file);
    if (text.size() > kLargestFile) {
        throw model::InputError(
            {{file, {}, {}, "more than 16 MiB", "a configuration file, which is smaller", {}}});
    }
    return {file, std::move(text)};
}

}  // namespace

int run(const ImportArguments& arguments) {
    require_vendor(arguments.vendor);
    std::vector<model::ConfigFile> files;
    for (const std::string& file : arguments.files) {
        files.push_back(read_config(file));
    }
    const model::ImportedDesign imported = model::import_design(arguments.vendor, files);
    if (arguments.json) {
        Json json = json_header("import");
        json["vendor"] = arguments.vendor;
        json["files"] = arguments.files;
        json["unknown"] = imported.unknown;
        json["design"] = Json::parse(imported.text);
        if (!arguments.output.empty()) {
            deliver(arguments.output, imported.text);
        }
        print_json(json);
        return kAllHold;
    }
    deliver(arguments.output, imported.text);
    for (const std::string& line : imported.unknown) {
        say(line + "\n");
    }
    say(fmt::format("{} notes in the design say what was assumed and left out\n", imported.notes));
    if (!arguments.output.empty() && arguments.output != "-") {
        say(fmt::format("next: failback check {}\n", arguments.output));
    }
    return kAllHold;
}

}  // namespace failback::app
