// Designs from the configuration files of phones and servers.
//
//  1. A design that comes out is read by parse_design() without error. Its `notes` tell what had to
//     be assumed and what was left out.
//  2. The same files give the same text, byte by byte.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace failback::model {

struct ConfigFile {
    std::string name;  // for messages
    std::string text;
};

struct ImportedDesign {
    std::string text;
    std::vector<std::string> unknown;  // settings that were not imported, a line each
    std::size_t notes = 0;             // lines of notes in the design, those included
};

struct Vendor {
    std::string_view name;
    std::string_view files;
};

[[nodiscard]] std::span<const Vendor> vendors();

// THROWS InputError. `vendor` is the name of one of vendors(), `files` is not empty.
[[nodiscard]] ImportedDesign import_design(std::string_view vendor,
                                           const std::vector<ConfigFile>& files);

}  // namespace failback::model
