// The part of the catalogue that is about calls after they are answered.
#include <algorithm>

#include "model/duration.hpp"
#include "properties/catalogue_calls.hpp"
#include "properties/catalogue_parts.hpp"

namespace failback::properties {

namespace {

using parts::at;

// How many calls the line may have through the server, one placed and one that comes in.
int calls_that_last(const Design& design, const Subject& subject) {
    const auto of_line = [&subject](const auto& plan) {
        return plan.phone == subject.phone && plan.line == subject.line && plan.dialog.lasts;
    };
    const auto placed = std::ranges::count_if(design.calls, of_line);
    const auto come_in =
        std::ranges::count_if(design.incoming, [&](const model::IncomingPlan& plan) {
            return of_line(plan) && plan.entry == subject.entry;
        });
    return static_cast<int>(placed + come_in);
}

bool has_calls_that_last(const Design& design, const Subject& subject) {
    return calls_that_last(design, subject) > 0;
}

bool has_transfers(const Design& design, const Subject& subject) {
    const auto of_line = [&subject](const auto& plan) {
        return plan.phone == subject.phone && plan.line == subject.line && plan.dialog.transfer;
    };
    return std::ranges::any_of(design.calls, of_line) ||
           std::ranges::any_of(design.incoming, [&](const model::IncomingPlan& plan) {
               return of_line(plan) && plan.entry == subject.entry;
           });
}

std::string transfer_text(const Design& design, const Subject& subject,
                          std::optional<sim::DelayMs> /*within*/) {
    return "never unconfirmed" + at(design, subject);
}

std::string zombie_text(const Design& design, const Subject& subject,
                        std::optional<sim::DelayMs> within) {
    const sim::DelayMs bound = within.value_or(
        zombie_bound(design, {subject.phone, subject.entry}, calls_that_last(design, subject)));
    return "never zombie" + at(design, subject) + " for " + model::duration_text(bound);
}

std::string survival_text(const Design& design, const Subject& subject,
                          std::optional<sim::DelayMs> /*within*/) {
    std::string until = parts::subject_fails(design, subject)
                            ? " until fails(" + parts::server_of(design, subject) + ")"
                            : "";
    // Or the one that a gateway leads to.
    const std::size_t server =
        design.phones[subject.phone].servers[subject.entry].server;
    const std::size_t behind = model::challenger_of(design, server);
    if (behind != server && parts::has_outage(design, behind)) {
        until += std::string(until.empty() ? " until " : " or ") + "fails(\"" +
                 design.servers[behind].name + "\")";
    }
    return "never drops" + at(design, subject) + until;
}

}  // namespace

std::vector<CatalogueEntry> about_dialogs() {
    return {
        {"no-zombie-call", "P24",
         "A call that one end counts as established, and the other does not, ends within the "
         "bound.",
         "ends that hang up, restart or give up while the other cannot hear of it",
         "with a session timer: the session interval less 32 s or a third, and the longest delay; "
         "else Timer F and the longest delay",
         "RFC 4028 10; RFC 3261 15; Polycom UC Software 4.1.6 p. 51; OpenSIPS issue 3903",
         has_calls_that_last, zombie_text},
        {"calls-survive", "P24",
         "A phone does not end a call through a server that has never failed, unless its user "
         "hangs up.",
         "features in a call that end it, because the line has gone back to another server", "",
         "Polycom UC Software 4.1.6 p. 51, onlySignalWithRegistered; design rule",
         has_calls_that_last, survival_text},
        {"transfer-survives", "P24",
         "No call ends because its user has not confirmed a transfer.",
         "devices that ask a user who does not look at the display", "",
         "SwyxWare 14.10 Administration 11.2.1.4; RFC 3515 2.4.2", has_transfers, transfer_text},
    };
}

}  // namespace failback::properties
