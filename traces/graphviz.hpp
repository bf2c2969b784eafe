// Graphviz as a child process: text in, picture out, never longer than asked for.
//
//  1. No shell and no temporary file; the child is gone when a function returns or throws.
//  2. Where a layout takes too long, a rougher one is tried (dot, dot with limits, sfdp). The time
//     limit holds for all of them together.
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>

namespace failback::traces {

// Graphviz is missing, refused the graph, or was too slow. what() says what to do.
class GraphvizError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// `dot` is a graph in the language of Graphviz, such as as_dot() gives.
// THROWS GraphvizError.
[[nodiscard]] std::string render_svg(const std::string& dot, std::chrono::milliseconds limit);

}  // namespace failback::traces
