// Linksys and Cisco SPA phones, and Cisco multiplatform phones: elements such as Proxy_1_.
#include <fmt/format.h>

#include "model/design_text.hpp"
#include "model/duration.hpp"
#include "model/import_parts.hpp"
#include "model/import_xml.hpp"

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
}

void read_long_wait(Settings& settings, Common& common) {
    const auto base = settings.lifetime("Reg_Retry_Long_Intvl", {0, kMostSeconds});
    const auto random =
        settings.lifetime("Reg_Retry_Long_Random_Delay", {0, kMostSeconds}).value_or(0);
    const Setting* codes = settings.find("Retry_Reg_RSC");
    constexpr DelayMs kDefault = 1'200'000;
    const DelayMs least = base.value_or(kDefault);
    if (least == 0) {
        common.notes.push_back(
            fmt::format("Not imported: Reg_Retry_Long_Intvl = 0, which stops trying after a "
                        "rejection; here the phone waits {}.",
                        people_text(kDefault)));
    } else if (base || random > 0) {
        common.own["retry"]["rejected"] =
            wait_of(least, std::min(kLongestDuration, least + random));
    }
    if (codes != nullptr && !codes->value.empty()) {
        common.notes.push_back(fmt::format(
            "Not imported: Retry_Reg_RSC = {}, the responses after which the phone has the short "
            "wait; here it has the long one after each rejection.",
            in_quotes(codes->value)));
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

    void note_the_rest() {
        if (settings_.flag("Use_DNS_SRV" + end_).value_or(false)) {
            account_.notes.emplace_back(
                "Not imported: the servers that DNS SRV lists; write them as servers of the "
                "design.");
        }
        if (const auto back =
                settings_.lifetime("Proxy_Fallback_Intvl" + end_, {0, kMostSeconds})) {
            account_.notes.push_back(fmt::format(
                "Not imported: Proxy_Fallback_Intvl = {}. Here the phone is back as soon as it is "
                "registered with the better server.",
                people_text(*back)));
        }
        const auto outbound = settings_.word("Outbound_Proxy" + end_);
        if (outbound && settings_.flag("Use_Outbound_Proxy" + end_).value_or(false)) {
            account_.notes.push_back(
                fmt::format("Assumed: requests go to the proxy, not through the outbound proxy {}.",
                            in_quotes(*outbound)));
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
