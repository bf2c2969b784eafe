#include "model/file/design_file.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include <fmt/format.h>

#include "model/file/design_parts.hpp"
#include "model/file/design_text.hpp"
#include "model/file/json_source.hpp"
#include "model/file/profiles.hpp"

namespace failback::model {
namespace {

constexpr std::size_t kLargestFile = 16U << 20U;

[[noreturn]] void refuse_file(const std::string& file, std::string found, std::string expected) {
    throw InputError({{file, {}, {}, std::move(found), std::move(expected), {}}});
}

std::string read_file(const std::string& file) {
    std::error_code ignored;
    if (std::filesystem::is_directory(file, ignored)) {
        refuse_file(file, "a directory", "a design file");
    }
    errno = 0;
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        refuse_file(file, std::string("no readable file: ") + std::strerror(errno),
                    "a design file");
    }
    // One byte more than allowed, so that an endless device cannot fill the memory.
    std::string text(kLargestFile + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (stream.bad()) {
        refuse_file(file, "a file that cannot be read to its end", "a design file");
    }
    return text;
}

// Of a later format nothing but this can be said for certain.
void require_format(Input& input, ObjectReader& root) {
    const std::optional<Node> node = root.required("format", "1");
    if (node && *node->value != 1) {
        const bool is_number = node->value->is_number_integer();
        input.report(*node, {describe(*node->value), "1, the only format of design files so far",
                             is_number ? "" : "a number, without quotes"});
        if (is_number) {
            throw InputError(input.problems());
        }
    }
}

// Each of its members would be a problem.
void require_no_trace(const JsonSource& source, const std::string& file) {
    const nlohmann::json& root = source.root();
    if (root.is_object() && root.contains("choices") && root.contains("steps")) {
        throw InputError({{file, source.value_position(""), "", "a trace", "a design",
                           "that of a trace is its member \"design\""}});
    }
}

}  // namespace

Design parse_design(std::string_view text, const std::string& file) {
    if (text.size() > kLargestFile) {
        refuse_file(file, "more than 16 MiB", "a design file, which is smaller");
    }
    const JsonSource source(text, file);
    require_no_trace(source, file);
    const nlohmann::json complete = resolved(source.root());
    Input input(source, complete, file);
    DesignParts parts(input);
    ObjectReader root(input, input.root(), "a design");
    (void)root.text("$schema");
    require_format(input, root);
    parts.design.file = file;
    parts.design.name = root.required("name", "a short text") ? root.text("name").value_or("") : "";
    parts.design.description = root.text("description").value_or("");
    root.skip_notes();
    read_servers(parts, root);
    read_dns(parts, root);
    read_phones(parts, root);
    read_links(parts, root);
    read_faults(parts, root);
    read_call_plans(parts, root);
    read_incoming(parts, root);
    read_seizures(parts, root);
    read_changes(parts, root);
    check_proxies(parts);
    check_passing(parts);
    check_later(parts);
    check_awaited(parts);
    check_updates(parts);
    check_waiting(parts, root);
    read_properties(parts, root);
    root.finish();
    if (std::vector<Problem> problems = input.problems(); !problems.empty()) {
        throw InputError(std::move(problems));
    }
    return std::move(parts.design);
}

Design read_design(const std::string& file) { return parse_design(read_file(file), file); }

}  // namespace failback::model
