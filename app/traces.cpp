// failback replay, show, shrink, diff: what can be done with a trace.
#include <memory>

#include <fmt/format.h>

#include "app/arguments.hpp"
#include "app/command.hpp"
#include "app/outputs.hpp"
#include "app/session.hpp"
#include "model/file/json_source.hpp"
#include "properties/property.hpp"
#include "traces/compare.hpp"
#include "traces/ladder_view.hpp"
#include "traces/recorder.hpp"
#include "traces/shrink.hpp"
#include "traces/text_view.hpp"
#include "traces/timeline_view.hpp"
#include "traces/trace_file.hpp"

namespace failback::app {

namespace {

traces::Trace load_trace(const std::string& file) {
    return traces::parse_trace(read_text(file), file);
}

// What is wrong with the design or the property in a trace, at its place in the trace.
template <class Work>
auto inside(const std::string& file, Work work) {
    const auto refuse = [&file](std::vector<model::Problem> problems) -> model::InputError {
        const model::JsonSource source(read_text(file), file, model::kMostTraceValues);
        for (model::Problem& problem : problems) {
            problem.file = file;
            problem.position = source.value_position(problem.pointer);
        }
        return model::InputError(std::move(problems));
    };
    try {
        return work();
    } catch (const model::InputError& error) {
        std::vector<model::Problem> problems = error.problems();
        for (model::Problem& problem : problems) {
            problem.pointer = "/design" + problem.pointer;
        }
        throw refuse(std::move(problems));
    } catch (const properties::LanguageError& error) {
        throw refuse({{file, {}, "/says",
                       error.found() + " at character " + std::to_string(error.column()),
                       error.expected(), error.hint()}});
    }
}

std::string view_of(const traces::Trace& trace, const std::string& as) {
    if (as == "ladder") {
        return traces::as_ladder(trace);
    }
    if (as == "timeline") {
        return traces::as_timeline(trace);
    }
    return as == "json" ? traces::to_json_text(trace) : traces::as_text(trace);
}

std::string shrunk_name(const std::string& trace) {
    constexpr std::string_view kEnding = ".trace.json";
    const std::string stem =
        trace.ends_with(kEnding) ? trace.substr(0, trace.size() - kEnding.size()) : trace;
    return stem + ".shrunk" + std::string(kEnding);
}

Json size_json(const traces::StorySize& size) {
    return {{"faults", size.faults},
            {"phones", size.phones},
            {"calls", size.calls},
            {"steps", size.steps}};
}

// "faults: 12 -> 1", or nothing where there are none.
std::string change_text(const char* what, std::size_t before, std::size_t after) {
    return before == 0 ? "" : fmt::format("{}: {} -> {}\n", what, before, after);
}

traces::Shrunk shrunk(const ShrinkArguments& arguments, const Session& session) {
    const traces::Trace trace = load_trace(arguments.trace);
    traces::ShrinkOptions options;
    options.max_classes = arguments.max_classes;
    options.poll = [&session, subject = std::make_shared<ProgressSubject>()](
                       const traces::StorySize& size, std::uint64_t trials) {
        session.show(*subject, "shorter",
                     fmt::format("{} proposals tried, {} faults and {} steps are left", trials,
                                 size.faults, size.steps),
                     {{"trials", trials}, {"left", size_json(size)}});
        return session.stop_reason();
    };
    options.search = session.options(trace.property);
    try {
        return inside(arguments.trace, [&] { return traces::shrink(trace, options); });
    } catch (const traces::CannotShrink& error) {
        throw UsageError(arguments.trace + ": " + error.what());
    }
}

}  // namespace

int run(const ReplayArguments& arguments) {
    const traces::Trace trace = load_trace(arguments.trace);
    const traces::Replay replay =
        inside(arguments.trace, [&trace] { return traces::replay(trace); });
    if (arguments.json) {
        Json json = json_header("replay");
        json["trace"] = arguments.trace;
        json["agrees"] = replay.agrees;
        json["steps"] = replay.steps;
        json["diverges_at"] = replay.agrees ? Json(nullptr) : Json(replay.divergence.step);
        json["reason"] = replay.divergence.reason;
        print_json(json);
    } else if (replay.agrees) {
        print(fmt::format("replays: {} steps, every hash agrees\n", replay.steps));
    } else {
        print(fmt::format("diverges at step {} of {}: {}\n", replay.divergence.step,
                          trace.steps.size(), replay.divergence.reason));
    }
    return replay.agrees ? kAllHold : kViolated;
}

int run(const ShowArguments& arguments) {
    const traces::Trace trace = load_trace(arguments.trace);
    const std::string view = view_of(trace, arguments.as);
    if (arguments.json) {
        Json json = json_header("show");
        json["trace"] = arguments.trace;
        json["as"] = arguments.as;
        json["view"] = view;
        deliver(arguments.output, json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    } else {
        deliver(arguments.output, view);
    }
    return kAllHold;
}

int run(const ShrinkArguments& arguments) {
    const std::string output =
        arguments.output.empty() ? shrunk_name(arguments.trace) : arguments.output;
    const Session session("shrink", arguments.search);
    Outputs().file("--output", output);
    const traces::Shrunk result = shrunk(arguments, session);
    session.finish({});
    deliver(output, traces::to_json_text(result.trace));
    if (arguments.json) {
        Json json = json_header("shrink");
        json["trace"] = arguments.trace;
        json["output"] = output;
        json["before"] = size_json(result.before);
        json["after"] = size_json(result.after);
        json["smallest"] = result.exact;
        json["trials"] = result.trials;
        json["stopped_by"] = result.stopped_by;
        print_json(json);
    } else if (output != "-") {
        print(change_text("faults", result.before.faults, result.after.faults) +
              change_text("phones", result.before.phones, result.after.phones) +
              change_text("call plans", result.before.calls, result.after.calls) +
              change_text("steps", result.before.steps, result.after.steps));
        print(result.exact ? "no run of the design that is left is smaller\n"
                           : fmt::format("{} proposals were tried\n", result.trials));
        if (!result.stopped_by.empty()) {
            print("stopped: " + result.stopped_by +
                  "; this is the smallest story so far, there may be smaller ones\n");
        }
        print("next: failback show " + output + "\n");
    }
    if (Session::interrupted()) {
        return kInterrupted;
    }
    return result.stopped_by.empty() ? kAllHold : kUndecided;
}

int run(const DiffArguments& arguments) {
    const traces::Trace a = load_trace(arguments.a);
    const traces::Trace b = load_trace(arguments.b);
    const traces::Comparison comparison = traces::compare(a, b);
    if (arguments.json) {
        Json json = json_header("diff");
        json["a"] = arguments.a;
        json["b"] = arguments.b;
        json["same"] = comparison.same;
        json["common_steps"] = comparison.common;
        json["cause"] = comparison.cause.empty() ? Json(nullptr) : Json(comparison.cause);
        json["designs"] = comparison.designs;
        json["at_end"] = comparison.at_end;
        print_json(json);
    } else {
        print(traces::as_text(comparison, a, b));
    }
    return comparison.same ? kAllHold : kViolated;
}

}  // namespace failback::app
