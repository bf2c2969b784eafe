#include "properties/behind.hpp"

#include <algorithm>
#include <optional>

#include "model/file/design_text.hpp"
#include "properties/atoms.hpp"
#include "properties/expression_parts.hpp"
#include "properties/property.hpp"

namespace failback::properties {

namespace {

// None: the server is in the list itself, or no gateway leads there.
std::optional<std::size_t> gateway_to(const model::Design& design, std::size_t phone,
                                      std::size_t server) {
    const auto& list = design.phones[phone].servers;
    const auto found = std::ranges::find_if(list, [&](const model::ServerEntry& entry) {
        const model::Server& gateway = design.servers[entry.server];
        return model::passes_on(gateway) && gateway.watches == server;
    });
    return found == list.end() || entry_of(design, phone, server) ? std::nullopt
                                                                  : std::optional(found->server);
}

bool is_of_a_list(const Atom& atom) {
    const auto part = shape_of(atom.kind).part;
    return part && part != model::PartKind::incoming && atom.kind != AtomKind::binding;
}

}  // namespace

void require_in_front(const Atom& atom, const model::Design& design, std::size_t column) {
    if (!atom.server || !is_of_a_list(atom)) {
        return;
    }
    const auto gateway = gateway_to(design, atom.phone, *atom.server);
    if (!gateway) {
        return;
    }
    const std::string& server = design.servers[*atom.server].name;
    const std::string& through = design.servers[*gateway].name;
    const std::string& line = design.phones[atom.phone].lines[atom.line].name;
    const bool registers = shape_of(atom.kind).part == model::PartKind::registration;
    throw LanguageError(column, model::in_quotes(server),
                        through + ", the gateway through which " + line + " reaches it" +
                            (registers ? ", or binding(" + server + ", " + line + ")" : ""),
                        "");
}

}  // namespace failback::properties
