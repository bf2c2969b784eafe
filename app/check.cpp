// failback check: every property of a design, for every timing.
#include <algorithm>
#include <atomic>
#include <exception>
#include <filesystem>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include "app/report.hpp"
#include "app/selection.hpp"
#include "app/session.hpp"
#include "traces/recorder.hpp"

namespace failback::app {

namespace {

using properties::Instance;
using properties::Outcome;

struct Row {
    properties::Verdict verdict;
    std::string trace;   // path, if there is a counterexample
};

class Check {
public:
    explicit Check(const CheckArguments& arguments)
        : arguments_(arguments),
          loaded_(load_design(arguments.design)),
          instances_(select(loaded_.design, arguments.properties)),
          rows_(instances_.size()),
          session_(arguments.search) {}

    int run() {
        const unsigned threads =
            std::min<unsigned>(threads_of(arguments_.search.threads),
                               static_cast<unsigned>(std::max<std::size_t>(rows_.size(), 1)));
        std::vector<std::thread> helpers;
        for (unsigned i = 1; i < threads; ++i) {
            helpers.emplace_back([this, threads] { work(threads); });
        }
        work(threads);
        for (std::thread& helper : helpers) {
            helper.join();
        }
        session_.clear_progress();
        if (failure_) {
            std::rethrow_exception(failure_);
        }
        write_traces();
        arguments_.json ? print_as_json() : print_table();
        return exit_code();
    }

private:
    void work(unsigned threads) {
        try {
            for (std::size_t i = next_++; i < rows_.size(); i = next_++) {
                properties::CheckOptions options;
                options.slice = !arguments_.search.no_slice;
                options.reduce = !arguments_.search.no_reduce;
        options.approximate = !arguments_.search.exact_only;
                options.limits = session_.limits(threads);
                rows_[i].verdict =
                    properties::check(loaded_.design, instances_[i].property, options);
            }
        } catch (...) {
            const std::scoped_lock lock(failure_mutex_);
            failure_ = std::current_exception();
        }
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
            const auto trace = traces::record(row.verdict.setting, loaded_.json, caption,
                                              row.verdict.choices);
            const std::string design =
                std::filesystem::path(arguments_.design).stem().string();
            row.trace =
                write_trace(arguments_.out, file_stem(design + "." + instances_[i].name), trace);
        }
    }

    [[nodiscard]] std::size_t count(Outcome outcome) const {
        return static_cast<std::size_t>(std::ranges::count_if(
            rows_, [outcome](const Row& row) { return row.verdict.outcome == outcome; }));
    }

    [[nodiscard]] SearchTotals totals() const {
        SearchTotals totals;
        for (const Row& row : rows_) {
            totals.add(row.verdict.statistics);
        }
        return totals;
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
                 {"reason", row.verdict.reason},
                 {"trace", row.trace.empty() ? Json(nullptr) : Json(row.trace)},
                 {"says", instances_[i].says},
                 {"searched", parts}});
        }
        json["search"] = search_json(totals(), session_.seconds());
        print_json(json);
    }

    void print_table() const {
        print(loaded_.design.name + "\n");
        const std::size_t width = name_column(instances_);
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            const Row& row = rows_[i];
            print(fmt::format("  {} {:<{}}  {}\n", painted(row.verdict.outcome),
                              instances_[i].name, width, row.verdict.reason));
        }
        print(fmt::format("{} hold, {} violated, {} undecided, {} vacuous\n",
                          count(Outcome::holds), count(Outcome::violated),
                          count(Outcome::undecided), count(Outcome::vacuous)));
        print_next_command();
        const SearchTotals all = totals();
        say(fmt::format("{} state classes of {} discrete states expanded in {:.2f} s, {} MB\n",
                        all.sum.classes_expanded, all.sum.discrete_states, session_.seconds(),
                        (all.sum.memory_bytes >> 20U) + 1));
    }

    void print_next_command() const {
        for (const Row& row : rows_) {
            if (!row.trace.empty()) {
                print("next: failback show " + row.trace + "\n");
                return;
            }
        }
        if (count(Outcome::vacuous) > 0) {
            print("a vacuous property says nothing: its premise cannot happen in this design\n");
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
        return arguments_.strict && count(Outcome::vacuous) > 0 ? kVacuous : kAllHold;
    }

    CheckArguments arguments_;
    LoadedDesign loaded_;
    std::vector<Instance> instances_;
    std::vector<Row> rows_;
    Session session_;
    std::atomic<std::size_t> next_{0};
    std::mutex failure_mutex_;
    std::exception_ptr failure_;
};

}  // namespace

int run(const CheckArguments& arguments) { return Check(arguments).run(); }

}  // namespace failback::app
