// Asterisk: sections of pjsip.conf. Its registrations are phones of other servers; its aors are the
// addresses of phones that register with it.
#include <map>

#include <fmt/format.h>

#include "model/duration.hpp"
#include "model/file/design_text.hpp"
#include "model/import/import_parts.hpp"

namespace failback::model {
namespace {

struct Section {
    std::string name;
    std::string file;
    Position position;
    std::vector<Setting> settings;  // those of templates first
    bool is_template = false;
};

using Sections = std::vector<Section>;

class Parser {
public:
    Parser(Settings& settings, Sections& sections) : settings_(settings), sections_(sections) {}

    void take(const ConfigFile& file) {
        bool in_comment = false;
        for_each_line(file.text, [&](std::string_view line, int number) {
            std::string_view content = uncommented(line, in_comment);
            const Position position{number, content.empty() ? 1 : column_of(line, content)};
            if (content.starts_with('#')) {
                settings_.note(fmt::format("Not imported: {} ({}:{}).", printable(content),
                                           printable(file.name), number));
            } else if (content.starts_with('[')) {
                open(content, file.name, position);
            } else if (!content.empty()) {
                add(content, line, file.name, position);
            }
        });
    }

private:
    // Without `; ...` and without `;-- ... --;`, which may be several lines long.
    static std::string_view uncommented(std::string_view line, bool& in_comment) {
        if (in_comment) {
            const std::size_t end = line.find("--;");
            in_comment = end == line.npos;
            line = in_comment ? std::string_view() : line.substr(end + 3);
        }
        for (std::size_t at = line.find(';'); at != line.npos; at = line.find(';', at + 1)) {
            if (at > 0 && line[at - 1] == '\\') {
                continue;
            }
            in_comment = line.substr(at).starts_with(";--") && line.find("--;", at) == line.npos;
            return trimmed(line.substr(0, at));
        }
        return trimmed(line);
    }

    void open(std::string_view content, const std::string& file, Position position) {
        const std::size_t close = content.find(']');
        if (close == content.npos || trimmed(content.substr(1, close - 1)).empty()) {
            settings_.report({"", "", file, position},
                             {in_quotes(content), "a section such as [name] or [name](template)"});
            return;
        }
        Section section{std::string(trimmed(content.substr(1, close - 1))), file, position, {}, {}};
        std::string_view marks = trimmed(content.substr(close + 1));
        if (marks.starts_with('(') && marks.ends_with(')')) {
            marks = marks.substr(1, marks.size() - 2);
        }
        while (!marks.empty()) {
            const std::size_t end = std::min(marks.find(','), marks.size());
            inherit(section, trimmed(marks.substr(0, end)));
            marks.remove_prefix(std::min(end + 1, marks.size()));
        }
        sections_.push_back(std::move(section));
    }

    void inherit(Section& section, std::string_view mark) {
        if (mark == "!") {
            section.is_template = true;
            return;
        }
        if (mark == "+") {  // goes on with a section above, which is read under the same keys
            return;
        }
        for (const Section& known : sections_) {
            if (known.name == mark && known.is_template) {
                inherited_ += known.settings.size();
                if (inherited_ > kMostSettings) {
                    settings_.report(
                        {"", "", section.file, section.position},
                        {fmt::format("more than {} settings from templates", kMostSettings),
                         "fewer"});
                    return;
                }
                section.settings.insert(section.settings.end(), known.settings.begin(),
                                        known.settings.end());
                return;
            }
        }
        std::vector<std::string_view> names;
        for (const Section& known : sections_) {
            if (known.is_template) {
                names.push_back(known.name);
            }
        }
        settings_.report({"", "", section.file, section.position},
                         {"the template " + in_quotes(mark),
                          "a template above: " + quoted_list(names), did_you_mean(mark, names)});
    }

    void add(std::string_view content, std::string_view line, const std::string& file,
             Position position) {
        const std::size_t equals = content.find('=');
        if (equals == content.npos || sections_.empty()) {
            settings_.report({"", "", file, position},
                             {in_quotes(content),
                              sections_.empty() ? "a section such as [name]" : "key = value"});
            return;
        }
        std::string_view value = content.substr(equals + 1);
        value.remove_prefix(value.starts_with('>') ? 1 : 0);
        std::string text(trimmed(value));
        for (std::size_t at = text.find("\\;"); at != text.npos; at = text.find("\\;", at)) {
            text.erase(at, 1);
        }
        sections_.back().settings.push_back({std::string(trimmed(content.substr(0, equals))),
                                             std::move(text),
                                             file,
                                             {position.line, column_of(line, content)}});
    }

    Settings& settings_;
    Sections& sections_;
    std::size_t inherited_ = 0;
};

// The settings of a section under "NAME.TYPE.key"; the last one of a key counts, as it is of a
// template's.
std::string type_of(const Section& section) {
    std::string type;
    for (const Setting& setting : section.settings) {
        type = setting.key == "type" ? setting.value : type;
    }
    return type;
}

std::string take_section(Settings& settings, const Section& section, const std::string& type) {
    const std::string prefix = fmt::format("{}.{}.", section.name, type);
    std::map<std::string, const Setting*> last;
    for (const Setting& setting : section.settings) {
        last[setting.key] = &setting;
    }
    for (const auto& [key, setting] : last) {
        settings.add({prefix + key, setting->value, setting->file, setting->position});
    }
    (void)settings.find(prefix + "type");
    return prefix;
}

void read_registration(Settings& settings, const std::string& own, const Section& section,
                       Imported& imported) {
    const auto server = settings.word(own + "server_uri");
    const auto client = settings.word(own + "client_uri");
    if (!server || !client) {
        settings.report(
            {own + (server ? "client_uri" : "server_uri"), "", section.file, section.position},
            {"a registration without it", "server_uri and client_uri"});
        return;
    }
    ImportedAccount account;
    const std::string_view uri = *client;
    account.aor = aor_of(uri.substr(0, uri.find(';')), host_of(*server));
    const auto proxy = settings.word(own + "outbound_proxy");
    account.servers.push_back({proxy.value_or(*server), true, {}, OrderedJson::object()});
    const std::string target = lower_case(account.servers.front().address);
    const bool is_reliable =
        target.find("transport=t") != target.npos || target.starts_with("sips:");
    account.own["transport"] = is_reliable ? "tcp" : "udp";
    if (const auto lifetime = settings.lifetime(own + "expiration", {1, kMostSeconds})) {
        account.own["expires"] = duration_text(*lifetime);
    }
    if (const auto retry = settings.lifetime(own + "retry_interval", {1, kMostSeconds})) {
        account.own["retry"] = duration_text(*retry);
    }
    if (const auto most = settings.number(own + "max_retries", {0, kMostSeconds})) {
        constexpr std::int64_t kMost = 255;
        account.own["max_retries"] = std::min(*most, kMost);
        if (*most == 0 || *most > kMost) {
            account.notes.push_back(fmt::format(
                "Assumed: max_retries = {} is {}.", *most,
                *most == 0 ? "no limit, as in a design" : "255, the most that a design allows"));
        }
    }
    for (const char* key : {"forbidden_retry_interval", "fatal_retry_interval"}) {
        if (const Setting* setting = settings.find(own + key)) {
            account.notes.push_back(
                fmt::format("Not imported: {} = {}; failback has no such responses.", key,
                            in_quotes(setting->value)));
        }
    }
    imported.accounts.push_back(std::move(account));
}

// A phone that registers with this Asterisk; of the phone itself nothing is known.
void read_aor(Settings& settings, const std::string& own, const Section& section,
              Imported& imported) {
    const bool is_static = settings.find(own + "contact") != nullptr;
    const auto contacts = settings.number(own + "max_contacts", {0, kMostSeconds});
    const auto least = settings.lifetime(own + "minimum_expiration", {1, kMostSeconds});
    const auto most = settings.lifetime(own + "maximum_expiration", {1, kMostSeconds});
    if (is_static || contacts.value_or(0) == 0) {
        return;
    }
    (void)settings.lifetime(own + "default_expiration", {1, kMostSeconds});
    ImportedServer asterisk{"asterisk", true, "asterisk", OrderedJson::object()};
    if (least) {
        asterisk.own["min_expires"] = duration_text(*least);
    }
    if (most) {
        asterisk.own["max_expires"] = duration_text(*most);
    }
    constexpr DelayMs kLeast = 60'000;
    constexpr DelayMs kMost = 7'200'000;
    if (least.value_or(kLeast) > most.value_or(kMost)) {
        settings.report(
            *settings.find(own + (most ? "maximum_expiration" : "minimum_expiration")),
            {people_text(most ? *most : *least),
             most ? "at least minimum_expiration, which is " + people_text(least.value_or(kLeast))
                  : "at most maximum_expiration, which is " + people_text(kMost)});
        return;
    }
    if (!is_word(section.name)) {
        settings.report({section.name, "", section.file, section.position},
                        {in_quotes(section.name), "a name without spaces and quotes"});
        return;
    }
    ImportedAccount account;
    account.aor = aor_of(section.name, "asterisk");
    account.servers.push_back(std::move(asterisk));
    account.notes.emplace_back(
        "Assumed: a phone with the defaults of a design, as pjsip.conf says nothing of it. Name "
        "its "
        "`profile`.");
    imported.accounts.push_back(std::move(account));
}

}  // namespace

void read_pjsip(const std::vector<ConfigFile>& files, Settings& settings, Imported& imported) {
    Sections sections;
    Parser parser(settings, sections);
    for (const ConfigFile& file : files) {
        parser.take(file);
    }
    const auto is_registration = [](const Section& section) {
        return !section.is_template && type_of(section) == "registration";
    };
    const bool is_client = std::ranges::any_of(sections, is_registration);
    imported.profile = is_client ? "asterisk-client" : "";
    for (const Section& section : sections) {
        const std::string type = type_of(section);
        if (section.is_template) {
            continue;
        }
        const std::string own = take_section(settings, section, type);
        if (type == "registration") {
            read_registration(settings, own, section, imported);
        } else if (type == "aor" && !is_client) {
            read_aor(settings, own, section, imported);
        }
    }
    if (is_client) {
        settings.note(
            "Imported: what Asterisk registers elsewhere. For the phones that register with it, "
            "leave the sections of type registration out.");
    }
}

bool pjsip_bears(std::string_view key) {
    for (const std::string_view part :
         {".registration.", ".aor.", "timer_t1", "timer_b", "outbound_proxy"}) {
        if (key.find(part) != key.npos) {
            return true;
        }
    }
    return false;
}

}  // namespace failback::model
