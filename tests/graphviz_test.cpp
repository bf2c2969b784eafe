#include "traces/graphviz.hpp"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "tests/golden.hpp"
#include "traces/child_process.hpp"
#include "traces/graph_view.hpp"

namespace failback::tests::graphviz_test {
namespace {

using namespace std::chrono_literals;
using traces::ChildResult;
using traces::GroupKey;
using traces::StateGraph;

// A PATH with nothing but fake programs in it, for the lifetime of the object.
class FakePath {
public:
    FakePath() : old_(std::getenv("PATH")) {
        std::string name = std::filesystem::temp_directory_path() / "failback-XXXXXX";
        directory_ = ::mkdtemp(name.data());
        ::setenv("PATH", directory_.c_str(), 1);
    }
    FakePath(const FakePath&) = delete;
    FakePath& operator=(const FakePath&) = delete;
    ~FakePath() {
        ::setenv("PATH", old_.c_str(), 1);
        std::filesystem::remove_all(directory_);
    }

    void add(const std::string& program, const std::string& script) const {
        const std::string path = directory_ / program;
        std::ofstream(path) << "#!/bin/sh\n" << script << "\n";
        ::chmod(path.c_str(), 0755);
    }

private:
    std::string old_;
    std::filesystem::path directory_;
};

bool has_graphviz() { return traces::run({"dot", "-V"}, "", 10s).end == ChildResult::End::exited; }

StateGraph failover() {
    StateGraph graph;
    graph.variables = {"working(line1)", "up(primary)"};
    const GroupKey start{"none", "yes"};
    const GroupKey normal{"primary", "yes"};
    const GroupKey outage{"primary", "no"};
    const GroupKey fallback{"gateway", "no"};
    const GroupKey back{"gateway", "yes"};
    const GroupKey dead{"none", "no"};
    graph.nodes[start] = {2, true, false, true};
    graph.nodes[normal] = {41, false, false, true};
    graph.nodes[outage] = {17, false, false, true};
    graph.nodes[fallback] = {12, false, false, true};
    graph.nodes[back] = {1, false, true, true};
    graph.nodes[dead] = {5, false, false, false};
    graph.edges[{start, normal}] = {{"message"}, true};
    graph.edges[{start, dead}] = {{"fault"}, false};
    graph.edges[{dead, start}] = {{"fault"}, false};
    graph.edges[{normal, normal}] = {{"message", "timer"}, false};
    graph.edges[{normal, outage}] = {{"fault"}, true};
    graph.edges[{outage, normal}] = {{"fault"}, false};
    graph.edges[{outage, fallback}] = {{"timer"}, true};
    graph.edges[{fallback, back}] = {{"fault"}, true};
    graph.edges[{back, normal}] = {{"message"}, false};
    graph.edges[{fallback, dead}] = {{"expiry", "timer"}, false};
    return graph;
}

// A chain of nodes with a way back from every second one.
StateGraph chain(int length) {
    StateGraph graph;
    graph.variables = {"n"};
    const auto key = [](int n) { return GroupKey{fmt::format("{:04}", n)}; };
    for (int i = 0; i < length; ++i) {
        graph.nodes[key(i)] = {1, i == 0, false, false};
        if (i > 0) {
            graph.edges[{key(i - 1), key(i)}] = {{"timer"}, false};
        }
        if (i % 2 == 1) {
            graph.edges[{key(i), key(0)}] = {{"fault"}, false};
        }
    }
    return graph;
}

}  // namespace

TEST_CASE("a state graph is written for Graphviz") {
    check_golden("failover.dot", traces::as_dot(failover()));
}

TEST_CASE("what a state graph says is escaped") {
    StateGraph graph;
    graph.variables = {"a \"b\""};
    graph.nodes[{"c\\d\ne"}] = {1, true, false, false};
    const std::string dot = traces::as_dot(graph);
    CHECK(dot.find(R"(label="a \"b\": c\\d e\l1 state\l")") != std::string::npos);
}

TEST_CASE("texts of edges become tooltips in a large graph") {
    CHECK(traces::as_dot(chain(80)).find("label=\"  timer  \"") != std::string::npos);
    const std::string large = traces::as_dot(chain(81));
    CHECK(large.find("[label=") == std::string::npos);
    CHECK(large.find("edgetooltip=\"timer\"") != std::string::npos);
}

TEST_CASE("an empty state graph and one without initial states are written") {
    CHECK(traces::as_dot({}).find("digraph") == 0);
    StateGraph graph = chain(3);
    for (auto& [key, node] : graph.nodes) {
        node.initial = false;
    }
    CHECK(traces::as_dot(graph).find("rank=same") == std::string::npos);
}

TEST_CASE("Graphviz draws a state graph") {
    if (!has_graphviz()) {
        WARN("Graphviz is not installed");
        return;
    }
    const std::string svg = traces::render_svg(traces::as_dot(failover()), 60s);
    CHECK(svg.find("<svg") != std::string::npos);
    CHECK(svg.find("id=\"s6\"") != std::string::npos);
    CHECK(svg.find("working(line1): gateway") != std::string::npos);
    CHECK_THROWS_AS(traces::render_svg("digraph { a -> ", 60s), traces::GraphvizError);
}

TEST_CASE("a missing Graphviz is said to be missing") {
    const FakePath path;
    CHECK_THROWS_WITH(traces::render_svg("digraph {}", 5s), Catch::Contains("not installed"));
}

TEST_CASE("a rougher layout is tried when the better ones take too long") {
    const FakePath path;
    path.add("dot", "exec /bin/sleep 60");
    path.add("sfdp", "echo drawn by sfdp \"$@\"");
    const std::string svg = traces::render_svg("digraph {}", 2s);
    CHECK(svg == "drawn by sfdp -Tsvg -Goverlap=prism -Gsplines=line -Gstart=1\n");
}

TEST_CASE("a graph that no layout can draw in time is too large") {
    const FakePath path;
    path.add("dot", "exec /bin/sleep 60");
    path.add("sfdp", "exec /bin/sleep 60");
    const auto start = std::chrono::steady_clock::now();
    CHECK_THROWS_WITH(traces::render_svg("digraph {}", 400ms), Catch::Contains("too large"));
    CHECK(std::chrono::steady_clock::now() - start < 20s);
}

TEST_CASE("a child gets its input and gives its output, however long they are") {
    std::string text;
    for (int i = 0; i < 100'000; ++i) {
        text += fmt::format("line {}\n", i);
    }
    const ChildResult result = traces::run({"cat"}, text, 60s);
    CHECK(result.end == ChildResult::End::exited);
    CHECK((result.output == text));
}

TEST_CASE("a child may close its input early, fail, die or hang") {
    const std::string text(1'000'000, 'x');
    CHECK(traces::run({"true"}, text, 60s).code == 0);
    const ChildResult failed = traces::run({"sh", "-c", "echo why >&2; exit 3"}, text, 60s);
    CHECK(failed.end == ChildResult::End::exited);
    CHECK(failed.code == 3);
    CHECK(failed.errors == "why\n");
    const ChildResult killed = traces::run({"sh", "-c", "kill -9 $$"}, "", 60s);
    CHECK(killed.end == ChildResult::End::killed);
    CHECK(killed.code == 9);
    CHECK(traces::run({"sleep", "60"}, "", 50ms).end == ChildResult::End::timed_out);
    const char* deaf = "exec >&- 2>&-; exec sleep 60";
    CHECK(traces::run({"sh", "-c", deaf}, "", 50ms).end == ChildResult::End::timed_out);
    CHECK(traces::run({"no-such-program"}, "", 1s).end == ChildResult::End::not_found);
}

}  // namespace failback::tests::graphviz_test
