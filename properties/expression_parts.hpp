// What the files that evaluate atoms share. Private to them.
#pragma once

#include <cstddef>
#include <optional>

#include "properties/expression.hpp"

namespace failback::properties {

// Of the list of a phone; none: the server is not in it.
[[nodiscard]] std::optional<std::size_t> entry_of(const model::Design& design, std::size_t phone,
                                                  std::size_t server);

// Has the step let that be observed of its subject?
[[nodiscard]] bool observed(const Sight& sight, model::Notice notice,
                            std::optional<std::size_t> subject);

// The call of the line, if it is in scope.
[[nodiscard]] std::optional<std::size_t> call_of(const Atom& atom, const model::SipModel& model);

// Of the atoms that are about a call and a server; none: it is about something else.
[[nodiscard]] std::optional<model::Notice> notice_of_call(AtomKind kind);

// Of a call and an entry of the server list.
[[nodiscard]] bool observed_of_call(const Atom& atom, const Sight& sight, model::Notice notice);

[[nodiscard]] bool observed_of_incoming(const Atom& atom, const Sight& sight,
                                        model::Notice notice);

[[nodiscard]] bool is_of_dialog(AtomKind kind);
[[nodiscard]] bool of_dialog(const Atom& atom, const Sight& sight);
[[nodiscard]] bool of_appearance(const Atom& atom, const Sight& sight);

}  // namespace failback::properties
