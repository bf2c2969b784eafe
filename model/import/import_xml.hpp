// The settings of an XML file: attributes, or elements that hold nothing but text.
#pragma once

#include <string>
#include <vector>

#include "model/import/import_settings.hpp"

namespace failback::model {

struct ConfigFile;

struct XmlSettings {
    std::string root;                 // name of the outermost element
    std::vector<Setting> attributes;  // in the order of the file, of all elements
    std::vector<Setting> texts;       // of elements without elements
    // Keys of `texts` with the names of all elements around, "device/devicePool/name"; those that
    // come again among their siblings are numbered from the second one on, "member#2/name".
    std::vector<Setting> paths;
};

// THROWS InputError for what is not XML.
[[nodiscard]] XmlSettings read_xml(const ConfigFile& file);

}  // namespace failback::model
