// The table of discrete states, by its number of keys.
#include "sim/check.hpp"
#include "sim/key_table.hpp"
#include "tests/bench/measure.hpp"

#include <array>
#include <cstddef>
#include <cstring>
#include <string>

namespace failback::bench {

namespace {

using Key = std::array<std::byte, 48>;  // about what a design of two servers packs

Key key_of(std::uint64_t number) {
    Key key{};
    const std::uint64_t spread = number * 0x9E3779B97F4A7C15;  // one to one, in no order
    std::memcpy(key.data(), &spread, sizeof spread);
    return key;
}

void fill(sim::KeyTable& table, std::uint64_t keys) {
    for (std::uint64_t number = 0; number < keys; ++number) {
        table.insert(key_of(number));
    }
}

void insert(benchmark::State& state, std::uint64_t keys) {
    std::uint64_t bytes = 0;
    time_user(state, [&] {
        sim::KeyTable table;
        fill(table, keys);
        bytes = table.memory_bytes();
    });
    report_rate(state, "keys", "keys_per_s", keys);
    report(state, "bytes_per_key", bytes / keys);
}

void find(benchmark::State& state, std::uint64_t keys) {
    sim::KeyTable table;
    fill(table, keys);
    time_user(state, [&] {
        std::uint64_t sum = 0;
        for (std::uint64_t number = 0; number < keys; ++number) {
            sum += table.find(key_of(number));
        }
        sim::ensure(sum == keys * (keys - 1) / 2, "each key is found");
    });
    report_rate(state, "keys", "keys_per_s", keys);
}

}  // namespace

void add_keys(const Extent& extent) {
    struct Operation {
        const char* name;
        void (*run)(benchmark::State&, std::uint64_t);
    };
    for (const auto& operation : {Operation{"insert", insert}, Operation{"find", find}}) {
        for (const std::uint64_t keys : {100'000U, 1'000'000U, 10'000'000U}) {
            if (keys == 10'000'000 && !extent.full) {
                continue;
            }
            const std::string name =
                "keys/" + std::string(operation.name) + "/" + std::to_string(keys);
            benchmark::RegisterBenchmark(
                name.c_str(),
                [run = operation.run, keys](benchmark::State& state) { run(state, keys); })
                ->UseManualTime()
                ->Unit(benchmark::kMillisecond);
        }
    }
}

}  // namespace failback::bench
