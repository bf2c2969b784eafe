#include "app/progress.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "model/duration.hpp"

namespace failback::app {

namespace {

constexpr double kSecondsBetween = 0.25;
constexpr double kShortest = 0.001;   // no rate of a shorter time

// Of what still waits to be expanded: a search that shrinks ends some time.
const char* trend(std::uint64_t before, std::uint64_t now) {
    if (now == before) {
        return "steady";
    }
    return now > before ? "growing" : "shrinking";
}

void write_line(const ProgressSubject& subject, const sim::SearchStatistics& statistics,
                double rate) {
    const std::string longest =
        statistics.longest ? ", longest " + model::people_text(*statistics.longest) : "";
    say(fmt::format("\r\x1b[K{} classes expanded, {} stored, {:.0f}/s, {} waiting ({}), {} MB{}",
                    statistics.classes_expanded, statistics.classes_stored, rate,
                    statistics.waiting, trend(subject.shown_waiting, statistics.waiting),
                    statistics.memory_bytes >> 20U, longest));
}

}  // namespace

ProgressMode progress_mode_of(std::string_view text) {
    if (text == "json") {
        return ProgressMode::json;
    }
    return text == "auto" && isatty(STDERR_FILENO) == 1 ? ProgressMode::line : ProgressMode::none;
}

double now_seconds() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration<double>(now).count();
}

Progress::Progress(std::string command, ProgressMode mode)
    : command_(std::move(command)), mode_(mode), started_(now_seconds()), line_at_(started_) {}

double Progress::seconds() const { return now_seconds() - started_; }

// JSON has a line for each phase at least, however short it is.
void Progress::enter(ProgressSubject& subject, std::string_view phase) {
    const std::scoped_lock lock(mutex_);
    if (subject.phase == phase) {
        return;
    }
    subject.phase = phase;
    subject.shown_at = now_seconds();
    subject.shown_expanded = subject.shown_waiting = 0;
    if (mode_ == ProgressMode::json) {
        write(subject, {}, false);
    }
}

void Progress::show(ProgressSubject& subject, const sim::SearchStatistics& statistics) {
    const std::scoped_lock lock(mutex_);
    if (is_due(subject)) {
        write(subject, statistics, false);
    }
}

void Progress::show(ProgressSubject& subject, std::string_view phase, const std::string& line,
                    const Json& figures) {
    const std::scoped_lock lock(mutex_);
    if (!is_due(subject)) {
        return;
    }
    subject.shown_at = now_seconds();
    if (mode_ == ProgressMode::line) {
        line_at_ = subject.shown_at;
        say("\r\x1b[K" + line);
        return;
    }
    Json json{{"command", command_}, {"phase", phase}};
    json.update(figures);
    json["elapsed_ms"] = static_cast<std::uint64_t>(seconds() * 1000);
    json["done"] = false;
    say(json.dump() + "\n");
}

bool Progress::is_due(const ProgressSubject& subject) const {
    const double last = mode_ == ProgressMode::line ? line_at_ : subject.shown_at;
    return mode_ != ProgressMode::none && now_seconds() - last >= kSecondsBetween;
}

void Progress::finish(const sim::SearchStatistics& sums) {
    const std::scoped_lock lock(mutex_);
    if (mode_ == ProgressMode::line && line_at_ > started_) {
        say("\r\x1b[K");
    } else if (mode_ == ProgressMode::json) {
        ProgressSubject all;
        all.phase = "done";
        all.shown_at = started_;
        sim::SearchStatistics end = sums;
        end.waiting = 0;
        write(all, end, true);
    }
}

void Progress::write(ProgressSubject& subject, const sim::SearchStatistics& statistics,
                     bool done) {
    const double now = now_seconds();
    // Fewer than before: another search has begun.
    const bool same = statistics.classes_expanded >= subject.shown_expanded;
    const std::uint64_t more = statistics.classes_expanded - (same ? subject.shown_expanded : 0);
    const double rate = static_cast<double>(more) / std::max(now - subject.shown_at, kShortest);
    if (mode_ == ProgressMode::json) {
        write_json(subject, statistics, rate, done);
    } else {
        write_line(subject, statistics, rate);
        line_at_ = now;
    }
    subject.shown_at = now;
    subject.shown_expanded = statistics.classes_expanded;
    subject.shown_waiting = statistics.waiting;
}

void Progress::write_json(const ProgressSubject& subject,
                          const sim::SearchStatistics& statistics, double rate, bool done) const {
    const Json line = {
        {"command", command_},
        {"property", subject.property.empty() ? Json(nullptr) : Json(subject.property)},
        {"phase", subject.phase},
        {"classes_expanded", statistics.classes_expanded},
        {"classes_stored", statistics.classes_stored},
        {"classes_per_second", static_cast<std::uint64_t>(rate)},
        {"waiting", statistics.waiting},
        {"waiting_trend", trend(subject.shown_waiting, statistics.waiting)},
        {"memory_bytes", statistics.memory_bytes},
        {"longest_ms", statistics.longest ? Json(*statistics.longest) : Json(nullptr)},
        {"elapsed_ms", static_cast<std::uint64_t>(seconds() * 1000)},
        {"done", done}};
    say(line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace failback::app
