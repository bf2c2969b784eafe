// failback bound: the exact range of a duration, with the timers that add up to it.
#include <filesystem>

#include <fmt/format.h>

#include "app/report.hpp"
#include "app/session.hpp"
#include "model/duration.hpp"
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
    property.conclusion = expression_of(arguments.to, "--to", design);
    if (!arguments.unless.empty()) {
        property.release = expression_of(arguments.unless, "--unless", design);
    }
    property.within = duration_of(arguments.horizon, "--horizon");
    return property;
}

class Bound {
public:
    explicit Bound(const BoundArguments& arguments)
        : arguments_(arguments),
          loaded_(load_design(arguments.design)),
          property_(property_of(arguments, loaded_.design)),
          session_("bound", arguments.search) {}

    int run() {
        const auto options = session_.options(name());
        result_ = properties::measure(loaded_.design, property_, options);
        session_.finish(result_.statistics);
        if (result_.most) {
            longest_ = write(*result_.most, sim::Extreme::longest, "longest", longest_path_);
        }
        if (result_.least) {
            shortest_ = write(*result_.least, sim::Extreme::shortest, "shortest", shortest_path_);
        }
        if (!result_.endless.empty()) {
            const properties::Extremity endless{property_.within, result_.endless, {}};
            write(endless, sim::Extreme::longest, "endless", longest_path_);
        }
        arguments_.json ? print_as_json() : print_text();
        return exit_code();
    }

private:
    [[nodiscard]] std::string name() const {
        return "from " + arguments_.from + " to " + arguments_.to;
    }

    // Records a witness and writes its trace.
    traces::Trace write(const properties::Extremity& end, sim::Extreme extreme,
                        const std::string& which, std::string& path) {
        traces::Caption caption;
        caption.version = version();
        caption.property = name();
        caption.says = properties::to_text(property_, loaded_.design);
        caption.outcome = result_.endless.empty() ? "witness" : "violated";
        caption.reason = which + ": " + model::people_text(end.ms);
        caption.extent = extent_of_traces(arguments_.search, true);
        auto trace = traces::record(result_.setting, loaded_.json, caption, end.choices);
        trace.chain = traces::explain(trace, *result_.setting.sip, end.chain, extreme);
        const std::string design = std::filesystem::path(arguments_.design).stem().string();
        path = write_trace(arguments_.out, file_stem(design + ".bound." + which), trace);
        return trace;
    }

    // The reason, with what the user can do about a horizon that is too near.
    [[nodiscard]] std::string reason() const {
        const std::string origin = arguments_.horizon == BoundArguments{}.horizon
                                       ? " (24h is the default of --horizon"
                                       : " (set by --horizon";
        return result_.reason +
               (result_.exceeds_horizon ? origin + "; a longer one looks further)" : "");
    }

    static Json text_or_null(const std::string& text) {
        return text.empty() ? Json(nullptr) : Json(text);
    }

    void print_as_json() const {
        Json json = json_header("bound");
        json["design"] = arguments_.design;
        json["from"] = arguments_.from;
        json["to"] = arguments_.to;
        json["outcome"] = properties::to_text(result_.outcome);
        json["reason"] = reason();
        json["bound"] = {
            {"min_ms", result_.least ? Json(result_.least->ms) : Json(nullptr)},
            {"max_ms", result_.most ? Json(result_.most->ms) : Json(nullptr)},
            {"chain", chain_json(longest_.chain)},
            {"trace", text_or_null(longest_path_)},
            {"min_chain", chain_json(shortest_.chain)},
            {"min_trace", text_or_null(shortest_path_)}};
        SearchTotals totals;
        totals.add(result_.statistics);
        json["search"] = search_json(totals, session_.seconds());
        print_json(json);
    }

    static void print_chain(const std::vector<traces::ChainLink>& chain) {
        for (const traces::ChainLink& link : chain) {
            print(fmt::format("  {:>+12} ms  {}\n", link.ms, link.what));
        }
    }

    void print_text() const {
        print(name() + "\n");
        if (!result_.most || !result_.least) {
            print(std::string(properties::to_text(result_.outcome)) + ": " + reason() + "\n");
        } else {
            print(fmt::format("at most  {} ms ({}), {}\n", result_.most->ms,
                              model::people_text(result_.most->ms), reason()));
            print_chain(longest_.chain);
            print(fmt::format("at least {} ms ({})\n", result_.least->ms,
                              model::people_text(result_.least->ms)));
            print_chain(shortest_.chain);
        }
        if (!longest_path_.empty()) {
            print("next: failback show " + longest_path_ + " --as ladder -o worst.svg\n");
        }
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
    properties::Property property_;
    Session session_;
    properties::Measurement result_;
    traces::Trace longest_;
    traces::Trace shortest_;
    std::string longest_path_;
    std::string shortest_path_;
};

}  // namespace

int run(const BoundArguments& arguments) { return Bound(arguments).run(); }

}  // namespace failback::app
