// Limits, interruption and progress of a command that searches.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "app/arguments.hpp"
#include "app/progress.hpp"
#include "properties/check.hpp"
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
    Session(std::string command, SearchArguments arguments);

    // Of a search of the command as a whole.
    [[nodiscard]] sim::Limits limits() const;

    // Of the check of a property, one of `share` that are made at the same time.
    [[nodiscard]] properties::CheckOptions options(const std::string& property,
                                                   unsigned share = 1) const;

    // Why everything should stop now; empty if it should not.
    [[nodiscard]] std::string stop_reason() const;

    [[nodiscard]] double seconds() const;

    // How far something else than a search is: a line for people, and what a JSON line says of it.
    void show(ProgressSubject& subject, std::string_view phase, const std::string& line,
              const Json& figures) const;

    // The searches are over. Ends the progress line, if there is one.
    void finish(const sim::SearchStatistics& sums) const;

    // Says what the searches cost, for people.
    void summarise(std::string_view text) const;

    static bool interrupted();

private:
    [[nodiscard]] sim::Limits limits_of(const std::shared_ptr<ProgressSubject>& subject,
                                        unsigned share) const;

    SearchArguments arguments_;
    std::uint64_t max_memory_ = 0;
    double max_seconds_ = 0;       // 0: none
    std::unique_ptr<Progress> progress_;
};

}  // namespace failback::app
