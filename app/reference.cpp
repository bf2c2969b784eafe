// failback properties, schema, version: what the program knows by heart.
#include <fmt/format.h>

#include "app/arguments.hpp"
#include "app/command.hpp"
#include "model/file/design_file.hpp"
#include "properties/atoms.hpp"
#include "properties/catalogue.hpp"
#include "traces/trace.hpp"

namespace failback::app {

namespace {

const char* arguments_of(properties::Arguments arguments) {
    constexpr const char* forms[] = {"(LINE)", "(SERVER)", "(LINE, SERVER)", "(SERVER, LINE)"};
    return forms[static_cast<std::size_t>(arguments)];
}

void print_properties() {
    print("Properties of the catalogue\n");
    for (const auto& entry : properties::catalogue()) {
        print(fmt::format("\n{} ({})\n  {}\n  catches: {}\n", entry.id, entry.code, entry.says,
                          entry.catches));
        if (!entry.bound.empty()) {
            print(fmt::format("  bound:   {}\n", entry.bound));
        }
        print(fmt::format("  source:  {}\n", entry.source));
    }
    print("\nThe property language\n"
          "  never A [until U]\n"
          "  never A for D [until U]\n"
          "  never A more than N times [since U]\n"
          "  never A more than N times within D\n"
          "  always A [until U]\n"
          "  whenever P then never A [until U]\n"
          "  whenever P then never A before D [until U]\n"
          "  whenever P then always A [until U]\n"
          "  whenever P then always A for D [until U]\n"
          "  whenever P then R within D [unless U]\n"
          "  whenever P then R within D and stays [unless U]\n"
          "with conditions and events, joined by and, or, not and brackets:\n");
    for (const bool event : {false, true}) {
        for (const auto& shape : properties::atom_shapes()) {
            if (shape.event == event) {
                print(fmt::format("  {:<28} {}: {}\n",
                                  std::string(shape.word) + arguments_of(shape.arguments),
                                  event ? "event" : "condition", shape.meaning));
            }
        }
    }
}

void print_properties_json() {
    Json json = json_header("properties");
    json["catalogue"] = Json::array();
    for (const auto& entry : properties::catalogue()) {
        json["catalogue"].push_back({{"id", std::string(entry.id)},
                                     {"code", std::string(entry.code)},
                                     {"says", std::string(entry.says)},
                                     {"catches", std::string(entry.catches)},
                                     {"bound", std::string(entry.bound)},
                                     {"source", std::string(entry.source)}});
    }
    json["atoms"] = Json::array();
    for (const auto& shape : properties::atom_shapes()) {
        json["atoms"].push_back({{"word", std::string(shape.word)},
                                 {"arguments", arguments_of(shape.arguments)},
                                 {"kind", shape.event ? "event" : "condition"},
                                 {"meaning", std::string(shape.meaning)}});
    }
    print_json(json);
}

}  // namespace

int run_properties(bool json) {
    json ? print_properties_json() : print_properties();
    return kAllHold;
}

int run_schema() {
    print(model::kDesignSchema);
    return kAllHold;
}

int run_version(bool json) {
    if (!json) {
        print(fmt::format("failback {} (design format 1, trace format {})\n", version(),
                          traces::kTraceFormat));
        return kAllHold;
    }
    Json object = json_header("version");
    object["design_format"] = 1;
    object["trace_format"] = traces::kTraceFormat;
    print_json(object);
    return kAllHold;
}

}  // namespace failback::app
