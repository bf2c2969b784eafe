// failback simulate: seeded runs of a whole design.
#include <charconv>
#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "app/report.hpp"
#include "app/selection.hpp"
#include "app/session.hpp"
#include "model/duration.hpp"
#include "properties/simulate.hpp"
#include "traces/recorder.hpp"
#include "traces/trace_file.hpp"

namespace failback::app {

namespace {

using properties::Instance;

struct Arguments {
    std::string design;
    std::vector<std::string> properties;
    std::string seed = "1";
    std::uint64_t runs = 100;
    std::string until = "24h";
    std::string record;
    SearchArguments search;
    std::string out = "failback-out";
    bool json = false;
};

std::uint64_t seed_of(const std::string& text) {
    const bool hex = text.starts_with("0x") || text.starts_with("0X");
    const char* first = text.data() + (hex ? 2 : 0);
    const char* last = text.data() + text.size();
    std::uint64_t seed = 0;
    const auto [rest, error] = std::from_chars(first, last, seed, hex ? 16 : 10);
    if (error != std::errc{} || rest != last || first == last) {
        throw UsageError("--seed: found \"" + text + "\", expected a number such as 42 or 0x2a");
    }
    return seed;
}

class Simulate {
public:
    explicit Simulate(const Arguments& arguments)
        : arguments_(arguments),
          loaded_(load_design(arguments.design)),
          instances_(select(loaded_.design, arguments.properties)),
          session_(arguments.search) {
        options_.seed = seed_of(arguments.seed);
        options_.runs = arguments.runs;
        options_.until = duration_of(arguments.until, "--until");
        options_.threads = threads_of(arguments.search.threads);
        options_.stop = [this] { return session_.stop_reason(); };
    }

    int run() {
        if (!arguments_.record.empty()) {
            record_first_run();
        }
        result_ = properties::simulate(loaded_.design, instances_, options_);
        paths_.resize(instances_.size());
        for (const auto& violation : result_.violations) {
            write(violation);
        }
        arguments_.json ? print_as_json() : print_table();
        if (Session::interrupted()) {
            return kInterrupted;
        }
        return result_.violations.empty() ? kUndecided : kViolated;
    }

private:
    [[nodiscard]] traces::Caption caption(const Instance* instance, const std::string& outcome,
                                          const std::string& reason) const {
        traces::Caption caption;
        caption.version = version();
        caption.property = instance != nullptr ? instance->name : "";
        caption.says = instance != nullptr ? instance->says : "";
        caption.outcome = outcome;
        caption.reason = reason;
        caption.extent = {false, false, false};
        return caption;
    }

    void record_first_run() const {
        const auto setting = properties::make_setting(loaded_.design, {}, {false, false, false});
        const auto choices = properties::simulate_once(
            setting, properties::run_seed(options_.seed, 0), options_);
        const auto trace =
            traces::record(setting, loaded_.json,
                           caption(nullptr, "simulated", "seed " + arguments_.seed), choices);
        deliver(arguments_.record, traces::to_json_text(trace));
    }

    void write(const properties::SimulatedViolation& violation) {
        const Instance& instance = instances_[violation.instance];
        const auto setting =
            properties::make_setting(loaded_.design, {instance.property}, {false, false, false});
        const auto trace = traces::record(
            setting, loaded_.json,
            caption(&instance, "violated",
                    "seed " + arguments_.seed + ", run " + std::to_string(violation.run)),
            violation.choices);
        const std::string design = std::filesystem::path(arguments_.design).stem().string();
        paths_[violation.instance] =
            write_trace(arguments_.out, file_stem(design + ".simulated." + instance.name), trace);
    }

    [[nodiscard]] const properties::SimulatedViolation* violation_of(std::size_t instance) const {
        for (const auto& violation : result_.violations) {
            if (violation.instance == instance) {
                return &violation;
            }
        }
        return nullptr;
    }

    [[nodiscard]] std::string reason_of(std::size_t instance) const {
        if (const auto* violation = violation_of(instance)) {
            return "in run " + std::to_string(violation->run) + " at " +
                   model::people_text(violation->at);
        }
        return "only simulated";
    }

    void print_as_json() const {
        Json json = json_header("simulate");
        json["design"] = arguments_.design;
        json["seed"] = options_.seed;
        json["runs"] = result_.runs;
        json["steps"] = result_.steps;
        json["until_ms"] = options_.until;
        json["stopped_by"] = result_.stopped_by;
        json["verdicts"] = Json::array();
        for (std::size_t i = 0; i < instances_.size(); ++i) {
            const bool violated = violation_of(i) != nullptr;
            json["verdicts"].push_back(
                {{"property", instances_[i].name},
                 {"line", instances_[i].position.line},
                 {"outcome", violated ? "violated" : "undecided"},
                 {"reason", reason_of(i)},
                 {"trace", paths_[i].empty() ? Json(nullptr) : Json(paths_[i])}});
        }
        print_json(json);
    }

    void print_table() const {
        print(fmt::format("{}\nseed {}, {} runs of up to {}, {} steps\n", loaded_.design.name,
                          options_.seed, result_.runs, model::people_text(options_.until),
                          result_.steps));
        std::string next;
        for (std::size_t i = 0; i < instances_.size(); ++i) {
            const auto outcome = violation_of(i) != nullptr ? properties::Outcome::violated
                                                            : properties::Outcome::undecided;
            print(fmt::format("  {} {}  {}\n", painted(outcome), instances_[i].name,
                              reason_of(i)));
            next = next.empty() ? paths_[i] : next;
        }
        if (!result_.stopped_by.empty()) {
            print("stopped: " + result_.stopped_by + "\n");
        }
        print(next.empty() ? "a simulation proves nothing; next: failback check " +
                                 arguments_.design + "\n"
                           : "next: failback show " + next + "\n");
    }

    Arguments arguments_;
    LoadedDesign loaded_;
    std::vector<Instance> instances_;
    Session session_;
    properties::SimulationOptions options_;
    properties::SimulationResult result_;
    std::vector<std::string> paths_;
};

}  // namespace

void add_simulate(CLI::App& app, int& exit_code) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* command =
        app.add_subcommand("simulate", "run a design with random timing and faults from a seed");
    command->add_option("design", arguments->design, "the design file")->required();
    command->add_option("-p,--property", arguments->properties, "watch only this property");
    command->add_option("--seed", arguments->seed, "seed of the first run (default 1)");
    command->add_option("--runs", arguments->runs, "number of runs (default 100)");
    command->add_option("--until", arguments->until, "length of a run (default 24h)");
    command->add_option("--record", arguments->record,
                        "write the first run as a trace to this file");
    command->add_option("--threads", arguments->search.threads, "threads (default 1)");
    command->add_option("--max-time", arguments->search.max_time, "time limit, e.g. 10m");
    command->add_option("--out", arguments->out,
                        "where traces of violations are written (default failback-out)");
    command->add_flag("--json", arguments->json, "one JSON object on stdout");
    command->callback([arguments, &exit_code] { exit_code = Simulate(*arguments).run(); });
}

}  // namespace failback::app
