#include "model/nodes/line.hpp"

#include <bit>

#include "sim/check.hpp"

namespace failback::model {

namespace {

using sim::ensure;
using Command = LineOutput::Command;

constexpr std::uint8_t bit(Timer timer) { return timer == Timer::failback ? 1 : 2; }

bool contains(std::uint64_t entries, std::uint8_t entry) {
    return entry != kNoEntry && ((entries >> entry) & 1U) != 0;
}

void disarm(LineState& line, Timer timer, LineOutput& output) {
    if ((line.armed & bit(timer)) != 0) {
        line.armed = static_cast<std::uint8_t>(line.armed & ~bit(timer));
        output.timers.push_back({timer, false, 0});
    }
}

void arm(LineState& line, Timer timer, DelayMs delay, LineOutput& output) {
    disarm(line, timer, output);
    line.armed = static_cast<std::uint8_t>(line.armed | bit(timer));
    output.timers.push_back({timer, true, delay});
}

std::uint64_t bit_of(std::uint8_t entry) { return std::uint64_t{1} << entry; }

// One step of a line that registers with one server at a time.
class Succession {
public:
    Succession(LineState& line, const Phone& phone, const Registrations& registrations,
               const LineInput& input, LineOutput& output)
        : line_(line),
          phone_(phone),
          registrations_(registrations),
          pick_(input.pick),
          output_(output) {
        output_.tried = input.tried;
    }

    void boot() { attempt(best()); }

    void granted(std::uint8_t entry) {
        if (entry != line_.trying) {
            line_.home = entry;  // a refresh, while a better server is being tried
            return;
        }
        const bool is_new = line_.home != entry;
        if (is_new) {
            forget_return();
            leave_all_but(entry);
        }
        line_.home = entry;
        line_.trying = kNoEntry;
        line_.returning = 0;
        output_.tried = 0;
        if (is_new && is_worse(entry)) {
            prepare_return();
        }
    }

    // A name that cannot be resolved leaves nothing to try at its other addresses.
    void failed(std::uint8_t entry, Interval wait, bool unresolved) {
        const std::uint8_t last = unresolved ? last_of_name(entry) : entry;
        const bool was_home = entry == line_.home || (unresolved && fails_with(entry));
        if (was_home) {
            lose_home();  // even if it counts until its expiry: another one is wanted
        }
        if (line_.trying != entry && line_.trying != kNoEntry) {
            return;  // a better server is being tried already
        }
        pass_over(entry, last, was_home, unresolved ? equals_of(last) : 0);
        if (was_home) {
            const std::uint8_t top = first();
            const bool starts_over = phone_.registration.loss_starts_over && top != kNoEntry &&
                                     !is_equal(entry, top) &&
                                     !(unresolved && same_name(phone_, entry, top));
            const Next next = starts_over ? best() : following(last);
            go_on(entry, next, wait,
                  unresolved && same_name(phone_, entry, lowest(next.entries)));
        } else if (line_.returning != 0 && phone_.servers[line_.home].registers) {
            go_on_returning(last);
        } else {
            const Next next = following(last);
            go_on(entry, next, wait, next.is_new_round);
        }
    }

    // Its name leads to other servers now. Where the line is registered it stays until it is
    // registered with one of those.
    void relisted(std::uint8_t entry) {
        if (line_.trying == entry) {
            line_.trying = kNoEntry;
        }
        if (line_.trying == kNoEntry) {
            line_.returning = 0;
            forget_return();  // what it waited for is begun now
            if (first() != kNoEntry) {
                attempt(best());
            }
        }
    }

    void lapsed(std::uint8_t entry) {
        if (entry == line_.home) {
            lose_home();
        }
    }

    void refresh_due(std::uint8_t entry) {
        if (!phone_.servers[entry].registers) {
            relisted(entry);
        } else if (phone_.failback.rule == FailbackRule::at_refresh && entry == line_.home &&
            is_worse(entry)) {
            try_to_return();
        } else if (line_.trying == kNoEntry) {
            line_.trying = entry;
            order(Command::Kind::attempt, entry);
        } else if (entry == line_.home) {
            order(Command::Kind::attempt, entry);  // beside the attempt at a better server
        }
    }

    void probed(bool answered) {
        if (!answered) {
            disarm(line_, Timer::hold, output_);
        } else if (phone_.failback.hold == 0) {
            return_after_probes();
        } else if ((line_.armed & bit(Timer::hold)) == 0) {
            arm(line_, Timer::hold, phone_.failback.hold, output_);
        }
    }

    void on_timer(Timer timer) {
        line_.armed = static_cast<std::uint8_t>(line_.armed & ~bit(timer));
        if (timer == Timer::hold) {
            return_after_probes();
        } else {
            try_to_return();
        }
    }

private:
    // Servers of one tier, any of which may be next; none if the phone has given up all.
    struct Next {
        std::uint64_t entries = 0;
        bool is_new_round = false;  // all of the list were tried
        bool is_same_tier = false;
    };

    [[nodiscard]] static std::uint8_t lowest(std::uint64_t entries) {
        return entries == 0 ? kNoEntry : static_cast<std::uint8_t>(std::countr_zero(entries));
    }

    [[nodiscard]] bool is_equal(std::uint8_t a, std::uint8_t b) const {
        return tier_of(phone_, a) == tier_of(phone_, b);
    }

    // Those as good as `entry` that the phone registers with and has not given up.
    [[nodiscard]] std::uint64_t equals_of(std::uint8_t entry) const {
        std::uint64_t equals = 0;
        for (std::uint8_t other = 0; other < phone_.servers.size(); ++other) {
            if (phone_.servers[other].registers && is_equal(entry, other) &&
                !contains(registrations_.given_up, other)) {
                equals |= bit_of(other);
            }
        }
        return equals;
    }

    // One of the best servers that are not given up.
    [[nodiscard]] std::uint8_t first() const { return lowest(best().entries); }

    [[nodiscard]] Next best() const {
        return following_tier(static_cast<std::uint8_t>(phone_.servers.size() - 1));
    }

    [[nodiscard]] bool is_worse(std::uint8_t entry) const {
        return first() < entry && !is_equal(first(), entry);
    }

    // The servers of the next tier, round and round.
    [[nodiscard]] Next following_tier(std::uint8_t entry) const {
        const std::size_t count = phone_.servers.size();
        for (std::size_t step = 1; step <= count; ++step) {
            const auto next = static_cast<std::uint8_t>((entry + step) % count);
            const std::uint64_t equals = equals_of(next);
            if (equals != 0 && (!is_equal(next, entry) || step == count)) {
                return {equals, next <= entry, false};
            }
        }
        return {};
    }

    // Those as good as `entry` that were not tried yet, or else the next tier.
    [[nodiscard]] Next following(std::uint8_t entry) const {
        const std::uint64_t equals = equals_of(entry) & ~bit_of(entry) & ~output_.tried;
        return equals != 0 ? Next{equals, false, true} : following_tier(entry);
    }

    // What the line remembers of the tier behind which it goes on: that of the attempt that failed,
    // or of the last address of its name.
    void pass_over(std::uint8_t entry, std::uint8_t last, bool was_home, std::uint64_t also) {
        const bool same_tier = entry == last || is_equal(entry, last);
        const std::uint64_t before = was_home || !same_tier ? 0 : output_.tried;
        const std::uint64_t tried = before | (same_tier ? bit_of(entry) : 0) | also;
        output_.tried = static_cast<TriedEntries>(has_equal(phone_, last) ? tried : 0);
    }

    std::uint8_t choose(const Next& next) {
        const std::uint8_t chosen = one_of(next.entries, pick_, output_.candidates);
        const unsigned before = next.is_same_tier ? output_.tried : 0U;
        const bool remembers = chosen != kNoEntry && has_equal(phone_, chosen);
        output_.tried = static_cast<TriedEntries>(remembers ? before | bit_of(chosen) : 0);
        return chosen;
    }

    [[nodiscard]] std::uint8_t last_of_name(std::uint8_t entry) const {
        while (same_name(phone_, entry, static_cast<std::uint8_t>(entry + 1))) {
            ++entry;
        }
        return entry;
    }

    // The refresh at home was due, and would need the name that could not be resolved just now.
    [[nodiscard]] bool fails_with(std::uint8_t entry) const {
        return phone_.failback.rule == FailbackRule::at_refresh &&
               same_name(phone_, entry, line_.home);
    }

    void order(Command::Kind kind, std::uint8_t entry, Interval wait = {}) {
        output_.commands.push_back({kind, entry, wait});
    }

    void attempt(const Next& next) { attempt(choose(next)); }

    void attempt(std::uint8_t entry) {
        line_.trying = entry;
        order(Command::Kind::attempt, entry);
    }

    void go_on(std::uint8_t failed, const Next& next, Interval wait, bool round_over) {
        const std::uint8_t chosen = choose(next);
        line_.returning = 0;
        line_.trying = chosen;
        if (chosen == kNoEntry) {
            return;
        }
        const bool pauses = round_over || chosen == failed ||
                            phone_.registration.pause == PauseAfter::attempt;
        order(pauses ? Command::Kind::wait : Command::Kind::attempt, chosen, wait);
    }

    // A better server did not answer. The one after it is next, up to home.
    void go_on_returning(std::uint8_t failed) {
        const Next next = following(failed);
        const std::uint8_t lowest_next = lowest(next.entries);
        if (!next.is_new_round && lowest_next < line_.home && !is_equal(lowest_next, line_.home)) {
            attempt(next);
            return;
        }
        line_.returning = 0;
        line_.trying = kNoEntry;
        output_.tried = 0;
        if (phone_.failback.rule == FailbackRule::at_refresh) {
            attempt(line_.home);
        } else {
            prepare_return();
        }
    }

    void leave_all_but(std::uint8_t entry) {
        for (std::uint8_t other = 0; other < phone_.servers.size(); ++other) {
            if (other != entry && contains(registrations_.believed, other)) {
                order(Command::Kind::stop, other);
            }
        }
    }

    void lose_home() {
        forget_return();
        line_.home = kNoEntry;
        line_.returning = 0;
    }

    void prepare_return() {
        if (phone_.failback.rule == FailbackRule::after) {
            arm(line_, Timer::failback, phone_.failback.after, output_);
        } else if (phone_.failback.rule == FailbackRule::probe) {
            order(Command::Kind::probe, first());
        }
    }

    void forget_return() {
        disarm(line_, Timer::failback, output_);
        disarm(line_, Timer::hold, output_);
        // Else there are no probes, and to stop would end the registration with the first server.
        const bool is_away = line_.home != kNoEntry && is_worse(line_.home);
        if (phone_.failback.rule == FailbackRule::probe && is_away && line_.trying != first()) {
            order(Command::Kind::stop, first());
        }
    }

    void return_after_probes() {
        order(Command::Kind::stop, first());
        try_to_return();
    }

    void try_to_return() {
        ensure(line_.home != kNoEntry, "a line returns from where it is registered");
        if (!is_worse(line_.home)) {
            return;  // better servers are given up
        }
        if (phone_.registration.leaves_to_return) {
            order(Command::Kind::stop, line_.home);
            line_.home = kNoEntry;
        }
        line_.returning = line_.home == kNoEntry ? 0 : 1;
        attempt(best());
    }

    LineState& line_;
    const Phone& phone_;
    const Registrations& registrations_;
    std::uint8_t pick_;
    LineOutput& output_;
};

void register_again(std::uint64_t forgotten, LineOutput& output) {
    for (std::uint8_t entry = 0; forgotten != 0; ++entry, forgotten >>= 1U) {
        if ((forgotten & 1U) != 0) {
            output.commands.push_back({Command::Kind::attempt, entry, {}});
        }
    }
}

// The timer `failback` runs while a line that registers with all servers works with a worse one.
void work_with(LineState& line, const Phone& phone, std::uint8_t entry, LineOutput& output) {
    line.working = entry;
    line.trying = kNoEntry;
    line.returning = 0;
    disarm(line, Timer::failback, output);
    disarm(line, Timer::hold, output);
    const bool is_worse = entry != kNoEntry &&
                          tier_of(phone, entry) != tier_of(phone, first_registrar(phone));
    if (is_worse && phone.failback.rule == FailbackRule::after) {
        arm(line, Timer::failback, phone.failback.after, output);
    }
}

std::uint8_t best_of(std::uint64_t entries) {
    return entries == 0 ? kNoEntry : static_cast<std::uint8_t>(std::countr_zero(entries));
}

void choose_among_concurrent(LineState& line, const Phone& phone,
                             const Registrations& registrations, LineOutput& output) {
    const std::uint8_t best = best_of(registrations.believed);
    const bool is_lost = !contains(registrations.believed, line.working);
    const FailbackRule rule = phone.failback.rule;
    const bool is_wanted = rule == FailbackRule::immediate || line.returning != 0;
    if (is_lost || (best < line.working && is_wanted)) {
        if (line.working != best) {
            work_with(line, phone, best, output);
        }
    } else if (rule == FailbackRule::hold && best == line.working) {
        line.trying = kNoEntry;
        disarm(line, Timer::hold, output);
    } else if (rule == FailbackRule::hold && best != line.trying) {
        line.trying = best;
        arm(line, Timer::hold, phone.failback.hold, output);
    }
}

// Registrations that run by themselves, but for those that were forgotten.
void step_concurrent(LineState& line, const Phone& phone, const Registrations& registrations,
                     const LineInput& input, LineOutput& output) {
    switch (input.kind) {
        case LineInput::Kind::timer:
            line.armed = static_cast<std::uint8_t>(line.armed & ~bit(input.timer));
            if (registrations.forgotten == 0) {
                work_with(line, phone, best_of(registrations.believed), output);
            } else {
                line.returning = 1;
                register_again(registrations.forgotten, output);
            }
            break;
        case LineInput::Kind::fails_over:
            if (contains(registrations.believed, input.entry)) {
                output.commands.push_back({Command::Kind::stop, input.entry, {}});
            }
            break;
        case LineInput::Kind::is_alone:
            register_again(registrations.forgotten, output);
            break;
        default:
            break;
    }
}

}  // namespace

std::uint8_t first_registrar(const Phone& phone) {
    for (std::size_t entry = 0; entry < phone.servers.size(); ++entry) {
        if (may_register(phone, phone.servers[entry])) {
            return static_cast<std::uint8_t>(entry);
        }
    }
    return kNoEntry;
}

void step(LineState& line, const Phone& phone, const Registrations& registrations,
          const LineInput& input, LineOutput& output) {
    if (input.kind == LineInput::Kind::restarts) {
        disarm(line, Timer::failback, output);
        disarm(line, Timer::hold, output);
        line = {};
        return;
    }
    if (phone.registration.order == Order::concurrent) {
        step_concurrent(line, phone, registrations, input, output);
        return;
    }
    Succession succession(line, phone, registrations, input, output);
    switch (input.kind) {
        case LineInput::Kind::boots:
            succession.boot();
            break;
        case LineInput::Kind::changes:
        case LineInput::Kind::restarts:
        case LineInput::Kind::fails_over:
        case LineInput::Kind::is_alone:
            break;
        case LineInput::Kind::granted:
            succession.granted(input.entry);
            break;
        case LineInput::Kind::failed:
            succession.failed(input.entry, input.wait, input.unresolved);
            break;
        case LineInput::Kind::relisted:
            succession.relisted(input.entry);
            break;
        case LineInput::Kind::lapsed:
            succession.lapsed(input.entry);
            break;
        case LineInput::Kind::refresh_due:
            succession.refresh_due(input.entry);
            break;
        case LineInput::Kind::probed:
            succession.probed(input.answered);
            break;
        case LineInput::Kind::timer:
            succession.on_timer(input.timer);
            break;
    }
}

void choose_working(LineState& line, const Phone& phone, const Registrations& registrations,
                    LineOutput& output) {
    if (phone.registration.order == Order::concurrent) {
        choose_among_concurrent(line, phone, registrations, output);
    } else {
        line.working = best_of(registrations.believed);
    }
}

}  // namespace failback::model
