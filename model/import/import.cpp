#include "model/import/import.hpp"

#include <algorithm>
#include <array>

#include "model/file/design_text.hpp"
#include "model/import/import_parts.hpp"
#include "sim/check.hpp"

namespace failback::model {
namespace {

struct Importer {
    Vendor vendor;
    Precedence precedence;
    void (*read)(const std::vector<ConfigFile>& files, Settings& settings, Imported& imported);
    bool (*bears)(std::string_view key);
};

constexpr std::array<Vendor, 5> kVendors{{
    {"polycom", "Polycom .cfg files (XML), in the order of CONFIG_FILES: the first one counts"},
    {"spa", "one flat-profile of a Linksys or Cisco SPA or MPP phone, or one SEP....cnf.xml"},
    {"yealink", "Yealink .cfg files, the common one before that of the phone: the last one counts"},
    {"baresip", "an accounts file of baresip"},
    {"pjsip", "pjsip.conf of Asterisk: its registrations, or the phones of its aors"},
}};

constexpr std::array<Importer, 5> kImporters{{
    {kVendors[0], Precedence::first_file, read_polycom, polycom_bears},
    {kVendors[1], Precedence::last_file, read_spa, spa_bears},
    {kVendors[2], Precedence::last_file, read_yealink, yealink_bears},
    {kVendors[3], Precedence::last_file, read_baresip, baresip_bears},
    {kVendors[4], Precedence::last_file, read_pjsip, pjsip_bears},
}};

}  // namespace

std::span<const Vendor> vendors() { return kVendors; }

ImportedDesign import_design(std::string_view vendor, const std::vector<ConfigFile>& files) {
    const auto importer = std::ranges::find_if(
        kImporters, [vendor](const Importer& each) { return each.vendor.name == vendor; });
    sim::ensure(importer != kImporters.end() && !files.empty(), "a known vendor, and files");
    Settings settings(importer->precedence, files.front().name);
    Imported imported;
    imported.name = std::string(vendor) + "-import";
    importer->read(files, settings, imported);
    std::string names;
    for (const ConfigFile& file : files) {
        names += (names.empty() ? "" : ", ") + printable(file.name);
    }
    imported.description = "Imported from " + printable(names, 1000) + ".";
    return design_of(imported, settings, importer->bears);
}

}  // namespace failback::model
