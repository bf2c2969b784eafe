#include "traces/trace_file.hpp"

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include <catch2/catch.hpp>

#include "model/file/design_file.hpp"
#include "tests/golden.hpp"
#include "traces/atomic_file.hpp"

namespace failback::tests::trace_file_test {
namespace {

using model::InputError;
using model::Problem;
using nlohmann::json;

const std::vector<std::string> kTraces{"crash", "loss", "phones"};

std::vector<Problem> problems_of(const std::string& text) {
    try {
        static_cast<void>(traces::parse_trace(text, "t.json"));
    } catch (const InputError& error) {
        return error.problems();
    }
    return {};
}

// The one problem that a trace has after an edit.
Problem problem_after(const std::string& name, void (*edit)(json&)) {
    json trace = json::parse(read_data(name + ".trace.json"));
    edit(trace);
    const std::vector<Problem> problems = problems_of(trace.dump(2));
    REQUIRE(problems.size() == 1);
    return problems.front();
}

// Neither crashes nor throws anything but InputError.
bool is_parsed_or_refused(const std::string& text) {
    try {
        static_cast<void>(traces::parse_trace(text, "t.json"));
    } catch (const InputError& error) {
        return !error.problems().empty();
    }
    return true;
}

// Numerical Recipes' "quick and dirty" generator is plenty to choose bytes.
class Dice {
public:
    std::uint32_t below(std::size_t limit) {
        state_ = state_ * 1664525 + 1013904223;
        return static_cast<std::uint32_t>((std::uint64_t{state_} * limit) >> 32U);
    }

private:
    std::uint32_t state_ = 92;
};

// An empty directory, gone at the end.
class Directory {
public:
    Directory() {
        std::string name = std::filesystem::temp_directory_path() / "failback-XXXXXX";
        path_ = ::mkdtemp(name.data());
    }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;
    ~Directory() { std::filesystem::remove_all(path_); }

    [[nodiscard]] std::string file(const std::string& name) const { return path_ / name; }
    [[nodiscard]] std::ptrdiff_t count() const {
        return std::distance(std::filesystem::directory_iterator(path_), {});
    }

private:
    std::filesystem::path path_;
};

std::string content_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("a trace file is read and written back byte for byte") {
    for (const std::string& name : kTraces) {
        const std::string text = read_data(name + ".trace.json");
        const traces::Trace trace = traces::parse_trace(text, name);
        CHECK(traces::to_json_text(trace) == text);
        CHECK(traces::parse_trace(traces::to_json_text(trace), name) == trace);
    }
}

TEST_CASE("every member of a trace survives the round trip") {
    traces::Trace trace = read_trace("loss");
    trace.steps.back().scheduled = {{"Timer \"F\" \\ é", 200'000, -1},
                                    {"Timer E", 200'000, 200'001}};
    trace.steps.back().cancelled = {"Timer K", ""};
    trace.steps.back().observed = {};
    trace.choices.back() = {4'294'967'295U, 7, traces::kLatestInstant};
    trace.chain = {{"a link back", -500}, {"and forth", 1000}};
    trace.reason = "two\nlines\tand a tab";
    const std::string text = traces::to_json_text(trace);
    CHECK(traces::parse_trace(text, "t.json") == trace);
}

TEST_CASE("the hash of a design is that of its canonical text") {
    CHECK(traces::design_hash(json::object()) == traces::design_hash(json::parse("{ }")));
    CHECK(traces::design_hash(json::parse(R"({"a": 1, "b": [2]})")) ==
          traces::design_hash(json::parse(R"({"b":[2],"a":1})")));
    // What `printf '{}' | xxhsum -H3` says.
    CHECK(traces::design_hash(json::object()) == "1349cde127705c16");
}

TEST_CASE("a trace of another format is refused for that reason only") {
    const Problem problem = problem_after("crash", [](json& trace) {
        trace["format"] = 2;
        trace.erase("steps");
    });
    CHECK(problem.pointer == "/format");
    CHECK(problem.found == "trace format 2");
    CHECK(problem.expected == "trace format 1, the only one that this version reads");
}

TEST_CASE("an edited design is noticed") {
    const Problem problem =
        problem_after("crash", [](json& trace) { trace["design"]["name"] = "other"; });
    CHECK(problem.pointer == "/design_hash");
    CHECK(problem.expected.find("the design inside the trace was edited") != std::string::npos);
}

TEST_CASE("missing, mistyped and unknown members are all reported, with their place") {
    json trace = json::parse(read_data("loss.trace.json"));
    trace["steps"][3].erase("hash");
    trace["steps"][1]["sent"][0]["request"] = "yes";
    trace["steps"][2]["participent"] = "phone";
    trace["outcome"] = "won";
    trace["choices"][0]["form"] = -1;
    const std::vector<Problem> problems = problems_of(trace.dump(1));
    std::vector<std::string> pointers;
    for (const Problem& problem : problems) {
        pointers.push_back(problem.pointer);
        CHECK(problem.position.line > 0);
        CHECK(problem.position.column > 0);
        CHECK_FALSE(problem.found.empty());
        CHECK_FALSE(problem.expected.empty());
    }
    CHECK(pointers == std::vector<std::string>{"/choices/0/form", "/outcome",
                                               "/steps/1/sent/0/request", "/steps/2/participent",
                                               "/steps/3"});
    CHECK(problems[3].hint == "did you mean \"participant\"?");
}

TEST_CASE("what does not fit together is refused") {
    const auto pointer_after = [](void (*edit)(json&)) {
        return problem_after("loss", edit).pointer;
    };
    CHECK(pointer_after([](json& t) { t["choices"].erase(0); }) == "/choices");
    CHECK(pointer_after([](json& t) { t["steps"][2]["participant"] = "nobody"; }) ==
          "/steps/2/participant");
    CHECK(pointer_after([](json& t) { t["steps"][0]["sent"][0]["to"] = "nobody"; }) ==
          "/steps/0/sent/0/to");
    CHECK(pointer_after([](json& t) { t["steps"][2]["at"] = 1; }) == "/steps/2/at");
    CHECK(pointer_after([](json& t) { t["participants"].push_back(t["participants"][0]); }) ==
          "/participants/2/name");
}

TEST_CASE("messages are sent once and arrive at most once") {
    const auto pointer_after = [](void (*edit)(json&)) {
        return problem_after("loss", edit).pointer;
    };
    // Message 1 is lost, message 2 arrives in the third step, and there are not 99 messages.
    CHECK(pointer_after([](json& t) { t["steps"][2]["delivers"] = 1; }) == "/steps/2/delivers");
    CHECK(pointer_after([](json& t) { t["steps"][3]["delivers"] = 2; }) == "/steps/3/delivers");
    CHECK(pointer_after([](json& t) { t["steps"][3]["delivers"] = 99; }) == "/steps/3/delivers");
    CHECK(pointer_after([](json& t) { t["steps"][0]["dropped"] = true; }) == "/steps/0/dropped");
    json trace = json::parse(read_data("loss.trace.json"));
    trace["steps"][1]["sent"][1]["id"] = 2;
    CHECK(problems_of(trace.dump()).front().pointer == "/steps/1/sent/1/id");
}

TEST_CASE("changes name declared variables and start from their value") {
    const auto pointer_after = [](void (*edit)(json&)) {
        return problem_after("crash", edit).pointer;
    };
    CHECK(pointer_after([](json& t) { t["steps"][4]["changes"][0]["from"] = "maybe"; }) ==
          "/steps/4/changes/0/from");
    json trace = json::parse(read_data("crash.trace.json"));
    trace["steps"][4]["changes"][0]["variable"] = "weather";
    CHECK(problems_of(trace.dump()).front().pointer == "/steps/4/changes/0/variable");
}

TEST_CASE("a chain that would overflow is refused") {
    const Problem problem = problem_after("loss", [](json& trace) {
        trace["chain"] = json::array();
        for (int i = 0; i < 3; ++i) {
            trace["chain"].push_back({{"what", "age"}, {"ms", -traces::kLatestInstant}});
        }
    });
    CHECK(problem.pointer == "/chain");
}

TEST_CASE("numbers that do not fit are refused") {
    for (const char* number : {"18446744073709551615", "1e3", "1.5", "-1", "1000000000001"}) {
        std::string text = read_data("loss.trace.json");
        const std::string place = "\"at\": 500}";
        text.replace(text.find(place), place.size(), std::string("\"at\": ") + number + "}");
        const std::vector<Problem> problems = problems_of(text);
        REQUIRE(problems.size() == 1);
        CHECK(problems.front().pointer == "/choices/1/at");
    }
}

TEST_CASE("every truncation of a trace file is refused with its place") {
    const std::string text = read_data("loss.trace.json");
    for (std::size_t length = 0; length + 2 < text.size(); ++length) {
        const std::vector<Problem> problems = problems_of(text.substr(0, length));
        if (problems.size() != 1 || problems.front().position.line < 1) {
            FAIL("truncated to " << length << " bytes");
        }
    }
}

TEST_CASE("a damaged trace file is read or refused, never more") {
    const std::string text = read_data("loss.trace.json");
    Dice dice;
    for (int i = 0; i < 2000; ++i) {
        std::string damaged = text;
        const std::size_t at = dice.below(damaged.size());
        damaged[at] = static_cast<char>(dice.below(256));
        if (!is_parsed_or_refused(damaged)) {
            FAIL("byte " << at << " set to " << int{damaged[at]});
        }
    }
}

TEST_CASE("an output file is replaced as a whole") {
    const Directory directory;
    const std::string path = directory.file("out.svg");
    traces::write_file(path, "old");
    ::chmod(path.c_str(), 0640);
    traces::write_file(path, "new content");
    CHECK(content_of(path) == "new content");
    CHECK(directory.count() == 1);
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0640);
}

TEST_CASE("a link to an output file stays a link") {
    const Directory directory;
    traces::write_file(directory.file("target"), "old");
    std::filesystem::create_symlink("target", directory.file("link"));
    traces::write_file(directory.file("link"), "new");
    CHECK(std::filesystem::is_symlink(directory.file("link")));
    CHECK(content_of(directory.file("target")) == "new");
}

TEST_CASE("an output file that cannot be written says so and leaves nothing behind") {
    const Directory directory;
    const std::string missing = directory.file("no/such/directory.svg");
    CHECK_THROWS_WITH(traces::write_file(missing, "x"), missing + ": No such file or directory");
    CHECK_THROWS_AS(traces::write_file(directory.file(""), "x"), traces::OutputError);
    const std::string name(300, 'n');
    CHECK_THROWS_AS(traces::write_file(directory.file(name), "x"), traces::OutputError);
    CHECK(directory.count() == 0);
}

TEST_CASE("a device is written to and not replaced") {
    CHECK_THROWS_WITH(traces::write_file("/dev/full", "x"), "/dev/full: No space left on device");
    CHECK_NOTHROW(traces::write_file("/dev/null", "x"));
    CHECK(std::filesystem::is_character_file("/dev/null"));
}

}  // namespace failback::tests::trace_file_test
