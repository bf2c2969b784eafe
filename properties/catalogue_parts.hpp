// What the texts of the catalogue are made of, and to whom its entries apply. Private to the files
// of the catalogue.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "properties/bounds.hpp"
#include "properties/catalogue.hpp"

namespace failback::properties {

[[nodiscard]] std::vector<CatalogueEntry> about_subscriptions();
// What they tell.
[[nodiscard]] std::vector<CatalogueEntry> about_states();
[[nodiscard]] std::vector<CatalogueEntry> about_appearances();
[[nodiscard]] std::vector<CatalogueEntry> about_registrars();
[[nodiscard]] std::vector<CatalogueEntry> about_load();

namespace parts {

[[nodiscard]] const model::Phone& phone_of(const Design& design, const Subject& subject);
// Names in quotes.
[[nodiscard]] std::string line_of(const Design& design, const Subject& subject);
[[nodiscard]] std::string entry_name(const Design& design, const Subject& subject,
                                     std::size_t entry);
[[nodiscard]] std::string server_of(const Design& design, const Subject& subject);
// "(line, server)", and "(server, line)".
[[nodiscard]] std::string at(const Design& design, const Subject& subject);
[[nodiscard]] std::string swapped(const Design& design, const Subject& subject);
// "invites(line, server)" of each server of the list, joined by "or".
[[nodiscard]] std::string invites_any(const Design& design, const Subject& subject);
// A pause is a millisecond at least.
[[nodiscard]] std::string before_text(std::optional<sim::DelayMs> given, sim::DelayMs computed);
[[nodiscard]] std::string within_text(std::optional<sim::DelayMs> given, sim::DelayMs computed);

// "or"-ed: what `word` says of each server as good as that of the subject, and of itself.
[[nodiscard]] std::string of_equals(
    const Design& design, const Subject& subject,
    const std::function<std::string(const Subject&)>& word);
// Are other servers as good as that of the subject?
[[nodiscard]] bool has_equals(const Design& design, const Subject& subject);

[[nodiscard]] Leg leg(const Subject& subject);
[[nodiscard]] bool registers(const Design& design, const Subject& subject, std::size_t entry);
[[nodiscard]] bool is_registered_leg(const Design& design, const Subject& subject);
// Does the password at the server change that a gateway passes requests on to?
[[nodiscard]] bool may_be_denied_beyond(const Design& design, const Subject& subject);
[[nodiscard]] bool is_primary(const Design& design, const Subject& subject);
[[nodiscard]] bool has_outage(const Design& design, std::size_t server);
[[nodiscard]] bool subject_fails(const Design& design, const Subject& subject);
[[nodiscard]] bool restarts(const Design& design, const Subject& subject);
// Will it register other contacts, after a restart or a move?
[[nodiscard]] bool has_new_contacts(const Design& design, const Subject& subject);
// Does it register before the registration is due for a refresh only after a failure? One that
// moves registers anew, which is no refresh.
[[nodiscard]] bool only_refreshes(const Design& design, const Subject& subject);
// What a phone owes, it owes while it is on, and a boot is no refresh, retry or return. All three
// are empty for a phone that never restarts.
[[nodiscard]] std::string while_on(const Design& design, const Subject& subject);
[[nodiscard]] std::string or_restarts(const Design& design, const Subject& subject);
[[nodiscard]] std::string until_restarts(const Design& design, const Subject& subject);
// " and not full(server)": a phone is owed a new binding. Empty where no fault takes the room.
[[nodiscard]] std::string while_room(const Design& design, const Subject& subject);
// What a call owes, it owes with the appearance that it needs. Empty for lines that share none.
[[nodiscard]] std::string while_seized(const Design& design, const Subject& subject);

}  // namespace parts

}  // namespace failback::properties
