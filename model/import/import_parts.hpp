// What importers have in common: from accounts with their servers to a design.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "model/import/import.hpp"
#include "model/import/import_settings.hpp"

namespace failback::model {

using OrderedJson = nlohmann::ordered_json;

struct ImportedServer {
    std::string address;
    bool registers = true;
    std::string profile;                      // or empty
    OrderedJson own = OrderedJson::object();  // other keys of a server
    OrderedJson entry = OrderedJson::object();  // other keys of its entry in the list of a phone
    bool direct = false;                      // not through the outbound proxy of the account
};

// One registration of a phone, with all servers that it may use.
struct ImportedAccount {
    std::string aor;
    std::vector<ImportedServer> servers;      // best first
    OrderedJson own = OrderedJson::object();  // keys of a phone
    std::vector<std::string> notes;
    std::string outbound_proxy{};             // its address, or empty
};

struct Imported {
    std::string name;
    std::string description;
    std::string profile;  // of the phones, or empty
    std::vector<ImportedAccount> accounts;
};

// Puts a value of each server, or null, where it belongs: what all have in common is the phone's.
// `key` is a JSON pointer that phones and entries have, and those that register only if
// `of_registrations`.
void put_values(const std::vector<OrderedJson>& values, const char* key, bool of_registrations,
                ImportedAccount& account);

// All requests of the account pass the proxy of that key, if it is set. After its servers and keys
// were read; what does not go together becomes a note.
void use_outbound_proxy(Settings& settings, const std::string& key, ImportedAccount& account);

// Accounts with the same servers and keys become the lines of one phone. THROWS InputError.
[[nodiscard]] ImportedDesign design_of(const Imported& imported, Settings& settings,
                                       bool (*bears_on_registration)(std::string_view key));

// "sip:USER@DOMAIN", or USER with a scheme if it is an address already.
[[nodiscard]] std::string aor_of(std::string_view user, std::string_view domain);
// "host" or "host:port".
[[nodiscard]] std::string address_of(std::string_view host, std::optional<std::int64_t> port);
// Without scheme, parameters and port.
[[nodiscard]] std::string_view host_of(std::string_view address);

// Is it a name that DNS resolves, and no numeric address?
[[nodiscard]] bool is_host_name(std::string_view host);

// How a phone looks up a server (RFC 3263 4.1, 4.2): the value of `lookup/queries` of a design.
// Nothing for a numeric address.
[[nodiscard]] const char* queries_for(std::string_view host, bool has_port, bool knows_transport);

// A timer of a phone, and the setting that it comes from.
struct TimerSetting {
    std::string_view key;  // "t1" and so on
    std::string setting;
};

enum class TimerUnit : unsigned char { seconds, milliseconds };

// Puts the timers that are set into `own`; T1 must not be longer than the others.
void read_timers(Settings& settings, const std::vector<TimerSetting>& timers, TimerUnit unit,
                 OrderedJson& own);

// Retries of RFC 5626: in the upper half of min(most, base * 2^n), n from 1 on.
[[nodiscard]] OrderedJson rfc5626_retry(DelayMs base, DelayMs most);

void read_polycom(const std::vector<ConfigFile>& files, Settings& settings, Imported& imported);
void read_spa(const std::vector<ConfigFile>& files, Settings& settings, Imported& imported);
void read_sep(Settings& settings, Imported& imported);
void read_yealink(const std::vector<ConfigFile>& files, Settings& settings, Imported& imported);
void read_baresip(const std::vector<ConfigFile>& files, Settings& settings, Imported& imported);
void read_pjsip(const std::vector<ConfigFile>& files, Settings& settings, Imported& imported);

// Whether a setting that is not imported could change how the phone registers.
[[nodiscard]] bool polycom_bears(std::string_view key);
[[nodiscard]] bool spa_bears(std::string_view key);
[[nodiscard]] bool yealink_bears(std::string_view key);
[[nodiscard]] bool baresip_bears(std::string_view key);
[[nodiscard]] bool pjsip_bears(std::string_view key);

}  // namespace failback::model
