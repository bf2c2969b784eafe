// The benchmarks, with the options of google-benchmark, and --full for those that take minutes.
#include "tests/bench/measure.hpp"

#include <algorithm>
#include <string_view>

int main(int argc, char** argv) {
    using namespace failback::bench;
    const auto is_full = [](const char* argument) {
        return std::string_view(argument) == "--full";
    };
    char** const end = std::remove_if(argv + 1, argv + argc, is_full);
    const Extent extent{.full = end != argv + argc};
    argc = static_cast<int>(end - argv);
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
        return 64;
    }
    add_designs(extent);
    add_two_phase_commit(extent);
    add_simulation(extent);
    add_steps(extent);
    add_zones(extent);
    add_keys(extent);
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
