// A property: what must hold, as data.
//
//   never A [until U]                      A does not happen, from the start until U does
//   never A for D [until U]                A does not last longer than D
//   never A more than N times [since U]    from the start, and from each U on, A happens so often
//   never A more than N times within D     in no stretch of D, its ends included
//   whenever P then never A [until U]      after each step with P, A does not happen until U does
//   whenever P then never A before D [until U]
//                                          after each step with P, A does not happen until D has
//                                          passed, or U comes
//   whenever P then R within D [unless U]  after each step with P, R holds within D, or U cancels
//   whenever P then R within D and stays [unless U]
//                                          the same, and R holds from D after P on, until U cancels
//   always A [until U], whenever P then always A [until U],
//   whenever P then always A for D [until U]
//                                          other words for "never not A", the last with "before D"
//
//  1. "Within D" includes D: the deadline is due at D + 1 ms.
//  2. While an obligation is open, a further P adds nothing: the first deadline is the strictest.
//     "Before D" excludes D, and each P, which is an event, begins the D anew: the last one is
//     the strictest. What is owed with "and stays" is owed until U.
//  3. In one step R and U are looked at first, then P; if R holds too, nothing is owed.
//     A count sees A, an event, before U.
//  4. Behind each step, what lasts of P, A, R and U counts at once, as if a step followed in which
//     nothing happens. There, U keeps a response from being owed.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "properties/expression.hpp"

namespace failback::properties {

enum class Pattern : std::uint8_t {
    never,
    after_never,
    never_before,
    response,
    never_more,
    never_more_within,
    stays,
};

inline constexpr int kMostTimes = 200;
inline constexpr int kMostTimesWithin = 8;   // each of them may have a clock that runs

struct Property {
    Pattern pattern = Pattern::never;
    std::optional<Expression> premise;   // P; none with Pattern::never
    Expression conclusion;               // A or R
    std::optional<Expression> release;   // U
    sim::DelayMs within = 0;             // D; at least 1 with Pattern::never_before
    int times = 0;                       // N, with Pattern::never_more and never_more_within
    bool always = false;                 // written with "always": the conclusion is "not A"
    bool standing = false;               // "never A for D": A is the premise, "not A" the response
};

// The parts and servers whose state the property reads.
[[nodiscard]] model::Scope roots_of(const Property& property, const model::Design& design);

// Does it look at what a registrar keeps, and not only at what phones make of it?
[[nodiscard]] bool observes_registrar(const Property& property);

// Does it look at callees that take a call without ringing? They do so, too, when an INVITE comes
// after its caller has given up.
[[nodiscard]] bool observes_late_calls(const Property& property, const model::Design& design);

// The registrations of which it sees more than whether the phone counts itself as registered.
[[nodiscard]] std::set<model::Part> looks_into(const Property& property,
                                               const model::Design& design);

// Does it look at registrations only in steps in which somebody dials?
[[nodiscard]] bool observes_registrations_at_dialling_only(const Property& property);

// Is it true only in steps in which something happens that it names?
[[nodiscard]] bool is_momentary(const Expression& expression);

[[nodiscard]] std::string to_text(const Property& property, const model::Design& design);

// A property or an expression is written wrongly. `column` counts from 1 in its text.
class LanguageError : public std::runtime_error {
public:
    LanguageError(std::size_t column, std::string found, std::string expected, std::string hint);

    [[nodiscard]] std::size_t column() const { return column_; }
    [[nodiscard]] const std::string& found() const { return found_; }
    [[nodiscard]] const std::string& expected() const { return expected_; }
    [[nodiscard]] const std::string& hint() const { return hint_; }

private:
    std::size_t column_;
    std::string found_;
    std::string expected_;
    std::string hint_;
};

// Both THROW LanguageError.
[[nodiscard]] Property parse_property(std::string_view text, const model::Design& design);
[[nodiscard]] Expression parse_expression(std::string_view text, const model::Design& design);

}  // namespace failback::properties
