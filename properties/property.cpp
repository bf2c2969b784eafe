#include "properties/property.hpp"

#include <algorithm>
#include <cctype>

#include "model/duration.hpp"
#include "properties/atoms.hpp"

namespace failback::properties {

namespace {

// A name as the parser reads it back: in quotes if it has characters of its own, or means nothing.
std::string name_text(const std::string& name) {
    const bool plain = !name.empty() && std::ranges::all_of(name, [](unsigned char c) {
        return std::isalnum(c) != 0 || std::string_view("_-.:@+").find(static_cast<char>(c)) !=
                                           std::string_view::npos;
    });
    return plain && name != "none" ? name : "\"" + name + "\"";
}

std::string atom_text(const Atom& atom, const model::Design& design) {
    const AtomShape& shape = shape_of(atom.kind);
    const std::string line = name_text(design.phones[atom.phone].lines[atom.line].name);
    const std::string server = atom.server ? name_text(design.servers[*atom.server].name) : "none";
    std::string text(shape.word);
    std::string package;
    if (shape.part == model::PartKind::subscription &&
        model::subscriptions_of(design.phones[atom.phone]) > 1) {
        package = ", " + name_text(model::subscription_rules(design.phones[atom.phone],
                                                             atom.subscription)
                                       .event);
    }
    switch (shape.arguments) {
        case Arguments::line:
            text += "(" + line + ")";
            break;
        case Arguments::server:
            text += "(" + server + ")";
            break;
        case Arguments::line_server:
            text += "(" + line + ", " + server + package + ")";
            break;
        case Arguments::server_line:
            text += "(" + server + ", " + line + package + ")";
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

namespace {

// What follows "then", or all of it.
std::string conclusion_text(const Property& property, const model::Design& design) {
    const std::string duration = model::duration_text(property.within);
    const Expression& conclusion = property.conclusion;
    const std::string text =
        property.always ? "always " + to_text(conclusion.operands.front(), design)
                        : "never " + to_text(conclusion, design);
    const std::string times = " more than " + std::to_string(property.times) + " times";
    switch (property.pattern) {
        case Pattern::never:
        case Pattern::after_never:
            return text;
        case Pattern::never_before:
            return text + (property.always ? " for " : " before ") + duration;
        case Pattern::never_more:
            return text + times;
        case Pattern::never_more_within:
            return text + times + " within " + duration;
        case Pattern::response:
            return property.standing
                       ? "never " + to_text(*property.premise, design) + " for " + duration
                       : to_text(conclusion, design) + " within " + duration;
        case Pattern::stays:
            return to_text(conclusion, design) + " within " + duration + " and stays";
    }
    return {};
}

const char* release_word(const Property& property) {
    switch (property.pattern) {
        case Pattern::never_more:
            return " since ";
        case Pattern::response:
            return property.standing ? " until " : " unless ";
        case Pattern::stays:
            return " unless ";
        default:
            return " until ";
    }
}

}  // namespace

bool is_momentary(const Expression& expression) {
    switch (expression.op) {
        case Expression::Op::atom:
            return shape_of(expression.atom.kind).event;
        case Expression::Op::conjunction:
            return std::ranges::any_of(expression.operands, is_momentary);
        case Expression::Op::disjunction:
            return std::ranges::all_of(expression.operands, is_momentary);
        case Expression::Op::negation:
            break;
    }
    return false;
}

std::string to_text(const Property& property, const model::Design& design) {
    std::string text;
    if (property.premise && !property.standing) {
        text = "whenever " + to_text(*property.premise, design) + " then ";
    }
    text += conclusion_text(property, design);
    return property.release
               ? text + release_word(property) + to_text(*property.release, design)
               : text;
}

namespace {

// Applies a question to the expressions of a property.
template <class Ask>
bool any_expression(const Property& property, Ask ask) {
    return ask(property.conclusion) || (property.premise && ask(*property.premise)) ||
           (property.release && ask(*property.release));
}

// Applies a question to all atoms of an expression, or of a property.
template <class Ask>
bool any_atom(const Expression& expression, const Ask& ask) {
    return expression.op == Expression::Op::atom
               ? ask(expression.atom)
               : std::ranges::any_of(expression.operands, [&ask](const Expression& operand) {
                     return any_atom(operand, ask);
                 });
}

template <class Ask>
bool any_atom(const Property& property, const Ask& ask) {
    return any_expression(property, [&ask](const Expression& expression) {
        return any_atom(expression, ask);
    });
}

bool is_dialling(const Expression& expression) {
    return expression.op == Expression::Op::atom && expression.atom.kind == AtomKind::dials;
}

// Can an atom about a registration decide while nobody dials?
bool observes_registrations_anytime(const Expression& expression) {
    if (expression.op == Expression::Op::atom) {
        return shape_of(expression.atom.kind).part.value_or(model::PartKind::call) !=
               model::PartKind::call;
    }
    if (expression.op == Expression::Op::conjunction &&
        std::ranges::any_of(expression.operands, is_dialling)) {
        return false;
    }
    return std::ranges::any_of(expression.operands, observes_registrations_anytime);
}

}  // namespace

bool observes_registrar(const Property& property) {
    return any_atom(property, [](const Atom& atom) {
        return atom.kind == AtomKind::binding || atom.kind == AtomKind::forgotten ||
               atom.kind == AtomKind::ghost || atom.kind == AtomKind::inbound ||
               atom.kind == AtomKind::removes || atom.kind == AtomKind::evicts ||
               atom.kind == AtomKind::lengthens || atom.kind == AtomKind::reorders ||
               atom.kind == AtomKind::out_of_order;
    });
}

bool observes_late_calls(const Property& property, const model::Design& design) {
    return any_atom(property, [&design](const Atom& atom) {
        return atom.kind == AtomKind::answers &&
               std::ranges::any_of(design.calls, [&atom](const model::CallPlan& plan) {
                   return plan.phone == atom.phone && plan.line == atom.line &&
                          !plan.callee.rings;
               });
    });
}

bool observes_registrations_at_dialling_only(const Property& property) {
    return !any_expression(property, observes_registrations_anytime);
}

std::set<model::Part> looks_into(const Property& property, const model::Design& design) {
    model::Scope seen;
    const auto collect = [&](const auto& self, const Expression& expression) -> void {
        const AtomKind kind = expression.atom.kind;
        const bool belief_only = kind == AtomKind::working || kind == AtomKind::switches ||
                                 kind == AtomKind::registered;
        if (expression.op == Expression::Op::atom && !belief_only) {
            add_reads(expression, design, seen);
        }
        for (const Expression& operand : expression.operands) {
            self(self, operand);
        }
    };
    (void)any_expression(property, [&](const Expression& expression) {
        collect(collect, expression);
        return false;
    });
    return seen.parts;
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
