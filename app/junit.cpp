// The findings of a check as JUnit XML. There is no single standard; this is what Jenkins' schema,
// pytest's xunit2 and GitLab have in common.
#include <algorithm>
#include <sstream>

#include <pugixml.hpp>

#include "app/check_report.hpp"
#include "traces/text_view.hpp"

namespace failback::app {

namespace {

using properties::Outcome;

enum class Result : unsigned char { passed, failed, error, skipped };

Result result_of(const CheckedProperty& property, bool strict) {
    switch (property.outcome) {
        case Outcome::holds:
            return Result::passed;
        case Outcome::violated:
            return Result::failed;
        case Outcome::vacuous:
            return strict ? Result::failed : Result::skipped;
        case Outcome::undecided:
            break;
    }
    return Result::error;
}

void set(pugi::xml_node node, const char* name, const std::string& value) {
    node.append_attribute(name).set_value(value.c_str());
}

void set(pugi::xml_node node, const char* name, std::size_t value) {
    set(node, name, std::to_string(value));
}

void set_counts(pugi::xml_node node, const CheckReport& report, bool skipped) {
    const auto count = [&report](Result result) {
        return static_cast<std::size_t>(
            std::ranges::count_if(report.properties, [&](const CheckedProperty& property) {
                return result_of(property, report.strict) == result;
            }));
    };
    set(node, "tests", report.properties.size());
    set(node, "failures", count(Result::failed));
    set(node, "errors", count(Result::error));
    if (skipped) {
        set(node, "skipped", count(Result::skipped));
    }
}

void add_failure(pugi::xml_node test, const CheckedProperty& property) {
    pugi::xml_node failure = test.append_child("failure");
    set(failure, "type", properties::to_text(property.outcome));
    set(failure, "message", property.reason);
    const std::string run = property.trace ? traces::as_text(*property.trace) : property.says;
    failure.append_child(pugi::node_pcdata).set_value(run.c_str());
    if (!property.trace_file.empty()) {  // the notation of GitLab and of Jenkins' plugin
        const std::string attachment = "[[ATTACHMENT|" + property.trace_file + "]]";
        test.append_child("system-out")
            .append_child(pugi::node_pcdata)
            .set_value(attachment.c_str());
    }
}

void add_test(pugi::xml_node suite, const CheckReport& report, const CheckedProperty& property) {
    pugi::xml_node test = suite.append_child("testcase");
    set(test, "classname", report.design);
    set(test, "name", property.name);
    set(test, "file", report.file);
    if (property.line > 0) {
        set(test, "line", static_cast<std::size_t>(property.line));
    }
    switch (result_of(property, report.strict)) {
        case Result::passed:
            break;
        case Result::failed:
            add_failure(test, property);
            break;
        case Result::error: {
            pugi::xml_node error = test.append_child("error");
            set(error, "type", properties::to_text(property.outcome));
            set(error, "message", property.reason);
            break;
        }
        case Result::skipped:
            set(test.append_child("skipped"), "message",
                std::string(properties::to_text(property.outcome)) + ": " + property.reason);
            break;
    }
}

}  // namespace

std::string as_junit(const CheckReport& report) {
    pugi::xml_document document;
    pugi::xml_node declaration = document.append_child(pugi::node_declaration);
    set(declaration, "version", std::string("1.0"));
    set(declaration, "encoding", std::string("UTF-8"));
    pugi::xml_node suites = document.append_child("testsuites");
    set(suites, "name", std::string("failback"));
    set_counts(suites, report, false);
    pugi::xml_node suite = suites.append_child("testsuite");
    set(suite, "name", report.file);
    set_counts(suite, report, true);
    for (const CheckedProperty& property : report.properties) {
        add_test(suite, report, property);
    }
    std::ostringstream out;
    document.save(out, "  ", pugi::format_indent, pugi::encoding_utf8);
    return out.str();
}

}  // namespace failback::app
