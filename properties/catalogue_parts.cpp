#include "properties/catalogue_parts.hpp"

#include <algorithm>

#include "model/duration.hpp"

namespace failback::properties::parts {

using model::Phone;

const Phone& phone_of(const Design& design, const Subject& subject) {
    return design.phones[subject.phone];
}

std::string line_of(const Design& design, const Subject& subject) {
    return "\"" + phone_of(design, subject).lines[subject.line].name + "\"";
}

std::string entry_name(const Design& design, const Subject& subject, std::size_t entry) {
    return "\"" + design.servers[phone_of(design, subject).servers[entry].server].name + "\"";
}

std::string server_of(const Design& design, const Subject& subject) {
    return entry_name(design, subject, subject.entry);
}

std::string at(const Design& design, const Subject& subject) {
    return "(" + line_of(design, subject) + ", " + server_of(design, subject) + ")";
}

std::string swapped(const Design& design, const Subject& subject) {
    return "(" + server_of(design, subject) + ", " + line_of(design, subject) + ")";
}

std::string of_equals(const Design& design, const Subject& subject,
                      const std::function<std::string(const Subject&)>& word) {
    const Phone& phone = phone_of(design, subject);
    std::string text = word(subject);
    for (std::size_t entry = 0; entry < phone.servers.size(); ++entry) {
        if (entry != subject.entry &&
            model::tier_of(phone, entry) == model::tier_of(phone, subject.entry)) {
            Subject equal = subject;
            equal.entry = entry;
            text += " or " + word(equal);
        }
    }
    return text;
}

bool has_equals(const Design& design, const Subject& subject) {
    return model::has_equal(phone_of(design, subject), subject.entry);
}

std::string invites_any(const Design& design, const Subject& subject) {
    const std::string line = line_of(design, subject);
    std::string text;
    for (std::size_t e = 0; e < phone_of(design, subject).servers.size(); ++e) {
        text += (text.empty() ? "invites(" : " or invites(") + line + ", " +
                entry_name(design, subject, e) + ")";
    }
    return text;
}

std::string before_text(std::optional<sim::DelayMs> given, sim::DelayMs computed) {
    return " before " + model::duration_text(std::max<sim::DelayMs>(given.value_or(computed), 1));
}

std::string within_text(std::optional<sim::DelayMs> given, sim::DelayMs computed) {
    return " within " + model::duration_text(given.value_or(computed));
}

bool registers(const Design& design, const Subject& subject, std::size_t entry) {
    return phone_of(design, subject).servers[entry].registers;
}

bool has_outage(const Design& design, std::size_t server) {
    return std::ranges::any_of(design.faults, [server](const model::Fault& fault) {
        return model::is_outage(fault.kind) && fault.server == server;
    });
}

bool subject_fails(const Design& design, const Subject& subject) {
    return has_outage(design, phone_of(design, subject).servers[subject.entry].server);
}

bool may_be_denied_beyond(const Design& design, const Subject& subject) {
    const std::size_t server = phone_of(design, subject).servers[subject.entry].server;
    return model::passes_on(design.servers[server]) &&
           std::ranges::any_of(design.faults, [&](const model::Fault& fault) {
               return fault.kind == model::FaultKind::credentials &&
                      fault.server == design.servers[server].watches;
           });
}

bool is_registered_leg(const Design& design, const Subject& subject) {
    return registers(design, subject, subject.entry);
}

bool is_primary(const Design& design, const Subject& subject) {
    return subject.entry == 0 && is_registered_leg(design, subject);
}

Leg leg(const Subject& subject) {
    return {subject.phone, subject.entry, subject.subscription};
}

bool restarts(const Design& design, const Subject& subject) {
    return model::may_restart(design, subject.phone) && is_registered_leg(design, subject);
}

bool has_new_contacts(const Design& design, const Subject& subject) {
    return restarts(design, subject) || (model::may_move(design, subject.phone) &&
                                         is_registered_leg(design, subject));
}

bool only_refreshes(const Design& design, const Subject& subject) {
    return is_registered_leg(design, subject) &&
           !(model::may_move(design, subject.phone) &&
             phone_of(design, subject).after_move.registers_at_once);
}

std::string while_on(const Design& design, const Subject& subject) {
    return restarts(design, subject) ? " and not off(" + line_of(design, subject) + ")" : "";
}

std::string or_restarts(const Design& design, const Subject& subject) {
    return restarts(design, subject) ? " or restarts(" + line_of(design, subject) + ")" : "";
}

std::string until_restarts(const Design& design, const Subject& subject) {
    return restarts(design, subject) ? " until restarts(" + line_of(design, subject) + ")" : "";
}

std::string while_room(const Design& design, const Subject& subject) {
    const std::size_t server = phone_of(design, subject).servers[subject.entry].server;
    const bool may_be_full = std::ranges::any_of(design.faults, [&](const model::Fault& fault) {
        return fault.kind == model::FaultKind::full && fault.server == server;
    });
    return may_be_full ? " and not full(" + server_of(design, subject) + ")" : "";
}

std::string while_seized(const Design& design, const Subject& subject) {
    std::string holds;
    for (const model::SeizurePlan& plan : design.seizures) {
        if (plan.phone == subject.phone && plan.line == subject.line &&
            !phone_of(design, subject).calls.unseized) {
            holds += (holds.empty() ? "" : " or ") + ("holds(" + line_of(design, subject)) + ", " +
                     entry_name(design, subject, plan.entry) + ")";
        }
    }
    return holds.empty() ? "" : " and (" + holds + ")";
}

}  // namespace failback::properties::parts
