#include <algorithm>

#include "model/duration.hpp"
#include "model/file/design_text.hpp"
#include "properties/atoms.hpp"
#include "properties/behind.hpp"
#include "properties/grammar.hpp"
#include "properties/momentary.hpp"
#include "properties/property.hpp"
#include "properties/sent.hpp"
#include "properties/text_limits.hpp"
#include "sim/check.hpp"

namespace failback::properties {

namespace {

namespace pegtl = tao::pegtl;

constexpr std::string_view kSent = "sent";

struct Name {
    std::string text;
    std::size_t column = 0;
    bool quoted = false;
};

// What has been read so far: operands wait on a stack for their operators.
struct Builder {
    const model::Design& design;
    std::vector<Expression> stack{};
    Name word{};
    std::vector<Name> arguments{};
    std::optional<Name> compared{};
    bool unequal = false;
    Name pause{};   // what needs an event: the duration after "before", or the number of times
    Name duration{};   // the last one
    std::vector<Name> words{};   // those of all atoms, in the order of the text
    std::size_t before = 0;      // so many of them belong to the premise
    Property property{};

    Expression pop() {
        sim::ensure(!stack.empty(), "an operator has its operands");
        Expression top = std::move(stack.back());
        stack.pop_back();
        return top;
    }
};

Expression combine(Expression::Op op, Expression left, Expression right) {
    if (left.op == op) {
        left.operands.push_back(std::move(right));
        return left;
    }
    Expression joined;
    joined.op = op;
    joined.operands = {std::move(left), std::move(right)};
    return joined;
}

Expression negate(Expression operand) {
    Expression negated;
    negated.op = Expression::Op::negation;
    negated.operands = {std::move(operand)};
    return negated;
}

[[noreturn]] void unknown_name(const Name& name, const std::string& what,
                               const std::vector<std::string>& known) {
    std::string expected = "the name of a " + what + ":";
    for (const std::string& candidate : known) {
        expected += (candidate == known.front() ? " " : ", ") + candidate;
    }
    const std::vector<std::string_view> candidates(known.begin(), known.end());
    throw LanguageError(name.column, "\"" + name.text + "\"", expected,
                        model::did_you_mean(name.text, candidates));
}

std::size_t server_named(const model::Design& design, const Name& name) {
    std::vector<std::string> known;
    for (std::size_t i = 0; i < design.servers.size(); ++i) {
        if (design.servers[i].name == name.text) {
            return i;
        }
        known.push_back(design.servers[i].name);
    }
    unknown_name(name, "server", known);
}

void set_line(Atom& atom, const model::Design& design, const Name& name) {
    std::vector<std::string> known;
    for (std::size_t p = 0; p < design.phones.size(); ++p) {
        const auto& lines = design.phones[p].lines;
        for (std::size_t l = 0; l < lines.size(); ++l) {
            if (lines[l].name == name.text) {
                atom.phone = p;
                atom.line = l;
                return;
            }
            known.push_back(lines[l].name);
        }
    }
    unknown_name(name, "line", known);
}

const AtomShape& shape_named(const Name& word) {
    std::vector<std::string> known;
    for (const AtomShape& shape : atom_shapes()) {
        if (shape.word == word.text) {
            return shape;
        }
        known.emplace_back(shape.word);
    }
    known.emplace_back(kSent);
    unknown_name(word, "condition or event", known);
}

bool is_of_subscription(const AtomShape& shape) {
    return shape.part == model::PartKind::subscription;
}

void require_arguments(const Builder& builder, const AtomShape& shape) {
    const bool two =
        shape.arguments == Arguments::line_server || shape.arguments == Arguments::server_line;
    const std::size_t count = builder.arguments.size();
    if (count == (two ? 2U : 1U) || (count == 3 && is_of_subscription(shape))) {
        return;
    }
    constexpr const char* kForms[] = {"(line)", "(server)", "(line, server)", "(server, line)"};
    throw LanguageError(
        builder.word.column, builder.word.text + " with another number of names",
        std::string(shape.word) + kForms[static_cast<std::size_t>(shape.arguments)], "");
}

// The third name, or the only subscription that the phone has.
void set_package(Builder& builder, Atom& atom) {
    const model::Phone& phone = builder.design.phones[atom.phone];
    std::vector<std::string> known;
    for (std::size_t which = 0; which < model::subscriptions_of(phone); ++which) {
        known.push_back(model::subscription_rules(phone, which).event);
    }
    if (builder.arguments.size() == 3) {
        const Name& package = builder.arguments[2];
        const auto found = std::ranges::find(known, package.text);
        if (found == known.end() || package.text.empty()) {
            std::erase(known, "");
            unknown_name(package, "subscription of " + phone.name + ", by its event package",
                         known);
        }
        atom.subscription = static_cast<std::size_t>(found - known.begin());
    } else if (known.size() > 1) {
        throw LanguageError(builder.word.column,
                            builder.word.text + " of a phone with several subscriptions",
                            "the event package of one of them as the third name, such as " +
                                known.front(),
                            "");
    }
}

void finish_comparison(Builder& builder, const AtomShape& shape, Expression& expression) {
    const bool compares = shape.kind == AtomKind::working;
    if (compares != builder.compared.has_value()) {
        throw LanguageError(builder.word.column, builder.word.text + "(...)",
                            compares ? "a comparison, as in working(line1) = primary"
                                     : "no comparison after " + std::string(shape.word),
                            "");
    }
    const bool none = compares && builder.compared->text == "none" && !builder.compared->quoted;
    if (compares && !none) {
        expression.atom.server = server_named(builder.design, *builder.compared);
    }
}

Expression sent_by(const Builder& builder) {
    if (builder.arguments.size() != 2 || builder.compared) {
        throw LanguageError(builder.word.column, builder.word.text + "(...)",
                            "a method and a server, as in sent(INVITE, primary)", "");
    }
    const Name& method = builder.arguments[0];
    if (std::ranges::find(kSentMethods, method.text) == kSentMethods.end()) {
        unknown_name(method, "method", {kSentMethods.begin(), kSentMethods.end()});
    }
    const Name& server = builder.arguments[1];
    auto sent = sent_to(builder.design, method.text, server_named(builder.design, server));
    if (!sent) {
        throw LanguageError(server.column, model::in_quotes(server.text),
                            "a server to which some line sends such requests", "");
    }
    return std::move(*sent);
}

void push(Builder& builder, Expression expression) {
    builder.words.insert(builder.words.end(), atoms_in(expression), builder.word);
    builder.stack.push_back(builder.unequal ? negate(std::move(expression))
                                            : std::move(expression));
    builder.arguments.clear();
    builder.compared.reset();
    builder.unequal = false;
}

void finish_atom(Builder& builder) {
    if (builder.word.text == kSent) {
        push(builder, sent_by(builder));
        return;
    }
    const AtomShape& shape = shape_named(builder.word);
    require_arguments(builder, shape);
    Expression expression;
    expression.atom.kind = shape.kind;
    const auto& names = builder.arguments;
    switch (shape.arguments) {
        case Arguments::line:
            set_line(expression.atom, builder.design, names[0]);
            break;
        case Arguments::server:
            expression.atom.server = server_named(builder.design, names[0]);
            break;
        case Arguments::line_server:
            set_line(expression.atom, builder.design, names[0]);
            expression.atom.server = server_named(builder.design, names[1]);
            break;
        case Arguments::server_line:
            expression.atom.server = server_named(builder.design, names[0]);
            set_line(expression.atom, builder.design, names[1]);
            break;
    }
    if (is_of_subscription(shape)) {
        set_package(builder, expression.atom);
    }
    finish_comparison(builder, shape, expression);
    const std::size_t second = shape.arguments == Arguments::line_server ? 1 : 0;
    require_in_front(expression.atom, builder.design,
                     (builder.compared ? *builder.compared : names[second]).column);
    push(builder, std::move(expression));
}

template <class Rule>
struct action {};

template <class Input>
Name name_in(const Input& in) {
    std::string text = in.string();
    const bool quoted = text.size() >= 2 && text.front() == '"';
    if (quoted) {
        text = text.substr(1, text.size() - 2);
    }
    return {text, in.position().byte + 1, quoted};
}

template <>
struct action<grammar::word> {
    template <class Input>
    static void apply(const Input& in, Builder& builder) {
        builder.word = name_in(in);
        builder.arguments.clear();
    }
};
template <>
struct action<grammar::argument> {
    template <class Input>
    static void apply(const Input& in, Builder& builder) {
        builder.arguments.push_back(name_in(in));
    }
};
template <>
struct action<grammar::compared> {
    template <class Input>
    static void apply(const Input& in, Builder& builder) {
        builder.compared = name_in(in);
    }
};
template <>
struct action<grammar::is_unequal> {
    static void apply0(Builder& builder) { builder.unequal = true; }
};
template <>
struct action<grammar::atom> {
    static void apply0(Builder& builder) { finish_atom(builder); }
};
template <>
struct action<grammar::negated> {
    static void apply0(Builder& builder) { builder.stack.push_back(negate(builder.pop())); }
};
template <>
struct action<grammar::and_operand> {
    static void apply0(Builder& builder) {
        Expression right = builder.pop();
        builder.stack.push_back(
            combine(Expression::Op::conjunction, builder.pop(), std::move(right)));
    }
};
template <>
struct action<grammar::or_operand> {
    static void apply0(Builder& builder) {
        Expression right = builder.pop();
        builder.stack.push_back(
            combine(Expression::Op::disjunction, builder.pop(), std::move(right)));
    }
};
template <>
struct action<grammar::premise> {
    static void apply0(Builder& builder) {
        builder.property.premise = builder.pop();
        builder.before = builder.words.size();
    }
};
template <>
struct action<grammar::unwanted> {
    static void apply0(Builder& builder) {
        builder.property.pattern =
            builder.property.premise ? Pattern::after_never : Pattern::never;
        builder.property.conclusion = builder.pop();
    }
};
template <>
struct action<grammar::wanted> {
    static void apply0(Builder& builder) {
        action<grammar::unwanted>::apply0(builder);
        builder.property.conclusion = negate(std::move(builder.property.conclusion));
        builder.property.always = true;
    }
};
template <>
struct action<grammar::staying> {
    static void apply0(Builder& builder) { builder.property.pattern = Pattern::stays; }
};
template <>
struct action<grammar::lasting> {
    static void apply0(Builder& builder) {
        Property& property = builder.property;
        property.pattern = Pattern::response;
        property.standing = true;
        property.premise = property.conclusion;
        property.conclusion = negate(std::move(property.conclusion));
    }
};
template <>
struct action<grammar::response> {
    static void apply0(Builder& builder) {
        builder.property.pattern = Pattern::response;
        builder.property.conclusion = builder.pop();
    }
};
template <>
struct action<grammar::release> {
    static void apply0(Builder& builder) { builder.property.release = builder.pop(); }
};
template <>
struct action<grammar::duration> {
    template <class Input>
    static void apply(const Input& in, Builder& builder) {
        const auto reading = model::parse_duration(in.string());
        if (!reading.value) {
            throw LanguageError(in.position().byte + 1, in.string(), reading.expected,
                                reading.hint);
        }
        builder.property.within = *reading.value;
        builder.duration = name_in(in);
    }
};

// A number that is too long for the program is too high as well.
template <>
struct action<grammar::times> {
    template <class Input>
    static void apply(const Input& in, Builder& builder) {
        constexpr std::size_t kMostDigits = 3;
        const std::string text = in.string();
        const bool digits = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
        const int times = digits && text.size() <= kMostDigits ? std::stoi(text) : -1;
        if (times < 0 || times > kMostTimes) {
            throw LanguageError(in.position().byte + 1, text,
                                "a whole number from 0 to " + std::to_string(kMostTimes), "");
        }
        builder.property.pattern = Pattern::never_more;
        builder.property.times = times;
        builder.pause = name_in(in);
    }
};

void require_some_time(const Builder& builder) {
    if (builder.property.within == 0) {
        throw LanguageError(builder.duration.column, builder.duration.text, "a duration above 0",
                            "");
    }
}

template <>
struct action<grammar::pause> {
    static void apply0(Builder& builder) {
        require_some_time(builder);
        builder.property.pattern = Pattern::never_before;
        builder.pause = builder.duration;
    }
};
template <>
struct action<grammar::stretch> {
    static void apply0(Builder& builder) {
        require_some_time(builder);
        if (builder.property.times == 0 || builder.property.times > kMostTimesWithin) {
            throw LanguageError(builder.pause.column, builder.pause.text,
                                "a number from 1 to " + std::to_string(kMostTimesWithin) +
                                    " of times within a duration",
                                "");
        }
        builder.property.pattern = Pattern::never_more_within;
    }
};

std::string found_at(std::string_view text, std::size_t column) {
    if (column > text.size()) {
        return "the end";
    }
    return model::in_quotes(text.substr(column - 1));
}

template <class Rule>
void run(std::string_view text, Builder& builder) {
    pegtl::memory_input in(text.data(), text.size(), "property");
    try {
        pegtl::parse<Rule, action, grammar::control>(in, builder);
    } catch (const pegtl::parse_error& error) {
        const std::size_t column = error.positions().front().byte + 1;
        throw LanguageError(column, found_at(text, column), std::string(error.message()), "");
    }
}

// How often something lasts cannot be told from the steps in which it is true: a slice has fewer.
void require_something_countable(const Builder& builder) {
    const Property& property = builder.property;
    const bool counts =
        property.pattern == Pattern::never_more || property.pattern == Pattern::never_more_within;
    if (counts && !is_momentary(property.conclusion)) {
        throw LanguageError(builder.pause.column,
                            "\"more than " + builder.pause.text + " times\"",
                            "an event after 'never', which can be counted",
                            "such as switches(line1, primary)");
    }
}

// A pause is counted from an instant. What lasts has none: the last step in which it is true may
// be one that a slice leaves out.
void require_an_instant(const Builder& builder) {
    const Property& property = builder.property;
    if (property.pattern == Pattern::never_before && !is_momentary(*property.premise)) {
        throw LanguageError(builder.pause.column,
                            (property.always ? "\"for " : "\"before ") + builder.pause.text + "\"",
                            "an event after 'whenever', from which it is counted",
                            "such as registers(line1, primary)");
    }
}

// An event is over behind its step: it can be met within some time, but not stay.
void require_something_that_lasts(const Builder& builder) {
    const Property& property = builder.property;
    const bool always = property.always;
    const Expression& lasting = always ? property.conclusion.operands.front() : property.conclusion;
    if ((always || property.pattern == Pattern::stays) && is_momentary(lasting)) {
        const Name& word = builder.words.at(builder.before + momentary_atom(lasting));
        throw LanguageError(word.column, word.text,
                            std::string("a condition that can last, ") +
                                (always ? "after 'always'" : "before 'and stays'"),
                            "such as registered(line1, primary)");
    }
}

}  // namespace

LanguageError::LanguageError(std::size_t column, std::string found, std::string expected,
                             std::string hint)
    : std::runtime_error("found " + found + ", expected " + expected +
                         (hint.empty() ? "" : " (" + hint + ")")),
      column_(column),
      found_(std::move(found)),
      expected_(std::move(expected)),
      hint_(std::move(hint)) {}

Property parse_property(std::string_view text, const model::Design& design) {
    require_readable(text);
    Builder builder{design};
    run<grammar::whole_property>(text, builder);
    require_an_instant(builder);
    require_something_countable(builder);
    require_something_that_lasts(builder);
    return builder.property;
}

Expression parse_expression(std::string_view text, const model::Design& design) {
    require_readable(text);
    Builder builder{design};
    run<grammar::whole_expression>(text, builder);
    return builder.pop();
}

}  // namespace failback::properties
