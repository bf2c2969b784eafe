#include "model/problem.hpp"

#include <utility>

#include <fmt/format.h>
#include <range/v3/range/conversion.hpp>
#include <range/v3/view/transform.hpp>

namespace failback::model {

namespace {

std::string to_lines(const std::vector<Problem>& problems) {
    return fmt::format("{}", fmt::join(problems | ranges::views::transform(to_text) |
                                           ranges::to<std::vector<std::string>>(),
                                       "\n"));
}

}  // namespace

std::string to_text(const Problem& problem) {
    std::string text = problem.file;
    if (problem.position.line > 0) {
        text += fmt::format(":{}:{}", problem.position.line, problem.position.column);
    }
    if (!problem.pointer.empty()) {
        text += ": " + problem.pointer;
    }
    text += fmt::format(": found {}, expected {}", problem.found, problem.expected);
    return problem.hint.empty() ? text : fmt::format("{} ({})", text, problem.hint);
}

InputError::InputError(std::vector<Problem> problems)
    : std::runtime_error(to_lines(problems)), problems_(std::move(problems)) {}

}  // namespace failback::model
