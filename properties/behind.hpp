// Servers that a line reaches through a gateway only, which passes its requests on.
#pragma once

#include <cstddef>

#include "model/design.hpp"
#include "properties/expression.hpp"

namespace failback::properties {

// What a phone, or a server about it, tells of an entry of its list never comes true of the server
// behind that entry; only its bindings, and calls that come in there, are those of the line.
// THROWS LanguageError: the atom is about such a server, named at that column.
void require_in_front(const Atom& atom, const model::Design& design, std::size_t column);

}  // namespace failback::properties
