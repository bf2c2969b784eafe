#include "app/command_line.hpp"

#include <cstdint>
#include <functional>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/arguments.hpp"
#include "app/command.hpp"
#include "model/import/import.hpp"

namespace failback::app {

namespace {

// Registers commands; the one that was typed leaves its work in `chosen`.
class CommandLine {
public:
    CommandLine() : app_("Proves or refutes SIP registration failover designs, for every timing.") {
        app_.name("failback");
        app_.require_subcommand(1);
        app_.set_help_all_flag("--help-all", "help for every command");
        app_.footer("Try: failback check designs/polycom-soundpoint.json");
        add_check();
        add_bound();
        add_tune();
        add_simulate();
        add_replay();
        add_show();
        add_shrink();
        add_diff();
        add_graph();
        add_profiles();
        add_import();
        add_reference();
    }

    int run(int argc, char** argv) {
        try {
            app_.parse(argc, argv);
        } catch (const CLI::ParseError& error) {
            // The parser has exit codes of its own; help is no error, all else is wrong usage.
            return app_.exit(error) == 0 ? kAllHold : kUsage;
        }
        return chosen_();
    }

private:
    template <class Arguments>
    std::shared_ptr<Arguments> on(CLI::App* command) {
        auto arguments = std::make_shared<Arguments>();
        command->callback([this, arguments] {
            chosen_ = [arguments] { return app::run(*arguments); };
        });
        command->add_flag("--json", arguments->json, "one JSON object on stdout");
        return arguments;
    }

    static void add_limits(CLI::App* command, SearchArguments& arguments) {
        command->add_option("--max-memory", arguments.max_memory,
                            "memory that the search may use, e.g. 8G (default 8G)");
        command->add_option("--max-time", arguments.max_time, "time limit, e.g. 10m");
        command
            ->add_option("--progress", arguments.progress,
                         "on stderr: auto (default, a line if it is a terminal), json, none")
            ->check(CLI::IsMember({"auto", "json", "none"}));
    }

    static void add_search(CLI::App* command, SearchArguments& arguments) {
        add_limits(command, arguments);
        command->add_option("--threads", arguments.threads,
                            "threads (default 1): for several properties, or in one search");
        command->add_flag("--no-slice", arguments.no_slice,
                          "search the whole design, not only what can influence a property");
        command->add_flag("--no-reduce", arguments.no_reduce,
                          "keep timers and memories that cannot matter");
        command->add_flag("--exact-only", arguments.exact_only,
                          "no approximate search before the exact one");
    }

    static void add_out(CLI::App* command, std::string& out) {
        command->add_option("--out", out, "where traces are written (default failback-out)");
    }

    CLI::App* add(const char* name, const char* what) { return app_.add_subcommand(name, what); }

    void add_check() {
        CLI::App* command = add("check", "prove or refute the properties of a design");
        const auto arguments = on<CheckArguments>(command);
        command->add_option("design", arguments->design, "the design file")->required();
        command->add_option("-p,--property", arguments->properties,
                            "only this property: a name, or a text in the property language");
        add_search(command, arguments->search);
        command->add_flag("--no-share", arguments->search.no_share,
                          "search each property, also those that are the same but for names");
        command->add_flag("--strict", arguments->strict,
                          "vacuous properties, and faults that never strike, are failures "
                          "(exit 3)");
        command->add_flag("--coverage", arguments->coverage,
                          "search once more, for which events come in which phase of each node");
        command->add_option("--junit", arguments->junit, "write the verdicts as JUnit XML");
        command->add_option("--sarif", arguments->sarif, "write the verdicts as SARIF 2.1.0");
        add_out(command, arguments->out);
    }

    void add_bound() {
        CLI::App* command =
            add("bound", "the exact longest and shortest time from an event to a condition");
        const auto arguments = on<BoundArguments>(command);
        command->add_option("design", arguments->design, "the design file")->required();
        command->add_option("--from", arguments->from, "an event, e.g. \"recovers(primary)\"")
            ->required();
        command
            ->add_option("--to", arguments->to, "a condition, e.g. \"working(line1) = primary\"")
            ->required();
        command->add_option("--unless", arguments->unless,
                            "forget a measurement when this happens, e.g. \"fails(primary)\"");
        command->add_option("--horizon", arguments->horizon,
                            "the longest time that is looked for (default 24h)");
        command->add_flag_function(
            "--what-if,!--no-what-if",
            [arguments](std::int64_t asked) { arguments->what_if = asked > 0; },
            "tell what 1 s less of each time of the chains would change; the default is to tell "
            "it where that takes little");
        add_search(command, arguments->search);
        add_out(command, arguments->out);
    }

    void add_tune() {
        CLI::App* command = add("tune", "the values of a parameter for which a property holds");
        const auto arguments = on<TuneArguments>(command);
        command->add_option("design", arguments->design, "the design file")->required();
        command
            ->add_option("--vary", arguments->vary,
                         "KEY=LOW..HIGH, e.g. /phones/phone/retry/1=30s..120s")
            ->required();
        command
            ->add_option("--goal", arguments->goal,
                         "what must hold: a name, or a text in the property language")
            ->required();
        command->add_option("--step", arguments->step,
                            "distance of the values (default 1ms; lifetimes need 1s)");
        command
            ->add_option("--points", arguments->points,
                         "values that are tried between the ends in any case (default 3)")
            ->check(CLI::Range(0, 1000));
        command->add_option("--plot", arguments->plot,
                            "write the longest time over the parameter as SVG");
        command->add_option("--horizon", arguments->horizon,
                            "the longest time that is looked for (default 24h)");
        add_search(command, arguments->search);
    }

    void add_simulate() {
        CLI::App* command =
            add("simulate", "run a design with random timing and faults from a seed");
        const auto arguments = on<SimulateArguments>(command);
        command->add_option("design", arguments->design, "the design file")->required();
        command->add_option("-p,--property", arguments->properties, "watch only this property");
        command->add_option("--seed", arguments->seed, "seed of the first run (default 1)");
        command->add_option("--runs", arguments->runs, "number of runs (default 100)");
        command->add_option("--until", arguments->until, "length of a run (default 24h)");
        command->add_option("--record", arguments->record,
                            "write the first run as a trace to this file");
        command->add_option("--random-faults", arguments->random_faults,
                            "so many faults more in each run, drawn from its seed");
        command->add_flag("--stop-at-first", arguments->stop_at_first,
                          "end with the first run that violates a property");
        command->add_option("--campaign", arguments->campaign,
                            "keep the results in this file, and go on from there");
        command->add_flag("--coverage", arguments->coverage,
                          "which events came in which phase of each node");
        command->add_flag("--histogram", arguments->histogram, "durations as bars");
        command->add_option("--threads", arguments->search.threads, "threads (default 1)");
        command->add_option("--max-time", arguments->search.max_time, "time limit, e.g. 10m");
        add_out(command, arguments->out);
    }

    void add_replay() {
        CLI::App* command =
            add("replay", "run a trace again: byte for byte, or the step at which it diverges");
        const auto arguments = on<ReplayArguments>(command);
        command->add_option("trace", arguments->trace, "the trace file")->required();
    }

    void add_show() {
        CLI::App* command = add("show", "a trace as text, ladder or timeline");
        const auto arguments = on<ShowArguments>(command);
        command->add_option("trace", arguments->trace, "the trace file")->required();
        command->add_option("--as", arguments->as, "text (default), ladder, timeline (SVG), json")
            ->check(CLI::IsMember({"text", "ladder", "timeline", "json"}));
        command->add_option("-o,--output", arguments->output, "file to write; - is stdout");
    }

    void add_shrink() {
        CLI::App* command = add("shrink", "the smallest story that violates the same property");
        const auto arguments = on<ShrinkArguments>(command);
        command->add_option("trace", arguments->trace, "the trace of a violation")->required();
        command->add_option("-o,--output", arguments->output,
                            "trace to write (default: beside the trace, NAME.shrunk.trace.json)");
        command->add_option("--max-classes", arguments->max_classes,
                            "size of the exact search at the end (default 20000; 0: none)");
        add_limits(command, arguments->search);
    }

    void add_diff() {
        CLI::App* command = add("diff", "where two traces part, and why");
        const auto arguments = on<DiffArguments>(command);
        command->add_option("a", arguments->a, "a trace file")->required();
        command->add_option("b", arguments->b, "another trace file")->required();
    }

    void add_graph() {
        CLI::App* command =
            add("graph", "the explored states as a picture, grouped by what matters");
        const auto arguments = on<GraphArguments>(command);
        command->add_option("design", arguments->design, "the design file")->required();
        command->add_option("--group-by", arguments->group_by,
                            "an observable, e.g. \"working(line1)\"; may be repeated. Default: "
                            "working server, registrations and servers of one line");
        command->add_option("--line", arguments->line, "the line of the default grouping");
        command->add_option("--trace", arguments->trace, "draw the path of this trace");
        command->add_option("--as", arguments->as, "dot (default) or svg")
            ->check(CLI::IsMember({"dot", "svg"}));
        command->add_option("-o,--output", arguments->output, "file to write; - is stdout");
        add_limits(command, arguments->search);
    }

    void add_profiles() {
        CLI::App* command =
            add("profiles", "the products whose values a design may take over, with sources");
        const auto arguments = on<ProfilesArguments>(command);
        command->add_option("name", arguments->name, "only this one, with all that is known");
    }

    void add_import() {
        CLI::App* command = add("import", "a design from the configuration files of phones");
        const auto arguments = on<ImportArguments>(command);
        std::string vendors;
        for (const model::Vendor& vendor : model::vendors()) {
            vendors += fmt::format("  {:<9}{}\n", vendor.name, vendor.files);
        }
        command->footer("Vendors:\n" + vendors);
        command->add_option("vendor", arguments->vendor, "whose files they are, see below")
            ->required();
        command->add_option("files", arguments->files, "the configuration files")->required();
        command->add_option("-o,--output", arguments->output,
                            "the design file to write; - (default) is stdout");
    }

    void add_reference() {
        add_plain("properties", "the catalogue of properties and the property language",
                  run_properties);
        add_plain("schema", "the JSON Schema (draft-07) of design files",
                  [](bool /*json*/) { return run_schema(); });
        add_plain("version", "version of the program and its formats", run_version);
    }

    void add_plain(const char* name, const char* what, std::function<int(bool)> work) {
        const auto json = std::make_shared<bool>(false);
        CLI::App* command = add(name, what);
        command->add_flag("--json", *json, "one JSON object on stdout");
        command->callback(
            [this, json, work] { chosen_ = [json, work] { return work(*json); }; });
    }

    CLI::App app_;
    std::function<int()> chosen_;
};

}  // namespace

int run_command_line(int argc, char** argv) { return CommandLine().run(argc, argv); }

}  // namespace failback::app
