#include "model/duration.hpp"

#include <array>
#include <cstdint>

#include <fmt/format.h>

namespace failback::model {
namespace {

struct Unit {
    std::string_view name;
    std::int64_t milliseconds;
};

constexpr std::array<Unit, 4> kUnits{{{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}}};

// Spellings of people who guess the unit; they serve hints only.
constexpr std::array<Unit, 11> kGuesses{{{"msec", 1},
                                         {"sec", 1000},
                                         {"secs", 1000},
                                         {"second", 1000},
                                         {"seconds", 1000},
                                         {"min", 60'000},
                                         {"mins", 60'000},
                                         {"minutes", 60'000},
                                         {"hours", 3'600'000},
                                         {"d", 86'400'000},
                                         {"days", 86'400'000}}};

constexpr std::string_view kExpected =
    R"(a duration: a whole number with the unit ms, s, m or h, such as "500ms" or "3600s")";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Saturates far above every valid duration, and far below the overflow of a product with a unit.
std::int64_t number_of(std::string_view digits) {
    constexpr std::int64_t kSaturated = 10'000'000'000;
    std::int64_t number = 0;
    for (const char c : digits) {
        number = number >= kSaturated ? kSaturated : number * 10 + (c - '0');
    }
    return number;
}

std::string_view leading_digits(std::string_view text) {
    std::size_t count = 0;
    while (count < text.size() && is_digit(text[count])) {
        ++count;
    }
    return text.substr(0, count);
}

template <std::size_t N>
const Unit* find_unit(const std::array<Unit, N>& units, std::string_view name) {
    for (const Unit& unit : units) {
        if (unit.name == name) {
            return &unit;
        }
    }
    return nullptr;
}

const Unit* guess_unit(std::string_view name) {
    while (!name.empty() && name.front() == ' ') {
        name.remove_prefix(1);
    }
    const Unit* unit = find_unit(kUnits, name);
    return unit != nullptr ? unit : find_unit(kGuesses, name);
}

// The hint for "60", "60 s", "60sec" and "0.5s": what was probably meant, if it is a duration.
std::string hint_for(std::string_view text) {
    const std::string_view whole = leading_digits(text);
    std::string_view rest = text.substr(whole.size());
    std::string_view decimals;
    if (!rest.empty() && rest.front() == '.') {
        decimals = leading_digits(rest.substr(1));
        rest = rest.substr(1 + decimals.size());
    }
    if (whole.empty() || decimals.size() > 6) {
        return {};
    }
    if (rest.empty() && decimals.empty()) {
        return fmt::format(R"(the unit is missing; did you mean "{}s"?)", whole.substr(0, 20));
    }
    const Unit* unit = guess_unit(rest.empty() ? "s" : rest);
    if (unit == nullptr) {
        return {};
    }
    std::int64_t scale = 1;
    for (std::size_t i = 0; i < decimals.size(); ++i) {
        scale *= 10;
    }
    const std::int64_t fraction = number_of(decimals) * unit->milliseconds;
    const std::int64_t total = number_of(whole) * unit->milliseconds + fraction / scale;
    if (fraction % scale != 0 || total > kLongestDuration) {
        return {};
    }
    const auto delay = static_cast<sim::DelayMs>(total);
    return fmt::format(R"(did you mean "{}"?)", duration_text(delay));
}

}  // namespace

DurationReading parse_duration(std::string_view text) {
    const std::string_view digits = leading_digits(text);
    const Unit* unit = find_unit(kUnits, text.substr(digits.size()));
    if (!text.empty() && text.front() == '-') {
        return {std::nullopt, "a duration that is not negative", {}};
    }
    if (text == "never" || text == "any") {
        return {std::nullopt, "a duration; this one is bounded", {}};
    }
    if (digits.empty() || unit == nullptr) {
        return {std::nullopt, std::string(kExpected), hint_for(text)};
    }
    const std::int64_t number = number_of(digits);
    if (number > kLongestDuration / unit->milliseconds) {
        return {std::nullopt, "a duration of at most 10 days (240h)", {}};
    }
    return {static_cast<sim::DelayMs>(number * unit->milliseconds), {}, {}};
}

std::string duration_text(sim::DelayMs delay) {
    if (delay == sim::kNever) {
        return "never";
    }
    if (delay == 0) {
        return "0s";
    }
    const Unit* largest = &kUnits.front();
    for (const Unit& unit : kUnits) {
        if (delay % unit.milliseconds == 0) {
            largest = &unit;
        }
    }
    return fmt::format("{}{}", delay / largest->milliseconds, largest->name);
}

std::string people_text(sim::DelayMs delay) {
    return delay == sim::kNever ? "never" : people_text(sim::TimeMs{delay});
}

std::string people_text(sim::TimeMs time) {
    if (time < 0) {
        return "-" + people_text(-time);
    }
    std::string decimals = fmt::format(".{:03}", time % 1000);
    decimals.erase(decimals.find_last_not_of("0.") + 1);
    std::string shortest = fmt::format("{}{} s", time / 1000, decimals);
    const auto offer = [&shortest, time](const char* name, std::int64_t unit) {
        std::string text = fmt::format("{} {}", time / unit, name);
        if (time % unit == 0 && text.size() < shortest.size()) {
            shortest = std::move(text);
        }
    };
    offer("ms", 1);
    if (time != 0) {
        offer("min", 60'000);
        offer("h", 3'600'000);
    }
    return shortest;
}

std::string people_text(sim::Interval interval) {
    if (interval == sim::any_time()) {
        return "any time";
    }
    if (interval.earliest == interval.latest) {
        return people_text(interval.earliest);
    }
    if (interval.latest == sim::kNever) {
        return people_text(interval.earliest) + " or later";
    }
    return people_text(interval.earliest) + " to " + people_text(interval.latest);
}

}  // namespace failback::model
