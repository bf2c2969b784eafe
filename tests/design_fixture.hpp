// A small design to change, and what its reader says to the change.
#pragma once

#include <algorithm>
#include <fstream>
#include <string>
#include <utility>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "model/file/design_file.hpp"
#include "model/file/profiles.hpp"

namespace failback::tests {

using nlohmann::json;

inline json minimal() {
    return json::parse(R"({
        "format": 1, "name": "minimal",
        "servers": [{"name": "primary"}, {"name": "gateway", "kind": "gateway"}],
        "phones": [{"name": "phone", "lines": [{"name": "line1", "aor": "sip:1@example.com"}],
                    "servers": ["primary", "gateway"]}]})");
}

inline json with(const char* pointer, json value) {
    json design = minimal();
    design[json::json_pointer(pointer)] = std::move(value);
    return design;
}

// A design that ships, by its name below designs/, with the values of its profiles.
inline json shipped(const std::string& name) {
    std::ifstream in(FAILBACK_SOURCE_DIR "/designs/" + name + ".json");
    return model::resolved(json::parse(in));
}

inline model::Design read(const json& design) {
    return model::parse_design(design.dump(), "d.json");
}

// One line for each problem, without the position, which is that of the text on one line.
inline std::string problems_of(const json& design) {
    try {
        (void)read(design);
    } catch (const model::InputError& error) {
        std::string text;
        for (const model::Problem& problem : error.problems()) {
            CHECK(problem.position.line == 1);
            text += fmt::format("{}: {} | {} | {}\n", problem.pointer, problem.found,
                                problem.expected, problem.hint);
        }
        return text;
    }
    return "none";
}

inline std::string problems_of(const char* pointer, json value) {
    return problems_of(with(pointer, std::move(value)));
}

// That there is one problem, and `expected` in its text.
inline void check_problem(const char* pointer, json value, const std::string& expected) {
    const std::string problems = problems_of(pointer, std::move(value));
    CAPTURE(problems, expected);
    CHECK(problems.find(expected) != std::string::npos);
    CHECK(std::count(problems.begin(), problems.end(), '\n') == 1);
}

}  // namespace failback::tests
