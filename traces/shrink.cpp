#include "traces/shrink.hpp"

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <utility>

#include "model/file/design_file.hpp"
#include "traces/cut.hpp"
#include "traces/recorder.hpp"
#include "traces/recurrence.hpp"
#include "traces/script.hpp"

namespace failback::traces {

namespace {

using nlohmann::json;
using properties::Breadth;

constexpr std::size_t kMostStretches = 300;   // that are tried before the rest is let be

// A design with a run that violates the property.
struct Story {
    json written;
    std::unique_ptr<model::Design> design;
    properties::Setting setting;
    std::vector<sim::Choice> choices;
    std::size_t faults = 0;

    [[nodiscard]] std::pair<std::size_t, std::size_t> size() const {
        return {faults, choices.size()};
    }
};

class Shrinker {
public:
    Shrinker(const Trace& trace, const ShrinkOptions& options)
        : trace_(trace), options_(options) {
        if (trace.outcome != "violated" || trace.says.empty() || trace.measured) {
            throw CannotShrink("the trace violates no property");
        }
        if (const Replay replayed = replay(trace); !replayed.agrees) {
            throw CannotShrink("the trace diverges at step " +
                               std::to_string(replayed.divergence.step) + ": " +
                               replayed.divergence.reason);
        }
        json written = trace.design;
        written["properties"] = {{{"name", "goal"}, {"says", trace.says}}};
        story_ = make(written);
        for (const Choice& choice : trace.choices) {
            story_.choices.push_back({choice.entry, choice.form, choice.at});
        }
        story_.faults = faults_in(story_.setting, story_.choices);
        script_ = script_of(story_.setting, story_.choices);
    }

    Shrunk run() {
        Shrunk result;
        result.before = size();
        bool any = true;
        while (any) {
            cut_all();
            any = without_stretches();
            any = fewer_events() || any;
            plain_messages();
            any = any && !is_over();
        }
        while (earlier()) {
        }
        (void)without_stretches();
        rounder();
        result.exact = !must_stop() && search_exactly();
        result.stopped_by = stopped_by_;
        result.after = size();
        result.trials = trials_;
        result.trace = recorded();
        return result;
    }

private:
    [[nodiscard]] StorySize size() const {
        return {story_.faults, count_of(story_.written, "phones"),
                count_of(story_.written, "calls"), story_.choices.size()};
    }

    // The design as a model that watches the property.
    [[nodiscard]] Story make(const json& written) const {
        Story story;
        story.written = written;
        story.design = std::make_unique<model::Design>(
            model::parse_design(written.dump(), trace_.design_file));
        const auto property = properties::parse_property(trace_.says, *story.design);
        story.setting = properties::make_setting(
            *story.design, {property},
            {trace_.sliced ? Breadth::context : Breadth::whole, false, false});
        return story;
    }

    // Will every further proposal be turned down?
    [[nodiscard]] bool is_over() const {
        return !stopped_by_.empty() || trials_ >= options_.max_trials;
    }

    bool must_stop() {
        if (stopped_by_.empty() && options_.poll) {
            stopped_by_ = options_.poll(size(), trials_);
        }
        return !stopped_by_.empty();
    }

    // Takes a design with a script over if that violates the property, too, and is not larger.
    bool accept(const json& written, const Script& script) {
        return accept(written, script, story_.size());
    }

    // The same with a story that is smaller.
    bool accept_less(const Script& script) {
        const auto [faults, steps] = story_.size();
        return steps > 0 && accept(story_.written, script, {faults, steps - 1});
    }

    bool accept(const json& written, const Script& script,
                std::pair<std::size_t, std::size_t> most_size) {
        if (is_over() || must_stop()) {
            return false;
        }
        ++trials_;
        try {
            const bool is_same = written == story_.written;
            Story other = is_same ? Story{} : make(written);
            const properties::Setting& setting = is_same ? story_.setting : other.setting;
            const std::size_t most = is_same ? story_.choices.size() : 2 * script.size() + 100;
            auto retold = retell(setting, script, most, [this] { return must_stop(); });
            if (!retold || std::pair(retold->faults, retold->choices.size()) > most_size) {
                return false;
            }
            if (!is_same) {
                story_ = std::move(other);
            }
            story_.choices = std::move(retold->choices);
            story_.faults = retold->faults;
            script_ = script_of(story_.setting, story_.choices);
            return true;
        } catch (const model::InputError&) {  // something else of the design needs what was cut
            return false;
        } catch (const properties::LanguageError&) {  // so does the property
            return false;
        } catch (const model::ModelLimit&) {
            return false;
        }
    }

    using Cut = json (*)(const json&, std::size_t);

    bool cut_each(const char* list, Cut cut) {
        bool any = false;
        for (std::size_t i = count_of(story_.written, list); i-- > 0;) {
            const bool exists = i < count_of(story_.written, list);
            any = (exists && accept(cut(story_.written, i), script_)) || any;
        }
        return any;
    }

    void cut_all() {
        bool any = true;
        while (any) {
            any = cut_each("faults", without_fault);
            any = fewer_strikes() || any;
            any = cut_each("phones", without_phone) || any;
            any = cut_each("calls", without_call) || any;
        }
    }

    // How often a fault may strike in a smaller story; 0: there is none.
    [[nodiscard]] int strikes(const json& fault) const {
        constexpr std::size_t kMost = 100;
        const auto count = fault.find("count");
        if (count != fault.end() && count->is_string()) {  // unlimited: as often as it did
            return static_cast<int>(std::clamp<std::size_t>(story_.faults, 1, kMost));
        }
        return fault.value("count", 1) - 1;
    }

    // A fault that strikes several times: once less, the last times first.
    bool fewer_strikes() {
        bool any = false;
        for (std::size_t i = 0; i < count_of(story_.written, "faults"); ++i) {
            while (const int count = strikes(story_.written["faults"][i])) {
                json fewer = story_.written;
                fewer["faults"][i]["count"] = count;
                if (!accept(fewer, script_)) {
                    break;
                }
                any = true;
            }
        }
        return any;
    }

    // Without what leads back to where the run was before, the longest of it first.
    bool without_stretches() {
        bool any = false;
        std::size_t most = story_.choices.size();
        for (bool again = true; again && !is_over();) {
            again = false;
            const Moments moments(story_.setting, story_.choices, script_);
            std::size_t tried = 0;
            for (const Stretch& stretch : moments.recurrences(most)) {
                if (++tried > kMostStretches || is_over()) {
                    break;
                }
                if (accept_less(moments.without(stretch))) {
                    most = stretch.to - stretch.from;
                    again = any = true;
                    break;
                }
            }
        }
        return any;
    }

    // Faults that strike and users that do something: left out, the last ones first.
    bool fewer_events() {
        bool any = false;
        for (std::size_t i = script_.size(); i-- > 0 && !is_over();) {
            if (i < script_.size() && !script_[i].waits && waits_if_unsaid(script_[i].kind)) {
                Script fewer = script_;
                fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
                any = accept_less(fewer) || any;
            }
        }
        return any;
    }

    // Each message that is struck: delivered as usual instead.
    void plain_messages() {
        for (std::size_t i = script_.size(); i-- > 0 && !is_over();) {
            if (i < script_.size() && std::ranges::any_of(script_[i].fates, [](const Told& told) {
                    return told.fate != model::Fate::delivered;
                })) {
                Script plain = script_;
                plain[i].fates.clear();
                (void)accept(story_.written, plain);
            }
        }
        cut_all();
    }

    // So that each change makes something earlier.
    [[nodiscard]] sim::TimeMs sum_of_instants() const {
        sim::TimeMs sum = 0;
        for (const sim::Choice& choice : story_.choices) {
            sum += choice.at;
        }
        return sum;
    }

    // The first of the delays with which the story still happens, if it is earlier then.
    bool accept_delay(std::size_t decision, std::initializer_list<sim::TimeMs> delays) {
        for (const sim::TimeMs delay : delays) {
            if (decision >= script_.size() || delay >= script_[decision].delay) {
                return false;
            }
            Script changed = script_;
            changed[decision].delay = delay;
            const auto before = std::pair(story_.size(), sum_of_instants());
            if (accept(story_.written, changed)) {
                return std::pair(story_.size(), sum_of_instants()) < before;
            }
        }
        return false;
    }

    // Outages as short, faults as early, messages as fast as may be. True if something changed.
    bool earlier() {
        bool any = false;
        for (std::size_t i = 0; i < script_.size() && !is_over(); ++i) {
            if (script_[i].fixed || script_[i].delay == 0) {
                continue;
            }
            const sim::TimeMs now = script_[i].delay;
            any = accept_delay(i, {0, now / 8, now / 2, now - now / 8}) || any;
        }
        return any && !is_over();
    }

    // Down to whole hours, minutes and seconds.
    void rounder() {
        for (std::size_t i = 0; i < script_.size() && !is_over(); ++i) {
            if (!script_[i].fixed) {
                const sim::TimeMs now = script_[i].delay;
                const auto down = [now](sim::TimeMs unit) { return now / unit * unit; };
                (void)accept_delay(i, {down(3'600'000), down(60'000), down(10'000), down(1000),
                                       down(100), down(10)});
            }
        }
    }

    // The canonical counterexample of what is left, if it is smaller.
    bool search_exactly() {
        if (options_.max_classes == 0) {
            return false;
        }
        const auto property = properties::parse_property(trace_.says, *story_.design);
        properties::CheckOptions options = options_.search;
        options.limits.max_classes = options_.max_classes;
        if (const auto poll = options.limits.poll) {
            options.limits.poll = [this, poll](const sim::SearchStatistics& statistics) {
                stopped_by_ = poll(statistics);
                return stopped_by_;
            };
        }
        try {
            properties::Verdict verdict = properties::check(*story_.design, property, options);
            if (verdict.outcome != properties::Outcome::violated) {
                return false;
            }
            const std::size_t faults = faults_in(verdict.setting, verdict.choices);
            if (std::pair(faults, verdict.choices.size()) > story_.size()) {
                return false;
            }
            story_.setting = std::move(verdict.setting);
            story_.choices = std::move(verdict.choices);
            story_.faults = faults;
            reason_ = verdict.reason;
            sliced_ = true;
            return true;
        } catch (const model::ModelLimit&) {
            return false;
        }
    }

    [[nodiscard]] Trace recorded() const {
        Caption caption;
        caption.version = trace_.version;
        caption.property = trace_.property;
        caption.says = trace_.says;
        caption.outcome = "violated";
        caption.reason = reason_.empty() ? trace_.reason : reason_;
        caption.extent = {trace_.sliced || sliced_ ? Breadth::context : Breadth::whole, false,
                          false};
        return record(story_.setting, story_.written, caption, story_.choices);
    }

    const Trace& trace_;
    ShrinkOptions options_;
    Story story_;
    Script script_;
    std::string reason_;
    std::string stopped_by_;
    bool sliced_ = false;
    std::uint64_t trials_ = 0;
};

}  // namespace

Shrunk shrink(const Trace& trace, const ShrinkOptions& options) {
    return Shrinker(trace, options).run();
}

}  // namespace failback::traces
