// failback tune: the values of a parameter for which a property holds, and what they cost.
#include <algorithm>
#include <map>
#include <stdexcept>

#include <fmt/format.h>

#include "app/outputs.hpp"
#include "app/report.hpp"
#include "app/selection.hpp"
#include "app/session.hpp"
#include "model/duration.hpp"
#include "model/file/design_file.hpp"
#include "model/file/vary.hpp"
#include "properties/tuning.hpp"
#include "traces/curve_view.hpp"

namespace failback::app {

namespace {

using properties::Outcome;
using properties::Trial;

model::Variation variation_of(const std::string& text, const nlohmann::json& design) {
    try {
        return model::parse_variation(text, design);
    } catch (const std::invalid_argument& error) {
        throw UsageError(std::string("--vary: ") + error.what());
    }
}

// Lifetimes are whole seconds: a step of one millisecond would leave the file format.
std::int64_t step_of(const std::string& text, const model::Variation& variation) {
    if (text.empty()) {
        return 1;
    }
    if (variation.duration) {
        return std::max<std::int64_t>(duration_of(text, "--step"), 1);
    }
    if (text.find_first_not_of("0123456789") != std::string::npos || text.size() > 9) {
        throw UsageError("--step: found \"" + text + "\", expected a whole number");
    }
    return std::max<std::int64_t>(std::stoll(text), 1);
}

class Tune {
public:
    explicit Tune(const TuneArguments& arguments)
        : arguments_(arguments),
          loaded_(load_searched(arguments.design)),
          variation_(variation_of(arguments.vary, loaded_.resolved)),
          session_("tune", arguments.search) {
        outputs_.file("--plot", arguments.plot);
        require_no_text();
    }

    int run() {
        const properties::TuningRange range{variation_.low, variation_.high,
                                            step_of(arguments_.step, variation_)};
        tuning_ = properties::tune(range, variation_.present, rules(),
                                   [this](std::int64_t value) { return check(value); });
        if (!tuning_.undecided) {
            measure();
        }
        session_.finish(totals_.sum);
        if (!arguments_.plot.empty()) {
            outputs_.attempt([this] { deliver(arguments_.plot, traces::as_curve(curve())); });
        }
        arguments_.json ? print_as_json() : print_table();
        outputs_.finish();
        return exit_code();
    }

private:
    // What is asked must be the same for all values. What a wider interval proves, it proves for
    // each that lies in it.
    [[nodiscard]] properties::TuningRules rules() {
        properties::TuningRules rules{arguments_.points, false, {}};
        if (is_fixed(loaded_.design, arguments_.goal) && variation_.duration) {
            const auto one_end = model::with_one_end(loaded_.resolved, variation_);
            rules.nested = one_end && design_of(*one_end);
            rules.holds_throughout = [this](std::int64_t low, std::int64_t high) {
                const auto any = model::with_interval(loaded_.resolved, variation_, low, high);
                const auto design = design_of(any);
                return design && check(*design, text({low, high})).outcome == Outcome::holds;
            };
        }
        return rules;
    }

    [[nodiscard]] std::optional<model::Design> design_of(const nlohmann::json& json) const {
        try {
            return model::parse_design(json.dump(), arguments_.design);
        } catch (const model::InputError&) {
            return std::nullopt;
        }
    }

    // A key of a text takes any duration, too.
    void require_no_text() const {
        nlohmann::json design = loaded_.resolved;
        design[nlohmann::json::json_pointer(variation_.pointer)] = "no duration";
        if (design_of(design)) {
            throw UsageError("--vary: found " + variation_.pointer +
                             ", which holds a text, expected the key of a duration or a number");
        }
    }

    // The design with that value, read as if the file had been edited.
    [[nodiscard]] model::Design changed(std::int64_t value) const {
        const nlohmann::json design =
            model::with_value(loaded_.resolved, variation_, value);
        try {
            return model::parse_design(design.dump(), arguments_.design);
        } catch (const model::InputError& error) {
            const model::Problem& problem = error.problems().front();
            throw UsageError(fmt::format(
                "--vary: with {} = {}, the design is refused: {}: found {}, expected {}{}",
                variation_.pointer, text(value), problem.pointer, problem.found,
                problem.expected,
                arguments_.step.empty() && problem.expected.starts_with("whole seconds")
                    ? "; lifetimes are whole seconds: try --step 1s"
                    : ""));
        }
    }

    Trial check(std::int64_t value) {
        Trial trial = check(changed(value), text(value));
        trial.value = value;
        return trial;
    }

    // All that the goal stands for must hold.
    Trial check(const model::Design& design, const std::string& value) {
        Trial trial{0, Outcome::vacuous, {}};
        for (const properties::Instance& instance : select(design, {arguments_.goal})) {
            const properties::Verdict verdict = properties::check(
                design, instance.property, session_.options(instance.name + " at " + value));
            totals_.add(verdict.statistics);
            const bool is_worse = verdict.outcome == Outcome::undecided ||
                                  verdict.outcome == Outcome::violated;
            if (is_worse || trial.outcome == Outcome::vacuous) {
                trial = {0, verdict.outcome, verdict.reason};
            }
            if (is_worse) {
                break;
            }
        }
        return trial;
    }

    // The exact longest time at each value that was tried, if the goal is one response.
    void measure() {
        for (const Trial& trial : tuning_.trials) {
            const model::Design design = changed(trial.value);
            const auto goals = select(design, {arguments_.goal});
            const properties::Property& goal = goals.front().property;
            if (goals.size() != 1 || goal.pattern != properties::Pattern::response ||
                goal.standing || !properties::is_momentary(*goal.premise)) {
                return;
            }
            within_ = goal.within;
            properties::Property open = goal;
            open.within = duration_of(arguments_.horizon, "--horizon");
            const auto range = properties::measure(
                design, open, session_.options("longest time at " + text(trial.value)));
            totals_.add(range.statistics);
            if (range.outcome == Outcome::holds && range.most) {
                longest_[trial.value] = range.most->ms;
            }
        }
    }

    [[nodiscard]] std::string text(std::int64_t value) const {
        return variation_.duration ? model::people_text(sim::TimeMs{value})
                                   : std::to_string(value);
    }

    [[nodiscard]] std::string text(const properties::HoldsBetween& interval) const {
        return interval.low == interval.high ? text(interval.low)
                                             : text(interval.low) + " to " + text(interval.high);
    }

    [[nodiscard]] std::string longest_text(std::int64_t value) const {
        const auto found = longest_.find(value);
        return found == longest_.end() ? "" : model::people_text(found->second);
    }

    [[nodiscard]] traces::Curve curve() const {
        traces::Curve curve{arguments_.goal, variation_.pointer, variation_.duration, within_, {}};
        for (const Trial& trial : tuning_.trials) {
            const auto found = longest_.find(trial.value);
            curve.points.push_back(
                {trial.value,
                 found == longest_.end() ? std::nullopt
                                         : std::optional<sim::TimeMs>(found->second),
                 trial.outcome == Outcome::holds});
        }
        return curve;
    }

    void print_as_json() const {
        Json json = json_header("tune");
        json["design"] = arguments_.design;
        json["parameter"] = variation_.pointer;
        json["unit"] = variation_.duration ? Json("ms") : Json(nullptr);
        json["present"] = variation_.present ? Json(*variation_.present) : Json(nullptr);
        json["goal"] = arguments_.goal;
        json["holds"] = Json::array();
        for (const auto& [low, high, proved] : tuning_.intervals) {
            json["holds"].push_back({{"from", low}, {"to", high}, {"proved", proved}});
        }
        json["complete"] = tuning_.complete;
        json["undecided"] =
            tuning_.undecided ? Json(tuning_.undecided->reason) : Json(nullptr);
        json["trials"] = Json::array();
        for (const Trial& trial : tuning_.trials) {
            const auto found = longest_.find(trial.value);
            json["trials"].push_back(
                {{"value", trial.value},
                 {"outcome", properties::to_text(trial.outcome)},
                 {"max_ms", found == longest_.end() ? Json(nullptr) : Json(found->second)}});
        }
        json["search"] = search_json(totals_, session_.seconds());
        print_json(json);
    }

    void print_table() const {
        print(fmt::format("{} of {}, {} to {}\n", variation_.pointer, loaded_.design.name,
                          text(variation_.low), text(variation_.high)));
        std::size_t width = 0;
        for (const Trial& trial : tuning_.trials) {
            width = std::max(width, text(trial.value).size());
        }
        for (const Trial& trial : tuning_.trials) {
            const std::string longest = longest_text(trial.value);
            print(fmt::format("  {:>{}}  {}{}{}\n", text(trial.value), width,
                              painted(trial.outcome), longest.empty() ? "" : "  at most ",
                              longest));
        }
        print(summary() + "\n");
        session_.summarise(fmt::format("{} state classes expanded in {:.2f} s\n",
                                       totals_.sum.classes_expanded, session_.seconds()));
    }

    [[nodiscard]] std::string summary() const {
        if (tuning_.undecided) {
            return fmt::format("undecided at {}: {}", text(tuning_.undecided->value),
                               tuning_.undecided->reason);
        }
        if (tuning_.intervals.empty() && tuning_.complete) {
            return "holds for no value of the range";
        }
        if (tuning_.intervals.empty()) {
            return fmt::format("holds for none of the {} values that were tried",
                               tuning_.trials.size());
        }
        std::string all;
        for (const properties::HoldsBetween& interval : tuning_.intervals) {
            all += (all.empty() ? "holds for " : ", and for ") + text(interval);
        }
        return all + (variation_.present ? "; the design says " + text(*variation_.present) : "") +
               "\n" + between();
    }

    // What is known of the values that were not tried.
    [[nodiscard]] std::string between() const {
        if (tuning_.complete) {
            return "proved for each value between";
        }
        const bool proved = std::ranges::all_of(tuning_.intervals,
                                                &properties::HoldsBetween::proved);
        const std::string tried = fmt::format("{} values were tried", tuning_.trials.size());
        return proved ? "proved for each value between; of the others, " + tried
                      : tried + "; what lies between two that are alike is taken to be like them";
    }

    [[nodiscard]] int exit_code() const {
        if (Session::interrupted()) {
            return kInterrupted;
        }
        if (tuning_.undecided) {
            return kUndecided;
        }
        return tuning_.intervals.empty() ? kViolated : kAllHold;
    }

    TuneArguments arguments_;
    LoadedDesign loaded_;
    model::Variation variation_;
    Session session_;
    Outputs outputs_;
    properties::Tuning tuning_;
    SearchTotals totals_;
    std::optional<sim::DelayMs> within_;
    std::map<std::int64_t, sim::DelayMs> longest_;
};

}  // namespace

int run(const TuneArguments& arguments) { return Tune(arguments).run(); }

}  // namespace failback::app
