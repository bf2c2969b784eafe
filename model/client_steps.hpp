// What the steps of a registration and those of a subscription at the phone have in common. Private
// to client_usage.cpp and subscriber.cpp.
#pragma once

#include "model/client_usage.hpp"

namespace failback::model::client {

[[nodiscard]] bool armed(const ClientUsage& usage, Timer timer);
void arm(ClientUsage& usage, Timer timer, Interval delay, Output& output);
void disarm(ClientUsage& usage, Timer timer, Output& output);
void fired(ClientUsage& usage, Timer timer);

// A new request: the next CSeq, a new transaction.
void request(ClientUsage& usage, const ClientUsageConfig& config, Output& output);
// The next request, if one may be sent now; else the usage is idle.
void go_on(ClientUsage& usage, const ClientUsageConfig& config, bool wanted, Output& output);
void close_transaction(ClientUsage& usage, Output& output);
void lose_belief(ClientUsage& usage, Output& output);
void give_up(ClientUsage& usage, Output& output);
// An attempt failed, by timeout or by an error response; `wait` comes before the next one.
void fail_attempt(ClientUsage& usage, const ClientUsageConfig& config, const RetryWait& wait,
                  Output& output);

// Of a subscription (subscriber.cpp).
void begin_subscribe(ClientUsage& usage, const ClientUsageConfig& config, Output& output);
void on_subscribe_accepted(ClientUsage& usage, const ClientInput& input, Output& output);
void on_subscribe_refused(ClientUsage& usage, Status status, Output& output);
void on_subscribe_unanswered(ClientUsage& usage, const ClientUsageConfig& config, Output& output);
void on_notify(ClientUsage& usage, const ClientUsageConfig& config, const ClientInput& input,
               Output& output);
void on_notify_overdue(ClientUsage& usage, const ClientUsageConfig& config, Output& output);

}  // namespace failback::model::client
