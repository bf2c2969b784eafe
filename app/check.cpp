// failback check: every property of a design, for every timing.
#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "app/check_report.hpp"
#include "app/coverage_report.hpp"
#include "app/outputs.hpp"
#include "app/report.hpp"
#include "app/selection.hpp"
#include "app/session.hpp"
#include "properties/awaited.hpp"
#include "properties/check_all.hpp"
#include "traces/recorder.hpp"

namespace failback::app {

namespace {

using properties::Instance;
using properties::Outcome;

struct Row {
    properties::Verdict verdict;
    std::optional<std::size_t> same_as;   // row of the property that was searched instead
    std::optional<traces::Trace> run;     // the counterexample
    std::string trace;                    // its path
};

class Check {
public:
    explicit Check(const CheckArguments& arguments)
        : arguments_(arguments),
          loaded_(load_searched(arguments.design)),
          instances_(select(loaded_.design, arguments.properties)),
          session_("check", arguments.search) {
        outputs_.folder(arguments.out);
        outputs_.file("--junit", arguments.junit);
        outputs_.file("--sarif", arguments.sarif);
    }

    int run() {
        search();
        awaited_ = properties::check_awaited(loaded_.design,
                                             session_.options("what faults wait for"));
        if (arguments_.coverage) {
            cover();
        }
        session_.finish(totals().sum);
        write_traces();
        write_reports();
        arguments_.json ? print_as_json() : print_table();
        outputs_.finish();
        return exit_code();
    }

private:
    void search() {
        const std::size_t rows = std::max<std::size_t>(instances_.size(), 1);
        properties::CheckAllOptions options;
        options.share = !arguments_.search.no_share;
        options.threads = std::min<unsigned>(threads_of(arguments_.search.threads),
                                             static_cast<unsigned>(rows));
        options.each = [this, &options](std::size_t i) {
            return session_.options(instances_[i].name, options.threads);
        };
        auto verdicts = properties::check_all(loaded_.design, instances_, options);
        for (properties::SharedVerdict& one : verdicts) {
            rows_.push_back({std::move(one.verdict), one.same_as, {}, {}});
        }
    }

    void cover() {
        sim::Limits limits = session_.limits();
        limits.max_classes = kClassesForCoverage;
        covered_ = properties::cover(loaded_.design, instances_, !arguments_.search.no_slice,
                                     limits);
    }

    void write_traces() {
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            Row& row = rows_[i];
            if (row.verdict.outcome != Outcome::violated) {
                continue;
            }
            traces::Caption caption;
            caption.version = version();
            caption.property = instances_[i].name;
            caption.says = instances_[i].says;
            caption.outcome = "violated";
            caption.reason = row.verdict.reason;
            caption.extent = extent_of_traces(arguments_.search, false);
            row.run = traces::record(row.verdict.setting, loaded_.resolved, caption,
                                     row.verdict.choices);
            const std::string design =
                std::filesystem::path(arguments_.design).stem().string();
            outputs_.attempt([&] {
                row.trace = write_trace(arguments_.out,
                                        file_stem(design + "." + instances_[i].name), *row.run);
            });
        }
    }

    void write_reports() {
        if (!arguments_.junit.empty()) {
            outputs_.attempt([this] { deliver(arguments_.junit, as_junit(report())); });
        }
        if (!arguments_.sarif.empty()) {
            outputs_.attempt([this] { deliver(arguments_.sarif, as_sarif(report())); });
        }
    }

    [[nodiscard]] CheckReport report() const {
        CheckReport report{loaded_.design.name, arguments_.design, {}, {}, arguments_.strict,
                           exit_code()};
        for (const model::Server& server : loaded_.design.servers) {
            report.lines[server.name] = server.position.line;
        }
        for (const model::Phone& phone : loaded_.design.phones) {
            report.lines[phone.name] = phone.position.line;
        }
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            const Instance& instance = instances_[i];
            const Row& row = rows_[i];
            report.properties.push_back({instance.name, instance.says, instance.position.line,
                                         row.verdict.outcome, row.verdict.reason, row.run,
                                         row.trace});
        }
        for (const properties::AwaitedVerdict& awaited : awaited_) {
            if (awaited.never == Outcome::holds) {
                const model::Fault& fault = fault_of(awaited);
                report.properties.push_back({"fault " + fault.name, "the fault strikes",
                                             fault.position.line, Outcome::vacuous,
                                             text_of(awaited), {}, {}});
            }
        }
        return report;
    }

    [[nodiscard]] std::size_t count(Outcome outcome) const {
        return static_cast<std::size_t>(std::ranges::count_if(
            rows_, [outcome](const Row& row) { return row.verdict.outcome == outcome; }));
    }

    [[nodiscard]] bool has_idle_faults() const {
        return std::ranges::count(awaited_, Outcome::holds,
                                  &properties::AwaitedVerdict::never) > 0;
    }

    [[nodiscard]] const model::Fault& fault_of(const properties::AwaitedVerdict& awaited) const {
        return loaded_.design.faults[awaited.fault];
    }

    // "lapses(line1, primary)"
    [[nodiscard]] std::string event_of(const properties::AwaitedVerdict& awaited) const {
        const auto never = properties::never_awaited(loaded_.design, fault_of(awaited));
        return properties::to_text(never.conclusion, loaded_.design);
    }

    [[nodiscard]] std::string text_of(const properties::AwaitedVerdict& awaited) const {
        const int times = fault_of(awaited).after_event->times;
        const bool is_idle = awaited.never == Outcome::holds;
        return fmt::format("fault \"{}\"{} {} {} happens{}", fault_of(awaited).name,
                           is_idle ? " never strikes:" : ": not found out whether",
                           event_of(awaited), is_idle ? "never" : "ever",
                           times > 1 ? fmt::format(" {} times", times) : "");
    }

    [[nodiscard]] std::size_t identical() const {
        return static_cast<std::size_t>(std::ranges::count_if(
            rows_, [](const Row& row) { return row.same_as.has_value(); }));
    }

    [[nodiscard]] SearchTotals totals() const {
        SearchTotals totals;
        for (const Row& row : rows_) {
            totals.add(row.verdict.statistics);
        }
        for (const properties::AwaitedVerdict& awaited : awaited_) {
            totals.add(awaited.statistics);
        }
        return totals;
    }

    [[nodiscard]] bool as_expected(std::size_t i) const {
        const auto& expect = instances_[i].expect;
        return expect && properties::is_as_expected(rows_[i].verdict.outcome, *expect);
    }

    // "; violated, as expected"
    [[nodiscard]] std::string expectation(std::size_t i) const {
        if (!instances_[i].expect) {
            return {};
        }
        const std::string outcome = properties::to_text(rows_[i].verdict.outcome);
        const std::string expected = properties::to_text(*instances_[i].expect);
        return as_expected(i) ? fmt::format("; {}, as expected", outcome)
                              : fmt::format("; {}, but {} was expected", outcome, expected);
    }

    void print_as_json() const {
        Json json = json_header("check");
        json["design"] = arguments_.design;
        json["verdicts"] = Json::array();
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            const Row& row = rows_[i];
            Json parts = Json::array();
            for (const model::Part& part : row.verdict.searched.parts) {
                parts.push_back(model::name_of(loaded_.design, part));
            }
            json["verdicts"].push_back(
                {{"property", instances_[i].name},
                 {"line", instances_[i].position.line},
                 {"outcome", properties::to_text(row.verdict.outcome)},
                 {"expected", instances_[i].expect
                                  ? Json(properties::to_text(*instances_[i].expect))
                                  : Json(nullptr)},
                 {"reason", row.verdict.reason},
                 {"trace", row.trace.empty() ? Json(nullptr) : Json(row.trace)},
                 {"says", instances_[i].says},
                 {"searched", parts},
                 {"same_as",
                  row.same_as ? Json(instances_[*row.same_as].name) : Json(nullptr)}});
        }
        json["awaited"] = Json::array();
        for (const properties::AwaitedVerdict& awaited : awaited_) {
            json["awaited"].push_back(
                {{"fault", fault_of(awaited).name},
                 {"event", event_of(awaited)},
                 {"times", fault_of(awaited).after_event->times},
                 {"happens", awaited.never == Outcome::undecided
                                 ? Json(nullptr)
                                 : Json(awaited.never == Outcome::violated)}});
        }
        json["identical"] = identical();
        json["search"] = search_json(totals(), session_.seconds());
        if (covered_) {
            json["coverage"] = coverage_json(covered_->coverage);
            json["coverage"]["slices"] = covered_->slices;
            json["coverage"]["complete"] = covered_->complete;
            json["coverage"]["stopped_by"] = covered_->stopped_by;
        }
        print_json(json);
    }

    void print_table() const {
        print(loaded_.design.name + "\n");
        const std::size_t width = name_column(instances_);
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            const Row& row = rows_[i];
            print(fmt::format("  {} {:<{}}  {}{}\n", painted(row.verdict.outcome),
                              instances_[i].name, width, row.verdict.reason, expectation(i)));
        }
        print(fmt::format("{} hold, {} violated, {} undecided, {} vacuous{}\n",
                          count(Outcome::holds), count(Outcome::violated),
                          count(Outcome::undecided), count(Outcome::vacuous),
                          identical() > 0 ? fmt::format("; {} identical but for names",
                                                        identical())
                                          : ""));
        print_expectations();
        if (covered_) {
            print(coverage_text(covered_->coverage, how_covered(*covered_)));
        }
        print_next_command();
        const SearchTotals all = totals();
        session_.summarise(
            fmt::format("{} state classes of {} discrete states expanded in {:.2f} s, {} MB\n",
                        all.sum.classes_expanded, all.sum.discrete_states, session_.seconds(),
                        (all.sum.memory_bytes >> 20U) + 1));
    }

    // Says nothing where a search was not finished: that is no success.
    void print_expectations() const {
        std::size_t expected = 0;
        std::size_t met = 0;
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            expected += instances_[i].expect ? 1U : 0U;
            met += as_expected(i) ? 1U : 0U;
        }
        if (expected > 0 && met == expected && count(Outcome::undecided) == 0) {
            print(expected == rows_.size()
                      ? "every verdict is as expected\n"
                      : fmt::format("{} of {} verdicts were foreseen, and are as expected\n",
                                    expected, rows_.size()));
        }
    }

    void print_next_command() const {
        if (count(Outcome::vacuous) > 0) {
            print("a vacuous property says nothing: its premise cannot happen in this design\n");
        }
        for (const properties::AwaitedVerdict& awaited : awaited_) {
            if (awaited.never != Outcome::violated) {
                print(text_of(awaited) + "\n");
            }
        }
        for (const Row& row : rows_) {
            if (!row.trace.empty()) {
                print("next: failback show " + row.trace + "\n");
                return;
            }
        }
    }

    [[nodiscard]] int exit_code() const {
        if (Session::interrupted()) {
            return kInterrupted;
        }
        if (count(Outcome::violated) > 0) {
            return kViolated;
        }
        if (count(Outcome::undecided) > 0) {
            return kUndecided;
        }
        const bool says_little = count(Outcome::vacuous) > 0 || has_idle_faults();
        return arguments_.strict && says_little ? kVacuous : kAllHold;
    }

    CheckArguments arguments_;
    LoadedDesign loaded_;
    std::vector<Instance> instances_;
    std::vector<Row> rows_;
    std::vector<properties::AwaitedVerdict> awaited_;
    std::optional<properties::Covered> covered_;
    Session session_;
    Outputs outputs_;
};

}  // namespace

int run(const CheckArguments& arguments) { return Check(arguments).run(); }

}  // namespace failback::app
