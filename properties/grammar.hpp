// The grammar of the property language (PEGTL). Private to the parser.
#pragma once

#include <tao/pegtl.hpp>

namespace failback::properties::grammar {

namespace pegtl = tao::pegtl;

struct blank : pegtl::star<pegtl::space> {};

struct letter : pegtl::sor<pegtl::alnum, pegtl::one<'_', '-', '.', ':', '@', '+'>> {};
struct plain_name : pegtl::plus<letter> {};
struct quoted_name : pegtl::plus<pegtl::not_one<'"'>> {};
struct name : pegtl::sor<pegtl::seq<pegtl::one<'"'>, quoted_name, pegtl::one<'"'>>, plain_name> {};

template <class Word>
struct keyword : pegtl::seq<Word, pegtl::not_at<letter>, blank> {};
struct kw_not : keyword<pegtl::string<'n', 'o', 't'>> {};
struct kw_and : keyword<pegtl::string<'a', 'n', 'd'>> {};
struct kw_or : keyword<pegtl::string<'o', 'r'>> {};
struct kw_never : keyword<pegtl::string<'n', 'e', 'v', 'e', 'r'>> {};
struct kw_always : keyword<pegtl::string<'a', 'l', 'w', 'a', 'y', 's'>> {};
struct kw_stays : keyword<pegtl::string<'s', 't', 'a', 'y', 's'>> {};
struct kw_more : keyword<pegtl::string<'m', 'o', 'r', 'e'>> {};
struct kw_than : keyword<pegtl::string<'t', 'h', 'a', 'n'>> {};
struct kw_times : keyword<pegtl::string<'t', 'i', 'm', 'e', 's'>> {};
struct kw_since : keyword<pegtl::string<'s', 'i', 'n', 'c', 'e'>> {};
struct kw_until : keyword<pegtl::string<'u', 'n', 't', 'i', 'l'>> {};
struct kw_whenever : keyword<pegtl::string<'w', 'h', 'e', 'n', 'e', 'v', 'e', 'r'>> {};
struct kw_then : keyword<pegtl::string<'t', 'h', 'e', 'n'>> {};
struct kw_for : keyword<pegtl::string<'f', 'o', 'r'>> {};
struct kw_before : keyword<pegtl::string<'b', 'e', 'f', 'o', 'r', 'e'>> {};
struct kw_within : keyword<pegtl::string<'w', 'i', 't', 'h', 'i', 'n'>> {};
struct kw_unless : keyword<pegtl::string<'u', 'n', 'l', 'e', 's', 's'>> {};

struct word : pegtl::identifier {};
struct argument : name {};
struct compared : name {};
struct is_equal : pegtl::one<'='> {};
struct is_unequal : pegtl::string<'!', '='> {};
struct open : pegtl::seq<pegtl::one<'('>, blank> {};
struct close : pegtl::seq<pegtl::one<')'>, blank> {};
struct comma : pegtl::seq<pegtl::one<','>, blank> {};
struct more_argument : pegtl::must<argument> {};
struct first_argument : pegtl::must<argument> {};
struct comparison
    : pegtl::opt<pegtl::sor<is_unequal, is_equal>, blank, pegtl::must<compared>, blank> {};
struct more_arguments : pegtl::rep_opt<2, comma, more_argument, blank> {};
struct atom : pegtl::seq<word, blank, pegtl::must<open>, first_argument, blank, more_arguments,
                         pegtl::must<close>, comparison> {};

struct disjunction;
struct group : pegtl::seq<open, pegtl::must<disjunction>, pegtl::must<close>> {};
struct unary;
struct negated : pegtl::seq<kw_not, pegtl::must<unary>> {};
struct unary : pegtl::sor<negated, group, atom> {};
struct and_operand : pegtl::seq<kw_and, pegtl::must<unary>> {};
struct conjunction : pegtl::seq<unary, pegtl::star<and_operand>> {};
struct or_operand : pegtl::seq<kw_or, pegtl::must<conjunction>> {};
struct disjunction : pegtl::seq<conjunction, pegtl::star<or_operand>> {};

struct duration : pegtl::plus<pegtl::alnum> {};
struct premise : pegtl::must<disjunction> {};
struct unwanted : pegtl::must<disjunction> {};
struct wanted : pegtl::must<disjunction> {};
struct response : pegtl::must<disjunction> {};
struct release : pegtl::must<disjunction> {};
struct until : pegtl::opt<kw_until, release> {};
struct unless : pegtl::opt<kw_unless, release> {};
struct lasting : pegtl::seq<kw_for, pegtl::must<duration>, blank> {};
struct pause : pegtl::must<duration> {};
struct before : pegtl::seq<kw_before, pause, blank> {};
struct keeping : pegtl::seq<kw_for, pause, blank> {};
struct always_part : pegtl::seq<kw_always, wanted, pegtl::opt<keeping>, until> {};
struct never_part : pegtl::seq<kw_never, unwanted, pegtl::opt<before>, until> {};
struct times : pegtl::plus<pegtl::alnum> {};
struct stretch : pegtl::must<duration> {};
struct counted
    : pegtl::seq<kw_more, pegtl::must<kw_than>, pegtl::must<times>, blank, pegtl::must<kw_times>,
                 pegtl::opt<pegtl::sor<pegtl::seq<kw_since, release>,
                                       pegtl::seq<kw_within, stretch, blank>>>> {};
struct standing_never
    : pegtl::seq<kw_never, unwanted,
                 pegtl::sor<counted, pegtl::seq<pegtl::opt<lasting>, until>>> {};
struct standing_always : pegtl::seq<kw_always, wanted, until> {};
struct standing_part : pegtl::sor<standing_never, standing_always> {};
struct staying : pegtl::seq<kw_and, pegtl::must<kw_stays>> {};
struct response_part : pegtl::seq<response, pegtl::must<kw_within>, pegtl::must<duration>, blank,
                                  pegtl::opt<staying>, unless> {};
struct conclusion : pegtl::sor<never_part, always_part, response_part> {};
struct whenever_part
    : pegtl::seq<kw_whenever, premise, pegtl::must<kw_then>, pegtl::must<conclusion>> {};
struct property_kind : pegtl::sor<standing_part, whenever_part> {};
struct the_end : pegtl::eof {};
struct whole_property
    : pegtl::seq<blank, pegtl::must<property_kind>, pegtl::must<the_end>> {};
struct whole_expression
    : pegtl::seq<blank, pegtl::must<disjunction>, pegtl::must<the_end>> {};

// What was expected where a `must` failed.
template <class>
inline constexpr const char* error_message = nullptr;
template <>
inline constexpr auto error_message<argument> = "the name of a line or a server";
template <>
inline constexpr auto error_message<compared> = "the name of a server, or none";
template <>
inline constexpr auto error_message<open> = "'(' after the word";
template <>
inline constexpr auto error_message<close> = "')'";
template <>
inline constexpr auto error_message<disjunction> =
    "a condition such as registered(line1, primary)";
template <>
inline constexpr auto error_message<conjunction> = "a condition after 'or'";
template <>
inline constexpr auto error_message<unary> = "a condition after 'and' or 'not'";
template <>
inline constexpr auto error_message<kw_then> = "'then', or 'and' or 'or' with another condition";
template <>
inline constexpr auto error_message<kw_within> =
    "'within' and a duration, or 'and' or 'or' with another condition";
template <>
inline constexpr auto error_message<duration> = "a duration with unit, such as 66500ms or 90s";
template <>
inline constexpr auto error_message<kw_than> = "'than' and a number";
template <>
inline constexpr auto error_message<times> = "a number of times, such as 2";
template <>
inline constexpr auto error_message<kw_times> = "'times'";
template <>
inline constexpr auto error_message<kw_stays> = "'stays'";
template <>
inline constexpr auto error_message<conclusion> =
    "'never' or 'always' and a condition, or a condition and 'within' a duration";
template <>
inline constexpr auto error_message<property_kind> =
    "'never ...', 'always ...', or 'whenever ... then ... within ...'";
template <>
inline constexpr auto error_message<the_end> = "the end, or 'and' or 'or' with another condition";

// Says what was expected where a `must` fails. (PEGTL's must_if would also make every local failure
// of a rule with a message final.)
template <class Rule>
struct control : pegtl::normal<Rule> {
    template <class Input, class... States>
    [[noreturn]] static void raise(const Input& in, States&&... /*states*/) {
        constexpr const char* message = error_message<Rule>;
        throw pegtl::parse_error(message != nullptr ? message : "something else", in);
    }
};

}  // namespace failback::properties::grammar
