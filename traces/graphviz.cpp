#include "traces/graphviz.hpp"

#include <fmt/format.h>

#include "traces/child_process.hpp"

namespace failback::traces {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// From the best to the roughest layout, each with its share of the time that is left, as 1/n. The
// limits are those that make dot usable at 200 nodes; sfdp lays out thousands.
struct Attempt {
    std::vector<std::string> command;
    int share;
};

std::vector<Attempt> attempts() {
    return {{{"dot", "-Tsvg"}, 2},
            {{"dot", "-Tsvg", "-Gnslimit=2", "-Gnslimit1=2", "-Gmclimit=0.1", "-Gsplines=line"}, 2},
            {{"sfdp", "-Tsvg", "-Goverlap=prism", "-Gsplines=line", "-Gstart=1"}, 1}};
}

// Why a program gave no picture; empty if it only was too slow.
std::string failure(const std::string& program, const ChildResult& result) {
    switch (result.end) {
        case ChildResult::End::timed_out:
            return {};
        case ChildResult::End::not_found:
            return fmt::format(
                "cannot run \"{}\": Graphviz is not installed "
                "(Debian: apt install graphviz)",
                program);
        case ChildResult::End::killed:
            return fmt::format("{} was ended by signal {}", program, result.code);
        case ChildResult::End::exited:
            break;
    }
    return fmt::format("{} failed with status {}: {}", program, result.code,
                       result.errors.substr(0, result.errors.find('\n')));
}

}  // namespace

std::string render_svg(const std::string& dot, milliseconds limit) {
    const auto deadline = Clock::now() + limit;
    std::string first_failure;
    for (const Attempt& attempt : attempts()) {
        const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
        ChildResult result = run(attempt.command, dot, left / attempt.share);
        if (result.end == ChildResult::End::exited && result.code == 0) {
            return std::move(result.output);
        }
        // dot gives up on some large graphs that sfdp can draw.
        if (first_failure.empty()) {
            first_failure = failure(attempt.command.front(), result);
        }
    }
    if (!first_failure.empty()) {
        throw GraphvizError(first_failure);
    }
    throw GraphvizError(
        fmt::format("the graph is too large: no layout within {} s; group the states by fewer "
                    "observables, or write the graph as dot",
                    std::chrono::ceil<std::chrono::seconds>(limit).count()));
}

}  // namespace failback::traces
