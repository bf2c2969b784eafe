// The arguments of every command, and the functions that run them: one file a command.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace failback::app {

// The folder for traces, unless --out names another one.
inline constexpr const char* kDefaultOut = "failback-out";

// Of every command that searches.
struct SearchArguments {
    std::string max_memory = "8G";
    std::string max_time;          // a duration with unit; empty: none
    unsigned threads = 1;
    bool no_slice = false;
    bool no_reduce = false;
    bool exact_only = false;
    bool no_share = false;
    std::string progress = "auto";
};

struct CheckArguments {
    std::string design;
    std::vector<std::string> properties;
    SearchArguments search;
    bool strict = false;
    bool coverage = false;
    std::string out = kDefaultOut;
    std::string junit;             // files to write; empty: none
    std::string sarif;
    bool json = false;
};

struct BoundArguments {
    std::string design;
    std::string from;
    std::string to;
    std::string unless;
    std::string horizon = "24h";
    std::optional<bool> what_if;   // none: if it costs little
    SearchArguments search;
    std::string out = kDefaultOut;
    bool json = false;
};

struct TuneArguments {
    std::string design;
    std::string vary;
    std::string goal;
    std::string step;              // a duration or a number; empty: 1 ms or 1
    int points = 3;                // tried between the ends
    std::string plot;              // SVG file; empty: none
    std::string horizon = "24h";
    SearchArguments search;
    bool json = false;
};

struct SimulateArguments {
    std::string design;
    std::vector<std::string> properties;
    std::string seed = "1";
    std::uint64_t runs = 100;
    std::string until = "24h";
    std::string record;
    std::string campaign;          // file to read and write; empty: none
    int random_faults = 0;
    bool stop_at_first = false;
    bool coverage = false;
    bool histogram = false;
    SearchArguments search;
    std::string out = kDefaultOut;
    bool json = false;
};

struct GraphArguments {
    std::string design;
    std::vector<std::string> group_by;
    std::string line;
    std::string trace;
    std::string as = "dot";
    std::string output;
    SearchArguments search;
    bool json = false;
};

struct ReplayArguments {
    std::string trace;
    bool json = false;
};

struct ShowArguments {
    std::string trace;
    std::string as = "text";
    std::string output;
    bool json = false;
};

struct ShrinkArguments {
    std::string trace;
    std::string output;            // empty: NAME.shrunk.trace.json beside the trace
    std::uint64_t max_classes = 20'000;
    SearchArguments search;        // of these, limits and progress
    bool json = false;
};

struct DiffArguments {
    std::string a;
    std::string b;
    bool json = false;
};

struct ProfilesArguments {
    std::string name;  // empty: list all
    bool json = false;
};

struct ImportArguments {
    std::string vendor;
    std::vector<std::string> files;
    std::string output;
    bool json = false;
};

// Each returns the exit code. They THROW as main() expects.
int run(const CheckArguments& arguments);
int run(const BoundArguments& arguments);
int run(const TuneArguments& arguments);
int run(const SimulateArguments& arguments);
int run(const GraphArguments& arguments);
int run(const ReplayArguments& arguments);
int run(const ShowArguments& arguments);
int run(const ShrinkArguments& arguments);
int run(const DiffArguments& arguments);
int run(const ProfilesArguments& arguments);
int run(const ImportArguments& arguments);
int run_properties(bool json);
int run_schema();
int run_version(bool json);

}  // namespace failback::app
