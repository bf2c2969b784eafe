// Cisco phones with SIP firmware: the SEP....cnf.xml that a call manager writes.
#include <map>

#include <fmt/format.h>

#include "model/duration.hpp"
#include "model/file/design_text.hpp"
#include "model/import/import_parts.hpp"

namespace failback::model {
namespace {

constexpr int kMostMembers = 16;
constexpr int kMostReferences = 3;

// The n-th of several elements of one name, from 1.
std::string numbered(const std::string& path, int number) {
    return number == 1 ? path : fmt::format("{}#{}", path, number);
}

class Device {
public:
    explicit Device(Settings& settings) : settings_(settings) {}

    void read(Imported& imported) {
        imported.profile = "cisco-sip-phone";
        read_call_managers();
        read_references();
        read_stack();
        settings_.note(
            "Assumed: the phone registers with all its servers. In truth it is registered with one "
            "call manager, and probes the next one.");
        constexpr int kMostLines = 16;
        const std::string lines = "device/sipProfile/sipLines/line";
        for (int number = 1; number <= kMostLines; ++number) {
            read_line(numbered(lines, number), imported);
        }
    }

private:
    // In the order in which they stand: `priority` is an attribute that call managers write so.
    void read_call_managers() {
        const std::string members = "device/devicePool/callManagerGroup/members/member";
        for (int number = 1; number <= kMostMembers; ++number) {
            const std::string manager = numbered(members, number) + "/callManager";
            const auto host = settings_.word(manager + "/processNodeName");
            const auto port = settings_.number(manager + "/ports/sipPort", {1, kMostPort});
            (void)settings_.number(manager + "/ports/ethernetPhonePort", {1, kMostPort});
            (void)settings_.find(manager + "/name");
            if (host) {
                servers_.push_back(
                    {address_of(*host, port), true, "cisco-cucm", OrderedJson::object()});
            }
        }
    }

    void read_references() {
        const std::string srst = "device/devicePool/srstInfo/";
        for (int number = 1; number <= kMostReferences; ++number) {
            const auto host = settings_.word(fmt::format("{}sipIpAddr{}", srst, number));
            const auto port =
                settings_.number(fmt::format("{}sipPort{}", srst, number), {1, kMostPort});
            if (host) {
                servers_.push_back(
                    {address_of(*host, port), true, "cisco-srst", OrderedJson::object()});
            }
        }
        const auto monitor =
            settings_.lifetime("device/devicePool/connectionMonitorDuration", {0, kMostSeconds});
        if (monitor) {
            settings_.note(fmt::format(
                "Not imported: connectionMonitorDuration = {}, for which the call manager must be "
                "reachable before the phone returns. Here it returns at once.",
                people_text(*monitor)));
        }
    }

    void read_stack() {
        const std::string stack = "device/sipProfile/sipStack/";
        read_timers(settings_, {{"t1", stack + "timerT1"}, {"t2", stack + "timerT2"}},
                    TimerUnit::milliseconds, own_);
        const auto expires = settings_.lifetime(stack + "timerRegisterExpires", {1, kMostSeconds});
        if (expires) {
            own_["expires"] = duration_text(*expires);
        }
        if (const auto delta = settings_.lifetime(stack + "timerRegisterDelta", {0, 32'767})) {
            own_["refresh"] = {{"rule", "lead"}, {"lead", duration_text(*delta)}};
        }
        if (const Setting* alive = settings_.find(stack + "timerKeepAliveExpires")) {
            settings_.note(fmt::format(
                "Not imported: timerKeepAliveExpires = {}; the lifetime that a call manager grants "
                "is in its profile.",
                in_quotes(alive->value)));
        }
        // 1 and 4 begin with TCP, 2 is UDP, 3 is TLS.
        if (const auto transport = settings_.number("device/transportLayerProtocol", {1, 4})) {
            own_["transport"] = *transport == 2 ? "udp" : "tcp";
            if (*transport == 4) {
                settings_.note("Assumed: TCP, as transportLayerProtocol 4 prefers it.");
            }
        }
    }

    void read_line(const std::string& path, Imported& imported) {
        const auto name = settings_.word(path + "/name");
        const auto proxy = settings_.word(path + "/proxy");
        if (!name || !proxy) {
            return;
        }
        ImportedAccount account;
        account.servers = servers_;
        account.own = own_;
        if (*proxy != "USECALLMANAGER") {
            const auto port = settings_.number(path + "/port", {1, kMostPort});
            account.servers = {{address_of(*proxy, port), true, {}, OrderedJson::object()}};
        }
        if (account.servers.empty()) {
            settings_.report(*settings_.find(path + "/proxy"),
                             {"a line without call manager",
                              "processNodeName of a member of the callManagerGroup"});
            return;
        }
        account.aor = aor_of(*name, host_of(account.servers.front().address));
        imported.accounts.push_back(std::move(account));
    }

    Settings& settings_;
    std::vector<ImportedServer> servers_;
    OrderedJson own_ = OrderedJson::object();
};

}  // namespace

void read_sep(Settings& settings, Imported& imported) { Device(settings).read(imported); }

}  // namespace failback::model
