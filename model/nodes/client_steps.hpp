// What the steps of a registration and those of a subscription at the phone have in common. Private
// to client_usage.cpp and subscriber.cpp.
#pragma once

#include "model/nodes/client_usage.hpp"

namespace failback::model::client {

[[nodiscard]] bool armed(const ClientUsage& usage, Timer timer);
void arm(ClientUsage& usage, Timer timer, Interval delay, Output& output);
void disarm(ClientUsage& usage, Timer timer, Output& output);
void fired(ClientUsage& usage, Timer timer);

// Sends the open request, `again` or for the first time.
void transmit(ClientUsage& usage, const ClientUsageConfig& config, bool again, Output& output);
// The next CSeq, a new transaction; the address of the server is known.
void send_request(ClientUsage& usage, const ClientUsageConfig& config, Output& output);
// The name of its server leads elsewhere: no request.
void turn_away(ClientUsage& usage, const ClientUsageConfig& config, Output& output);
// A new request, once the address of its server is known.
void request(ClientUsage& usage, const ClientUsageConfig& config, const ClientInput& input,
             Output& output);
// The next request, if one may be sent now; else the usage is idle.
void go_on(ClientUsage& usage, const ClientUsageConfig& config, const ClientInput& input,
           Output& output);
void close_transaction(ClientUsage& usage, Output& output);
void lose_belief(ClientUsage& usage, Output& output);
void give_up(ClientUsage& usage, Output& output);
// A challenge is answered anew in the next attempt, with the nonce that is kept or without one.
void end_challenges(ClientUsage& usage, const ClientUsageConfig& config);
void end_attempt(ClientUsage& usage, const ClientUsageConfig& config, Output& output);
// Before the next attempt, if there is one.
void pause(ClientUsage& usage, const ClientUsageConfig& config, Interval wait, Output& output);
// An attempt failed, by timeout or by an error response; `wait` comes before the next one.
void fail_attempt(ClientUsage& usage, const ClientUsageConfig& config, const RetryWait& wait,
                  Output& output);

// Of a subscription (subscriber.cpp).
void begin_subscribe(ClientUsage& usage, const ClientUsageConfig& config, Output& output);
void on_subscribe_accepted(ClientUsage& usage, const ClientUsageConfig& config,
                           const ClientInput& input, Output& output);
void on_subscribe_refused(ClientUsage& usage, Status status, Output& output);
void on_subscribe_unresolved(ClientUsage& usage, Output& output);
void on_subscribe_unanswered(ClientUsage& usage, const ClientUsageConfig& config, Output& output);
void on_notify(ClientUsage& usage, const ClientUsageConfig& config, const ClientInput& input,
               Output& output);
void on_notify_overdue(ClientUsage& usage, const ClientUsageConfig& config, Output& output);

}  // namespace failback::model::client
