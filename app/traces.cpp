// failback replay, show: what can be done with a trace.
#include <fmt/format.h>

#include "app/arguments.hpp"
#include "app/command.hpp"
#include "traces/ladder_view.hpp"
#include "traces/recorder.hpp"
#include "traces/text_view.hpp"
#include "traces/timeline_view.hpp"
#include "traces/trace_file.hpp"

namespace failback::app {

namespace {

traces::Trace load_trace(const std::string& file) {
    return traces::parse_trace(read_text(file), file);
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

}  // namespace

int run(const ReplayArguments& arguments) {
    const traces::Trace trace = load_trace(arguments.trace);
    const traces::Replay replay = traces::replay(trace);
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

}  // namespace failback::app
