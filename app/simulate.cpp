// failback simulate: seeded runs of a whole design.
#include <charconv>
#include <filesystem>

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

// Simulations run everything that the design has.
constexpr properties::Extent kWhole{properties::Breadth::whole, false, false};

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
    explicit Simulate(const SimulateArguments& arguments)
        : arguments_(arguments),
          loaded_(load_design(arguments.design)),
          instances_(select(loaded_.design, arguments.properties)),
          session_("simulate", arguments.search) {
        options_.seed = seed_of(arguments.seed);
        options_.runs = arguments.runs;
        if (arguments.runs == 0) {
            throw UsageError("--runs: found 0, expected at least 1");
        }
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
        caption.extent = kWhole;
        return caption;
    }

    void record_first_run() const {
        const auto setting = properties::make_setting(loaded_.design, {}, kWhole);
        const auto choices = properties::simulate_once(
            setting, properties::run_seed(options_.seed, 0), options_);
        const auto trace =
            traces::record(setting, loaded_.resolved,
                           caption(nullptr, "simulated", "seed " + arguments_.seed), choices);
        deliver(arguments_.record, traces::to_json_text(trace));
    }

    void write(const properties::SimulatedViolation& violation) {
        const Instance& instance = instances_[violation.instance];
        const auto setting =
            properties::make_setting(loaded_.design, {instance.property}, kWhole);
        const auto trace = traces::record(
            setting, loaded_.resolved,
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
        const std::size_t width = name_column(instances_);
        std::string next;
        for (std::size_t i = 0; i < instances_.size(); ++i) {
            const auto outcome = violation_of(i) != nullptr ? properties::Outcome::violated
                                                            : properties::Outcome::undecided;
            print(fmt::format("  {} {:<{}}  {}\n", painted(outcome), instances_[i].name, width,
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

    SimulateArguments arguments_;
    LoadedDesign loaded_;
    std::vector<Instance> instances_;
    Session session_;
    properties::SimulationOptions options_;
    properties::SimulationResult result_;
    std::vector<std::string> paths_;
};

}  // namespace

int run(const SimulateArguments& arguments) { return Simulate(arguments).run(); }

}  // namespace failback::app
