// The sample configurations of tests/data/import.
#pragma once

#include <string>
#include <vector>

#include "model/import/import.hpp"
#include "tests/golden.hpp"

namespace failback::tests {

struct Sample {
    std::string vendor;
    std::string name;
    std::vector<model::ConfigFile> files;
};

inline model::ConfigFile config(const std::string& name) {
    return {name, read_data("import/" + name)};
}

inline std::vector<Sample> samples() {
    return {
        {"polycom", "polycom", {config("polycom-phone.cfg"), config("polycom-site.cfg")}},
        {"spa", "spa942", {config("spa942.xml")}},
        {"spa", "sep", {config("SEP001122334455.cnf.xml")}},
        {"yealink", "yealink", {config("yealink-common.cfg"), config("yealink-001565aabbcc.cfg")}},
        {"baresip", "baresip", {config("accounts")}},
        {"pjsip", "pjsip-client", {config("pjsip-client.conf")}},
        {"pjsip", "pjsip-registrar", {config("pjsip-registrar.conf")}},
    };
}

}  // namespace failback::tests
