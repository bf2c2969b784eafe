// The files of model/profiles, compiled into the program.
#pragma once

#include <span>
#include <string_view>

namespace failback::model {

struct EmbeddedFile {
    std::string_view name;  // without folder and ending
    std::string_view text;
};

// Always in the same order.
extern const std::span<const EmbeddedFile> kProfiles;

}  // namespace failback::model
