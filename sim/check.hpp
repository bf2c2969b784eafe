// The always-on assertion. Input errors and outcomes of a model are never reported this way.
#pragma once

#include <stdexcept>
#include <string>

namespace failback::sim {

// failback itself is wrong: an invariant of its own code does not hold. Ends in exit code 70.
class InternalError : public std::logic_error {
public:
    using std::logic_error::logic_error;
};

// Expensive assertions are on in the sanitizer build and off in the release build.
#ifdef FAILBACK_EXPENSIVE_CHECKS
inline constexpr bool kExpensiveChecks = true;
#else
inline constexpr bool kExpensiveChecks = false;
#endif

// Where a check stands. (std::source_location is missing in clang 14 with libstdc++ 12.)
struct CodePosition {
    const char* file;
    int line;

    static constexpr CodePosition current(const char* file = __builtin_FILE(),
                                          int line = __builtin_LINE()) {
        return {file, line};
    }
};

[[noreturn]] inline void fail(const char* what, const CodePosition& where) {
    throw InternalError(std::string(where.file) + ":" + std::to_string(where.line) +
                        ": internal error: " + what);
}

// REQUIRES: `what` says in words what must hold.
inline void ensure(bool holds, const char* what,
                   const CodePosition& where = CodePosition::current()) {
    if (!holds) [[unlikely]] {
        fail(what, where);
    }
}

}  // namespace failback::sim
