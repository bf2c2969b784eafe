// Yealink: lines such as account.1.sip_server.2.expires = 3600.
#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "model/duration.hpp"
#include "model/file/design_text.hpp"
#include "model/import/import_parts.hpp"

namespace failback::model {
namespace {

void read_lines(const ConfigFile& file, Settings& settings) {
    std::string_view text = file.text;
    if (text.starts_with("\xEF\xBB\xBF")) {
        text.remove_prefix(3);
    }
    for_each_line(text, [&](std::string_view line, int number) {
        const std::string_view content = trimmed(line);
        if (content.empty() || content.front() == '#' || content.front() == '[') {
            return;
        }
        const std::size_t equals = content.find('=');
        const Position position{number, column_of(line, content)};
        if (equals == content.npos || equals == 0) {
            settings.report({"", "", file.name, position},
                            {in_quotes(content), "a setting such as account.1.enable = 1"});
            return;
        }
        settings.add({std::string(trimmed(content.substr(0, equals))),
                      std::string(trimmed(content.substr(equals + 1))), file.name, position});
    });
}

// Of all accounts: the timers of transactions, and a random delay after the start.
OrderedJson common_of(Settings& settings) {
    OrderedJson common = OrderedJson::object();
    read_timers(settings, {{"t1", "sip.timer_t1"}, {"t2", "sip.timer_t2"}, {"t4", "sip.timer_t4"}},
                TimerUnit::seconds, common);
    // A server stands in a list once.
    if (settings.flag("sip.skip_redundant_failover_addr") == false) {
        settings.note(
            "Not imported: sip.skip_redundant_failover_addr = 0, by which an address that two "
            "names have is tried twice.");
    }
    const auto surge = settings.lifetime("sip.reg_surge_prevention", {0, 60});
    if (surge.value_or(0) > 0) {
        common["boot"] = {"0s", duration_text(*surge)};
        settings.note(
            "Assumed: after the start each registration waits any time up to "
            "sip.reg_surge_prevention.");
    }
    return common;
}

class Account {
public:
    Account(Settings& settings, int number, const OrderedJson& common)
        : settings_(settings), own_(fmt::format("account.{}.", number)) {
        account_.own = common;
    }

    [[nodiscard]] ImportedAccount read(std::string_view user) {
        const auto is_concurrent =
            settings_.choice(own_ + "fallback.redundancy_type", {"0", "1"}).value_or(0) == 0;
        if (!is_concurrent) {
            account_.own["registration"] = "successive";
        }
        for (const int server : settings_.numbers_after(own_ + "sip_server.", '.')) {
            read_server(fmt::format("{}sip_server.{}.", own_, server));
        }
        put_values(transports_, "/transport", false, account_);
        put_values(expires_, "/expires", true, account_);
        put_values(counts_, "/calls/retry_count", false, account_);
        if (account_.servers.empty()) {
            settings_.report(*settings_.find(own_ + "user_name"),
                             {"an account without server", own_ + "sip_server.1.address"});
        }
        account_.aor = aor_of(user, account_.servers.empty() ? "unknown.invalid" : host_.c_str());
        const auto timeout = settings_.lifetime(own_ + "fallback.timeout", {10, kMostSeconds});
        if (!is_concurrent) {
            constexpr DelayMs kDefault = 120'000;
            account_.own["failback"] = {{"after", duration_text(timeout.value_or(kDefault))}};
        }
        read_retry();
        read_outbound_proxy();
        return std::move(account_);
    }

private:
    void read_server(const std::string& keys) {
        const auto address = settings_.word(keys + "address");
        const auto port = settings_.number(keys + "port", {0, kMostPort});
        if (!address) {
            return;
        }
        const bool is_first = account_.servers.empty();
        account_.servers.push_back({address_of(*address, port), true, {}, OrderedJson::object()});
        if (is_first) {
            host_ = *address;
        }
        const auto transport = settings_.choice(keys + "transport_type", {"0", "1", "2", "3"});
        constexpr std::size_t kByDns = 3;
        const char* queries =
            queries_for(*address, port.value_or(0) > 0, transport.value_or(0) != kByDns);
        if (is_first && queries != nullptr && (transport || port)) {
            account_.own["lookup"]["queries"] = queries;
        }
        const auto expires = settings_.lifetime(keys + "expires", {30, kMostSeconds});
        const auto count = settings_.number(keys + "invite_retry_counts", {1, 10});
        transports_.push_back(transport ? OrderedJson(*transport == 1 || *transport == 2 ? "tcp"
                                                                                         : "udp")
                                        : OrderedJson());
        expires_.push_back(expires ? OrderedJson(duration_text(*expires)) : OrderedJson());
        counts_.push_back(count ? OrderedJson(*count) : OrderedJson());
        (void)settings_.number(keys + "retry_counts", {0, 20});
        read_failover(keys, is_first);
        read_failback(keys, is_first);
    }

    // The second one counts only together with the first.
    void read_failover(const std::string& keys, bool is_first) {
        const bool registers = settings_.flag(keys + "register_on_enable").value_or(false);
        if (!is_first || !registers) {
            return;
        }
        // With one registration at a time a call does not move it.
        const bool is_successive = account_.own.contains("registration");
        account_.own["failover"]["calls_to"] = is_successive ? "registered" : "registers";
        if (settings_.flag(keys + "only_signal_with_registered").value_or(false)) {
            account_.own["failover"]["calls_from_others"] = "ignored";
        }
    }

    void read_failback(const std::string& keys, bool is_first) {
        const auto mode = settings_.choice(keys + "failback_mode", {"0", "1", "2", "3"});
        const auto timeout = settings_.number(keys + "failback_timeout", {0, kMostPort});
        if (!is_first || !mode || account_.own.contains("registration")) {
            return;
        }
        constexpr std::size_t kDuration = 3;
        if (*mode == kDuration) {
            constexpr std::int64_t kLeastSeconds = 60;  // less counts as that
            constexpr std::int64_t kDefaultSeconds = 3600;
            const std::int64_t seconds =
                std::max<std::int64_t>(kLeastSeconds, timeout.value_or(kDefaultSeconds));
            const OrderedJson after = timeout == 0
                                          ? OrderedJson("stay")
                                          : OrderedJson{{"after", fmt::format("{}s", seconds)}};
            account_.own["failback"] = after;
            account_.own["address_failback"] = after;
            return;
        }
        account_.own["address_failback"] = *mode == 1 ? "dns-ttl" : "at-refresh";
        if (*mode == 0) {
            account_.own["calls"]["first"] = "primary";
            return;
        }
        account_.notes.emplace_back(
            "Assumed: back to a better server of the list as soon as it is registered there again; "
            "failback_mode counts among the addresses of one name.");
    }

    void read_retry() {
        const auto wait = settings_.lifetime(own_ + "reg_fail_retry_interval", {0, 1800});
        const auto base = settings_.lifetime(own_ + "reg_failed_retry_min_time", {0, 3600});
        const auto most = settings_.lifetime(own_ + "reg_failed_retry_max_time", {0, 3600});
        if (base.value_or(0) > 0 && most.value_or(0) > 0) {
            account_.own["retry"] = rfc5626_retry(*base, *most);
        } else if (wait.value_or(0) > 0) {
            account_.own["retry"] = duration_text(*wait);
        }
        const auto overlap =
            settings_.number(own_ + "register_expires_overlap", {-1, kMostSeconds / 1000});
        if (overlap && *overlap > 0) {
            account_.own["refresh"] = {
                {"rule", "lead"},
                {"lead", duration_text(static_cast<DelayMs>(
                             std::min<std::int64_t>(*overlap * 1000, kLongestDuration)))}};
        }
    }

    void read_outbound_proxy() {
        const bool is_used = settings_.flag(own_ + "outbound_proxy_enable").value_or(false);
        if (!is_used) {
            return;
        }
        use_outbound_proxy(settings_, own_ + "outbound_proxy.1.address", account_);
        if (const Setting* second = settings_.find(own_ + "outbound_proxy.2.address")) {
            account_.notes.push_back(fmt::format(
                "Not imported: {} = {}, a second outbound proxy.", second->key,
                in_quotes(second->value)));
        }
    }

    Settings& settings_;
    std::string own_;
    std::string host_;
    std::vector<OrderedJson> transports_;  // of each server; null: not set
    std::vector<OrderedJson> expires_;
    std::vector<OrderedJson> counts_;
    ImportedAccount account_;
};

}  // namespace

void read_yealink(const std::vector<ConfigFile>& files, Settings& settings, Imported& imported) {
    for (const ConfigFile& file : files) {
        read_lines(file, settings);
    }
    imported.profile = "yealink";
    const OrderedJson common = common_of(settings);
    for (const int number : settings.numbers_after("account.", '.')) {
        const bool is_enabled =
            settings.flag(fmt::format("account.{}.enable", number)).value_or(false);
        const auto user = settings.word(fmt::format("account.{}.user_name", number));
        if (is_enabled && user) {
            imported.accounts.push_back(Account(settings, number, common).read(*user));
        }
    }
}

bool yealink_bears(std::string_view key) {
    const bool is_account =
        key.starts_with("account.") &&
        (key.find(".sip_server") != key.npos || key.find(".fallback.") != key.npos ||
         key.find(".outbound_proxy") != key.npos || key.find(".reg") != key.npos ||
         key.find("regist") != key.npos || key.find("timer") != key.npos);
    return is_account || key.starts_with("sip.");
}

}  // namespace failback::model
