// How far the searches of a command are: a line on a terminal, or JSON lines, both on stderr.
//
//  1. The figures are those of one search. A check of a property may make several, one after
//     another; the phase says of which kind the present one is.
//  2. A rate and a trend are those since the last line about the same property.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "app/command.hpp"
#include "sim/explorer.hpp"

namespace failback::app {

enum class ProgressMode : unsigned char { none, line, json };

// "none", "auto" (a line if stderr is a terminal) or "json".
[[nodiscard]] ProgressMode progress_mode_of(std::string_view text);

// Seconds of a clock that only goes forward.
[[nodiscard]] double now_seconds();

// One property that is searched, by one thread at a time.
struct ProgressSubject {
    std::string property;         // empty: the command as a whole
    std::string phase;
    double shown_at = 0;          // the last line
    std::uint64_t shown_expanded = 0;
    std::uint64_t shown_waiting = 0;
};

class Progress {
public:
    Progress(std::string command, ProgressMode mode);

    // All may be called on any thread.
    void enter(ProgressSubject& subject, std::string_view phase);
    void show(ProgressSubject& subject, const sim::SearchStatistics& statistics);
    // Of what is no search.
    void show(ProgressSubject& subject, std::string_view phase, const std::string& line,
              const Json& figures);
    // The end of the command, with the sums of its searches.
    void finish(const sim::SearchStatistics& sums);

    [[nodiscard]] double seconds() const;   // since it was made
    [[nodiscard]] ProgressMode mode() const { return mode_; }

private:
    [[nodiscard]] bool is_due(const ProgressSubject& subject) const;
    void write(ProgressSubject& subject, const sim::SearchStatistics& statistics, bool done);
    void write_json(const ProgressSubject& subject, const sim::SearchStatistics& statistics,
                    double rate, bool done) const;

    std::string command_;
    ProgressMode mode_;
    double started_;
    std::mutex mutex_;
    double line_at_;              // of the terminal's line, which all share
};

}  // namespace failback::app
