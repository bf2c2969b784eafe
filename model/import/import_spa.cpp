// Linksys and Cisco SPA phones, and Cisco multiplatform phones: elements such as Proxy_1_.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "model/duration.hpp"
#include "model/file/design_text.hpp"
#include "model/import/import_parts.hpp"
#include "model/import/import_xml.hpp"

namespace failback::model {
namespace {

// What the whole phone has in common.
struct Common {
    OrderedJson own = OrderedJson::object();
    std::vector<std::string> notes;
};

OrderedJson wait_of(DelayMs least, DelayMs most) {
    return least == most ? OrderedJson(duration_text(least))
                         : OrderedJson{duration_text(least), duration_text(most)};
}

// The codes with which on_status may be written.
constexpr std::array<std::string_view, 7> kCodes{"400", "401", "403", "404", "480", "500", "503"};

// "5??" stands for all codes that begin with 5.
bool matches(std::string_view pattern, std::string_view code) {
    return std::ranges::equal(pattern, code,
                              [](char wanted, char c) { return wanted == '?' || wanted == c; });
}

// After the codes of Retry_Reg_RSC the phone has the short wait, too.
void read_short_codes(Settings& settings, const OrderedJson& wait, Common& common) {
    const Setting* codes = settings.find("Retry_Reg_RSC");
    if (codes == nullptr) {
        return;
    }
    std::string_view left = codes->value;
    while (!left.empty()) {
        const std::size_t end = std::min(left.find(','), left.size());
        const std::string_view pattern = trimmed(left.substr(0, end));
        left.remove_prefix(std::min(end + 1, left.size()));
        bool is_known = pattern.empty();
        for (const std::string_view code : kCodes) {
            if (matches(pattern, code)) {
                common.own["on_status"][std::string(code)] = wait;
                is_known = true;
            }
        }
        if (!is_known) {
            common.notes.push_back(fmt::format(
                "Not imported: {} of Retry_Reg_RSC, which no server of a design answers.",
                in_quotes(pattern)));
        }
    }
}

// After a timeout, which has no response code, the phone is taken to have the short wait.
void read_short_wait(Settings& settings, Common& common) {
    const auto base = settings.lifetime("Reg_Retry_Intvl", {1, kMostSeconds});
    const auto random = settings.lifetime("Reg_Retry_Random_Delay", {0, kMostSeconds}).value_or(0);
    const auto cap = settings.lifetime("Reg_Retry_Intvl_Cap", {0, kMostSeconds}).value_or(0);
    constexpr DelayMs kDefault = 30'000;
    const DelayMs least = base.value_or(kDefault);
    const DelayMs most = std::min(kLongestDuration, std::max(least, cap) + random);
    OrderedJson wait = wait_of(least, most);
    if (cap > least && random == 0) {
        const OrderedJson whole{100, 100};
        wait = {{"base", duration_text(least / 2)}, {"max", duration_text(cap)}};
        wait["percent"] = whole;
    } else if (cap > least) {
        common.notes.emplace_back(
            "Assumed: the wait after a timeout doubles up to Reg_Retry_Intvl_Cap, and is random; "
            "`retry` is the span of all waits, each of which is possible at any time.");
    }
    if (base || random > 0 || cap > 0) {
        common.own["retry"]["unanswered"] = wait;
    }
    read_short_codes(settings, wait, common);
}

void read_long_wait(Settings& settings, Common& common) {
    const auto base = settings.lifetime("Reg_Retry_Long_Intvl", {0, kMostSeconds});
    const auto random =
        settings.lifetime("Reg_Retry_Long_Random_Delay", {0, kMostSeconds}).value_or(0);
    constexpr DelayMs kDefault = 1'200'000;
    const DelayMs least = base.value_or(kDefault);
    if (least == 0) {
        common.own["on_status"]["other"] = "give-up";
    } else if (base || random > 0) {
        common.own["retry"]["rejected"] =
            wait_of(least, std::min(kLongestDuration, least + random));
    }
}

// The rest of what the whole phone has in common.
void read_limits(Settings& settings, Common& common) {
    if (const auto most = settings.lifetime("Reg_Max_Expires", {1, kMostSeconds})) {
        common.own["max_min_expires"] = duration_text(*most);
    }
    if (const auto least = settings.lifetime("Reg_Min_Expires", {1, kMostSeconds});
        least.value_or(0) > 1000) {
        common.own["least_expires"] = duration_text(*least);
    }
}

class Extension {
public:
    Extension(Settings& settings, int number, const Common& common)
        : settings_(settings), end_(fmt::format("_{}_", number)) {
        account_.own = common.own;
        account_.notes = common.notes;
    }

    [[nodiscard]] ImportedAccount read(const std::string& proxy) {
        const auto user = settings_.word("User_ID" + end_);
        if (!user) {
            settings_.report(*settings_.find("Proxy" + end_),
                             {"a proxy without User_ID" + end_, "the user of this extension"});
        }
        account_.aor = aor_of(user.value_or("unknown"), host_of(proxy));
        account_.servers.push_back({proxy, true, {}, OrderedJson::object()});
        read_second_server();
        if (const auto expires = settings_.lifetime("Register_Expires" + end_, {1, kMostSeconds})) {
            account_.own["expires"] = duration_text(*expires);
        }
        if (const auto transport =
                settings_.choice("SIP_Transport" + end_, {"UDP", "TCP", "TLS", "AUTO"})) {
            account_.own["transport"] = *transport == 1 || *transport == 2 ? "tcp" : "udp";
        }
        read_dns(proxy);
        read_failback();
        note_the_rest();
        return std::move(account_);
    }

private:
    void read_second_server() {
        const auto other = settings_.word("Alternate_Proxy" + end_);
        const bool is_dual = settings_.flag("Dual_Registration" + end_).value_or(false);
        if (other && is_dual) {
            account_.servers.push_back({*other, true, {}, OrderedJson::object()});
        } else if (other) {
            account_.servers.push_back({*other, false, {}, OrderedJson::object()});
            account_.notes.emplace_back(
                "Assumed: no registration with the alternate proxy, as Dual_Registration is off; "
                "the phone registers there only after a failover.");
        } else if (is_dual) {
            settings_.report(*settings_.find("Dual_Registration" + end_),
                             {"no Alternate_Proxy" + end_, "the second proxy to register with"});
        }
    }

    // Without Use_DNS_SRV the phone asks for addresses only, which have no order.
    void read_dns(const std::string& proxy) {
        const auto srv = settings_.flag("Use_DNS_SRV" + end_);
        const bool prefixes = settings_.flag("DNS_SRV_Auto_Prefix" + end_).value_or(false);
        if (srv && is_host_name(host_of(proxy))) {
            account_.own["lookup"]["queries"] = *srv ? "srv-a" : "a";
        }
        if (srv.value_or(false)) {
            account_.notes.push_back(fmt::format(
                "Assumed: {} stands for one server. Write the targets of its SRV records as "
                "servers, {} in `dns`, and the name in `servers` of the phone.",
                in_quotes(proxy),
                prefixes ? "the name with the prefix _sip._udp. or _sip._tcp." : "the name"));
        }
        const auto method = settings_.choice("Proxy_Redundancy_Method" + end_,
                                             {"Normal", "Based on SRV Port"});
        if (method == 1U) {
            account_.notes.emplace_back(
                "Not imported: Proxy_Redundancy_Method = Based on SRV Port. Where the phone has a "
                "name in `servers`, write \"ports\": \"of-first\" beside it.");
        }
    }

    void read_failback() {
        const bool is_dual = account_.servers.size() > 1 && account_.servers[1].registers;
        const auto back = settings_.lifetime("Proxy_Fallback_Intvl" + end_, {0, kMostSeconds});
        if (is_dual) {
            account_.own["registration"] = "concurrent";
            account_.own["failback"] = "immediate";
        }
        if (back && is_dual) {
            account_.notes.push_back(fmt::format(
                "Not imported: Proxy_Fallback_Intvl = {}. Here the phone is back as soon as it is "
                "registered with the better server.",
                people_text(*back)));
        } else if (back == 0) {
            account_.own["failback"] = "stay";
            account_.notes.emplace_back(
                "Assumed: with Proxy_Fallback_Intvl = 0 the phone stays with a worse server.");
        } else if (back) {
            account_.own["failback"] = {{"after", duration_text(*back)}};
        }
    }

    void note_the_rest() {
        if (const auto calls = settings_.flag("Make_Call_Without_Reg" + end_)) {
            account_.own["calls"]["unregistered"] = *calls;
        }
        if (settings_.flag("Use_Outbound_Proxy" + end_).value_or(false)) {
            use_outbound_proxy(settings_, "Outbound_Proxy" + end_, account_);
        }
    }

    Settings& settings_;
    std::string end_;  // "_1_"
    ImportedAccount account_;
};

void read_flat_profile(Settings& settings, Imported& imported) {
    Common common;
    read_timers(settings,
                {{"t1", "SIP_T1"},
                 {"t2", "SIP_T2"},
                 {"t4", "SIP_T4"},
                 {"timer_f", "SIP_Timer_F"},
                 {"timer_b", "SIP_Timer_B"}},
                TimerUnit::seconds, common.own);
    read_short_wait(settings, common);
    read_long_wait(settings, common);
    read_limits(settings, common);
    imported.profile = "spa9x2";
    for (const int number : settings.numbers_after("Proxy_", '_')) {
        const std::string end = fmt::format("_{}_", number);
        const bool registers = settings.flag("Register" + end).value_or(true);
        const bool is_enabled = settings.flag("Line_Enable" + end).value_or(true);
        const auto proxy = settings.word("Proxy" + end);
        if (proxy && registers && is_enabled) {
            imported.accounts.push_back(Extension(settings, number, common).read(*proxy));
        }
    }
}

}  // namespace

void read_spa(const std::vector<ConfigFile>& files, Settings& settings, Imported& imported) {
    bool is_device = false;
    for (const ConfigFile& file : files) {
        XmlSettings xml = read_xml(file);
        if (xml.root == "device") {
            is_device = true;
        } else if (xml.root != "flat-profile") {
            throw InputError({{file.name,
                               {1, 1},
                               {},
                               "the element " + in_quotes(xml.root),
                               "\"flat-profile\", or \"device\" of a SEP....cnf.xml",
                               {}}});
        }
        for (Setting& setting : is_device ? xml.paths : xml.texts) {
            settings.add(std::move(setting));
        }
    }
    is_device ? read_sep(settings, imported) : read_flat_profile(settings, imported);
}

bool spa_bears(std::string_view key) {
    for (const std::string_view part :
         {"Proxy", "Register", "Reg_", "SIP_T", "DNS_", "Expires", "Retry", "Backup", "Without_Reg",
          "sipStack", "srstInfo", "onnectionMonitor", "callManagerGroup", "roxy", "timer"}) {
        if (key.find(part) != key.npos) {
            return true;
        }
    }
    return false;
}

}  // namespace failback::model
