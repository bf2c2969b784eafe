// Output files that are there completely or not at all.
#pragma once

#include <string>
#include <string_view>
#include <system_error>

namespace failback::traces {

// An output file could not be written. what() is "PATH: REASON".
class OutputError : public std::system_error {
public:
    OutputError(std::string path, int error_number);
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_;
};

// Replaces the file at `path` in one instant; a reader sees the old or the new content. On failure
// the old file is as it was and nothing else is left behind. What is no regular file, such as
// /dev/null or a named pipe, is written to and not replaced.
// THROWS OutputError.
void write_file(const std::string& path, std::string_view content);

// Whether a file could be written at `path` now, as far as that can be told without doing so. What
// is there stays as it is.
// THROWS OutputError: it could not.
void require_writable(const std::string& path);

}  // namespace failback::traces
