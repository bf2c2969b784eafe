// baresip: an accounts file with lines such as <sip:1001@example.com>;regint=600;outbound="sip:a".
#include <fmt/format.h>

#include "model/duration.hpp"
#include "model/file/design_text.hpp"
#include "model/import/import_parts.hpp"

namespace failback::model {
namespace {

constexpr std::size_t kLongestLine = 10'000;

struct Line {
    std::string_view text;
    int number = 0;

    [[nodiscard]] Position position(std::string_view part) const {
        return {number, column_of(text, part)};
    }
};

// Where the semicolon that ends a parameter stands; one inside of quotes does not.
std::size_t end_of_parameter(std::string_view text) {
    bool is_quoted = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        is_quoted = is_quoted != (text[at] == '"');
        if (text[at] == ';' && !is_quoted) {
            return at;
        }
    }
    return text.size();
}

std::string_view without_quotes(std::string_view text) {
    const bool is_quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
    return is_quoted ? text.substr(1, text.size() - 2) : text;
}

// The parameters of an account become settings account1.regint, account1.transport and so on, its
// address account1.address.
class Accounts {
public:
    Accounts(Settings& settings, const std::string& file) : settings_(settings), file_(file) {}

    void take(const Line& line) {
        const std::string_view content = trimmed(line.text);
        if (content.empty() || content.front() == '#') {
            return;
        }
        if (content.size() > kLongestLine) {
            settings_.report({"", "", file_, line.position(content)},
                             {fmt::format("a line of {} bytes", content.size()),
                              fmt::format("at most {}", kLongestLine)});
            return;
        }
        const std::size_t open = content.find('<');
        const std::size_t close = content.find('>', open == content.npos ? 0 : open);
        const std::string_view uri = open == content.npos || close == content.npos
                                         ? std::string_view()
                                         : trimmed(content.substr(open + 1, close - open - 1));
        if (!uri.starts_with("sip:") && !uri.starts_with("sips:")) {
            settings_.report({"", "", file_, line.position(content)},
                             {in_quotes(content), "an account: <sip:user@domain>;regint=600"});
            return;
        }
        ++count_;
        const std::size_t end = std::min(uri.find(';'), uri.size());
        const std::size_t at = uri.substr(0, end).find('@');
        add("address", uri.substr(0, end), line.position(uri));
        if (at == uri.npos || at + 1 == end) {
            settings_.report({"", "", file_, line.position(uri)},
                             {in_quotes(uri), "an address with user and domain"});
        }
        if (end < uri.size()) {
            take_parameters(line, uri.substr(end + 1));
        }
        if (close + 1 < content.size()) {
            take_parameters(line, trimmed(content.substr(close + 1)));
        }
    }

    [[nodiscard]] int count() const { return count_; }

private:
    void take_parameters(const Line& line, std::string_view rest) {
        while (!rest.empty()) {
            const std::size_t end = end_of_parameter(rest);
            const std::string_view parameter = trimmed(rest.substr(0, end));
            const std::size_t equals = std::min(parameter.find('='), parameter.size());
            if (!parameter.empty()) {
                add(trimmed(parameter.substr(0, equals)),
                    trimmed(parameter.substr(std::min(equals + 1, parameter.size()))),
                    line.position(parameter));
            }
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
    }

    void add(std::string_view key, std::string_view value, Position position) {
        settings_.add({fmt::format("account{}.{}", count_, key),
                       std::string(without_quotes(value)), file_, position});
    }

    Settings& settings_;
    const std::string& file_;
    int count_ = 0;
};

void read_servers(Settings& settings, const std::string& own, std::string_view domain,
                  ImportedAccount& account) {
    for (const char* key : {"outbound", "outbound2"}) {
        if (const auto proxy = settings.word(own + key)) {
            account.servers.push_back({*proxy, true, {}, OrderedJson::object()});
        }
    }
    if (account.servers.empty()) {
        account.servers.push_back({std::string(domain), true, {}, OrderedJson::object()});
    }
}

// None if it does not register.
std::optional<ImportedAccount> read_account(Settings& settings, const std::string& own) {
    const auto address = settings.word(own + "address");
    const auto lifetime = settings.lifetime(own + "regint", {0, kMostSeconds});
    if (!address || lifetime == 0) {
        return std::nullopt;
    }
    const std::size_t at = address->find('@');
    if (at == address->npos || at + 1 == address->size()) {
        return std::nullopt;
    }
    const std::string domain = address->substr(at + 1);
    const std::size_t password = address->find(':', address->find(':') + 1);
    ImportedAccount account;
    account.aor = address->substr(0, std::min(at, password)) + "@" + domain;
    read_servers(settings, own, domain, account);
    const auto transport = settings.choice(own + "transport", {"udp", "tcp", "tls", "ws", "wss"});
    const bool has_reliable_proxy =
        account.servers.front().address.find("transport=t") != std::string::npos;
    if (transport || has_reliable_proxy) {
        account.own["transport"] = transport == 0U ? "udp" : "tcp";
    }
    if (lifetime) {
        account.own["expires"] = duration_text(*lifetime);
    }
    if (const auto percent = settings.number(own + "rwait", {5, 95})) {
        account.own["refresh"] = {{"rule", "fraction"}, {"percent", *percent}};
    }
    if (settings.find(own + "prio") != nullptr || settings.find(own + "fbregint") != nullptr) {
        account.notes.emplace_back(
            "Not imported: prio and fbregint, for serial registration. To see a failover, write "
            "the servers of all accounts into one phone; it registers with all of them.");
    }
    return account;
}

}  // namespace

void read_baresip(const std::vector<ConfigFile>& files, Settings& settings, Imported& imported) {
    if (files.size() > 1) {
        throw InputError({{files[1].name, {}, {}, "a second file", "one accounts file", {}}});
    }
    Accounts accounts(settings, files.front().name);
    for_each_line(files.front().text, [&accounts](std::string_view text, int number) {
        accounts.take({text, number});
    });
    imported.profile = "baresip";
    for (int number = 1; number <= accounts.count(); ++number) {
        if (auto account = read_account(settings, fmt::format("account{}.", number))) {
            imported.accounts.push_back(*std::move(account));
        }
    }
}

bool baresip_bears(std::string_view key) {
    for (const std::string_view part : {".reg", "outbound", ".sipnat", "prio", "fallback"}) {
        if (key.find(part) != key.npos) {
            return true;
        }
    }
    return false;
}

}  // namespace failback::model
