#include "app/report.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include <unistd.h>

#include "traces/atomic_file.hpp"
#include "traces/trace_file.hpp"

namespace failback::app {

namespace {

bool is_set(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0';
}

bool paints() { return !is_set("NO_COLOR") && (is_set("FORCE_COLOR") || isatty(STDOUT_FILENO)); }

const char* color_of(properties::Outcome outcome) {
    switch (outcome) {
        case properties::Outcome::holds:
            return "\x1b[32m";
        case properties::Outcome::violated:
            return "\x1b[31m";
        default:
            return "\x1b[33m";
    }
}

}  // namespace

void SearchTotals::add(const sim::SearchStatistics& statistics) {
    complete = complete && statistics.complete;
    sum.classes_expanded += statistics.classes_expanded;
    sum.classes_stored += statistics.classes_stored;
    sum.discrete_states += statistics.discrete_states;
    sum.transitions += statistics.transitions;
    sum.memory_bytes = std::max(sum.memory_bytes, statistics.memory_bytes);
}

Json search_json(const SearchTotals& totals, double seconds) {
    return {{"complete", totals.complete},
            {"classes_expanded", totals.sum.classes_expanded},
            {"classes_stored", totals.sum.classes_stored},
            {"discrete_states", totals.sum.discrete_states},
            {"transitions", totals.sum.transitions},
            {"seconds", seconds},
            {"peak_memory_bytes", totals.sum.memory_bytes}};
}

std::string painted(properties::Outcome outcome) {
    std::string word = properties::to_text(outcome);
    word.resize(9, ' ');
    return paints() ? color_of(outcome) + word + "\x1b[0m" : word;
}

std::size_t name_column(const std::vector<properties::Instance>& instances) {
    constexpr std::size_t kWidest = 60;
    std::size_t width = 0;
    for (const properties::Instance& instance : instances) {
        width = std::max(width, std::min(instance.name.size(), kWidest));
    }
    return width;
}

std::string file_stem(const std::string& name) {
    std::string stem;
    for (const char c : name) {
        const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
        if (plain) {
            stem += c;
        } else if (!stem.empty() && stem.back() != '-') {
            stem += '-';
        }
    }
    while (!stem.empty() && (stem.back() == '-' || stem.back() == '.')) {
        stem.pop_back();
    }
    constexpr std::size_t kLongestStem = 100;
    return stem.empty() ? "property" : stem.substr(0, kLongestStem);
}

std::string trace_path(const std::string& directory, const std::string& stem) {
    return (std::filesystem::path(directory) / (stem + ".trace.json")).string();
}

std::string write_trace(const std::string& directory, const std::string& stem,
                        const traces::Trace& trace) {
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (error) {
        throw traces::OutputError(directory, error.value());
    }
    const std::string path = trace_path(directory, stem);
    traces::write_file(path, traces::to_json_text(trace));
    return path;
}

properties::Extent extent_of_traces(const SearchArguments& arguments, bool measured) {
    using properties::Breadth;
    return {arguments.no_slice ? Breadth::whole : Breadth::context, false, measured};
}

}  // namespace failback::app
