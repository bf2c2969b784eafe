#include "app/session.hpp"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <csignal>
#include <utility>

#include "app/command.hpp"
#include "model/duration.hpp"

namespace failback::app {

namespace {

// A signal handler can reach nothing but a global.
std::atomic<bool> interrupt_seen{false};

extern "C" void on_interrupt(int) { interrupt_seen = true; }

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

Session::Session(std::string command, SearchArguments arguments)
    : arguments_(std::move(arguments)),
      max_memory_(bytes_of(arguments_.max_memory)),
      max_seconds_(
          arguments_.max_time.empty()
              ? 0
              : static_cast<double>(duration_of(arguments_.max_time, "--max-time")) / 1000),
      progress_(std::make_unique<Progress>(std::move(command),
                                           progress_mode_of(arguments_.progress))) {
    std::signal(SIGINT, on_interrupt);
    std::signal(SIGTERM, on_interrupt);
}

sim::Limits Session::limits_of(const std::shared_ptr<ProgressSubject>& subject,
                               unsigned share) const {
    sim::Limits limits;
    limits.max_memory_bytes = max_memory_ / share;
    limits.poll = [this, subject](const sim::SearchStatistics& statistics) {
        progress_->show(*subject, statistics);
        return stop_reason();
    };
    return limits;
}

sim::Limits Session::limits() const {
    const auto subject = std::make_shared<ProgressSubject>();
    progress_->enter(*subject, properties::to_text(properties::SearchPhase::exact));
    return limits_of(subject, 1);
}

properties::CheckOptions Session::options(const std::string& property, unsigned share) const {
    const auto subject = std::make_shared<ProgressSubject>();
    subject->property = property;
    properties::CheckOptions options;
    options.slice = !arguments_.no_slice;
    options.reduce = !arguments_.no_reduce;
    options.approximate = !arguments_.exact_only;
    options.search.threads = std::max(1U, threads_of(arguments_.threads) / share);
    options.limits = limits_of(subject, share);
    options.on_phase = [this, subject](properties::SearchPhase phase) {
        progress_->enter(*subject, properties::to_text(phase));
    };
    return options;
}

std::string Session::stop_reason() const {
    if (interrupted()) {
        return "interrupted";
    }
    return max_seconds_ > 0 && seconds() > max_seconds_ ? "time limit" : "";
}

double Session::seconds() const { return progress_->seconds(); }

void Session::show(ProgressSubject& subject, std::string_view phase, const std::string& line,
                   const Json& figures) const {
    progress_->show(subject, phase, line, figures);
}

void Session::finish(const sim::SearchStatistics& sums) const { progress_->finish(sums); }

// Among JSON lines the last one has it already.
void Session::summarise(std::string_view text) const {
    if (progress_->mode() != ProgressMode::json) {
        say(text);
    }
}

bool Session::interrupted() { return interrupt_seen; }

}  // namespace failback::app
