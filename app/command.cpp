#include "app/command.hpp"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include <fmt/format.h>

#include "model/file/design_file.hpp"
#include "model/file/design_text.hpp"
#include "model/file/profiles.hpp"
#include "traces/atomic_file.hpp"

namespace failback::app {

std::string read_text(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    std::string text;
    if (in && !std::filesystem::is_directory(file)) {
        text.assign(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    } else {
        in.setstate(std::ios::failbit);
    }
    if (!in) {
        throw model::InputError(
            {{file, {}, "", "no file that can be read", "the path of a file", ""}});
    }
    return text;
}

void refuse_word(std::string_view what, std::string_view word,
                 const std::vector<std::string_view>& known, const std::string& hint) {
    throw UsageError(fmt::format("found the {} {}, expected one of {}{}", what,
                                 model::in_quotes(word), model::quoted_list(known),
                                 hint.empty() ? "" : "; " + hint));
}

LoadedDesign load_design(const std::string& file) {
    std::string text = read_text(file);
    LoadedDesign loaded{model::parse_design(text, file), nlohmann::json::parse(text), {}, {}};
    loaded.resolved = model::resolved(loaded.json);
    loaded.text = std::move(text);
    return loaded;
}

LoadedDesign load_searched(const std::string& file) {
    LoadedDesign loaded = load_design(file);
    for (const model::Fault& fault : loaded.design.faults) {
        if (model::draws_messages(fault)) {
            throw model::InputError({{file, fault.position, "",
                                      fmt::format(R"({} with a "count" without limit)",
                                                  model::in_quotes(fault.name)),
                                      R"(a number of messages as its "count")",
                                      "a ratio is for simulations; a search has a budget"}});
        }
    }
    return loaded;
}

Json json_header(std::string_view command) {
    return {{"format", 1},
            {"tool", "failback"},
            {"version", std::string(version())},
            {"command", std::string(command)}};
}

namespace {

int print_error = 0;   // the first one

void note_print_error(bool failed) {
    if (failed && print_error == 0) {
        print_error = errno == 0 ? EIO : errno;
    }
}

}  // namespace

void print(std::string_view text) {
    errno = 0;
    note_print_error(std::fwrite(text.data(), 1, text.size(), stdout) != text.size());
}

// The parser of the command line prints its help to std::cout.
void require_printed() {
    errno = 0;
    note_print_error(!std::cout.flush());
    note_print_error(std::fflush(stdout) != 0 || std::ferror(stdout) != 0);
    if (print_error != 0) {
        throw traces::OutputError("stdout", print_error);
    }
}

void print_json(const Json& json) {
    print(json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

void say(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); }

void deliver(const std::string& file, std::string_view content) {
    if (file.empty() || file == "-") {
        print(content);
    } else {
        traces::write_file(file, content);
    }
}

std::string_view version() { return FAILBACK_VERSION; }

}  // namespace failback::app
