#include "properties/property.hpp"

#include <algorithm>
#include <cctype>

#include "model/duration.hpp"
#include "properties/atoms.hpp"

namespace failback::properties {

namespace {

// A name as the parser reads it back: in quotes if it has characters of its own.
std::string name_text(const std::string& name) {
    const bool plain = !name.empty() && std::ranges::all_of(name, [](unsigned char c) {
        return std::isalnum(c) != 0 || std::string_view("_-.:@+").find(static_cast<char>(c)) !=
                                           std::string_view::npos;
    });
    return plain ? name : "\"" + name + "\"";
}

std::string atom_text(const Atom& atom, const model::Design& design) {
    const AtomShape& shape = shape_of(atom.kind);
    const std::string line = name_text(design.phones[atom.phone].lines[atom.line].name);
    const std::string server = atom.server ? name_text(design.servers[*atom.server].name) : "none";
    std::string text(shape.word);
    switch (shape.arguments) {
        case Arguments::line:
            text += "(" + line + ")";
            break;
        case Arguments::server:
            text += "(" + server + ")";
            break;
        case Arguments::line_server:
            text += "(" + line + ", " + server + ")";
            break;
        case Arguments::server_line:
            text += "(" + server + ", " + line + ")";
            break;
    }
    return atom.kind == AtomKind::working ? text + " = " + server : text;
}

std::string joined(const Expression& expression, const model::Design& design, const char* word) {
    std::string text;
    for (const Expression& operand : expression.operands) {
        if (!text.empty()) {
            text += word;
        }
        const bool simple =
            operand.op == Expression::Op::atom || operand.op == Expression::Op::negation;
        text += simple ? to_text(operand, design) : "(" + to_text(operand, design) + ")";
    }
    return text;
}

}  // namespace

std::string to_text(const Expression& expression, const model::Design& design) {
    switch (expression.op) {
        case Expression::Op::atom:
            return atom_text(expression.atom, design);
        case Expression::Op::negation: {
            const Expression& operand = expression.operands.front();
            const std::string text = to_text(operand, design);
            return operand.op == Expression::Op::atom ? "not " + text : "not (" + text + ")";
        }
        case Expression::Op::conjunction:
            return joined(expression, design, " and ");
        case Expression::Op::disjunction:
            return joined(expression, design, " or ");
    }
    return {};
}

std::string to_text(const Property& property, const model::Design& design) {
    std::string text;
    if (property.premise) {
        text = "whenever " + to_text(*property.premise, design) + " then ";
    }
    const std::string conclusion = to_text(property.conclusion, design);
    if (property.pattern == Pattern::response) {
        text += conclusion + " within " + model::duration_text(property.within);
    } else {
        text += "never " + conclusion;
    }
    if (property.release) {
        const char* word = property.pattern == Pattern::response ? " unless " : " until ";
        text += word + to_text(*property.release, design);
    }
    return text;
}

model::Scope roots_of(const Property& property, const model::Design& design) {
    model::Scope roots;
    add_reads(property.conclusion, design, roots);
    if (property.premise) {
        add_reads(*property.premise, design, roots);
    }
    if (property.release) {
        add_reads(*property.release, design, roots);
    }
    return roots;
}

}  // namespace failback::properties
