// failback simulate: seeded runs of a whole design.
#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>

#include <fmt/format.h>

#include "app/campaign.hpp"
#include "app/coverage_report.hpp"
#include "app/outputs.hpp"
#include "app/report.hpp"
#include "app/selection.hpp"
#include "app/session.hpp"
#include "model/duration.hpp"
#include "model/file/design_file.hpp"
#include "model/file/random_faults.hpp"
#include "model/sip/sip_state.hpp"
#include "properties/findings.hpp"
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
        options_.stop_at_first = arguments.stop_at_first;
        options_.coverage = arguments.coverage;
        if (arguments.coverage && !arguments.campaign.empty()) {
            throw UsageError("--coverage: found together with --campaign, whose file has no room "
                             "for it; expected one of them");
        }
        outputs_.folder(arguments.out);
        outputs_.file("--record", arguments.record);
        outputs_.file("--campaign", arguments.campaign);
        draw_messages();
        options_.stop = [this] { return session_.stop_reason(); };
        draw_faults();
    }

    int run() {
        if (!arguments_.record.empty()) {
            record_first_run();
        }
        resume();
        simulate();
        arguments_.json ? print_as_json() : print_table();
        outputs_.finish();
        if (Session::interrupted()) {
            return kInterrupted;
        }
        return campaign_.result.violations.empty() ? kUndecided : kViolated;
    }

private:
    // A campaign is on disk from time to time. Its result is the same in whatever parts it is made.
    void simulate() {
        constexpr double kSecondsBetween = 10;
        const std::uint64_t runs = options_.runs;
        std::uint64_t part = arguments_.campaign.empty() ? runs : 16;
        while (options_.first < runs && campaign_.result.stopped_by.empty() &&
               !(options_.stop_at_first && !campaign_.result.violations.empty())) {
            options_.runs = part < runs - options_.first ? options_.first + part : runs;
            const double begin = session_.seconds();
            campaign_.result = properties::simulate(loaded_.design, instances_, options_,
                                                    std::move(campaign_.result));
            options_.first = campaign_.result.runs;
            part *= session_.seconds() - begin < kSecondsBetween ? 2U : 1U;
            keep();
        }
        keep();
    }

    // Afterwards all of it is as if it had been known before.
    void keep() {
        name_traces();
        save();
        write_traces();
        for (properties::SimulatedViolation& violation : campaign_.result.violations) {
            violation.choices.clear();
        }
    }

    // Properties keep the bounds that they have for the budgets.
    void draw_messages() {
        loaded_.resolved = model::with_drawn_messages(loaded_.resolved);
        for (model::Fault& fault : loaded_.design.faults) {
            fault.count = fault.ratio ? model::kUnlimited : fault.count;
        }
    }

    void draw_faults() {
        const int count = arguments_.random_faults;
        const auto room = static_cast<int>(model::kFaults) -
                          static_cast<int>(loaded_.design.faults.size());
        if (count < 0 || count > room) {
            throw UsageError(fmt::format("--random-faults: found {}, expected a number from 0 to {}"
                                         " (a design has at most {} faults, this one has {})",
                                         count, room, model::kFaults,
                                         loaded_.design.faults.size()));
        }
        if (count > 0) {
            options_.design_of = [this](std::uint64_t run) {
                return model::parse_design(design_of(run).dump(), arguments_.design);
            };
        }
    }

    // What a trace of this run holds.
    [[nodiscard]] nlohmann::json design_of(std::uint64_t run) const {
        return arguments_.random_faults == 0
                   ? loaded_.resolved
                   : model::with_random_faults(loaded_.resolved,
                                               properties::run_seed(options_.seed, run),
                                               arguments_.random_faults, options_.until);
    }

    void resume() {
        campaign_.key = {std::string(version()), traces::design_hash(loaded_.resolved),
                         options_.seed,          options_.until,
                         arguments_.random_faults, {}};
        for (const Instance& instance : instances_) {
            campaign_.key.properties.push_back(instance.says);
        }
        campaign_.result.properties.resize(instances_.size());
        if (!arguments_.campaign.empty()) {
            if (auto known = read_campaign(arguments_.campaign, campaign_.key)) {
                campaign_ = std::move(*known);
                options_.first = campaign_.result.runs;
            }
        }
    }

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

    // Of the run, which a simulation of its design, with these properties, has made.
    template <class Choices>
    [[nodiscard]] traces::Trace trace_of(std::uint64_t run, const traces::Caption& caption,
                                         const std::vector<properties::Property>& watched,
                                         Choices choices) const {
        const nlohmann::json json = design_of(run);
        const model::Design design = model::parse_design(json.dump(), arguments_.design);
        const auto setting = properties::make_setting(design, watched, kWhole);
        return traces::record(setting, json, caption, choices(setting));
    }

    void record_first_run() {
        const auto trace = trace_of(0, caption(nullptr, "simulated", "seed " + arguments_.seed),
                                    {}, [this](const properties::Setting& setting) {
                                        return properties::simulate_once(
                                            setting, properties::run_seed(options_.seed, 0),
                                            options_);
                                    });
        if (session_.stop_reason().empty()) {
            outputs_.attempt([&] { deliver(arguments_.record, traces::to_json_text(trace)); });
        } else {
            say("failback: " + arguments_.record + " is not written: the run was stopped\n");
        }
    }

    void save() {
        if (!arguments_.campaign.empty()) {
            outputs_.attempt([this] {
                deliver(arguments_.campaign, app::to_json(campaign_).dump(2) + "\n");
            });
        }
    }

    // Those that are known have theirs, but the places in the list may have moved.
    void name_traces() {
        const auto& violations = campaign_.result.violations;
        std::vector<std::string> known = std::move(campaign_.traces);
        campaign_.traces.clear();
        std::size_t next_known = 0;
        for (std::size_t i = 0; i < violations.size(); ++i) {
            if (violations[i].choices.empty()) {
                campaign_.traces.push_back(known.at(next_known++));
            } else {
                campaign_.traces.push_back(trace_path(arguments_.out, stem_of(i)));
            }
        }
    }

    // What the campaign has found is on disk before: that takes the least time.
    void write_traces() {
        const auto& violations = campaign_.result.violations;
        bool all_written = true;
        for (std::size_t i = 0; i < violations.size(); ++i) {
            if (violations[i].choices.empty()) {
                continue;
            }
            std::string& path = campaign_.traces[i];
            path.clear();
            outputs_.attempt(
                [&] { path = write_trace(arguments_.out, stem_of(i), trace_of(violations[i])); });
            all_written = all_written && !path.empty();
        }
        if (!all_written) {
            save();
        }
    }

    // 1 for the first violation of its property.
    [[nodiscard]] std::size_t number_of(std::size_t violation) const {
        const auto& violations = campaign_.result.violations;
        std::size_t number = 1;
        while (violation > 0 &&
               violations[violation - 1].instance == violations[violation].instance) {
            ++number;
            --violation;
        }
        return number;
    }

    [[nodiscard]] traces::Trace trace_of(const properties::SimulatedViolation& violation) const {
        const Instance& instance = instances_[violation.instance];
        return trace_of(
            violation.run,
            caption(&instance, "violated",
                    "seed " + arguments_.seed + ", run " + std::to_string(violation.run)),
            {instance.property}, [&](const auto& /*setting*/) { return violation.choices; });
    }

    [[nodiscard]] std::string stem_of(std::size_t violation) const {
        const std::size_t number = number_of(violation);
        const Instance& instance = instances_[campaign_.result.violations[violation].instance];
        const std::string stem = std::filesystem::path(arguments_.design).stem().string();
        const std::string suffix = number == 1 ? "" : "-" + std::to_string(number);
        return file_stem(stem + ".simulated." + instance.name) + suffix;
    }

    [[nodiscard]] std::vector<std::size_t> violations_of(std::size_t instance) const {
        std::vector<std::size_t> found;
        for (std::size_t i = 0; i < campaign_.result.violations.size(); ++i) {
            if (campaign_.result.violations[i].instance == instance) {
                found.push_back(i);
            }
        }
        return found;
    }

    [[nodiscard]] std::string reason_of(std::size_t instance) const {
        const auto found = violations_of(instance);
        if (found.empty()) {
            if (properties::released_at_start(instances_[instance].property, loaded_.design)) {
                return "only simulated, and it is released at the start";
            }
            return campaign_.result.properties[instance].triggered ||
                           properties::always_triggered(instances_[instance].property)
                       ? "only simulated"
                       : "only simulated, and its premise did not happen";
        }
        const auto& violation = campaign_.result.violations[found.front()];
        return "in run " + std::to_string(violation.run) + " at " +
               model::people_text(violation.at);
    }

    [[nodiscard]] Json violations_json(std::size_t instance) const {
        Json json = Json::array();
        for (const std::size_t i : violations_of(instance)) {
            json.push_back(to_json(campaign_.result.violations[i], campaign_.traces[i]));
        }
        return json;
    }

    void print_as_json() const {
        const auto& result = campaign_.result;
        Json json = json_header("simulate");
        json["design"] = arguments_.design;
        json["seed"] = options_.seed;
        json["runs"] = result.runs;
        json["steps"] = result.steps;
        json["until_ms"] = options_.until;
        json["random_faults"] = arguments_.random_faults;
        json["cut_short"] = app::to_json(result.cut_short);
        json["stopped_by"] = result.stopped_by;
        json["verdicts"] = Json::array();
        for (std::size_t i = 0; i < instances_.size(); ++i) {
            const auto found = violations_of(i);
            json["verdicts"].push_back(
                {{"property", instances_[i].name},
                 {"line", instances_[i].position.line},
                 {"outcome", found.empty() ? "undecided" : "violated"},
                 {"reason", reason_of(i)},
                 {"trace", found.empty() || campaign_.traces[found.front()].empty()
                               ? Json(nullptr)
                               : Json(campaign_.traces[found.front()])},
                 {"violating_runs", result.properties[i].violating_runs},
                 {"unlisted_runs", unlisted_runs(i)},
                 {"violations", violations_json(i)},
                 {"durations", durations_json(result.properties[i])}});
        }
        if (arguments_.coverage) {
            json["coverage"] = coverage_json(result.coverage);
        }
        print_json(json);
    }

    void print_table() const {
        const auto& result = campaign_.result;
        print(fmt::format("{}\nseed {}, {} runs of up to {}, {} steps\n", loaded_.design.name,
                          options_.seed, result.runs, model::people_text(options_.until),
                          result.steps));
        const std::size_t width = name_column(instances_);
        for (std::size_t i = 0; i < instances_.size(); ++i) {
            const auto outcome = violations_of(i).empty() ? properties::Outcome::undecided
                                                          : properties::Outcome::violated;
            print(fmt::format("  {} {:<{}}  {}\n", painted(outcome), instances_[i].name, width,
                              reason_of(i)));
            print_violations(i);
        }
        print_durations(width);
        if (arguments_.coverage) {
            print(coverage_text(result.coverage, fmt::format("in {} runs", result.runs)));
        }
        if (const auto& cut_short = result.cut_short; cut_short.runs > 0) {
            print(fmt::format("{} of {} runs ended early, the first one is run {}: {}\n",
                              cut_short.runs, result.runs, cut_short.first, cut_short.why));
        }
        if (!result.stopped_by.empty()) {
            print("stopped: " + result.stopped_by + "\n");
        }
        if (campaign_.traces.empty()) {
            print("a simulation proves nothing; next: failback check " + arguments_.design + "\n");
        }
        const auto written = std::ranges::find_if_not(campaign_.traces, &std::string::empty);
        if (written != campaign_.traces.end()) {
            print("next: failback show " + *written + "\n");
        }
    }

    // Each distinct way to violate a property.
    void print_violations(std::size_t instance) const {
        for (const std::size_t i : violations_of(instance)) {
            const auto& violation = campaign_.result.violations[i];
            print(fmt::format("              {} of {} runs, after {}\n", violation.runs,
                              campaign_.result.runs,
                              violation.faults.empty()
                                  ? "no fault"
                                  : fmt::format("{}", fmt::join(violation.faults, ", "))));
        }
        if (const std::uint64_t others = unlisted_runs(instance); others > 0) {
            print(fmt::format("              {} of {} runs, after other faults than these\n",
                              others, campaign_.result.runs));
        }
    }

    // Of those that violate it, the ones behind the last that are told apart.
    [[nodiscard]] std::uint64_t unlisted_runs(std::size_t instance) const {
        std::uint64_t runs = campaign_.result.properties[instance].violating_runs;
        for (const std::size_t i : violations_of(instance)) {
            runs -= campaign_.result.violations[i].runs;
        }
        return runs;
    }

    void print_durations(std::size_t width) const {
        bool titled = false;
        for (std::size_t i = 0; i < instances_.size(); ++i) {
            const auto& simulated = campaign_.result.properties[i];
            if (simulated.durations.empty()) {
                continue;
            }
            if (!titled) {
                print_row("how long it took", width + kIndent,
                          {"times", "least", "median", "90 %", "99 %", "most", "late"});
                titled = true;
            }
            print_duration(instances_[i].name, simulated, width);
        }
    }

    void print_duration(const std::string& name, const properties::Simulated& simulated,
                        std::size_t width) const {
        const auto& durations = simulated.durations;
        const auto percent = [&durations](unsigned thousandths) {
            return model::people_text(durations.percentile(thousandths));
        };
        print_row("  " + name, width + kIndent,
                  {std::to_string(durations.count()), model::people_text(durations.least()),
                   percent(500), percent(900), percent(990), model::people_text(durations.most()),
                   std::to_string(simulated.late)});
        if (arguments_.histogram) {
            constexpr int kRows = 10;
            print(histogram_text(durations, kRows, "    "));
        }
    }

    static void print_row(const std::string& name, std::size_t width,
                          const std::array<std::string, 7>& cells) {
        print(fmt::format("{:<{}}  {:>7} {:>10} {:>10} {:>10} {:>10} {:>10} {:>6}\n", name, width,
                          cells[0], cells[1], cells[2], cells[3], cells[4], cells[5], cells[6]));
    }

    static constexpr std::size_t kIndent = 12;   // of the names of properties, behind verdicts

    SimulateArguments arguments_;
    LoadedDesign loaded_;
    std::vector<Instance> instances_;
    Session session_;
    Outputs outputs_;
    properties::SimulationOptions options_;
    Campaign campaign_;
};

}  // namespace

int run(const SimulateArguments& arguments) { return Simulate(arguments).run(); }

}  // namespace failback::app
