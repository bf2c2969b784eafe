// Limits, interruption and progress of a command that searches.
#pragma once

#include <cstdint>
#include <string>

#include "app/arguments.hpp"
#include "sim/explorer.hpp"

namespace failback::app {

// "8G", "512M", "100000K" or bytes. THROWS UsageError.
[[nodiscard]] std::uint64_t bytes_of(const std::string& text);

// Milliseconds of a duration such as "10m". THROWS UsageError.
[[nodiscard]] sim::DelayMs duration_of(const std::string& text, const std::string& option);

// Number of threads: at least 1, at most what is sensible. THROWS UsageError.
[[nodiscard]] unsigned threads_of(unsigned asked);

// From construction on, Ctrl-C asks the searches to end instead of ending the program.
class Session {
public:
    explicit Session(const SearchArguments& arguments);

    // Limits of one of `share` searches that run at the same time.
    [[nodiscard]] sim::Limits limits(unsigned share = 1) const;

    // Why everything should stop now; empty if it should not.
    [[nodiscard]] std::string stop_reason() const;

    [[nodiscard]] double seconds() const;

    // Ends the progress line, if there is one.
    void clear_progress() const;

    static bool interrupted();

private:
    void show_progress(const sim::SearchStatistics& statistics) const;

    std::uint64_t max_memory_ = 0;
    double max_seconds_ = 0;       // 0: none
    double started_ = 0;
    bool shows_progress_ = false;
};

}  // namespace failback::app
