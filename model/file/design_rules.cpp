// The rules of a phone that have an object of their own.
#include <array>
#include <cstdint>

#include <fmt/format.h>

#include "model/duration.hpp"
#include "model/file/design_parts.hpp"
#include "model/file/design_text.hpp"

namespace failback::model {
namespace {

constexpr std::array<Choice<RefreshRule>, 2> kRefreshRules{
    {{"lead", RefreshRule::lead}, {"fraction", RefreshRule::fraction}}};

constexpr std::array<Choice<bool>, 2> kNewOrSame{{{"new", true}, {"same", false}}};

constexpr std::array<Choice<bool>, 2> kCSeqs{{{"restarts", true}, {"continues", false}}};

constexpr std::array<Choice<CallFirst>, 2> kFirst{
    {{"working", CallFirst::working}, {"primary", CallFirst::primary}}};

constexpr std::array<Choice<CallThen>, 2> kThen{
    {{"all", CallThen::all}, {"lower", CallThen::lower}}};

constexpr std::array<Choice<GiveUp>, 3> kGiveUp{
    {{"at-last-retry", GiveUp::at_last_retry},
     {"one-interval-later", GiveUp::one_interval_later},
     {"timer-b", GiveUp::timer_b}}};

constexpr std::array<Choice<bool>, 2> kAfter503{{{"next-server", false}, {"fails", true}}};

constexpr std::array<Choice<bool>, 2> kAfterRinging{{{"stays", true}, {"goes-on", false}}};

// Table 4 of RFC 3261: the timers that are 64*T1 unless they are set.
DelayMs read_derived(ObjectReader& reader, std::string_view key, DelayMs t1) {
    if (reader.has(key)) {
        const DelayMs timer = reader.duration(key, t1, kPositive);
        if (timer < t1) {
            const Node node = *reader.member(key);
            reader.input().report(node, {describe(*node.value),
                                         "at least t1, which is " + duration_text(t1)});
        }
        return timer;
    }
    (void)reader.member(key);
    return 64 * t1;
}

// Timers that nobody can set are multiples of it: 64 for those of RFC 3261, 79 for STUN (RFC 5389
// 7.2.1).
DelayMs read_t1(ObjectReader& reader) {
    constexpr DelayMs kMost = 10'800'000;
    static_assert(std::int64_t{79} * kMost <= kLongestDuration);
    const DelayMs t1 = reader.duration("t1", TransactionTimers{}.t1, kPositive);
    if (t1 <= kMost) {
        return t1;
    }
    const Node node = *reader.member("t1");
    reader.input().report(node, {describe(*node.value), "at most 3h, for others are 79 times t1"});
    return kMost;
}

TransactionTimers derived_timers() {
    TransactionTimers timers;
    timers.timer_f = timers.timer_b = timers.timer_j = 64 * timers.t1;
    return timers;
}

constexpr IntervalRule kWait{1, false, R"(, or waits that grow: {"base": ..., "max": ...})"};

RetryWait read_growth(ObjectReader& reader, bool registers) {
    constexpr DurationRule kBase{kLeastRetryBase, false};
    RetryWait wait;
    wait.rule = RetryRule::doubling;
    if (!reader.has("base")) {
        (void)reader.required("base", R"(a duration; the first wait is up to twice as long)");
    }
    wait.base = reader.duration("base", wait.base, kBase);
    wait.max = reader.duration("max", wait.max, kBase);
    if (wait.max < wait.base) {
        const bool is_max = reader.has("max");
        const Node wrong = *reader.member(is_max ? "max" : "base");
        reader.input().report(
            wrong, {describe(*wrong.value),
                    is_max ? "at least base, which is " + duration_text(wait.base)
                           : "at most max, which is " + duration_text(wait.max)});
    }
    if (!registers) {
        reader.refuse("base_beside", "it belongs to the retry of a phone");
    }
    wait.base_beside = reader.duration("base_beside", 0, kBase);
    if (wait.max < wait.base_beside && reader.has("base_beside")) {
        const Node wrong = *reader.member("base_beside");
        reader.input().report(wrong, {describe(*wrong.value),
                                      "at most max, which is " + duration_text(wait.max)});
    }
    const auto [least, most] =
        reader.integers("percent", {wait.shortest_percent, wait.longest_percent}, {1, 100});
    wait.shortest_percent = least;
    wait.longest_percent = most;
    return wait;
}

}  // namespace

RetryWait read_wait(Input& input, const Node& node, IntervalRule rule, bool registers) {
    if (node.value->is_object()) {
        ObjectReader reader(input, node, "waits that grow");
        const RetryWait wait = read_growth(reader, registers);
        reader.finish();
        return wait;
    }
    RetryWait wait;
    wait.fixed = read_interval(input, node, rule).value_or(wait.fixed);
    return wait;
}

TransactionTimers read_timers(ObjectReader& phone) {
    const std::optional<Node> node = phone.member("timers");
    if (!node) {
        return derived_timers();
    }
    ObjectReader reader(phone.input(), *node, "the timers of a phone");
    TransactionTimers timers;
    timers.t1 = read_t1(reader);
    timers.t2 = reader.duration("t2", timers.t2, kPositive);
    timers.t4 = reader.duration("t4", timers.t4, kPositive);
    if (timers.t2 < timers.t1) {
        const bool is_t2 = reader.has("t2");
        const Node wrong = *reader.member(is_t2 ? "t2" : "t1");
        phone.input().report(wrong, {describe(*wrong.value),
                                     is_t2 ? "at least t1, which is " + duration_text(timers.t1)
                                           : "at most t2, which is " + duration_text(timers.t2)});
    }
    timers.timer_f = read_derived(reader, "timer_f", timers.t1);
    timers.timer_b = read_derived(reader, "timer_b", timers.t1);
    timers.timer_j = derived_timers().timer_j;
    reader.finish();
    return timers;
}

Refresh read_refresh(ObjectReader& usage) {
    Refresh refresh;
    const std::optional<Node> node = usage.member("refresh");
    if (!node) {
        return refresh;
    }
    ObjectReader reader(usage.input(), *node, "a refresh rule");
    const auto rule = reader.choice("rule", kRefreshRules);
    const bool is_readable = rule.has_value() || !reader.has("rule");
    refresh.rule = rule.value_or(refresh.rule);
    if (is_readable && refresh.rule == RefreshRule::fraction) {
        reader.refuse("lead", R"(it belongs to the rule "lead")");
    } else {
        refresh.lead = reader.duration("lead", refresh.lead);
    }
    if (is_readable && refresh.rule == RefreshRule::lead) {
        reader.refuse("percent", R"(it belongs to the rule "fraction")");
    } else {
        refresh.percent = reader.integer("percent", refresh.percent, {1, 100});
    }
    reader.finish();
    return refresh;
}

Retry read_retry(ObjectReader& usage, bool registers) {
    Retry retry;
    const std::optional<Node> node = usage.member("retry");
    if (!node) {
        return retry;
    }
    if (!node->value->is_object()) {
        retry.rejected = retry.unanswered = read_wait(usage.input(), *node, kWait, registers);
        return retry;
    }
    ObjectReader reader(usage.input(), *node, "the waits after failed attempts");
    const std::optional<Node> rejected = reader.member("rejected");
    const std::optional<Node> unanswered = reader.member("unanswered");
    if (!rejected && !unanswered) {
        retry.rejected = retry.unanswered = read_growth(reader, registers);
    } else {
        for (const std::string_view key : {"base", "base_beside", "max", "percent"}) {
            reader.refuse(key, R"(it belongs into "rejected" or "unanswered")");
        }
    }
    if (rejected) {
        retry.rejected = read_wait(usage.input(), *rejected, kWait, registers);
    }
    if (unanswered) {
        retry.unanswered = read_wait(usage.input(), *unanswered, kWait, registers);
    }
    reader.finish();
    return retry;
}

AfterRestart read_after_restart(ObjectReader& phone) {
    AfterRestart after;
    const std::optional<Node> node = phone.member("after_restart");
    if (!node) {
        return after;
    }
    ObjectReader reader(phone.input(), *node, "what a phone is after a restart");
    after.new_call_id = reader.choice("call_id", kNewOrSame).value_or(after.new_call_id);
    if (after.new_call_id) {
        reader.refuse("cseq", R"(a new "call_id" has CSeqs of its own)");
    } else {
        after.cseq_restarts = reader.choice("cseq", kCSeqs).value_or(after.cseq_restarts);
    }
    after.new_contact = reader.choice("contact", kNewOrSame).value_or(after.new_contact);
    if (after.new_contact) {
        after.instance_id = reader.boolean("instance_id", after.instance_id);
    } else {
        reader.refuse("instance_id", R"(the same "contact" takes its own place anyway)");
    }
    reader.finish();
    return after;
}

CallRules read_call_rules(ObjectReader& phone) {
    CallRules rules;
    const std::optional<Node> node = phone.member("calls");
    if (!node) {
        return rules;
    }
    ObjectReader reader(phone.input(), *node, "the call rules of a phone");
    rules.first = reader.choice("first", kFirst).value_or(rules.first);
    rules.then = reader.choice("then", kThen).value_or(rules.then);
    rules.retry_timeout = reader.duration("retry_timeout", rules.retry_timeout);
    rules.retry_count = reader.integer("retry_count", rules.retry_count, {0, 20});
    rules.give_up = reader.choice("give_up", kGiveUp).value_or(rules.give_up);
    rules.unregistered = reader.boolean("unregistered", rules.unregistered);
    rules.unseized = reader.boolean("unseized", rules.unseized);
    rules.heeds_provisional =
        reader.choice("after_ringing", kAfterRinging).value_or(rules.heeds_provisional);
    rules.fails_after_503 =
        reader.choice("after_503", kAfter503).value_or(rules.fails_after_503);
    rules.invite_expires = reader.duration("invite_expires", 0, {0, true});
    constexpr DelayMs kLeastSession = 90'000;  // RFC 4028 4
    if (reader.has("session_expires")) {
        rules.session_expires = reader.duration("session_expires", 0, {kLeastSession});
    } else {
        (void)reader.member("session_expires");
    }
    rules.confirmation = read_confirmation(reader);
    reader.finish();
    return rules;
}

}  // namespace failback::model
