// What is wrong with input, with its place.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "model/position.hpp"

namespace failback::model {

// One thing wrong with an input file.
struct Problem {
    std::string file;
    Position position;
    std::string pointer;   // JSON pointer (RFC 6901); empty for a syntax error
    std::string found;
    std::string expected;
    std::string hint;      // "did you mean ...?", or empty
};

// "designs/x.json:12:17: /phones/0/retry: found ..., expected ... (did you mean ...?)"
[[nodiscard]] std::string to_text(const Problem& problem);

// Bad input. what() holds every problem, a line each. Ends in exit code 65.
class InputError : public std::runtime_error {
public:
    explicit InputError(std::vector<Problem> problems);
    [[nodiscard]] const std::vector<Problem>& problems() const { return problems_; }

private:
    std::vector<Problem> problems_;
};

}  // namespace failback::model
