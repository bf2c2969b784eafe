#include "properties/alike.hpp"

#include <map>
#include <set>

#include "properties/atoms.hpp"

namespace failback::properties {

namespace {

using model::LineOf;
using model::ScopeKey;

bool speaks_of_a_line(const Atom& atom) {
    return shape_of(atom.kind).arguments != Arguments::server;
}

void add_lines(const Expression& expression, std::set<LineOf>& lines) {
    if (expression.op == Expression::Op::atom && speaks_of_a_line(expression.atom)) {
        lines.insert({expression.atom.phone, expression.atom.line});
    }
    for (const Expression& operand : expression.operands) {
        add_lines(operand, lines);
    }
}

void put_atom(const Atom& atom, ScopeKey& key) {
    const auto& [kind, phone, line, server, subscription] = atom;
    key.put(kind);
    key.put(subscription);
    if (speaks_of_a_line(atom)) {
        key.put(key.line({phone, line}));
    }
    key.put(server.has_value());
    if (server) {
        key.put(key.server(*server));
    }
}

void put_expression(const Expression& expression, ScopeKey& key) {
    const auto& [op, atom, operands] = expression;
    key.put(op);
    if (op == Expression::Op::atom) {
        put_atom(atom, key);
    }
    key.put(operands.size());
    for (const Expression& operand : operands) {
        put_expression(operand, key);
    }
}

void put_if_any(const std::optional<Expression>& expression, ScopeKey& key) {
    key.put(expression.has_value());
    if (expression) {
        put_expression(*expression, key);
    }
}

std::set<LineOf> lines_of(const Property& property) {
    std::set<LineOf> lines;
    add_lines(property.conclusion, lines);
    for (const auto& expression : {property.premise, property.release}) {
        if (expression) {
            add_lines(*expression, lines);
        }
    }
    return lines;
}

}  // namespace

ScopeKey::Values key_of(const Property& property, const model::Design& design) {
    const model::Scope slice = model::slice(design, roots_of(property, design));
    ScopeKey key(design, slice, lines_of(property));
    const auto& [pattern, premise, conclusion, release, within, times, always, standing] =
        property;
    key.put(pattern);
    put_if_any(premise, key);
    put_expression(conclusion, key);
    put_if_any(release, key);
    key.put(within);
    key.put(times);
    key.put(always);  // the reasons are worded otherwise
    key.put(standing);
    return key.take();
}

std::vector<std::size_t> first_alike(const std::vector<Property>& properties,
                                     const model::Design& design) {
    std::map<ScopeKey::Values, std::size_t> known;
    std::vector<std::size_t> first;
    for (std::size_t i = 0; i < properties.size(); ++i) {
        first.push_back(known.emplace(key_of(properties[i], design), i).first->second);
    }
    return first;
}

}  // namespace failback::properties
