// Polycom SoundPoint IP and UC Software: attributes such as reg.1.server.2.expires.overlap.
#include <algorithm>

#include <fmt/format.h>

#include "model/duration.hpp"
#include "model/file/design_text.hpp"
#include "model/import/import_parts.hpp"
#include "model/import/import_xml.hpp"

namespace failback::model {
namespace {

constexpr std::int64_t kMost = 65'535;

// Polycom reads a count of 0 as the default.
constexpr std::int64_t kDefaultRetries = 3;

class Registration {
public:
    Registration(Settings& settings, int number)
        : settings_(settings), own_(fmt::format("reg.{}.", number)) {}

    [[nodiscard]] ImportedAccount read(std::string_view user) {
        read_servers();
        account_.aor = aor_of(user, domain());
        read_transport();
        read_lifetimes();
        read_retries();
        read_failback();
        read_failover();
        read_outbound_proxy();
        return std::move(account_);
    }

private:
    // The registration's own servers, if it has one, else those of the phone.
    void read_servers() {
        std::string prefix = own_ + "server.";
        bool has_own = false;
        for (const int server : settings_.numbers_after(prefix, '.')) {
            has_own = has_own || settings_.has(fmt::format("{}{}.address", prefix, server));
        }
        if (!has_own) {
            prefix = "voIpProt.server.";
        }
        for (const int server : settings_.numbers_after(prefix, '.')) {
            const std::string keys = fmt::format("{}{}.", prefix, server);
            const auto address = settings_.word(keys + "address");
            if (!address) {
                continue;
            }
            const auto port = settings_.number(keys + "port", {0, kMost});
            const bool registers = settings_.flag(keys + "register").value_or(true);
            account_.servers.push_back(
                {address_of(*address, port), registers, {}, OrderedJson::object()});
            account_.servers.back().direct =
                settings_.flag(keys + "useOutboundProxy") == false;
            hosts_.push_back(*address);
            keys_.push_back(keys);
            if (keys_.size() == 1) {
                has_port_ = port.value_or(0) > 0;
            }
        }
        if (keys_.empty()) {
            settings_.report(*settings_.find(own_ + "address"),
                             {"a registration without server",
                              own_ + "server.1.address or voIpProt.server.1.address"});
        }
    }

    [[nodiscard]] std::string_view domain() const {
        return hosts_.empty() ? std::string_view("unknown.invalid") : hosts_.front();
    }

    // What the first server says; a design has one value for all servers of a phone.
    template <class Read>
    auto of_first(const std::string& key, Read read) -> decltype(read(std::string())) {
        decltype(read(std::string())) result;
        for (std::size_t i = 0; i < keys_.size(); ++i) {
            const auto value = read(keys_[i] + key);
            if (i == 0) {
                result = value;
            } else if (value && value != result) {
                const Setting& setting = *settings_.find(keys_[i] + key);
                account_.notes.push_back(fmt::format(
                    "Not imported: {} = {} differs from that of the first server, which "
                    "counts for all.",
                    setting.key, in_quotes(setting.value)));
            }
        }
        return result;
    }

    // What each server says, in the words of a design.
    template <class Read>
    void of_each(const char* key, bool of_registrations, Read read) {
        std::vector<OrderedJson> values;
        for (const std::string& keys : keys_) {
            values.push_back(read(keys));
        }
        put_values(values, key, of_registrations, account_);
    }

    void read_transport() {
        std::vector<std::size_t> choices;
        for (const std::string& keys : keys_) {
            choices.push_back(settings_
                                  .choice(keys + "transport", {"DNSnaptr", "UDPOnly",
                                                               "TCPpreferred", "TLS", "TCPOnly"})
                                  .value_or(0));
        }
        std::vector<OrderedJson> transports;
        for (const std::size_t choice : choices) {
            transports.push_back(choice == 0 ? OrderedJson()
                                             : OrderedJson(choice > 1 ? "tcp" : "udp"));
        }
        put_values(transports, "/transport", false, account_);
        if (std::ranges::find(choices, 0U) != choices.end()) {
            account_.notes.emplace_back(
                "Assumed: UDP, where the transport is left to DNS (DNSnaptr).");
        }
        if (choices.empty()) {
            return;
        }
        if (const char* queries = queries_for(domain(), has_port_, choices.front() > 0)) {
            account_.own["lookup"]["queries"] = queries;
        }
    }

    void read_lifetimes() {
        of_each("/expires", true, [this](const std::string& keys) {
            const auto expires = settings_.lifetime(keys + "expires", {10, 2'147'483'647});
            return expires ? OrderedJson(duration_text(*expires)) : OrderedJson();
        });
        of_each("/refresh", true, [this](const std::string& keys) {
            const auto overlap = settings_.lifetime(keys + "expires.overlap", {5, kMost});
            return overlap ? OrderedJson{{"rule", "lead"}, {"lead", duration_text(*overlap)}}
                           : OrderedJson();
        });
    }

    void read_retries() {
        of_each("/retry", true, [this](const std::string& keys) {
            const auto base = settings_.lifetime(keys + "registerRetry.baseTimeOut", {10, 120});
            const auto most = settings_.lifetime(keys + "registerRetry.maxTimeOut", {60, 1800});
            constexpr DelayMs kDefault = 60'000;
            return base || most
                       ? rfc5626_retry(base.value_or(kDefault), most.value_or(kDefault))
                       : OrderedJson();
        });
        of_each("/calls/retry_timeout", false, [this](const std::string& keys) {
            const auto pause = settings_.milliseconds(keys + "retryTimeOut", {0, kMost});
            return pause ? OrderedJson(duration_text(*pause)) : OrderedJson();
        });
        of_each("/calls/retry_count", false, [this](const std::string& keys) {
            const auto count = settings_.number(keys + "retryMaxCount", {0, 20});
            return count ? OrderedJson(*count == 0 ? kDefaultRetries : *count) : OrderedJson();
        });
    }

    void read_failback() {
        const auto mode = of_first("failOver.failBack.mode", [this](const std::string& key) {
            return settings_.choice(key, {"newRequests", "DNSTTL", "registration", "duration"});
        });
        const auto timeout = of_first("failOver.failBack.timeout", [this](const std::string& key) {
            return settings_.lifetime(key, {0, kMost});
        });
        if (mode) {
            read_failback(*mode, timeout);
        }
    }

    // Among the servers of the list, and among the addresses of a name.
    void read_failback(std::size_t mode, std::optional<DelayMs> timeout) {
        constexpr DelayMs kDefault = 3'600'000;
        constexpr std::size_t kDuration = 3;
        if (mode == kDuration) {
            const OrderedJson after =
                timeout == 0 ? OrderedJson("stay")
                             : OrderedJson{{"after", duration_text(timeout.value_or(kDefault))}};
            account_.own["failback"] = after;
            account_.own["address_failback"] = after;
            return;
        }
        account_.own["address_failback"] = mode == 1 ? "dns-ttl" : "at-refresh";
        if (mode == 0) {
            account_.own["calls"]["first"] = "primary";
            return;
        }
        account_.own["failback"] = "immediate";
        account_.notes.emplace_back(
            "Assumed: back to a better server of the list as soon as it is registered there again; "
            "failOver.failBack.mode counts among the addresses of one name.");
    }

    [[nodiscard]] bool is_on(const char* key, bool fallback) {
        return of_first(key, [this](const std::string& name) { return settings_.flag(name); })
            .value_or(fallback);
    }

    // The second and third of these count only together with those before.
    void read_failover() {
        if (!is_on("failOver.reRegisterOn", false)) {
            return;
        }
        account_.own["failover"]["calls_to"] = "registers";
        if (!is_on("failOver.failRegistrationOn", false)) {
            return;
        }
        const bool waits = account_.own.contains("failback") &&
                           (account_.own["failback"].is_object() ||
                            account_.own["failback"] == "stay");
        if (!waits) {
            account_.notes.emplace_back(
                "Not imported: failOver.failRegistrationOn. failback models it with "
                "failOver.failBack.mode = duration only.");
            return;
        }
        account_.own["failover"]["old_registration"] = "forgotten";
        if (is_on("failOver.onlySignalWithRegistered", true)) {
            account_.own["failover"]["calls_from_others"] = "ignored";
            account_.own["failover"]["dialogs"] = "silent";
        }
    }

    // That of the registration, if it has one.
    void read_outbound_proxy() {
        for (const std::string& keys :
             {own_ + "outboundProxy.", std::string("voIpProt.SIP.outboundProxy.")}) {
            if (settings_.find(keys + "address") != nullptr) {
                (void)settings_.number(keys + "port", {0, kMost});
                use_outbound_proxy(settings_, keys + "address", account_);
                return;
            }
        }
    }

    Settings& settings_;
    std::string own_;
    std::vector<std::string> keys_;  // "reg.1.server.2."
    std::vector<std::string> hosts_;
    bool has_port_ = false;          // the first server
    ImportedAccount account_;
};

}  // namespace

void read_polycom(const std::vector<ConfigFile>& files, Settings& settings, Imported& imported) {
    for (const ConfigFile& file : files) {
        for (Setting& setting : read_xml(file).attributes) {
            settings.add(std::move(setting));
        }
    }
    imported.profile = "polycom-soundpoint-2.1";
    for (const int number : settings.numbers_after("reg.", '.')) {
        if (const auto user = settings.word(fmt::format("reg.{}.address", number))) {
            imported.accounts.push_back(Registration(settings, number).read(*user));
        }
    }
}

bool polycom_bears(std::string_view key) {
    const bool is_server = key.starts_with("voIpProt.server.") || key.starts_with("voIpProt.SIP.");
    const bool is_registration =
        key.starts_with("reg.") &&
        (key.find(".server.") != key.npos || key.find("utboundProxy") != key.npos ||
         key.find("egister") != key.npos || key.find("failOver") != key.npos ||
         key.find("FailOver") != key.npos);
    return is_server || is_registration;
}

}  // namespace failback::model
