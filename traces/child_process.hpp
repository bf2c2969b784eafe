// Running a program with a text as its input, for a limited time.
//
//  1. No shell is involved; `command` is the program, looked up in PATH, and its arguments.
//  2. The child has ended, or was killed, when run() returns or throws. SIGPIPE is never raised.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace failback::traces {

struct ChildResult {
    enum class End : unsigned char { exited, killed, timed_out, not_found };

    End end = End::exited;
    int code = 0;        // exit status or number of the signal
    std::string output;  // all of standard output
    std::string errors;  // the beginning of standard error
};

// THROWS std::system_error if the system refuses a pipe or a process.
[[nodiscard]] ChildResult run(const std::vector<std::string>& command, std::string_view input,
                              std::chrono::milliseconds limit);

}  // namespace failback::traces
