// The command line: commands, options and their help.
#pragma once

namespace failback::app {

// Parses and runs. Returns the exit code; THROWS what the commands throw.
[[nodiscard]] int run_command_line(int argc, char** argv);

}  // namespace failback::app
