#include "properties/tuning.hpp"

#include <algorithm>
#include <map>

#include "sim/check.hpp"

namespace failback::properties {

namespace {

class Tuner {
public:
    Tuner(const TuningRange& range, const std::function<Trial(std::int64_t)>& check)
        : range_(range), check_(check) {}

    Tuning run(std::optional<std::int64_t> present, int points) {
        for (const std::int64_t value : first_values(present, points)) {
            if (!decided(value)) {
                return result();
            }
        }
        const std::map<std::int64_t, Trial> first = trials_;
        for (auto next = std::next(first.begin()); next != first.end(); ++next) {
            if (!halve(std::prev(next)->first, next->first)) {
                return result();
            }
        }
        return result();
    }

private:
    // The value of the grid that is not above.
    [[nodiscard]] std::int64_t on_grid(std::int64_t value) const {
        return range_.low + (value - range_.low) / range_.step * range_.step;
    }

    [[nodiscard]] std::vector<std::int64_t> first_values(std::optional<std::int64_t> present,
                                                         int points) const {
        std::vector<std::int64_t> values{range_.low, range_.high};
        if (present && *present > range_.low && *present < range_.high) {
            values.push_back(on_grid(*present));
        }
        for (int i = 1; i <= points; ++i) {
            values.push_back(on_grid(range_.low + (range_.high - range_.low) / (points + 1) * i));
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

    [[nodiscard]] Tuning result() const {
        Tuning tuning;
        tuning.undecided = undecided_;
        bool inside = false;
        for (const auto& [value, trial] : trials_) {
            tuning.trials.push_back(trial);
            const bool holds = trial.outcome == Outcome::holds;
            if (holds && !inside) {
                tuning.intervals.push_back({value, value});
            } else if (holds) {
                tuning.intervals.back().high = value;
            }
            inside = holds;
        }
        return tuning;
    }

    TuningRange range_;
    const std::function<Trial(std::int64_t)>& check_;
    std::map<std::int64_t, Trial> trials_;
    std::optional<Trial> undecided_;
};

}  // namespace

Tuning tune(const TuningRange& range, std::optional<std::int64_t> present, int points,
            const std::function<Trial(std::int64_t)>& check) {
    sim::ensure(range.low <= range.high && range.step >= 1, "a range with steps");
    return Tuner(range, check).run(present, points);
}

}  // namespace failback::properties
