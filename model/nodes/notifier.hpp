// The notifier's side of one subscription (RFC 6665 4.2): a server's record of it, and the NOTIFY
// that it has open.
//
//  1. One NOTIFY is open at a time. The next one takes its place: it tells the newer state.
//  2. A subscription that begins takes the place of an older one of the same line.
//  3. `sent` is the number of the last NOTIFY. It only ever rises by one.
//  4. What it tells of has no value here. It is known whether it has changed since a NOTIFY was
//     sent; each change is to something new.
#pragma once

#include <array>
#include <cstdint>

#include "model/design.hpp"
#include "model/output.hpp"

namespace failback::model {

struct SubscriptionRecord {
    std::uint8_t present = 0;
    std::uint8_t cseq = 0;
};

struct Notifier {
    DelayMs expires = 0;           // of the open NOTIFY: the lifetime, or Retry-After
    std::uint8_t dialog = 0;       // of the record, or of the open NOTIFY
    std::uint8_t sent = 0;
    std::uint8_t open = 0;
    std::uint8_t resends = 0;      // how often Timer E has doubled
    EndReason reason = EndReason::none;  // of the open NOTIFY
    std::uint8_t changes_left = 0; // of what it tells of
    std::uint8_t old = 0;          // the number of the last NOTIFY that is not up to date
    std::uint8_t uncertain = 0;    // of the open NOTIFY: of its lifetime some time is over already
};

struct NotifierConfig {
    Transport transport = Transport::udp;
    TransactionTimers timers;      // those of the phone
    bool has_package = true;
    Status without = Status::bad_event_489;  // the answer, if it has not
    DelayMs min_expires = 60'000;
    DelayMs max_expires = 3'600'000;
    bool refuses_long = false;     // as too brief, even an hour and more
    Status out_of_order = Status::server_error_500;
};

// Over UDP; the transport is that of the way to the server.
[[nodiscard]] NotifierConfig notifier_config(const Server& server, const Phone& phone,
                                             std::size_t subscription);

// RFC 6665 4.2.1.1: as a registrar, but what is too brief is never lengthened.
[[nodiscard]] bool refuses_as_too_brief(const NotifierConfig& config, DelayMs requested);

struct SubscribeRequest {
    std::uint8_t cseq = 0;
    std::uint8_t dialog = 0;
    bool initial = false;
    DelayMs expires = 0;
};

struct SubscribeOutcome {
    Status status = Status::none;
    DelayMs expires = 0;           // granted, or Min-Expires
};

// Both parts of the state of one subscription.
struct Subscription {
    SubscriptionRecord& record;
    Notifier& notifier;
};

[[nodiscard]] SubscribeOutcome on_subscribe(Subscription subscription, const NotifierConfig& config,
                                            const SubscribeRequest& request, Output& output);
// The answer to a NOTIFY.
void on_notify_response(Subscription subscription, const NotifierConfig& config,
                        std::uint8_t number, Status status, Output& output);
// REQUIRES: of_notifier(timer). A server that is down cannot tell anybody.
void on_notifier_timer(Subscription subscription, const NotifierConfig& config, Timer timer,
                       bool server_up, Output& output);
// The server ends the subscription, if there is one.
void end_subscription(Subscription subscription, const NotifierConfig& config, EndReason reason,
                      DelayMs retry_after, Output& output);
void crash(Subscription subscription, const NotifierConfig& config, bool keeps_record,
           Output& output);
// What it tells of is something else now: RFC 6665 4.2.1.4. A server that is down does not notice.
void change(Subscription subscription, const NotifierConfig& config, bool server_up,
            Output& output);
// Has nothing changed since that NOTIFY was sent?
[[nodiscard]] inline bool is_current(const Notifier& notifier, std::uint8_t number) {
    return number > notifier.old;
}

}  // namespace failback::model
