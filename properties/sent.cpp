#include "properties/sent.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace failback::properties {

namespace {

Expression atom_of(AtomKind kind, std::size_t phone, std::size_t line, std::size_t server,
                   std::size_t subscription) {
    Expression expression;
    expression.atom = {kind, phone, line, server, subscription};
    return expression;
}

// The events of one line.
void add_events(std::vector<Expression>& events, const model::Phone& phone,
                std::string_view method, const Atom& at) {
    if (method != "SUBSCRIBE") {
        const AtomKind kind = method == "INVITE" ? AtomKind::invites : AtomKind::requests;
        events.push_back(atom_of(kind, at.phone, at.line, *at.server, 0));
        return;
    }
    for (std::size_t which = 0; which < model::subscriptions_of(phone); ++which) {
        events.push_back(atom_of(AtomKind::subscribes, at.phone, at.line, *at.server, which));
    }
}

}  // namespace

std::optional<Expression> sent_to(const model::Design& design, std::string_view method,
                                  std::size_t server) {
    std::vector<Expression> events;
    for (std::size_t p = 0; p < design.phones.size(); ++p) {
        const model::Phone& phone = design.phones[p];
        const auto entry = std::ranges::find(phone.servers, server, &model::ServerEntry::server);
        const bool is_listed = entry != phone.servers.end();
        if (!is_listed || (method == "REGISTER" && !entry->registers)) {
            continue;
        }
        for (std::size_t line = 0; line < phone.lines.size(); ++line) {
            add_events(events, phone, method, {{}, p, line, server, 0});
        }
    }
    if (events.size() < 2) {
        return events.empty() ? std::nullopt : std::optional(std::move(events.front()));
    }
    Expression all;
    all.op = Expression::Op::disjunction;
    all.operands = std::move(events);
    return all;
}

}  // namespace failback::properties
