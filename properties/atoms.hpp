// The atoms of the property language: their words, arguments and meaning. One table serves the
// parser, the texts and the documentation.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "model/sip/scope.hpp"
#include "properties/expression.hpp"

namespace failback::properties {

// What stands between the brackets.
enum class Arguments : std::uint8_t { line, server, line_server, server_line };

struct AtomShape {
    AtomKind kind;
    std::string_view word;
    Arguments arguments;
    bool event;                            // else a condition
    std::optional<model::PartKind> part;   // whose state it reads; none: only servers' or phones'
    std::string_view meaning;
};

[[nodiscard]] std::span<const AtomShape> atom_shapes();
[[nodiscard]] const AtomShape& shape_of(AtomKind kind);

}  // namespace failback::properties
