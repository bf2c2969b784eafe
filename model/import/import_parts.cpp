#include "model/import/import_parts.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "model/duration.hpp"
#include "model/file/design_file.hpp"
#include "model/file/design_parts.hpp"
#include "model/file/design_text.hpp"

namespace failback::model {
namespace {

constexpr std::size_t kMostAccounts = 1024;
constexpr std::size_t kMostNotes = 990;
constexpr std::size_t kLongestNote = 1900;
constexpr std::size_t kColumns = 98;

OrderedJson note_lines(const std::vector<std::string>& notes) {
    OrderedJson lines = OrderedJson::array();
    for (const std::string& note : notes) {
        if (lines.size() < kMostNotes) {
            lines.push_back(printable(note, kLongestNote));
        }
    }
    if (notes.size() > kMostNotes) {
        lines.push_back(fmt::format("{} more notes.", notes.size() - kMostNotes));
    }
    return lines;
}

// As people write it: what fits is on one line.
std::string to_lines(const OrderedJson& value, std::size_t indent, std::size_t before) {
    const std::string flat = value.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
    if (!value.is_structured() || value.empty()) {
        return flat;
    }
    std::vector<std::string> pieces;
    std::size_t width = before;
    for (const auto& [key, member] : value.items()) {
        const std::string label = value.is_object() ? OrderedJson(key).dump() + ": " : "";
        pieces.push_back(label + to_lines(member, indent + 2, indent + 2 + label.size()));
        width += pieces.back().size() + 2;
    }
    const bool has_lines = std::ranges::any_of(
        pieces, [](const std::string& piece) { return piece.find('\n') != piece.npos; });
    const bool is_object = value.is_object();
    if (!has_lines && width + 3 <= kColumns && indent > 0) {
        const std::string inside = fmt::format("{}", fmt::join(pieces, ", "));
        return is_object ? "{ " + inside + " }" : "[" + inside + "]";
    }
    const std::string space(indent + 2, ' ');
    return fmt::format("{}\n{}{}\n{}{}", is_object ? '{' : '[', space,
                       fmt::join(pieces, ",\n" + space), std::string(indent, ' '),
                       is_object ? '}' : ']');
}

class Builder {
public:
    explicit Builder(const Imported& imported) : imported_(imported) {}

    OrderedJson design(const std::vector<std::string>& notes) {
        for (const ImportedAccount& account : imported_.accounts) {
            add(account);
        }
        OrderedJson design{
            {"format", 1}, {"name", imported_.name}, {"description", imported_.description}};
        design["notes"] = note_lines(notes);
        design["servers"] = servers_;
        design["phones"] = phones_;
        design["delay"] = {"0ms", "1s"};
        const OrderedJson outage{
            {"name", "outage"}, {"kind", "crash"}, {"server", "server1"}, {"lasts", {"60s", "2h"}}};
        design["faults"] = OrderedJson::array({outage});
        return design;
    }

private:
    // Its name in the design.
    std::string name_of(const ImportedServer& server) {
        OrderedJson json = OrderedJson::object();
        if (!server.profile.empty()) {
            json["profile"] = server.profile;
        }
        json["address"] = server.address;
        json.update(server.own);
        const auto known = std::ranges::find(known_servers_, json);
        const auto index = static_cast<std::size_t>(known - known_servers_.begin());
        const std::string name = fmt::format("server{}", index + 1);
        if (known == known_servers_.end()) {
            known_servers_.push_back(json);
            OrderedJson named = OrderedJson::object();
            named["name"] = name;
            named.update(json);
            servers_.push_back(named);
        }
        return name;
    }

    std::string name_of_proxy(const std::string& address) {
        const auto known = std::ranges::find(known_proxies_, address);
        const std::string name = fmt::format("proxy{}", known - known_proxies_.begin() + 1);
        if (known == known_proxies_.end()) {
            known_proxies_.push_back(address);
            servers_.push_back({{"name", name}, {"kind", "proxy"}, {"address", address}});
        }
        return name;
    }

    static OrderedJson entry_of(const ImportedServer& server, const std::string& name,
                                bool has_proxy) {
        OrderedJson entry{{"server", name}};
        if (!server.registers) {
            entry["register"] = false;
        }
        if (server.direct && has_proxy) {
            entry["outbound_proxy"] = false;
        }
        entry.update(server.entry);
        return entry.size() == 1 ? OrderedJson(name) : entry;
    }

    void add(const ImportedAccount& account) {
        OrderedJson entries = OrderedJson::array();
        std::set<std::string> listed;
        for (const ImportedServer& server : account.servers) {
            const std::string name = name_of(server);
            if (listed.insert(name).second) {
                entries.push_back(entry_of(server, name, !account.outbound_proxy.empty()));
            }
        }
        const OrderedJson line{{"name", fmt::format("line{}", ++lines_)}, {"aor", account.aor}};
        const std::string proxy =
            account.outbound_proxy.empty() ? "" : name_of_proxy(account.outbound_proxy);
        for (OrderedJson& phone : phones_) {
            if (phone["servers"] == entries && own_of(phone) == account.own &&
                phone.value("outbound_proxy", "") == proxy &&
                phone.value("notes", OrderedJson::array()) == note_lines(account.notes) &&
                phone["lines"].size() < 16) {
                phone["lines"].push_back(line);
                return;
            }
        }
        OrderedJson phone = OrderedJson::object();
        phone["name"] = fmt::format("phone{}", phones_.size() + 1);
        if (!imported_.profile.empty()) {
            phone["profile"] = imported_.profile;
        }
        if (!account.notes.empty()) {
            phone["notes"] = note_lines(account.notes);
        }
        phone["lines"] = OrderedJson::array({line});
        phone["servers"] = entries;
        if (!proxy.empty()) {
            phone["outbound_proxy"] = proxy;
        }
        phone.update(account.own);
        phones_.push_back(phone);
    }

    static OrderedJson own_of(const OrderedJson& phone) {
        OrderedJson own = OrderedJson::object();
        for (const auto& [key, value] : phone.items()) {
            const bool is_common = key == "name" || key == "profile" || key == "notes" ||
                                   key == "lines" || key == "servers" ||
                                   key == "outbound_proxy";
            if (!is_common) {
                own[key] = value;
            }
        }
        return own;
    }

    const Imported& imported_;
    OrderedJson servers_ = OrderedJson::array();
    OrderedJson phones_ = OrderedJson::array();
    std::vector<OrderedJson> known_servers_;
    std::vector<std::string> known_proxies_;
    int lines_ = 0;
};

// What a design does not allow, and no importer looked for, such as more than 16 servers.
void require_readable(const std::string& text, Settings& settings) {
    try {
        (void)parse_design(text, "the imported design");
    } catch (const InputError& error) {
        for (const Problem& problem : error.problems()) {
            settings.report_files({"settings that make " + problem.pointer + " " + problem.found,
                                   problem.expected, problem.hint});
        }
    }
    settings.require_no_problem();
}

}  // namespace

void put_values(const std::vector<OrderedJson>& values, const char* key, bool of_registrations,
                ImportedAccount& account) {
    const OrderedJson::json_pointer pointer(key);
    std::vector<std::size_t> concerned;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!of_registrations || account.servers[i].registers) {
            concerned.push_back(i);
        }
    }
    const bool is_common = std::ranges::all_of(
        concerned, [&](std::size_t i) { return values[i] == values[concerned.front()]; });
    for (const std::size_t i : concerned) {
        if (!values[i].is_null()) {
            OrderedJson& owner = is_common ? account.own : account.servers[i].entry;
            owner[pointer] = values[i];
        }
    }
}

void use_outbound_proxy(Settings& settings, const std::string& key, ImportedAccount& account) {
    const auto proxy = settings.word(key);
    if (!proxy) {
        return;
    }
    const auto is_proxy = [&](const ImportedServer& server) {
        return lower_case(host_of(server.address)) == lower_case(host_of(*proxy));
    };
    const std::string named = fmt::format("the outbound proxy {} ({})", in_quotes(*proxy),
                                          place_of(*settings.find(key)));
    for (ImportedServer& server : account.servers) {
        server.direct = server.direct || is_proxy(server);
    }
    if (std::ranges::all_of(account.servers, &ImportedServer::direct)) {
        return;  // the proxy is the server itself
    }
    if (std::ranges::any_of(account.servers, is_proxy)) {
        account.notes.push_back(fmt::format(
            "Assumed: {} fails apart from the server that it is, too.", named));
    }
    if (account.own.contains("keep_alive") || account.own.contains("nat")) {
        account.notes.push_back(
            fmt::format("Not imported: {}, beside keep-alives to the servers.", named));
    } else {
        account.outbound_proxy = *proxy;
    }
}

ImportedDesign design_of(const Imported& imported, Settings& settings,
                         bool (*bears_on_registration)(std::string_view key)) {
    if (imported.accounts.empty()) {
        settings.report_files({"no account that registers", "at least one", {}});
    }
    if (imported.accounts.size() > kMostAccounts) {
        settings.report_files({fmt::format("{} accounts", imported.accounts.size()),
                               fmt::format("at most {}", kMostAccounts),
                               {}});
    }
    for (const ImportedAccount& account : imported.accounts) {
        if (account.servers.size() > kMostServers) {
            settings.report_files(
                {fmt::format("{} servers of {}", account.servers.size(), printable(account.aor)),
                 fmt::format("at most {}", kMostServers),
                 {}});
        }
    }
    settings.require_no_problem();
    ImportedDesign result;
    result.unknown = settings.note_unknown(bears_on_registration);
    std::vector<std::string> notes{
        "Assumed: messages take up to 1 s each way, and server1 fails once, at any time, for 1 min "
        "to 2 h. Change `delay` and `faults` to what you expect.",
        "Assumed: every server is a registrar with the limits of its profile or the defaults. Name "
        "a `profile` for each, or write \"kind\": \"gateway\" where it is one."};
    notes.insert(notes.end(), settings.notes().begin(), settings.notes().end());
    result.notes = notes.size();
    for (const ImportedAccount& account : imported.accounts) {
        result.notes += account.notes.size();
    }
    result.text = to_lines(Builder(imported).design(notes), 0, 0) + "\n";
    require_readable(result.text, settings);
    return result;
}

void read_timers(Settings& settings, const std::vector<TimerSetting>& timers, TimerUnit unit,
                 OrderedJson& own) {
    constexpr NumberRange kRange{1, 64'000};
    constexpr DelayMs kT1 = 500;
    std::map<std::string_view, DelayMs> values{
        {"t2", 4000}, {"timer_f", 32'000}, {"timer_b", 32'000}};
    std::string t1;
    for (const auto& [key, name] : timers) {
        const auto ms = unit == TimerUnit::seconds ? settings.seconds(name, kRange)
                                                   : settings.milliseconds(name, kRange);
        if (ms) {
            own["timers"][std::string(key)] = duration_text(*ms);
            values[key] = *ms;
        }
        t1 = key == "t1" ? name : t1;
    }
    const DelayMs least = values.contains("t1") ? values["t1"] : kT1;
    for (const auto& [key, name] : timers) {
        const bool is_at_least = key == "t1" || key == "t4" || values[key] >= least;
        if (is_at_least) {
            continue;
        }
        const Setting* setting = settings.find(name);
        const Setting* longer = settings.find(t1);
        if (setting != nullptr) {
            settings.report(*setting, {in_quotes(setting->value),
                                       "at least T1, which is " + people_text(least)});
        } else {
            settings.report(
                *longer, {in_quotes(longer->value),
                          fmt::format("at most {}, which is {}", name, people_text(values[key]))});
        }
    }
}

std::string aor_of(std::string_view user, std::string_view domain) {
    const bool has_scheme = user.starts_with("sip:") || user.starts_with("sips:");
    std::string aor = (has_scheme ? "" : "sip:") + std::string(user);
    if (aor.find('@') == aor.npos) {
        aor += "@" + std::string(domain);
    }
    return aor;
}

std::string address_of(std::string_view host, std::optional<std::int64_t> port) {
    return port && *port > 0 ? fmt::format("{}:{}", host, *port) : std::string(host);
}

std::string_view host_of(std::string_view address) {
    for (const std::string_view scheme : {"sip:", "sips:"}) {
        if (address.starts_with(scheme)) {
            address.remove_prefix(scheme.size());
        }
    }
    const std::size_t at = address.find('@');
    address.remove_prefix(at == address.npos ? 0 : at + 1);
    address = address.substr(0, address.find_first_of(";?"));
    const std::size_t bracket = address.find(']');  // of an IPv6 address, which has colons
    const std::size_t colon = address.find(':', bracket == address.npos ? 0 : bracket);
    return address.substr(0, colon);
}

bool is_host_name(std::string_view host) {
    const bool is_ipv6 = host.find(':') != host.npos;
    const bool has_letter = std::ranges::any_of(host, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    });
    return has_letter && !is_ipv6;
}

const char* queries_for(std::string_view host, bool has_port, bool knows_transport) {
    if (!is_host_name(host)) {
        return nullptr;
    }
    return has_port ? "a" : knows_transport ? "srv-a" : "naptr-srv-a";
}

OrderedJson rfc5626_retry(DelayMs base, DelayMs most) {
    if (std::int64_t{2} * base >= most) {  // the first wait is the longest one
        return {duration_text(most / 2), duration_text(most)};
    }
    return {{"base", duration_text(base)}, {"max", duration_text(most)}};
}

}  // namespace failback::model
