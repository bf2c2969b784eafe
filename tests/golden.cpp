#include "tests/golden.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string_view>

#include <catch2/catch.hpp>

#include "traces/atomic_file.hpp"
#include "traces/trace_file.hpp"

namespace failback::tests {
namespace {

std::string path_of(const std::string& name) { return FAILBACK_SOURCE_DIR "/tests/data/" + name; }

bool updates() {
    const char* value = std::getenv("UPDATE");
    return value != nullptr && std::string_view(value) == "1";
}

}  // namespace

std::string read_data(const std::string& name) {
    std::ifstream file(path_of(name), std::ios::binary);
    INFO("cannot read " << path_of(name) << "; UPDATE=1 writes golden files");
    REQUIRE(file.is_open());
    std::ostringstream content;
    content << file.rdbuf();
    return std::move(content).str();
}

traces::Trace read_trace(const std::string& name) {
    return traces::parse_trace(read_data(name + ".trace.json"), name);
}

void check_golden(const std::string& name, const std::string& text) {
    const std::string file = "golden/" + name;
    if (updates()) {
        traces::write_file(path_of(file), text);
    }
    const bool is_equal = read_data(file) == text;
    INFO("tests/data/" << file << " differs; UPDATE=1 rewrites it");
    CHECK(is_equal);
}

}  // namespace failback::tests
