// The command line of failback. The only place that turns errors into exit codes.
#include <exception>
#include <new>

#include "app/command.hpp"
#include "app/command_line.hpp"
#include "model/file/design_file.hpp"
#include "model/nodes/server_transactions.hpp"
#include "sim/check.hpp"
#include "traces/atomic_file.hpp"
#include "traces/graphviz.hpp"

namespace failback::app {

namespace {

int fail_with(int code, const std::string& text) {
    say("failback: " + text + (text.ends_with('\n') ? "" : "\n"));
    return code;
}

}  // namespace

}  // namespace failback::app

int main(int argc, char** argv) {
    using namespace failback;
    try {
        const int code = app::run_command_line(argc, argv);
        app::require_printed();
        return code;
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
