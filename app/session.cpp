#include "app/session.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <charconv>
#include <csignal>
#include <mutex>
#include <thread>

#include <fmt/format.h>
#include <unistd.h>

#include "app/command.hpp"
#include "model/duration.hpp"

namespace failback::app {

namespace {

// A signal handler can reach nothing but a global.
std::atomic<bool> interrupt_seen{false};
std::mutex progress_mutex;
double last_progress = 0;

extern "C" void on_interrupt(int) { interrupt_seen = true; }

double now_seconds() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration<double>(now).count();
}

}  // namespace

std::uint64_t bytes_of(const std::string& text) {
    std::uint64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, value);
    const std::string unit(rest, end);
    const std::string units = "KMG";
    const std::size_t power = unit.empty() ? 0 : units.find(unit.front()) + 1;
    const bool known = unit.empty() || (unit.size() == 1 && power > 0 && power <= units.size());
    if (error != std::errc{} || !known || value == 0 || value > (std::uint64_t{1} << 32)) {
        throw UsageError("--max-memory: found \"" + text +
                         "\", expected a size such as 8G or 512M");
    }
    return value << (10 * power);
}

sim::DelayMs duration_of(const std::string& text, const std::string& option) {
    const auto reading = model::parse_duration(text);
    if (!reading.value || *reading.value == 0) {
        throw UsageError(option + ": found \"" + text + "\", expected " +
                         (reading.value ? "more than zero" : reading.expected));
    }
    return *reading.value;
}

unsigned threads_of(unsigned asked) {
    if (asked == 0 || asked > 64) {
        throw UsageError("--threads: found " + std::to_string(asked) + ", expected 1 to 64");
    }
    return asked;
}

Session::Session(const SearchArguments& arguments)
    : max_memory_(bytes_of(arguments.max_memory)),
      max_seconds_(arguments.max_time.empty()
                       ? 0
                       : static_cast<double>(duration_of(arguments.max_time, "--max-time")) / 1000),
      started_(now_seconds()),
      shows_progress_(isatty(STDERR_FILENO) == 1) {
    std::signal(SIGINT, on_interrupt);
    std::signal(SIGTERM, on_interrupt);
}

sim::Limits Session::limits(unsigned share) const {
    sim::Limits limits;
    limits.max_memory_bytes = max_memory_ / share;
    limits.poll = [this](const sim::SearchStatistics& statistics) {
        show_progress(statistics);
        return stop_reason();
    };
    return limits;
}

std::string Session::stop_reason() const {
    if (interrupted()) {
        return "interrupted";
    }
    return max_seconds_ > 0 && seconds() > max_seconds_ ? "time limit" : "";
}

double Session::seconds() const { return now_seconds() - started_; }

void Session::show_progress(const sim::SearchStatistics& statistics) const {
    const std::scoped_lock lock(progress_mutex);
    const double now = now_seconds();
    if (!shows_progress_ || now - last_progress < 0.25) {
        return;
    }
    last_progress = now;
    const double rate =
        static_cast<double>(statistics.classes_expanded) / std::max(seconds(), 0.01);
    say(fmt::format("\r\x1b[K{} classes expanded, {} stored, {:.0f}/s, {} waiting, {} MB",
                    statistics.classes_expanded, statistics.classes_stored, rate,
                    statistics.waiting, statistics.memory_bytes >> 20U));
}

void Session::clear_progress() const {
    if (shows_progress_ && last_progress > 0) {
        say("\r\x1b[K");
    }
}

bool Session::interrupted() { return interrupt_seen; }

}  // namespace failback::app
