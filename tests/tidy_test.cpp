// House rules of the source tree, each a function from the text of a file to what it breaks.
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/tidy_fixture.hpp"

namespace failback::tests::tidy_test {
namespace {

// The target of an include line with its opening quote or bracket, or nothing.
std::string_view included(std::string_view line) {
    line = trimmed(line);
    if (!line.starts_with('#')) return {};
    line = trimmed(line.substr(1));
    if (!line.starts_with("include")) return {};
    line = trimmed(line.substr(7));
    return line.substr(0, std::min(line.find_first_of(">\"", 1), line.size()));
}

Findings include_direction(const File& file) {
    // Each folder may include from itself and from those before it.
    static const Words kFolders{
        "sim",          "model",      "model/nodes", "model/sip", "model/file", "model/parameters",
        "model/import", "properties", "traces",      "app",       "tests"};
    // Of a folder in one of them, the rank of that one.
    const auto rank = [](std::string_view path) {
        const auto place = [](std::string_view folder) {
            return std::find(kFolders.begin(), kFolders.end(), folder) - kFolders.begin();
        };
        const auto own = place(path.substr(0, std::min(path.rfind('/'), path.size())));
        return own < std::ssize(kFolders) ? own : place(path.substr(0, path.find('/')));
    };
    const auto check = [&](std::string_view line) -> std::string {
        const auto target = included(line);
        if (target.empty()) return {};
        const bool is_quoted = target.front() == '"';
        const auto path = target.substr(1);
        const bool is_ours = path.find('/') != npos && rank(path) < std::ssize(kFolders);
        if (!is_ours) return is_quoted ? "quoted include not from the project root" : "";
        if (!is_quoted) return "include of our own header in angle brackets";
        if (rank(path) <= rank(file.path)) return {};
        return file.path + " must not include " + std::string(path);
    };
    return for_each_line(without_comments(file.text, Strings::keep), check);
}

Findings long_file(const File& file) {
    const auto count = std::count(file.text.begin(), file.text.end(), '\n');
    if (count <= kMaxFileLines) return {};
    return {{kMaxFileLines + 1, "file of " + std::to_string(count) + " lines"}};
}

Findings long_lines(const File& file) {
    const auto starts_character = [](char c) {
        return (static_cast<unsigned>(c) & 0xC0U) != 0x80U;
    };
    return for_each_line(file.text, [&](std::string_view line) -> std::string {
        const auto columns = std::count_if(line.begin(), line.end(), starts_character);
        return columns > kMaxColumns ? "line of " + std::to_string(columns) + " columns" : "";
    });
}

// Tells a call of time() in the C library from a member of ours that is called time.
bool is_clock_argument(std::string_view argument) {
    static const Words kStarts{"nullptr", "NULL", "0", "&"};
    return std::any_of(kStarts.begin(), kStarts.end(),
                       [&](std::string_view start) { return argument.starts_with(start); });
}

// Whether the C library function `name` is called, and not a member function of that name.
bool calls_c_function(std::string_view line, std::string_view name) {
    const auto positions = word_positions(line, name);
    return std::any_of(positions.begin(), positions.end(), [&](std::size_t at) {
        auto before = trimmed(line.substr(0, at));
        const auto after = trimmed(line.substr(at + name.size()));
        if (!after.starts_with('(')) return false;
        if (before.ends_with("std::")) return true;
        if (before.ends_with("::")) {
            before.remove_suffix(2);
            return before.empty() || !in_word(before.back());
        }
        if (before.ends_with('.') || before.ends_with("->")) return false;
        if (name == "time" && !is_clock_argument(trimmed(after.substr(1)))) return false;
        const bool is_declared =
            !before.empty() && (in_word(before.back()) || before.ends_with('>') ||
                                before.ends_with('&') || before.ends_with('*'));
        return !is_declared || before.ends_with("return");
    });
}

Findings nondeterminism(const File& file) {
    static const Words kHeaders{"random", "chrono", "ctime", "time.h", "sys/time.h", "iostream"};
    static const Words kNames{"clock_gettime", "gettimeofday", "float", "double"};
    static const Words kCalls{"time", "rand", "srand"};
    return for_each_line(bare_code(file), [](std::string_view line) -> std::string {
        const auto target = included(line);
        for (const auto name : kHeaders) {
            if (target.starts_with('<') && target.substr(1) == name) return std::string(name);
        }
        for (const auto name : kNames) {
            if (has_word(line, name)) return std::string(name);
        }
        for (const auto name : kCalls) {
            if (calls_c_function(line, name)) return std::string(name);
        }
        const bool is_random = line.find("std::") != npos && line.find("_distribution") != npos;
        return is_random ? "random distribution" : "";
    });
}

Findings missing_namespace(const File& file) {
    const bool is_test = file.path.ends_with("_test.cpp");
    if (file.path == "app/main.cpp" || (file.folder() == "tests" && !is_test)) return {};
    // Several tests are compiled as one file: what two of them call the same must not meet.
    const auto stem = std::filesystem::path(file.path).stem().string();
    const auto wanted = is_test ? "::" + stem + " {" : "namespace failback::" + file.folder();
    if (has_word(bare_code(file), wanted)) return {};
    return {{1, "no " + wanted}};
}

std::set<std::string> unordered_names(std::string_view code) {
    std::set<std::string> names;
    constexpr std::string_view kType = "std::unordered_";
    for (auto at = code.find(kType); at != npos; at = code.find(kType, at + 1)) {
        auto rest = code.substr(after_bracket(code, at, '<', '>'));
        rest = rest.substr(std::min(rest.find_first_not_of(" &\n"), rest.size()));
        const auto end = std::find_if_not(rest.begin(), rest.end(), in_word);
        if (end != rest.begin()) names.emplace(rest.begin(), end);
    }
    return names;
}

// What stands right of the colon of a range-for whose bracket opens at `open`, or nothing.
std::string_view range_of_for(std::string_view code, std::size_t open) {
    const auto end = after_bracket(code, open, '(', ')');
    const auto head = code.substr(open, end - open);
    for (std::size_t at = 1; at + 1 < head.size(); ++at) {
        if (head[at] == ':' && head[at + 1] != ':' && head[at - 1] != ':') {
            return trimmed(head.substr(at + 1, head.size() - at - 2));
        }
    }
    return {};
}

// `header` is the text of the header of the same name, whose members a .cpp may go through.
Findings unordered_loops(const File& file, std::string_view header) {
    const auto code = bare_code(file);
    auto names = unordered_names(code);
    names.merge(unordered_names(without_comments(header, Strings::blank)));
    Findings findings;
    for (const auto at : word_positions(code, "for")) {
        const auto open = code.find_first_not_of(' ', at + 3);
        if (open == npos || code[open] != '(') continue;
        const auto range = range_of_for(code, open);
        for (const auto& name : names) {
            const auto positions = word_positions(range, name);
            if (positions.empty()) continue;
            const auto after = trimmed(range.substr(positions.back() + name.size()));
            if (!after.empty() && after.front() != '|') continue;
            findings.push_back({line_at(code, at), "loop over the unordered " + name});
        }
    }
    return findings;
}

Findings unfinished(const File& file) {
    return for_each_line(file.text, [](std::string_view line) -> std::string {
        // Each with a letter as a number, so that this file is in order itself.
        for (const std::string_view mark : {"TOD\117", "FIXM\105", "XX\130"}) {
            if (has_word(line, mark)) return "unfinished";
        }
        return {};
    });
}

enum class Block { scope, function, data };

// What the block after `head` is, when it stands in a scope. An empty head belongs to the body of
// a constructor that follows its last initialiser.
Block block_after(std::string_view head) {
    static const Words kScopes{"namespace", "class", "struct", "union", "enum", "extern"};
    const auto close = head.rfind(')');
    const auto tail = close == npos ? head : head.substr(close);
    const auto is_in_tail = [&](std::string_view word) { return has_word(tail, word); };
    if (std::any_of(kScopes.begin(), kScopes.end(), is_in_tail)) return Block::scope;
    return close != npos || trimmed(head).empty() ? Block::function : Block::data;
}

Findings long_functions(const File& file) {
    Findings findings;
    const auto code = bare_code(file);
    std::vector<std::pair<Block, std::size_t>> blocks{{Block::scope, 0}};  // the open ones
    std::size_t head = 0;
    for (std::size_t at = 0; at < code.size(); ++at) {
        if (code[at] == '{') {
            const auto outer = blocks.back().first;
            const auto own = block_after(std::string_view(code).substr(head, at - head));
            blocks.emplace_back(outer == Block::scope ? own : outer, at);
        } else if (code[at] == '}' && blocks.size() > 1) {
            const auto [kind, open] = blocks.back();
            blocks.pop_back();
            const bool is_inner = blocks.back().first != Block::scope;
            const auto lines = line_at(code, at) - line_at(code, open);
            if (kind == Block::function && !is_inner && lines > kMaxBodyLines + 1) {
                const auto what = "function of " + std::to_string(lines - 1) + " lines";
                findings.push_back({line_at(code, open), what});
            }
        } else if (code[at] != ';') {
            continue;
        }
        head = at + 1;
    }
    return findings;
}

Findings plain_asserts(const File& file) {
    return for_each_line(bare_code(file), [](std::string_view line) -> std::string {
        for (const std::string_view word : {"NDEBUG", "<cassert>", "<assert.h>"}) {
            if (has_word(line, word)) return std::string(word) + " instead of ensure";
        }
        return calls_c_function(line, "assert") ? "assert instead of ensure" : "";
    });
}

std::vector<File> read_tree() {
    namespace fs = std::filesystem;
    static const std::set<std::string> kEndings{".cpp", ".hpp", ".md", ".sh", ".json"};
    const fs::path root(FAILBACK_SOURCE_DIR);
    std::vector<File> files;
    for (const auto* folder : {"sim", "model", "properties", "traces", "app", "tests", "docs"}) {
        if (!fs::exists(root / folder)) continue;
        for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
            const auto name = entry.path().filename().string();
            const bool is_text = kEndings.contains(entry.path().extension().string());
            if (!entry.is_regular_file() || !is_text || name.ends_with(".schema.json")) continue;
            std::ifstream in(entry.path(), std::ios::binary);
            const std::string text(std::istreambuf_iterator<char>(in), {});
            files.push_back({fs::relative(entry.path(), root).generic_string(), text});
        }
    }
    std::sort(files.begin(), files.end(), [](auto& a, auto& b) { return a.path < b.path; });
    return files;
}

const std::vector<File>& tree() {
    static const auto files = read_tree();
    return files;
}

template <class Applies, class Check>
void check_tree(Applies applies, Check check) {
    REQUIRE_FALSE(tree().empty());
    for (const auto& file : tree()) {
        if (!applies(file)) continue;
        for (const auto& [line, what] : check(file)) {
            FAIL_CHECK(file.path << ':' << line << ": " << what);
        }
    }
    SUCCEED();
}

bool is_any(const File&) { return true; }
bool is_cpp(const File& file) { return file.path.ends_with("pp") && file.folder() != "docs"; }
bool is_deterministic(const File& file) {
    return is_cpp(file) && (file.folder() == "sim" || file.folder() == "model");
}

std::string repeated(std::string_view text, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i) all += text;
    return all;
}

File model(std::string_view text) { return {"model/a.cpp", std::string(text)}; }

}  // namespace

TEST_CASE("tidy: comments and literals are told from code", "[tidy]") {
    const auto code = [](std::string_view text) { return bare_code(model(text)); };
    CHECK(code("a /* b\n */ c // d\ne") == "a     \n    c     \ne");
    CHECK(code("f(\"a\\\"//\", 'x')") == "f(\"     \", ' ')");
    CHECK(code("1'000 + '\"' + g()") == "1'000 + ' ' + g()");
    CHECK(code("R\"x(\" // )\" )x\" + 1") == "R\"" + std::string(12, ' ') + "\" + 1");
}

TEST_CASE("tidy: folders include only what is below them", "[tidy]") {
    CHECK(include_direction(model("#include \"sim/a.hpp\"\n#include <map>\n")).empty());
    CHECK(include_direction(model("// #include \"app/a.hpp\"\n")).empty());
    CHECK(include_direction(model("\n# include \"traces/a.hpp\"\n")).at(0).line == 2);
    CHECK(include_direction(model("#include <sim/a.hpp>\n")).size() == 1);
    CHECK(include_direction(model("#include \"a.hpp\"\n#include \"../a.hpp\"\n")).size() == 2);
    CHECK(include_direction(model("#include \"model/nodes/a.hpp\"\n")).size() == 1);
    const File file{"model/file/a.cpp",
                    "#include \"model/sip/a.hpp\"\n#include \"model/a.hpp\"\n"};
    CHECK(include_direction(file).empty());
    CHECK(include_direction({"model/sip/a.cpp", "#include \"model/file/a.hpp\"\n"}).size() == 1);
    CHECK(include_direction({"tests/a.cpp", "#include \"tests/toys/a.hpp\"\n"}).empty());
    check_tree(is_cpp, include_direction);
}

TEST_CASE("tidy: files are short", "[tidy]") {
    CHECK(long_file(model(repeated("a\n", 500))).empty());
    CHECK(long_file(model(repeated("a\n", 501))).size() == 1);
    check_tree(is_any, long_file);
}

TEST_CASE("tidy: lines are short", "[tidy]") {
    CHECK(long_lines(model(repeated("a", 98) + "\u00e4\u00e4\n")).empty());
    CHECK(long_lines(model("\n" + repeated("a", 101))).at(0).line == 2);
    check_tree(is_cpp, long_lines);
}

TEST_CASE("tidy: the simulator and the model are deterministic", "[tidy]") {
    for (const auto* good :
         {"#include <map>", "event.time()", "Time time() const;", "float_ = a;", "// double",
          "Event(Time t) : time(t) {}", "strand(1)", "Time Clock::time(int a)", "\"rand()\""}) {
        CHECK(nondeterminism(model(good)).empty());
    }
    for (const auto* bad :
         {"#include <random>", "# include <chrono>", "#include <ctime>", "#include <iostream>",
          "x = time(nullptr);", "return std::time(&t);", "::time(0);", "f(rand());", "double x;",
          "static_cast<float>(x)", "std::poisson_distribution<> d;", "gettimeofday(&t, 0);"}) {
        CHECK(nondeterminism(model(bad)).size() == 1);
    }
    check_tree(is_deterministic, nondeterminism);
}

TEST_CASE("tidy: the folder is the namespace", "[tidy]") {
    CHECK(missing_namespace(model("namespace failback::model {")).empty());
    CHECK(missing_namespace(model("namespace failback::model::detail {")).empty());
    CHECK(missing_namespace(model("namespace failback::models {")).size() == 1);
    CHECK(missing_namespace(model("// namespace failback::model")).size() == 1);
    CHECK(missing_namespace({"tests/a_test.cpp", "namespace failback::tests::a_test {"}).empty());
    CHECK(missing_namespace({"tests/a_test.cpp", "namespace failback::tests {"}).size() == 1);
    check_tree(is_cpp, missing_namespace);
}

TEST_CASE("tidy: no loop over unordered containers", "[tidy]") {
    const std::string map = "std::unordered_map<int, std::vector<int>> map_;\n";
    const auto loops = [&](std::string_view loop) {
        return unordered_loops(model(map + std::string(loop)), "").size();
    };
    CHECK(loops("for (auto& x : sorted(map_)) {}") == 0);
    CHECK(loops("for (auto& x : map_[1]) {}") == 0);
    CHECK(loops("for (std::size_t i = 0; i < map_.size(); ++i) {}") == 0);
    CHECK(loops("for (auto& [k, v] : this->map_) {}") == 1);
    CHECK(loops("for (auto& k : map_ | views::keys) {}") == 1);
    CHECK(unordered_loops(model("\nfor (auto& x : map_) {}"), map).at(0).line == 2);
    check_tree(is_cpp, [](const File& file) {
        const auto header = file.path.substr(0, file.path.size() - 4) + ".hpp";
        const auto found = std::find_if(tree().begin(), tree().end(),
                                        [&](const File& other) { return other.path == header; });
        return unordered_loops(file, found == tree().end() ? "" : found->text);
    });
}

TEST_CASE("tidy: nothing is marked as unfinished", "[tidy]") {
    CHECK(unfinished(model("mktemp /tmp/XXXXXX todo")).empty());
    CHECK(unfinished(model("a\n// FIXM\105: b")).at(0).line == 2);
    check_tree(is_any, unfinished);
}

TEST_CASE("tidy: functions are short", "[tidy]") {
    const auto body = [](std::size_t lines) {
        return " {\n" + repeated("f({});\n", lines) + "}\n";
    };
    CHECK(long_functions(model("int f()" + body(70))).empty());
    CHECK(long_functions(model("constexpr int a[] =" + body(71))).empty());
    CHECK(long_functions(model("constexpr std::array<int, 2> a{" + body(71) + "};")).empty());
    CHECK(long_functions(model("class A {\n" + repeated("int f() {}\n", 80) + "};")).empty());
    for (const std::string head :
         {"int f()", "namespace n {\nint g(int a = {}) {}\nvoid f()", "struct A { A() : b{1}, c{2}",
          "#define X\nint f() const", "class A { public: template <class T> void f(T t)"}) {
        CHECK(long_functions(model(head + body(71))).size() == 1);
    }
    check_tree(is_cpp, long_functions);
}

TEST_CASE("tidy: checks are always on", "[tidy]") {
    CHECK(plain_asserts(model("static_assert(1); ensure(1); // assert(1)")).empty());
    CHECK(plain_asserts(model("#include <cassert>\n#ifdef NDEBUG\nassert (1);")).size() == 3);
    check_tree(is_cpp, plain_asserts);
}

}  // namespace failback::tests::tidy_test
