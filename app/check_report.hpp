// What a check found, as data for the outputs that other programs read.
//
//  1. The texts are a function of the report: no clock, no host, no path that is not in it. Equal
//     reports give equal bytes.
//  2. Undecided never looks like a pass: it is an error in JUnit, `open` with a notification in
//     SARIF.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/command.hpp"
#include "properties/check.hpp"
#include "traces/trace.hpp"

namespace failback::app {

struct CheckedProperty {
    std::string name;        // "failback(line1, primary)"
    std::string says;
    int line = 0;            // in the design file; 0: not listed there
    properties::Outcome outcome = properties::Outcome::undecided;
    std::string reason;
    std::optional<traces::Trace> trace;  // of a violation
    std::string trace_file;
};

struct CheckReport {
    std::string design;      // name
    std::string file;
    std::map<std::string, int> lines;    // of servers and phones in the file, by name
    std::vector<CheckedProperty> properties;   // and faults that never strike: vacuous, too
    bool strict = false;     // what is vacuous is a failure
    int exit_code = kAllHold;
};

// "failback" of "failback(line1, primary)"; a text in the property language stands for itself.
[[nodiscard]] std::string rule_of(const CheckedProperty& property);

// JUnit XML, the subset that Jenkins, GitLab and pytest agree on.
[[nodiscard]] std::string as_junit(const CheckReport& report);

// SARIF 2.1.0 (OASIS). A violation has its run as a code flow, a thread for each phone and server.
[[nodiscard]] std::string as_sarif(const CheckReport& report);

}  // namespace failback::app
