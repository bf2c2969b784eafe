// failback bound: the exact range of a duration, with the timers that add up to it.
#include <filesystem>

#include <fmt/format.h>

#include "app/bound_report.hpp"
#include "app/outputs.hpp"
#include "app/report.hpp"
#include "app/session.hpp"
#include "model/duration.hpp"
#include "model/file/profiles.hpp"
#include "properties/sensitivity.hpp"
#include "traces/explain.hpp"
#include "traces/recorder.hpp"

namespace failback::app {

namespace {

using properties::Outcome;

properties::Expression expression_of(const std::string& text, const std::string& option,
                                     const model::Design& design) {
    try {
        return properties::parse_expression(text, design);
    } catch (const properties::LanguageError& error) {
        throw UsageError(option + ": at character " + std::to_string(error.column()) + ": " +
                         error.what());
    }
}

properties::Property property_of(const BoundArguments& arguments, const model::Design& design) {
    properties::Property property;
    property.pattern = properties::Pattern::response;
    property.premise = expression_of(arguments.from, "--from", design);
    if (!properties::is_momentary(*property.premise)) {
        throw UsageError("--from: found \"" + arguments.from +
                         "\", which can last, expected an event, from which time is counted, such "
                         "as registers(line1, primary)");
    }
    property.conclusion = expression_of(arguments.to, "--to", design);
    if (!arguments.unless.empty()) {
        property.release = expression_of(arguments.unless, "--unless", design);
    }
    property.within = duration_of(arguments.horizon, "--horizon");
    return property;
}

// Up to here a search is so small that a few more like it are not noticed. Counted in classes, so
// that the same input always gives the same output.
constexpr std::uint64_t kSmallSearch = 50'000;
constexpr std::uint64_t kMostClassesUnasked = 200'000;

class Bound {
public:
    explicit Bound(const BoundArguments& arguments)
        : arguments_(arguments),
          loaded_(load_searched(arguments.design)),
          source_(loaded_.text, arguments.design),
          property_(property_of(arguments, loaded_.design)),
          session_("bound", arguments.search) {
        outputs_.folder(arguments.out);
    }

    int run() {
        const properties::CheckOptions options = session_.options(name());
        result_ = properties::measure(loaded_.design, property_, options);
        report_ = {arguments_.design, arguments_.from, arguments_.to, result_.outcome, reason(),
                   {}, {}, false};
        if (result_.most) {
            report_.most = shown(*result_.most, sim::Extreme::longest, "longest");
        }
        if (result_.least) {
            report_.least = shown(*result_.least, sim::Extreme::shortest, "shortest");
        }
        if (!result_.endless.empty()) {
            const properties::Extremity endless{property_.within, result_.endless, {}};
            report_.most.trace = shown(endless, sim::Extreme::longest, "endless").trace;
        }
        ask_what_if(options);
        session_.finish(result_.statistics);
        print_report();
        outputs_.finish();
        return exit_code();
    }

private:
    [[nodiscard]] std::string name() const {
        return "from " + arguments_.from + " to " + arguments_.to;
    }

    // One end of the range, with the trace of its witness.
    EndReport shown(const properties::Extremity& end, sim::Extreme extreme,
                    const std::string& which) {
        traces::Caption caption;
        caption.version = version();
        caption.property = name();
        caption.says = properties::to_text(property_, loaded_.design);
        caption.outcome = result_.endless.empty() ? "witness" : "violated";
        caption.reason = which + ": " + model::people_text(end.ms);
        caption.extent = extent_of_traces(arguments_.search, true);
        auto trace = traces::record(result_.setting, loaded_.resolved, caption, end.choices);
        const auto links = traces::explain(trace, *result_.setting.sip, end.chain, extreme);
        trace.chain = traces::words_of(links);
        EndReport report;
        report.ms = end.ms;
        for (const traces::ExplainedLink& link : links) {
            report.chain.push_back(placed(link));
        }
        const std::string design = std::filesystem::path(arguments_.design).stem().string();
        outputs_.attempt([&] {
            report.trace =
                write_trace(arguments_.out, file_stem(design + ".bound." + which), trace);
        });
        return report;
    }

    [[nodiscard]] LinkReport placed(const traces::ExplainedLink& link) const {
        LinkReport report{link.words, {}};
        for (const model::Parameter& parameter : link.parameters) {
            report.parameters.push_back({parameter,
                                         model::position_of(parameter, source_).line,
                                         model::profile_of(loaded_.json, parameter.key),
                                         {}});
        }
        return report;
    }

    // Measures again with each parameter of the chains a second shorter: if asked to, or if it
    // costs little and nobody said not to.
    void ask_what_if(properties::CheckOptions options) {
        const bool is_small = result_.statistics.classes_expanded <= kSmallSearch;
        if (!arguments_.what_if.value_or(is_small)) {
            report_.is_large = !arguments_.what_if && result_.outcome == Outcome::holds;
            return;
        }
        if (!arguments_.what_if) {
            options.limits.max_classes = kMostClassesUnasked;
        }
        properties::Sensitivity sensitivity(loaded_.json, arguments_.design, property_, options);
        const auto ask = [&](EndReport& end, auto properties::ChangedRange::*same_end) {
            for (LinkReport& link : end.chain) {
                for (ParameterReport& parameter : link.parameters) {
                    const auto changed = sensitivity.one_second_less(parameter.parameter);
                    parameter.less = {changed.*same_end, changed.reason};
                }
            }
        };
        ask(report_.most, &properties::ChangedRange::most);
        ask(report_.least, &properties::ChangedRange::least);
    }

    // The reason, with what the user can do about a horizon that is too near.
    [[nodiscard]] std::string reason() const {
        const std::string origin = arguments_.horizon == BoundArguments{}.horizon
                                       ? " (24h is the default of --horizon"
                                       : " (set by --horizon";
        return result_.reason +
               (result_.exceeds_horizon ? origin + "; a longer one looks further)" : "");
    }

    void print_report() const {
        if (arguments_.json) {
            Json json = to_json(report_);
            SearchTotals totals;
            totals.add(result_.statistics);
            json["search"] = search_json(totals, session_.seconds());
            print_json(json);
            return;
        }
        print(to_text(report_));
        session_.summarise(fmt::format(
            "{} state classes of {} discrete states expanded in {:.2f} s\n",
            result_.statistics.classes_expanded, result_.statistics.discrete_states,
            session_.seconds()));
    }

    [[nodiscard]] int exit_code() const {
        if (Session::interrupted()) {
            return kInterrupted;
        }
        switch (result_.outcome) {
            case Outcome::holds:
                return kAllHold;
            case Outcome::violated:
                return kViolated;
            case Outcome::vacuous:
                return kVacuous;
            case Outcome::undecided:
                break;
        }
        return kUndecided;
    }

    BoundArguments arguments_;
    LoadedDesign loaded_;
    model::JsonSource source_;
    properties::Property property_;
    Session session_;
    Outputs outputs_;
    properties::Measurement result_;
    BoundReport report_;
};

}  // namespace

int run(const BoundArguments& arguments) { return Bound(arguments).run(); }

}  // namespace failback::app
