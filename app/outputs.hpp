// Where a command leaves its results.
//
//  1. Places are tried before the search whose results they are for, so that a wrong one costs
//     nothing. Trying leaves no file behind.
//  2. If one of several results cannot be written in the end, the others come out all the same.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "traces/atomic_file.hpp"

namespace failback::app {

class Outputs {
public:
    // A folder in which files will be written; it is made when the first one is. The usual one is
    // not tried: often nothing needs to be written there.
    // THROWS traces::OutputError.
    void folder(const std::string& path);

    // A file that will be written; none if it is empty, stdout if it is "-". If it is one of the
    // folder, that is made now. `option` is for messages. THROWS traces::OutputError if it cannot
    // be written; UsageError if another option has the same file.
    void file(const std::string& option, const std::string& path);

    // Writes something. What goes wrong is kept for finish().
    void attempt(const std::function<void()>& work);

    // Behind all other output. THROWS traces::OutputError: the first thing that went wrong.
    void finish() const;

private:
    std::optional<std::string> folder_;
    std::map<std::string, std::string> options_;   // by file
    std::optional<traces::OutputError> failure_;
};

}  // namespace failback::app
