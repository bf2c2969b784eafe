#include "model/nodes/lookup.hpp"

#include "sim/check.hpp"

namespace failback::model {

namespace {

using sim::ensure;

class LookUp {
public:
    LookUp(NameState& name, const NameConfig& config, const NameInput& input, NameOutput& output)
        : name_(name), config_(config), input_(input), output_(output) {}

    void ask() {
        if (name_.end != QueryEnd::none) {
            return;  // whoever asks waits with the others
        }
        begin();
        if (name_.record == NameRecordState::negative) {
            expect(QueryEnd::known, {0, 0});
        } else {
            send();
        }
    }

    void query_ends() {
        const QueryEnd end = name_.end;
        ensure(end != QueryEnd::none, "a query ends once");
        name_.end = QueryEnd::none;
        switch (end) {
            case QueryEnd::answer:
                go_on();
                break;
            case QueryEnd::silence:
                if (name_.tries < config_.rules.tries) {
                    send();
                } else {
                    name_.missed |= is_needed() ? kMissedSrv : std::uint8_t{0};
                    go_on();
                }
                break;
            case QueryEnd::denial:
            case QueryEnd::known:
            case QueryEnd::none:
                fail(end == QueryEnd::denial);
                break;
        }
    }

    void expires() {
        const bool is_of_use =
            is_usable(name_) && config_.rules.expired == Expired::after_failure;
        const bool is_wanted = is_usable(name_) && config_.rules.expired == Expired::refetched;
        const bool is_wrong = name_.record == NameRecordState::wrong;
        name_.record = !is_of_use  ? NameRecordState::absent
                       : is_wrong ? NameRecordState::wrong_expired
                                  : NameRecordState::expired;
        if (is_wanted) {
            send();
        }
    }

    void restart() {
        output_.ends_query = name_.end != QueryEnd::none;
        output_.ends_record = is_kept_for_a_while();
        name_ = {};
    }

    void changed() {
        if (name_.record == NameRecordState::fresh) {
            name_.record = NameRecordState::wrong;
        } else if (name_.record == NameRecordState::expired) {
            name_.record = NameRecordState::wrong_expired;
        }
        if (name_.end == QueryEnd::answer && is_last()) {
            name_.missed |= kWrongAnswer;
        }
    }

private:
    void begin() {
        name_.query = name_.tries = 0;
        name_.missed &= kKnowsLater;
    }

    // The query whose answer says which servers there are.
    [[nodiscard]] bool asks_for_servers() const {
        return config_.rules.queries - name_.query == (config_.srv ? 2 : 1);
    }

    void set(std::uint8_t bit, bool is_set) {
        name_.missed = static_cast<std::uint8_t>((name_.missed & ~bit) | (is_set ? bit : 0));
    }

    // The query for addresses.
    [[nodiscard]] bool is_last() const { return name_.query + 1 == config_.rules.queries; }

    // Without an answer to this query the look-up fails: there are no SRV records then, or no
    // addresses. NAPTR records only choose among services.
    [[nodiscard]] bool is_needed() const {
        const int left = config_.rules.queries - name_.query;
        return left == 1 || (left == 2 && config_.srv);
    }

    [[nodiscard]] bool is_kept_for_a_while() const {
        return name_.record == NameRecordState::negative ||
               (is_usable(name_) && config_.rules.expired != Expired::at_once);
    }

    void expect(QueryEnd end, Interval delay) {
        name_.end = end;
        output_.query = delay;
    }

    void send() {
        const auto resolver = static_cast<std::size_t>(name_.tries % config_.resolvers);
        ++name_.tries;
        const auto end = static_cast<QueryEnd>((input_.resolvers >> (2 * resolver)) & 3U);
        const bool is_wrong = ((input_.wrong >> resolver) & 1U) != 0;
        name_.missed = static_cast<std::uint8_t>(name_.missed & ~kWrongAnswer);
        if (end == QueryEnd::answer && is_last() && is_wrong) {
            name_.missed |= kWrongAnswer;
        }
        if (end == QueryEnd::answer && asks_for_servers()) {
            set(kLaterAnswer, input_.later);
        }
        const DelayMs timeout = config_.rules.timeout;
        expect(end, end == QueryEnd::silence
                        ? sim::exactly(timeout)
                        : input_.delays[resolver].value_or(config_.answer));
    }

    // To the next query of the chain.
    void go_on() {
        ++name_.query;
        name_.tries = 0;
        if (name_.query < config_.rules.queries) {
            send();
        } else if ((name_.missed & kMissedSrv) != 0) {
            fail(false);
        } else {
            const bool is_wrong = (name_.missed & kWrongAnswer) != 0;
            const auto kept = is_wrong ? NameRecordState::wrong : NameRecordState::fresh;
            keep(config_.ttl > 0 ? kept : NameRecordState::absent, config_.ttl);
            output_.wrong = is_wrong;
            const bool is_later = (name_.missed & kLaterAnswer) != 0;
            output_.changed = is_later != knows_later(name_);
            set(kKnowsLater, is_later);
            finish(true);
        }
    }

    void fail(bool is_denied) {
        if (config_.rules.static_ttl > 0) {  // whatever DNS says of the name later
            keep(NameRecordState::fresh, config_.rules.static_ttl);
            finish(true);
            return;
        }
        if (is_denied) {
            keep(config_.negative_ttl > 0 ? NameRecordState::negative : NameRecordState::absent,
                 config_.negative_ttl);
        }
        output_.wrong = name_.record == NameRecordState::wrong_expired;
        finish(name_.record == NameRecordState::expired || output_.wrong);
    }

    void keep(NameRecordState record, DelayMs so_long) {
        name_.record = record;
        if (is_kept_for_a_while()) {
            output_.keeps = so_long;
        }
    }

    void finish(bool found) {
        begin();
        output_.found = found;
    }

    NameState& name_;
    const NameConfig& config_;
    const NameInput& input_;
    NameOutput& output_;
};

}  // namespace

std::int64_t longest_look_up(const LookupRules& rules, const Dns& dns, bool may_fail) {
    const std::int64_t silent = std::int64_t{rules.timeout} * rules.tries;
    return rules.queries * (may_fail ? silent : dns.answer.latest);
}

void step(NameState& name, const NameConfig& config, const NameInput& input, NameOutput& output) {
    LookUp look_up(name, config, input, output);
    switch (input.kind) {
        case NameInput::Kind::ask:
            look_up.ask();
            break;
        case NameInput::Kind::query_ends:
            look_up.query_ends();
            break;
        case NameInput::Kind::expires:
            look_up.expires();
            break;
        case NameInput::Kind::restart:
            look_up.restart();
            break;
        case NameInput::Kind::changed:
            look_up.changed();
            break;
    }
}

}  // namespace failback::model
