// What all benchmarks share: user processor time, and what a search cost.
#pragma once

#include "sim/explorer.hpp"

#include <chrono>
#include <cstdint>
#include <fstream>
#include <limits>
#include <string>

#include <benchmark/benchmark.h>
#include <sys/resource.h>

namespace failback::bench {

inline constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

// `full` adds the sizes that take minutes, and lets searches that do not end go on for longer.
struct Extent {
    bool full = false;
};

// Each adds the benchmarks of its file.
void add_designs(const Extent& extent);
void add_two_phase_commit(const Extent& extent);
void add_simulation(const Extent& extent);
void add_zones(const Extent& extent);
void add_keys(const Extent& extent);
void add_steps(const Extent& extent);

inline double user_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_utime.tv_sec) +
           static_cast<double>(usage.ru_utime.tv_usec) * 1e-6;
}

// The most memory that this process has had. (getrusage would count that of its parent, too.)
inline std::uint64_t peak_rss_bytes() {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        if (word == "VmHWM:") {
            std::uint64_t kilobytes = 0;
            status >> kilobytes;
            return kilobytes * 1024;
        }
    }
    return 0;
}

// A figure that is the same in each iteration.
inline void report(benchmark::State& state, const char* name, std::uint64_t value) {
    state.counters[name] = static_cast<double>(value);
}

// The same, and how many of them a second.
inline void report_rate(benchmark::State& state, const char* name, const char* rate,
                        std::uint64_t value) {
    report(state, name, value);
    state.counters[rate] = benchmark::Counter(static_cast<double>(value),
                                              benchmark::Counter::kIsIterationInvariantRate);
}

// Runs `body` in each iteration. Its time is the user time of all threads, which other programs on
// the machine change least; `wall_s` is what shows if more threads help. REQUIRES: UseManualTime.
template <class Body>
void time_user(benchmark::State& state, Body body) {
    double wall = 0;
    for ([[maybe_unused]] auto iteration : state) {
        const auto begun = std::chrono::steady_clock::now();
        const double before = user_seconds();
        body();
        state.SetIterationTime(user_seconds() - before);
        wall += std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    }
    state.counters["wall_s"] = benchmark::Counter(wall, benchmark::Counter::kAvgIterations);
    report(state, "peak_rss_bytes", peak_rss_bytes());
}

inline sim::Limits limits_of(std::uint64_t max_classes) {
    constexpr std::uint64_t kMaxMemory = std::uint64_t{6} << 30U;
    sim::Limits limits;
    limits.max_classes = max_classes;
    limits.max_memory_bytes = kMaxMemory;
    return limits;
}

}  // namespace failback::bench
