// The command line of failback. The only place that turns errors into exit codes.
#include <exception>
#include <new>

#include "app/command.hpp"
#include "model/design_file.hpp"
#include "model/server_transactions.hpp"
#include "sim/check.hpp"
#include "traces/atomic_file.hpp"
#include "traces/graphviz.hpp"

namespace failback::app {

namespace {

int fail_with(int code, const std::string& text) {
    say("failback: " + text + (text.ends_with('\n') ? "" : "\n"));
    return code;
}

int run(int argc, char** argv) {
    CLI::App app{"Proves or refutes SIP registration failover designs, for every timing."};
    app.name("failback");
    app.require_subcommand(1);
    app.set_help_all_flag("--help-all", "help for every command");
    int exit_code = kAllHold;
    add_check(app, exit_code);
    add_bound(app, exit_code);
    add_simulate(app, exit_code);
    add_replay(app, exit_code);
    add_show(app, exit_code);
    add_graph(app, exit_code);
    add_properties(app, exit_code);
    add_schema(app, exit_code);
    add_version(app, exit_code);
    app.footer("Try: failback check designs/polycom-soundpoint.json");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        // The parser has exit codes of its own; help is no error, all else is wrong usage.
        return app.exit(error) == 0 ? kAllHold : kUsage;
    }
    return exit_code;
}

}  // namespace

}  // namespace failback::app

int main(int argc, char** argv) {
    using namespace failback;
    try {
        return app::run(argc, argv);
    } catch (const app::UsageError& error) {
        return app::fail_with(app::kUsage, error.what());
    } catch (const model::InputError& error) {
        return app::fail_with(app::kBadInput, error.what());
    } catch (const traces::OutputError& error) {
        return app::fail_with(app::kCannotWrite, error.what());
    } catch (const traces::GraphvizError& error) {
        return app::fail_with(app::kInternal, error.what());
    } catch (const std::bad_alloc&) {
        return app::fail_with(app::kUndecided, "out of memory; set --max-memory lower");
    } catch (const std::exception& error) {
        return app::fail_with(app::kInternal, error.what());
    }
}
