#include "properties/tuning.hpp"

#include <algorithm>
#include <map>

#include "sim/check.hpp"

namespace failback::properties {

namespace {

class Tuner {
public:
    Tuner(const TuningRange& range, const TuningRules& rules,
          const std::function<Trial(std::int64_t)>& check)
        : range_(range), rules_(rules), check_(check) {}

    Tuning run(std::optional<std::int64_t> present) {
        if (try_all(first_values(present)) && find_ends()) {
            prove();
            probe();
        }
        return result();
    }

private:
    // The value of the grid that is not above.
    [[nodiscard]] std::int64_t on_grid(std::int64_t value) const {
        return range_.low + (value - range_.low) / range_.step * range_.step;
    }

    [[nodiscard]] std::vector<std::int64_t> first_values(
        std::optional<std::int64_t> present) const {
        std::vector<std::int64_t> values{range_.low, range_.high};
        if (present && *present > range_.low && *present < range_.high) {
            values.push_back(on_grid(*present));
        }
        for (int i = 1; i <= rules_.points; ++i) {
            values.push_back(
                on_grid(range_.low + (range_.high - range_.low) / (rules_.points + 1) * i));
        }
        return values;
    }

    bool decided(std::int64_t value) {
        const auto [trial, is_new] = trials_.try_emplace(value);
        if (is_new) {
            trial->second = check_(value);
            trial->second.value = value;
            if (trial->second.outcome == Outcome::undecided) {
                undecided_ = trial->second;
            }
        }
        return !undecided_;
    }

    bool try_all(const std::vector<std::int64_t>& values) {
        return std::ranges::all_of(values, [this](std::int64_t value) { return decided(value); });
    }

    bool find_ends() {
        const std::map<std::int64_t, Trial> tried = trials_;
        for (auto next = std::next(tried.begin()); next != tried.end(); ++next) {
            if (!halve(std::prev(next)->first, next->first)) {
                return false;
            }
        }
        return true;
    }

    [[nodiscard]] bool is_proved_throughout() const {
        return std::ranges::count(proved_, HoldsBetween{range_.low, range_.high, false}) > 0;
    }

    // Where values are nested, one at an end tells it of all others.
    void prove() {
        proved_.clear();
        for (const HoldsBetween& found : intervals()) {
            if (rules_.nested || found.low == found.high ||
                (rules_.holds_throughout &&
                 rules_.holds_throughout(found.low, found.high))) {
                proved_.push_back(found);
            }
        }
    }

    [[nodiscard]] bool is_proved(std::int64_t value) const {
        return std::ranges::any_of(proved_, [value](const HoldsBetween& known) {
            return known.low <= value && value <= known.high;
        });
    }

    // Four times as many values as at first, by the golden section. As long as one differs from
    // its neighbours, more.
    void probe() {
        constexpr int kMostRounds = 4;
        std::int64_t place = 0;
        for (int round = 0; round < kMostRounds && !rules_.nested; ++round) {
            const std::size_t before = intervals().size();
            for (int i = 0; i < 4 * rules_.points; ++i) {
                place = (place + kGolden) % kWhole;
                const std::int64_t value = on_grid(at(place));
                if (!is_proved(value) && !decided(value)) {
                    return;
                }
            }
            if (!find_ends() || intervals().size() == before) {
                return;
            }
            prove();
        }
    }

    // So far between the ends of the range, in parts of kWhole.
    [[nodiscard]] std::int64_t at(std::int64_t place) const {
        const std::int64_t size = range_.high - range_.low;
        return range_.low + size / kWhole * place + size % kWhole * place / kWhole;
    }

    [[nodiscard]] bool holds(std::int64_t value) const {
        return trials_.at(value).outcome == Outcome::holds;
    }

    // Until the two values between which the property begins or ends to hold are neighbours.
    bool halve(std::int64_t low, std::int64_t high) {
        while (holds(low) != holds(high)) {
            const std::int64_t middle = on_grid(low + (high - low) / 2);
            if (middle == low) {
                return true;  // high may be less than a step away, at the end of the range
            }
            if (!decided(middle)) {
                return false;
            }
            (holds(middle) == holds(low) ? low : high) = middle;
        }
        return true;
    }

    [[nodiscard]] std::vector<HoldsBetween> intervals() const {
        std::vector<HoldsBetween> found;
        bool inside = false;
        for (const auto& [value, trial] : trials_) {
            const bool holds = trial.outcome == Outcome::holds;
            if (holds && !inside) {
                found.push_back({value, value, false});
            } else if (holds) {
                found.back().high = value;
            }
            inside = holds;
        }
        return found;
    }

    [[nodiscard]] Tuning result() const {
        Tuning tuning;
        tuning.undecided = undecided_;
        tuning.intervals = intervals();
        for (HoldsBetween& found : tuning.intervals) {
            found.proved = is_proved(found.low) && is_proved(found.high);
        }
        for (const auto& [value, trial] : trials_) {
            tuning.trials.push_back(trial);
        }
        tuning.complete = !undecided_ && (rules_.nested || is_proved_throughout());
        return tuning;
    }

    static constexpr std::int64_t kWhole = 1'000'000;
    static constexpr std::int64_t kGolden = 618'034;

    TuningRange range_;
    const TuningRules& rules_;
    const std::function<Trial(std::int64_t)>& check_;
    std::map<std::int64_t, Trial> trials_;
    std::vector<HoldsBetween> proved_;
    std::optional<Trial> undecided_;
};

}  // namespace

Tuning tune(const TuningRange& range, std::optional<std::int64_t> present,
            const TuningRules& rules, const std::function<Trial(std::int64_t)>& check) {
    sim::ensure(range.low <= range.high && range.step >= 1, "a range with steps");
    return Tuner(range, rules, check).run(present);
}

}  // namespace failback::properties
