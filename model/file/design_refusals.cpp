// What servers refuse for want of room, and what phones make of refusals.
#include <array>

#include "model/file/design_parts.hpp"
#include "model/file/design_text.hpp"

namespace failback::model {
namespace {

constexpr std::array<Choice<Status>, 8> kRefusals{
    {{"400", Status::bad_request_400},
     {"401", Status::unauthorized_401},
     {"403", Status::forbidden_403},
     {"404", Status::not_found_404},
     {"408", Status::request_timeout_408},
     {"480", Status::temporarily_unavailable_480},
     {"500", Status::server_error_500},
     {"503", Status::service_unavailable_503}}};

constexpr std::array<Choice<TransportErrors>, 2> kTransportErrors{
    {{"ignored", TransportErrors::ignored}, {"fail-attempt", TransportErrors::fail_attempt}}};

constexpr std::array<Choice<RetryAfter>, 2> kRetryAfter{
    {{"honoured", RetryAfter::honoured}, {"ignored", RetryAfter::ignored}}};

constexpr std::string_view kExpected = R"("give-up", "retry", an interval, or waits that grow)";

constexpr IntervalRule kWaitOrElse{
    1, false, R"(, or waits that grow: {"base": ..., "max": ...}, or "give-up" or "retry")"};

// Not a duration, which begins with a digit.
bool is_word(const nlohmann::json& value) {
    const auto* text = value.get_ptr<const std::string*>();
    return text != nullptr && (text->empty() || text->front() < '0' || text->front() > '9');
}

AfterRefusal read_after_refusal(Input& input, const Node& node) {
    AfterRefusal after;
    if (*node.value == "give-up") {
        after.kind = AfterRefusal::Kind::give_up;
    } else if (is_word(*node.value) && *node.value != "retry") {
        input.report(node, {describe(*node.value), std::string(kExpected)});
    } else if (*node.value != "retry") {
        after.kind = AfterRefusal::Kind::wait;
        after.wait = read_wait(input, node, kWaitOrElse);
    }
    return after;
}

void read_on_status(ObjectReader& phone, RefusalRules& rules) {
    const std::optional<Node> node = phone.member("on_status");
    if (!node) {
        return;
    }
    ObjectReader reader(phone.input(), *node, "what follows a refusal");
    if (const auto other = reader.member("other")) {
        const AfterRefusal after = read_after_refusal(phone.input(), *other);
        for (const Choice<Status>& refusal : kRefusals) {
            rules.on_status[static_cast<std::size_t>(refusal.value)] = after;
        }
    }
    for (const Choice<Status>& refusal : kRefusals) {
        if (const auto one = reader.member(refusal.word)) {
            rules.on_status[static_cast<std::size_t>(refusal.value)] =
                read_after_refusal(phone.input(), *one);
        }
    }
    reader.finish();
}

}  // namespace

RefusalRules read_refusals(ObjectReader& phone) {
    RefusalRules rules;
    rules.transport_errors =
        phone.choice("transport_errors", kTransportErrors).value_or(rules.transport_errors);
    rules.retry_after = phone.choice("retry_after", kRetryAfter).value_or(rules.retry_after);
    rules.max_min_expires = phone.duration("max_min_expires", rules.max_min_expires, kLifetime);
    read_on_status(phone, rules);
    return rules;
}

Limit read_limit(ObjectReader& server, std::string_view key) {
    constexpr int kMostBindings = 100'000;
    Limit limit;
    const std::optional<Node> node = server.member(key);
    if (!node) {
        return limit;
    }
    ObjectReader reader(server.input(), *node, "a limit of bindings");
    limit.bindings = reader.integer("bindings", limit.bindings, {0, kMostBindings});
    limit.answer = reader.choice("answer", kAnswersWithoutRoom).value_or(limit.answer);
    limit.retry_after = reader.duration("retry_after", limit.retry_after, kLifetime);
    reader.finish();
    return limit;
}

}  // namespace failback::model
