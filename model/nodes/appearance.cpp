#include "model/nodes/appearance.hpp"

#include "model/nodes/client_usage.hpp"
#include "sim/check.hpp"

namespace failback::model {

namespace {

using sim::exactly;

bool by_notify(const AppearanceConfig& config) { return config.rules.by == SeizeBy::notify; }

// One step of the station.
class Station {
public:
    Station(Appearance& own, const AppearanceConfig& config, Output& output)
        : own_(own), config_(config), output_(output) {}

    // Before its full state is known a station asks for nothing.
    void want(bool is_registered) {
        sim::ensure(own_.left > 0 && !is_wanted(own_), "a seizure within the budget");
        --own_.left;
        if (is_registered && (own_.told != 0 || !by_notify(config_)) && own_.open == Ask::none) {
            output_.note(Notice::asks);
            ask(Ask::seize);
        }
    }

    void on_response(const AppearanceInput& input) {
        const bool is_heard = input.status != Status::transport_error || config_.hears_errors;
        if (own_.open == Ask::none || input.number != own_.number || !is_heard) {
            return;
        }
        const bool is_granted = input.status == Status::ok_200 ||
                                input.status == Status::accepted_202;
        const Ask asked = own_.open;
        close();
        if (asked == Ask::full) {
            own_.told = is_granted ? 1 : 0;
        } else if (asked == Ask::seize && is_granted) {
            hold();
        } else if (asked == Ask::seize) {
            output_.note(Notice::seize_refused);
        }
    }

    void on_timer(Timer timer) {
        switch (timer) {
            case Timer::seize_retransmit:
                count_resend(config_.timers, own_.resends);
                transmit(true);
                break;
            case Timer::seize_timeout:
                on_timeout();
                break;
            case Timer::user_releases:
                let_go(timer);
                ask(Ask::release);
                break;
            default:
                let_go(timer);
        }
    }

    void on_registered() {
        if (by_notify(config_) && own_.told == 0 && own_.open == Ask::none) {
            ask(Ask::full);
        }
    }

    // A seizure by subscription is no matter of the registration.
    void on_lapse() {
        if (by_notify(config_)) {
            close();
            own_.told = 0;
            let_go(Timer::none);
        }
    }

    void restart() {
        close();
        own_.told = 0;
        if (own_.holds != 0) {
            stop_holding(Timer::none);
        }
    }

private:
    void ask(Ask what) {
        own_.open = what;
        own_.resends = 0;
        ++own_.number;
        transmit(false);
        output_.start(Timer::seize_timeout, exactly(config_.timers.timer_f));
    }

    void transmit(bool again) {
        output_.send({.method = Method::seize,
                      .cseq = own_.number,
                      .key = static_cast<std::uint8_t>(own_.open),
                      .flags = again ? kRetransmission : std::uint8_t{0}});
        if (config_.transport == Transport::udp) {
            output_.start(Timer::seize_retransmit,
                          exactly(retransmit_after(config_.timers, own_.resends)));
        }
    }

    void close() {
        if (own_.open != Ask::none) {
            output_.cancel(Timer::seize_timeout);
            stop_repeating();
        }
    }

    void stop_repeating() {
        if (config_.transport == Transport::udp) {
            output_.cancel(Timer::seize_retransmit);
        }
        own_.open = Ask::none;
        own_.resends = 0;
    }

    // The server may have granted what was asked for.
    void on_timeout() {
        const Ask asked = own_.open;
        stop_repeating();
        if (asked == Ask::seize) {
            output_.note(Notice::seize_unanswered);
            if (by_notify(config_) && config_.rules.releases_unanswered) {
                ask(Ask::release);
            }
        }
    }

    void hold() {
        own_.holds = 1;
        output_.note(Notice::seizes);
        output_.start(Timer::user_releases, config_.holds);
        if (!by_notify(config_)) {
            output_.start(Timer::seize_over, exactly(config_.rules.expires));
        }
    }

    void stop_holding(Timer fired) {
        own_.holds = 0;
        if (fired != Timer::user_releases) {
            output_.cancel(Timer::user_releases);
        }
        if (!by_notify(config_) && fired != Timer::seize_over) {
            output_.cancel(Timer::seize_over);
        }
    }

    void let_go(Timer fired) {
        if (own_.holds != 0) {
            stop_holding(fired);
            output_.note(Notice::releases);
        }
    }

    Appearance& own_;
    const AppearanceConfig& config_;
    Output& output_;
};

// One step of the server.
class Granter {
public:
    Granter(Appearance& own, const AppearanceConfig& config, Output& output)
        : own_(own), config_(config), output_(output) {}

    void on_request(const AppearanceInput& input) {
        if (input.number < own_.heard) {
            return;
        }
        if (input.number > own_.heard || own_.answer == Status::none) {
            own_.heard = input.number;
            own_.answer = process(input);
        }
        output_.send({.method = Method::seize, .status = own_.answer, .cseq = input.number,
                      .key = static_cast<std::uint8_t>(input.ask)});
    }

    void free() {
        if (own_.granted != 0) {
            if (!by_notify(config_)) {
                output_.cancel(Timer::seize_expires);
            }
            own_.granted = 0;
            output_.note(Notice::frees);
        }
    }

    void expire() {
        own_.granted = 0;
        output_.note(Notice::frees);
    }

    void crash(bool keeps) {
        own_.heard = 0;
        own_.answer = Status::none;
        if (!keeps) {
            free();
        }
    }

private:
    Status process(const AppearanceInput& input) {
        if (input.status != Status::none) {
            return input.status;
        }
        if (input.ask != Ask::seize) {
            free();
            return Status::ok_200;
        }
        if (input.is_taken || (by_notify(config_) && !input.is_registered)) {
            return Status::forbidden_403;
        }
        if (own_.granted != 0 && !by_notify(config_)) {
            output_.cancel(Timer::seize_expires);
        }
        own_.granted = 1;
        output_.note(Notice::grants);
        if (by_notify(config_)) {
            return Status::accepted_202;
        }
        output_.start(Timer::seize_expires, exactly(config_.rules.expires));
        return Status::ok_200;
    }

    Appearance& own_;
    const AppearanceConfig& config_;
    Output& output_;
};

}  // namespace

void step(Appearance& appearance, const AppearanceConfig& config, const AppearanceInput& input,
          Output& output) {
    using Kind = AppearanceInput::Kind;
    Station station(appearance, config, output);
    Granter server(appearance, config, output);
    switch (input.kind) {
        case Kind::timer:
            input.timer == Timer::seize_expires ? server.expire() : station.on_timer(input.timer);
            break;
        case Kind::wanted:
            station.want(input.is_registered);
            break;
        case Kind::response:
            station.on_response(input);
            break;
        case Kind::registered:
            station.on_registered();
            break;
        case Kind::lapses:
            station.on_lapse();
            break;
        case Kind::restart:
            station.restart();
            break;
        case Kind::request:
            server.on_request(input);
            break;
        case Kind::unregistered:
            server.free();
            break;
        case Kind::crash:
            server.crash(input.keeps);
            break;
    }
}

}  // namespace failback::model
